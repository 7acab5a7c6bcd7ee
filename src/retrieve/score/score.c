/* score.c: pairs by themselves: one caption with many images, one image with many captions, some
 * pairs, one. The larger side is read once, in place. */
#include "retrieve/score/score.h"

#include <assert.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "model/kernels/bf16.h"
#include "retrieve/score/score_kind.h"
#include "retrieve/score/score_private.h"
#include "retrieve/score/ticker.h"

/* Multiply-adds per block, which a thread takes at a time and after which progress is called: about
 * a millisecond. */
static const size_t block_work = (size_t)1 << 25;

/* What all of them share. */
struct single {
    const struct xattn_kernel *kernel;
    const struct bf16_kernel *half; /* NULL: float32 */
    const struct attn_options *options;
    const struct embedded_images *images;
    const struct embedded_captions *captions;
    bool pack_words;  /* the caption's words are packed, otherwise the image's regions */
    float *packed;    /* the one image's or caption's */
    uint16_t *halves; /* with `half`: the caption's */
    size_t packed_size;
    size_t longest;      /* W */
    size_t pair_scratch; /* floats */
    size_t x_size;       /* floats of a pair's raw scores */
    size_t workspace;    /* bytes per thread */
    int threads;
    char *memory; /* the threads' workspaces */
    float *attention, *similarity;
    float error, *bounds; /* with `half` */
};

