/* What a split's boxes are taken for: made boxes in every layout and scale, with and without sizes,
 * come back as corners in pixels, with a note; real ones without. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/dataset.h"

enum { I = 8, R = 12, N = I * R };

static char folder[] = "/tmp/scanscope-boxes-XXXXXX";

static int setup_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"test_ims.npy", "test_boxes.npy", "test_img_sizes.npy"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        char *path = file_join(folder, names[i]);
        unlink(path);
        free(path);
    }
    return rmdir(folder);
}

static void put(const char *name, int dims, const size_t *shape, const float *values)
{
    struct error err;
    char *path = file_join(folder, name);
    assert_done(npy_save(path, NPY_F32, dims, shape, values, &err), err);
    free(path);
}

/* The truth: boxes as a detector has them, the first of each image all of it. */
struct truth {
    float boxes[N][4], sizes[I][2];
};

static void make_truth(struct truth *t)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t i = 0; i < I; i++) {
        t->sizes[i][0] = (float)(300 + 40 * (i % 3));
        t->sizes[i][1] = (float)(240 + 30 * (i % 4));
        for (size_t r = 0; r < R; r++)
            for (int k = 0; k < 2; k++) {
                float side = t->sizes[i][k];
                float low = r ? floorf(0.8f * side * (float)rng_unit(&rng)) : 0;
                float high = low + 8 + floorf((side - 8 - low) * (float)rng_unit(&rng));
                t->boxes[i * R + r][k] = low;
                t->boxes[i * R + r][k + 2] = r ? high : side;
            }
    }
}

static struct dataset *open_boxes(const struct truth *t, float boxes[N][4], bool sizes)
{
    struct error err;
    struct dataset *d;
    float features[I * R * 2] = {0};
    char *path = file_join(folder, "test_img_sizes.npy");
    put("test_ims.npy", 3, (size_t[]){I, R, 2}, features);
    put("test_boxes.npy", 3, (size_t[]){I, R, 4}, &boxes[0][0]);
    unlink(path);
    free(path);
    if (sizes)
        put("test_img_sizes.npy", 2, (size_t[]){I, 2}, &t->sizes[0][0]);
    struct dataset_spec spec = {.folder = folder, .split = "test"};
    assert_done(dataset_open(&spec, &d, &err), err);
    return d;
}

/* Opens and expects the boxes of the truth, and `notes` notes that all hold `said`. */
static void expect(const struct truth *t, float boxes[N][4], bool sizes, size_t notes,
                   const char *said)
{
    struct dataset *d = open_boxes(t, boxes, sizes);
    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < 4; k++) {
            float want = t->boxes[i][k];
            if (!(fabsf(d->boxes[4 * i + (size_t)k] - want) < 0.51f))
                fail_msg("box %zu, %d: %g instead of %g", i, k, (double)d->boxes[4 * i + (size_t)k],
                         (double)want);
        }
    if (d->notes.lines.count != notes)
        fail_msg("%zu notes: %s", d->notes.lines.count,
                 d->notes.lines.count ? d->notes.lines.items[0] : "");
    if (notes && !strstr(d->notes.lines.items[0], said))
        fail_msg("\"%s\" instead of \"%s\"", d->notes.lines.items[0], said);
    dataset_free(d);
}

/* ---- layouts ---- */

static void to_size(const float in[4], float out[4])
{
    float made[] = {in[0], in[1], in[2] - in[0], in[3] - in[1]};
    memcpy(out, made, sizeof made);
}

static void to_centre(const float in[4], float out[4])
{
    float made[] = {(in[0] + in[2]) / 2, (in[1] + in[3]) / 2, in[2] - in[0], in[3] - in[1]};
    memcpy(out, made, sizeof made);
}

static void to_reversed(const float in[4], float out[4])
{
    float made[] = {in[2], in[3], in[0], in[1]};
    memcpy(out, made, sizeof made);
}

static void to_same(const float in[4], float out[4])
{
    memcpy(out, in, 4 * sizeof *out);
}

static void convert(const struct truth *t, void (*to)(const float in[4], float out[4]),
                    bool fractions, float out[N][4])
{
    for (size_t i = 0; i < N; i++) {
        to(t->boxes[i], out[i]);
        for (int k = 0; fractions && k < 4; k++)
            out[i][k] /= t->sizes[i / R][k % 2];
    }
}

static void test_layouts(void **state)
{
    (void)state;
    static const struct {
        void (*to)(const float in[4], float out[4]);
        const char *said;
    } cases[] = {{to_same, NULL},
                 {to_size, "test_boxes.npy: taken as x, y, width, height (as x1, y1, x2, y2, "},
                 {to_centre, "taken as centre x, centre y, width, height"},
                 {to_reversed, "taken as x2, y2, x1, y1"}};
    struct truth t;
    float boxes[N][4];
    make_truth(&t);
    for (size_t c = 0; c < COUNTOF(cases); c++) {
        convert(&t, cases[c].to, false, boxes);
        expect(&t, boxes, true, cases[c].said != NULL, cases[c].said);
        convert(&t, cases[c].to, true, boxes);
        expect(&t, boxes, true, 1 + (cases[c].said != NULL), "all coordinates lie between 0 and 1");
    }
    convert(&t, to_size, false, boxes); /* enough without sizes, too */
    expect(&t, boxes, false, 1, "taken as x, y, width, height");
    convert(&t, to_reversed, false, boxes);
    expect(&t, boxes, false, 1, "taken as x2, y2, x1, y1");
}

