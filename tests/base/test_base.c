#include "tests/support/testing.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"
#include "base/nearest.h"
#include "base/notes.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"

static void test_error_is_one_printable_line(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(error_at(&err, "a\033]0;x\nb", 12, "bad"), -1);
    assert_string_equal(err.text, "a?]0;x?b: at byte 12: bad");
}

static void test_mem_sizes_are_checked(void **state)
{
    (void)state;
    assert_null(mem_try(SIZE_MAX / 2, 3));
    assert_null(mem_try(SIZE_MAX, 1));
    void *none = mem_try(0, 8);
    assert_non_null(none);
    free(none);
}

static void test_bytes_give_n_or_nothing(void **state)
{
    (void)state;
    const uint8_t data[] = {1, 2, 3, '\n', 5};
    struct bytes b = {.data = data, .size = sizeof data};
    uint16_t two;
    uint64_t eight;
    size_t length;
    assert_true(bytes_u16le(&b, &two));
    assert_int_equal(two, 0x0201);
    assert_false(bytes_u64le(&b, &eight));
    assert_int_equal(b.at, 2);
    assert_non_null(bytes_until(&b, '\n', &length));
    assert_int_equal(length, 1);
    assert_null(bytes_until(&b, '\n', &length));
    assert_null(bytes_take(&b, 2));
    assert_null(bytes_take(&b, SIZE_MAX));
}

static void test_notes_are_kept_once(void **state)
{
    (void)state;
    struct notes notes = {0}, more = {0};
    assert_null(notes_join(&notes));
    notes_add(&more, "%d of 4", 3);
    notes_add(&more, "b");
    notes_add(&notes, "b");
    notes_add_all(&notes, &more);
    notes_add(&notes, "3 of 4");
    assert_true(notes_has(&notes, "3 of 4"));
    assert_false(notes_has(&notes, "3 of"));
    char *joined = notes_join(&notes);
    assert_string_equal(joined, "b; 3 of 4");
    free(joined);
    notes_done(&notes);
    notes_done(&more);
}

static void test_utf8_clean(void **state)
{
    (void)state;
    const char bad[] = "a\xff\xc3\xa9\xe2\x82\t\xed\xa0\x80z";
    char *clean = utf8_clean(bad, sizeof bad - 1);
    assert_string_equal(clean,
                        "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd"
                        "\xef\xbf\xbdz");
    free(clean);
}

static void test_file_write_is_atomic(void **state)
{
    (void)state;
    struct error err;
    char folder[] = "/tmp/scanscope-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = file_join(folder, "out.txt");
    assert_done(file_write(path, "one", 3, &err), err);
    struct file_out out;
    assert_done(file_out_open(path, &out, &err), err);
    fputs("half", out.stream);
    file_out_abort(&out);
    struct file_map map;
    assert_done(file_map_open(path, &map, &err), err);
    assert_int_equal(map.size, 3);
    assert_memory_equal(map.data, "one", 3);
    file_map_close(&map);
    struct stat full;
    assert_int_equal(stat("/dev/full", &full), 0);
    assert_int_equal(file_write("/dev/full", "x", 1, &err), -1);
    assert_int_equal(stat("/dev/full", &full), 0);
    assert_true(S_ISCHR(full.st_mode));
    assert_int_equal(file_write(folder, "x", 1, &err), -1);
    assert_non_null(strstr(err.text, folder));
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* no temporary file remains */
    free(path);
}

