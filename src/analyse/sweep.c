#include "analyse/sweep.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { TILE = 1 << 22, STRIPE = 512 };

/* A block: images with their own captions. */
struct block {
    size_t first_image, images, first_caption, captions;
};

/* A pass in progress. */
struct pass {
    const struct score_source *source;
    struct sweep *sweep;
    size_t block_images, blocks;
    uint64_t passes;                   /* over all tiles; two if the truths are noted first */
    size_t *image_kept, *caption_kept; /* how many answers each query has so far */
    float *sims;
    const struct progress *progress;
    uint64_t done; /* pairs */
};

/* ---- a query and its answers ---- */

/* Inserts `next` into `top`, the k best so far, in order, if it belongs there. */
static void keep(struct ranked *top, size_t *count, size_t k, struct ranked next)
{
    if (*count == k && (k == 0 || !rank_better(next, top[k - 1])))
        return;
    size_t at = *count < k ? (*count)++ : k - 1;
    for (; at > 0 && rank_better(next, top[at - 1]); at--)
        top[at] = top[at - 1];
    top[at] = next;
}

/* Counts an answer other than the truth; for an image, other than the best of its captions. */
static void count_answer(struct sweep_query *query, struct ranked answer, bool wrong)
{
    struct ranked truth = {query->truth, query->score};
    query->rank += query->truth == SIZE_MAX || rank_better(answer, truth);
    if (wrong && (query->wrong.index == SIZE_MAX || rank_better(answer, query->wrong)))
        query->wrong = answer;
}

void sweep_caption(const float *scores, size_t I, size_t truth, struct sweep_query *out)
{
    *out = (struct sweep_query){
        .truth = truth, .score = scores[truth], .wrong = {.index = SIZE_MAX, .score = NAN}};
    for (size_t i = 0; i < I; i++)
        if (i != truth)
            count_answer(out, (struct ranked){i, scores[i]}, true);
}

/* ---- tiles ---- */

/* Where block b of some would begin among n captions cut evenly. */
static size_t share_of(size_t n, size_t b, size_t blocks)
{
    return n / blocks * b + (n % blocks < b ? n % blocks : b);
}

static struct block block_of(const struct pass *pass, size_t b)
{
    size_t I = pass->source->I, C = pass->source->C;
    const struct caption_map *map = pass->source->map;
    struct block block = {.first_image = b * pass->block_images, .images = pass->block_images};
    if (block.first_image + block.images > I)
        block.images = I - block.first_image;
    size_t end = block.first_image + block.images;
    block.first_caption =
        map->sorted ? caption_map_start(map, block.first_image) : share_of(C, b, pass->blocks);
    block.captions =
        (map->sorted ? caption_map_start(map, end) : share_of(C, b + 1, pass->blocks)) -
        block.first_caption;
    return block;
}

/* Sets the truths that are in a tile. */
static void note_truths(struct pass *pass, const struct block *images, const struct block *captions)
{
    struct sweep *sweep = pass->sweep;
    for (size_t c = 0; c < captions->captions; c++) {
        size_t caption = captions->first_caption + c,
               image = caption_map_image(sweep->map, caption);
        if (image < images->first_image || image - images->first_image >= images->images)
            continue;
        float score = pass->sims[(image - images->first_image) * captions->captions + c];
        struct ranked best = {sweep->images[image].truth, sweep->images[image].score};
        sweep->captions[caption].truth = image;
        sweep->captions[caption].score = score;
        if (best.index == SIZE_MAX || rank_better((struct ranked){caption, score}, best)) {
            sweep->images[image].truth = caption;
            sweep->images[image].score = score;
        }
    }
}

static void count_row(struct pass *pass, const struct block *images, const struct block *captions,
                      size_t i)
{
    struct sweep *sweep = pass->sweep;
    size_t image = images->first_image + i;
    struct sweep_query *query = &sweep->images[image];
    struct ranked *top = sweep->image_top + image * sweep->image_k;
    const float *row = pass->sims + i * captions->captions;
    for (size_t c = 0; c < captions->captions; c++) {
        struct ranked answer = {captions->first_caption + c, row[c]};
        if (answer.index != query->truth)
            count_answer(query, answer, caption_map_image(sweep->map, answer.index) != image);
        keep(top, &pass->image_kept[image], sweep->image_k, answer);
    }
}

