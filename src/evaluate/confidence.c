/* confidence.c: ranks made into one number per image, and those resampled. */
#include "evaluate/confidence.h"

#include <stdlib.h>

#include "base/mem.h"

const size_t confidence_at[CONFIDENCE_RECALLS] = {1, 5, 10};

/* Of an image: its queries (itself, or its captions), and how many of these find their truth among
 * the first k. An image without captions has none either way. */
static size_t count_found(const struct folds *f, const struct folds_ranks *ranks, bool i2t,
                          size_t image, size_t k, size_t *found_out)
{
    size_t fold = image / f->images, own = image % f->images;
    const struct caption_map *map = &f->maps[fold];
    size_t captions = caption_map_count(map, own), found = 0;
    for (size_t q = 0; !i2t && q < captions; q++)
        found += ranks->t2i[f->starts[fold] + caption_map_nth(map, own, q)] < k;
    *found_out = i2t ? captions > 0 && ranks->i2t[image] < k : found;
    return i2t ? captions > 0 : captions;
}

/* What each image adds to the recall at k, in per cent: hits[], of the images that have captions;
 * returns how many these are. */
static size_t hits_of(const struct folds *f, const struct folds_ranks *ranks, bool i2t, size_t k,
                      double *hits)
{
    size_t images = folds_images(f), *queries = mem_new(images, sizeof *queries), found;
    double *sums = mem_new(images, sizeof *sums);
    for (size_t i = 0; i < images; i++) {
        queries[i] = count_found(f, ranks, i2t, i, k, &found);
        sums[i] = 100.0 * (double)found;
    }
    size_t units = stats_unit_shares(sums, queries, images, hits);
    free(queries);
    free(sums);
    return units;
}

int confidence_recalls(const struct folds *folds, const struct folds_ranks *ranks,
                       const struct bootstrap *how, struct interval out[2][CONFIDENCE_RECALLS],
                       struct error *err)
{
    double *hits = mem_new(folds_images(folds), sizeof *hits);
    int status = 0;
    for (int i2t = 0; i2t < 2; i2t++)
        for (int k = 0; status == 0 && k < CONFIDENCE_RECALLS; k++) {
            size_t units = hits_of(folds, ranks, i2t, confidence_at[k], hits);
            status = stats_bootstrap_mean(hits, units, how, &out[i2t][k], err);
        }
    free(hits);
    return status;
}

int confidence_compare(const struct folds *folds, const struct folds_ranks *a,
                       const struct folds_ranks *b, bool i2t, size_t k, const struct bootstrap *how,
                       struct confidence_difference *out, struct error *err)
{
    size_t images = folds_images(folds), only_a = 0, only_b = 0;
    double *hits = mem_new(2 * images, sizeof *hits);
    size_t units = hits_of(folds, a, i2t, k, hits);
    hits_of(folds, b, i2t, k, hits + images);
    for (size_t q = 0; q < (i2t ? images : folds_captions(folds)); q++) {
        bool hit_a = (i2t ? a->i2t : a->t2i)[q] < k, hit_b = (i2t ? b->i2t : b->t2i)[q] < k;
        only_a += hit_a && !hit_b;
        only_b += hit_b && !hit_a;
    }
    stats_mcnemar(only_a, only_b, &out->mcnemar);
    int status = stats_bootstrap_paired(hits, hits + images, units, how, &out->paired, err);
    free(hits);
    return status;
}

/* What each image that has captions adds, with these, to the sum of recalls; the caller's to free.
 */
static double *rsum_parts(const struct folds *folds, const struct folds_ranks *ranks,
                          size_t *units_out)
{
    size_t images = folds_images(folds), units = 0;
    double *sum = mem_new(images, sizeof *sum), *hits = mem_new(images, sizeof *hits);
    for (int i2t = 0; i2t < 2; i2t++)
        for (int k = 0; k < CONFIDENCE_RECALLS; k++) {
            units = hits_of(folds, ranks, i2t, confidence_at[k], hits);
            for (size_t i = 0; i < units; i++)
                sum[i] += hits[i];
        }
    free(hits);
    *units_out = units;
    return sum;
}

int confidence_rsum(const struct folds *folds, const struct folds_ranks *ranks,
                    const struct bootstrap *how, struct interval *out, struct error *err)
{
    size_t units;
    double *sum = rsum_parts(folds, ranks, &units);
    int status = stats_bootstrap_mean(sum, units, how, out, err);
    free(sum);
    return status;
}

int confidence_compare_rsum(const struct folds *folds, const struct folds_ranks *a,
                            const struct folds_ranks *b, const struct bootstrap *how,
                            struct paired *out, struct error *err)
{
    size_t units;
    double *of_a = rsum_parts(folds, a, &units), *of_b = rsum_parts(folds, b, &units);
    int status = stats_bootstrap_paired(of_a, of_b, units, how, out, err);
    free(of_a);
    free(of_b);
    return status;
}
