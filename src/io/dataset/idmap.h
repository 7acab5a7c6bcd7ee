/* idmap.h: image ids as the family's files write them, and a table from them to numbers.
 *
 * The same COCO image is 132417 in one file and COCO_train2014_000000132417 or
 * coco_train2014_000000132417.jpg in another: both have the key "132417". */
#ifndef IO_DATASET_IDMAP_H
#define IO_DATASET_IDMAP_H

#include <stdbool.h>
#include <stddef.h>

enum { ID_SIZE = 256 }; /* with its end; longer ids are no ids */

/* What of an id tells the image: without .jpg, .jpeg or .png, without COCO_SPLIT20NN_ before
 * digits, digits without leading zeros. `id` is shorter than ID_SIZE. */
void idmap_key(const char *id, char key_out[ID_SIZE]);

/* Ids by their keys, each with a number. Zero-initialise to start. */
struct idmap {
    char **keys; /* capacity of them, NULL: free; owned */
    size_t *values;
    size_t count, capacity;
};

/* Adds an id; false (and nothing changes) when an id of that key is there. */
bool idmap_add(struct idmap *map, const char *id, size_t value);

/* The number of the id; false when it is not there. `value_out` may be NULL. */
bool idmap_find(const struct idmap *map, const char *id, size_t *value_out);
void idmap_done(struct idmap *map);

#endif
