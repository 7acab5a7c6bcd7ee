/* npy_private.h: what the files of the npy module share. */
#ifndef IO_ARRAY_NPY_PRIVATE_H
#define IO_ARRAY_NPY_PRIVATE_H

#include "io/array/npy.h"

/* NumPy's code of a type without the byte order, such as "f4". */
const char *npy_type_code(enum npy_type type);

/* Finds an array in the zip file mapped at array->map and points array->data at its bytes, header
 * included; array->path gets the member's name, array->unpacked what had to be inflated. Errors: a
 * damaged zip file, no such member, one packed in a way that is not supported. */
int npz_locate(const char *member, struct npy *array, struct error *err) MUST_USE;

#endif
