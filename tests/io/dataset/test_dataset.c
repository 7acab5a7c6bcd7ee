#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/dataset/dataset.h"
#include "io/text/captions.h"
#include "io/text/json_scan.h"

enum { R = 3, F = 4 };

static char folder[] = "/tmp/scanscope-dataset-XXXXXX";

static int setup_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static void empty_folder(const char *path)
{
    struct str_list names;
    struct error err;
    assert_done(file_list(path, NULL, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        char *inner = file_join(path, names.items[i]);
        if (file_is_folder(inner))
            empty_folder(inner);
        remove(inner);
        free(inner);
    }
    str_list_done(&names);
}

/* Empties the folder before every test. */
static int clear_folder(void **state)
{
    (void)state;
    empty_folder(folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    empty_folder(folder);
    return rmdir(folder);
}

static void put(const char *name, const char *text, size_t size)
{
    struct error err;
    char *path = file_join(folder, name);
    assert_done(file_write(path, text, size, &err), err);
    free(path);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

static void put_lines(const char *name, size_t n, const char *prefix)
{
    struct str text = {0};
    for (size_t i = 0; i < n; i++)
        str_addf(&text, "%s%zu\n", prefix, i);
    put(name, str_text(&text), text.length);
    str_done(&text);
}

static void put_array(const char *name, int ndim, const size_t *shape, const float *data)
{
    struct error err;
    char *path = file_join(folder, name);
    assert_done(npy_save(path, NPY_F32, ndim, shape, data, &err), err);
    free(path);
}

/* rows x R x F; row i holds i / times. */
static void put_features(const char *name, size_t rows, size_t times)
{
    float *data = mem_new(rows * R * F, sizeof *data);
    for (size_t i = 0; i < rows * R * F; i++)
        data[i] = (float)(i / (R * F) / times);
    put_array(name, 3, (size_t[]){rows, R, F}, data);
    free(data);
}

static void put_constant(const char *name, int ndim, const size_t *shape, float value)
{
    size_t count = 1;
    for (int i = 0; i < ndim; i++)
        count *= shape[i];
    float *data = mem_new(count, sizeof *data);
    for (size_t i = 0; i < count; i++)
        data[i] = value + (float)i;
    put_array(name, ndim, shape, data);
    free(data);
}

static void make_folder(const char *name)
{
    char *path = file_join(folder, name);
    assert_int_equal(mkdir(path, 0777), 0);
    free(path);
}

/* All its remarks; valid until the next call. */
static const char *noted(const struct dataset *d)
{
    static char *joined;
    free(joined);
    joined = notes_join(&d->notes);
    assert_non_null(joined);
    return joined;
}

static struct dataset *opened(const char *split)
{
    struct error err;
    struct dataset *d = NULL;
    assert_done(dataset_open(&(struct dataset_spec){.folder = folder, .split = split}, &d, &err),
                err);
    return d;
}

static void fails_spec(const struct dataset_spec *spec, const char *reason)
{
    struct error err;
    struct dataset *d;
    assert_int_equal(dataset_open(spec, &d, &err), -1);
    assert_null(d);
    if (!strstr(err.text, reason))
        fail_msg("\"%s\" instead of \"%s\"", err.text, reason);
}

static void fails(const char *split, const char *reason)
{
    fails_spec(&(struct dataset_spec){.folder = folder, .split = split}, reason);
}

static float first_feature(const struct dataset *d, size_t image)
{
    struct error err;
    float values[R * F];
    assert_done(dataset_features(d, image, 1, values, &err), err);
    return values[0];
}

/* ---- captions ---- */

static void test_caption_lines(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf"
        "A man .\r\n  two dogs \t \n\ncaf\xe9 \xff\nnul\0inside\nlast\n\n \r\n";
    struct error err;
    struct str_list lines;
    put("c.txt", text, sizeof text - 1);
    char *path = file_join(folder, "c.txt");
    assert_done(text_lines_load(path, &lines, &err), err);
    assert_int_equal(lines.count, 6);
    assert_string_equal(lines.items[0], "A man .");
    assert_string_equal(lines.items[1], "two dogs");
    assert_string_equal(lines.items[2], "");
    assert_string_equal(lines.items[3], "caf\xe9 \xff");
    assert_string_equal(lines.items[4], "nul inside");
    assert_string_equal(lines.items[5], "last");
    str_list_done(&lines);
    put_text("c.txt", "no newline at the end");
    assert_done(text_lines_load(path, &lines, &err), err);
    assert_int_equal(lines.count, 1);
    str_list_done(&lines);
    put_text("c.txt", "\n\r\n \n");
    assert_int_equal(text_lines_load(path, &lines, &err), -1);
    assert_non_null(strstr(err.text, "is empty"));
    put_text("c.txt", "");
    assert_int_equal(text_lines_load(path, &lines, &err), -1);
    free(path);
}

static void test_token_lines(void **state)
{
    (void)state;
    static const char *const bad[] = {"1 2\n\n1 2\n", "1 x 2\n", "1 -2\n", "1 2.5\n",
                                      "99999999999\n"};
    static const char *const places[] = {"line 2", "line 1", "line 1", "line 1", "line 1"};
    struct error err;
    struct token_lines lines;
    char *path = file_join(folder, "t.txt");
    put_text("t.txt", "1 7 2\r\n1,8, 9 2\n");
    assert_done(text_token_lines_load(path, &lines, &err), err);
    assert_int_equal(lines.count, 2);
    assert_int_equal(lines.counts[1], 4);
    assert_int_equal(lines.ids[1][2], 9);
    text_token_lines_done(&lines);
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        put_text("t.txt", bad[i]);
        assert_int_equal(text_token_lines_load(path, &lines, &err), -1);
        assert_non_null(strstr(err.text, places[i]));
    }
    free(path);
}

/* ---- folders ---- */

static void test_plain_folder(void **state)
{
    (void)state;
    put_features("test_ims.npy", 4, 1);
    put_lines("test_caps.txt", 20, "caption ");
    put_lines("test_ids.txt", 4, "10");
    put_constant("test_boxes.npy", 3, (size_t[]){4, R, 4}, 0);
    put_constant("test_img_sizes.npy", 2, (size_t[]){4, 2}, 640);
    struct dataset *d = opened("test");
    assert_int_equal(d->images, 4);
    assert_int_equal(d->captions, 20);
    assert_int_equal(d->map.per_image, 5);
    assert_int_equal(d->row_step, 1);
    assert_int_equal(d->regions, R);
    assert_int_equal(d->feature_size, F);
    assert_string_equal(d->caption[19], "caption 19");
    assert_string_equal(d->id[3], "103");
    assert_true(d->boxes[(2 * R + 1) * 4 + 3] == 31);
    assert_int_equal(d->sizes[7], 647);
    assert_int_equal(d->notes.lines.count, 0);
    assert_null(d->photo_folder);
    assert_true(first_feature(d, 3) == 3);
    assert_int_equal(dataset_find_image(d, "103"), 3);
    assert_int_equal(dataset_find_image(d, "2"), 2);
    assert_int_equal(dataset_find_image(d, "4"), -1);
    assert_int_equal(dataset_find_image(d, "x"), -1);
    dataset_free(d);
}

/* Blank lines at the end count where the number of images needs them, each with a note. */
static void test_blank_end(void **state)
{
    (void)state;
    struct error err;
    struct dataset *d;
    put_features("test_ims.npy", 2, 1);
    put_text("test_caps.txt", "a\nb\nc\nd\ne\nf\ng\nh\n\n\n\n");
    put_text("test_ids.txt", "10\n\n\n");
    put_text("t.txt", "1 5 2\n1 6 2\n1 7 2\n1 5 2\n1 5 2\n1 5 2\n1 5 2\n1 5 2\n1 5 2\n\n");
    char *tokens = file_join(folder, "t.txt");
    struct dataset_spec spec = {.folder = folder, .split = "test", .token_ids = tokens};
    assert_done(dataset_open(&spec, &d, &err), err);
    assert_int_equal(d->captions, 10);
    assert_string_equal(d->caption[7], "h");
    assert_string_equal(d->caption[9], "");
    assert_string_equal(d->id[1], "1");
    assert_int_equal(d->token_count[9], 2);
    assert_int_equal(d->tokens[9][1], 2);
    assert_int_equal(d->notes.lines.count, 3);
    assert_non_null(strstr(d->notes.lines.items[0], "captions 8 to 9, the last lines, are empty"));
    dataset_free(d);
    put_text("test_caps.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    put_text("test_ids.txt", "10\n11\n\n");
    d = opened("test");
    assert_int_equal(d->captions, 10);
    assert_int_equal(d->notes.lines.count, 0);
    dataset_free(d);
    put_text("test_caps.txt", "a\nb\nc\nd\ne\nf\ng\n");
    fails("test", "7 captions");
    free(tokens);
}

static void test_features_alone(void **state)
{
    (void)state;
    struct error err;
    struct dataset *d;
    put_features("a.npy", 4, 1);
    put_lines("test_caps.txt", 3, "not looked at ");
    char *path = file_join(folder, "a.npy"), *tokens = file_join(folder, "t.txt");
    assert_done(dataset_open(&(struct dataset_spec){.features = path}, &d, &err), err);
    assert_int_equal(d->images, 4);
    assert_int_equal(d->map.per_image, 0);
    assert_string_equal(d->id[3], "3");
    assert_string_equal(d->folder, folder);
    assert_int_equal(dataset_photo(d, 0, &(char *){0}, &err), -1);
    assert_non_null(strstr(err.text, "--images"));
    dataset_free(d);
    put_lines("t.txt", 20, "1 2 ");
    assert_done(
        dataset_open(&(struct dataset_spec){.features = path, .token_ids = tokens}, &d, &err), err);
    assert_int_equal(d->captions, 20);
    assert_null(d->caption);
    assert_int_equal(d->tokens[19][2], 19);
    dataset_free(d);
    put_lines("t.txt", 19, "1 2 ");
    fails_spec(&(struct dataset_spec){.features = path, .token_ids = tokens}, "19 captions");
    fails_spec(&(struct dataset_spec){0}, "--data");
    free(path);
    free(tokens);
}

/* ---- any number of captions per image ---- */

/* Four images with captions 2, -, 3, 1 in a mixed order. */
static const char mixed[] = "2\n0\n3\n2\n0\n2\n";

static void test_caption_images(void **state)
{
    (void)state;
    put_features("test_ims.npy", 4, 1);
    put_lines("test_caps.txt", 6, "c");
    put_text("test_cap_img.txt", mixed);
    put_lines("test_ids.txt", 4, "x");
    struct dataset *d = opened("test");
    assert_int_equal(d->images, 4);
    assert_int_equal(d->captions, 6);
    assert_int_equal(caption_map_image(&d->map, 3), 2);
    assert_int_equal(caption_map_count(&d->map, 1), 0);
    assert_string_equal(d->id[3], "x3");
    assert_non_null(strstr(noted(d), "1 of 4 images have no captions"));
    dataset_free(d);
    put_text("test_ids.txt", "c\na\nd\nc\na\nc\n"); /* one per caption */
    d = opened("test");
    assert_string_equal(d->id[0], "a");
    assert_string_equal(d->id[1], "1");
    assert_string_equal(d->id[2], "c");
    assert_string_equal(d->id[3], "d");
    assert_non_null(strstr(noted(d), "1 images without captions go by their rows"));
    dataset_free(d);
    put_lines("test_caps.txt", 4, "c");
    put_text("test_cap_img.txt", "1\n3\n3\n1\n"); /* as many captions as images */
    put_text("test_ids.txt", "b\nd\nd\nb\n");
    d = opened("test");
    assert_string_equal(d->id[1], "b");
    assert_string_equal(d->id[0], "0");
    dataset_free(d);
    put_text("test_ids.txt", "a\nb\nc\nd\n");
    d = opened("test");
    assert_string_equal(d->id[3], "d");
    dataset_free(d);
}

static void test_caption_images_do_not_fit(void **state)
{
    (void)state;
    put_features("test_ims.npy", 4, 1);
    put_lines("test_caps.txt", 5, "c");
    put_text("test_cap_img.txt", mixed);
    fails("test", "test_cap_img.txt: line 6: there is no such caption");
    put_lines("test_caps.txt", 8, "c");
    fails("test", "test_cap_img.txt: line 6 is the last, but");
    put_lines("test_caps.txt", 6, "c");
    put_text("test_cap_img.txt", "0\n0\n4\n0\n0\n0\n");
    fails("test", "test_cap_img.txt: line 3: there is no image 4");
    put_text("test_caps.txt", "a\nb\nc\nd\n\n\n"); /* the map says that blank lines count */
    put_text("test_cap_img.txt", mixed);
    struct dataset *d = opened("test");
    assert_int_equal(d->captions, 6);
    dataset_free(d);
    char *caps = file_join(folder, "test_caps.txt");
    assert_int_equal(remove(caps), 0);
    d = opened("test");
    assert_int_equal(d->captions, 0);
    assert_non_null(strstr(noted(d), "test_cap_img.txt is not used"));
    dataset_free(d);
    free(caps);
}

static void test_caption_images_of_tokens(void **state)
{
    (void)state;
    struct error err;
    struct dataset *d;
    put_features("test_ims.npy", 4, 1);
    put_text("test_cap_img.txt", mixed);
    put_text("t.txt", "1 5 2\n1 6 2\n1 7 2\n1 5 2\n1 5 2\n\n");
    char *tokens = file_join(folder, "t.txt");
    struct dataset_spec spec = {.folder = folder, .split = "test", .token_ids = tokens};
    assert_done(dataset_open(&spec, &d, &err), err);
    assert_int_equal(d->captions, 6);
    assert_int_equal(d->token_count[5], 2);
    dataset_free(d);
    put_text("t.txt", "1 5 2\n1 6 2\n");
    fails_spec(&spec, "line 3: there is no such caption");
    free(tokens);
}

/* A regular map, with rows of the features that hold each image five times, or its images. */
static void test_caption_images_five_rows(void **state)
{
    (void)state;
    put_features("test_ims.npy", 20, 5);
    put_lines("test_caps.txt", 20, "c");
    put_lines("test_cap_img.txt", 20, "");
    struct dataset *d = opened("test");
    assert_int_equal(d->images, 4);
    assert_int_equal(d->map.per_image, 5);
    assert_true(d->map.stated);
    dataset_free(d);
    put_text("test_cap_img.txt", "3\n0\n0\n1\n2\n3\n0\n0\n1\n2\n3\n0\n0\n1\n2\n3\n0\n0\n1\n2\n");
    d = opened("test");
    assert_int_equal(d->images, 4);
    assert_int_equal(caption_map_count(&d->map, 0), 8);
    assert_non_null(strstr(noted(d), "numbers of the images"));
    dataset_free(d);
}

/* dev is cut to the first images that have at most 5000 captions together. */
static void test_caption_images_dev(void **state)
{
    struct str sorted = {0}, turned = {0};
    (void)state;
    for (size_t c = 0; c < 6000; c++) {
        str_addf(&sorted, "%zu\n", c / 7);
        str_addf(&turned, "%zu\n", (5999 - c) / 7);
    }
    put_features("dev_ims.npy", 900, 1);
    put_lines("dev_caps.txt", 6000, "c");
    put("dev_cap_img.txt", sorted.text, sorted.length);
    struct dataset *d = opened("dev");
    assert_int_equal(d->images, 714);
    assert_int_equal(d->captions, 4998);
    assert_int_equal(d->map.captions, 4998);
    dataset_free(d);
    put("dev_cap_img.txt", turned.text, turned.length);
    d = opened("dev");
    assert_int_equal(d->images, 900);
    assert_int_equal(d->captions, 6000);
    assert_non_null(strstr(noted(d), "not cut"));
    dataset_free(d);
    str_done(&sorted);
    str_done(&turned);
}

static void test_five_rows_an_image(void **state)
{
    (void)state;
    put_features("test_ims.npy", 20, 5);
    put_lines("test_caps.txt", 20, "c");
    put_lines("test_ids.txt", 20, "");
    put_constant("test_boxes.npy", 3, (size_t[]){20, R, 4}, 0);
    put_constant("test_img_sizes.npy", 2, (size_t[]){4, 2}, 10);
    struct dataset *d = opened("test");
    assert_int_equal(d->images, 4);
    assert_int_equal(d->captions, 20);
    assert_int_equal(d->map.per_image, 5);
    assert_int_equal(d->row_step, 5);
    assert_true(first_feature(d, 3) == 3);
    float two[2 * R * F];
    struct error err;
    assert_done(dataset_features(d, 1, 2, two, &err), err);
    assert_true(two[0] == 1 && two[R * F] == 2);
    assert_string_equal(d->id[2], "10"); /* every fifth */
    assert_true(d->boxes[R * 4] == 5 * R * 4);
    assert_int_equal(d->sizes[2], 12);
    dataset_free(d);
    put_lines("test_ids.txt", 4, "x");
    d = opened("test");
    assert_string_equal(d->id[2], "x2");
    dataset_free(d);
    /* Rows that differ: one caption per image. */
    put_features("test_ims.npy", 20, 1);
    put_lines("test_ids.txt", 20, "");
    put_constant("test_img_sizes.npy", 2, (size_t[]){20, 2}, 10);
    d = opened("test");
    assert_int_equal(d->images, 20);
    assert_int_equal(d->map.per_image, 1);
    dataset_free(d);
}

static void test_dev_is_cut(void **state)
{
    (void)state;
    put_features("dev_ims.npy", 1014, 1);
    put_lines("dev_caps.txt", 5070, "c");
    put_lines("dev_ids.txt", 1014, "");
    put_constant("dev_boxes.npy", 3, (size_t[]){1014, R, 4}, 0);
    struct dataset *d = opened("dev");
    assert_int_equal(d->images, 1000);
    assert_int_equal(d->captions, 5000);
    assert_non_null(strstr(noted(d), "1014"));
    dataset_free(d);
    put_features("dev_ims.npy", 5070, 5);
    d = opened("dev");
    assert_int_equal(d->images, 1000);
    assert_int_equal(d->row_step, 5);
    assert_true(first_feature(d, 999) == 999);
    dataset_free(d);
    put_features("val_ims.npy", 1014, 1); /* another split is not cut */
    put_lines("val_caps.txt", 5070, "c");
    d = opened("val");
    assert_int_equal(d->images, 1014);
    assert_int_equal(d->notes.lines.count, 0);
    dataset_free(d);
}

static void test_names_of_the_family(void **state)
{
    (void)state;
    put_features("test_feat.npy", 2, 1);
    put_lines("test_caps.txt", 10, "c");
    put_constant("test_ims_bbx.npy", 3, (size_t[]){2, R, 4}, 1);
    put_constant("test_ims_size.npy", 2, (size_t[]){2, 2}, 100);
    struct dataset *d = opened(NULL); /* means test */
    assert_true(d->boxes[0] == 1);
    assert_int_equal(d->sizes[3], 103);
    dataset_free(d);
    char *splits = dataset_list_splits(folder);
    assert_string_equal(splits, "test");
    free(splits);
}

static void test_two_dimensions_are_one_region(void **state)
{
    (void)state;
    put_constant("test_ims.npy", 2, (size_t[]){3, 7}, 0);
    struct dataset *d = opened("test");
    assert_int_equal(d->regions, 1);
    assert_int_equal(d->feature_size, 7);
    assert_int_equal(d->images, 3);
    dataset_free(d);
}

static void test_pfan_boxes_are_told_apart(void **state)
{
    (void)state;
    put_features("test_ims.npy", 2, 1);
    put_constant("test_boxes.npy", 3, (size_t[]){2, R, 30}, 0);
    struct dataset *d = opened("test");
    assert_null(d->boxes);
    assert_non_null(strstr(noted(d), "PFAN"));
    dataset_free(d);
    put_constant("test_boxes.npy", 2, (size_t[]){2, R}, 0);
    put_constant("test_img_sizes.npy", 2, (size_t[]){2, 3}, 0);
    d = opened("test");
    assert_null(d->boxes);
    assert_null(d->sizes);
    assert_non_null(strstr(noted(d), "float32 2 x 3, not images x regions x 4"));
    assert_non_null(strstr(noted(d), "no image sizes"));
    dataset_free(d);
}

/* Sizes as in GSMN and RCAR, written by numpy itself. */
static void test_pickled_sizes(void **state)
{
    (void)state;
    static const char python[] = "/usr/bin/python3";
    if (system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) {
        fprintf(stderr, "# skipped: no %s with numpy\n", python);
        skip();
    }
    put_features("test_ims.npy", 3, 1);
    char *command =
        mem_printf("%s -c 'import numpy; numpy.save(\"%s/test_ims_size.npy\", "
                   "[{\"image_w\": 10 * i + 1, \"image_h\": 10 * i + 2} for i in range(3)])'",
                   python, folder);
    assert_int_equal(system(command), 0);
    free(command);
    struct dataset *d = opened("test");
    assert_int_equal(d->sizes[4], 21);
    assert_int_equal(d->sizes[5], 22);
    dataset_free(d);
}

static void test_npz_of_the_same_names(void **state)
{
    (void)state;
    if (system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) {
        fprintf(stderr, "# skipped: no /usr/bin/python3 with numpy\n");
        skip();
    }
    char *command =
        mem_printf("/usr/bin/python3 -c 'import numpy as n; "
                   "a = n.arange(24).reshape(2, 3, 4).astype(\">f8\"); "
                   "n.savez(\"%s/test_ims.npz\", a); "
                   "n.savez_compressed(\"%s/test_boxes.npz\", boxes=n.asfortranarray(a))'",
                   folder, folder);
    assert_int_equal(system(command), 0);
    free(command);
    struct dataset *d = opened("test");
    assert_true(first_feature(d, 1) == 12);
    assert_true(d->boxes[23] == 23);
    dataset_free(d);
}

static void test_what_does_not_fit(void **state)
{
    (void)state;
    fails("test", "not a data folder");
    put_text("empty_ims.npy", "");
    fails("empty", "is empty");
    put_features("train_ims.npy", 4, 1);
    put_features("dev_ims.npy", 4, 1);
    fails("test", "its splits are: dev, empty, train");
    put_lines("train_caps.txt", 19, "c");
    fails("train", "has 19 captions, but");
    fails("train", "features of 4 images");
    put_lines("train_caps.txt", 20, "c");
    put_lines("train_ids.txt", 3, "");
    fails("train", "has 3 ids, but the features have 4 images");
    put_lines("train_ids.txt", 4, "");
    put_constant("flat_ims.npy", 1, (size_t[]){4}, 0);
    fails("flat", "float32 4, not features (images x regions x size)");
    put_constant("wide_ims.npy", 3, (size_t[]){1, 1025, 1}, 0);
    fails("wide", "has 1025 regions");
    put_constant("none_ims.npy", 3, (size_t[]){0, 3, 4}, 0);
    fails("none", "float32 0 x 3 x 4");
    fails_spec(&(struct dataset_spec){.folder = "no-such-folder"}, "no such folder");
    fails_spec(&(struct dataset_spec){.features = "no-such-folder.npy"}, "No such file");
    fails_spec(&(struct dataset_spec){.folder = folder, .split = "train", .captions = "/no.txt"},
               "/no.txt");
    fails_spec(
        &(struct dataset_spec){.folder = folder, .split = "train", .photos = "no-such-folder"},
        "no such folder of photographs");
    fails_spec(&(struct dataset_spec){.folder = folder, .split = "train", .id_mapping = "/no.json"},
               "/no.json");
}

/* Opens the split and expects it to have no boxes (or sizes), for this reason. */
static void dropped(const char *reason, bool boxes, bool sizes)
{
    struct dataset *d = opened("train");
    if (!strstr(noted(d), reason))
        fail_msg("\"%s\" does not hold \"%s\"", noted(d), reason);
    assert_int_equal(d->boxes != NULL, boxes);
    assert_int_equal(d->sizes != NULL, sizes);
    assert_int_equal(d->no_boxes != NULL, !boxes);
    assert_int_equal(d->images, 4);
    assert_null(strstr(noted(d), folder));
    dataset_free(d);
}

/* Only pictures need boxes and sizes: whatever their files hold, the split opens. */
static void test_boxes_that_do_not_fit_are_dropped(void **state)
{
    (void)state;
    float boxes[4 * R * 5] = {0};
    put_features("train_ims.npy", 4, 1);
    put_constant("train_img_sizes.npy", 2, (size_t[]){4, 2}, 90);
    put_constant("train_boxes.npy", 3, (size_t[]){3, R, 4}, 0);
    dropped("train_boxes.npy has 3 images, but the features have 4: no boxes", false, true);
    put_constant("train_boxes.npy", 3, (size_t[]){5, R, 4}, 0);
    dropped("has 5 images, but the features have 4: no boxes", false, true);
    put_constant("train_boxes.npy", 3, (size_t[]){4, R + 1, 4}, 0);
    dropped("4 regions per image, but the features have 3: no boxes", false, true);
    put_constant("train_boxes.npy", 2, (size_t[]){4 * R, 4}, 0);
    dropped("is float32 12 x 4, not images x regions x 4: no boxes", false, true);
    put_constant("train_boxes.npy", 3, (size_t[]){4, R, 5}, 0);
    dropped("five columns per box, of which the fifth is not a score", false, true);
    put_array("train_boxes.npy", 3, (size_t[]){4, R, 4}, boxes);
    dropped("holds nothing but zeros: no boxes", false, true);
    put_text("train_boxes.npy", "");
    dropped("train_boxes.npy is empty", false, true);
    put_text("train_boxes.npy", "\x93NUMPY\1");
    dropped("train_boxes.npy ", false, true);
    for (size_t i = 0; i < 4 * R; i++) {
        float five[] = {1, 2, 30, (float)(40 + i), 0.5f};
        memcpy(boxes + 5 * i, five, sizeof five);
    }
    put_array("train_boxes.npy", 3, (size_t[]){4, R, 5}, boxes);
    dropped("the fifth column is taken as the detector's score", true, true);
    struct dataset *d = opened("train");
    assert_true(d->boxes[4 * 7] == 1 && d->boxes[4 * 7 + 3] == 47);
    dataset_free(d);
    put_constant("train_img_sizes.npy", 2, (size_t[]){4, 2}, -3);
    dropped(
        "train_img_sizes.npy has -3 for image 0, which is not a width or height: no image sizes",
        true, false);
    put_constant("train_img_sizes.npy", 2, (size_t[]){3, 2}, 9);
    dropped("has 3 images, but the features have 4: no image sizes", true, false);
    put_constant("train_img_sizes.npy", 2, (size_t[]){4, 3}, 9);
    dropped("is float32 4 x 3, not images x 2: no image sizes", true, false);
    put_text("train_img_sizes.npy", "x");
    dropped("train_img_sizes.npy ", true, false);
}

static void test_nonfinite_features_are_named(void **state)
{
    (void)state;
    struct error err;
    float values[4 * R * F] = {0}, out[4 * R * F];
    values[(2 * R + 1) * F + 3] = INFINITY;
    put_array("test_ims.npy", 3, (size_t[]){4, R, F}, values);
    put_lines("test_ids.txt", 4, "id");
    struct dataset *d = opened("test");
    assert_done(dataset_features(d, 0, 2, out, &err), err);
    assert_int_equal(dataset_features(d, 1, 3, out, &err), -1);
    assert_non_null(strstr(err.text, "image 2 (id id2), region 1: a feature is NaN or infinite"));
    dataset_free(d);
}

/* ---- photographs ---- */

static void finds_photo(const struct dataset *d, size_t image, const char *name)
{
    struct error err;
    char *path = NULL;
    assert_done(dataset_photo(d, image, &path, &err), err);
    if (!strstr(path, name) || strcmp(path + strlen(path) - strlen(name), name) != 0)
        fail_msg("%s instead of %s", path, name);
    free(path);
}

static void test_photos_by_name(void **state)
{
    (void)state;
    struct error err;
    char *path;
    put_features("test_ims.npy", 10, 1);
    put_text("test_ids.txt",
             "391895\n522418\nCOCO_val2014_000000000042.jpg\nfree\n184613\n9.jpg\n77\nno\n"
             "coco_val2014_000000000139\nflickr30k_000001000092795\n");
    make_folder("photos");
    make_folder("photos/val2014");
    put_text("photos/val2014/COCO_val2014_000000391895.jpg", "x");
    put_text("photos/COCO_train2014_000000522418.jpg", "x");
    put_text("photos/val2014/COCO_val2014_000000000042.jpg", "x");
    put_text("photos/free.png", "x");
    put_text("photos/000000184613.jpg", "x");
    put_text("photos/9.jpg", "x");
    put_text("photos/77.jpeg", "x");
    put_text("photos/000000000139.jpg", "x"); /* val2017's name of a val2014 image */
    put_text("photos/1000092795.jpg", "x");
    struct dataset *d = opened("test");
    assert_non_null(strstr(d->photo_folder, "/photos"));
    finds_photo(d, 0, "/photos/val2014/COCO_val2014_000000391895.jpg");
    finds_photo(d, 1, "/photos/COCO_train2014_000000522418.jpg");
    finds_photo(d, 2, "/photos/val2014/COCO_val2014_000000000042.jpg");
    finds_photo(d, 3, "/photos/free.png");
    finds_photo(d, 4, "/photos/000000184613.jpg");
    finds_photo(d, 5, "/photos/9.jpg");
    finds_photo(d, 6, "/photos/77.jpeg");
    finds_photo(d, 8, "/photos/000000000139.jpg");
    finds_photo(d, 9, "/photos/1000092795.jpg");
    assert_int_equal(dataset_photo(d, 7, &path, &err), -1);
    assert_non_null(
        strstr(err.text, "no photograph of image no; tried no, no.jpg, no.jpeg, no.png"));
    assert_int_equal(dataset_find_image(d, "COCO_val2014_000000000042"), 2);
    assert_int_equal(dataset_find_image(d, "somewhere/9.png"), 5);
    dataset_free(d);
}

static void test_photos_by_mapping(void **state)
{
    (void)state;
    static const struct {
        const char *name, *json;
    } mappings[] = {
        {"id_mapping.json", "{\"7\": \"b.jpg\", \"0\": \"sub/a.jpg\"}"},
        {"id_mapping.json",
         "[\"a.jpg\", 1, \"x\", 2, 3, \"x\", \"x\", \"x\", \"x\", \"x\", \"b.jpg\"]"},
        {"dataset_flickr30k.json",
         "{\"images\": [{\"sentids\": [0, 1], \"imgid\": 0, \"sentences\": [{\"tokens\": [\"a\"], "
         "\"imgid\": "
         "0, \"filename\": \"wrong.jpg\"}], \"split\": \"test\", \"filename\": \"\\u0061.jpg\"}, "
         "{\"filename\": \"b.jpg\", \"imgid\": 7}], \"dataset\": \"flickr30k\"}"},
        {"dataset_coco.json",
         "{\"dataset\": \"coco\", \"images\": [{\"filepath\": \"val2014\", \"imgid\": 3, "
         "\"cocoid\": 0, \"filename\": \"a.jpg\"}, "
         "{\"imgid\": 0, \"cocoid\": 7, \"filename\": \"b.jpg\"}]}"},
        {"id_mapping.json",
         "{\"info\": {\"year\": 2017}, \"licenses\": [{\"id\": 0, \"name\": \"x\"}], \"images\": "
         "[{\"license\": 4, \"file_name\": \"b.jpg\", \"height\": 3, \"id\": 7}, {\"id\": 0, "
         "\"file_name\": \"a.jpg\"}], \"annotations\": [{\"id\": 0, \"image_id\": 7, \"caption\": "
         "\"x\", \"file_name\": \"x.jpg\"}]}"},
    };
    put_features("test_ims.npy", 2, 1);
    put_text("test_ids.txt", "7\n0\n");
    make_folder("images");
    put_text("images/a.jpg", "x");
    put_text("images/b.jpg", "x");
    for (size_t i = 0; i < COUNTOF(mappings); i++) {
        put_text(mappings[i].name, mappings[i].json);
        struct dataset *d = opened("test");
        finds_photo(d, 0, "/images/b.jpg");
        finds_photo(d, 1, "/images/a.jpg");
        dataset_free(d);
        char *path = file_join(folder, mappings[i].name);
        struct error err;
        struct dataset_spec spec = {.folder = folder, .id_mapping = path};
        assert_done(dataset_open(&spec, &d, &err), err);
        finds_photo(d, 0, "/images/b.jpg");
        dataset_free(d);
        remove(path);
        free(path);
    }
    put_text("id_mapping.json", "{\"7\": \"b.jpg\"");
    fails("test", "is not JSON");
    put_text("id_mapping.json", "{\"7\": 8}");
    fails("test", "names no photographs");
}

static void test_photos_in_order(void **state)
{
    (void)state;
    struct error err;
    char *path;
    put_features("test_ims.npy", 2, 1);
    put_text("test_ids.txt", "2\n0\n");
    make_folder("flickr30k-images");
    put_text("flickr30k-images/1000.jpg", "x");
    put_text("flickr30k-images/3.jpg", "x");
    put_text("flickr30k-images/20.jpg", "x");
    put_text("flickr30k-images/readme.txt", "x");
    struct dataset *d = opened("test");
    finds_photo(d, 0, "/3.jpg");
    finds_photo(d, 1, "/1000.jpg");
    assert_non_null(strstr(noted(d), "file-name order"));
    dataset_free(d);
    /* An id beyond the photographs: some are missing, so positions cannot be trusted. */
    put_text("test_ids.txt", "3\n0\n");
    d = opened("test");
    assert_int_equal(dataset_photo(d, 1, &path, &err), -1);
    assert_int_equal(d->notes.lines.count, 0);
    dataset_free(d);
    /* Without ids, only if there are as many photographs as images. */
    char *ids = file_join(folder, "test_ids.txt");
    remove(ids);
    free(ids);
    d = opened("test");
    assert_int_equal(dataset_photo(d, 1, &path, &err), -1);
    dataset_free(d);
    put_features("test_ims.npy", 3, 1);
    d = opened("test");
    finds_photo(d, 1, "/20.jpg");
    dataset_free(d);
}

static void test_json_scan(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum json_token last;
    } cases[] = {
        {"{\"a\": [1, 2.5e-3, true, null, \"\\ud83d\\ude00\\n\"]}", JSON_SCAN_END},
        {"{\"a\": ", JSON_SCAN_BAD},
        {"{]", JSON_SCAN_BAD},
        {"\"open", JSON_SCAN_BAD},
        {"\"\\q\"", JSON_SCAN_BAD},
        {"\"\\u12", JSON_SCAN_BAD},
        {"]", JSON_SCAN_BAD},
        {"\x01", JSON_SCAN_BAD},
        {"", JSON_SCAN_END},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct json_scan s = {.bytes = {(const uint8_t *)cases[i].json, strlen(cases[i].json), 0}};
        enum json_token token;
        do {
            token = json_scan_next(&s);
            if (token == JSON_SCAN_STRING && i == 0)
                assert_string_equal(s.text.text, "\xf0\x9f\x98\x80\n");
        } while (token != JSON_SCAN_END && token != JSON_SCAN_BAD);
        assert_int_equal(token, cases[i].last);
        str_done(&s.text);
    }
    char deep[200];
    memset(deep, '[', sizeof deep);
    struct json_scan s = {.bytes = {(const uint8_t *)deep, sizeof deep, 0}};
    while (json_scan_next(&s) == JSON_SCAN_OPEN)
        ;
    assert_int_equal(s.depth, 64);
    str_done(&s.text);
}

static void test_vocabulary_is_found(void **state)
{
    (void)state;
    put_features("test_ims.npy", 1, 1);
    struct dataset *d = opened("test");
    assert_null(dataset_find_vocab(d));
    put_text("a_vocab.pkl", "");
    char *path = dataset_find_vocab(d);
    assert_non_null(strstr(path, "/a_vocab.pkl"));
    free(path);
    put_text("a_vocab.json", "{}");
    path = dataset_find_vocab(d);
    assert_non_null(strstr(path, "/a_vocab.json"));
    free(path);
    put_text("b_vocab.json", "{}");
    assert_null(dataset_find_vocab(d)); /* which one? */
    put_text("vocab.json", "{}");
    path = dataset_find_vocab(d);
    assert_string_equal(file_name(path), "vocab.json");
    free(path);
    dataset_free(d);
}

static void test_real_folder(void **state)
{
    (void)state;
    struct error err;
    struct dataset *d;
    char *path = testing_data("f8k_precomp");
    assert_done(dataset_open(&(struct dataset_spec){.folder = path, .split = "dev"}, &d, &err),
                err);
    assert_int_equal(d->images, 113);
    assert_int_equal(d->captions, 565);
    assert_int_equal(d->feature_size, 738);
    assert_non_null(d->boxes);
    assert_non_null(d->sizes);
    for (size_t i = 0; i < d->images; i++) {
        char *photo;
        assert_done(dataset_photo(d, i, &photo, &err), err);
        free(photo);
    }
    dataset_free(d);
    free(path);
}

#define CASE(f) cmocka_unit_test_setup(f, clear_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_caption_lines),
        CASE(test_token_lines),
        CASE(test_plain_folder),
        CASE(test_blank_end),
        CASE(test_features_alone),
        CASE(test_caption_images),
        CASE(test_caption_images_do_not_fit),
        CASE(test_caption_images_of_tokens),
        CASE(test_caption_images_five_rows),
        CASE(test_caption_images_dev),
        CASE(test_five_rows_an_image),
        CASE(test_dev_is_cut),
        CASE(test_names_of_the_family),
        CASE(test_two_dimensions_are_one_region),
        CASE(test_pfan_boxes_are_told_apart),
        CASE(test_pickled_sizes),
        CASE(test_npz_of_the_same_names),
        CASE(test_what_does_not_fit),
        CASE(test_boxes_that_do_not_fit_are_dropped),
        CASE(test_nonfinite_features_are_named),
        CASE(test_photos_by_name),
        CASE(test_photos_by_mapping),
        CASE(test_photos_in_order),
        CASE(test_json_scan),
        CASE(test_vocabulary_is_found),
        CASE(test_real_folder),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
