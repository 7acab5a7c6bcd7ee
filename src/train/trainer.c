#include "train/trainer.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/progress.h"
#include "model/fc.h"
#include "model/loss.h"
#include "model/model_private.h"
#include "model/text_encoder.h"
#include "model/xattn_train.h"

/* Everything between the inputs and the loss. n pairs, N regions of all (of a kind that averages an
 * image's regions first: n), M words of all, D embedding size. */
struct activations {
    float *mean;       /* n x F, if regions are averaged */
    float *v, *v_norm; /* N x D, N */
    float *e;          /* M x D */
    float *dv, *de;
    float *scores, *dscores; /* n x n */
    float *dfc;              /* weight_norm only: D x F, gradient of the effective weight */
    struct text_acts text;
    struct xattn_acts xattn; /* SCAN's */
};

struct trainer {
    struct model *model;
    struct params gradients;
    struct adam adam;
    int64_t steps;
    struct activations acts;
    char *block; /* block_size bytes: the activations */
    size_t block_size;
    const struct kind_training *kind; /* NULL: SCAN's */
    void *kind_acts;
    size_t *each; /* 0, 1, 2 ... : images of one row each; each_cap of them */
    size_t each_cap;
    float *statistics; /* of the parameters, as they were before a step */
};

static size_t count_statistics(const struct params *params)
{
    size_t sum = 0;
    for (size_t i = 0; i < params->list_count; i++)
        sum += params->list[i].role != SGRAF_TRAINED ? params->list[i].count : 0;
    return sum;
}

/* Keeps what a forward pass changes of the parameters, or puts it back. */
static void keep_statistics(struct trainer *t, bool back)
{
    const struct params *p = &t->model->params;
    float *kept = t->statistics;
    for (size_t i = 0; i < p->list_count; i++) {
        const struct param *one = &p->list[i];
        float *values = p->data + one->offset;
        if (one->role == SGRAF_TRAINED)
            continue;
        memcpy(back ? values : kept, back ? kept : values, one->count * sizeof *kept);
        kept += one->count;
    }
}

int trainer_new(struct model *model, struct trainer **out, struct error *err)
{
    struct trainer *t = mem_new(1, sizeof *t);
    size_t n = model->params.count;
    const struct model_kind *kind = model->options.kind.kind;
    t->model = model;
    t->kind = kind ? kind->training : NULL;
    t->kind_acts = kind ? mem_new(1, t->kind->acts_size) : NULL;
    t->statistics = mem_new(count_statistics(&model->params), sizeof *t->statistics);
    if (params_init(&model->options, &t->gradients, err) != 0 ||
        mem_alloc(&t->adam.m, n, sizeof(float), "the optimiser", err) != 0 ||
        mem_alloc(&t->adam.v, n, sizeof(float), "the optimiser", err) != 0) {
        trainer_free(t);
        return -1;
    }
    *out = t;
    return 0;
}

void trainer_free(struct trainer *trainer)
{
    if (!trainer)
        return;
    params_done(&trainer->gradients);
    free(trainer->adam.m);
    free(trainer->adam.v);
    free(trainer->block);
    free(trainer->kind_acts);
    free(trainer->each);
    free(trainer->statistics);
    free(trainer);
}

const struct params *trainer_gradients(const struct trainer *trainer)
{
    return &trainer->gradients;
}

struct adam *trainer_adam(struct trainer *trainer)
{
    return &trainer->adam;
}

int64_t trainer_steps(const struct trainer *trainer)
{
    return trainer->steps;
}

void trainer_set_steps(struct trainer *trainer, int64_t steps)
{
    trainer->steps = steps;
}

static bool pools(const struct trainer *t)
{
    return t->kind && t->model->options.kind.kind->pools;
}

/* Rows of the image encoder: n + 1 starts. */
static const size_t *rows_of(const struct trainer *t, const struct batch *b)
{
    return pools(t) ? t->each : b->region_starts;
}

static void fill_each(struct trainer *t, size_t n)
{
    if (n + 1 > t->each_cap) {
        t->each = mem_grow(t->each, n + 1, sizeof *t->each);
        t->each_cap = n + 1;
    }
    for (size_t i = 0; i <= n; i++)
        t->each[i] = i;
}

static struct kind_batch kind_batch_of(const struct trainer *t, const struct batch *b)
{
    return (struct kind_batch){
        b->n, b->n, rows_of(t, b), b->starts, t->acts.v, t->acts.e, t->kind->drops ? b->rng : NULL};
}

