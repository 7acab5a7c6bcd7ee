/* array.h: io/array reads and writes arrays of numbers. Here: element types of foreign files, and a
 * view of an array in memory with any element type, byte order, strides and offset. Torch tensors
 * and pickled numpy arrays are both read through it. */
#ifndef IO_ARRAY_ARRAY_H
#define IO_ARRAY_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum array_elem {
    ELEM_BOOL,
    ELEM_U8,
    ELEM_I8,
    ELEM_U16,
    ELEM_I16,
    ELEM_U32,
    ELEM_I32,
    ELEM_U64,
    ELEM_I64,
    ELEM_F16,
    ELEM_BF16,
    ELEM_F32,
    ELEM_F64,
    ELEM_C64,
    ELEM_C128,   /* complex: can be listed, not converted */
    ELEM_OBJECT, /* numpy's array of Python objects */
    ELEM_COUNT
};

/* Bytes per element. */
size_t array_elem_size(enum array_elem type);

/* The type's name, "float32". */
const char *array_elem_name(enum array_elem type);

/* Whether an element is a real number; whether it is bool or an integer. */
bool array_elem_is_real(enum array_elem type);
bool array_elem_is_integer(enum array_elem type);

enum { ARRAY_DIMS = 8 };

/* Elements somewhere in memory that belongs to someone else. */
struct array_view {
    enum array_elem type;
    bool swapped;        /* not this machine's byte order */
    const uint8_t *data; /* the storage, borrowed; NULL if only the shape is known */
    size_t available;    /* elements in the storage */
    size_t offset;       /* of the first element, in elements */
    int ndim;
    size_t shape[ARRAY_DIMS], stride[ARRAY_DIMS]; /* elements */
    size_t count;                                 /* product of shape */
};

/* Computes count from shape. Errors: the product overflows; they begin with `what`. */
int array_measure(struct array_view *view, const char *what, struct error *err) MUST_USE;

/* Sets the strides of C order, or of Fortran order. */
void array_contiguous(struct array_view *view, bool fortran);

/* Checks that every element the view addresses lies inside the storage. Errors: one does not (with
 * both numbers); they begin with `what`. */
int array_check(const struct array_view *view, const char *what, struct error *err) MUST_USE;

/* Copies all elements in C order; out: `count` values. The view has been checked and has data, and
 * its type is real (an integer type for array_integers). */
void array_floats(const struct array_view *view, float *out);
void array_doubles(const struct array_view *view, double *out);
void array_integers(const struct array_view *view, int64_t *out);

#endif