/* Without sizes the centre of a box and its corner cannot be told apart: no guess without a word.
 */
static void test_layout_in_doubt(void **state)
{
    (void)state;
    struct truth t;
    float boxes[N][4];
    make_truth(&t);
    convert(&t, to_centre, false, boxes);
    struct dataset *d = open_boxes(&t, boxes, false);
    assert_string_equal(d->box_counts.layout, "x1, y1, x2, y2");
    assert_true(d->box_counts.reversed > 5);
    assert_int_equal(d->notes.lines.count, 1);
    assert_non_null(strstr(d->notes.lines.items[0], "may mean that they are not x1, y1, x2, y2"));
    dataset_free(d);
}

static void test_fractions_without_sizes(void **state)
{
    (void)state;
    struct truth t;
    float boxes[N][4];
    make_truth(&t);
    convert(&t, to_same, true, boxes);
    struct dataset *d = open_boxes(&t, boxes, false);
    assert_true(d->box_fractions);
    assert_true(d->box_counts.fractions);
    assert_memory_equal(d->boxes, boxes, sizeof boxes);
    assert_non_null(strstr(d->notes.lines.items[0], "scaled by each photograph"));
    dataset_free(d);
}

/* ---- single boxes ---- */

static void test_a_few_bad_boxes(void **state)
{
    (void)state;
    struct truth t, bad;
    make_truth(&t);
    bad = t;
    to_reversed(t.boxes[5], bad.boxes[5]);
    bad.boxes[9][0] = t.boxes[9][2]; /* one direction only */
    bad.boxes[9][2] = t.boxes[9][0];
    expect(&t, bad.boxes, true, 1, "2 of 96 boxes end before they begin: corners swapped");
    expect(&t, bad.boxes, false, 1, "2 of 96 boxes end before they begin: corners swapped");
    bad = t;
    memset(bad.boxes[3], 0, sizeof bad.boxes[3]);
    bad.boxes[4][2] = bad.boxes[4][0];
    bad.boxes[7][1] = NAN;
    bad.boxes[8][2] = INFINITY;
    struct dataset *d = open_boxes(&t, bad.boxes, true);
    const struct dataset_box_counts *n = &d->box_counts;
    assert_int_equal(n->zero, 1);
    assert_int_equal(n->empty, 1);
    assert_int_equal(n->broken, 2);
    assert_int_equal(n->reversed + n->beyond, 0);
    assert_int_equal(d->notes.lines.count, 3);
    assert_non_null(strstr(d->notes.lines.items[0], "2 of 96 boxes hold NaN or infinity"));
    assert_non_null(strstr(d->notes.lines.items[1], "1 of 96 boxes are all zero"));
    assert_non_null(strstr(d->notes.lines.items[2], "1 of 96 boxes have no width or no height"));
    for (size_t i = 0; i < 4 * N; i++)
        assert_true(isfinite(d->boxes[i]));
    dataset_free(d);
}

static void test_boxes_beyond(void **state)
{
    (void)state;
    struct truth t, bad;
    make_truth(&t);
    bad = t;
    for (size_t i = 0; i < N; i++)
        for (int k = 2; k < 4; k++)
            bad.boxes[i][k] += 0.9f; /* rounding: fine */
    struct dataset *d = open_boxes(&t, bad.boxes, true);
    assert_int_equal(d->notes.lines.count, 0);
    dataset_free(d);
    bad = t;
    bad.boxes[6][2] = t.sizes[0][0] + 12;
    bad.boxes[R][0] = -7;
    expect(&bad, bad.boxes, true, 1,
           "2 of 96 boxes, of 2 of 8 images, reach beyond the image, up to 1.04 times its side");
    for (size_t i = 0; i < N; i++) /* not divided by im_scale: not mended, but explained */
        for (int k = 0; k < 4; k++)
            bad.boxes[i][k] = t.boxes[i][k] * 600 / fminf(t.sizes[i / R][0], t.sizes[i / R][1]);
    expect(&bad, bad.boxes, true, 1, "of 8 of 8 images");
    expect(&bad, bad.boxes, true, 1, "that is the detector's scale (shorter side 600)");
    for (size_t i = 0; i < N; i++) /* another scale */
        for (int k = 0; k < 4; k++)
            bad.boxes[i][k] = t.boxes[i][k] * 1.5f;
    expect(&bad, bad.boxes, true, 1, "boxes and sizes may not be of the same pictures");
    for (size_t i = 0; i < N; i++)
        for (int k = 0; k < 4; k++)
            bad.boxes[i][k] = t.boxes[i][k] * 0.4f;
    expect(&bad, bad.boxes, true, 1, "no box of any image reaches beyond 40 % of its sides");
    expect(&bad, bad.boxes, false, 0, NULL);
}

/* Real boxes are what they are taken for. */
static void test_real_boxes(void **state)
{
    (void)state;
    static const char *const splits[] = {"dev", "train"};
    char *path = testing_data("f8k_precomp");
    for (size_t i = 0; i < COUNTOF(splits); i++) {
        struct error err;
        struct dataset *d;
        struct dataset_spec spec = {.folder = path, .split = splits[i]};
        assert_done(dataset_open(&spec, &d, &err), err);
        assert_non_null(d->boxes);
        assert_int_equal(d->notes.lines.count, 0);
        dataset_free(d);
    }
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_layout_in_doubt),
        cmocka_unit_test(test_fractions_without_sizes),
        cmocka_unit_test(test_a_few_bad_boxes),
        cmocka_unit_test(test_boxes_beyond),
        cmocka_unit_test(test_real_boxes),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
