/* idmap.h: image ids as this family's files write them, and a hash table from ids to numbers.
 *
 * The same COCO image is 132417 in one file and COCO_train2014_000000132417 or
 * coco_train2014_000000132417.jpg in another: both have the key "132417". UNITER calls Flickr30K's
 * 36979.jpg flickr30k_000000036979.npz. */
#ifndef IO_DATASET_IDMAP_H
#define IO_DATASET_IDMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum { ID_SIZE = 256 }; /* with terminator; anything longer is not an id */

/* The part of an id that identifies the image: without .jpg, .jpeg, .png or .npz, without
 * COCO_SPLIT20NN_ or flickr30k_ before digits, digits without leading zeros. `id` is cut at
 * ID_SIZE. */
void idmap_key(const char *id, char key_out[ID_SIZE]);

/* Reads a file of ids, one per line. They may be given once per caption: repetitions in a row count
 * once. `ids` is the caller's to free, also after an error in a line. Errors: those of
 * text_lines_load; a line that is empty or too long for an id. */
int idmap_load_ids(const char *path, struct str_list *ids, struct error *err) MUST_USE;

/* Ids by their keys, each with a number. Zero-initialise to start; idmap_done frees. */
struct idmap {
    char **keys; /* capacity; NULL: free; owned, as are values */
    size_t *values;
    size_t count, capacity;
};

/* Adds an id; false, with nothing changed, if an id with the same key exists. */
bool idmap_add(struct idmap *map, const char *id, size_t value);

/* Gets an id's number (NULL to skip); false if it is not in the map. */
bool idmap_find(const struct idmap *map, const char *id, size_t *value_out);

/* Frees it; the map is empty again. */
void idmap_done(struct idmap *map);

#endif
