#include "model/params.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"

enum { PAD = 16 }; /* floats: every tensor starts on its own cache line */

static size_t directions_of(const struct model_options *o)
{
    return o->bi_gru ? 2 : 1;
}

static void add(struct params *p, size_t group, size_t rows, size_t columns, int ndim,
                const char *name)
{
    struct param *new = &p->list[p->list_count++];
    *new =
        (struct param){.group = group, .ndim = ndim, .shape = {rows, columns}, .offset = p->count};
    snprintf(new->name, sizeof new->name, "%s", name);
    new->count = rows *columns;
    p->count += (new->count + PAD - 1) / PAD * PAD;
}

static void add_gru(struct params *p, const struct model_options *o, size_t layer, size_t direction)
{
    static const char *const parts[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    size_t D = (size_t)o->embed_size;
    size_t in = layer == 0 ? (size_t)o->word_dim : D * directions_of(o);
    size_t columns[] = {in, D, 1, 1};
    char name[64];
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s.%s_l%zu%s", o->kind.kind ? o->kind.kind->gru : "rnn",
                 parts[i], layer, direction ? "_reverse" : "");
        add(p, 1, 3 * D, columns[i], i < 2 ? 2 : 1, name);
    }
}

/* The kind's tensors, side by side as it wants them. */
static void add_kind(struct params *p, const struct kind_options *options)
{
    size_t start = p->count, size = 0;
    kind_tensor t;
    for (size_t i = 0; options->kind->tensor(options, i, &t, &size); i++) {
        MEM_ROOM(p->list, p->list_count, p->list_cap);
        struct param *new = &p->list[p->list_count++];
        *new = (struct param){.group = 2,
                              .role = t.kind,
                              .ndim = t.ndim,
                              .shape = {t.shape[0], t.shape[1]},
                              .count = t.count,
                              .offset = start + t.offset};
        snprintf(new->name, sizeof new->name, "%s", t.name);
    }
    p->count = start + size;
}

static bool has_block(const struct model_options *o)
{
    return o->kind.kind && o->kind.kind->tensor;
}

/* The option table's limits keep every product here far below SIZE_MAX. */
static void lay_out(const struct model_options *o, struct params *p)
{
    size_t F = (size_t)o->img_dim, D = (size_t)o->embed_size;
    size_t layers = (size_t)o->num_layers;
    p->list_cap = 4 + 8 * layers;
    p->list = mem_new(p->list_cap, sizeof *p->list);
    if (o->weight_norm) {
        add(p, 0, D, 1, 1, "fc.bias");
        add(p, 0, 1, 1, 0, "fc.weight_g");
        add(p, 0, D, F, 2, "fc.weight_v");
    } else {
        add(p, 0, D, F, 2, "fc.weight");
        add(p, 0, D, 1, 1, "fc.bias");
    }
    add(p, 1, (size_t)o->vocab_size, (size_t)o->word_dim, 2, "embed.weight");
    for (size_t layer = 0; layer < layers; layer++)
        for (size_t direction = 0; direction < directions_of(o); direction++)
            add_gru(p, o, layer, direction);
    if (has_block(o))
        add_kind(p, &o->kind);
}

static void carve(const struct model_options *o, struct params *p, float *data)
{
    const struct param *next = p->list;
    p->data = data;
    if (o->weight_norm) {
        p->fc_bias = data + next++->offset;
        p->fc_g = data + next++->offset;
        p->fc_weight = data + next++->offset;
    } else {
        p->fc_weight = data + next++->offset;
        p->fc_bias = data + next++->offset;
    }
    p->embed = data + next++->offset;
    size_t stacks = (size_t)o->num_layers * directions_of(o);
    p->gru = mem_new(stacks, sizeof *p->gru);
    for (size_t i = 0; i < stacks; i++, next += 4)
        p->gru[i] = (struct gru_weights){data + next[0].offset, data + next[1].offset,
                                         data + next[2].offset, data + next[3].offset};
    p->kind_block = has_block(o) ? data + next->offset : NULL;
}

int params_init(const struct model_options *options, struct params *out, struct error *err)
{
    float *data;
    *out = (struct params){0};
    lay_out(options, out);
    if (mem_alloc(&data, out->count, sizeof *data, "the model's parameters", err) != 0) {
        params_done(out);
        return -1;
    }
    carve(options, out, data);
    return 0;
}

void params_done(struct params *params)
{
    free(params->list);
    free(params->gru);
    free(params->data);
    *params = (struct params){0};
}

static void add_shape(struct str *s, int ndim, const size_t *shape)
{
    str_add(s, "(");
    for (int i = 0; i < ndim; i++)
        str_addf(s, "%s%zu", i ? ", " : "", shape[i]);
    str_add(s, ")");
}

