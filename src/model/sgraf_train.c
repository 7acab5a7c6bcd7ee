/* sgraf_train.c: the batch: global vectors, then pairs in chunks. A chunk of SAF is one caption
 * with all images, since its batch norm is over these; SGR takes any pairs. */
#include "model/sgraf_train.h"

#include <omp.h>
#include <string.h>

#include "model/sgraf_private.h"

static size_t longest(const size_t *starts, size_t items)
{
    size_t most = 0;
    for (size_t i = 0; i < items; i++)
        most = starts[i + 1] - starts[i] > most ? starts[i + 1] - starts[i] : most;
    return most;
}

static size_t padded(size_t n)
{
    return (n + 15) / 16 * 16;
}

/* The two sides of the global vectors. */
static struct sgraf_global_side image_side(const struct sgraf_layout *layout, const float *block,
                                           const struct sgraf_shape *shape, const float *v,
                                           const struct sgraf_dropout *dropout)
{
    return (struct sgraf_global_side){.layout = layout,
                                      .attention = &layout->image,
                                      .image = true,
                                      .block = block,
                                      .rows = v,
                                      .starts = shape->regions,
                                      .items = shape->I,
                                      .local_mask = dropout ? dropout->image_local : NULL,
                                      .global_mask = dropout ? dropout->image_global : NULL};
}

static struct sgraf_global_side text_side(const struct sgraf_layout *layout, const float *block,
                                          const struct sgraf_shape *shape, const float *e,
                                          const struct sgraf_dropout *dropout)
{
    return (struct sgraf_global_side){.layout = layout,
                                      .attention = &layout->text,
                                      .block = block,
                                      .rows = e,
                                      .starts = shape->words,
                                      .items = shape->C,
                                      .local_mask = dropout ? dropout->text_local : NULL,
                                      .global_mask = dropout ? dropout->text_global : NULL};
}

static void chunk_in_room(const struct sgraf_layout *layout, const struct sgraf_shape *shape,
                          const struct sgraf_acts *acts, size_t P, size_t N, size_t edges,
                          struct sgraf_chunk *out)
{
    struct arena arena = {acts->room, 0};
    *out = (struct sgraf_chunk){.image = acts->pair_image,
                                .caption = acts->pair_caption,
                                .word = acts->word_begin,
                                .node = acts->node_begin,
                                .edge = acts->edge_begin};
    sgraf_chunk_carve(layout, padded(longest(shape->regions, shape->I)), P, N, edges, &arena, out);
}

void sgraf_acts_carve(const struct sgraf_layout *layout, const struct sgraf_shape *shape,
                      size_t threads, struct arena *arena, struct sgraf_acts *out)
{
    struct sgraf_global_side images = image_side(layout, NULL, shape, NULL, NULL),
                             texts = text_side(layout, NULL, shape, NULL, NULL);
    size_t D = layout->options.D, most = longest(shape->words, shape->C), pairs = shape->I;
    bool graph = layout->options.module == SGRAF_SGR;
    struct arena room = {0};
    struct sgraf_chunk chunk = {0};
    *out = (struct sgraf_acts){.threads = threads};
    sgraf_global_carve(&images, arena, &out->image);
    sgraf_global_carve(&texts, arena, &out->text);
    out->dimage = arena_take(arena, shape->I * D, sizeof(float));
    out->dtext = arena_take(arena, shape->C * D, sizeof(float));
    size_t **begins[] = {&out->pair_image, &out->pair_caption, &out->word_begin, &out->node_begin,
                         &out->edge_begin};
    for (size_t i = 0; i < 5; i++)
        *begins[i] = arena_take(arena, pairs + 1, sizeof(size_t));
    out->dscore = arena_take(arena, pairs, sizeof(float));
    sgraf_chunk_carve(layout, padded(longest(shape->regions, shape->I)), pairs, pairs * most,
                      pairs * (most + 1) * (most + 1), &room, &chunk);
    out->room_size = room.used;
    out->room = arena_take(arena, out->room_size, 1);
    size_t R = longest(shape->regions, shape->I);
    out->scratch_score = padded(sgraf_scratch(layout, R, shape->words[shape->C], shape->C, most));
    out->scratch_size = out->scratch_score + padded(sgraf_image_size(layout, R));
    out->model_room = arena_take(arena, graph ? sgraf_model_size(layout) : 0, sizeof(float));
    out->scratch = arena_take(arena, graph ? threads * out->scratch_size : 0, sizeof(float));
}

/* ---- forward ---- */

/* SGR's pairs have no batch norm: they are scored as in evaluation. */
static void score_graph(const struct sgraf_layout *layout, const float *block,
                        const struct sgraf_shape *shape, const float *v, const float *e,
                        const struct sgraf_acts *acts, float *scores)
{
    struct sgraf_model model;
    size_t D = layout->options.D;
    sgraf_model_init(layout, block, acts->model_room, &model);
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < shape->I; i++) {
        float *scratch = acts->scratch + (size_t)omp_get_thread_num() * acts->scratch_size;
        struct sgraf_image image;
        sgraf_image_init(layout, v + shape->regions[i] * D,
                         shape->regions[i + 1] - shape->regions[i], acts->image.out + i * D,
                         scratch + acts->scratch_score, &image);
        struct sgraf_captions captions = {shape->C, shape->words, e, acts->text.out};
        sgraf_score(&model, &image, &captions, scratch, NULL, scores + i * shape->C);
    }
}

