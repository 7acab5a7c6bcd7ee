/* options.h: what defines a model and its training, under the reference's names and with its
 * defaults. Which of them a checkpoint says, and who says the others: options_given.h. */
#ifndef MODEL_OPTIONS_H
#define MODEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/torch/checkpoint.h"
#include "model/kernels/attn_options.h"
#include "model/kind_options.h"

/* The checkpoint's option with the name of the features that the model was trained on (model.h). */
#define MODEL_FEATURES_OPTION "feature_source"

struct model_options {
    struct attn_options attn;
    struct kind_options kind;                                  /* kind.kind is NULL for SCAN */
    int img_dim, word_dim, embed_size, num_layers, vocab_size; /* F, E, D, layers, V */
    bool bi_gru, no_imgnorm, no_txtnorm, weight_norm;
    /* training */
    bool max_violation;
    double margin, grad_clip, learning_rate;
    int num_epochs, batch_size, lr_update, log_step, val_step, workers;
    char data_name[256], data_path[1024], vocab_path[1024], logger_name[1024], model_name[1024],
        resume[1024];
    /* Where the options that model_given_name lists come from: bit i for number i. In none of them:
     * the file says it, or nothing depends on it. */
    unsigned given;   /* the user, who was asked because the file does not say */
    unsigned assumed; /* nobody: the reference's default */
    unsigned missing; /* nobody yet */
    unsigned kept;    /* the file, although the user gave another value */
};

/* Sets the reference's defaults. */
void model_options_default(struct model_options *out);

/* Brings what stands twice into agreement: the kind's sizes and lambda. To be called when all is
 * set; models and checkpoints do. */
void model_options_settle(struct model_options *options);

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

/* Whether it means anything for a model of this kind (all that SCAN and the kinds share does). */
bool model_option_applies(const struct model_options *options, size_t index);

/* Its kind in a checkpoint's opt. */
enum option_kind model_option_kind(size_t index);

/* Its value, if that is a number or a switch; NaN for texts. */
double model_option_number(const struct model_options *options, size_t index);

/* The number of the option with this name (underscores or hyphens), for model_option_value and the
 * like; SIZE_MAX if there is none. */
size_t model_option_find(const char *name);

struct model_given; /* options_given.h */
struct str;

/* The defaults, overridden by the checkpoint's opt and by what is given (NULL: nothing) where that
 * is silent, overridden by the tensors' shapes (sizes, layers, directions, weight norm). Errors:
 * sizes that disagree, a model of another family, no model; an option of the wrong type, one that
 * contradicts what is given; options that scores depend on and nobody says (err->question is set,
 * out->missing has them, and the rest of *out is as if the defaults were assumed). */
int model_options_from_checkpoint(const struct checkpoint *checkpoint,
                                  const struct model_given *given, struct model_options *out,
                                  struct error *err) MUST_USE;

/* Appends the checkpoint's options that its tensors contradict, with what these say, such as
 * "sgr_step is 2 (the tensors say 3)"; nothing if there are none. */
void model_options_contradicted(const struct checkpoint *checkpoint,
                                const struct model_options *options, struct str *out);

#endif
