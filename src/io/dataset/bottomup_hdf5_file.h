/* bottomup_hdf5_file.h: datasets of an HDF5 file as fields of a record. Foreign files are read
 * without following links to other files, external storage or virtual datasets, and without loading
 * filters from plugins; libhdf5 itself prints nothing. */
#ifndef IO_DATASET_BOTTOMUP_HDF5_FILE_H
#define IO_DATASET_BOTTOMUP_HDF5_FILE_H

#define H5_USE_110_API 1
#include <hdf5.h>

#include "io/dataset/bottomup_record.h"

enum { H5_NAMES_MAX = 1 << 24 };

/* Opens a file to read it. Errors: not HDF5, damaged, cut off. */
int h5_open(const char *path, hid_t *out, struct error *err) MUST_USE;

/* Adds the names of what a group holds itself (hard links), at most `most`; *others_out: how many
 * links it has to elsewhere. Errors, beginning with `where`: damaged, more than `most`. */
int h5_list(hid_t group, const char *where, size_t most, struct str_list *out, size_t *others_out,
            struct error *err) MUST_USE;

/* Whether `path`, by hard links all along, is a group or a dataset in `group`. */
bool h5_is(hid_t group, const char *path, H5I_type_t type);

/* A dataset of numbers, read in rows: entries of its first axis. */
struct h5_column {
    hid_t set;
    char *name;
    enum array_elem type; /* in memory: ELEM_F32, ELEM_F64 or ELEM_I64 */
    int ndim;
    hsize_t shape[ARRAY_DIMS];
    size_t row; /* numbers per row */
    uint8_t *rows;
    size_t first, count, room,
        batch; /* rows in memory; allocated; read at once if there are more */
};

/* 1: a dataset of numbers of at least one axis; 0: of something else. Errors, beginning with
 * `where`: damaged, stored outside the file, chunks too large to be read. */
int h5_column_open(hid_t group, const char *name, const char *where, struct h5_column *out,
                   struct error *err) MUST_USE;
void h5_column_close(struct h5_column *column);

/* Reads rows first .. first+n-1, which exist; *out: borrowed until the next call. Errors: damaged,
 * no memory. */
int h5_column_rows(struct h5_column *column, size_t first, size_t n, const char *where,
                   const uint8_t **out, struct error *err) MUST_USE;

/* Adds a dataset as the field `as` if it holds numbers or texts; attributes as fields of their
 * names. Errors: as h5_column_open; larger than an image's region features can be. */
int h5_add_set(struct bottomup_record *record, hid_t group, const char *name, const char *as,
               const char *where, struct error *err) MUST_USE;
void h5_add_attributes(struct bottomup_record *record, hid_t object);

/* The entries of a dataset of one axis (or N x 1) as texts, integers in digits. 0: it is something
 * else. Errors: as h5_column_open. */
int h5_texts(hid_t group, const char *name, const char *where, struct str_list *out,
             struct error *err) MUST_USE;

#endif
