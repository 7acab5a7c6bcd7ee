/* caption_convert.h: captions of another form (io/text/caption_records.h) to {split}_caps.txt and
 * {split}_ids.txt of a data folder. */
#ifndef IO_DATASET_CAPTION_CONVERT_H
#define IO_DATASET_CAPTION_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/notes.h"
#include "io/text/caption_form.h"

/* What to convert; all borrowed. */
struct caption_convert_spec {
    const char *path;           /* the captions */
    const char *folder, *split; /* to write; the folder is made if missing */
    const char *columns;        /* --columns, or NULL: found by their names */
    const char *from;           /* which of the file's splits, "train,restval"; NULL: by `split` */
    bool force;                 /* replace existing files */
};

struct caption_convert_summary {
    struct caption_form form;           /* of the file */
    size_t images, captions, per_image; /* images: 0 if the file names none */
    char *ordered_by;   /* the ids file whose order was taken, NULL: the file's own; owned */
    struct notes notes; /* what was mended, left out or not checked */
};

/* Whether the file is captions that this reads; bottom-up features and plain captions are not. */
bool caption_convert_reads(const char *path);

/* Writes both files, whole or not at all. Images are in order of first appearance, or in that of a
 * {split}_ids.txt that is there already, which then stays. Free the summary with
 * caption_convert_done, also after an error. Errors: those of caption_records_read; files of the
 * split that exist; images with different numbers of captions (how many of each); images of the
 * folder without captions; a split that the file does not have; another number of images than the
 * folder has features of. */
int caption_convert(const struct caption_convert_spec *spec, struct caption_convert_summary *out,
                    struct error *err) MUST_USE;

/* Frees it. */
void caption_convert_done(struct caption_convert_summary *summary);

#endif
