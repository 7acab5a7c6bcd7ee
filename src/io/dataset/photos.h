/* photos.h: from an image's id to its photograph. */
#ifndef IO_DATASET_PHOTOS_H
#define IO_DATASET_PHOTOS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct photos;

struct photos_spec {
    const char *folder; /* of the photographs, or NULL: looked for in `data` */
    const char *data;   /* the data folder, or NULL */
    const char
        *mapping;           /* a JSON that names photographs: {"ID": "FILE", ...}, ["FILE", ...] or
                             * Karpathy's dataset_*.json; NULL: looked for in `data` and in the folder */
    const char *const *ids; /* of the split's images */
    size_t count;
    bool ids_are_rows; /* there was no ids file */
};

/* Errors: a folder or a mapping that was named and is not there or not readable. */
int photos_open(const struct photos_spec *spec, struct photos **out, struct error *err) MUST_USE;
void photos_free(struct photos *photos);

/* The folder, NULL where none was found. */
const char *photos_folder(const struct photos *photos);

/* True where ids are taken as places in the folder's photographs sorted by name. */
bool photos_by_order(const struct photos *photos);

/* The path of the photograph of `id`, the caller's to free. Tried in this order: the mapping, the
 * id as a file name, with .jpg, .jpeg and .png behind it, COCO's names for a number, the place in
 * file-name order (Flickr30K's imgid). Errors: no folder; none of these is there, all named. */
int photos_find(const struct photos *photos, const char *id, char **path_out,
                struct error *err) MUST_USE;

/* The file name that the mapping, or the place in file-name order, gives to `id`, whether or not it
 * is there; the caller's to free. NULL where neither knows it. */
char *photos_name(const struct photos *photos, const char *id);

#endif
