/* torchfile.h: what torch.save writes, opened: the zip archive of PyTorch 1.6 and later or the
 * older stream, as a tree of pickle values whose tensors can be looked at and converted. */
#ifndef IO_TORCH_TORCHFILE_H
#define IO_TORCH_TORCHFILE_H

#include "base/file.h"
#include "base/str.h"
#include "io/array/array.h"
#include "io/torch/pickle.h"

/* TORCHFILE_STRICT: a global that is not allowed is an error; TORCHFILE_LIST: it is shown by its
 * name. */
enum torchfile_mode { TORCHFILE_STRICT, TORCHFILE_LIST };

struct torchfile;

/* Errors: not a torch file (says what it looks like), truncated, damaged, limits exceeded, a global
 * that is not allowed, storages that are missing or too short. */
int torchfile_open(const char *path, enum torchfile_mode mode, struct torchfile **out,
                   struct error *err) MUST_USE;

/* The same of a file that is in memory already and stays there; `name` stands for its path. */
int torchfile_open_bytes(const uint8_t *data, size_t size, const char *name,
                         enum torchfile_mode mode, struct torchfile **out,
                         struct error *err) MUST_USE;
void torchfile_free(struct torchfile *file);

const struct pickle_value *torchfile_root(const struct torchfile *file);
const char *torchfile_path(const struct torchfile *file);
const char *torchfile_format(const struct torchfile *file); /* "zip" or "legacy" */

/* 1: `value` is a tensor (or a parameter, or a numpy array) and the view is filled; its data stay
 * the file's. 0: it is none. -1: malformed, or its elements lie outside its storage. Without `load`
 * the view has no data. What is loaded of compressed or repeatedly shared storages is limited. */
int torchfile_array(struct torchfile *file, const struct pickle_value *value, const char *name,
                    bool load, struct array_view *out, struct error *err) MUST_USE;

/* Counts the memory for n elements of `size` bytes against what a file of this size may ask for (16
 * times its size and 64 MiB): tensors that share a storage, or repeat its elements, cannot ask for
 * everything. */
int torchfile_charge(struct torchfile *file, const char *name, size_t n, size_t size,
                     struct error *err) MUST_USE;

/* Adds to `out` what a torch file holds (tensors, shapes, types, options; nested dicts by path),
 * whether it is a checkpoint or not: one line each, or all as a JSON object. Errors: those of
 * torchfile_open and torchfile_array. */
int torchfile_describe(const char *path, bool json, struct str *out, struct error *err) MUST_USE;

/* The same of an open file (TORCHFILE_LIST). */
int torchfile_list(struct torchfile *file, bool json, struct str *out, struct error *err) MUST_USE;

#endif
