/* options.h: what defines a model and its training, by the reference's own names and defaults. */
#ifndef MODEL_OPTIONS_H
#define MODEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/torch/checkpoint.h"

enum cross_attn { CROSS_T2I, CROSS_I2T };
enum agg_func { AGG_LOGSUMEXP, AGG_MEAN, AGG_MAX, AGG_SUM };
enum raw_norm {
    RAW_SOFTMAX,
    RAW_L2NORM,
    RAW_CLIPPED_L2NORM,
    RAW_L1NORM,
    RAW_CLIPPED_L1NORM,
    RAW_CLIPPED,
    RAW_NO_NORM
};

/* What the cross attention needs (Sec. 3 of the paper; equations at each kernel). */
struct attn_options {
    enum cross_attn cross_attn;
    enum agg_func agg_func;
    enum raw_norm raw_feature_norm;
    float lambda_softmax, lambda_lse;
};

struct model_options {
    struct attn_options attn;
    int img_dim, word_dim, embed_size, num_layers, vocab_size; /* F, E, D, layers, V */
    bool bi_gru, no_imgnorm, no_txtnorm, weight_norm;
    /* training */
    bool max_violation;
    double margin, grad_clip, learning_rate;
    int num_epochs, batch_size, lr_update, log_step, val_step, workers;
    char data_name[256], data_path[1024], vocab_path[1024], logger_name[1024], model_name[1024],
        resume[1024];
};

/* The reference's defaults. */
void model_options_default(struct model_options *out);

/* One table serves checkpoints, flags and `info`: sets the option `name` (underscores or hyphens)
 * from text. Errors: unknown name, a value out of range (says what is allowed). */
int model_options_set(struct model_options *options, const char *name, const char *value,
                      struct error *err) MUST_USE;

/* Names of all options in order, NULL after the last; takes_value_out (NULL allowed) false for
 * switches. */
const char *model_option_name(size_t index, bool *takes_value_out, const char **help_out);

/* The value as text into `out`. */
void model_option_text(const struct model_options *options, size_t index, char *out, size_t size);

/* What its value is called in help: "N", "X", "TEXT", or the choices "a|b"; NULL for switches. */
const char *model_option_value(size_t index);

/* Its kind in a checkpoint's opt, and its value where that is a number (NaN for texts). */
enum option_kind model_option_kind(size_t index);
double model_option_number(const struct model_options *options, size_t index);

/* Defaults, overlaid with the checkpoint's opt, overlaid with what the tensors' shapes say (sizes,
 * layers, directions, weight norm). Errors: sizes that disagree, a member of another family. */
int model_options_from_checkpoint(const struct checkpoint *checkpoint, struct model_options *out,
                                  struct error *err) MUST_USE;

#endif
