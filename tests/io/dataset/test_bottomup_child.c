/* Kinds of files read in a child process: what they deliver arrives; one that crashes, never ends
 * or sends nonsense is an error of the file. */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/dataset/bottomup_private.h"
#include "tests/support/scratch.h"

enum { IMAGES = 3, MOST = BOTTOMUP_REGIONS_MAX };

/* ---- a kind that does what its path says when it comes to image 2 ---- */

struct state {
    size_t at;
};

static void crash(struct bottomup *reader)
{
    (void)reader;
    raise(SIGSEGV);
}

static void leave(struct bottomup *reader)
{
    (void)reader;
    _exit(0);
}

static void hang(struct bottomup *reader)
{
    for (volatile size_t i = 0;; i++)
        (void)reader;
}

static void babble(struct bottomup *reader)
{
    char nonsense[4096];
    (void)reader;
    memset(nonsense, 'x', sizeof nonsense);
    for (int fd = 3; fd < 64; fd++)
        (void)!send(fd, nonsense, sizeof nonsense, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void lie(struct bottomup *reader)
{
    reader->image.regions = (size_t)1 << 40;
}

static const struct deed {
    const char *path;
    void (*act)(struct bottomup *reader);
    const char *why; /* NULL: it reads well */
} deeds[] = {
    {"good", NULL, NULL},
    {"crash", crash, "crash: damaged: the toy library crashed on it (at image i2); copy or"},
    {"leave", leave, "leave: damaged: the toy library crashed on it (at image i2); copy or"},
    {"hang", hang, "hang: damaged: the toy library computed for more than 1 seconds on it (at"},
    {"babble", babble, "babble: damaged: the toy library crashed on it (at image i2)"},
    {"lie", lie, "lie: damaged: the toy library crashed on it (at image i2)"},
};

static int toy_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    notes_add(&reader->notes, "opened");
    if (strcmp(reader->path, "crash at once") == 0)
        crash(reader);
    if (strcmp(reader->path, "question") != 0)
        return 0;
    error_set(err, "which?");
    err->question = true;
    return -1;
}

static int toy_next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    if (s->at == IMAGES)
        return 0;
    str_clear(&reader->where);
    str_addf(&reader->where, "%s: entry %zu", reader->path, ++s->at);
    char *id = mem_printf("i%zu", s->at);
    int status = bottomup_set_id(reader, id, err);
    free(id);
    return status == 0 ? 1 : -1;
}

static int toy_load(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    struct bottomup_image *image = &reader->image;
    size_t regions = s->at == 3 ? MOST : s->at;
    if (strcmp(reader->path, "bad") == 0 && s->at == 2)
        return bottomup_fail(reader, err, "is bad");
    if (bottomup_reserve(reader, regions, F, s->at != 1, err) != 0 ||
        bottomup_reserve_classes(reader, s->at == 2, s->at == 3, err) != 0)
        return -1;
    for (size_t i = 0; i < regions * F; i++)
        image->features[i] = (float)(s->at * i);
    for (size_t i = 0; image->boxes && i < 4 * regions; i++)
        image->boxes[i] = (float)(i % 4);
    char *name = mem_printf("class %zu", s->at);
    for (size_t i = 0; image->classes && i < regions; i++)
        image->classes[i] = bottomup_class(reader, name);
    for (size_t i = 0; image->confidences && i < regions; i++)
        image->confidences[i] = 0.5F;
    free(name);
    notes_add(&reader->notes, "read %zu", s->at);
    image->normalised = s->at == 2;
    image->width = (int32_t)(100 * s->at);
    image->height = 7;
    for (size_t i = 0; s->at == 2 && i < sizeof deeds / sizeof *deeds; i++)
        if (strcmp(deeds[i].path, reader->path) == 0 && deeds[i].act)
            deeds[i].act(reader);
    return 0;
}

static void toy_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    *done_out = ((const struct state *)reader->state)->at;
    *total_out = IMAGES;
}

static const struct bottomup_kind toy = {toy_open, toy_next, toy_load, toy_progress, free, NULL};
static const struct bottomup_apart toy_apart = {&toy, "toy library", 1};

/* ---- tests ---- */

