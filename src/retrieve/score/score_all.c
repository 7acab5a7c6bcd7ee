/* score_all.c: all pairs. Captions of similar length form groups, one per lane; a few groups form a
 * block of word slots; a tile is some images x a block: one GEMM, then the fused attention while
 * the raw scores are in the L2 cache. A task is a block with a run of tiles; threads take tasks as
 * they come. */
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bf16.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/simd.h"
#include "model/kernels/gemm.h"
#include "retrieve/score/score_kind.h"
#include "retrieve/score/score_private.h"
#include "retrieve/score/ticker.h"

enum {
    BLOCK_SLOTS = 448,  /* word slots of a block, unless one group has more */
    TASK_IMAGES = 128,  /* images per task: the block's words are gathered once for them */
    TILE_MIN = 1 << 16, /* floats of raw scores per tile, if the size of the L2 cache is unknown */
};

/* Captions side by side: order[first .. first+n-1]. */
struct group {
    size_t first, n, W;
    bool ragged; /* not all of one length, or lanes left over */
};

/* Groups first .. first+n-1, in `slots` rows. */
struct block {
    size_t first, n, slots;
};

struct plan {
    const struct attn_options *options;
    const struct embedded_images *images;
    const struct embedded_captions *captions;
    const struct xattn_kernel *kernel;
    size_t *order; /* C: captions by length */
    struct group *groups;
    size_t group_count;
    struct block *blocks;
    size_t block_count;
    size_t tile_images, max_slots, max_groups, max_W, max_gram;
    size_t workspace;     /* bytes per thread */
    float *sims, *bounds; /* I x C; bounds may be NULL */
    float error;          /* of the raw scores */
    const struct bf16_kernel *half;
    struct bf16_product *product; /* with `half` */
    struct ticker ticker;
    atomic_bool refused;
};

/* A thread's memory. */
struct workspace {
    float *words;  /* max_slots x D: the block's embeddings by slot */
    float *scores; /* tile_images * R x leading(max_slots) */
    float *norm;   /* max_slots */
    float *counts; /* max_groups x lanes */
    float *gram;   /* i2t: W x W x lanes of each group */
    float *scratch;
    int32_t *mask;  /* max_slots */
    float *rows;    /* tile_images * R x D: float32 put together from regions in halves, or the
                     * real ones of several images */
    uint16_t *high; /* tile_images * R x D: the same for bfloat16 */
    uint16_t *half; /* bfloat16: max_slots x D, the block's embeddings rounded */
    void *packed, *product_scratch;
};

static int make_groups(struct plan *plan, struct error *err)
{
    size_t lanes = plan->kernel->lanes, C = plan->captions->C;
    plan->group_count = (C + lanes - 1) / lanes;
    if (mem_alloc(&plan->groups, plan->group_count, sizeof *plan->groups, "caption groups", err) !=
        0)
        return -1;
    for (size_t g = 0; g < plan->group_count; g++) {
        size_t first = g * lanes, n = C - first < lanes ? C - first : lanes;
        size_t shortest = embedded_captions_words(plan->captions, plan->order[first]);
        size_t longest = embedded_captions_words(plan->captions, plan->order[first + n - 1]);
        plan->groups[g] = (struct group){first, n, longest, n < lanes || shortest < longest};
    }
    return 0;
}

static void note_block(struct plan *plan, struct block block, size_t gram)
{
    plan->blocks[plan->block_count++] = block;
    plan->max_slots = block.slots > plan->max_slots ? block.slots : plan->max_slots;
    plan->max_groups = block.n > plan->max_groups ? block.n : plan->max_groups;
    plan->max_gram = gram > plan->max_gram ? gram : plan->max_gram;
}

static int make_blocks(struct plan *plan, struct error *err)
{
    size_t lanes = plan->kernel->lanes, gram = 0;
    if (mem_alloc(&plan->blocks, plan->group_count, sizeof *plan->blocks, "caption blocks", err) !=
        0)
        return -1;
    struct block block = {0};
    for (size_t g = 0; g < plan->group_count; g++) {
        size_t W = plan->groups[g].W, slots = W * lanes;
        if (block.n > 0 && block.slots + slots > BLOCK_SLOTS) {
            note_block(plan, block, gram);
            block = (struct block){.first = g};
            gram = 0;
        }
        block.n++;
        block.slots += slots;
        gram += W * W * lanes;
    }
    note_block(plan, block, gram);
    return 0;
}

/* A tile's raw scores are as large as the L2 cache: smaller ones lose more in the GEMM than they
 * gain after it. At least one image. */
