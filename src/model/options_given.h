/* options_given.h: the options that scores depend on and that no tensor shows. If a checkpoint does
 * not say them either, the user has to: one by one, or by accepting the reference's defaults. */
#ifndef MODEL_OPTIONS_GIVEN_H
#define MODEL_OPTIONS_GIVEN_H

#include "base/notes.h"
#include "model/options.h"

/* In this order: whether lambda_lse is needed depends on agg_func, all on the family. ROW(context,
 * name, label in the explorer's form, what it is needed for): FAMILY, PAIRS: every model that has
 * it; LOGSUMEXP; SWITCH: off wherever it is not mentioned. */
#define MODEL_GIVEN_ROWS(ROW, context)                                                             \
    ROW(context, family, "Family", FAMILY)                                                         \
    ROW(context, cross_attn, "Attention", PAIRS)                                                   \
    ROW(context, agg_func, "Aggregation", PAIRS)                                                   \
    ROW(context, lambda_softmax, "Softmax", PAIRS)                                                 \
    ROW(context, lambda_lse, "LogSumExp", LOGSUMEXP)                                               \
    ROW(context, raw_feature_norm, "Raw scores", PAIRS)                                            \
    ROW(context, focal_type, "Focal step", PAIRS)                                                  \
    ROW(context, measure, "Similarity", PAIRS)                                                     \
    ROW(context, use_abs, "Abs. values", SWITCH)                                                   \
    ROW(context, no_imgnorm, "Image norm", SWITCH)                                                 \
    ROW(context, no_txtnorm, "Word norm", SWITCH)

#define MODEL_GIVEN_INDEX(context, name, label, need) MODEL_GIVEN_##name,
enum { MODEL_GIVEN_ROWS(MODEL_GIVEN_INDEX, ) MODEL_GIVEN, MODEL_GIVEN_TEXT = 32 };

/* What the user says. Zero-initialise for nothing. */
struct model_given {
    char value[MODEL_GIVEN][MODEL_GIVEN_TEXT]; /* "": not given */
    bool assume_defaults; /* for what neither the checkpoint nor the user says */
    bool shared;      /* said of several models at once: one whose checkpoint says otherwise keeps
                         its own value, with a note, instead of being refused */
    bool images_only; /* only images are embedded: what only the attention needs is not missing */
};

/* The name of option i < MODEL_GIVEN, and its number for model_option_value and the like. */
const char *model_given_name(size_t i);
size_t model_given_option(size_t i);

/* The i of this name (underscores or hyphens); MODEL_GIVEN if it is another option or none. */
size_t model_given_find(const char *name);

/* Gives option i a value; NULL turns a switch on, "" takes the value away. Errors: a value out of
 * range. */
int model_given_set(struct model_given *given, size_t i, const char *value,
                    struct error *err) MUST_USE;

/* Adds those of the options whose bit is in `which`: "cross_attn t2i, lambda_softmax 9". */
void model_given_list(const struct model_options *options, unsigned which, struct str *out);

/* Adds " (assumed cross_attn t2i; given lambda_softmax 9)" to the name of a model; nothing if its
 * checkpoint says all. */
void model_given_label(const struct model_options *options, struct str *name);

/* Notes what was assumed, what was given, and what was given but stands otherwise in the file. */
void model_given_notes(const struct model_options *options, const char *model, struct notes *notes);

/* The checkpoint's options that a model of this kind does not have: "gpu, seed"; nothing is added
 * if there are none. */
void model_options_unknown(const struct checkpoint *checkpoint, const struct model_options *options,
                           struct str *out);

/* "SCAN", or the kind's name. */
const char *model_options_kind(const struct model_options *options);

/* What the model computes, in a line: "SCAN, t2i (assumed), LogSumExp, clipped_l2norm; ...";
 * "cross_attn?" of an option that is missing. */
void model_options_line(const struct model_options *options, struct str *out);

struct json_out;

/* The same for programs: the members "options" (an object of all that model_given_name lists),
 * "assumed", "given" and "missing" (arrays of names, each only if there are any). */
void model_options_json(const struct model_options *options, struct json_out *out);

#endif
