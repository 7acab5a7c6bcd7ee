/* sims_private.h: an open matrix. sims_file.c opens and reads it, sims_fit.c decides what it is. */
#ifndef RETRIEVE_SCORE_SIMS_PRIVATE_H
#define RETRIEVE_SCORE_SIMS_PRIVATE_H

#include "io/array/array.h"
#include "io/array/npy.h"
#include "io/torch/pickle.h"
#include "retrieve/score/sims_file.h"

struct sims_file {
    char *path;              /* as given */
    char *chosen;            /* why this array of several, for a note; or NULL */
    struct npy *npy;         /* holds the bytes */
    struct pickle *pickle;   /* of the dict; or NULL */
    struct array_view view;  /* rows x columns, as in the file */
    struct array_view pairs; /* images (or rows of images) x captions; of a file that was fitted */
    size_t images;           /* I; so too */
    size_t *row;             /* the row of each image if images are repeated; NULL: its number */
    bool distances;          /* the negative is read */
};

/* n elements of a row of a view, from column `first` on. */
struct array_view sims_row(const struct array_view *view, size_t row, size_t first, size_t n);

/* The row of `pairs` that holds an image. */
static inline size_t sims_row_of(const struct sims_file *file, size_t image)
{
    return file->row ? file->row[image] : image;
}

#endif
