/* safetensors_checkpoint.h: checkpoints as safetensors. The encoders' tensors have the prefixes
 * "img_enc." and "txt_enc.", the training state's "scanscope.". __metadata__ has the options as
 * JSON in the text "opt" (or another of checkpoint_option_keys), or each as a text under its own
 * name, and epoch, Eiters and best_rsum as texts. */
#ifndef IO_TORCH_SAFETENSORS_CHECKPOINT_H
#define IO_TORCH_SAFETENSORS_CHECKPOINT_H

#include "io/torch/checkpoint.h"
#include "io/torch/safetensors.h"

/* Makes a checkpoint of an open file, as checkpoint_load does. Errors: not enough memory, metadata
 * that give an option twice with two values, options that are not JSON. */
int safetensors_checkpoint_load(const struct safetensors *file, struct checkpoint **out,
                                struct error *err) MUST_USE;

/* Writes a checkpoint, atomically, as the official writer lays tensors out. Errors: two tensors of
 * one name, those of writing. */
int safetensors_checkpoint_save(const char *path, const struct checkpoint *checkpoint,
                                struct error *err) MUST_USE;

#endif
