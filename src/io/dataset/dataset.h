/* dataset.h: a split of a `*_precomp` folder: features, captions, ids, boxes, sizes, photographs.
 * The files and their variants are in scanscope-formats(5). */
#ifndef IO_DATASET_DATASET_H
#define IO_DATASET_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/array/npy.h"

/* What to open; NULL where not given. Either folder and split, or `features` (then all else is
 * optional). */
struct dataset_spec {
    const char *folder, *split;
    const char *features;   /* --ims FILE */
    const char *captions;   /* --captions FILE */
    const char *token_ids;  /* --token-ids FILE: lines of ids, <start> and <end> included */
    const char *photos;     /* --images DIR */
    const char *id_mapping; /* id -> file name JSON */
};

/* A split. I images, C captions; caption c belongs to image c / per_image. All strings as in the
 * file, made safe by utf8_clean only where shown. Features stay mapped.
 *
 * Files: features {split}_ims or {split}_feat, boxes {split}_boxes or {split}_ims_bbx, sizes
 * {split}_img_sizes or {split}_ims_size (pairs, or GSMN's and RCAR's pickled dicts), each .npy or
 * .npz; captions {split}_caps.txt, ids {split}_ids.txt. Only the features have to be there. */
struct dataset {
    char *folder, *split;         /* of `features` and "" where only that was given */
    size_t images, captions;      /* after the five-fold redundancy and the 5000-caption dev cut */
    size_t per_image;             /* captions an image: 5 as a rule, 0 where there are none */
    size_t regions, feature_size; /* R, F; R is 1 for features of two dimensions */
    struct npy *features;         /* image i is row i * row_step */
    size_t row_step;              /* 5 where the file holds each image five times, else 1 */
    char **caption;   /* captions, blanks at both ends removed; NULL where only ids are given */
    int32_t **tokens; /* from --token-ids, else NULL */
    size_t *token_count;
    size_t caption_lines; /* entries of caption and tokens: those of the file, not cut */
    char **id;            /* images; the row number where there is no ids file */
    size_t id_lines;      /* entries of id */
    bool ids_are_rows;    /* there is no ids file */
    float
        *boxes; /* images x regions x 4, x1 y1 x2 y2 in pixels of the full image; NULL where none */
    int32_t *sizes;        /* images x 2, width height; NULL where unknown */
    char *photo_folder;    /* NULL where none */
    char *note;            /* a line worth telling (PFAN's boxes passed over, a cut), or NULL */
    struct photos *photos; /* photos.h */
};

/* Rows of features are the captions' count: each image stands there five times when the rows of the
 * first groups of five are equal; else each image has one caption. Errors: each names the file that
 * is missing or does not fit, with both numbers. */
int dataset_open(const struct dataset_spec *spec, struct dataset **out, struct error *err) MUST_USE;
void dataset_free(struct dataset *dataset);

/* Features of images first..first+n-1: n x regions x feature_size. A NaN or infinity is an error
 * that names image and region. */
int dataset_features(const struct dataset *dataset, size_t first, size_t n, float *out,
                     struct error *err) MUST_USE;

/* The photograph's path (caller frees), as photos_find finds it; errors list what was tried. */
int dataset_photo(const struct dataset *dataset, size_t image, char **path_out,
                  struct error *err) MUST_USE;

/* The image whose id is `text`, or whose id without folder and ending is, or (failing that) whose
 * row number is; -1 where none. */
ptrdiff_t dataset_find_image(const struct dataset *dataset, const char *text);

/* Where the vocabulary is by the rules of DESIGN: vocab.json or the one *_vocab.json of the folder;
 * NULL where there is none. The caller's to free. */
char *dataset_find_vocab(const struct dataset *dataset);

/* The splits of a folder (what stands before _ims or _feat), sorted, "test, dev, train"-like in one
 * line; the caller's to free. Empty where there are none. */
char *dataset_list_splits(const char *folder);

#endif
