/* dataset.h: io/dataset reads and writes data folders. Here: a split of a `*_precomp` folder:
 * features, captions, ids, boxes, sizes, photographs. The files and their variants are in
 * scanscope-formats(5). */
#ifndef IO_DATASET_DATASET_H
#define IO_DATASET_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/caption_map.h"

/* The parts of a split, in the order of opening. */
enum dataset_part {
    DATASET_FEATURES,
    DATASET_CAPTIONS,
    DATASET_COUNTS,
    DATASET_IDS,
    DATASET_SIZES,
    DATASET_SOURCE,
    DATASET_BOXES,
    DATASET_CLASSES,
    DATASET_PHOTOS,
    DATASET_PARTS
};

/* Why parts cannot be used; zero-initialise to start. */
struct dataset_faults {
    bool found[DATASET_PARTS];
    struct error error[DATASET_PARTS];
};

/* {split} with this is a folder of files that replace those of the split: `scanscope extract` was
 * interrupted while it put them in place. */
#define DATASET_READY "_extract.ready"

/* What to open; NULL for what is not given. Either folder and split, or `features` (then all else
 * is optional). All borrowed. */
struct dataset_spec {
    const char *folder, *split;
    const char *features;   /* --ims FILE */
    const char *captions;   /* --captions FILE */
    const char *token_ids;  /* --token-ids FILE: lines of ids, <start> and <end> included */
    const char *photos;     /* --images DIR */
    const char *id_mapping; /* id -> file name JSON */
    struct dataset_faults
        *faults; /* NULL: the first fault is the error. Else a part but the
                  * features that cannot be used goes there, and counts as
                  * missing; and dev is not cut. Boxes, sizes and classes never fail */
};

/* What was found in the boxes of a split, after mending. */
struct dataset_box_counts {
    const char *layout;           /* what the four numbers were taken for; static; NULL: no boxes */
    bool fractions;               /* they were fractions of the image */
    size_t broken, zero;          /* hold NaN or infinity (made zero); are all zero */
    size_t empty;                 /* else without width or height */
    size_t reversed;              /* corners that were swapped */
    size_t beyond, beyond_images; /* reach beyond the image by more than rounding explains */
    const char *beyond_why;       /* what may explain it, for a note; static, "" if nothing */
    float farthest; /* that any box reaches, of its image's side; 0 if sides are unknown */
    bool small;     /* that is so little that boxes may be those of smaller pictures */
};

/* A split: I images, C captions; `map` tells which image a caption belongs to. Strings are as in
 * the file, made safe by utf8_clean only when shown. Features stay mapped. All pointers are owned.
 *
 * Files: features {split}_ims or {split}_feat, counts of regions {split}_num_boxes, boxes
 * {split}_boxes or {split}_ims_bbx, sizes {split}_img_sizes or {split}_ims_size (pairs, or GSMN's
 * and RCAR's pickled dicts), each .npy or .npz; captions {split}_caps.txt, their images
 * {split}_cap_img.txt, ids {split}_ids.txt; what a detector took the regions for {split}_classes,
 * {split}_confidences, {split}_class_names.txt. Only the features are required. */
struct dataset {
    char *folder, *split; /* if only `features` was given: its folder, and "" */
    size_t images,
        captions; /* I, C, after removing five-fold copies and cutting dev to 5000 captions */
    struct caption_map map;
    size_t regions, feature_size; /* R, F; R is 1 for features of two dimensions */
    int32_t *region_count;        /* of each image, 1 .. R: the rest of its rows is padding, which
                                   * takes part in nothing; NULL: all have R */
    struct npy *features;         /* image i is row i * row_step */
    size_t row_step;              /* 5 if the file holds each image five times, else 1 */
    char **caption;               /* C, without blanks at either end; NULL if only ids are given */
    int32_t **tokens;             /* from --token-ids, else NULL */
    size_t *token_count;
    size_t caption_lines; /* entries of caption and tokens: all in the file, not cut */
    char **id;            /* I; row numbers if there is no ids file */
    size_t id_lines;      /* entries of id */
    bool ids_are_rows;    /* there is no ids file */
    float *boxes;         /* I x R x 4: x1 y1 x2 y2 in pixels of the full image, zeros in padding;
                           * NULL if none */
    bool box_fractions;   /* they are fractions of it instead: there are no sizes */
    char *no_boxes;       /* why a file of boxes was not used; NULL if it was, or if absent */
    struct dataset_box_counts box_counts;
    int32_t *classes;            /* I x R: rows of class_names, -1: none; NULL if there are none */
    float *confidences;          /* I x R: 0 .. 1, of the classes; NULL if unknown */
    struct str_list class_names; /* UTF-8, safe to show; empty unless there are classes */
    int32_t *sizes;              /* I x 2: width, height in pixels; NULL if unknown */
    char *photo_folder;          /* NULL if none */
    char *source;          /* which extractor made the features (feature_source_name); NULL: not
                            * known */
    struct notes notes;    /* PFAN's boxes ignored, a cut, ... */
    struct notes unused;   /* "FILE REASON": what was dropped, boxes included */
    struct photos *photos; /* photos.h */
};

