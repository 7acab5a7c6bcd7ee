#include "train/state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/countof.h"
#include "model/model_private.h"

/* The integers of the state, for saving and loading. */
static const struct {
    const char *name;
    size_t offset, count;
} fields[] = {
    {"epoch", offsetof(struct train_state, epoch), 1},
    {"batch", offsetof(struct train_state, batch), 1},
    {"iterations", offsetof(struct train_state, iterations), 1},
    {"captions", offsetof(struct train_state, captions), 1},
    {"batch_size", offsetof(struct train_state, batch_size), 1},
    {"rng", offsetof(struct train_state, rng), 4},
};

enum { FIELDS = COUNTOF(fields) };

static void add_options(struct checkpoint *checkpoint, const struct model_options *options)
{
    for (size_t i = 0; model_option_name(i, NULL, NULL); i++) {
        char text[1100];
        const char *name = model_option_name(i, NULL, NULL);
        enum option_kind kind = model_option_kind(i);
        if (i == model_given_option(0) || !model_option_applies(options, i))
            continue;
        model_option_text(options, i, text, sizeof text);
        if (kind == OPTION_TEXT)
            checkpoint_option_add(checkpoint, name, kind, 0, text);
        else
            checkpoint_option_add(checkpoint, name, kind, model_option_number(options, i), NULL);
    }
}

/* Adds a copy of parameter `index` of a block of that layout. */
static int add_floats(struct tensor_group *group, const struct params *params, size_t index,
                      const char *prefix, float *block, struct error *err)
{
    struct tensor from, *to;
    char name[80];
    params_tensor(params, index, block, &from);
    snprintf(name, sizeof name, "%s%s", prefix, from.name);
    if (checkpoint_tensor_add(group, name, TENSOR_FLOATS, from.ndim, from.shape, &to, err) != 0)
        return -1;
    memcpy(to->data, from.data, from.count * sizeof *from.data);
    return 0;
}

/* A parameter of the model. A count of batches is an integer, as PyTorch has it. */
static int add_parameter(struct tensor_group *group, const struct params *params, size_t index,
                         struct error *err)
{
    const struct param *p = &params->list[index];
    struct tensor *to;
    if (p->role != SGRAF_COUNTER)
        return add_floats(group, params, index, "", params->data, err);
    if (checkpoint_tensor_add(group, p->name, TENSOR_INTEGERS, p->ndim, p->shape, &to, err) != 0)
        return -1;
    for (size_t i = 0; i < p->count; i++)
        to->integers[i] = (int64_t)params->data[p->offset + i];
    return 0;
}

static int add_integers(struct tensor_group *group, const char *name, const void *values, size_t n,
                        struct error *err)
{
    struct tensor *to;
    if (checkpoint_tensor_add(group, name, TENSOR_INTEGERS, 1, &n, &to, err) != 0)
        return -1;
    memcpy(to->integers, values, n * sizeof(int64_t));
    return 0;
}

static int add_state(struct tensor_group *extra, const struct params *params,
                     struct trainer *trainer, const struct train_state *state, struct error *err)
{
    int64_t steps = trainer_steps(trainer);
    struct adam *adam = trainer_adam(trainer);
    if (add_integers(extra, "steps", &steps, 1, err) != 0)
        return -1;
    for (size_t i = 0; i < FIELDS; i++)
        if (add_integers(extra, fields[i].name, (const char *)state + fields[i].offset,
                         fields[i].count, err) != 0)
            return -1;
    if (state->masked && add_integers(extra, "masked", &state->masked, 1, err) != 0)
        return -1;
    for (size_t i = 0; i < params->list_count; i++)
        if (params->list[i].role == SGRAF_TRAINED &&
            (add_floats(extra, params, i, "adam.m.", adam->m, err) != 0 ||
             add_floats(extra, params, i, "adam.v.", adam->v, err) != 0))
            return -1;
    return 0;
}

