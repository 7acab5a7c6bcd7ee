#include "retrieve/score/exact.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

bool exact_bounds_too_wide(const float *sims, const float *bounds, size_t I, size_t C)
{
    size_t wide = 0;
    for (size_t i = 0; i < I; i++) {
        double sum = 0, squares = 0;
        for (size_t c = 0; c < C; c++) {
            sum += sims[i * C + c];
            squares += (double)sims[i * C + c] * sims[i * C + c];
        }
        float spread =
            (float)sqrt(fmax(squares / (double)C - sum * sum / (double)C / (double)C, 0));
        for (size_t c = 0; c < C; c++)
            wide += !(bounds[i * C + c] < spread);
    }
    return wide > I * C / 2;
}

void exact_list_free(struct exact_list *list)
{
    free(list->starts);
    free(list->captions);
    *list = (struct exact_list){0};
}

static int list_get(struct exact_list *out, size_t I, size_t n, struct error *err)
{
    static const char what[] = "pairs to score again";
    if (mem_alloc(&out->captions, n + !n, sizeof *out->captions, what, err) != 0)
        return -1;
    return out->starts ? 0 : mem_alloc(&out->starts, I + 1, sizeof *out->starts, what, err);
}

int exact_true_pairs(const struct caption_map *map, struct exact_list *out, struct error *err)
{
    *out = (struct exact_list){0};
    if (list_get(out, map->images, map->captions, err) != 0)
        return -1;
    for (size_t i = 0, n = 0; i < map->images; i++) {
        for (size_t k = 0; k < caption_map_count(map, i); k++)
            out->captions[n++] = (uint32_t)caption_map_nth(map, i, k);
        out->starts[i + 1] = n;
    }
    return 0;
}

int exact_all_pairs(size_t I, size_t C, struct exact_list *out, struct error *err)
{
    size_t pairs = 0;
    *out = (struct exact_list){0};
    if (!mem_mul(I, C, &pairs))
        return error_set(err, "too many pairs");
    if (list_get(out, I, pairs, err) != 0)
        return -1;
    for (size_t i = 0; i < I; i++) {
        out->starts[i + 1] = (i + 1) * C;
        for (size_t c = 0; c < C; c++)
            out->captions[i * C + c] = (uint32_t)c;
    }
    return 0;
}

/* The matrix and what it is compared with. */
struct open_work {
    const float *sims, *bounds;
    const float *truth; /* C: by caption */
    const struct caption_map *map;
};

/* The best of the image's true pairs; NaN if any is. */
static float best_truth(const struct open_work *w, size_t i)
{
    float best = -INFINITY;
    for (size_t k = 0; k < caption_map_count(w->map, i); k++) {
        float score = w->truth[caption_map_nth(w->map, i, k)];
        if (!(score <= best))
            best = score;
    }
    return best;
}

/* Lists the undecided pairs of image i and returns their number; captions_out NULL: only counts
 * them. An image without captions has no rank that they could change. */
static size_t open_of(const struct open_work *w, size_t i, uint32_t *captions_out)
{
    size_t n = 0, C = w->map->captions;
    bool queries = caption_map_count(w->map, i) > 0;
    float best = best_truth(w, i);
    for (size_t c = 0; c < C; c++) {
        float s = w->sims[i * C + c], b = w->bounds[i * C + c];
        bool open = (queries && !(fabsf(s - best) > b)) || !(fabsf(s - w->truth[c]) > b);
        if (!open || caption_map_image(w->map, c) == i)
            continue;
        if (captions_out)
            captions_out[n] = (uint32_t)c;
        n++;
    }
    return n;
}

static int list_open(const struct open_work *w, struct exact_list *out, struct error *err)
{
    size_t I = w->map->images;
    if (mem_alloc(&out->starts, I + 1, sizeof *out->starts, "pairs to score again", err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] = open_of(w, i, NULL);
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] += out->starts[i];
    if (list_get(out, I, out->starts[I], err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++)
        open_of(w, i, out->captions + out->starts[i]);
    return 0;
}

int exact_undecided_pairs(const float *sims, const float *bounds, const struct caption_map *map,
                          const float *truth, struct exact_list *out, struct error *err)
{
    float *by_caption = NULL;
    *out = (struct exact_list){0};
    if (mem_alloc(&by_caption, map->captions, sizeof *by_caption, "the true pairs", err) != 0)
        return -1;
    for (size_t i = 0, n = 0; i < map->images; i++)
        for (size_t k = 0; k < caption_map_count(map, i); k++)
            by_caption[caption_map_nth(map, i, k)] = truth[n++];
    struct open_work w = {sims, bounds, by_caption, map};
    int status = list_open(&w, out, err);
    free(by_caption);
    return status;
}

void exact_scatter(const struct exact_list *list, const float *scores, size_t I, size_t C,
                   float *sims)
{
    for (size_t i = 0; i < I; i++)
        for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
            sims[i * C + list->captions[k]] = scores[k];
}
