/* checkpoint_private.h: what the loading of checkpoints shares: tensors and their groups
 * (checkpoint.c), the walk through a file (checkpoint_load.c), options (checkpoint_options.c), the
 * order of the parts (checkpoint_parts.c). */
#ifndef IO_TORCH_CHECKPOINT_PRIVATE_H
#define IO_TORCH_CHECKPOINT_PRIVATE_H

#include "io/torch/checkpoint.h"
#include "io/torch/torchfile.h"

/* Free what a tensor or a group owns. */
void checkpoint_tensor_done(struct tensor *tensor);
void checkpoint_group_done(struct tensor_group *group);

/* Puts a tensor into a group, which takes over what it owns; the group's until the next is put. */
struct tensor *checkpoint_group_put(struct tensor_group *group, const struct tensor *tensor);

/* Reads the options of a file into the checkpoint; notes what was passed over. */
void checkpoint_load_options(struct checkpoint *checkpoint, struct torchfile *file);

/* Gets a number of Python's or numpy's, or a tensor of one element; false for anything else. */
bool checkpoint_number(struct torchfile *file, const struct pickle_value *value, double *out);

/* Whether `name` is one of the keys, which end with NULL. */
bool checkpoint_is_key(const char *const *keys, const char *name);

#endif
