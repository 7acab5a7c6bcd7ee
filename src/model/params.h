/* params.h: a model's parameters: one allocation carved into named views. Gradients and Adam's
 * moments are further blocks of the same layout.
 *
 * F feature size, D joint embedding size, E word embedding size, V vocabulary. */
#ifndef MODEL_PARAMS_H
#define MODEL_PARAMS_H

#include <stddef.h>

#include "base/error.h"
#include "base/rng.h"
#include "io/torch/checkpoint.h"
#include "model/kind.h"
#include "model/options.h"

/* One direction of one GRU layer, gates in the order r, z, n. */
struct gru_weights {
    float *w_ih; /* 3D x in; in = E in the first layer, then D times the directions */
    float *w_hh; /* 3D x D */
    float *b_ih; /* 3D */
    float *b_hh; /* 3D */
};

/* A tensor, with the reference's name. */
struct param {
    char name[64];
    size_t group;         /* 0 image encoder, 1 text encoder, 2 the kind's */
    enum sgraf_kind role; /* whether it is trained */
    int ndim;
    size_t shape[2], count;
    size_t offset; /* of its floats within a block */
};

struct params {
    struct param *list; /* in the order of the reference's state dicts */
    size_t list_count, list_cap;
    size_t count;     /* floats in a block; offsets are multiples of 16, gaps are and stay zero */
    float *data;      /* the block, owned */
    float *fc_weight; /* D x F (weight_v under weight_norm) */
    float *fc_g;      /* 1, or NULL */
    float *fc_bias;   /* D */
    float *embed;     /* V x E */
    struct gru_weights *gru; /* [layer * directions + direction] */
    float *kind_block;       /* the kind's own, laid out as its tensors say (kind.h), or NULL */
};

/* Lays out the parameters of such a model, all zero. Errors: not enough memory. To be freed with
 * params_done. */
int params_init(const struct model_options *options, struct params *out,
                struct error *err) MUST_USE;
void params_done(struct params *params);

/* Copies a checkpoint's model into params. Errors: a tensor that is missing, misshapen (with both
 * shapes) or not finite, by name. */
int params_from_checkpoint(struct params *params, const struct checkpoint *checkpoint,
                           struct error *err) MUST_USE;

/* Initialises as the published code does: fc Xavier-uniform with zero bias (weight_norm: torch's
 * Linear default), embedding U(-0.1, 0.1), GRU U(-1/sqrt(D), 1/sqrt(D)); a kind's matrices
 * Xavier-uniform with zero biases, its norms 1 and 0, their statistics mean 0, variance 1. */
void params_random(struct params *params, const struct model_options *options, struct rng *rng);

/* Makes a tensor of a parameter in a block of this layout (the params' `data`, a moment, ...); its
 * name and data are borrowed from the params and the block. */
void params_tensor(const struct params *params, size_t index, float *block, struct tensor *out);

#endif
