/* model.h: a trained (or fresh) model: parameters and the two encoders.
 *
 * Shape letters: I images, C captions, R regions, W words of a caption (<start>, <end> included), F
 * feature size, D joint embedding size, E word embedding size, V vocabulary. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/torch/checkpoint.h"
#include "model/options.h"

struct model;

/* From a file or a checkpoint in memory. Errors as checkpoint_load and
 * model_options_from_checkpoint, and missing or misshapen tensors, by name with both shapes. */
int model_load(const char *path, struct model **out, struct error *err) MUST_USE;
int model_from_checkpoint(const struct checkpoint *checkpoint, struct model **out,
                          struct error *err) MUST_USE;

/* Fresh parameters as the reference initialises them (Xavier-uniform fc, U(-0.1, 0.1) embedding,
 * PyTorch's GRU default), from a seed. */
int model_new(const struct model_options *options, uint64_t seed, struct model **out,
              struct error *err) MUST_USE;
void model_free(struct model *model);

const struct model_options *model_options(const struct model *model);

/* Whether captions can be encoded. Errors: an id outside the vocabulary, an empty caption. */
int model_check_words(const struct model_options *options, const int32_t *ids, const size_t *starts,
                      size_t captions, struct error *err) MUST_USE;

/* Image encoder (eq. 8 of the paper): features rows x F -> embeddings rows x D, l2-normalised
 * unless no_imgnorm; rows = I * R. */
void model_encode_regions(const struct model *model, const float *features, size_t rows,
                          float *out);

/* A hash of all that image embeddings depend on beside the features: weights, bias, sizes, whether
 * they are normalised. Two models of the same hash embed images alike. */
uint64_t model_image_hash(const struct model *model);

/* Text encoder (eqs. 9-11): C captions of any lengths; ids concatenated, starts[c] - starts[0] ..
 * starts[c+1] - starts[0] - 1 those of caption c (C + 1 entries). out: total words x D in the same
 * order. Errors: an id outside the vocabulary, an empty caption. */
int model_encode_words(const struct model *model, const int32_t *ids, const size_t *starts,
                       size_t captions, float *out, struct error *err) MUST_USE;

#endif
