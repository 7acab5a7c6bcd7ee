/* score.c: one caption with many images, one image with many captions, one pair: the side that is
 * many is read once, as it lies. */
#include "retrieve/score.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/ticker.h"

/* Multiply-adds between two questions whether to go on, and of what a thread takes at a time: about a
 * millisecond. */
static const size_t block_work = (size_t)1 << 25;

/* What all of them share. `packed`: the one image's regions, or the one caption's words. */
struct single {
    const struct xattn_kernel *kernel;
    const struct attn_options *options;
    const struct score_images *images;
    const struct score_captions *captions;
    float *packed;
    bool packed_words;
    size_t longest; /* W */
    size_t x_size, bench_size;
    int threads;
    float *benches;
    float *attention, *similarity;
};

static size_t words_of(const struct score_captions *captions, size_t c)
{
    return captions->starts[c + 1] - captions->starts[c];
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void single_done(struct single *s)
{
    free(s->packed);
    free(s->benches);
}

static int single_init(struct single *s, const struct attn_options *options,
                       const struct score_images *images, const struct score_captions *captions,
                       bool packed_words, struct error *err)
{
    const struct xattn_kernel *kernel = xattn_kernel();
    *s = (struct single){.kernel = kernel,
                         .options = options,
                         .images = images,
                         .captions = captions,
                         .packed_words = packed_words,
                         .threads = omp_get_max_threads()};
    for (size_t c = 0; c < captions->C; c++)
        s->longest = larger(s->longest, words_of(captions, c));
    bool t2i = options->cross_attn == CROSS_T2I;
    size_t R = images->R, K = t2i ? R : s->longest, Q = t2i ? s->longest : R;
    s->x_size = K * xattn_padded(kernel, Q);
    s->bench_size = (s->x_size + kernel->pair_scratch(K, Q) + 15) / 16 * 16;
    size_t packed = kernel->packed_size(packed_words ? s->longest : R, images->D);
    if (mem_get(&s->packed, packed, sizeof(float), "a query", err) != 0 ||
        mem_get(&s->benches, s->bench_size * (size_t)s->threads, sizeof(float), "scores", err) !=
            0) {
        single_done(s);
        return -1;
    }
    if (packed_words)
        kernel->pack(captions->words + captions->starts[0] * images->D, s->longest, images->D,
                     s->packed);
    else
        kernel->pack(images->regions, R, images->D, s->packed);
    return 0;
}

/* Raw scores, context by query. */
static void raw_scores(const struct single *s, size_t i, size_t c, size_t W, float *x, size_t ldx)
{
    const struct score_images *images = s->images;
    size_t R = images->R, D = images->D;
    bool t2i = s->options->cross_attn == CROSS_T2I;
    size_t region_step = t2i ? ldx : 1, word_step = t2i ? 1 : ldx;
    if (s->packed_words)
        s->kernel->dots(images->regions + i * R * D, R, s->packed, W, D, x, region_step, word_step);
    else
        s->kernel->dots(s->captions->words + s->captions->starts[c] * D, W, s->packed, R, D, x,
                        word_step, region_step);
    size_t K = t2i ? R : W, Q = t2i ? W : R;
    for (size_t k = 0; Q < ldx && k < K; k++)
        memset(x + k * ldx + Q, 0, (ldx - Q) * sizeof *x);
}

static float score_one(const struct single *s, size_t i, size_t c, float *bench)
{
    const struct score_images *images = s->images;
    const struct score_captions *captions = s->captions;
    size_t R = images->R, W = words_of(captions, c);
    bool t2i = s->options->cross_attn == CROSS_T2I;
    struct xattn_pair pair = {.K = t2i ? R : W, .Q = t2i ? W : R, .x = bench};
    pair.ldx = xattn_padded(s->kernel, pair.Q);
    pair.gram = t2i ? images->gram + i * R * R : captions->gram + captions->gram_start[c];
    pair.query_norm = t2i ? captions->norm + captions->starts[c] : images->norm + i * R;
    pair.attention = s->attention;
    pair.similarity = s->similarity;
    raw_scores(s, i, c, W, bench, pair.ldx);
    return s->kernel->pair(s->options, &pair, bench + s->x_size);
}

/* n pairs: image i (all the same caption) or caption i (all the same image). */
static int score_many(struct single *s, size_t n, float *scores, const struct progress *progress,
                      struct error *err)
{
    size_t work = s->images->R * (s->longest + 1) * s->images->D;
    size_t block = block_work / work + 1, blocks = (n + block - 1) / block;
    struct ticker ticker;
    ticker_init(&ticker, progress, n);
#pragma omp parallel for schedule(dynamic) num_threads(s->threads)
    for (size_t b = 0; b < blocks; b++) {
        float *bench = s->benches + (size_t)omp_get_thread_num() * s->bench_size;
        size_t end = (b + 1) * block < n ? (b + 1) * block : n;
        for (size_t i = b * block; i < end && !ticker_stopped(&ticker); i++)
            scores[i] = s->packed_words ? score_one(s, i, 0, bench) : score_one(s, 0, i, bench);
        ticker_add(&ticker, end - b * block);
    }
    return ticker_end(&ticker, err);
}

int score_images(const struct attn_options *options, const struct score_images *images,
                 const struct score_captions *caption, float *scores,
                 const struct progress *progress, struct error *err)
{
    struct single s;
    if (single_init(&s, options, images, caption, true, err) != 0)
        return -1;
    int status = score_many(&s, images->I, scores, progress, err);
    single_done(&s);
    return status;
}

int score_captions(const struct attn_options *options, const struct score_images *image,
                   const struct score_captions *captions, float *scores,
                   const struct progress *progress, struct error *err)
{
    struct single s;
    if (single_init(&s, options, image, captions, false, err) != 0)
        return -1;
    int status = score_many(&s, captions->C, scores, progress, err);
    single_done(&s);
    return status;
}

int score_pair(const struct attn_options *options, const struct score_images *image,
               const struct score_captions *caption, float *attention, float *similarity,
               float *score_out, struct error *err)
{
    struct single s;
    if (single_init(&s, options, image, caption, true, err) != 0)
        return -1;
    s.attention = attention;
    s.similarity = similarity;
    *score_out = score_one(&s, 0, 0, s.benches);
    single_done(&s);
    return 0;
}
