/* caption_convert_private.h: one split of captions while it is converted: taken from what was read,
 * arranged by image, written. */
#ifndef IO_DATASET_CAPTION_CONVERT_PRIVATE_H
#define IO_DATASET_CAPTION_CONVERT_PRIVATE_H

#include "io/dataset/caption_convert.h"
#include "io/text/caption_records.h"

struct caption_split {
    const struct caption_convert_spec *spec;
    struct caption_convert_summary *out;
    const struct caption_records *records;
    char *name, *from; /* from: of the records' splits, with commas; NULL: all */
    bool several;      /* it is not the only split: notes have its name */
    char *caps_path, *ids_path, *map_path;
    bool *taken;         /* of records' items */
    bool named;          /* the captions name images */
    struct str_list ids; /* of the images to write, in order */
    size_t *order;       /* of each: the image of records; CAPTION_NONE: has no captions */
    size_t images;       /* in order and ids */
    size_t *starts;      /* of each image of records in `grouped`; images + 1 */
    size_t *grouped;     /* taken items, image by image, each image's in the file's order */
    size_t captions, least, most;
    char *ordered_by;
    bool write_ids, write_map;
};

/* Adds a note, with the split's name if there are several. */
void caption_split_note(const struct caption_split *s, const char *format, ...) PRINTF_LIKE(2, 3);

/* How many captions the i-th image of order has. */
size_t caption_split_count(const struct caption_split *s, size_t i);

/* Arranges what is taken. Errors: as caption_convert's. */
int caption_split_arrange(struct caption_split *s, struct error *err) MUST_USE;

/* Refuses to replace files. */
int caption_split_check_free(const struct caption_split *s, struct error *err) MUST_USE;

/* Writes all splits, or none unless the disk fails in the last moment. */
int caption_splits_write(const struct caption_split *splits, size_t count,
                         struct error *err) MUST_USE;

#endif
