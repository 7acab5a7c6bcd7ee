/* folds.c: cutting a split into folds, and ranking each. */
#include "evaluate/folds.h"

#include <stdlib.h>

#include "base/mem.h"

static int check_images(const struct folds_spec *spec, size_t I, struct error *err)
{
    static const char advice[] = "ask for less, or take a larger split (COCO's testall has 5000)";
    size_t count = spec->count, size = spec->size, needed = 0;
    if (count > 0 && size > 0 && (!mem_mul(count, size, &needed) || needed > I))
        return error_set(err, "the split has %zu images, too few for %zu folds of %zu images: %s",
                         I, count, size, advice);
    if (count > I)
        return error_set(err, "the split has %zu images, too few for %zu folds: %s", I, count,
                         advice);
    if (size > I)
        return error_set(err, "the split has %zu images, too few for a fold of %zu: %s", I, size,
                         advice);
    return 0;
}

int folds_cut(const struct folds_spec *spec, size_t I, size_t C, size_t per_image,
              struct folds *out, struct error *err)
{
    size_t pairs = 0;
    if (I == 0 || C == 0 || per_image == 0)
        return error_set(err, "there are no captions to rank");
    if (check_images(spec, I, err) != 0)
        return -1;
    *out = (struct folds){.I = I, .C = C, .per_image = per_image};
    out->images = spec->size ? spec->size : spec->count ? I / spec->count : I;
    out->count = spec->count ? spec->count : I / out->images;
    out->captions = out->images < I ? out->images * per_image : C;
    if (C < folds_captions(out))
        return error_set(err, "%zu folds of %zu images need %zu captions, the split has %zu",
                         out->count, out->images, folds_captions(out), C);
    if (!mem_mul(folds_images(out), out->captions, &pairs))
        return error_set(err, "too many pairs");
    return 0;
}

void folds_rank(const struct folds *folds, const float *sims, struct evaluation *each_out,
                struct folds_ranks *ranks_out)
{
    const struct folds *f = folds;
    *ranks_out = (struct folds_ranks){
        .i2t = mem_new(folds_images(f), sizeof *ranks_out->i2t),
        .t2i = mem_new(folds_captions(f), sizeof *ranks_out->t2i),
    };
    for (size_t p = 0; p < f->count; p++) {
        struct evaluation one;
        evaluate_with_ranks(sims + p * folds_pairs(f), f->images, f->captions, f->per_image, &one,
                            ranks_out->i2t + p * f->images, ranks_out->t2i + p * f->captions);
        if (each_out)
            each_out[p] = one;
    }
}

void folds_ranks_done(struct folds_ranks *ranks)
{
    free(ranks->i2t);
    free(ranks->t2i);
    *ranks = (struct folds_ranks){0};
}

int folds_metrics(const struct folds *folds, const float *sims, const struct relevance relevance[2],
                  const size_t complete[2], struct metrics out[2], struct error *err)
{
    const struct folds *f = folds;
    int status = 0;
    for (int i2t = 0; status == 0 && i2t < 2; i2t++) {
        size_t each = i2t ? f->images : f->captions, n = f->count * each;
        struct query_metrics *queries = mem_new(n, sizeof *queries);
        for (size_t p = 0; status == 0 && p < f->count; p++) {
            struct score_block block = {sims + p * folds_pairs(f), f->images, f->captions,
                                        p * f->images, p * f->captions};
            status = metrics_evaluate(&block, &relevance[i2t], i2t, queries + p * each, err);
        }
        metrics_mean(queries, n, complete ? complete[i2t] : 0, &out[i2t]);
        free(queries);
    }
    return status;
}
