/* kind_sgraf.c: SGRAF as a kind (sgraf.h, sgraf_train.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/dropout.h"
#include "model/kind_private.h"
#include "model/sgraf.h"
#include "model/sgraf_train.h"

/* What the published code drops of word embeddings and after each tanh. */
#define DROPOUT 0.4

enum { PART = 2 }; /* the checkpoint's part with the similarity module */

static bool is_sgraf(const struct checkpoint *c)
{
    return c->group_count == PART + 1 &&
           checkpoint_tensor_find(&c->groups[PART], "sim_tranloc_w.weight");
}

static const struct tensor *matrix(const struct checkpoint *c, const char *name, struct error *err)
{
    const struct tensor *t = checkpoint_tensor_find(&c->groups[PART], name);
    if (!t || t->ndim != 2)
        error_set(err, "the tensor %s is %s", name, t ? "not a matrix" : "missing");
    return t && t->ndim == 2 ? t : NULL;
}

static size_t count_steps(const struct checkpoint *c)
{
    char name[64];
    size_t steps = 0;
    do
        snprintf(name, sizeof name, "SGR_module.%zu.graph_query_w.weight", steps);
    while (checkpoint_tensor_find(&c->groups[PART], name) && ++steps <= SGRAF_MOST_STEPS);
    return steps;
}

/* Everything follows from the tensors. */
static int read_tensors(const struct checkpoint *c, struct kind_options *out, struct error *err)
{
    const struct tensor *local = matrix(c, "sim_tranloc_w.weight", err);
    const struct tensor *regions =
        checkpoint_tensor_find(&c->groups[PART], "v_global_w.embedding_local.1.weight");
    size_t steps = count_steps(c);
    bool filter = checkpoint_tensor_find(&c->groups[PART], "SAF_module.attn_sim_w.weight");
    if (!local)
        return -1;
    if (!regions || regions->ndim != 1)
        return error_set(err, "the tensor v_global_w.embedding_local.1.weight is missing or not "
                              "one number per region");
    if (filter == (steps > 0) || steps > SGRAF_MOST_STEPS)
        return error_set(err,
                         "it has %zu steps of SGR and %s SAF: one of both is wanted, and at most "
                         "%d steps",
                         steps, filter ? "a" : "no", SGRAF_MOST_STEPS);
    if (local->shape[1] != out->D)
        return error_set(err,
                         "the encoders give embeddings of %zu numbers, the similarity module takes "
                         "%zu: they belong to different models",
                         out->D, local->shape[1]);
    out->sgraf = (struct sgraf_options){filter ? SGRAF_SAF : SGRAF_SGR, out->D, local->shape[0],
                                        regions->count, filter ? out->sgraf.steps : steps};
    return 0;
}

static struct kind_holds holds(const struct kind_options *options)
{
    (void)options;
    return (struct kind_holds){.regions = true, .words = true, .global = true};
}

static bool tensor(const struct kind_options *options, size_t index, kind_tensor *out,
                   size_t *block_out)
{
    struct sgraf_layout layout;
    sgraf_layout_init(&options->sgraf, &layout);
    *block_out = layout.count;
    if (index >= layout.tensor_count)
        return false;
    *out = layout.tensors[index];
    return true;
}

/* ---- evaluation ---- */

struct state {
    struct sgraf_layout layout;
    struct sgraf_model model;
    float *room;
};

static void done(struct kind_model *model)
{
    struct state *s = model->state;
    if (s)
        free(s->room);
    free(s);
    model->state = NULL;
}

static int ready(struct kind_model *out, struct error *err)
{
    struct state *s = out->state;
    if (s) {
        sgraf_model_init(&s->layout, out->block, s->room, &s->model);
        return 0;
    }
    out->state = s = mem_new(1, sizeof *s);
    sgraf_layout_init(&out->options.sgraf, &s->layout);
    if (mem_alloc(&s->room, sgraf_model_size(&s->layout), sizeof(float), "the model", err) != 0) {
        done(out);
        return -1;
    }
    sgraf_model_init(&s->layout, out->block, s->room, &s->model);
    return 0;
}

