/* test_sims_file.c: saved matrices: every type and order gives the same similarities, axes are
 * decided by the split, and what is none is refused with its place. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "io/array/npy.h"
#include "retrieve/score/sims_file.h"
#include "tests/support/scratch.h"

enum { I = 20, C = 60, PER = 3, SEED = 5 };

static const struct sims_reading by_shape = {0};

static void assert_error(const struct error *err, const char *part)
{
    if (!strstr(err->text, part))
        fail_msg("'%s' does not say '%s'", err->text, part);
}

/* True pairs near 1, others near 0; multiples of 1/1024, which float16 holds. */
static void make(float sims[I * C])
{
    struct rng rng;
    rng_seed(&rng, SEED);
    for (int p = 0; p < I * C; p++)
        sims[p] = (float)rng_below(&rng, 512) / 1024 + (p % C / PER == p / C);
}

static void turn(const float *from, size_t rows, size_t columns, float *to)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            to[c * rows + r] = from[r * columns + c];
}

/* Row r of `to` is row r / PER of `from`. */
static void repeat(const float *from, float *to)
{
    for (size_t r = 0; r < C; r++)
        memcpy(to + r * C, from + r / PER * C, C * sizeof *to);
}

static char *save(const char *name, size_t rows, size_t columns, const float *values)
{
    struct error err;
    char *path = scratch_path(name);
    assert_done(npy_save(path, NPY_F32, 2, (size_t[]){rows, columns}, values, &err), err);
    return path;
}

static struct sims_file *open_done(const char *path)
{
    struct error err;
    struct sims_file *file;
    assert_done(sims_file_open(path, &file, &err), err);
    return file;
}

/* Fits a file to the split and frees the path; `note`: what one of the notes says, NULL: none. */
static struct sims_file *fit_done(char *path, const struct sims_reading *reading, const char *note)
{
    struct error err;
    struct notes notes = {0};
    const struct caption_map map = caption_map_regular(I, C, PER);
    struct sims_file *file = open_done(path);
    assert_done(sims_file_fit(file, &map, reading, &notes, &err), err);
    char *all = notes_join(&notes);
    if (note ? !all || !strstr(all, note) : all != NULL)
        fail_msg("%s: notes '%s', not '%s'", path, all ? all : "", note ? note : "");
    free(all);
    notes_done(&notes);
    free(path);
    return file;
}

static void assert_sims(struct sims_file *file, const float *expected)
{
    float part[3 * 7], all[I * C];
    sims_file_part(file, 0, I, 0, C, all);
    assert_memory_equal(all, expected, sizeof all);
    sims_file_part(file, 4, 3, 11, 7, part);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(part + 7 * i, expected + (4 + i) * C + 11, 7 * sizeof *part);
    assert_true(sims_file_at(file, 19, 59) == expected[19 * C + 59]);
    sims_file_free(file);
}

static void fit_fails(const char *name, size_t rows, size_t columns, const float *values,
                      const struct sims_reading *reading, const char *part)
{
    struct error err;
    struct notes notes = {0};
    const struct caption_map map = caption_map_regular(I, C, PER);
    char *path = save(name, rows, columns, values);
    struct sims_file *file = open_done(path);
    assert_int_equal(sims_file_fit(file, &map, reading, &notes, &err), -1);
    assert_error(&err, part);
    assert_error(&err, name);
    notes_done(&notes);
    sims_file_free(file);
    free(path);
}

