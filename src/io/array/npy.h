/* npy.h: NumPy arrays (.npy versions 1 to 3, and members of .npz), mapped rather than read whole.
 */
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

/* An open array. The elements stay in the file until they are requested. */
struct npy {
    enum npy_type type;
    bool swapped; /* the file's byte order is not this machine's */
    bool fortran; /* the first axis is the fastest */
    int ndim;     /* 0 .. NPY_DIMS */
    size_t shape[NPY_DIMS];
    size_t count;        /* product of shape */
    const uint8_t *data; /* `count` elements; NPY_OBJECT: a pickle of data_size bytes */
    size_t data_size;
    char *path; /* for messages; "FILE.npz(member)" for a member */
    struct file_map map;
    bool borrowed;  /* `map` is the caller's bytes */
    void *unpacked; /* a compressed .npz member's bytes */
};

/* Opens PATH: an .npy, or an .npz that holds the array `member` (named with or without ".npy") or,
 * if that is NULL, just one array. A stored member is mapped like a file, a deflated one unpacked
 * into memory. Errors: missing, not an array, truncated (with both byte counts), an unsupported
 * type, sizes that overflow, no such member. */
int npy_open(const char *path, const char *member, struct npy **out, struct error *err) MUST_USE;

/* The same for bytes in memory, which must outlive the array; `path` is for messages. */
int npy_open_in(const uint8_t *bytes, size_t size, const char *path, const char *member,
                struct npy **out, struct error *err) MUST_USE;

/* Closes it; NULL is allowed. */
void npy_free(struct npy *array);

/* Names of the arrays of a .npz, without ".npy". Errors: not a zip file, damaged; `out` is empty
 * then. */
int npy_members(const char *path, struct str_list *out, struct error *err) MUST_USE;
int npy_members_in(const uint8_t *bytes, size_t size, const char *path, struct str_list *out,
                   struct error *err) MUST_USE;

/* A type's name, "float32", and the bytes per element (0 for NPY_OBJECT). */
const char *npy_type_name(enum npy_type type);
size_t npy_type_size(enum npy_type type);

/* Whether a path is named as a file of arrays is: .npy or .npz. */
bool npy_is_named(const char *path);

/* Elements per row, a row being one entry of the first axis: count / shape[0]. */
size_t npy_row_size(const struct npy *array);

/* Rows first .. first+n-1, which must exist, as float32 in C order whatever the file's type and
 * order; out: n x npy_row_size. Not for NPY_OBJECT. */
void npy_rows_f32(const struct npy *array, size_t first, size_t n, float *out);

/* Lets the system take the memory back in which rows before `end` were read from the file: for one
 * pass through a file that is larger than memory. They can be read again. */
void npy_rows_release(const struct npy *array, size_t end);

/* The whole array as double in C order; out: `count`. Not for NPY_OBJECT. */
void npy_all_f64(const struct npy *array, double *out);

/* The elements in place, borrowed from the array, if they are native float32 in C order; else NULL.
 */
const float *npy_direct_f32(const struct npy *array);

/* The index of the first NaN or infinity among n values; -1 if all are finite. */
ptrdiff_t npy_find_nonfinite(const float *values, size_t n);

/* Type and shape in words, "float32 1000 x 36 x 2048"; the caller's to free. */
char *npy_describe(const struct npy *array);

/* Writes an array atomically, in C order, as version 1; data: the product of shape elements of the
 * type (not NPY_F16 or NPY_OBJECT). npy_save_f16 converts from float. Errors: those of writing; a
 * value too large for float16. */
int npy_save(const char *path, enum npy_type type, int ndim, const size_t *shape, const void *data,
             struct error *err) MUST_USE;
int npy_save_f16(const char *path, int ndim, const size_t *shape, const float *data,
                 struct error *err) MUST_USE;

/* The header of an array in this machine's order, as all that is written here has it, for a file
 * that is written otherwise. */
enum { NPY_HEADER = 320 };
void npy_header(enum npy_type type, int ndim, const size_t *shape, char out[NPY_HEADER]);

/* Writes an array whose number of rows is not known until the end. Rows go to a temporary file. */
struct npy_writer;

/* Starts one. `row_shape` has ndim - 1 entries; `type` is NPY_F32, NPY_I32 or NPY_F16, for which
 * rows are given as float. Errors: those of file_out_open. */
int npy_writer_open(const char *path, enum npy_type type, int ndim, const size_t *row_shape,
                    struct npy_writer **out, struct error *err) MUST_USE;

/* Appends n rows. Errors: a full disk, a value too large for float16. */
int npy_writer_rows(struct npy_writer *writer, size_t n, const void *rows,
                    struct error *err) MUST_USE;

/* Puts the file in place; frees the writer whether or not that succeeds. Errors: those of writing.
 */
int npy_writer_commit(struct npy_writer *writer, struct error *err) MUST_USE;

/* Leaves no file behind and frees the writer; NULL is allowed. */
void npy_writer_abort(struct npy_writer *writer);

/* Converts between IEEE half and float; to half, rounds to nearest, ties to even. */
float npy_half_to_float(uint16_t half);
uint16_t npy_float_to_half(float value);

#endif
