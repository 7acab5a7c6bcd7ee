/* npy_private.h: what the files of the npy module share. */
#ifndef IO_ARRAY_NPY_PRIVATE_H
#define IO_ARRAY_NPY_PRIVATE_H

#include "io/array/npy.h"

/* NumPy's code of a type without the byte order, as "f4". */
const char *npy_type_code(enum npy_type type);

/* `count` elements of `type` from unaligned bytes to float or double. */
void npy_convert_f32(enum npy_type type, bool swapped, const uint8_t *from, size_t count,
                     float *out);
void npy_convert_f64(enum npy_type type, bool swapped, const uint8_t *from, size_t count,
                     double *out);

/* Finds an array in the zip file mapped at array->map and points array->data at its bytes, header
 * and all; array->path gets the member's name, array->unpacked what had to be inflated. */
int npz_locate(const char *member, struct npy *array, struct error *err) MUST_USE;

bool npz_is_zip(const struct file_map *map);

#endif