static const struct state *state_of(const struct kind_model *model)
{
    return model->state;
}

static size_t finish_size(const struct kind_model *model, size_t items, size_t rows)
{
    return sgraf_global_size(&state_of(model)->layout, items, rows);
}

static void finish_images(const struct kind_model *model, const float *v, const size_t *starts,
                          size_t I, float *room, float *global)
{
    sgraf_global_images(&state_of(model)->model, v, starts, I, room, global);
}

static void finish_captions(const struct kind_model *model, const float *e, const size_t *starts,
                            size_t C, float *room, float *global)
{
    sgraf_global_captions(&state_of(model)->model, e, starts, C, room, global);
}

static size_t padded(size_t n)
{
    return (n + 15) / 16 * 16;
}

/* An image made ready, then the scratch of a call. */
static size_t tile_scratch(const struct kind_model *model, size_t R, size_t C, size_t W)
{
    const struct sgraf_layout *l = &state_of(model)->layout;
    size_t at_once = C < SGRAF_AT_ONCE ? C : SGRAF_AT_ONCE;
    return padded(sgraf_image_size(l, R)) + sgraf_scratch(l, R, at_once * W, at_once, W);
}

static void image_ready(const struct kind_model *model, const struct kind_images *images, size_t i,
                        float *room, struct sgraf_image *out)
{
    size_t D = model->options.D;
    sgraf_image_init(&state_of(model)->layout, images->regions + i * images->R * D,
                     kind_regions(images, i), images->global + i * D, room, out);
}

static struct sgraf_captions some_captions(const struct kind_captions *captions, size_t first,
                                           size_t n, size_t D)
{
    return (struct sgraf_captions){n, captions->starts + first,
                                   captions->words + captions->starts[first] * D,
                                   captions->global + first * D};
}

static void tile(const struct kind_model *model, const struct kind_images *images,
                 const struct kind_captions *captions, float *scratch, float *scores, size_t ld)
{
    const struct state *s = state_of(model);
    size_t own = padded(sgraf_image_size(&s->layout, images->R)), C = captions->C;
    for (size_t i = 0; i < images->I; i++) {
        struct sgraf_image image;
        image_ready(model, images, i, scratch, &image);
        for (size_t c = 0; c < C; c += SGRAF_AT_ONCE) {
            struct sgraf_captions some = some_captions(
                captions, c, C - c < SGRAF_AT_ONCE ? C - c : SGRAF_AT_ONCE, model->options.D);
            sgraf_score(&s->model, &image, &some, scratch + own, NULL, scores + i * ld + c);
        }
    }
}

static bool same_bits(const struct kind_options *options)
{
    (void)options;
    return sgraf_same_bits();
}

/* As many as its batch norm over regions has. */
static size_t most_regions(const struct kind_options *options)
{
    return options->sgraf.R;
}

static void show(const struct kind_model *model, const struct kind_images *images,
                 const struct kind_captions *caption, float *scratch, const struct kind_shown *out)
{
    const struct state *s = state_of(model);
    struct sgraf_image image;
    struct sgraf_captions one = some_captions(caption, 0, 1, model->options.D);
    struct sgraf_shown shown = {out->word_region, out->word_similarity, out->nodes};
    float score;
    image_ready(model, images, 0, scratch, &image);
    sgraf_score(&s->model, &image, &one, scratch + padded(sgraf_image_size(&s->layout, images->R)),
                &shown, &score);
}

static const char *label(const struct kind_options *options)
{
    return options->sgraf.module == SGRAF_SGR ? "SGRAF SGR" : "SGRAF SAF";
}

static const char *nodes(const struct kind_options *options)
{
    return options->sgraf.module == SGRAF_SGR
               ? "the last step of SGR, read by the whole pair's node"
               : "the filter of SAF";
}

/* ---- training ---- */

struct acts {
    struct sgraf_layout layout;
    struct sgraf_acts acts;
    struct sgraf_dropout dropout;
    float *masks[4];
};

