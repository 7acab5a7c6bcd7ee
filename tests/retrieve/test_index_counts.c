/* Indexes of images that have fewer regions than the features have rows. */
#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "tests/retrieve/index_bed.h"

static void make_counts(const struct bed *bed, int32_t counts[IMAGES])
{
    for (size_t i = 0; i < IMAGES; i++)
        counts[i] = 1 + (int32_t)((i * 7) % bed->fixture.R);
    save_counts(bed, counts);
}

/* NaN in the padding, as a detector may leave it. */
static void spoil_padding(struct bed *bed, const int32_t counts[IMAGES])
{
    size_t F = bed->fixture.F;
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t k = (size_t)counts[i] * F; k < bed->row; k++)
            bed->features[i * bed->row + k] = NAN;
    save_features(bed);
}

static void assert_counts(const struct bed *bed, bool halves, const int32_t counts[IMAGES])
{
    struct opened o;
    open_halves(bed, halves, INDEX_AUTO, NULL, &o);
    assert_right(&o);
    const struct embedded_images *images = &o.index->images;
    assert_memory_equal(images->count, counts, IMAGES * sizeof *counts);
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t r = 0; r < images->R; r++)
            assert_true((images->norm[i * images->R + r] != 0) == (r < (size_t)counts[i]));
    opened_done(&o);
}

static void test_built_and_found(void **state)
{
    (void)state;
    static const char *const names[] = {"t2i_avg", "i2t_lse"};
    int32_t counts[IMAGES];
    for (size_t k = 0; k < 2 * COUNTOF(names); k++) {
        struct bed bed;
        bool halves = k % 2;
        bed_init(&bed, names[k / 2]);
        free(expect_halves(&bed, halves, true, NULL)); /* all regions are real */
        make_counts(&bed, counts);
        free(expect_halves(&bed, halves, true, "or the number of an image's regions has changed"));
        free(expect_halves(&bed, halves, false, NULL));
        assert_counts(&bed, halves, counts);
        spoil_padding(&bed, counts);
        free(expect_halves(&bed, halves, false, NULL));
        counts[UNSAMPLED] = 1 + counts[UNSAMPLED] % (int32_t)bed.fixture.R;
        memset(bed.features, 0, IMAGES * bed.row * sizeof(float));
        save_features(&bed);
        save_counts(&bed, counts);
        free(expect_halves(&bed, halves, true, "is stale"));
        assert_int_equal(files_in(&bed), 1);
        bed_done(&bed);
    }
}

static bool stop_after_first(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)total;
    return done == 0;
}

static void test_resumed(void **state)
{
    (void)state;
    const struct progress progress = {stop_after_first, NULL};
    struct bed bed;
    struct opened o;
    int32_t counts[IMAGES];
    bed_init(&bed, "t2i_avg");
    make_counts(&bed, counts);
    open_mode(&bed, INDEX_MAKE, &progress, &o);
    assert_int_equal(o.status, -1);
    opened_done(&o);
    free(expect(&bed, true, "interrupted build: 256 of 600 images done"));
    assert_counts(&bed, false, counts);
    bed_done(&bed);
}

/* Counts that are damaged, and such as no image can have though all hashes are right. */
static void test_damaged(void **state)
{
    (void)state;
    struct bed bed;
    int32_t counts[IMAGES];
    bed_init(&bed, "t2i_avg");
    make_counts(&bed, counts);
    char *path = expect(&bed, true, NULL);
    struct index_header h = header_of(path);
    flip(path, h.count_at + 4 * (IMAGES - 1));
    free(expect(&bed, true, "has damaged numbers of regions; it is rebuilt"));
    counts[3] = 1 << 20;
    h.key.counts = index_hash_counts(counts, IMAGES);
    index_seal(&h);
    poke(path, (off_t)h.count_at, counts, sizeof counts);
    poke(path, 0, &h, sizeof h);
    free(expect(&bed, true, "has damaged numbers of regions; it is rebuilt"));
    free(path);
    bed_done(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_and_found),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests_name("index of counted regions", tests, NULL, NULL);
}
