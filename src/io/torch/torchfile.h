/* torchfile.h: opens what torch.save writes, the zip archive of PyTorch 1.6 and later or the older
 * stream, as a tree of pickle values whose tensors can be inspected and converted. */
#ifndef IO_TORCH_TORCHFILE_H
#define IO_TORCH_TORCHFILE_H

#include "base/file.h"
#include "base/str.h"
#include "io/array/array.h"
#include "io/torch/pickle.h"

/* A name that is not allowed: TORCHFILE_LOAD: a value without a meaning, an error if it runs
 * programs; TORCHFILE_LIST: shown, whatever it is. */
enum torchfile_mode { TORCHFILE_LOAD, TORCHFILE_LIST };

struct torchfile;

/* Opens a file. Free with torchfile_free. Errors: missing, not a torch file (says what it looks
 * like), truncated, damaged, limits exceeded, a global that is not allowed (named), storages
 * missing or too short. */
int torchfile_open(const char *path, enum torchfile_mode mode, struct torchfile **out,
                   struct error *err) MUST_USE;

/* The same for a file in memory, which must outlive it; `name` stands for its path. */
int torchfile_open_bytes(const uint8_t *data, size_t size, const char *name,
                         enum torchfile_mode mode, struct torchfile **out,
                         struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void torchfile_free(struct torchfile *file);

/* Its root value, its path, and its format, "zip" or "legacy"; borrowed. */
const struct pickle_value *torchfile_root(const struct torchfile *file);
const char *torchfile_path(const struct torchfile *file);
const char *torchfile_format(const struct torchfile *file);

/* 1: `value` is a tensor (or a parameter, or a numpy array) and the view is filled; its data are
 * borrowed from the file. 0: it is not. -1: it is malformed, or its elements lie outside its
 * storage. Without `load` the view has no data. The memory for compressed storages is limited as by
 * torchfile_charge. `name` is for errors. */
int torchfile_array(struct torchfile *file, const struct pickle_value *value, const char *name,
                    bool load, struct array_view *out, struct error *err) MUST_USE;

/* Counts memory for n elements of `size` bytes against what a file of this size may use (16 times
 * its size plus 64 MiB), so that tensors that share a storage, or repeat its elements, cannot use
 * up everything. Errors: too much. */
int torchfile_charge(struct torchfile *file, const char *name, size_t n, size_t size,
                     struct error *err) MUST_USE;

/* Writes a checkpoint as a zip archive, atomically; see checkpoint_save. */
struct checkpoint;
int torchfile_save(const char *path, const struct checkpoint *checkpoint,
                   struct error *err) MUST_USE;

/* Adds to `out` what a torch file holds (tensors, shapes, types, options; nested dicts by path),
 * whether it is a checkpoint or not: one line each, or all as a JSON object. Errors: those of
 * torchfile_open and torchfile_array. */
int torchfile_describe(const char *path, bool json, struct str *out, struct error *err) MUST_USE;

/* The same for an open file (TORCHFILE_LIST). */
int torchfile_list(struct torchfile *file, bool json, struct str *out, struct error *err) MUST_USE;

#endif
