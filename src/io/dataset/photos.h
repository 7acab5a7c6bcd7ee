/* photos.h: finds the photograph of an image by its id. */
#ifndef IO_DATASET_PHOTOS_H
#define IO_DATASET_PHOTOS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct photos;

/* Where to look; all borrowed while opening. */
struct photos_spec {
    const char *folder;     /* of the photographs; NULL: look in `data` */
    const char *data;       /* the data folder, or NULL */
    const char *mapping;    /* a JSON that names photographs: {"ID": "FILE", ...}, ["FILE", ...] or
                             * "images" as in Karpathy's dataset_*.json and COCO's own; NULL: look in
                             * `data` and in the folder */
    const char *const *ids; /* of the split's images */
    size_t count;
    bool ids_are_rows; /* there is no ids file */
};

/* Opens folder and mapping; not finding either is fine unless it was named. Errors: a named folder
 * or mapping is missing or not readable. */
int photos_open(const struct photos_spec *spec, struct photos **out, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void photos_free(struct photos *photos);

/* The folder, borrowed; NULL if none was found. */
const char *photos_folder(const struct photos *photos);

/* Whether ids are taken as positions in the folder's photographs sorted by name. */
bool photos_by_order(const struct photos *photos);

/* The path of the photograph of `id`, the caller's to free. Tried in this order: the mapping, the
 * id as a file name, the same with .jpg, .jpeg and .png, COCO's names for a number, the position in
 * file-name order (Flickr30K's imgid). Errors: no folder; none of these exists (all named). */
int photos_find(const struct photos *photos, const char *id, char **path_out,
                struct error *err) MUST_USE;

/* The file name of `id` by the mapping or the position in file-name order, whether or not it
 * exists; NULL if neither knows it. The caller's to free. */
char *photos_name(const struct photos *photos, const char *id);

/* Whether a file's name has the ending of a photograph: .jpg, .jpeg, .png, .tif, .tiff, in capitals
 * or not. */
bool photos_is_name(const char *name);

#endif
