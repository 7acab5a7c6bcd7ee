#include "evaluate/metrics.h"

#include <math.h>
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "retrieve/score/rank.h"

/* ---- relevance ---- */

/* By query, then item, then the higher grade first. */
static int compare_pairs(const void *a, const void *b)
{
    const struct relevant_pair *x = a, *y = b;
    if (x->query != y->query)
        return x->query < y->query ? -1 : 1;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    return x->grade > y->grade ? -1 : x->grade < y->grade;
}

static int take_room(size_t count, size_t queries, struct relevance *out, struct error *err)
{
    *out = (struct relevance){.queries = queries};
    if (mem_alloc(&out->starts, queries + 1, sizeof *out->starts, "the judgements", err) == 0 &&
        mem_alloc(&out->items, count, sizeof *out->items, "the judgements", err) == 0 &&
        mem_alloc(&out->grades, count, sizeof *out->grades, "the judgements", err) == 0)
        return 0;
    metrics_relevance_done(out);
    return -1;
}

int metrics_relevance_make(struct relevant_pair *pairs, size_t count, size_t queries,
                           struct relevance *out, struct error *err)
{
    if (take_room(count, queries, out, err) != 0)
        return -1;
    if (count > 0)
        qsort(pairs, count, sizeof *pairs, compare_pairs);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct relevant_pair *p = &pairs[i];
        if (i > 0 && p->query == p[-1].query && p->item == p[-1].item)
            continue;
        out->items[kept] = p->item;
        out->grades[kept++] = p->grade;
        out->starts[p->query + 1]++;
    }
    for (size_t q = 0; q < queries; q++)
        out->starts[q + 1] += out->starts[q];
    return 0;
}

int metrics_relevance_of_split(const struct caption_map *map, bool i2t, struct relevance *out,
                               struct error *err)
{
    size_t queries = i2t ? map->images : map->captions, n = 0;
    if (take_room(map->captions, queries, out, err) != 0)
        return -1;
    for (size_t q = 0; q < queries; q++) {
        for (size_t k = 0; k < (i2t ? caption_map_count(map, q) : 1); k++) {
            out->items[n] = i2t ? caption_map_nth(map, q, k) : caption_map_image(map, q);
            out->grades[n++] = 1;
        }
        out->starts[q + 1] = n;
    }
    return 0;
}

void metrics_relevance_done(struct relevance *relevance)
{
    free(relevance->starts);
    free(relevance->items);
    free(relevance->grades);
    *relevance = (struct relevance){0};
}

/* ---- one query ---- */

void metrics_of_ranks(const size_t *ranks, const int32_t *grades, const int32_t *ideal, size_t n,
                      struct query_metrics *out)
{
    double gain = 0, best = 0;
    *out = (struct query_metrics){.relevant = n};
    if (n == 0)
        return;
    out->r1 = ranks[0] < 1;
    out->r5 = ranks[0] < 5;
    out->r10 = ranks[0] < 10;
    for (size_t i = 0; i < n; i++) {
        gain += grades[i] / log2((double)ranks[i] + 2);
        best += ideal[i] / log2((double)i + 2);
        if (ranks[i] >= n)
            continue;
        out->r_precision += 1.0 / (double)n;
        out->map_r += (double)(i + 1) / (double)(ranks[i] + 1) / (double)n;
    }
    out->ndcg = gain / best;
}

/* A relevant item's place and grade. */
struct placed {
    size_t rank;
    int32_t grade;
};

