#include "retrieve/score/score_kind.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/score/ticker.h"

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

/* array + n, unless there is none. */
static const float *at(const float *array, size_t n)
{
    return array ? array + n : NULL;
}

struct kind_images kind_images_at(const struct kind_model *model, const struct kind_images *images,
                                  size_t first, size_t n)
{
    size_t D = model->options.D, R = images->R;
    return (struct kind_images){.I = n,
                                .R = R,
                                .count = images->count ? images->count + first : NULL,
                                .regions = at(images->regions, first * R * D),
                                .norm = at(images->norm, first * R),
                                .gram = at(images->gram, first * R * R),
                                .global = at(images->global, first * D)};
}

struct kind_captions kind_captions_at(const struct kind_model *model,
                                      const struct kind_captions *captions, size_t first, size_t n)
{
    struct kind_captions out = *captions;
    out.C = n;
    out.starts += first;
    out.gram_start = captions->gram_start ? captions->gram_start + first : NULL;
    out.global = at(captions->global, first * model->options.D);
    return out;
}

/* A thread's scratch for tiles. */
struct scratches {
    float *all;
    size_t size; /* of one, in floats */
};

static int scratches_alloc(const struct kind_model *model, const struct kind_images *images,
                           const struct kind_captions *captions, size_t at_once,
                           struct scratches *out, struct error *err)
{
    size_t longest = 1;
    for (size_t c = 0; c < captions->C; c++) {
        size_t W = captions->starts[c + 1] - captions->starts[c];
        longest = W > longest ? W : longest;
    }
    out->size = model->options.kind->tile_scratch(model, images->R, at_once, longest);
    out->size = (out->size + 15) / 16 * 16;
    return mem_alloc(&out->all, (size_t)omp_get_max_threads(), out->size * sizeof(float), "scores",
                     err);
}

static float *scratch_of(const struct scratches *s)
{
    return s->all + (size_t)omp_get_thread_num() * s->size;
}

/* All pairs of a run. */
struct all_pairs {
    const struct kind_model *model;
    const struct kind_images *images;
    const struct kind_captions *captions;
    void *near; /* room of the kind's `near`, made ready; or NULL */
    float *sims, *bounds;
};

static int near_open(struct all_pairs *all, struct error *err)
{
    const struct kind_near *near = all->model->options.kind->near;
    size_t size = near ? near->size(all->model, all->images->I, all->captions->C) : 0;
    if (!all->bounds || size == 0)
        return 0;
    if (mem_alloc(&all->near, size, sizeof(float), "scores", err) != 0)
        return -1;
    if (!near->ready(all->model, all->images, all->captions, all->near)) {
        free(all->near);
        all->near = NULL;
    }
    return 0;
}

static void score_tile(const struct all_pairs *all, size_t i, size_t n, size_t c, size_t m,
                       float *scratch)
{
    const struct model_kind *kind = all->model->options.kind;
    size_t C = all->captions->C;
    float *sims = all->sims + i * C + c, *bounds = all->bounds ? all->bounds + i * C + c : NULL;
    if (all->near) {
        kind->near->tile(all->near, i, n, c, m, sims, bounds, C);
        return;
    }
    struct kind_images some = kind_images_at(all->model, all->images, i, n);
    struct kind_captions few = kind_captions_at(all->model, all->captions, c, m);
    kind->tile(all->model, &some, &few, scratch, sims, C);
    if (bounds && kind->bounds)
        kind->bounds(all->model, &some, &few, bounds, C);
    for (size_t k = 0; bounds && !kind->bounds && k < n; k++)
        memset(bounds + k * C, 0, m * sizeof *bounds);
}

