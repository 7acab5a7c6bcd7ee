#include <assert.h>
#include <stdio.h>

#include "model/sgraf.h"

enum { PAD = 16 }; /* floats: every tensor starts on its own cache line */

/* Where the tensor being laid out belongs. */
struct cursor {
    struct sgraf_layout *layout;
    char prefix[48];
};

static size_t add(struct cursor *at, const char *name, enum sgraf_kind kind, int ndim, size_t rows,
                  size_t columns)
{
    struct sgraf_layout *l = at->layout;
    assert(l->tensor_count < SGRAF_MOST_TENSORS);
    struct sgraf_tensor *new = &l->tensors[l->tensor_count++];
    *new = (struct sgraf_tensor){.kind = kind,
                                 .ndim = ndim,
                                 .shape = {rows, columns},
                                 .count = rows * columns,
                                 .offset = l->count};
    snprintf(new->name, sizeof new->name, "%s%s", at->prefix, name);
    l->count += (new->count + PAD - 1) / PAD * PAD;
    return new->offset;
}

static void linear(struct cursor *at, const char *name, size_t out, size_t in,
                   struct sgraf_linear *linear_out)
{
    char full[64];
    snprintf(full, sizeof full, "%s.weight", name);
    linear_out->w = add(at, full, SGRAF_TRAINED, 2, out, in);
    snprintf(full, sizeof full, "%s.bias", name);
    linear_out->b = add(at, full, SGRAF_TRAINED, 1, out, 1);
}

static void norm(struct cursor *at, const char *name, size_t n, struct sgraf_norm *out)
{
    const struct {
        const char *name;
        enum sgraf_kind kind;
        size_t *place;
    } tensors[] = {{"weight", SGRAF_TRAINED, &out->weight},
                   {"bias", SGRAF_TRAINED, &out->bias},
                   {"running_mean", SGRAF_STATISTIC, &out->mean},
                   {"running_var", SGRAF_STATISTIC, &out->var},
                   {"num_batches_tracked", SGRAF_COUNTER, &out->counter}};
    char full[64];
    for (size_t i = 0; i < 5; i++) {
        bool counter = tensors[i].kind == SGRAF_COUNTER;
        snprintf(full, sizeof full, "%s.%s", name, tensors[i].name);
        *tensors[i].place = add(at, full, tensors[i].kind, !counter, counter ? 1 : n, 1);
    }
}

static void attention(struct cursor *at, bool image, struct sgraf_attention *out)
{
    size_t D = at->layout->options.D, R = at->layout->options.R;
    linear(at, "embedding_local.0", D, D, &out->local);
    if (image)
        norm(at, "embedding_local.1", R, &out->local_norm);
    linear(at, "embedding_global.0", D, D, &out->global);
    if (image)
        norm(at, "embedding_global.1", D, &out->global_norm);
    linear(at, "embedding_common.0", 1, D, &out->common);
}

void sgraf_layout_init(const struct sgraf_options *options, struct sgraf_layout *out)
{
    struct cursor at = {.layout = out, .prefix = "v_global_w."};
    size_t D = options->D, S = options->S;
    *out = (struct sgraf_layout){.options = *options};
    attention(&at, true, &out->image);
    snprintf(at.prefix, sizeof at.prefix, "t_global_w.");
    attention(&at, false, &out->text);
    *at.prefix = '\0';
    linear(&at, "sim_tranloc_w", S, D, &out->loc);
    linear(&at, "sim_tranglo_w", S, D, &out->glo);
    linear(&at, "sim_eval_w", 1, S, &out->eval);
    for (size_t k = 0; options->module == SGRAF_SGR && k < options->steps; k++) {
        snprintf(at.prefix, sizeof at.prefix, "SGR_module.%zu.", k);
        linear(&at, "graph_query_w", S, S, &out->query[k]);
        linear(&at, "graph_key_w", S, S, &out->key[k]);
        linear(&at, "sim_graph_w", S, S, &out->graph[k]);
    }
    if (options->module == SGRAF_SAF) {
        snprintf(at.prefix, sizeof at.prefix, "SAF_module.");
        linear(&at, "attn_sim_w", 1, S, &out->filter);
        norm(&at, "bn", 1, &out->filter_norm);
    }
}
