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

/* The captions of each fold must be a range of the split's. */
static int check_order(const struct folds *f, const struct caption_map *map, struct error *err)
{
    if (f->count == 1 && f->images == map->images)
        return 0;
    return map->sorted ? 0
                       : error_set(err, "a fold of the images is no range of the captions, which "
                                        "are not in the order of the images: sort the captions "
                                        "and their images, or evaluate without folds");
}

static int cut_maps(const struct caption_map *map, struct folds *f, struct error *err)
{
    f->starts = mem_new(f->count + 1, sizeof *f->starts);
    f->maps = mem_new(f->count, sizeof *f->maps);
    for (size_t p = 0; p < f->count; p++) {
        int status = f->images == map->images
                         ? caption_map_copy(map, &f->maps[p], err)
                         : caption_map_part(map, p * f->images, f->images, &f->maps[p], err);
        if (status != 0)
            return -1;
        f->starts[p + 1] = f->starts[p] + f->maps[p].captions;
        if (f->maps[p].captions == 0)
            return error_set(err, "fold %zu of %zu has no captions: ask for fewer folds", p + 1,
                             f->count);
    }
    return 0;
}

int folds_cut(const struct folds_spec *spec, const struct caption_map *map, struct folds *out,
              struct error *err)
{
    size_t pairs = 0, I = map->images, C = map->captions;
    *out = (struct folds){0};
    if (I == 0 || C == 0)
        return error_set(err, "there are no captions to rank");
    if (check_images(spec, I, err) != 0)
        return -1;
    *out = (struct folds){.I = I, .C = C};
    out->images = spec->size ? spec->size : spec->count ? I / spec->count : I;
    out->count = spec->count ? spec->count : I / out->images;
    int status = check_order(out, map, err);
    if (status == 0)
        status = caption_map_copy(map, &out->map, err);
    if (status == 0)
        status = cut_maps(map, out, err);
    if (status == 0 && !mem_mul(out->images, folds_captions(out), &pairs))
        status = error_set(err, "too many pairs");
    if (status != 0)
        folds_done(out);
    return status;
}

void folds_done(struct folds *folds)
{
    for (size_t p = 0; folds->maps && p < folds->count; p++)
        caption_map_done(&folds->maps[p]);
    caption_map_done(&folds->map);
    free(folds->maps);
    free(folds->starts);
    *folds = (struct folds){0};
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
        evaluate_with_ranks(sims + folds_first_pair(f, p), &f->maps[p], &one,
                            ranks_out->i2t + p * f->images, ranks_out->t2i + f->starts[p]);
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
        size_t n = i2t ? folds_images(f) : folds_captions(f);
        struct query_metrics *queries = mem_new(n, sizeof *queries);
        for (size_t p = 0; status == 0 && p < f->count; p++) {
            struct score_block block = {sims + folds_first_pair(f, p), f->images,
                                        folds_captions_of(f, p), p * f->images, f->starts[p]};
            status = metrics_evaluate(&block, &relevance[i2t], i2t,
                                      queries + (i2t ? p * f->images : f->starts[p]), err);
        }
        metrics_mean(queries, n, complete ? complete[i2t] : 0, &out[i2t]);
        free(queries);
    }
    return status;
}
