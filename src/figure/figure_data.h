/* figure_data.h: a figure that owns what it shows, and so outlives the session that it came from.
 */
#ifndef FIGURE_FIGURE_DATA_H
#define FIGURE_FIGURE_DATA_H

#include "base/notes.h"
#include "figure/figure.h"

/* A figure and the memory of all that it points to. Zero-initialise to start. */
struct figure_data {
    struct figure figure;
    void **blocks; /* what the functions below allocated */
    size_t block_count, block_cap;
    struct image **photos;
    size_t photo_count, photo_cap;
    struct notes notes; /* what figure.info.notes points to */
};

/* The figure's notes, to add to. */
struct notes *figure_data_notes(struct figure_data *data);

/* Frees the figure and all that it points to. */
void figure_data_done(struct figure_data *data);

/* Memory that lives as long as `data`: `count` zeroed elements; a copy of an array; a copy of a
 * text, made safe by utf8_clean (NULL stays NULL). */
void *figure_data_take(struct figure_data *data, size_t count, size_t size);
void *figure_data_copy(struct figure_data *data, const void *array, size_t count, size_t size);
char *figure_data_text(struct figure_data *data, const char *text);

/* Gives the figure `count` empty sets, to be filled in; they live as long as `data`. */
struct figure_set *figure_data_sets(struct figure_data *data, size_t count);

/* Loads image->path, if there is one, into image->pixels (a JPEG no larger than needed for
 * `max_side` pixels; 0: in full), as the size that boxes refer to tells (image_open); what is
 * remarkable goes into the figure's notes. If that fails, image->missing says why. */
void figure_data_photo(struct figure_data *data, struct figure_image *image, int max_side);

#endif
