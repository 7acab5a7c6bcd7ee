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

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

int exact_true_pairs(size_t I, size_t C, size_t per_image, struct exact_list *out,
                     struct error *err)
{
    *out = (struct exact_list){0};
    if (list_get(out, I, C, err) != 0)
        return -1;
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] = smaller((i + 1) * per_image, C);
    for (size_t c = 0; c < out->starts[I]; c++)
        out->captions[c] = (uint32_t)c;
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
    const float *sims, *bounds, *truth;
    size_t C, per_image;
};

/* The best of the image's true pairs; NaN if any is. */
static float best_truth(const struct open_work *w, size_t i)
{
    float best = -INFINITY;
    for (size_t c = i * w->per_image; c < smaller((i + 1) * w->per_image, w->C); c++)
        if (!(w->truth[c] <= best))
            best = w->truth[c];
    return best;
}

/* Lists the undecided pairs of image i and returns their number; captions_out NULL: only counts
 * them. A caption beyond the last image's has no true pair. */
static size_t open_of(const struct open_work *w, size_t i, size_t truths, uint32_t *captions_out)
{
    float best = best_truth(w, i);
    size_t n = 0, first = i * w->per_image, end = first + w->per_image;
    for (size_t c = 0; c < w->C; c++) {
        float s = w->sims[i * w->C + c], b = w->bounds[i * w->C + c];
        bool open = !(fabsf(s - best) > b) || (c < truths && !(fabsf(s - w->truth[c]) > b));
        if (!open || (c >= first && c < end))
            continue;
        if (captions_out)
            captions_out[n] = (uint32_t)c;
        n++;
    }
    return n;
}

int exact_undecided_pairs(const float *sims, const float *bounds, size_t I, size_t C,
                          size_t per_image, const float *truth, struct exact_list *out,
                          struct error *err)
{
    struct open_work w = {sims, bounds, truth, C, per_image};
    size_t truths = smaller(I * per_image, C);
    *out = (struct exact_list){0};
    if (mem_alloc(&out->starts, I + 1, sizeof *out->starts, "pairs to score again", err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] = open_of(&w, i, truths, NULL);
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] += out->starts[i];
    if (list_get(out, I, out->starts[I], err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++)
        open_of(&w, i, truths, out->captions + out->starts[i]);
    return 0;
}

void exact_scatter(const struct exact_list *list, const float *scores, size_t I, size_t C,
                   float *sims)
{
    for (size_t i = 0; i < I; i++)
        for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
            sims[i * C + list->captions[k]] = scores[k];
}