int score_kind_approx(const struct kind_model *model, const struct kind_images *images,
                      const struct kind_captions *captions, float *sims, float *bounds,
                      const struct progress *progress, struct error *err)
{
    const struct model_kind *kind = model->options.kind;
    size_t I = images->I, C = captions->C;
    size_t rows = kind->tile_images, columns = at_most(C, kind->tile_captions);
    struct all_pairs all = {model, images, captions, NULL, sims, bounds};
    struct scratches scratches;
    struct ticker ticker;
    if (I == 0 || C == 0)
        return 0;
    if (near_open(&all, err) != 0)
        return -1;
    if (scratches_alloc(model, images, captions, columns, &scratches, err) != 0) {
        free(all.near);
        return -1;
    }
    ticker_init(&ticker, progress, (uint64_t)I * C);
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (size_t i = 0; i < I; i += rows)
        for (size_t c = 0; c < C; c += columns) {
            size_t n = at_most(I - i, rows), m = at_most(C - c, columns);
            if (ticker_stopped(&ticker))
                continue;
            score_tile(&all, i, n, c, m, scratch_of(&scratches));
            ticker_add(&ticker, n * m);
        }
    free(scratches.all);
    free(all.near);
    return ticker_end(&ticker, err);
}

int score_kind_all(const struct kind_model *model, const struct kind_images *images,
                   const struct kind_captions *captions, float *sims,
                   const struct progress *progress, struct error *err)
{
    return score_kind_approx(model, images, captions, sims, NULL, progress, err);
}

/* How many of the captions from list[k] on follow each other: one tile scores them. */
static size_t run_length(const uint32_t *list, size_t k, size_t end, size_t most)
{
    size_t n = 1;
    while (n < most && k + n < end && list[k + n] == list[k] + n)
        n++;
    return n;
}

static void score_row(const struct kind_model *model, const struct kind_images *image,
                      const struct kind_captions *captions, const struct score_list *list, size_t i,
                      float *scratch, float *scores, struct ticker *ticker)
{
    const struct model_kind *kind = model->options.kind;
    size_t end = list->starts[i + 1];
    for (size_t k = list->starts[i], n; k < end && !ticker_stopped(ticker); k += n) {
        n = run_length(list->captions, k, end, kind->tile_captions);
        struct kind_captions some = kind_captions_at(model, captions, list->captions[k], n);
        kind->tile(model, image, &some, scratch, scores + k, n);
        ticker_add(ticker, n);
    }
}

int score_kind_pairs(const struct kind_model *model, const struct kind_images *images,
                     const struct kind_captions *captions, const struct score_list *list,
                     float *scores, const struct progress *progress, struct error *err)
{
    struct scratches scratches;
    struct ticker ticker;
    size_t at_once = at_most(captions->C, model->options.kind->tile_captions);
    if (images->I == 0 || captions->C == 0)
        return 0;
    if (scratches_alloc(model, images, captions, at_once, &scratches, err) != 0)
        return -1;
    ticker_init(&ticker, progress, list->starts[images->I]);
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < images->I; i++) {
        struct kind_images image = kind_images_at(model, images, i, 1);
        score_row(model, &image, captions, list, i, scratch_of(&scratches), scores, &ticker);
    }
    free(scratches.all);
    return ticker_end(&ticker, err);
}

int score_kind_subset(const struct kind_model *model, const struct kind_images *images,
                      const struct kind_captions *caption, const uint32_t *list, size_t n,
                      float *scores, const struct progress *progress, struct error *err)
{
    struct scratches scratches;
    struct ticker ticker;
    if (scratches_alloc(model, images, caption, 1, &scratches, err) != 0)
        return -1;
    ticker_init(&ticker, progress, n);
#pragma omp parallel for schedule(dynamic)
    for (size_t k = 0; k < n; k++) {
        struct kind_images image = kind_images_at(model, images, list[k], 1);
        if (ticker_stopped(&ticker))
            continue;
        model->options.kind->tile(model, &image, caption, scratch_of(&scratches), scores + list[k],
                                  1);
        ticker_add(&ticker, 1);
    }
    free(scratches.all);
    return ticker_end(&ticker, err);
}

int score_kind_show(const struct kind_model *model, const struct kind_images *image,
                    const struct kind_captions *caption, const struct kind_shown *out,
                    struct error *err)
{
    struct scratches scratches;
    if (scratches_alloc(model, image, caption, 1, &scratches, err) != 0)
        return -1;
    model->options.kind->show(model, image, caption, scratch_of(&scratches), out);
    free(scratches.all);
    return 0;
}