static struct sgraf_shape shape_of(const struct kind_batch *b)
{
    return (struct sgraf_shape){b->I, b->C, b->regions, b->words};
}

static void mask_sizes(const struct kind_options *options, const struct kind_batch *b,
                       size_t sizes[4])
{
    size_t rows[] = {b->regions[b->I], b->I, b->words[b->C], b->C};
    for (size_t m = 0; m < 4; m++)
        sizes[m] = b->rng ? rows[m] * options->D : 0;
}

static void carve(const struct kind_options *options, const struct kind_batch *b, size_t threads,
                  struct arena *arena, void *acts_out)
{
    struct acts *out = acts_out;
    struct sgraf_shape shape = shape_of(b);
    size_t sizes[4];
    sgraf_layout_init(&options->sgraf, &out->layout);
    sgraf_acts_carve(&out->layout, &shape, threads, arena, &out->acts);
    mask_sizes(options, b, sizes);
    for (size_t m = 0; m < 4; m++)
        out->masks[m] = arena_take(arena, sizes[m], sizeof(float));
}

/* After each tanh. */
static void drop(const struct kind_options *options, const struct kind_batch *b, struct acts *a)
{
    size_t sizes[4];
    mask_sizes(options, b, sizes);
    for (size_t m = 0; m < 4; m++)
        dropout_mask(b->rng, DROPOUT, sizes[m], a->masks[m]);
    a->dropout = (struct sgraf_dropout){a->masks[0], a->masks[1], a->masks[2], a->masks[3]};
}

static void forward(const struct kind_options *options, const float *block,
                    const struct kind_batch *b, float *statistics, void *acts, float *scores)
{
    struct acts *a = acts;
    struct sgraf_shape shape = shape_of(b);
    if (b->rng)
        drop(options, b, a);
    sgraf_train_forward(&a->layout, block, &shape, b->v, b->e, b->rng ? &a->dropout : NULL,
                        statistics, &a->acts, scores);
}

static void backward(const struct kind_options *options, const float *block,
                     const struct kind_batch *b, const float *dscores, void *acts, float *gradients,
                     float *dv, float *de)
{
    struct acts *a = acts;
    struct sgraf_shape shape = shape_of(b);
    (void)options;
    sgraf_train_backward(&a->layout, block, &shape, b->v, b->e, b->rng ? &a->dropout : NULL,
                         dscores, &a->acts, gradients, dv, de);
}

static const struct kind_default defaults[] = {{"num_epochs", "40"},    {"lr_update", "30"},
                                               {"val_step", "1000"},    {"bi_gru", NULL},
                                               {"max_violation", NULL}, {NULL, NULL}};
static const char *const lacks[] = {"precomp_enc_type", NULL};

static const struct kind_training training = {.defaults = defaults,
                                              .lacks = lacks,
                                              .word_dropout = DROPOUT,
                                              .drops = true,
                                              .regions = 36,
                                              .acts_size = sizeof(struct acts),
                                              .carve = carve,
                                              .forward = forward,
                                              .backward = backward};

static const char *const options[] = {"module_name", "sim_dim",    "sgr_step",
                                      "no_imgnorm",  "no_txtnorm", NULL};

const struct model_kind kind_sgraf = {
    .name = "SGRAF",
    .family = "sgraf",
    .gru = "cap_rnn",
    .shows = KIND_WORDS_ON_REGIONS | KIND_NODES,
    .options = options,
    .is = is_sgraf,
    .read_tensors = read_tensors,
    .holds = holds,
    .tensor = tensor,
    .ready = ready,
    .done = done,
    .finish_size = finish_size,
    .finish_images = finish_images,
    .finish_captions = finish_captions,
    .tile_images = 1,
    .tile_captions = 64,
    .tile_scratch = tile_scratch,
    .tile = tile,
    .same_bits = same_bits,
    .most_regions = most_regions,
    .show = show,
    .label = label,
    .attention = "as in SCAN, before the similarities are reasoned over",
    .nodes = nodes,
    .training = &training,
};