int train_state_save(const char *path, const struct model *model, struct trainer *trainer,
                     const struct train_state *state, struct error *err)
{
    const struct params *params = &model->params;
    struct checkpoint *checkpoint = checkpoint_new(params->kind_block ? 3 : 2);
    int status = 0;
    checkpoint->has_model = true;
    checkpoint->epoch = state->epoch > 0 ? state->epoch - 1 : 0; /* the last complete one */
    checkpoint->eiters = state->iterations;
    checkpoint->best_rsum = state->best_rsum;
    add_options(checkpoint, &model->options);
    if (model_features(model))
        checkpoint_option_add(checkpoint, MODEL_FEATURES_OPTION, OPTION_TEXT, 0,
                              model_features(model));
    for (size_t i = 0; i < params->list_count && status == 0; i++)
        status = add_parameter(&checkpoint->groups[params->list[i].group], params, i, err);
    if (status == 0 && trainer)
        status = add_state(&checkpoint->extra, params, trainer, state, err);
    if (status == 0)
        status = checkpoint_save(path, checkpoint, err);
    checkpoint_free(checkpoint);
    return status;
}

static int damaged(const struct checkpoint *checkpoint, const char *name, struct error *err)
{
    return error_at(err, checkpoint->path, -1,
                    "the training state '%s' is missing or does not fit: resume from another "
                    "checkpoint",
                    name);
}

static int take_integers(const struct checkpoint *checkpoint, const char *name, void *out, size_t n,
                         struct error *err)
{
    const struct tensor *t = checkpoint_tensor_find(&checkpoint->extra, name);
    if (!t || t->count != n || !t->integers)
        return damaged(checkpoint, name, err);
    memcpy(out, t->integers, n * sizeof(int64_t));
    return 0;
}

static int take_floats(const struct checkpoint *checkpoint, const struct params *params,
                       size_t index, const char *prefix, float *block, struct error *err)
{
    const struct param *p = &params->list[index];
    char name[80];
    snprintf(name, sizeof name, "%s%s", prefix, p->name);
    const struct tensor *t = checkpoint_tensor_find(&checkpoint->extra, name);
    if (!t || t->count != p->count)
        return damaged(checkpoint, name, err);
    memcpy(block + p->offset, t->data, p->count * sizeof *block);
    return 0;
}

static int take_state(const struct checkpoint *checkpoint, const struct params *params,
                      struct trainer *trainer, struct train_state *state, struct error *err)
{
    int64_t steps;
    struct adam *adam = trainer_adam(trainer);
    if (take_integers(checkpoint, "steps", &steps, 1, err) != 0)
        return -1;
    for (size_t i = 0; i < FIELDS; i++)
        if (take_integers(checkpoint, fields[i].name, (char *)state + fields[i].offset,
                          fields[i].count, err) != 0)
            return -1;
    state->masked = 0;
    if (checkpoint_tensor_find(&checkpoint->extra, "masked") &&
        take_integers(checkpoint, "masked", &state->masked, 1, err) != 0)
        return -1;
    for (size_t i = 0; i < params->list_count; i++)
        if (params->list[i].role == SGRAF_TRAINED &&
            (take_floats(checkpoint, params, i, "adam.m.", adam->m, err) != 0 ||
             take_floats(checkpoint, params, i, "adam.v.", adam->v, err) != 0))
            return -1;
    if (steps < 0)
        return damaged(checkpoint, "steps", err);
    if (state->epoch < 0)
        return damaged(checkpoint, "epoch", err);
    if (state->batch < 0)
        return damaged(checkpoint, "batch", err);
    trainer_set_steps(trainer, steps);
    return 0;
}

int train_state_load(const struct checkpoint *checkpoint, const struct model *model,
                     struct trainer *trainer, struct train_state *state, bool *whole_out,
                     struct error *err)
{
    *whole_out = checkpoint->extra.count > 0;
    state->best_rsum = isfinite(checkpoint->best_rsum) ? checkpoint->best_rsum : 0;
    state->iterations = checkpoint->eiters > 0 ? checkpoint->eiters : 0;
    state->epoch = checkpoint->epoch >= 0 ? checkpoint->epoch + 1 : 0;
    return *whole_out ? take_state(checkpoint, &model->params, trainer, state, err) : 0;
}