static void test_rng_repeats(void **state)
{
    (void)state;
    struct rng a, b;
    rng_seed(&a, 7);
    rng_seed(&b, 7);
    double mean = 0, square = 0;
    for (int i = 0; i < 10000; i++) {
        double x = rng_normal(&a);
        assert_true(x == rng_normal(&b));
        mean += x / 10000;
        square += x * x / 10000;
    }
    assert_true(mean > -0.05 && mean < 0.05 && square > 0.95 && square < 1.05);
    for (int i = 0; i < 1000; i++)
        assert_true(rng_below(&a, 3) < 3);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Streams of neighbouring seeds have nothing in common, and their first numbers are even. */
static void test_rng_streams(void **state)
{
    enum { SEEDS = 4, STREAMS = 2000, ALL = SEEDS * STREAMS };
    static uint64_t first[ALL];
    double mean = 0;
    size_t n = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        for (uint64_t s = 0; s < STREAMS; s++) {
            struct rng rng;
            rng_seed_stream(&rng, seed, s);
            first[n++] = rng_u64(&rng);
            mean += rng_unit(&rng) / ALL;
        }
    qsort(first, ALL, sizeof *first, by_number);
    for (size_t i = 1; i < ALL; i++)
        assert_true(first[i] != first[i - 1]);
    assert_true(mean > 0.48 && mean < 0.52);
}

/* ---- naming.h ---- */

static void test_names_of_files(void **state)
{
    static const struct {
        const char *paths[3], *names[3];
    } cases[] = {
        {{"runs/f30k_scan/model_best.pth.tar"}, {"f30k_scan"}},
        {{"/home/me/runs/f30k_scan/checkpoint/model_best.pth.tar"}, {"f30k_scan"}},
        {{"/home/me/runs/f30k_scan/log/train.jsonl"}, {"f30k_scan"}},
        {{"/home/me/t2i_AVG.pth.tar"}, {"t2i_AVG"}},
        {{"./model_best.pth.tar"}, {"model_best"}},
        {{"checkpoint/checkpoint_12.pth.tar"}, {"checkpoint_12"}},
        {{"/tmp/x/sims.npy"}, {"sims"}},
        {{"/"}, {"unnamed"}},
        {{"runs/a/model_best.pth.tar", "runs/b/model_best.pth.tar"}, {"a", "b"}},
        {{"/h/runs1/a/model_best.pth.tar", "/h/runs2/a/model_best.pth.tar"},
         {"runs1/a", "runs2/a"}},
        {{"/h/a/checkpoint_1.pth.tar", "/h/a/checkpoint_2.pth.tar", "/h/b/best.pth.tar"},
         {"a/checkpoint_1", "a/checkpoint_2", "b"}},
        {{"a.npy", "a.npy", "a (2).npy"}, {"a", "a (3)", "a (2)"}},
        {{"t2i/model.pth\n.tar"}, {"model.pth "}},
    };
    (void)state;
    for (size_t c = 0; c < COUNTOF(cases); c++) {
        size_t n = 0;
        char *names[3];
        while (n < 3 && cases[c].paths[n])
            n++;
        naming_files(cases[c].paths, n, names);
        for (size_t i = 0; i < n; i++) {
            assert_string_equal(names[i], cases[c].names[i]);
            free(names[i]);
        }
    }
}

static void test_hidden_paths(void **state)
{
    static const char *const cases[][2] = {
        {"/home/my me/x.pth.tar: no such file", "x.pth.tar: no such file"},
        {"runs/a/train.jsonl: line 3 is cut", "train.jsonl: line 3 is cut"},
        {"cannot open '/home/me/a.jpg' (and ~/b.jpg, ../c.jpg)",
         "cannot open 'a.jpg' (and b.jpg, c.jpg)"},
        {"R@1 and/or 1/2: fine", "R@1 and/or 1/2: fine"},
        {"and/or 1/2 / 3", "and/or 1/2 / 3"},
    };
    (void)state;
    for (size_t c = 0; c < COUNTOF(cases); c++) {
        char *line = naming_hide_paths(cases[c][0]);
        assert_string_equal(line, cases[c][1]);
        free(line);
    }
}

/* ---- file_below, file_relative ---- */

static void test_shortest_numbers(void **state)
{
    static const struct {
        double value;
        const char *real, *single;
    } cases[] = {
        {0, "0", "0"},
        {0.1, "0.1", "0.1"},
        {100, "100", "100"},
        {-1234567, "-1234567", "-1234567"},
        {1e-7, "1e-07", "1e-07"},
        {1e300, "1e+300", NULL},
        {0.1 + 0.2, "0.30000000000000004", "0.3"},
        {1.0 / 3, "0.3333333333333333", "0.33333334"},
        {16777216, "16777216", "16777216"},
    };
    (void)state;
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct str real = {0}, single = {0};
        str_add_real(&real, cases[i].value);
        assert_string_equal(real.text, cases[i].real);
        if (cases[i].single) {
            str_add_float(&single, (float)cases[i].value);
            assert_string_equal(single.text, cases[i].single);
        }
        str_done(&real);
        str_done(&single);
    }
}

