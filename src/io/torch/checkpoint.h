/* checkpoint.h: {epoch, model, best_rsum, opt, Eiters} as the reference's training script saves it
 * with torch.save, read from either format of it (zip, legacy stream) and written as zip.
 *
 * A checkpoint comes from a stranger: it is parsed by an allow-list, never executed. */
#ifndef IO_TORCH_CHECKPOINT_H
#define IO_TORCH_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { TENSOR_DIMS = 8 };

/* A named array, contiguous in C order, whatever strides and type the file had. Numbers that
 * float32 cannot hold are kept beside it: `integers` where the file's type is bool or an integer,
 * `doubles` where it is float64; else both are NULL. checkpoint_save writes int64, float64 and
 * float32 by the same rule, so what is saved is loaded bit for bit (a uint64 travels as the int64
 * of the same bits). */
struct tensor {
    char *name; /* without "module.", which DataParallel puts in */
    int ndim;
    size_t shape[TENSOR_DIMS], count;
    float *data;           /* converted from float16, bfloat16, float64, integers */
    int64_t *integers;     /* or NULL */
    double *doubles;       /* or NULL */
    const char *file_type; /* "float32", as stored */
};

/* A member of the model list: an ordered dict of tensors. */
struct tensor_group {
    struct tensor *tensors;
    size_t count, cap;
};

enum option_kind { OPTION_NONE, OPTION_BOOL, OPTION_INT, OPTION_FLOAT, OPTION_TEXT };

/* A field of `opt` (argparse.Namespace), by the reference's name. */
struct option {
    char *name;
    enum option_kind kind;
    double number; /* bool, int, float */
    char *text;    /* OPTION_TEXT */
};

struct checkpoint {
    char *path;
    bool has_model;              /* `model` was there and had tensors */
    struct tensor_group *groups; /* the list's members: [0] image encoder, [1] text encoder, ... */
    size_t group_count;
    struct option *options;
    size_t option_count, option_cap;
    int64_t epoch, eiters; /* -1 where missing, or no whole number */
    double best_rsum;      /* NaN where missing */
    /* What our own trainer adds so that --resume goes on as if never stopped: Adam's moments,
     * generator state, position in the epoch; a group of tensors under the key "scanscope". count 0
     * where missing. */
    struct tensor_group extra;
    const char *format; /* "zip" or "legacy" */
};

/* `model` (or `state_dict`, or the file's own root) may be a list of dicts, a dict of dicts or one
 * flat dict: groups in order, a flat dict is one. Entries that are no arrays are passed over.
 * Errors: every one a line with the file and the place: not a checkpoint, truncated, a global that
 * is not allowed (named), limits exceeded, storages that do not fit their tensors. */
int checkpoint_load(const char *path, struct checkpoint **out, struct error *err) MUST_USE;

/* The same of an open file (TORCHFILE_STRICT). */
struct torchfile;
int checkpoint_from_file(struct torchfile *file, struct checkpoint **out,
                         struct error *err) MUST_USE;
void checkpoint_free(struct checkpoint *checkpoint);

/* Writes a zip checkpoint that torch.load and the reference's code open; atomically. What is
 * missing (-1, NaN) is left out; bytes of a text that are no UTF-8 are replaced. Errors: the disk,
 * more than 4 GiB. */
int checkpoint_save(const char *path, const struct checkpoint *checkpoint,
                    struct error *err) MUST_USE;

const struct tensor *checkpoint_tensor_find(const struct tensor_group *group, const char *name);
const struct option *checkpoint_option_find(const struct checkpoint *checkpoint, const char *name);

/* To make one: a checkpoint of `groups` empty groups, everything else missing; checkpoint_free
 * frees it. */
struct checkpoint *checkpoint_new(size_t groups) MUST_USE;

enum tensor_kind { TENSOR_FLOATS, TENSOR_INTEGERS, TENSOR_DOUBLES };

/* Adds a tensor of zeros to a group; it is the group's, and the pointer holds until the next is
 * added. The caller fills data (TENSOR_FLOATS), integers or doubles; of the last two `data` is
 * NULL, as only a load converts. Errors: no memory, too many dimensions. */
int checkpoint_tensor_add(struct tensor_group *group, const char *name, enum tensor_kind kind,
                          int ndim, const size_t *shape, struct tensor **out,
                          struct error *err) MUST_USE;

/* Adds a field to opt. `text` only for OPTION_TEXT. */
void checkpoint_option_add(struct checkpoint *checkpoint, const char *name, enum option_kind kind,
                           double number, const char *text);

#endif
