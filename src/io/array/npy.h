/* npy.h: NumPy arrays (.npy versions 1 to 3; members of .npz), mapped and not read whole. */
#ifndef IO_ARRAY_NPY_H
#define IO_ARRAY_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"

enum npy_type {
    NPY_BOOL,
    NPY_I8,
    NPY_U8,
    NPY_I16,
    NPY_U16,
    NPY_I32,
    NPY_U32,
    NPY_I64,
    NPY_U64,
    NPY_F16,
    NPY_F32,
    NPY_F64,
    NPY_OBJECT
};
enum { NPY_DIMS = 8 };

/* An open array. The elements stay in the file until they are asked for. */
struct npy {
    enum npy_type type;
    bool swapped; /* the file's byte order is not this machine's */
    bool fortran; /* the first axis is the fastest */
    int ndim;     /* 0 .. NPY_DIMS */
    size_t shape[NPY_DIMS];
    size_t count;        /* product of shape */
    const uint8_t *data; /* count elements; NPY_OBJECT: a pickle of data_size bytes */
    size_t data_size;
    char *path; /* for messages; "FILE.npz(member)" for a member */
    struct file_map map;
    void *unpacked; /* a compressed .npz member's bytes */
};

/* Opens PATH (.npy; or .npz, which must hold one array or, when `member` is not NULL, that one, its
 * name with or without ".npy"). A stored member is mapped as a file is; a deflated one is unpacked
 * to memory. Errors: not an array, truncated (says both byte counts), unknown type, sizes that
 * overflow. */
int npy_open(const char *path, const char *member, struct npy **out, struct error *err) MUST_USE;
void npy_free(struct npy *array);

/* Names of the arrays of a .npz, without ".npy". Errors: not a zip file, damaged; `out` is empty
 * then. */
int npy_members(const char *path, struct str_list *out, struct error *err) MUST_USE;

/* "float32", and the bytes of an element (0 for NPY_OBJECT). */
const char *npy_type_name(enum npy_type type);
size_t npy_type_size(enum npy_type type);

/* Elements of one entry of the first axis (count / shape[0]). */
size_t npy_row_size(const struct npy *array);

/* Rows first .. first+n-1 as float32 in C order whatever the file's type and order; out holds
 * n * npy_row_size floats. Not for NPY_OBJECT. The range must lie inside. */
void npy_rows_f32(const struct npy *array, size_t first, size_t n, float *out);

/* The whole array as double, C order; out holds `count`. */
void npy_all_f64(const struct npy *array, double *out);

/* Pointer to the elements in place when they are native float32 in C order, else NULL. */
const float *npy_direct_f32(const struct npy *array);

/* Where NaN or infinity stands among rows first..first+n-1 as converted: index of the element
 * within them, or -1. */
ptrdiff_t npy_find_nonfinite(const float *values, size_t n);

/* "float32 1000 x 36 x 2048", the caller's to free. */
char *npy_describe(const struct npy *array);

/* Writes float32 / float16 (from float) / int32 / int64 arrays atomically, C order, version 1. */
int npy_save(const char *path, enum npy_type type, int ndim, const size_t *shape, const void *data,
             struct error *err) MUST_USE;
int npy_save_f16(const char *path, int ndim, const size_t *shape, const float *data,
                 struct error *err) MUST_USE;

/* An array whose number of rows is not known before its end. Rows go to a temporary file. */
struct npy_writer;

/* `row_shape` has ndim - 1 entries; `type` is NPY_F32 or NPY_F16 (values beyond its range become
 * infinite: npy_writer_rows refuses them), or NPY_I32. */
int npy_writer_open(const char *path, enum npy_type type, int ndim, const size_t *row_shape,
                    struct npy_writer **out, struct error *err) MUST_USE;
int npy_writer_rows(struct npy_writer *writer, size_t n, const void *rows,
                    struct error *err) MUST_USE;

/* Rows at a place of their own, in any order: row `first` and on. Rows that are never written are
 * zero. The position afterwards is the end of the last row written. */
int npy_writer_rows_at(struct npy_writer *writer, size_t first, size_t n, const void *rows,
                       struct error *err) MUST_USE;
size_t npy_writer_count(const struct npy_writer *writer);

/* Puts the file in its place and frees the writer, whether that succeeds or not. */
int npy_writer_commit(struct npy_writer *writer, struct error *err) MUST_USE;
void npy_writer_abort(struct npy_writer *writer); /* NULL is allowed */

/* IEEE half <-> float, round to nearest even. */
float npy_half_to_float(uint16_t half);
uint16_t npy_float_to_half(float value);

#endif