static void test_axes(void **state)
{
    (void)state;
    float sims[I * C], turned[I * C], often[C * C], across[C * C];
    const struct sims_reading captions = {.rows = SIMS_CAPTION_ROWS};
    make(sims);
    turn(sims, I, C, turned);
    repeat(sims, often);
    turn(often, C, C, across);
    assert_sims(fit_done(save("plain.npy", I, C, sims), &by_shape, NULL), sims);
    assert_sims(fit_done(save("turned.npy", C, I, turned), &by_shape, "is turned"), sims);
    assert_sims(fit_done(save("turned.npy", C, I, turned), &captions, "is turned"), sims);
    assert_sims(fit_done(save("often.npy", C, C, often), &by_shape, "in its rows"), sims);
    assert_sims(fit_done(save("across.npy", C, C, across), &by_shape, "in its columns"), sims);
    often[4 * C + 9] += 1e-6f;
    fit_fails("nearly.npy", C, C, often, &by_shape, "rows 3 and 4");
    fit_fails("plain.npy", I, C, sims, &captions, "has 20 images x 60 captions, the split 20 x 60");
    fit_fails("part.npy", I / 4, C / 4, sims, &by_shape, "one of 4 folds");
    fit_fails("other.npy", I - 1, C, sims, &by_shape, "has 19 images x 60 captions");
}

/* As .npy with another type and order of bytes. */
static char *save_double(const char *name, bool swapped, bool fortran, const float *sims)
{
    char head[128];
    struct str bytes = {0};
    char *text = mem_printf("{'descr': '%cf8', 'fortran_order': %s, 'shape': (%d, %d), }",
                            swapped ? '>' : '<', fortran ? "True" : "False", I, C);
    snprintf(head, sizeof head, "%-117s\n", text);
    str_add_n(&bytes, "\x93NUMPY\1\0v\0", 10);
    str_add_n(&bytes, head, 118);
    for (size_t k = 0; k < I * C; k++) {
        double value = sims[fortran ? k % I * C + k / I : k];
        unsigned char raw[8];
        memcpy(raw, &value, 8);
        for (size_t b = 0; b < 4 && swapped; b++) {
            unsigned char other = raw[b];
            raw[b] = raw[7 - b];
            raw[7 - b] = other;
        }
        str_add_n(&bytes, (const char *)raw, 8);
    }
    char *path = scratch_text(name, bytes.text, bytes.length);
    str_done(&bytes);
    free(text);
    return path;
}

static void test_types(void **state)
{
    (void)state;
    float sims[I * C];
    struct error err;
    make(sims);
    for (int k = 0; k < 4; k++)
        assert_sims(fit_done(save_double("double.npy", k & 1, k & 2, sims), &by_shape, NULL), sims);
    char *half = scratch_path("half.npy");
    assert_done(npy_save_f16(half, 2, (size_t[]){I, C}, sims, &err), err);
    assert_sims(fit_done(half, &by_shape, NULL), sims);
    double fine[I * C];
    for (int k = 0; k < I * C; k++)
        fine[k] = sims[k] + 1e-12;
    char *rounded = scratch_path("rounded.npy");
    assert_done(npy_save(rounded, NPY_F64, 2, (size_t[]){I, C}, fine, &err), err);
    sims_file_free(fit_done(rounded, &by_shape, "float64 is rounded"));
}

/* What whole numbers are: ranks, or similarities in bytes. */
static void test_whole_numbers(void **state)
{
    (void)state;
    int64_t wide[I * C];
    uint8_t bytes[I * C];
    float ranks[I * C], expected[I * C];
    struct error err;
    struct sims_file *file;
    for (int k = 0; k < I * C; k++) {
        wide[k] = k;
        bytes[k] = (uint8_t)(k % C / PER == k / C ? 200 + k % 7 : k % 90);
        expected[k] = bytes[k];
        ranks[k] = (float)((k * 7 + k / C) % C);
    }
    char *path = scratch_path("wide.npy");
    assert_done(npy_save(path, NPY_I64, 2, (size_t[]){I, C}, wide, &err), err);
    assert_int_equal(sims_file_open(path, &file, &err), -1);
    assert_error(&err, "holds int64: whole numbers are ranks");
    free(path);
    path = scratch_path("bytes.npy");
    assert_done(npy_save(path, NPY_U8, 2, (size_t[]){I, C}, bytes, &err), err);
    assert_sims(fit_done(path, &by_shape, "holds uint8"), expected);
    fit_fails("ranks.npy", I, C, ranks, &by_shape, "each row holds the numbers up to 59 once");
}