/* Counts for the captions of a stripe, row by row in the tile's order. */
static void count_columns(struct pass *pass, const struct block *images,
                          const struct block *captions, size_t stripe)
{
    struct sweep *sweep = pass->sweep;
    size_t end = stripe + STRIPE < captions->captions ? stripe + STRIPE : captions->captions;
    for (size_t i = 0; i < images->images; i++)
        for (size_t c = stripe; c < end; c++) {
            size_t caption = captions->first_caption + c;
            struct ranked answer = {images->first_image + i,
                                    pass->sims[i * captions->captions + c]};
            if (answer.index != sweep->captions[caption].truth)
                count_answer(&sweep->captions[caption], answer, true);
            keep(sweep->caption_top + caption * sweep->caption_k, &pass->caption_kept[caption],
                 sweep->caption_k, answer);
        }
}

static uint64_t count_not_finite(const float *sims, size_t n)
{
    uint64_t count = 0;
    for (size_t k = 0; k < n; k++)
        count += !isfinite(sims[k]);
    return count;
}

static uint64_t all_pairs(const struct pass *pass)
{
    return (uint64_t)pass->source->I * pass->source->C * pass->passes;
}

/* Reports progress of a part as progress of the whole. */
static bool step_part(void *context, uint64_t done, uint64_t total)
{
    const struct pass *pass = context;
    (void)total;
    return progress_step(pass->progress, pass->done + done, all_pairs(pass));
}

static void count_tile(struct pass *pass, const struct block *images, const struct block *captions)
{
    pass->sweep->not_finite += count_not_finite(pass->sims, images->images * captions->captions);
#pragma omp parallel
    {
#pragma omp for schedule(dynamic, 8) nowait
        for (size_t i = 0; i < images->images; i++)
            count_row(pass, images, captions, i);
#pragma omp for schedule(dynamic)
        for (size_t stripe = 0; stripe < captions->captions; stripe += STRIPE)
            count_columns(pass, images, captions, stripe);
    }
}

/* What a tile is scored for. */
enum use { NOTE = 1, COUNT = 2 };

static int do_tile(struct pass *pass, size_t image_block, size_t caption_block, int use,
                   struct error *err)
{
    struct block images = block_of(pass, image_block), captions = block_of(pass, caption_block);
    size_t pairs = images.images * captions.captions;
    struct progress progress = {step_part, pass};
    if (pairs == 0)
        return 0;
    if (scores_part(pass->source, images.first_image, images.images, captions.first_caption,
                    captions.captions, pass->sims, &progress, err) != 0)
        return -1;
    if (use & NOTE)
        note_truths(pass, &images, &captions);
    if (use & COUNT)
        count_tile(pass, &images, &captions);
    pass->done += pairs;
    return progress_step(pass->progress, pass->done, all_pairs(pass))
               ? 0
               : error_set(err, "interrupted");
}

/* ---- the pass ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Images per block: a tile has n x n * captions per image scores, n a multiple of the scoring
 * engine's tasks. */
static size_t block_size(const struct score_source *source, size_t tile)
{
    size_t limit = tile ? tile : TILE;
    size_t images = (size_t)sqrt((double)limit * (double)source->I / (double)source->C);
    if (images > 128)
        images = images / 128 * 128;
    return images > 0 ? images : 1;
}

/* The most captions of a block. */
static size_t most_captions(const struct pass *pass)
{
    size_t most = 1;
    for (size_t b = 0; b < pass->blocks; b++) {
        size_t captions = block_of(pass, b).captions;
        most = captions > most ? captions : most;
    }
    return most;
}

