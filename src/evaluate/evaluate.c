#include "evaluate/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/mem.h"
#include "retrieve/score/rank.h"

double evaluate_median_rank(size_t *ranks, size_t n)
{
    if (n == 0)
        return NAN;
    qsort(ranks, n, sizeof *ranks, ascending_size);
    double median =
        n % 2 ? (double)ranks[n / 2] : ((double)ranks[n / 2 - 1] + (double)ranks[n / 2]) / 2;
    return floor(median) + 1;
}

static double share_below(const size_t *ranks, size_t n, size_t limit)
{
    size_t below = 0;
    for (size_t i = 0; i < n; i++)
        below += ranks[i] < limit;
    return 100.0 * (double)below / (double)n;
}

void evaluate_ranks(size_t *ranks, size_t n, struct recalls *out)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)ranks[i];
    *out = (struct recalls){.r1 = share_below(ranks, n, 1),
                            .r5 = share_below(ranks, n, 5),
                            .r10 = share_below(ranks, n, 10),
                            .median = evaluate_median_rank(ranks, n),
                            .mean = sum / (double)n + 1};
}

/* Takes `ranks`, after a copy went to ranks_out. */
static void recalls_of(size_t *ranks, size_t n, struct recalls *out, size_t *ranks_out)
{
    size_t queries = 0;
    if (ranks_out)
        memcpy(ranks_out, ranks, n * sizeof *ranks);
    for (size_t q = 0; q < n; q++)
        if (ranks[q] != EVALUATE_NO_QUERY)
            ranks[queries++] = ranks[q];
    evaluate_ranks(ranks, queries, out);
    free(ranks);
}

void evaluate_i2t(const float *sims, const struct caption_map *map, struct recalls *out,
                  size_t *ranks_out)
{
    size_t I = map->images, C = map->captions, *ranks = mem_new(I, sizeof *ranks);
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++) {
        ranks[i] = EVALUATE_NO_QUERY;
        for (size_t k = 0; k < caption_map_count(map, i); k++) {
            size_t rank = rank_of(sims + i * C, C, caption_map_nth(map, i, k));
            ranks[i] = rank < ranks[i] ? rank : ranks[i];
        }
    }
    recalls_of(ranks, I, out, ranks_out);
}

/* Row by row, in the matrix's own order: each caption counts the images that rank before its own.
 */
void evaluate_t2i(const float *sims, const struct caption_map *map, struct recalls *out,
                  size_t *ranks_out)
{
    enum { STRIPE = 4096 };
    size_t I = map->images, C = map->captions, *ranks = mem_new(C, sizeof *ranks);
#pragma omp parallel for schedule(dynamic)
    for (size_t stripe = 0; stripe < C; stripe += STRIPE)
        for (size_t i = 0; i < I; i++)
            for (size_t c = stripe; c < C && c < stripe + STRIPE; c++) {
                size_t image = caption_map_image(map, c);
                if (i != image)
                    ranks[c] += rank_better((struct ranked){i, sims[i * C + c]},
                                            (struct ranked){image, sims[image * C + c]});
            }
    recalls_of(ranks, C, out, ranks_out);
}

void evaluate_with_ranks(const float *sims, const struct caption_map *map, struct evaluation *out,
                         size_t *i2t_ranks_out, size_t *t2i_ranks_out)
{
    evaluate_i2t(sims, map, &out->i2t, i2t_ranks_out);
    evaluate_t2i(sims, map, &out->t2i, t2i_ranks_out);
    out->rsum = out->i2t.r1 + out->i2t.r5 + out->i2t.r10 + out->t2i.r1 + out->t2i.r5 + out->t2i.r10;
}

void evaluate(const float *sims, const struct caption_map *map, struct evaluation *out)
{
    evaluate_with_ranks(sims, map, out, NULL, NULL);
}

static void add_recalls(struct recalls *sum, const struct recalls *part, double share)
{
    sum->r1 += share * part->r1;
    sum->r5 += share * part->r5;
    sum->r10 += share * part->r10;
    sum->median += share * part->median;
    sum->mean += share * part->mean;
}

void evaluate_mean(const struct evaluation *folds, size_t n, struct evaluation *out)
{
    *out = (struct evaluation){0};
    for (size_t f = 0; f < n; f++) {
        add_recalls(&out->i2t, &folds[f].i2t, 1.0 / (double)n);
        add_recalls(&out->t2i, &folds[f].t2i, 1.0 / (double)n);
        out->rsum += folds[f].rsum / (double)n;
    }
}

/* ---- by length ---- */

enum { GROUPS = 8 };

/* Captions per length: counts[0 .. longest]; the caller's to free. */
static size_t *count_lengths(const size_t *words, size_t n, size_t *longest_out)
{
    size_t longest = 0;
    for (size_t c = 0; c < n; c++)
        longest = words[c] > longest ? words[c] : longest;
    size_t *counts = mem_new(longest + 1, sizeof *counts);
    for (size_t c = 0; c < n; c++)
        counts[words[c]]++;
    *longest_out = longest;
    return counts;
}

/* Fills a group whose lengths are known; `room`: n ranks. */
static void evaluate_group(const size_t *words, const size_t *ranks, size_t n, size_t *room,
                           struct by_length *group)
{
    for (size_t c = 0; c < n; c++)
        if (words[c] >= group->from && words[c] <= group->to)
            room[group->captions++] = ranks[c];
    evaluate_ranks(room, group->captions, &group->t2i);
}

size_t evaluate_by_length(const size_t *words, const size_t *ranks, size_t n,
                          struct by_length **out)
{
    size_t longest, held = 0, from = 0, groups = 0;
    size_t *counts = count_lengths(words, n, &longest), *room = mem_new(n, sizeof *room);
    *out = mem_new(longest + 1, sizeof **out);
    for (size_t length = 0; length <= longest; length++) {
        if (held == 0)
            from = length;
        held += counts[length];
        if (held == 0 || (held * GROUPS < n && length < longest))
            continue;
        (*out)[groups] = (struct by_length){.from = from, .to = length};
        evaluate_group(words, ranks, n, room, &(*out)[groups++]);
        held = 0;
    }
    free(counts);
    free(room);
    return groups;
}
