/* caption_map.h: which image each caption belongs to. Any number of captions per image, in any
 * order: {split}_cap_img.txt; else the same number for each image, in the order of the images. */
#ifndef IO_DATASET_CAPTION_MAP_H
#define IO_DATASET_CAPTION_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* I images and C captions. Regular (per_image > 0): captions per_image * i .. belong to image i,
 * and nothing is allocated. Else the arrays hold it; all owned. No captions: all is zero but the
 * images. A map may be copied by value for reading while its owner lives. */
struct caption_map {
    size_t images, captions; /* I, C */
    size_t per_image;        /* 0: irregular */
    bool stated;             /* by a file, also if that states a regular map */
    bool sorted;             /* the captions are in the order of the images */
    size_t *image;           /* C */
    size_t *starts, *listed; /* I + 1; C: those of image i are listed[starts[i]] .., ascending */
};

/* The regular map of I images and C captions. */
struct caption_map caption_map_regular(size_t images, size_t captions, size_t per_image);

/* Made of the image of each caption; regular if it can be. Errors: an image beyond the last (by the
 * caption's number), not enough memory. */
int caption_map_make(const size_t *image, size_t captions, size_t images, struct caption_map *out,
                     struct error *err) MUST_USE;

/* Reads {split}_cap_img.txt: a line per caption, the row of its image from 0. The caller calls
 * caption_map_done. Errors: what is not such a file, with the number of the line; not enough
 * memory. */
int caption_map_load(const char *path, size_t images, struct caption_map *out,
                     struct error *err) MUST_USE;

/* A copy that owns its arrays. Errors: not enough memory. */
int caption_map_copy(const struct caption_map *from, struct caption_map *out,
                     struct error *err) MUST_USE;

/* Images first .. first + n - 1 of a sorted map with their captions, both numbered from 0. Errors:
 * not enough memory. */
int caption_map_part(const struct caption_map *from, size_t first, size_t n,
                     struct caption_map *out, struct error *err) MUST_USE;

/* Frees what it owns, and zeroes it. */
void caption_map_done(struct caption_map *map);

/* The image of a caption. */
static inline size_t caption_map_image(const struct caption_map *map, size_t caption)
{
    return map->image ? map->image[caption] : caption / map->per_image;
}

/* Whether the caption is one of the image's; false if there are none. */
static inline bool caption_map_has(const struct caption_map *map, size_t image, size_t caption)
{
    return caption < map->captions && caption_map_image(map, caption) == image;
}

/* How many captions come before those of `image` (0 to I) where they are listed by image; of a
 * sorted map, the number of its first one. */
static inline size_t caption_map_start(const struct caption_map *map, size_t image)
{
    size_t start = map->starts ? map->starts[image] : image * map->per_image;
    return start < map->captions ? start : map->captions;
}

/* How many captions an image has, and the k-th of them (from 0), in ascending order. */
static inline size_t caption_map_count(const struct caption_map *map, size_t image)
{
    return caption_map_start(map, image + 1) - caption_map_start(map, image);
}

static inline size_t caption_map_nth(const struct caption_map *map, size_t image, size_t k)
{
    return map->listed ? map->listed[map->starts[image] + k] : image * map->per_image + k;
}

/* Which of its image's captions it is, from 0. */
size_t caption_map_place(const struct caption_map *map, size_t caption);

/* How many images have a caption; the fewest and the most captions of an image that has any. */
size_t caption_map_described(const struct caption_map *map, size_t *fewest_out, size_t *most_out);

/* "5 an image", or "1 to 7 an image, 4.9 on average; 3 images without"; the caller's to free. */
char *caption_map_text(const struct caption_map *map);

#endif