static struct bottomup *open_toy(const char *path)
{
    struct error err;
    struct bottomup *reader;
    assert_done(bottomup_open_apart(path, &toy_apart, &reader, &err), err);
    return reader;
}

static void test_all_arrives(void **state)
{
    (void)state;
    struct error err;
    struct bottomup_image image;
    const char *id;
    uint64_t done, total;
    struct bottomup *reader = open_toy("good");
    for (size_t n = 1; n <= IMAGES; n++) {
        assert_int_equal(bottomup_next(reader, &id, &err), 1);
        assert_done(bottomup_load(reader, &image, &err), err);
        assert_int_equal(id[1], '0' + (int)n);
        assert_string_equal(image.id, id);
        assert_int_equal(image.regions, n == 3 ? MOST : n);
        assert_int_equal(image.feature_size, F);
        for (size_t i = 0; i < image.regions * F; i++)
            assert_true(image.features[i] == (float)(n * i));
        assert_int_equal(image.boxes != NULL, n != 1);
        assert_int_equal(image.classes != NULL, n == 2);
        assert_int_equal(image.confidences != NULL, n == 3);
        assert_int_equal(image.normalised, n == 2);
        assert_int_equal(image.width, 100 * n);
        bottomup_progress(reader, &done, &total);
        assert_int_equal(done, n);
        assert_int_equal(total, IMAGES);
        assert_int_equal(bottomup_notes(reader)->lines.count, n + 1);
    }
    assert_string_equal(bottomup_where(reader), "good: entry 3");
    assert_string_equal(bottomup_notes(reader)->lines.items[3], "read 3");
    assert_int_equal(bottomup_class_names(reader)->count, 1);
    assert_string_equal(bottomup_class_names(reader)->items[0], "class 2");
    assert_int_equal(bottomup_next(reader, &id, &err), 0);
    bottomup_close(reader);
}

static void test_bad_images_are_passed(void **state)
{
    (void)state;
    struct error err;
    struct bottomup_image image;
    const char *id;
    struct bottomup *reader = open_toy("bad");
    for (int n = 1; n <= IMAGES; n++) {
        assert_int_equal(bottomup_next(reader, &id, &err), 1);
        assert_int_equal(bottomup_load(reader, &image, &err), n == 2 ? -1 : 0);
        if (n == 2)
            assert_string_equal(err.text, "bad: entry 2: image i2: is bad");
        assert_true(bottomup_can_go_on(reader));
    }
    bottomup_close(reader);
}

static void test_errors_of_opening(void **state)
{
    (void)state;
    struct error err = {0};
    struct bottomup *reader;
    assert_int_equal(bottomup_open_apart("question", &toy_apart, &reader, &err), -1);
    assert_string_equal(err.text, "which?");
    assert_true(err.question);
    assert_int_equal(bottomup_open_apart("crash at once", &toy_apart, &reader, &err), -1);
    assert_string_equal(err.text, "crash at once: damaged: the toy library crashed on it; copy or "
                                  "download it again");
}

static void check_deed(const struct deed *deed)
{
    struct error err;
    struct bottomup_image image;
    const char *id;
    struct bottomup *reader = open_toy(deed->path);
    for (int n = 1; n <= 2; n++) {
        assert_int_equal(bottomup_next(reader, &id, &err), 1);
        assert_int_equal(bottomup_load(reader, &image, &err), n == 2 && deed->why ? -1 : 0);
    }
    if (deed->why) {
        if (!strstr(err.text, deed->why))
            fail_msg("expected '%s', got '%s'", deed->why, err.text);
        assert_false(bottomup_can_go_on(reader));
        assert_int_equal(bottomup_next(reader, &id, &err), -1);
    }
    bottomup_close(reader);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

static void test_what_ends_the_child(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        check_deed(&deeds[i]);
}

static void test_two_at_a_time(void **state)
{
    (void)state;
    struct bottomup *one = open_toy("good"), *two = open_toy("good");
    bottomup_close(one);
    bottomup_close(two);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_arrives),       cmocka_unit_test(test_bad_images_are_passed),
        cmocka_unit_test(test_errors_of_opening), cmocka_unit_test(test_what_ends_the_child),
        cmocka_unit_test(test_two_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