static void test_values(void **state)
{
    (void)state;
    const struct sims_reading distances = {.values = SIMS_DISTANCES},
                              similarities = {.values = SIMS_SIMILARITIES};
    float sims[I * C], away[I * C];
    make(sims);
    for (int k = 0; k < I * C; k++)
        away[k] = -sims[k];
    fit_fails("away.npy", I, C, away, &by_shape, "say --matrix distances");
    fit_fails("sims.npy", I, C, sims, &distances, "as similarities do");
    assert_sims(fit_done(save("away.npy", I, C, away), &distances, "distances"), sims);
    assert_sims(fit_done(save("away.npy", I, C, away), &similarities, NULL), away);
    float moved[I * C];
    for (size_t i = 0; i < I; i++)
        memcpy(moved + i * C, sims + (i * 7 + 3) % I * C, C * sizeof *moved);
    sims_file_free(fit_done(save("moved.npy", I, C, moved), &by_shape, "no better than others"));
    sims[7 * C + 31] = NAN;
    sims[9 * C] = INFINITY;
    fit_fails("nan.npy", I, C, sims, &by_shape, "image 7, caption 31: the similarity is NaN");
}

static void guess_done(char *path, size_t captions, size_t images, size_t per_image)
{
    struct error err;
    struct caption_map map;
    struct sims_file *file = open_done(path);
    assert_done(sims_file_guess(file, &by_shape, captions, &map, &err), err);
    assert_int_equal(map.images, images);
    assert_int_equal(map.per_image, per_image);
    sims_file_free(file);
    free(path);
}

static void test_guess(void **state)
{
    (void)state;
    enum { N = 50 };
    float sims[I * C], square[N * N];
    struct error err;
    struct caption_map map;
    make(sims);
    guess_done(save("plain.npy", I, C, sims), 0, I, PER);
    guess_done(save("turned.npy", C, I, sims), 0, I, PER);
    guess_done(save("turned.npy", C, I, sims), C, I, PER);
    for (int k = 0; k < N * N; k++)
        square[k] = sims[(k / N / 5 * N + k % N) % (I * C)];
    guess_done(save("often.npy", N, N, square), 0, N / 5, 5);
    square[3 * N + 8] += 1e-6f;
    char *nearly = save("nearly.npy", N, N, square), *uneven = save("odd.npy", 7, 30, sims);
    struct sims_file *file = open_done(nearly);
    assert_int_equal(sims_file_guess(file, &by_shape, 0, &map, &err), -1);
    assert_error(&err, "each image about five times");
    sims_file_free(file);
    guess_done(save("square.npy", 30, 30, sims), 0, 30, 1);
    file = open_done(uneven);
    assert_int_equal(sims_file_guess(file, &by_shape, 0, &map, &err), -1);
    assert_error(&err, "7 x 30 is not a matrix of images x captions");
    assert_int_equal(sims_file_guess(file, &by_shape, 31, &map, &err), -1);
    assert_error(&err, "the split 31 captions");
    sims_file_free(file);
    free(nearly);
    free(uneven);
}

static void test_reading(void **state)
{
    (void)state;
    struct error err;
    struct sims_reading reading;
    assert_done(sims_reading_parse(NULL, &reading, &err), err);
    assert_true(!reading.values && !reading.rows);
    assert_done(sims_reading_parse("distances,caption-rows", &reading, &err), err);
    assert_true(reading.values == SIMS_DISTANCES && reading.rows == SIMS_CAPTION_ROWS);
    static const char *const wrong[] = {"", "distance", "distances,", "image-rows,caption-rows",
                                        "similarities,distances"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(sims_reading_parse(wrong[i], &reading, &err), -1);
        assert_error(&err, "--matrix");
    }
    assert_true(sims_file_is_named("a.npy") && sims_file_is_named("b.npz:x"));
    assert_false(sims_file_is_named("model.pth.tar") || sims_file_is_named("b.npz:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes),          cmocka_unit_test(test_types),
        cmocka_unit_test(test_whole_numbers), cmocka_unit_test(test_values),
        cmocka_unit_test(test_guess),         cmocka_unit_test(test_reading),
    };
    return cmocka_run_group_tests_name("sims_file", tests, scratch_make, scratch_remove);
}