/* torch writes a scalar as (), earlier versions as (1). */
static bool fits(const struct param *p, const struct tensor *t)
{
    if (t->count != p->count)
        return false;
    if (p->ndim == 0)
        return true;
    return t->ndim == p->ndim &&
           memcmp(t->shape, p->shape, (size_t)p->ndim * sizeof *p->shape) == 0;
}

static int misshapen(const struct param *p, const struct tensor *t, struct error *err)
{
    struct str has = {0}, wants = {0};
    add_shape(&has, t->ndim, t->shape);
    add_shape(&wants, p->ndim, p->shape);
    error_set(err, "the tensor %s has the shape %s instead of %s", p->name, str_text(&has),
              str_text(&wants));
    str_done(&has);
    str_done(&wants);
    return -1;
}

/* A variance below 0 makes every score NaN. */
static int check_variance(const struct param *p, const struct tensor *t, struct error *err)
{
    const char *last = strrchr(p->name, '.');
    for (size_t i = 0; p->role == SGRAF_STATISTIC && i < t->count; i++)
        if (t->data[i] < 0 && strcmp(last, ".running_var") == 0)
            return error_set(err,
                             "the tensor %s holds %g (at element %zu): no variance is negative",
                             p->name, t->data[i], i);
    return 0;
}

static int take_tensor(struct params *params, const struct param *p,
                       const struct checkpoint *checkpoint, struct error *err)
{
    const struct tensor *t = NULL;
    if (p->group < checkpoint->group_count)
        t = checkpoint_tensor_find(&checkpoint->groups[p->group], p->name);
    if (!t && p->role == SGRAF_COUNTER) /* nothing depends on it, and old versions had none */
        return 0;
    if (!t)
        return error_set(err, "the tensor %s is missing", p->name);
    if (!fits(p, t))
        return misshapen(p, t, err);
    ptrdiff_t bad = npy_find_nonfinite(t->data, t->count);
    if (bad >= 0)
        return error_set(err,
                         "the tensor %s holds NaN or infinity (at element %td): the training "
                         "that wrote it failed",
                         p->name, bad);
    memcpy(params->data + p->offset, t->data, t->count * sizeof(float));
    return check_variance(p, t, err);
}

int params_from_checkpoint(struct params *params, const struct checkpoint *checkpoint,
                           struct error *err)
{
    for (size_t i = 0; i < params->list_count; i++)
        if (take_tensor(params, &params->list[i], checkpoint, err) != 0)
            return -1;
    return 0;
}

static void fill_uniform(float *values, size_t n, double bound, struct rng *rng)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)rng_range(rng, -bound, bound);
}

static double norm_of(const float *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)values[i] * values[i];
    return sqrt(sum);
}

/* torch's Linear: U(-1/sqrt(F), 1/sqrt(F)) for weight and bias; weight_norm starts at g = |v|. */
static void random_weight_norm(struct params *params, size_t F, size_t D, struct rng *rng)
{
    double bound = 1 / sqrt((double)F);
    fill_uniform(params->fc_weight, D * F, bound, rng);
    fill_uniform(params->fc_bias, D, bound, rng);
    *params->fc_g = (float)norm_of(params->fc_weight, D * F);
}

/* The norms' weights are vectors, as are the biases of all. */
static void random_kind(const struct param *p, float *values, struct rng *rng)
{
    const char *last = strrchr(p->name, '.');
    bool is_one = strcmp(last, ".running_var") == 0 || strcmp(last, ".weight") == 0;
    if (p->ndim == 2)
        fill_uniform(values, p->count, sqrt(6.0) / sqrt((double)(p->shape[0] + p->shape[1])), rng);
    for (size_t i = 0; p->ndim != 2 && i < p->count; i++)
        values[i] = is_one ? 1 : 0;
}

void params_random(struct params *params, const struct model_options *options, struct rng *rng)
{
    size_t F = (size_t)options->img_dim, D = (size_t)options->embed_size;
    if (options->weight_norm)
        random_weight_norm(params, F, D, rng);
    else
        fill_uniform(params->fc_weight, D * F, sqrt(6.0) / sqrt((double)(F + D)), rng);
    for (size_t i = 0; i < params->list_count; i++) {
        const struct param *p = &params->list[i];
        double bound = strcmp(p->name, "embed.weight") == 0 ? 0.1 : 1 / sqrt((double)D);
        if (p->group == 1)
            fill_uniform(params->data + p->offset, p->count, bound, rng);
        if (p->group == 2)
            random_kind(p, params->data + p->offset, rng);
    }
}

void params_tensor(const struct params *params, size_t index, float *block, struct tensor *out)
{
    struct param *p = &params->list[index];
    *out = (struct tensor){.name = p->name,
                           .ndim = p->ndim,
                           .shape = {p->shape[0], p->shape[1]},
                           .count = p->count,
                           .data = block + p->offset,
                           .file_type = "float32"};
}
