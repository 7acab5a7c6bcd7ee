/* model.h: a trained (or fresh) model: parameters and the two encoders.
 *
 * Shape letters: I images, C captions, R regions per image, W words of a caption (<start> and <end>
 * included), F feature size, D joint embedding size, E word embedding size, V vocabulary size. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "io/torch/checkpoint.h"
#include "model/options_given.h"

struct model;
struct kind_model; /* kind.h */

/* Loads a model from a file, with what the user says of it (NULL: nothing). Errors: as
 * checkpoint_load and model_from_checkpoint. */
int model_load(const char *path, const struct model_given *given, struct model **out,
               struct error *err) MUST_USE;

/* Makes a model from a checkpoint in memory, which stays the caller's. Errors: as
 * model_options_from_checkpoint and params_from_checkpoint, not enough memory. */
int model_from_checkpoint(const struct checkpoint *checkpoint, const struct model_given *given,
                          struct model **out, struct error *err) MUST_USE;

/* Makes a model with fresh parameters, initialised from a seed as in the reference (params_random).
 * Errors: not enough memory. */
int model_new(const struct model_options *options, uint64_t seed, struct model **out,
              struct error *err) MUST_USE;
void model_free(struct model *model);

/* Borrowed from the model: its options; what was assumed or left out in reading its checkpoint. */
const struct model_options *model_options(const struct model *model);
const struct notes *model_notes(const struct model *model);

/* What the model does otherwise than SCAN, made ready to embed and score; borrowed. NULL: SCAN. */
const struct kind_model *model_kind(const struct model *model);

/* Numbers that training changes, and those that it keeps beside them (a batch norm's statistics).
 */
void model_count(const struct model *model, size_t *trained_out, size_t *kept_out);

/* The name of the features that the model was trained on (feature_source_name), borrowed; NULL if
 * it is not known. It is in a checkpoint's options as MODEL_FEATURES_OPTION. model_set_features
 * copies.
 */
const char *model_features(const struct model *model);
void model_set_features(struct model *model, const char *name);

/* Checks that features of that name (NULL: not known) are those the model was trained on. Errors:
 * both are known and differ; `where` names the features. */
int model_check_features(const struct model *model, const char *name, const char *where,
                         struct error *err) MUST_USE;

/* Checks that captions (as for model_encode_words) can be encoded. Errors: an id outside the
 * vocabulary, an empty caption. */
int model_check_words(const struct model_options *options, const int32_t *ids, const size_t *starts,
                      size_t captions, struct error *err) MUST_USE;

/* Image encoder (eq. 8 of the paper): features (rows x F) to embeddings `out` (rows x D),
 * l2-normalised unless no_imgnorm; rows = I * R. The same call gives the same bits, whatever the
 * number of threads. */
void model_encode_regions(const struct model *model, const float *features, size_t rows,
                          float *out);

/* A hash of everything but the features that image embeddings depend on: weights, bias, sizes,
 * whether they are normalised. Two models with the same hash embed images alike. */
uint64_t model_image_hash(const struct model *model);

/* Text encoder (eqs. 9-11): captions of any lengths, end to end in ids; caption c is ids[starts[c]
 * - starts[0]] .. ids[starts[c+1] - starts[0] - 1] (captions + 1 starts). out: all words x D, in
 * the same order. The same call gives the same bits. Errors: an id outside the vocabulary, an empty
 * caption, not enough memory. */
int model_encode_words(const struct model *model, const int32_t *ids, const size_t *starts,
                       size_t captions, float *out, struct error *err) MUST_USE;

#endif