/* A thread's memory. */
struct workspace {
    float *x;       /* raw scores */
    float *scratch; /* the kernel's */
    float *rows;    /* R x D: float32 put together from regions in halves */
    float *packed;  /* score_pairs: an image's regions */
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void single_done(struct single *s)
{
    free(s->packed);
    free(s->halves);
    free(s->memory);
}

static void carve(const struct single *s, struct arena *arena, struct workspace *out)
{
    const struct embedded_images *images = s->images;
    out->x = arena_take(arena, s->x_size, sizeof(float));
    out->scratch = arena_take(arena, s->pair_scratch, sizeof(float));
    out->rows = arena_take(arena, images->regions ? 0 : images->R * images->D, sizeof(float));
    out->packed = arena_take(arena, s->pack_words ? 0 : s->packed_size, sizeof(float));
}

static struct workspace workspace_of(const struct single *s, int thread)
{
    struct arena arena = {s->memory + (size_t)thread * s->workspace, 0};
    struct workspace out;
    carve(s, &arena, &out);
    return out;
}

static void single_shape(struct single *s)
{
    const struct embedded_images *images = s->images;
    const struct embedded_captions *captions = s->captions;
    for (size_t c = 0; c < captions->C; c++)
        s->longest = larger(s->longest, embedded_captions_words(captions, c));
    bool t2i = s->options->cross_attn == CROSS_T2I;
    size_t R = images->R, K = t2i ? R : s->longest, Q = t2i ? s->longest : R;
    s->x_size = K * xattn_padded(s->kernel, Q);
    s->pair_scratch = s->kernel->pair_scratch(K, Q);
    s->packed_size = s->kernel->packed_size(s->pack_words ? s->longest : R, images->D);
    struct arena measure = {0};
    struct workspace unused;
    carve(s, &measure, &unused);
    s->workspace = measure.used;
}

static int single_init(struct single *s, const struct attn_options *options,
                       const struct embedded_images *images,
                       const struct embedded_captions *captions, bool pack_words, struct error *err)
{
    *s = (struct single){.kernel = xattn_kernel(),
                         .options = options,
                         .images = images,
                         .captions = captions,
                         .pack_words = pack_words,
                         .threads = omp_get_max_threads()};
    single_shape(s);
    if (mem_alloc(&s->packed, s->packed_size, sizeof(float), "a query", err) != 0 ||
        mem_alloc(&s->memory, (size_t)s->threads, s->workspace, "scores", err) != 0) {
        single_done(s);
        return -1;
    }
    return 0;
}

static void pack_caption(struct single *s)
{
    const struct embedded_captions *captions = s->captions;
    size_t D = s->images->D;
    s->kernel->pack(captions->words + captions->starts[0] * D, embedded_captions_words(captions, 0),
                    D, s->packed);
}

static void pack_image(const struct single *s, size_t i, float *room, float *packed)
{
    const struct embedded_images *images = s->images;
    s->kernel->pack(embedded_images_rows(images, i, 1, room), embedded_images_regions(images, i),
                    images->D, packed);
}

/* The pair's raw scores to b->x: context by query. */
static void raw_scores(const struct single *s, size_t i, size_t c, size_t W, const float *packed,
                       size_t ldx, const struct workspace *b)
{
    const struct embedded_images *images = s->images;
    size_t R = embedded_images_regions(images, i), D = images->D, first = i * images->R;
    bool t2i = s->options->cross_attn == CROSS_T2I;
    size_t region_step = t2i ? ldx : 1, word_step = t2i ? 1 : ldx;
    size_t K = t2i ? R : W, Q = t2i ? W : R;
    if (Q < ldx)
        memset(b->x, 0, K * ldx * sizeof *b->x);
    if (s->half)
        s->half->dots(images->high + first * D, R, s->halves, W, D, b->x, region_step, word_step);
    else if (s->pack_words)
        s->kernel->dots(embedded_images_rows(images, i, 1, b->rows), R, packed, W, D, b->x,
                        region_step, word_step);
    else
        s->kernel->dots(s->captions->words + s->captions->starts[c] * D, W, packed, R, D, b->x,
                        word_step, region_step);
}

/* The context's Gram matrix (n floats) is needed after the raw scores. */
static void prefetch_gram(const float *gram, size_t n)
{
    enum { LINE = 16 };
    for (size_t i = 0; i < n; i += LINE)
        __builtin_prefetch(gram + i, 0, 2);
}

static float score_one(const struct single *s, size_t i, size_t c, const float *packed,
                       const struct workspace *b)
{
    const struct embedded_images *images = s->images;
    const struct embedded_captions *captions = s->captions;
    size_t R = embedded_images_regions(images, i), W = embedded_captions_words(captions, c);
    size_t first = i * images->R;
    bool t2i = s->options->cross_attn == CROSS_T2I;
    struct xattn_pair pair = {.K = t2i ? R : W, .Q = t2i ? W : R, .x = b->x};
    pair.ldx = xattn_padded(s->kernel, pair.Q);
    pair.gram = t2i ? images->gram + first * images->R : captions->gram + captions->gram_start[c];
    pair.query_norm = t2i ? captions->norm + captions->starts[c] : images->norm + first;
    pair.attention = s->attention;
    pair.similarity = s->similarity;
    pair.error = s->error;
    pair.bound = s->bounds ? s->bounds + i : NULL;
    prefetch_gram(pair.gram, pair.K * pair.K);
    raw_scores(s, i, c, W, packed, pair.ldx, b);
    return s->kernel->pair(s->options, &pair, b->scratch);
}

/* n pairs: image i with the caption, or the image with caption i; i is from the list, if given. */
static int score_many(struct single *s, const uint32_t *list, size_t n, float *scores,
                      const struct progress *progress, struct error *err)
{
    size_t work = s->images->R * (s->longest + 1) * s->images->D;
    size_t blocks = n * work / block_work + 1, threads = (size_t)s->threads;
    blocks = (blocks + threads - 1) / threads * threads;
    size_t block = (n + blocks - 1) / blocks;
    struct ticker ticker;
    ticker_init(&ticker, progress, n);
#pragma omp parallel for schedule(dynamic) num_threads(s->threads)
    for (size_t k = 0; k < blocks; k++) {
        struct workspace b = workspace_of(s, omp_get_thread_num());
        size_t first = k * block < n ? k * block : n, end = first + block < n ? first + block : n;
        for (size_t j = first; j < end && !ticker_stopped(&ticker); j++) {
            size_t i = list ? list[j] : j;
            scores[i] = score_one(s, s->pack_words ? i : 0, s->pack_words ? 0 : i, s->packed, &b);
        }
        ticker_add(&ticker, end - first);
    }
    return ticker_end(&ticker, err);
}

/* ---- other kinds of models ---- */

struct kind_holds score_holds(const struct scoring *scoring)
{
    if (scoring->kind)
        return scoring->kind->options.kind->holds(&scoring->kind->options);
    bool t2i = scoring->attn->cross_attn == CROSS_T2I;
    return (struct kind_holds){
        .regions = true, .words = true, .region_gram = t2i, .word_gram = !t2i};
}

static int kind_all(const struct scoring *scoring, const struct embedded_images *images,
                    const struct embedded_captions *captions, float *scores,
                    const struct progress *progress, struct error *err)
{
    struct kind_images v = embedded_images_kind(images);
    struct kind_captions e = embedded_captions_kind(captions);
    return score_kind_all(scoring->kind, &v, &e, scores, progress, err);
}

/* list NULL: all images. */
static int kind_subset(const struct scoring *scoring, const struct embedded_images *images,
                       const struct embedded_captions *caption, const uint32_t *list, size_t n,
                       float *scores, const struct progress *progress, struct error *err)
{
    struct kind_images v = embedded_images_kind(images);
    struct kind_captions e = embedded_captions_kind(caption);
    return list ? score_kind_subset(scoring->kind, &v, &e, list, n, scores, progress, err)
                : score_kind_all(scoring->kind, &v, &e, scores, progress, err);
}

static int kind_pairs(const struct scoring *scoring, const struct embedded_images *images,
                      const struct embedded_captions *captions, const struct score_list *list,
                      float *scores, const struct progress *progress, struct error *err)
{
    struct kind_images v = embedded_images_kind(images);
    struct kind_captions e = embedded_captions_kind(captions);
    return score_kind_pairs(scoring->kind, &v, &e, list, scores, progress, err);
}

/* ---- pairs by themselves ---- */

int score_image_subset(const struct scoring *scoring, const struct embedded_images *images,
                       const struct embedded_captions *caption, const uint32_t *list, size_t n,
                       float *scores, const struct progress *progress, struct error *err)
{
    if (scoring->kind)
        return kind_subset(scoring, images, caption, list, n, scores, progress, err);
    struct single s;
    if (single_init(&s, scoring->attn, images, caption, true, err) != 0)
        return -1;
    pack_caption(&s);
    int status = score_many(&s, list, n, scores, progress, err);
    single_done(&s);
    return status;
}

int score_images(const struct scoring *scoring, const struct embedded_images *images,
                 const struct embedded_captions *caption, float *scores,
                 const struct progress *progress, struct error *err)
{
    return score_image_subset(scoring, images, caption, NULL, images->I, scores, progress, err);
}

int score_images_approx(const struct scoring *scoring, const struct embedded_images *images,
                        const struct embedded_captions *caption, const struct bf16_kernel *half,
                        float *scores, float *bounds, const struct progress *progress,
                        struct error *err)
{
    assert(!scoring->kind); /* no kind has halves */
    struct single s;
    size_t D = images->D, W = embedded_captions_words(caption, 0);
    const float *words = caption->words + caption->starts[0] * D;
    if (single_init(&s, scoring->attn, images, caption, true, err) != 0)
        return -1;
    int status = mem_alloc(&s.halves, half->packed_size(W, D), sizeof *s.halves, "a query", err);
    if (status == 0) {
        s.half = half;
        s.bounds = bounds;
        s.error = score_error(D, images->loss_max, bf16_rounding_loss_max(words, W, D), D / 4 + 32);
        half->pack(words, W, D, s.halves);
        status = score_many(&s, NULL, images->I, scores, progress, err);
    }
    single_done(&s);
    return status;
}

int score_captions(const struct scoring *scoring, const struct embedded_images *image,
                   const struct embedded_captions *captions, float *scores,
                   const struct progress *progress, struct error *err)
{
    if (scoring->kind)
        return kind_all(scoring, image, captions, scores, progress, err);
    struct single s;
    if (single_init(&s, scoring->attn, image, captions, false, err) != 0)
        return -1;
    struct workspace b = workspace_of(&s, 0);
    pack_image(&s, 0, b.rows, s.packed);
    int status = score_many(&s, NULL, captions->C, scores, progress, err);
    single_done(&s);
    return status;
}

static void score_row(const struct single *s, size_t i, const struct score_list *list,
                      float *scores, struct ticker *ticker)
{
    size_t first = list->starts[i], end = list->starts[i + 1];
    struct workspace b = workspace_of(s, omp_get_thread_num());
    if (first == end)
        return;
    pack_image(s, i, b.rows, b.packed);
    for (size_t k = first; k < end && !ticker_stopped(ticker); k++)
        scores[k] = score_one(s, i, list->captions[k], b.packed, &b);
    ticker_add(ticker, end - first);
}

int score_pairs(const struct scoring *scoring, const struct embedded_images *images,
                const struct embedded_captions *captions, const struct score_list *list,
                float *scores, const struct progress *progress, struct error *err)
{
    if (scoring->kind)
        return kind_pairs(scoring, images, captions, list, scores, progress, err);
    struct single s;
    struct ticker ticker;
    if (single_init(&s, scoring->attn, images, captions, false, err) != 0)
        return -1;
    ticker_init(&ticker, progress, list->starts[images->I]);
#pragma omp parallel for schedule(dynamic) num_threads(s.threads)
    for (size_t i = 0; i < images->I; i++)
        if (!ticker_stopped(&ticker))
            score_row(&s, i, list, scores, &ticker);
    single_done(&s);
    return ticker_end(&ticker, err);
}

int score_pair(const struct scoring *scoring, const struct embedded_images *image,
               const struct embedded_captions *caption, float *attention, float *similarity,
               float *score_out, struct error *err)
{
    if (scoring->kind)
        return kind_all(scoring, image, caption, score_out, NULL, err);
    struct single s;
    if (single_init(&s, scoring->attn, image, caption, true, err) != 0)
        return -1;
    struct workspace b = workspace_of(&s, 0);
    pack_caption(&s);
    s.attention = attention;
    s.similarity = similarity;
    *score_out = score_one(&s, 0, 0, s.packed, &b);
    single_done(&s);
    return 0;
}
