#include "analyse/duplicates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/bf16.h"
#include "base/mem.h"
#include "model/kernels/gemm.h"

enum { BLOCK = 256 };

/* ---- the best pairs ---- */

static int closer(const void *a, const void *b)
{
    const struct twin *x = a, *y = b;
    if (x->similarity != y->similarity)
        return x->similarity > y->similarity ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Holds at most twice the limit: then only the better half is kept. */
static void add_twin(struct twins *twins, size_t a, size_t b, float similarity)
{
    twins->total++;
    if (twins->count == 2 * twins->limit) {
        qsort(twins->pairs, twins->count, sizeof *twins->pairs, closer);
        twins->count = twins->limit;
    }
    twins->pairs[twins->count++] = (struct twin){a < b ? a : b, a < b ? b : a, similarity};
}

static void twins_begin(struct twins *twins, size_t limit)
{
    *twins = (struct twins){.limit = limit > 0 ? limit : 1};
    twins->pairs = mem_new(2 * twins->limit, sizeof *twins->pairs);
}

static void twins_finish(struct twins *twins)
{
    qsort(twins->pairs, twins->count, sizeof *twins->pairs, closer);
    twins->count = twins->count < twins->limit ? twins->count : twins->limit;
}

void duplicates_done(struct twins *twins)
{
    free(twins->pairs);
    *twins = (struct twins){0};
}

/* ---- captions ---- */

/* Captions as sets of words, the rarest word first. */
struct sets {
    size_t count, *starts;
    uint32_t *words; /* by rank of rarity, ascending within a set */
};

static int rarest_first(const void *a, const void *b, void *context)
{
    const struct lexicon *l = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (l->uses[x] != l->uses[y])
        return l->uses[x] < l->uses[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* Sorts a set and removes repeated words; returns how many remain. */
static size_t make_set(uint32_t *set, size_t n)
{
    size_t kept = 0;
    qsort(set, n, sizeof *set, ascending_uint32);
    for (size_t w = 0; w < n; w++)
        if (w == 0 || set[w] != set[kept - 1])
            set[kept++] = set[w];
    return kept;
}

static void make_sets(const struct lexicon *l, struct sets *out)
{
    uint32_t *order = mem_new(l->count, sizeof *order), *place = mem_new(l->count, sizeof *place);
    for (size_t w = 0; w < l->count; w++)
        order[w] = (uint32_t)w;
    qsort_r(order, l->count, sizeof *order, rarest_first, (void *)l);
    for (size_t w = 0; w < l->count; w++)
        place[order[w]] = (uint32_t)w;
    *out = (struct sets){.count = l->captions};
    out->starts = mem_new(l->captions + 1, sizeof *out->starts);
    out->words = mem_new(l->starts[l->captions], sizeof *out->words);
    for (size_t c = 0; c < l->captions; c++) {
        uint32_t *set = out->words + out->starts[c];
        size_t n = lexicon_length(l, c);
        for (size_t w = 0; w < n; w++)
            set[w] = place[l->words[l->starts[c] + w]];
        out->starts[c + 1] = out->starts[c] + make_set(set, n);
    }
    free(order);
    free(place);
}

/* The overlap of two sets in ascending order. */
static double overlap(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t both = 0;
    for (size_t i = 0, j = 0; i < n && j < m;) {
        both += a[i] == b[j];
        bool next_a = a[i] <= b[j], next_b = b[j] <= a[i];
        i += next_a;
        j += next_b;
    }
    return n + m ? (double)both / (double)(n + m - both) : 0;
}

double duplicates_overlap(const struct lexicon *lexicon, size_t a, size_t b)
{
    size_t n = lexicon_length(lexicon, a), m = lexicon_length(lexicon, b);
    uint32_t *sets = mem_new(n + m, sizeof *sets), *other = sets + n;
    memcpy(sets, lexicon->words + lexicon->starts[a], n * sizeof *sets);
    memcpy(other, lexicon->words + lexicon->starts[b], m * sizeof *sets);
    double result = overlap(sets, make_set(sets, n), other, make_set(other, m));
    free(sets);
    return result;
}

/* The length of a set's prefix of which every set alike shares a word: they share at least least *
 * n words of its n. */
static size_t prefix(size_t n, double least)
{
    size_t needed = (size_t)ceil(least * (double)n - 1e-9);
    return n - needed + 1;
}

/* The captions that have a word in their prefix, the latest first: one chain per word. */
struct chains {
    size_t *last, *before; /* word -> its latest entry; entry -> the one before it; 0: none */
    size_t *caption, count, cap;
};

static void chain_add(struct chains *c, uint32_t word, size_t caption)
{
    if (c->count + 1 >= c->cap) {
        c->cap = c->cap ? 2 * c->cap : 1024;
        c->before = mem_grow(c->before, c->cap, sizeof *c->before);
        c->caption = mem_grow(c->caption, c->cap, sizeof *c->caption);
    }
    size_t entry = ++c->count;
    c->before[entry] = c->last[word];
    c->caption[entry] = caption;
    c->last[word] = entry;
}

/* Compares a caption once with each one before it that shares a word of the prefix. */
static void compare_caption(const struct sets *s, const struct chains *chains, size_t c,
                            double least, size_t *seen, struct twins *out)
{
    const uint32_t *set = s->words + s->starts[c];
    size_t n = s->starts[c + 1] - s->starts[c];
    for (size_t p = 0; p < prefix(n, least); p++)
        for (size_t e = chains->last[set[p]]; e; e = chains->before[e]) {
            size_t other = chains->caption[e], m = s->starts[other + 1] - s->starts[other];
            if (seen[other] == c + 1)
                continue;
            seen[other] = c + 1;
            double alike = overlap(set, n, s->words + s->starts[other], m);
            if (alike >= least - 1e-12)
                add_twin(out, other, c, (float)alike);
        }
}

void duplicates_of_captions(const struct lexicon *lexicon, double least, size_t limit,
                            struct twins *out)
{
    struct sets sets;
    struct chains chains = {.last = mem_new(lexicon->count, sizeof *chains.last)};
    size_t *seen = mem_new(lexicon->captions, sizeof *seen);
    make_sets(lexicon, &sets);
    twins_begin(out, limit);
    for (size_t c = 0; c < sets.count; c++) {
        size_t n = sets.starts[c + 1] - sets.starts[c];
        if (n == 0)
            continue;
        compare_caption(&sets, &chains, c, least, seen, out);
        for (size_t p = 0; p < prefix(n, least); p++)
            chain_add(&chains, sets.words[sets.starts[c] + p], c);
    }
    twins_finish(out);
    free(chains.last);
    free(chains.before);
    free(chains.caption);
    free(seen);
    free(sets.starts);
    free(sets.words);
}

/* ---- images ---- */

/* Element k of the session's regions, which may be stored as halves. */
static float region_number(const struct session *session, size_t k)
{
    const struct embedded_images *images = &session->images;
    return images->regions ? images->regions[k] : bf16_join(images->high[k], images->low[k]);
}

void duplicates_image_means(const struct session *session, float *means)
{
    size_t D = session->D;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < session->I; i++) {
        float *mean = means + i * D;
        if (session->images.global) {
            memcpy(mean, session->images.global + i * D, D * sizeof *mean);
            continue;
        }
        memset(mean, 0, D * sizeof *mean);
        size_t R = embedded_images_regions(&session->images, i), first = i * session->R;
        for (size_t r = 0; r < R; r++)
            for (size_t d = 0; d < D; d++)
                mean[d] += region_number(session, (first + r) * D + d) / (float)R;
    }
}

void duplicates_centre(float *vectors, size_t n, size_t D)
{
    double *mean = mem_new(D, sizeof *mean);
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < D; d++)
            mean[d] += (double)vectors[i * D + d] / (double)n;
    for (size_t i = 0; i < n; i++) {
        float *v = vectors + i * D;
        double length = 0;
        for (size_t d = 0; d < D; d++) {
            v[d] -= (float)mean[d];
            length += (double)v[d] * (double)v[d];
        }
        for (size_t d = 0; d < D; d++)
            v[d] = length > 0 ? v[d] / (float)sqrt(length) : 0;
    }
    free(mean);
}

int duplicates_of_vectors(const float *vectors, size_t n, size_t D, double least, size_t limit,
                          const struct progress *progress, struct twins *out, struct error *err)
{
    float *products = NULL;
    twins_begin(out, limit);
    if (mem_alloc(&products, (size_t)BLOCK * n, sizeof *products, "cosines", err) != 0)
        return -1;
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t rows = n - first < BLOCK ? n - first : BLOCK, columns = n - first;
        gemm_nt(rows, columns, D, (struct matrix_const){vectors + first * D, D},
                (struct matrix_const){vectors + first * D, D}, 0,
                (struct matrix){products, columns});
        for (size_t i = 0; i < rows; i++)
            for (size_t j = i + 1; j < columns; j++)
                if (products[i * columns + j] >= (float)least)
                    add_twin(out, first + i, first + j, products[i * columns + j]);
        if (!progress_step(progress, first + rows, n)) {
            free(products);
            return error_set(err, "interrupted");
        }
    }
    twins_finish(out);
    free(products);
    return 0;
}
