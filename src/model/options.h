/* options.h: what defines a model and its training, under the reference's names and with its
 * defaults. */
#ifndef MODEL_OPTIONS_H
#define MODEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/torch/checkpoint.h"
#include "model/kernels/attn_options.h"

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

/* Sets the reference's defaults. */
void model_options_default(struct model_options *out);

/* Sets the option `name` (underscores or hyphens) from text; NULL turns a switch on. Errors: an
 * unknown name, a value out of range (with the range). */
int model_options_set(struct model_options *options, const char *name, const char *value,
                      struct error *err) MUST_USE;

/* The name of an option in the reference's order, NULL after the last; its help, and whether it
 * takes a value (switches do not); both may be NULL to skip. One table serves checkpoints, flags
 * and `info`.
 */
const char *model_option_name(size_t index, bool *takes_value_out, const char **help_out);

/* Writes an option's value as text to `out`, at most `size` bytes. */
void model_option_text(const struct model_options *options, size_t index, char *out, size_t size);

/* The name of its value in help: "N", "X", "TEXT", or the choices "a|b"; NULL for switches. */
const char *model_option_value(size_t index);

/* Its kind in a checkpoint's opt. */
enum option_kind model_option_kind(size_t index);

/* Its value, if that is a number or a switch; NaN for texts. */
double model_option_number(const struct model_options *options, size_t index);

/* The defaults, overridden by the checkpoint's opt, overridden by the tensors' shapes (sizes,
 * layers, directions, weight norm). Errors: sizes that disagree, a model of another family, no
 * model. */
int model_options_from_checkpoint(const struct checkpoint *checkpoint, struct model_options *out,
                                  struct error *err) MUST_USE;

#endif