static void test_nearest(void **state)
{
    static const char *const names[] = {"analyse", "bench",    "eval", "explore",
                                        "extract", "no-index", "color"};
    static const struct {
        const char *word, *expected;
    } cases[] = {
        {"analyze", "analyse"},
        {"evla", "eval"},
        {"EVAL", "eval"},
        {"explorer", "explore"},
        {"extrat", "extract"},
        {"ext", "extract"},
        {"ex", NULL},
        {"no_index", "no-index"},
        {"colour", "color"},
        {"zzzz", NULL},
        {"", NULL},
        {"e", NULL},
        {"evaluation", "eval"},
        {"analyse", "analyse"},
        {"a-very-long-word-that-nobody-would-ever-type-into-a-terminal", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct nearest nearest = nearest_to(cases[i].word);
        for (size_t k = 0; k < COUNTOF(names); k++)
            nearest_offer(&nearest, names[k]);
        if (cases[i].expected) {
            assert_non_null(nearest.best);
            assert_string_equal(nearest.best, cases[i].expected);
        } else {
            assert_null(nearest.best);
        }
    }
}

static void test_below(void **state)
{
    static const struct {
        const char *name, *path; /* NULL: refused */
    } cases[] = {
        {"a.png", "in/a.png"},
        {".//a.png", "in/a.png"},
        {"sub/a.png", "in/sub/a.png"},
        {"no/a.png", "in/no/a.png"},
        {"..a.png", "in/..a.png"},
        {"inner/a.png", "in/inner/a.png"},
        {"../a.png", NULL},
        {"sub/../a.png", NULL},
        {"sub/../../a.png", NULL},
        {"/a.png", NULL},
        {"", NULL},
        {"..", NULL},
        {".", NULL},
        {"way/a.png", NULL},
        {"way/no/a.png", NULL},
        {"link.png", NULL},
        {"lost.png", NULL},
    };
    char folder[] = "/tmp/scanscope-below-XXXXXX", *back = getcwd(NULL, 0);
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(
        system("mkdir -p in/sub out inside && touch out/x.png && ln -s ../out in/way && "
               "ln -s ../out/x.png in/link.png && ln -s nowhere in/lost.png && "
               "ln -s sub in/inner && ln -s ../inside in/twin"),
        0);
    for (size_t c = 0; c < COUNTOF(cases); c++) {
        struct error err;
        char *path;
        int status = file_below("in", cases[c].name, &path, &err);
        if ((status == 0) != (cases[c].path != NULL))
            fail_msg("'%s' is %s", cases[c].name, status == 0 ? path : err.text);
        if (path)
            assert_string_equal(path, cases[c].path);
        free(path);
    }
    struct error err;
    char *path, *near = file_relative("out/x.png", "in"), *far = file_relative("/etc/passwd", "in");
    assert_int_equal(file_below("in", "twin/a.png", &path, &err), -1); /* inside begins with in */
    assert_string_equal(near, "../out/x.png");
    assert_string_equal(far, "passwd");
    free(near);
    free(far);
    assert_int_equal(chdir(back), 0);
    char *remove = mem_printf("rm -r %s", folder);
    assert_int_equal(system(remove), 0);
    free(remove);
    free(back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_is_one_printable_line),
        cmocka_unit_test(test_mem_sizes_are_checked),
        cmocka_unit_test(test_bytes_give_n_or_nothing),
        cmocka_unit_test(test_notes_are_kept_once),
        cmocka_unit_test(test_utf8_clean),
        cmocka_unit_test(test_file_write_is_atomic),
        cmocka_unit_test(test_rng_repeats),
        cmocka_unit_test(test_rng_streams),
        cmocka_unit_test(test_names_of_files),
        cmocka_unit_test(test_hidden_paths),
        cmocka_unit_test(test_shortest_numbers),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
