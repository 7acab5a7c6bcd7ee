/* safetensors.h: the format of Hugging Face's safetensors: 8 bytes with the length of a header, the
 * header, JSON that gives each tensor's type, shape and place, and the numbers, little-endian and
 * in C order. */
#ifndef IO_TORCH_SAFETENSORS_H
#define IO_TORCH_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "io/array/array.h"

struct json_t; /* jansson's */

struct safetensors_entry {
    const char *name;       /* borrowed from the file */
    struct array_view view; /* of the mapped file; nothing is read before it is used */
};

struct safetensors;

/* Whether a file is one by its first bytes or, if these are nothing known, by its name. */
bool safetensors_is(const char *path, const void *data, size_t size);

/* Opens a file. Free with safetensors_free. Errors: missing, shorter than its header, a header that
 * is not such JSON or gives a name twice, types that are not read (named), more than
 * SAFETENSORS_TENSORS tensors, places that lie beyond the file, do not fit the shape, overlap, or
 * leave bytes unaccounted for. */
enum { SAFETENSORS_TENSORS = 100000 };
int safetensors_open(const char *path, struct safetensors **out, struct error *err) MUST_USE;

/* The same for a file in memory, which must outlive it; `name` stands for its path. */
int safetensors_open_bytes(const uint8_t *data, size_t size, const char *name,
                           struct safetensors **out, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void safetensors_free(struct safetensors *file);

/* Its path; its tensors, in the order of their bytes; its metadata, an object of strings, NULL if
 * there is none. All borrowed. */
const char *safetensors_path(const struct safetensors *file);
const struct safetensors_entry *safetensors_entries(const struct safetensors *file,
                                                    size_t *count_out);
const struct json_t *safetensors_metadata(const struct safetensors *file);

/* Adds to `out` what the file holds, as torchfile_list does. */
void safetensors_list(const struct safetensors *file, bool json, struct str *out);

#endif
