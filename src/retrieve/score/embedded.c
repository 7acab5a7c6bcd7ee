#include "retrieve/score/embedded.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bf16.h"
#include "base/mem.h"
#include "base/simd.h"
#include "model/kernels/bf16.h"
#include "model/kernels/xattn.h"

/* ---- images ---- */

static int alloc_regions(size_t rows, bool halves, struct embedded_images *out, struct error *err)
{
    static const char what[] = "image embeddings";
    size_t D = out->D;
    if (mem_alloc(&out->norm, rows, sizeof *out->norm, what, err) != 0)
        return -1;
    if (!halves)
        return mem_alloc(&out->regions, rows, D * sizeof *out->regions, what, err);
    if (mem_alloc(&out->high, rows, D * sizeof *out->high, what, err) != 0 ||
        mem_alloc(&out->low, rows, D * sizeof *out->low, what, err) != 0)
        return -1;
    return mem_alloc(&out->loss, rows, sizeof *out->loss, what, err);
}

int embedded_images_alloc(size_t I, size_t R, size_t D, struct kind_holds holds, bool halves,
                          struct embedded_images *out, struct error *err)
{
    size_t rows = 0, grams = 0;
    *out = (struct embedded_images){.I = I, .R = holds.regions ? R : 1, .D = D};
    if (!mem_mul(I, out->R, &rows) || !mem_mul(rows, out->R, &grams))
        return error_set(err, "too many images");
    if ((holds.regions && alloc_regions(rows, halves, out, err) != 0) ||
        (holds.region_gram &&
         mem_alloc(&out->gram, grams, sizeof *out->gram, "Gram matrices", err) != 0))
        return -1;
    return holds.global
               ? mem_alloc(&out->global, I, D * sizeof *out->global, "image embeddings", err)
               : 0;
}

void embedded_images_free(struct embedded_images *images)
{
    free(images->regions);
    free(images->high);
    free(images->low);
    free(images->norm);
    free(images->gram);
    free(images->loss);
    free(images->global);
    *images = (struct embedded_images){0};
}

struct embedded_images embedded_images_at(const struct embedded_images *images, size_t first,
                                          size_t n)
{
    struct embedded_images part = *images;
    size_t rows = first * part.R;
    assert(first + n <= part.I);
    part.I = n;
    if (part.count)
        part.count += first;
    if (part.norm)
        part.norm += rows;
    if (part.regions)
        part.regions += rows * part.D;
    if (part.high) {
        part.high += rows * part.D;
        part.low += rows * part.D;
    }
    if (part.gram)
        part.gram += rows * part.R;
    if (part.loss)
        part.loss += rows;
    if (part.global)
        part.global += first * part.D;
    return part;
}

SIMD_CLONES
static void split(const float *x, size_t n, uint16_t *high, uint16_t *low)
{
    bf16_split(x, n, high, low);
}

SIMD_CLONES
static void join(const uint16_t *high, const uint16_t *low, size_t n, float *out)
{
    bf16_join_all(high, low, n, out);
}

/* The image may lie in memory that was another's. */
static void zero_behind(float *from, size_t used, size_t room)
{
    memset(from + used, 0, (room - used) * sizeof *from);
}

void embedded_images_finish(const struct embedded_images *images, size_t i, const float *regions)
{
    size_t R = images->R, D = images->D, real = embedded_images_regions(images, i);
    if (!images->norm)
        return;
    assert(i < images->I && (images->high || regions == images->regions + i * R * D));
    xattn_norms(regions, real, D, images->norm + i * R);
    zero_behind(images->norm + i * R, real, R);
    if (images->gram) {
        xattn_gram(regions, real, D, images->gram + i * R * R);
        zero_behind(images->gram + i * R * R, real * real, R * R);
    }
    if (!images->high)
        return;
    split(regions, R * D, images->high + i * R * D, images->low + i * R * D);
    for (size_t r = 0; r < real; r++)
        images->loss[i * R + r] = bf16_rounding_loss(regions + r * D, D);
    zero_behind(images->loss + i * R, real, R);
}

void embedded_images_max_loss(struct embedded_images *images)
{
    images->loss_max = 0;
    for (size_t k = 0; images->loss && k < images->I * images->R && !isnan(images->loss_max); k++)
        if (!(images->loss[k] <= images->loss_max))
            images->loss_max = images->loss[k];
}

