/* figure_data.h: a figure that owns what it shows, so that it outlives the session it came from. */
#ifndef FIGURE_FIGURE_DATA_H
#define FIGURE_FIGURE_DATA_H

#include "figure/figure.h"

/* All that `figure` points to is freed with it. Zero-initialise to start. */
struct figure_data {
    struct figure figure;
    void **blocks; /* whatever was taken */
    size_t block_count, block_cap;
    struct image **photos;
    size_t photo_count, photo_cap;
};

void figure_data_done(struct figure_data *data);

/* `count` zeroed elements, a copy of an array, of a text made safe for showing (NULL stays NULL).
 */
void *figure_data_take(struct figure_data *data, size_t count, size_t size);
void *figure_data_copy(struct figure_data *data, const void *array, size_t count, size_t size);
char *figure_data_text(struct figure_data *data, const char *text);

/* Sets of the figure to fill in. */
struct figure_set *figure_data_sets(struct figure_data *data, size_t count);

/* Loads image->path into image->pixels (JPEG decoded no larger than needed for `max_side` pixels;
 * 0: in full); where that fails, says why in image->missing. */
void figure_data_photo(struct figure_data *data, struct figure_image *image, int max_side);

#endif