static int get_room(struct pass *pass, struct sweep *sweep, struct error *err)
{
    size_t I = sweep->I, C = sweep->C, n = pass->block_images, tile = 0, tops = 0;
    if (!mem_mul(I, sweep->image_k, &tops) || !mem_mul(C, sweep->caption_k, &tops) ||
        !mem_mul(n, most_captions(pass), &tile))
        return error_set(err, "too many answers to keep");
    if (mem_alloc(&sweep->images, I, sizeof *sweep->images, "the ranks", err) != 0 ||
        mem_alloc(&sweep->captions, C, sizeof *sweep->captions, "the ranks", err) != 0 ||
        mem_alloc(&sweep->image_top, I * sweep->image_k, sizeof *sweep->image_top, "the answers",
                  err) != 0 ||
        mem_alloc(&sweep->caption_top, C * sweep->caption_k, sizeof *sweep->caption_top,
                  "the answers", err) != 0 ||
        mem_alloc(&pass->image_kept, I, sizeof *pass->image_kept, "the answers", err) != 0 ||
        mem_alloc(&pass->caption_kept, C, sizeof *pass->caption_kept, "the answers", err) != 0)
        return -1;
    for (size_t q = 0; q < I + C; q++)
        *(q < I ? &sweep->images[q] : &sweep->captions[q - I]) = (struct sweep_query){
            .truth = SIZE_MAX, .score = NAN, .wrong = {.index = SIZE_MAX, .score = NAN}};
    return mem_alloc(&pass->sims, tile, sizeof *pass->sims, "a tile of scores", err);
}

static int do_tiles(struct pass *pass, struct error *err)
{
    size_t blocks = pass->blocks;
    bool first = pass->passes == 2;
    for (size_t t = 0; first && t < blocks * blocks; t++)
        if (do_tile(pass, t / blocks, t % blocks, NOTE, err) != 0)
            return -1;
    for (size_t b = 0; b < blocks; b++)
        if (do_tile(pass, b, b, first ? COUNT : NOTE | COUNT, err) != 0)
            return -1;
    for (size_t t = 0; t < blocks * blocks; t++)
        if (t / blocks != t % blocks && do_tile(pass, t / blocks, t % blocks, COUNT, err) != 0)
            return -1;
    return 0;
}

int sweep_run(const struct score_source *source, size_t k, size_t tile,
              const struct progress *progress, struct sweep *out, struct error *err)
{
    *out = (struct sweep){.I = source->I, .C = source->C, .map = source->map};
    if (source->I == 0 || source->C == 0)
        return error_set(
            err, "there are no captions: give them with --captions FILE or --token-ids FILE");
    out->image_k = smaller(k, source->C);
    out->caption_k = smaller(k, source->I);
    struct pass pass = {.source = source, .sweep = out, .progress = progress};
    pass.block_images = smaller(block_size(source, tile), source->I);
    pass.blocks = (source->I + pass.block_images - 1) / pass.block_images;
    pass.passes = source->map->sorted || pass.blocks == 1 ? 1 : 2;
    int status = get_room(&pass, out, err);
    if (status == 0)
        status = do_tiles(&pass, err);
    free(pass.image_kept);
    free(pass.caption_kept);
    free(pass.sims);
    if (status != 0)
        sweep_done(out);
    return status;
}

void sweep_done(struct sweep *sweep)
{
    free(sweep->images);
    free(sweep->captions);
    free(sweep->image_top);
    free(sweep->caption_top);
    *sweep = (struct sweep){0};
}

size_t sweep_count(const struct sweep_query *queries, size_t n)
{
    size_t count = 0;
    for (size_t q = 0; q < n; q++)
        count += sweep_is_query(&queries[q]);
    return count;
}

void sweep_recalls(const struct sweep_query *queries, size_t n, struct recalls *out)
{
    size_t *ranks = mem_new(n, sizeof *ranks);
    size_t count = 0;
    for (size_t q = 0; q < n; q++)
        if (sweep_is_query(&queries[q]))
            ranks[count++] = queries[q].rank;
    evaluate_ranks(ranks, count, out);
    free(ranks);
}

void sweep_positive_recalls(const struct positives *positives, const struct sweep_query *queries,
                            const struct ranked *top, size_t k, struct positive_recalls *out)
{
    static const size_t tops[] = {1, 5, 10};
    double share = 100 / (double)positives->annotated;
    *out = (struct positive_recalls){0};
    for (size_t q = 0; q < positives->queries; q++) {
        size_t right = positives->starts[q + 1] - positives->starts[q], first = 0;
        if (right == 0)
            continue;
        while (first < k && !positives_has(positives, q, top[q * k + first].index))
            first++;
        for (int t = 0; t < 3; t++) {
            out->annotated[t] += share * (first < k && first < tops[t]);
            out->original[t] += share * (queries[q].rank < tops[t]);
        }
        out->per_query += share / 100 * (double)right;
    }
}