static size_t tile_images(size_t I, size_t R, size_t slots)
{
    long cache = sysconf(_SC_LEVEL2_CACHE_SIZE);
    size_t floats = cache > 0 ? (size_t)cache / sizeof(float) : TILE_MIN;
    size_t images = floats / (R * slots), most = I < TASK_IMAGES ? I : TASK_IMAGES;
    return images > most ? most : images > 0 ? images : 1;
}

/* The distance of a tile's rows: a power of two would put them into the same cache sets. */
static size_t leading(size_t slots)
{
    return slots % 256 == 0 ? slots + 16 : slots;
}

/* A thread's memory, from an arena. */
static void carve(const struct plan *plan, struct arena *arena, struct workspace *out)
{
    const struct embedded_images *images = plan->images;
    const struct bf16_kernel *half = plan->half;
    size_t D = images->D, slots = plan->max_slots, rows = plan->tile_images * images->R;
    bool i2t = plan->options->cross_attn == CROSS_I2T, pick = images->count != NULL;
    bool join = !half && (pick || !images->regions);
    out->words = arena_take(arena, slots * D, sizeof(float));
    out->scores = arena_take(arena, rows * leading(slots), sizeof(float));
    out->norm = arena_take(arena, slots, sizeof(float));
    out->counts = arena_take(arena, plan->max_groups * plan->kernel->lanes, sizeof(float));
    out->gram = arena_take(arena, i2t ? plan->max_gram : 0, sizeof(float));
    out->scratch =
        arena_take(arena, plan->kernel->group_scratch(images->R, plan->max_W), sizeof(float));
    out->mask = arena_take(arena, slots, sizeof(int32_t));
    out->rows = arena_take(arena, join ? rows * D : 0, sizeof(float));
    out->high = arena_take(arena, half && pick ? rows * D : 0, sizeof(uint16_t));
    out->half = arena_take(arena, half ? slots * D : 0, sizeof(uint16_t));
    out->packed = arena_take(arena, half ? half->product_packed(plan->product) : 0, 1);
    out->product_scratch = arena_take(arena, half ? half->product_scratch(plan->product) : 0, 1);
}

/* Word w of lane l's caption goes to slot w * lanes + l. */
static void gather_lane(const struct plan *plan, const struct group *group, size_t lane,
                        size_t slot, float *gram, const struct workspace *a)
{
    const struct embedded_captions *captions = plan->captions;
    size_t lanes = plan->kernel->lanes, D = plan->images->D;
    size_t c = lane < group->n ? plan->order[group->first + lane] : 0;
    size_t W = lane < group->n ? embedded_captions_words(captions, c) : 0,
           start = captions->starts[c];
    for (size_t w = 0; w < group->W; w++) {
        size_t at = slot + w * lanes + lane;
        if (w < W)
            memcpy(a->words + at * D, captions->words + (start + w) * D, D * sizeof(float));
        else
            memset(a->words + at * D, 0, D * sizeof(float));
        a->norm[at] = w < W ? captions->norm[start + w] : 0;
        a->mask[at] = w < W ? -1 : 0;
    }
    if (plan->options->cross_attn == CROSS_T2I)
        return;
    for (size_t w = 0; w < group->W; w++)
        for (size_t u = 0; u < group->W; u++)
            gram[(w * group->W + u) * lanes + lane] =
                w < W && u < W ? captions->gram[captions->gram_start[c] + w * W + u] : 0;
}

SIMD_CLONES
static void round_all(const float *x, size_t n, uint16_t *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = bf16_round(x[i]);
}

/* Packs the block's words for oneDNN. False if that fails. */
static bool pack_block(const struct plan *plan, const struct block *block,
                       const struct workspace *a)
{
    if (!plan->half)
        return true;
    round_all(a->words, block->slots * plan->images->D, a->half);
    return plan->half->product_pack(plan->product, block->slots, a->half, a->packed,
                                    a->product_scratch) == 0;
}

static void gather_block(const struct plan *plan, const struct block *block,
                         const struct workspace *a)
{
    size_t lanes = plan->kernel->lanes, slot = 0;
    float *gram = a->gram;
    for (size_t g = 0; g < block->n; g++) {
        const struct group *group = plan->groups + block->first + g;
        for (size_t l = 0; l < lanes; l++) {
            gather_lane(plan, group, l, slot, gram, a);
            size_t c = l < group->n ? plan->order[group->first + l] : 0;
            a->counts[g * lanes + l] =
                l < group->n ? (float)embedded_captions_words(plan->captions, c) : 0;
        }
        slot += group->W * lanes;
        gram += group->W * group->W * lanes;
    }
}

