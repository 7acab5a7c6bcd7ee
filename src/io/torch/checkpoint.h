/* checkpoint.h: io/torch reads and writes PyTorch's files. Here: {epoch, model, best_rsum, opt,
 * Eiters} as the reference's training script saves it with torch.save, read from either of its
 * formats (zip, legacy stream) and written as zip.
 *
 * Checkpoints come from strangers: they are parsed by an allow-list, never executed. */
#ifndef IO_TORCH_CHECKPOINT_H
#define IO_TORCH_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"

enum { TENSOR_DIMS = 8 };

/* A named array in C order, whatever strides and type the file had. Numbers that float32 cannot
 * hold are kept as well: in `integers` if the file's type is bool or an integer, in `doubles` if it
 * is float64; else both are NULL. checkpoint_save writes int64, float64 and float32 by the same
 * rule, so what is saved is loaded bit for bit (a uint64 becomes the int64 of the same bits). */
struct tensor {
    char *name; /* owned; without "module.", which DataParallel inserts */
    int ndim;
    size_t shape[TENSOR_DIMS], count;
    float *data;           /* shape; converted from any other type; owned, as the next two */
    int64_t *integers;     /* shape, or NULL */
    double *doubles;       /* shape, or NULL */
    const char *file_type; /* as stored: "float32" */
};

/* A part of the model: an ordered dict of tensors. */
struct tensor_group {
    char *name; /* owned: the file's for the part ("img_enc", "[2]" in a list), or NULL */
    struct tensor *tensors;
    size_t count, cap;
};

/* OPTION_OPAQUE: a Python object that means nothing to us: an enum, a date, a class of the user's.
 */
enum option_kind { OPTION_NONE, OPTION_BOOL, OPTION_INT, OPTION_FLOAT, OPTION_TEXT, OPTION_OPAQUE };

/* A field of `opt` (argparse.Namespace), with the reference's name. */
struct option {
    char *name;
    enum option_kind kind;
    double number; /* bool, int, float */
    char *text;    /* OPTION_TEXT; OPTION_OPAQUE: its class, "<datetime.datetime>" */
};

/* All pointers but `format` and `options_key` are owned. */
struct checkpoint {
    char *path;                  /* NULL if it was not loaded */
    bool has_model;              /* `model` exists and has tensors */
    struct tensor_group *groups; /* [0] image encoder, [1] text encoder, then any other parts */
    size_t group_count;
    struct option *options;
    size_t option_count, option_cap;
    const char *options_key; /* where they were: "opt", "hyper_parameters" ...; NULL if nowhere */
    int64_t epoch, eiters;   /* -1 if missing or not an integer */
    double best_rsum;        /* NaN if missing */
    /* What our own trainer adds so that --resume continues as if never stopped: Adam's moments,
     * generator state, position in the epoch; tensors under the key "scanscope". Empty if missing.
     */
    struct tensor_group extra;
    const char *format; /* "zip", "legacy" or "safetensors" */
    struct notes notes; /* what was assumed or left out in reading it */
};

/* Loads one, of a torch file or of safetensors, by its first bytes. The model stands under `model`,
 * `state_dict`, `net` or `model_state_dict`, or is the whole file: a list of dicts, a dict of
 * dicts, or one flat dict whose names begin with the part's (checkpoint_sort_parts). Options stand
 * under one of checkpoint_option_keys, as a Namespace or a dict. What DataParallel and
 * torch.compile insert into names ("module.", "_orig_mod.") is dropped, and PyTorch 2's
 * parametrizations.weight.original0 and 1 become weight_g and weight_v. Free with checkpoint_free.
 * Errors: those of torchfile_open and safetensors_open; neither a dict nor a list, two tensors of
 * one name, a part of the model that is no plain array of real numbers, too many tensors, tensors
 * that do not fit their storages. */
int checkpoint_load(const char *path, struct checkpoint **out, struct error *err) MUST_USE;

/* The same from an open file (TORCHFILE_LOAD). Options that are objects of unknown classes become
 * OPTION_OPAQUE. */
struct torchfile;
int checkpoint_from_file(struct torchfile *file, struct checkpoint **out,
                         struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void checkpoint_free(struct checkpoint *checkpoint);

/* Writes a checkpoint, atomically: safetensors (safetensors_checkpoint.h) if the name ends in
 * .safetensors, else a zip that torch.load and the reference's code can open. What is missing (-1,
 * NaN) is omitted; bytes that are not UTF-8 are replaced. Errors: those of writing, a zip of more
 * than 4 GiB, two tensors of one name in safetensors. */
int checkpoint_save(const char *path, const struct checkpoint *checkpoint,
                    struct error *err) MUST_USE;

/* Adds to `out` what a file of any of the formats holds, whether it is a checkpoint or not, as
 * torchfile_describe does. Errors: those of torchfile_describe and safetensors_open. */
struct str;
int checkpoint_describe(const char *path, bool json, struct str *out, struct error *err) MUST_USE;

/* A tensor of a group, or an option, by its name; borrowed. NULL if there is none. */
const struct tensor *checkpoint_tensor_find(const struct tensor_group *group, const char *name);
const struct option *checkpoint_option_find(const struct checkpoint *checkpoint, const char *name);

/* Makes one of `groups` empty groups, with everything else missing. Free with checkpoint_free. */
struct checkpoint *checkpoint_new(size_t groups) MUST_USE;

enum tensor_kind { TENSOR_FLOATS, TENSOR_INTEGERS, TENSOR_DOUBLES };

/* Adds a tensor of zeros to a group, which owns it; *out is valid until the next is added. The
 * caller fills data (TENSOR_FLOATS), or integers or doubles, and then `data` is NULL, since only
 * loading converts. Errors: no memory, too many dimensions. */
int checkpoint_tensor_add(struct tensor_group *group, const char *name, enum tensor_kind kind,
                          int ndim, const size_t *shape, struct tensor **out,
                          struct error *err) MUST_USE;

/* Drops what DataParallel, torch.compile and the like insert into a tensor's name ("module.",
 * "_orig_mod."), in place, and gives PyTorch 2's weight norm its old names. */
void checkpoint_plain_name(char *name);

/* Brings the groups into the order of struct checkpoint: each tensor goes to the image or the text
 * encoder by the name of its part, which stands in its own name ("model.img_enc.fc.weight") or is
 * its group's, else by what only such an encoder has (fc.*; embed.*, rnn.*); whatever is neither
 * stays in groups of its own. Groups of which nothing is known are left as they are. Errors: two
 * tensors of one name. */
int checkpoint_sort_parts(struct checkpoint *checkpoint, struct error *err) MUST_USE;

/* Where options may stand, in the order in which they are looked for; NULL after the last. */
extern const char *const checkpoint_option_keys[];

/* Adds a field to opt; `text` is for OPTION_TEXT and OPTION_OPAQUE only and is copied. */
void checkpoint_option_add(struct checkpoint *checkpoint, const char *name, enum option_kind kind,
                           double number, const char *text);

#endif
