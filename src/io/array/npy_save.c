/* npy_save.c: writes arrays, whole or by rows. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy_private.h"

/* Long enough for 8 axes of 20 digits, so that the number of rows can be filled in at the end. */
enum { PREFIX = 10, CHUNK = 4096 };

struct npy_writer {
    struct file_out out;
    char *path;
    enum npy_type type;
    int ndim;
    size_t shape[NPY_DIMS], row_bytes; /* row_bytes: of a row of input */
};

void npy_header(enum npy_type type, int ndim, const size_t *shape, char out[NPY_HEADER])
{
    static const bool big_machine = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    char order = npy_type_size(type) == 1 ? '|' : big_machine ? '>' : '<';
    struct str text = {0};
    str_addf(&text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order,
             npy_type_code(type));
    for (int i = 0; i < ndim; i++)
        str_addf(&text, i + 1 < ndim || ndim == 1 ? "%zu, " : "%zu", shape[i]);
    str_add(&text, "), }");
    memset(out, ' ', NPY_HEADER);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (char)((NPY_HEADER - PREFIX) & 0xff);
    out[9] = (char)((NPY_HEADER - PREFIX) >> 8);
    memcpy(out + PREFIX, text.text, text.length);
    out[NPY_HEADER - 1] = '\n';
    str_done(&text);
}

static int write_bytes(struct npy_writer *w, const void *data, size_t size, struct error *err)
{
    if (fwrite(data, 1, size, w->out.stream) == size)
        return 0;
    return error_errno(err, w->path, "write");
}

static int write_header(struct npy_writer *w, struct error *err)
{
    char header[NPY_HEADER];
    npy_header(w->type, w->ndim, w->shape, header);
    return write_bytes(w, header, sizeof header, err);
}

static int writer_start(const char *path, enum npy_type type, int ndim, const size_t *shape,
                        size_t element, struct npy_writer **out, struct error *err)
{
    struct npy_writer *w = mem_new(1, sizeof *w);
    *w = (struct npy_writer){
        .path = mem_strdup(path), .type = type, .ndim = ndim, .row_bytes = element};
    for (int i = 0; i < ndim; i++) {
        w->shape[i] = shape[i];
        if (i > 0)
            w->row_bytes *= shape[i];
    }
    *out = w;
    if (file_out_open(path, &w->out, err) == 0 && write_header(w, err) == 0)
        return 0;
    npy_writer_abort(w);
    *out = NULL;
    return -1;
}

int npy_writer_open(const char *path, enum npy_type type, int ndim, const size_t *row_shape,
                    struct npy_writer **out, struct error *err)
{
    size_t shape[NPY_DIMS] = {0};
    memcpy(shape + 1, row_shape, (size_t)(ndim - 1) * sizeof *shape);
    size_t element = type == NPY_F16 ? sizeof(float) : npy_type_size(type);
    return writer_start(path, type, ndim, shape, element, out, err);
}

static int write_halves(struct npy_writer *w, size_t count, const float *values, struct error *err)
{
    uint16_t halves[CHUNK];
    for (size_t at = 0; at < count; at += CHUNK) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;
        for (size_t i = 0; i < n; i++) {
            halves[i] = npy_float_to_half(values[at + i]);
            if ((halves[i] & 0x7fff) == 0x7c00 && isfinite(values[at + i]))
                return error_at(err, w->path, -1,
                                "%g is too large for float16 (at most 65504); write float32",
                                (double)values[at + i]);
        }
        if (write_bytes(w, halves, n * sizeof *halves, err) != 0)
            return -1;
    }
    return 0;
}

static int write_rows(struct npy_writer *w, size_t n, const void *rows, struct error *err)
{
    if (w->type == NPY_F16)
        return write_halves(w, n * w->row_bytes / sizeof(float), rows, err);
    return write_bytes(w, rows, n * w->row_bytes, err);
}

int npy_writer_rows(struct npy_writer *w, size_t n, const void *rows, struct error *err)
{
    w->shape[0] += n;
    return write_rows(w, n, rows, err);
}

static void writer_free(struct npy_writer *w)
{
    free(w->path);
    free(w);
}

int npy_writer_commit(struct npy_writer *w, struct error *err)
{
    int status = fflush(w->out.stream) == 0 ? 0 : error_errno(err, w->path, "write");
    if (status == 0 && fseeko(w->out.stream, 0, SEEK_SET) != 0)
        status = error_errno(err, w->path, "seek in");
    if (status == 0)
        status = write_header(w, err);
    if (status == 0)
        status = file_out_commit(&w->out, err);
    else
        file_out_abort(&w->out);
    writer_free(w);
    return status;
}

void npy_writer_abort(struct npy_writer *w)
{
    if (!w)
        return;
    if (w->out.path)
        file_out_abort(&w->out);
    writer_free(w);
}

/* The number of rows is known, so nothing is filled in later and a pipe or device will do. */
static int save(const char *path, enum npy_type type, int ndim, const size_t *shape,
                const void *data, size_t element, struct error *err)
{
    struct npy_writer *w;
    if (writer_start(path, type, ndim, shape, element, &w, err) != 0)
        return -1;
    size_t rows = ndim > 0 ? shape[0] : 1;
    w->shape[0] = 0;
    int status = npy_writer_rows(w, rows, data, err);
    status = status == 0 ? file_out_commit(&w->out, err) : (file_out_abort(&w->out), -1);
    writer_free(w);
    return status;
}

int npy_save(const char *path, enum npy_type type, int ndim, const size_t *shape, const void *data,
             struct error *err)
{
    assert(type != NPY_F16 && type != NPY_OBJECT);
    return save(path, type, ndim, shape, data, npy_type_size(type), err);
}

int npy_save_f16(const char *path, int ndim, const size_t *shape, const float *data,
                 struct error *err)
{
    return save(path, NPY_F16, ndim, shape, data, sizeof(float), err);
}