static void finish_image(const struct plan *plan, const struct block *block,
                         const struct workspace *a, size_t i, const float *scores, size_t lds)
{
    const struct embedded_images *images = plan->images;
    size_t lanes = plan->kernel->lanes, R = images->R, slot = 0;
    size_t real = embedded_images_regions(images, i);
    bool t2i = plan->options->cross_attn == CROSS_T2I;
    float out[64], bounds[64];
    const float *gram = a->gram;
    for (size_t g = 0; g < block->n; g++) {
        const struct group *group = plan->groups + block->first + g;
        struct xattn_group lane_group = {.W = group->W,
                                         .norm = a->norm + slot,
                                         .gram = gram,
                                         .mask = group->ragged ? a->mask + slot : NULL,
                                         .counts = a->counts + g * lanes,
                                         .error = plan->error,
                                         .bound = plan->bounds ? bounds : NULL};
        plan->kernel->group(plan->options, &lane_group, scores + slot, lds, real,
                            t2i ? images->gram + i * R * R : NULL, images->norm + i * R, out,
                            a->scratch);
        for (size_t l = 0; l < group->n; l++) {
            size_t at = i * plan->captions->C + plan->order[group->first + l];
            plan->sims[at] = out[l];
            if (plan->bounds)
                plan->bounds[at] = bounds[l];
        }
        slot += group->W * lanes;
        gram += group->W * group->W * lanes;
    }
}

/* The tile's rows for oneDNN. Of images with fewer regions than R the real ones, one after the
 * other; rows left over score what nobody reads, so that all tiles are of one shape. */
static const uint16_t *pick_high(const struct plan *plan, const struct workspace *a, size_t first,
                                 size_t n, size_t *rows_out)
{
    const struct embedded_images *images = plan->images;
    size_t R = images->R, D = images->D;
    uint16_t *to = a->high;
    *rows_out = n * R;
    if (!images->count)
        return images->high + first * R * D;
    for (size_t i = first; i < first + n; i++) {
        size_t size = embedded_images_regions(images, i) * D;
        memcpy(to, images->high + i * R * D, size * sizeof *to);
        to += size;
    }
    *rows_out = plan->tile_images * R;
    memset(to, 0, *rows_out * D * sizeof *to - (size_t)(to - a->high) * sizeof *to);
    return a->high;
}

/* The same for BLAS, without rows left over. */
static const float *pick_rows(const struct plan *plan, const struct workspace *a, size_t first,
                              size_t n, size_t *rows_out)
{
    const struct embedded_images *images = plan->images;
    *rows_out = n * images->R;
    if (!images->count)
        return embedded_images_rows(images, first, n, a->rows);
    *rows_out = 0;
    for (size_t i = first; i < first + n; i++) {
        size_t real = embedded_images_regions(images, i);
        embedded_images_copy(images, i, a->rows + *rows_out * images->D);
        *rows_out += real;
    }
    return a->rows;
}

/* Computes the tile's raw scores. False if oneDNN fails. */
static bool multiply(const struct plan *plan, const struct block *block, const struct workspace *a,
                     size_t first, size_t n)
{
    size_t D = plan->images->D, lds = leading(block->slots), count;
    if (plan->half) {
        const uint16_t *high = pick_high(plan, a, first, n, &count);
        return plan->half->product_run(plan->product, count, block->slots, high, a->packed,
                                       a->scores, lds, a->product_scratch) == 0;
    }
    const float *rows = pick_rows(plan, a, first, n, &count);
    gemm_nt(count, block->slots, D, (struct matrix_const){rows, D},
            (struct matrix_const){a->words, D}, 0, (struct matrix){a->scores, lds});
    return true;
}

static void score_tile(struct plan *plan, const struct block *block, const struct workspace *a,
                       size_t first, size_t n)
{
    size_t lds = leading(block->slots), captions = 0;
    const float *scores = a->scores;
    if (!multiply(plan, block, a, first, n))
        atomic_store(&plan->refused, true);
    for (size_t i = first; i < first + n; i++) {
        finish_image(plan, block, a, i, scores, lds);
        scores += embedded_images_regions(plan->images, i) * lds;
    }
    for (size_t g = 0; g < block->n; g++)
        captions += plan->groups[block->first + g].n;
    ticker_add(&plan->ticker, n * captions);
}

/* As many of the images from `first` on as fit into a tile: at least one. */
static size_t tile_fill(const struct plan *plan, size_t first, size_t end)
{
    const struct embedded_images *images = plan->images;
    size_t n = 0, left = plan->tile_images * images->R;
    if (!images->count)
        return end - first < plan->tile_images ? end - first : plan->tile_images;
    while (first + n < end && embedded_images_regions(images, first + n) <= left)
        left -= embedded_images_regions(images, first + n++);
    return n;
}