static struct xattn_shape shape_of(const struct trainer *t, const struct batch *b)
{
    return (struct xattn_shape){b->n, b->n, (size_t)t->model->options.embed_size, b->region_starts,
                                b->starts};
}

static void carve_pairs(const struct trainer *t, const struct batch *b, struct arena *arena,
                        struct activations *out)
{
    const struct model_options *o = &t->model->options;
    size_t threads = (size_t)omp_get_max_threads();
    struct xattn_shape shape = shape_of(t, b);
    if (t->kind) {
        struct kind_batch batch = kind_batch_of(t, b);
        t->kind->carve(&o->kind, &batch, threads, arena, t->kind_acts);
    } else {
        xattn_acts_carve(&o->attn, &shape, true, threads, arena, &out->xattn);
    }
}

static void carve(const struct trainer *t, const struct batch *b, struct arena *arena,
                  struct activations *out)
{
    const struct model_options *o = &t->model->options;
    bool drops = t->kind && t->kind->word_dropout > 0 && b->rng;
    size_t D = (size_t)o->embed_size, F = (size_t)o->img_dim;
    size_t regions = rows_of(t, b)[b->n], words = b->starts[b->n];
    out->mean = arena_take(arena, pools(t) ? b->n * F : 0, sizeof(float));
    out->v = arena_take(arena, regions * D, sizeof(float));
    out->v_norm = arena_take(arena, regions, sizeof(float));
    out->e = arena_take(arena, words * D, sizeof(float));
    out->dv = arena_take(arena, regions * D, sizeof(float));
    out->de = arena_take(arena, words * D, sizeof(float));
    out->scores = arena_take(arena, b->n * b->n, sizeof(float));
    out->dscores = arena_take(arena, b->n * b->n, sizeof(float));
    out->dfc = arena_take(arena, o->weight_norm ? D * F : 0, sizeof(float));
    text_encoder_acts_carve(o, b->n, words, true, drops, arena, &out->text);
    out->text.rng = drops ? b->rng : NULL;
    carve_pairs(t, b, arena, out);
}

static int make_room(struct trainer *t, const struct batch *b, struct error *err)
{
    struct arena arena = {0};
    if (pools(t))
        fill_each(t, b->n);
    carve(t, b, &arena, &t->acts);
    if (arena.used > t->block_size) {
        free(t->block);
        t->block = NULL;
        t->block_size = 0;
        if (mem_alloc(&t->block, arena.used, 1, "a training step", err) != 0)
            return -1;
        t->block_size = arena.used;
    }
    arena = (struct arena){t->block, 0};
    carve(t, b, &arena, &t->acts);
    return 0;
}

/* Measures the parts of a step one after the other. */
struct stopwatch {
    double *seconds, last;
};

static void lap(struct stopwatch *w, enum step_part part)
{
    double now = progress_clock();
    w->seconds[part] = now - w->last;
    w->last = now;
}

/* What the image encoder reads. */
static const float *features_of(const struct trainer *t, const struct batch *b)
{
    return pools(t) ? t->acts.mean : b->features;
}

static void average_regions(const struct trainer *t, const struct batch *b)
{
    size_t F = (size_t)t->model->options.img_dim;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < b->n; i++)
        vse_mean_regions(b->features + b->region_starts[i] * F, 1,
                         b->region_starts[i + 1] - b->region_starts[i], NULL, F,
                         t->acts.mean + i * F);
}

/* statistics: whether the running ones go on. */
static void score(struct trainer *t, const struct batch *b, bool statistics)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    struct xattn_shape shape = shape_of(t, b);
    if (t->kind) {
        struct kind_batch batch = kind_batch_of(t, b);
        float *block = t->model->params.kind_block;
        t->kind->forward(&o->kind, block, &batch, statistics ? block : NULL, t->kind_acts,
                         a->scores);
    } else {
        xattn_forward(&o->attn, &shape, a->v, a->e, &a->xattn, a->scores);
    }
}

static void score_backward(struct trainer *t, const struct batch *b)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    struct xattn_shape shape = shape_of(t, b);
    if (t->kind) {
        struct kind_batch batch = kind_batch_of(t, b);
        t->kind->backward(&o->kind, t->model->params.kind_block, &batch, a->dscores, t->kind_acts,
                          t->gradients.kind_block, a->dv, a->de);
    } else {
        xattn_backward(&o->attn, &shape, a->v, a->e, a->dscores, &a->xattn, a->dv, a->de);
    }
}

