/* bottomup.h: region features as written by bottom-up-attention's extractors, image after image, in
 * memory for one image. The files and their variants are in scanscope-formats(5):
 *
 *   FILE.tsv, also inside a .zip   six columns, or LXMERT's ten; with or without a header line
 *   FILE.tsv of VinVL and Oscar    an id and JSON (num_boxes, features), or an id, a number and
 *                                  features; the last six of the features are the box
 *   FOLDER of .npz or .npy         one per image, also in folders below; NAME.npy with
 * NAME_info.npy; or one such file NAME_att with NAME_box         one .npz (feat) or .npy per image;
 * boxes .npy FILE.h5                        HDF5: rows, regions end to end, a group or a dataset
 * per image FOLDER with data.mdb, or FILE  LMDB: a .npz, a pickle or msgpack per image
 *   SPLIT_ims.npy                  of a precomp folder, with SPLIT_ids.txt, _boxes.npy,
 *                                  _img_sizes.npy
 */
#ifndef IO_DATASET_BOTTOMUP_H
#define IO_DATASET_BOTTOMUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/str.h"

enum { BOTTOMUP_REGIONS_MAX = 1024, BOTTOMUP_FEATURES_MAX = 16384 };

/* One image. All pointers are borrowed from the reader until its next call. */
struct bottomup_image {
    const char *id;        /* as in the file */
    const char *where;     /* "FILE: line 7", for messages */
    int32_t width, height; /* pixels; 0 if the file does not say */
    size_t regions, feature_size;
    float
        *boxes; /* regions x 4: x1 y1 x2 y2, in pixels unless normalised; NULL if there are none */
    bool normalised;    /* boxes are fractions of width and height */
    bool incidental;    /* boxes are the last numbers of the features: not given as such */
    float *features;    /* regions x feature_size, all finite */
    int32_t *classes;   /* regions; -1: none; NULL if the file has none */
    float *confidences; /* regions, all finite; NULL likewise */
};

struct bottomup;
struct feature_source;

/* Whether the first line of a file is VinVL's or Oscar's. */
bool bottomup_is_vinvl(const char *line, size_t length);

/* Opens a file or folder of a kind above. Errors: missing, or none of these. *out is the caller's
 * to close. */
int bottomup_open(const char *path, struct bottomup **out, struct error *err) MUST_USE;

/* Closes and frees it; NULL is allowed. */
void bottomup_close(struct bottomup *reader);

/* Advances to the next image and gives its id (borrowed until the next call) without decoding it.
 * 1: an image; 0: the end; -1: an error: a damaged line or file, an id that is empty or too long.
 */
int bottomup_next(struct bottomup *reader, const char **id_out, struct error *err) MUST_USE;

/* Loads the image that bottomup_next came to, once. Errors, with file, line and reason: wrong
 * base64, a num_boxes that disagrees with the data, a size that is not positive, a number that is
 * not finite, boxes that end before they begin, features of another size than before. */
int bottomup_load(struct bottomup *reader, struct bottomup_image *out, struct error *err) MUST_USE;

/* After -1 from bottomup_next or bottomup_load: whether only that image is bad and bottomup_next
 * may be called again; false if nothing behind the place can be read. */
bool bottomup_can_go_on(const struct bottomup *reader);

/* The names of the classes, the first that of class 0, borrowed; empty if the file has numbers
 * only. It may grow while images are loaded; what is there stays. */
const struct str_list *bottomup_class_names(const struct bottomup *reader);

/* Which extractor made the features, borrowed; without `extractor` if the file does not say. */
const struct feature_source *bottomup_source(const struct bottomup *reader);

/* "FILE: line 7": where bottomup_next came to, borrowed until its next call. */
const char *bottomup_where(const struct bottomup *reader);

/* How many of `total` (0 if unknown) bytes, files or rows have been read. */
void bottomup_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out);

/* Remarks on what was opened (a split cut as by the reference), borrowed. */
const struct notes *bottomup_notes(const struct bottomup *reader);

#endif