/* Opens a split. Boxes, sizes and classes that do not fit are dropped and noted, as only pictures
 * need them; boxes that are certainly not corners in pixels are mended and noted. If there are as
 * many rows of features as captions, each image is there five times if the first groups of five
 * rows are equal; else each image has one caption. A file of the captions' images comes before all
 * that: its rows are those of the features. Errors: a file that is missing or does not fit the
 * others (with both numbers). */
int dataset_open(const struct dataset_spec *spec, struct dataset **out, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void dataset_free(struct dataset *dataset);

/* The regions of an image that are real: the first of its R rows. */
static inline size_t dataset_regions_of(const struct dataset *dataset, size_t image)
{
    return dataset->region_count ? (size_t)dataset->region_count[image] : dataset->regions;
}

/* The features of images first .. first+n-1, which must exist; out: n x R x F, with zeros for
 * padding whatever the file has there. Errors: a NaN or infinity, with image and region. */
int dataset_features(const struct dataset *dataset, size_t first, size_t n, float *out,
                     struct error *err) MUST_USE;

/* The photograph's path, the caller's to free. Errors: those of photos_find. */
int dataset_photo(const struct dataset *dataset, size_t image, char **path_out,
                  struct error *err) MUST_USE;

/* What a detector took the region for, borrowed; NULL if that is not known, and for padding. */
const char *dataset_region_name(const struct dataset *dataset, size_t image, size_t region);

/* The image whose id is `text`, else whose id without folder and ending is, else whose row number
 * is; -1 if there is none. */
ptrdiff_t dataset_find_image(const struct dataset *dataset, const char *text);

/* What is wrong with a box of a split that has some, after mending, as box_counts counts it;
 * ROUNDING: it reaches beyond the image by so little that it is not counted. */
enum dataset_box_fault {
    DATASET_BOX_GOOD,
    DATASET_BOX_ZERO,
    DATASET_BOX_EMPTY,
    DATASET_BOX_BEYOND,
    DATASET_BOX_ROUNDING
};
enum dataset_box_fault dataset_box_fault(const struct dataset *dataset, size_t image,
                                         size_t region);

/* Takes sizes (I x 2, from now the dataset's) for those that are missing, and reads the boxes
 * again. Errors: no memory. */
int dataset_use_sizes(struct dataset *dataset, int32_t *sizes, struct error *err) MUST_USE;

/* The file that a part of a split is read from (but for photographs); NULL if there is none. The
 * caller's to free. */
char *dataset_part_path(const char *folder, const char *split, enum dataset_part part);

/* Of the name of a file of a split, {split}_..., what it holds in words ("features"); NULL for any
 * other name. *length_out: of the split's name in it. */
const char *dataset_file_kind(const char *name, size_t *length_out);

/* The path of the folder's vocabulary: vocab.json, or its only *_vocab.json; NULL if there is none.
 * The caller's to free. */
char *dataset_find_vocab(const struct dataset *dataset);

/* The splits of a folder (file names up to _ims or _feat), sorted, in one line: "dev, test, train";
 * empty if there are none. The caller's to free. */
char *dataset_list_splits(const char *folder);

#endif