static double forward(struct trainer *t, const struct batch *b, bool statistics,
                      struct stopwatch *watch)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    size_t rows = rows_of(t, b)[b->n], D = (size_t)o->embed_size;
    if (pools(t))
        average_regions(t, b);
    fc_forward(features_of(t, b), rows, (size_t)o->img_dim, D, t->model->fc,
               t->model->params.fc_bias, a->v);
    if (!o->no_imgnorm)
        fc_l2norm_forward(a->v, rows, D, a->v_norm);
    lap(watch, STEP_IMAGE);
    text_encoder_forward(o, &t->model->params, b->ids, b->starts, b->n, &a->text, a->e);
    lap(watch, STEP_TEXT);
    score(t, b, statistics);
    double loss = loss_hinge(a->scores, b->n, b->image, o->margin, o->max_violation, a->dscores);
    lap(watch, STEP_ATTENTION);
    return loss;
}

static size_t count_carried(const float *dscores, size_t pairs)
{
    size_t count = 0;
    for (size_t i = 0; i < pairs; i++)
        count += dscores[i] != 0;
    return count;
}

static void backward_image(struct trainer *t, const struct batch *b)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    struct params *g = &t->gradients;
    size_t rows = rows_of(t, b)[b->n], D = (size_t)o->embed_size, F = (size_t)o->img_dim;
    const float *features = features_of(t, b);
    if (!o->no_imgnorm)
        fc_l2norm_backward(a->v, a->v_norm, rows, D, a->dv);
    if (!o->weight_norm) {
        fc_backward(features, a->dv, rows, F, D, g->fc_weight, g->fc_bias);
        return;
    }
    memset(a->dfc, 0, D * F * sizeof *a->dfc);
    fc_backward(features, a->dv, rows, F, D, a->dfc, g->fc_bias);
    fc_weight_norm_backward(t->model->params.fc_weight, *t->model->params.fc_g, D * F, a->dfc,
                            g->fc_weight, g->fc_g);
}

static void backward(struct trainer *t, const struct batch *b, struct stopwatch *watch)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    memset(t->gradients.data, 0, t->gradients.count * sizeof(float));
    score_backward(t, b);
    lap(watch, STEP_ATTENTION_BACK);
    backward_image(t, b);
    lap(watch, STEP_IMAGE_BACK);
    text_encoder_backward(o, &a->text, a->e, a->de, &t->gradients);
    lap(watch, STEP_TEXT_BACK);
}

static int compute(struct trainer *trainer, const struct batch *batch, bool statistics,
                   struct step_result *out, struct error *err)
{
    if (batch->n < 2)
        return error_set(err, "a training step needs at least two pairs; this one has %zu",
                         batch->n);
    if (model_check_words(&trainer->model->options, batch->ids, batch->starts, batch->n, err) !=
            0 ||
        make_room(trainer, batch, err) != 0)
        return -1;
    struct stopwatch watch = {out->seconds, progress_clock()};
    out->loss = forward(trainer, batch, statistics, &watch);
    if (!isfinite(out->loss))
        return error_set(err, "the loss is no longer finite (%g): lower --learning_rate",
                         out->loss);
    out->carried = count_carried(trainer->acts.dscores, batch->n * batch->n);
    backward(trainer, batch, &watch);
    return 0;
}

int trainer_backward(struct trainer *trainer, const struct batch *batch, struct step_result *out,
                     struct error *err)
{
    return compute(trainer, batch, false, out, err);
}

/* As compute, and the gradient's norm; running statistics go on unless it fails. */
static int compute_step(struct trainer *trainer, const struct batch *batch, struct step_result *out,
                        struct error *err)
{
    const struct params *g = &trainer->gradients;
    keep_statistics(trainer, false);
    int status = compute(trainer, batch, true, out, err);
    if (status == 0)
        out->gradient_norm = adam_gradient_norm(g->data, g->count);
    if (status == 0 && !isfinite(out->gradient_norm))
        status = error_set(err, "the gradient is no longer finite (loss %g): lower --learning_rate",
                           out->loss);
    if (status != 0)
        keep_statistics(trainer, true);
    return status;
}

int trainer_step(struct trainer *trainer, const struct batch *batch, double learning_rate,
                 struct step_result *out, struct error *err)
{
    struct model *model = trainer->model;
    struct params *g = &trainer->gradients;
    if (compute_step(trainer, batch, out, err) != 0)
        return -1;
    struct stopwatch watch = {out->seconds, progress_clock()};
    double scale = adam_clip_factor(out->gradient_norm, model->options.grad_clip);
    adam_step(model->params.data, g->data, &trainer->adam, g->count, ++trainer->steps,
              learning_rate, scale);
    model_refresh(model);
    lap(&watch, STEP_ADAM);
    return 0;
}