static int by_rank(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int by_grade(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x > y ? -1 : x < y;
}

/* What a thread needs for a query. */
struct scratch {
    float *scores; /* the query's, of all items of the block */
    struct placed *placed;
    size_t *ranks;
    int32_t *grades, *ideal;
};

static void scratch_done(struct scratch *s)
{
    free(s->scores);
    free(s->placed);
    free(s->ranks);
    free(s->grades);
    free(s->ideal);
}

static bool scratch_init(struct scratch *s, size_t items, size_t relevant)
{
    s->scores = mem_try(items, sizeof *s->scores);
    s->placed = mem_try(relevant, sizeof *s->placed);
    s->ranks = mem_try(relevant, sizeof *s->ranks);
    s->grades = mem_try(relevant, sizeof *s->grades);
    s->ideal = mem_try(relevant, sizeof *s->ideal);
    return s->scores && s->placed && s->ranks && s->grades && s->ideal;
}

static void measure(struct scratch *s, size_t n, struct query_metrics *out)
{
    if (n > 0)
        qsort(s->placed, n, sizeof *s->placed, by_rank);
    for (size_t i = 0; i < n; i++) {
        s->ranks[i] = s->placed[i].rank;
        s->grades[i] = s->ideal[i] = s->placed[i].grade;
    }
    if (n > 0)
        qsort(s->ideal, n, sizeof *s->ideal, by_grade);
    metrics_of_ranks(s->ranks, s->grades, s->ideal, n, out);
}

/* ---- a block ---- */

/* The block as its queries see it. */
struct view {
    const struct score_block *block;
    const struct relevance *relevance;
    bool i2t;
    size_t queries, items, first_query, first_item;
};

static const float *scores_of(const struct view *v, size_t query, float *scratch)
{
    const struct score_block *b = v->block;
    if (v->i2t)
        return b->sims + query * b->captions;
    for (size_t i = 0; i < b->images; i++)
        scratch[i] = b->sims[i * b->captions + query];
    return scratch;
}

static void measure_query(const struct view *v, size_t query, struct scratch *s,
                          struct query_metrics *out)
{
    const struct relevance *r = v->relevance;
    size_t n = 0, at = r->starts[v->first_query + query];
    const float *scores = scores_of(v, query, s->scores);
    for (; at < r->starts[v->first_query + query + 1]; at++) {
        size_t item = r->items[at];
        if (item < v->first_item || item - v->first_item >= v->items)
            continue;
        s->placed[n++] =
            (struct placed){rank_of(scores, v->items, item - v->first_item), r->grades[at]};
    }
    measure(s, n, out);
}

static size_t most_relevant(const struct view *v)
{
    size_t most = 0;
    for (size_t q = v->first_query; q < v->first_query + v->queries; q++) {
        size_t n = v->relevance->starts[q + 1] - v->relevance->starts[q];
        most = n > most ? n : most;
    }
    return most;
}

int metrics_evaluate(const struct score_block *block, const struct relevance *relevance, bool i2t,
                     struct query_metrics *out, struct error *err)
{
    const struct score_block *b = block;
    struct view v = {block,     relevance,        i2t,           b->captions,
                     b->images, b->first_caption, b->first_image};
    if (i2t)
        v = (struct view){block,          relevance,       i2t, b->images, b->captions,
                          b->first_image, b->first_caption};
    size_t relevant = most_relevant(&v);
    bool room = true;
#pragma omp parallel reduction(&& : room)
    {
        struct scratch s = {0};
        room = scratch_init(&s, v.items, relevant);
#pragma omp for schedule(dynamic, 16)
        for (size_t q = 0; q < v.queries; q++)
            if (room)
                measure_query(&v, q, &s, &out[q]);
        scratch_done(&s);
    }
    return room ? 0 : error_set(err, "not enough memory to rank %zu items", v.items);
}

void metrics_mean(const struct query_metrics *queries, size_t n, size_t complete,
                  struct metrics *out)
{
    *out = (struct metrics){0};
    for (size_t q = 0; q < n; q++) {
        const struct query_metrics *m = &queries[q];
        if (m->relevant == 0)
            continue;
        out->queries++;
        out->relevant += (double)m->relevant;
        out->r1 += 100 * m->r1;
        out->r5 += 100 * m->r5;
        out->r10 += 100 * m->r10;
        out->map_r += 100 * m->map_r;
        out->r_precision += 100 * m->r_precision;
        out->ndcg += 100 * m->ndcg;
    }
    out->queries = complete > 0 ? complete : out->queries;
    double *const sums[] = {&out->relevant, &out->r1,          &out->r5,  &out->r10,
                            &out->map_r,    &out->r_precision, &out->ndcg};
    for (size_t i = 0; out->queries > 0 && i < COUNTOF(sums); i++)
        *sums[i] /= (double)out->queries;
}
