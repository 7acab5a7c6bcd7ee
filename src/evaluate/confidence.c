/* confidence.c: ranks made into one number per image, and those resampled. */
#include "evaluate/confidence.h"

#include <stdlib.h>

#include "base/mem.h"

const size_t confidence_at[CONFIDENCE_RECALLS] = {1, 5, 10};

/* hits[folds_images]: the share of the image's queries (itself, or its captions) whose truth is
 * among the first k, in per cent. */
static void hits_of(const struct folds *f, const struct folds_ranks *ranks, bool i2t, size_t k,
                    double *hits)
{
    const size_t *of = i2t ? ranks->i2t : ranks->t2i;
    for (size_t i = 0; i < folds_images(f); i++) {
        size_t first = i2t ? i : i * f->per_image, end = i2t ? i + 1 : first + f->per_image;
        size_t n = 0, found = 0;
        for (size_t q = first; q < end && (i2t || q < folds_captions(f)); q++, n++)
            found += of[q] < k;
        hits[i] = n ? 100.0 * (double)found / (double)n : 0;
    }
}

int confidence_recalls(const struct folds *folds, const struct folds_ranks *ranks,
                       const struct bootstrap *how, struct interval out[2][CONFIDENCE_RECALLS],
                       struct error *err)
{
    double *hits = mem_new(folds_images(folds), sizeof *hits);
    int status = 0;
    for (int i2t = 0; i2t < 2; i2t++)
        for (int k = 0; status == 0 && k < CONFIDENCE_RECALLS; k++) {
            hits_of(folds, ranks, i2t, confidence_at[k], hits);
            status = stats_bootstrap_mean(hits, folds_images(folds), how, &out[i2t][k], err);
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
    hits_of(folds, a, i2t, k, hits);
    hits_of(folds, b, i2t, k, hits + images);
    for (size_t q = 0; q < (i2t ? images : folds_captions(folds)); q++) {
        bool hit_a = (i2t ? a->i2t : a->t2i)[q] < k, hit_b = (i2t ? b->i2t : b->t2i)[q] < k;
        only_a += hit_a && !hit_b;
        only_b += hit_b && !hit_a;
    }
    stats_mcnemar(only_a, only_b, &out->mcnemar);
    int status = stats_bootstrap_paired(hits, hits + images, images, how, &out->paired, err);
    free(hits);
    return status;
}

/* What each image adds, with its captions, to the sum of recalls; the caller's to free. */
static double *rsum_parts(const struct folds *folds, const struct folds_ranks *ranks)
{
    size_t images = folds_images(folds);
    double *sum = mem_new(images, sizeof *sum), *hits = mem_new(images, sizeof *hits);
    for (int i2t = 0; i2t < 2; i2t++)
        for (int k = 0; k < CONFIDENCE_RECALLS; k++) {
            hits_of(folds, ranks, i2t, confidence_at[k], hits);
            for (size_t i = 0; i < images; i++)
                sum[i] += hits[i];
        }
    free(hits);
    return sum;
}

int confidence_rsum(const struct folds *folds, const struct folds_ranks *ranks,
                    const struct bootstrap *how, struct interval *out, struct error *err)
{
    double *sum = rsum_parts(folds, ranks);
    int status = stats_bootstrap_mean(sum, folds_images(folds), how, out, err);
    free(sum);
    return status;
}

int confidence_compare_rsum(const struct folds *folds, const struct folds_ranks *a,
                            const struct folds_ranks *b, const struct bootstrap *how,
                            struct paired *out, struct error *err)
{
    double *of_a = rsum_parts(folds, a), *of_b = rsum_parts(folds, b);
    int status = stats_bootstrap_paired(of_a, of_b, folds_images(folds), how, out, err);
    free(of_a);
    free(of_b);
    return status;
}
