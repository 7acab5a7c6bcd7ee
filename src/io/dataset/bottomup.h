/* bottomup.h: region features as bottom-up-attention's extractors write them, image after image,
 * with memory for one image. The files and their variants are in scanscope-formats(5): FILE.tsv (or
 * inside a .zip)  six columns, or LXMERT's ten; with or without a header line FOLDER of .npz,
 * FILE.npz     one an image: x, bbox, num_bbox, image_w, image_h (MILVLG), or features, norm_bb
 * (UNITER) NAME_att                     with NAME_box beside it: .npz (feat) or .npy an image,
 * boxes .npy SPLIT_ims.npy                of a precomp folder, with SPLIT_ids.txt, _boxes.npy,
 * _img_sizes.npy beside it
 */
#ifndef IO_DATASET_BOTTOMUP_H
#define IO_DATASET_BOTTOMUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { BOTTOMUP_REGIONS_MAX = 1024, BOTTOMUP_FEATURES_MAX = 16384 };

/* One image. Everything belongs to the reader, until its next call. */
struct bottomup_image {
    const char *id;        /* as in the file */
    const char *where;     /* "FILE: line 7", for messages */
    int32_t width, height; /* pixels; 0 where the file does not say */
    size_t regions, feature_size;
    float *boxes;    /* regions x 4, x1 y1 x2 y2; NULL where there are none */
    bool normalised; /* boxes are parts of width and height, not pixels */
    float *features; /* regions x feature_size, all finite */
};

struct bottomup;

/* Opens a file or folder of a kind above. Errors: missing, or none of these. */
int bottomup_open(const char *path, struct bottomup **out, struct error *err) MUST_USE;
void bottomup_close(struct bottomup *reader); /* NULL is allowed */

/* Goes to the next image and tells its id (valid until the next call), without decoding it. 1: an
 * image, 0: the end, -1: an error. */
int bottomup_next(struct bottomup *reader, const char **id_out, struct error *err) MUST_USE;

/* The image that bottomup_next came to. Errors name file, line and reason: columns missing or too
 * many, num_boxes that disagrees with what is there, wrong base64, a size that is not positive, a
 * number that is not finite, boxes that end before they begin, features of another size than
 * before. */
int bottomup_load(struct bottomup *reader, struct bottomup_image *out, struct error *err) MUST_USE;

/* How far: of `total` (0: unknown) bytes, files or rows. */
void bottomup_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out);

/* A line worth telling about what was opened (a split cut as the reference does), or NULL. */
const char *bottomup_note(const struct bottomup *reader);

#endif