const float *embedded_images_rows(const struct embedded_images *images, size_t first, size_t n,
                                  float *room)
{
    size_t size = images->R * images->D;
    if (images->regions)
        return images->regions + first * size;
    join(images->high + first * size, images->low + first * size, n * size, room);
    return room;
}

void embedded_images_copy(const struct embedded_images *images, size_t i, float *out)
{
    size_t first = i * images->R * images->D, n = embedded_images_regions(images, i) * images->D;
    if (images->regions)
        memcpy(out, images->regions + first, n * sizeof *out);
    else
        join(images->high + first, images->low + first, n, out);
}

/* ---- captions ---- */

static int alloc_grams(struct embedded_captions *captions, struct error *err)
{
    size_t total = 0;
    captions->gram_start = mem_new(captions->C + 1, sizeof *captions->gram_start);
    for (size_t c = 0; c < captions->C; c++) {
        size_t W = embedded_captions_words(captions, c);
        captions->gram_start[c + 1] = total += W * W;
    }
    return mem_alloc(&captions->gram, total, sizeof *captions->gram,
                     "Gram matrices of the captions", err);
}

int embedded_captions_alloc(size_t C, size_t D, const size_t *starts, struct kind_holds holds,
                            struct embedded_captions *out, struct error *err)
{
    static const char what[] = "caption embeddings";
    *out = (struct embedded_captions){.C = C, .D = D, .starts = starts};
    if (holds.words && (mem_alloc(&out->words, starts[C], D * sizeof *out->words, what, err) != 0 ||
                        mem_alloc(&out->norm, starts[C], sizeof *out->norm, what, err) != 0))
        return -1;
    if (holds.word_gram && alloc_grams(out, err) != 0)
        return -1;
    return holds.global ? mem_alloc(&out->global, C, D * sizeof *out->global, what, err) : 0;
}

int embedded_captions_order(const size_t *starts, size_t C, size_t *longest_out, size_t **order_out,
                            struct error *err)
{
    size_t longest = 0, *next = NULL; /* a counting sort: next[W]: where the next of W words goes */
    for (size_t c = 0; c < C; c++)
        if (starts[c + 1] - starts[c] > longest)
            longest = starts[c + 1] - starts[c];
    if (mem_alloc(order_out, C, sizeof **order_out, "the captions' order", err) != 0 ||
        mem_alloc(&next, longest + 2, sizeof *next, "the captions' order", err) != 0)
        return -1;
    for (size_t c = 0; c < C; c++)
        next[starts[c + 1] - starts[c] + 1]++;
    for (size_t w = 1; w < longest + 2; w++)
        next[w] += next[w - 1];
    for (size_t c = 0; c < C; c++)
        (*order_out)[next[starts[c + 1] - starts[c]]++] = c;
    *longest_out = longest;
    free(next);
    return 0;
}

void embedded_captions_free(struct embedded_captions *captions)
{
    free(captions->words);
    free(captions->norm);
    free(captions->gram);
    free(captions->gram_start);
    free(captions->global);
    *captions = (struct embedded_captions){0};
}

struct embedded_captions embedded_captions_at(const struct embedded_captions *captions,
                                              size_t first, size_t n)
{
    struct embedded_captions part = *captions;
    assert(first + n <= part.C);
    part.C = n;
    part.starts += first;
    if (part.gram_start)
        part.gram_start += first;
    if (part.global)
        part.global += first * part.D;
    return part;
}

void embedded_captions_finish(const struct embedded_captions *captions, size_t c)
{
    size_t start = captions->starts[c], W = embedded_captions_words(captions, c), D = captions->D;
    if (!captions->words)
        return;
    const float *words = captions->words + start * D;
    xattn_norms(words, W, D, captions->norm + start);
    if (captions->gram)
        xattn_gram(words, W, D, captions->gram + captions->gram_start[c]);
}

/* ---- for the kinds ---- */

struct kind_images embedded_images_kind(const struct embedded_images *images)
{
    assert(!images->high);
    return (struct kind_images){.I = images->I,
                                .R = images->R,
                                .count = images->count,
                                .regions = images->regions,
                                .norm = images->norm,
                                .gram = images->gram,
                                .global = images->global};
}

struct kind_captions embedded_captions_kind(const struct embedded_captions *captions)
{
    return (struct kind_captions){.C = captions->C,
                                  .starts = captions->starts,
                                  .words = captions->words,
                                  .norm = captions->norm,
                                  .gram = captions->gram,
                                  .global = captions->global,
                                  .gram_start = captions->gram_start};
}