static void run_task(struct plan *plan, size_t task, const struct workspace *a)
{
    const struct block *block = plan->blocks + task % plan->block_count;
    size_t i = task / plan->block_count * TASK_IMAGES, end = i + TASK_IMAGES;
    if (end > plan->images->I)
        end = plan->images->I;
    gather_block(plan, block, a);
    if (!pack_block(plan, block, a))
        atomic_store(&plan->refused, true);
    for (size_t n; i < end && !ticker_stopped(&plan->ticker) && !atomic_load(&plan->refused);
         i += n) {
        n = tile_fill(plan, i, end);
        score_tile(plan, block, a, i, n);
    }
}

static int run_tasks(struct plan *plan, struct error *err)
{
    int threads = omp_get_max_threads();
    char *memory = NULL;
    if (mem_alloc(&memory, (size_t)threads, plan->workspace, "tiles of scores", err) != 0)
        return -1;
    size_t runs = (plan->images->I + TASK_IMAGES - 1) / TASK_IMAGES,
           tasks = runs * plan->block_count;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t t = 0; t < tasks; t++) {
        struct arena arena = {memory + (size_t)omp_get_thread_num() * plan->workspace, 0};
        struct workspace workspace;
        carve(plan, &arena, &workspace);
        if (!ticker_stopped(&plan->ticker))
            run_task(plan, t, &workspace);
    }
    free(memory);
    if (atomic_load(&plan->refused))
        return error_set(err, "oneDNN failed in a product: omit --precision bf16");
    return ticker_end(&plan->ticker, err);
}

/* Adds the shapes of tiles: whole ones, and the remainders of a task and of the last task, if these
 * are not filled up (pick_high). */
static int prepare_products(struct plan *plan, struct error *err)
{
    const struct embedded_images *images = plan->images;
    size_t most = images->I < TASK_IMAGES ? images->I : TASK_IMAGES, t = plan->tile_images;
    size_t rows[] = {t, most % t, images->I % TASK_IMAGES % t};
    size_t shapes = images->count ? 1 : COUNTOF(rows);
    if (plan->half->product_new(images->D, &plan->product, err) != 0)
        return -1;
    for (size_t b = 0; b < plan->block_count; b++)
        for (size_t k = 0; k < shapes; k++)
            if (plan->half->product_add(plan->product, rows[k] * images->R, plan->blocks[b].slots,
                                        leading(plan->blocks[b].slots), err) != 0)
                return -1;
    return 0;
}

/* BLAS and oneDNN sum the D products in an order of their own. */
static float tile_error(const struct plan *plan)
{
    size_t D = plan->images->D;
    float words = plan->captions->loss_max > 0 ? plan->captions->loss_max : bf16_unit;
    return plan->half ? score_error(D, plan->images->loss_max, words, D) : score_error(D, 0, 0, D);
}

static void plan_done(struct plan *plan)
{
    if (plan->product)
        plan->half->product_free(plan->product);
    free(plan->order);
    free(plan->groups);
    free(plan->blocks);
}

static int kind_approx(const struct scoring *scoring, const struct embedded_images *images,
                       const struct embedded_captions *captions, float *sims, float *bounds,
                       const struct progress *progress, struct error *err)
{
    struct kind_images v = embedded_images_kind(images);
    struct kind_captions e = embedded_captions_kind(captions);
    return score_kind_approx(scoring->kind, &v, &e, sims, bounds, progress, err);
}

int score_all_approx(const struct scoring *scoring, const struct embedded_images *images,
                     const struct embedded_captions *captions, const struct bf16_kernel *half,
                     float *sims, float *bounds, const struct progress *progress, struct error *err)
{
    if (images->I == 0 || captions->C == 0)
        return 0;
    if (scoring->kind)
        return kind_approx(scoring, images, captions, sims, bounds, progress, err);
    struct plan plan = {.options = scoring->attn,
                        .images = images,
                        .captions = captions,
                        .kernel = xattn_kernel(),
                        .half = half,
                        .sims = sims,
                        .bounds = bounds};
    ticker_init(&plan.ticker, progress, (uint64_t)images->I * captions->C);
    plan.error = tile_error(&plan);
    int status = embedded_captions_order(captions->starts, captions->C, &plan.max_W, &plan.order,
                                         err) != 0 ||
                         make_groups(&plan, err) != 0 || make_blocks(&plan, err) != 0
                     ? -1
                     : 0;
    if (status == 0) {
        plan.tile_images = tile_images(images->I, images->R, plan.max_slots);
        status = half ? prepare_products(&plan, err) : 0;
    }
    if (status == 0) {
        struct arena measure = {0};
        struct workspace unused;
        carve(&plan, &measure, &unused);
        plan.workspace = measure.used;
        status = run_tasks(&plan, err);
    }
    plan_done(&plan);
    return status;
}

int score_all(const struct scoring *scoring, const struct embedded_images *images,
              const struct embedded_captions *captions, float *sims,
              const struct progress *progress, struct error *err)
{
    return score_all_approx(scoring, images, captions, NULL, sims, NULL, progress, err);
}
