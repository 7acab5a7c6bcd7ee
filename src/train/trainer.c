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

/* Everything between the inputs and the loss. n pairs, N regions of all, M words of all, D
 * embedding size. */
struct activations {
    float *v, *v_norm; /* N x D, N */
    float *e;          /* M x D */
    float *dv, *de;
    float *scores, *dscores; /* n x n */
    float *dfc;              /* weight_norm only: D x F, gradient of the effective weight */
    struct text_acts text;
    struct xattn_acts xattn;
};

struct trainer {
    struct model *model;
    struct params gradients;
    struct adam adam;
    int64_t steps;
    struct activations acts;
    char *block; /* block_size bytes: the activations */
    size_t block_size;
};

int trainer_new(struct model *model, struct trainer **out, struct error *err)
{
    struct trainer *t = mem_new(1, sizeof *t);
    size_t n = model->params.count;
    t->model = model;
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

static struct xattn_shape shape_of(const struct trainer *t, const struct batch *b)
{
    return (struct xattn_shape){b->n, b->n, (size_t)t->model->options.embed_size, b->region_starts,
                                b->starts};
}

static void carve(const struct trainer *t, const struct batch *b, struct arena *arena,
                  struct activations *out)
{
    const struct model_options *o = &t->model->options;
    struct xattn_shape shape = shape_of(t, b);
    size_t D = shape.D, regions = b->region_starts[b->n], words = b->starts[b->n];
    out->v = arena_take(arena, regions * D, sizeof(float));
    out->v_norm = arena_take(arena, regions, sizeof(float));
    out->e = arena_take(arena, words * D, sizeof(float));
    out->dv = arena_take(arena, regions * D, sizeof(float));
    out->de = arena_take(arena, words * D, sizeof(float));
    out->scores = arena_take(arena, b->n * b->n, sizeof(float));
    out->dscores = arena_take(arena, b->n * b->n, sizeof(float));
    out->dfc = arena_take(arena, o->weight_norm ? D * (size_t)o->img_dim : 0, sizeof(float));
    text_encoder_acts_carve(o, b->n, words, true, arena, &out->text);
    xattn_acts_carve(&o->attn, &shape, true, (size_t)omp_get_max_threads(), arena, &out->xattn);
}

static int make_room(struct trainer *t, const struct batch *b, struct error *err)
{
    struct arena arena = {0};
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

static double forward(struct trainer *t, const struct batch *b, struct stopwatch *watch)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    struct xattn_shape shape = shape_of(t, b);
    size_t rows = b->region_starts[b->n], D = shape.D;
    fc_forward(b->features, rows, (size_t)o->img_dim, D, t->model->fc, t->model->params.fc_bias,
               a->v);
    if (!o->no_imgnorm)
        fc_l2norm_forward(a->v, rows, D, a->v_norm);
    lap(watch, STEP_IMAGE);
    text_encoder_forward(o, &t->model->params, b->ids, b->starts, b->n, &a->text, a->e);
    lap(watch, STEP_TEXT);
    xattn_forward(&o->attn, &shape, a->v, a->e, &a->xattn, a->scores);
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
    size_t rows = b->region_starts[b->n], D = (size_t)o->embed_size, F = (size_t)o->img_dim;
    if (!o->no_imgnorm)
        fc_l2norm_backward(a->v, a->v_norm, rows, D, a->dv);
    if (!o->weight_norm) {
        fc_backward(b->features, a->dv, rows, F, D, g->fc_weight, g->fc_bias);
        return;
    }
    memset(a->dfc, 0, D * F * sizeof *a->dfc);
    fc_backward(b->features, a->dv, rows, F, D, a->dfc, g->fc_bias);
    fc_weight_norm_backward(t->model->params.fc_weight, *t->model->params.fc_g, D * F, a->dfc,
                            g->fc_weight, g->fc_g);
}

static void backward(struct trainer *t, const struct batch *b, struct stopwatch *watch)
{
    const struct model_options *o = &t->model->options;
    struct activations *a = &t->acts;
    struct xattn_shape shape = shape_of(t, b);
    memset(t->gradients.data, 0, t->gradients.count * sizeof(float));
    xattn_backward(&o->attn, &shape, a->v, a->e, a->dscores, &a->xattn, a->dv, a->de);
    lap(watch, STEP_ATTENTION_BACK);
    backward_image(t, b);
    lap(watch, STEP_IMAGE_BACK);
    text_encoder_backward(o, &a->text, a->e, a->de, &t->gradients);
    lap(watch, STEP_TEXT_BACK);
}

int trainer_backward(struct trainer *trainer, const struct batch *batch, struct step_result *out,
                     struct error *err)
{
    if (batch->n < 2)
        return error_set(err, "a training step needs at least two pairs; this one has %zu",
                         batch->n);
    if (model_check_words(&trainer->model->options, batch->ids, batch->starts, batch->n, err) !=
            0 ||
        make_room(trainer, batch, err) != 0)
        return -1;
    struct stopwatch watch = {out->seconds, progress_clock()};
    out->loss = forward(trainer, batch, &watch);
    if (!isfinite(out->loss))
        return error_set(err, "the loss is no longer finite (%g): lower --learning_rate",
                         out->loss);
    out->carried = count_carried(trainer->acts.dscores, batch->n * batch->n);
    backward(trainer, batch, &watch);
    return 0;
}

int trainer_step(struct trainer *trainer, const struct batch *batch, double learning_rate,
                 struct step_result *out, struct error *err)
{
    struct model *model = trainer->model;
    struct params *g = &trainer->gradients;
    if (trainer_backward(trainer, batch, out, err) != 0)
        return -1;
    struct stopwatch watch = {out->seconds, progress_clock()};
    out->gradient_norm = adam_gradient_norm(g->data, g->count);
    if (!isfinite(out->gradient_norm))
        return error_set(err, "the gradient is no longer finite (loss %g): lower --learning_rate",
                         out->loss);
    double scale = adam_clip_factor(out->gradient_norm, model->options.grad_clip);
    adam_step(model->params.data, g->data, &trainer->adam, g->count, ++trainer->steps,
              learning_rate, scale);
    model_refresh(model);
    lap(&watch, STEP_ADAM);
    return 0;
}