/* Where the next pair of a chunk goes. */
struct filling {
    size_t P;
    const struct sgraf_shape *shape;
    struct sgraf_acts *acts;
};

static void add_pair(struct filling *f, size_t image, size_t caption, float dscore)
{
    struct sgraf_acts *a = f->acts;
    size_t p = f->P++, W = f->shape->words[caption + 1] - f->shape->words[caption];
    if (p == 0)
        a->word_begin[0] = a->node_begin[0] = a->edge_begin[0] = 0;
    a->pair_image[p] = image;
    a->pair_caption[p] = caption;
    a->dscore[p] = dscore;
    a->word_begin[p + 1] = a->word_begin[p] + W;
    a->node_begin[p + 1] = a->node_begin[p] + W + 1;
    a->edge_begin[p + 1] = a->edge_begin[p] + (W + 1) * (W + 1);
}

static void run_chunk(const struct sgraf_layout *layout, const float *block, const float *v,
                      const float *e, const struct filling *f, float *statistics,
                      struct sgraf_chunk *out)
{
    const struct sgraf_acts *a = f->acts;
    chunk_in_room(layout, f->shape, a, f->P, a->word_begin[f->P], a->edge_begin[f->P], out);
    sgraf_chunk_forward(layout, block, f->shape, v, e, a->image.out, a->text.out, statistics, out);
}

static void score_filter(const struct sgraf_layout *layout, const float *block,
                         const struct sgraf_shape *shape, const float *v, const float *e,
                         float *statistics, struct sgraf_acts *acts, float *scores)
{
    for (size_t c = 0; c < shape->C; c++) {
        struct filling filling = {0, shape, acts};
        struct sgraf_chunk chunk;
        for (size_t i = 0; i < shape->I; i++)
            add_pair(&filling, i, c, 0);
        run_chunk(layout, block, v, e, &filling, statistics, &chunk);
        for (size_t i = 0; i < shape->I; i++)
            scores[i * shape->C + c] = chunk.score[i];
    }
}

void sgraf_train_forward(const struct sgraf_layout *layout, const float *block,
                         const struct sgraf_shape *shape, const float *v, const float *e,
                         const struct sgraf_dropout *dropout, float *statistics,
                         struct sgraf_acts *acts, float *scores)
{
    struct sgraf_global_side images = image_side(layout, block, shape, v, dropout),
                             texts = text_side(layout, block, shape, e, dropout);
    sgraf_global_forward(&images, statistics, &acts->image);
    sgraf_global_forward(&texts, NULL, &acts->text);
    if (layout->options.module == SGRAF_SGR)
        score_graph(layout, block, shape, v, e, acts, scores);
    else
        score_filter(layout, block, shape, v, e, statistics, acts, scores);
}

/* ---- backward ---- */

struct gradients {
    float *block, *dv, *de;
};

static void back_chunk(const struct sgraf_layout *layout, const float *block, const float *v,
                       const float *e, struct filling *f, const struct gradients *g)
{
    struct sgraf_chunk chunk;
    struct sgraf_acts *a = f->acts;
    if (f->P == 0)
        return;
    run_chunk(layout, block, v, e, f, NULL, &chunk);
    sgraf_chunk_backward(layout, block, f->shape, v, e, a->image.out, a->text.out, a->dscore,
                         &chunk, g->block, g->dv, g->de, a->dimage, a->dtext);
    f->P = 0;
}

static void back_pairs(const struct sgraf_layout *layout, const float *block,
                       const struct sgraf_shape *shape, const float *v, const float *e,
                       const float *dscores, struct sgraf_acts *acts, const struct gradients *g)
{
    bool graph = layout->options.module == SGRAF_SGR;
    struct filling filling = {0, shape, acts};
    for (size_t c = 0; c < shape->C; c++) {
        bool any = false;
        for (size_t i = 0; i < shape->I; i++)
            any = any || dscores[i * shape->C + c] != 0;
        for (size_t i = 0; any && i < shape->I; i++) {
            if (graph && dscores[i * shape->C + c] == 0)
                continue;
            add_pair(&filling, i, c, dscores[i * shape->C + c]);
            if (filling.P == shape->I)
                back_chunk(layout, block, v, e, &filling, g);
        }
    }
    back_chunk(layout, block, v, e, &filling, g);
}

void sgraf_train_backward(const struct sgraf_layout *layout, const float *block,
                          const struct sgraf_shape *shape, const float *v, const float *e,
                          const struct sgraf_dropout *dropout, const float *dscores,
                          struct sgraf_acts *acts, float *gradients, float *dv, float *de)
{
    struct sgraf_global_side images = image_side(layout, block, shape, v, dropout),
                             texts = text_side(layout, block, shape, e, dropout);
    struct gradients g = {gradients, dv, de};
    size_t D = layout->options.D;
    memset(dv, 0, shape->regions[shape->I] * D * sizeof *dv);
    memset(de, 0, shape->words[shape->C] * D * sizeof *de);
    memset(acts->dimage, 0, shape->I * D * sizeof *acts->dimage);
    memset(acts->dtext, 0, shape->C * D * sizeof *acts->dtext);
    back_pairs(layout, block, shape, v, e, dscores, acts, &g);
    sgraf_global_backward(&images, acts->dimage, &acts->image, gradients, dv);
    sgraf_global_backward(&texts, acts->dtext, &acts->text, gradients, de);
}
