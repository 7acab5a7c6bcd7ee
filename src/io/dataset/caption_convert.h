/* caption_convert.h: captions of another form (io/text/caption_records.h, caption_folder.h,
 * caption_tar.h) to {split}_caps.txt, {split}_ids.txt and, if the images have different numbers of
 * captions, {split}_cap_img.txt of a data folder. */
#ifndef IO_DATASET_CAPTION_CONVERT_H
#define IO_DATASET_CAPTION_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/left_out.h"
#include "base/notes.h"
#include "io/text/caption_form.h"

/* What to convert; all borrowed. */
struct caption_convert_spec {
    const char *const *paths; /* of captions: files, folders, shards */
    size_t count;
    const char *folder;  /* to write, made if missing */
    const char *split;   /* to write, or several: "train,dev,test" */
    const char *columns; /* --columns, or NULL: found by their names */
    const char *from;   /* which of the file's splits, "train,restval"; NULL: by `split`. Of several
                         * splits each takes its own name, dev also val, train also restval */
    const char *ids;    /* a file: these images, in this order; NULL: that of {split}_ids.txt, if it
                         * is there already, else the captions' own */
    const char *unpack; /* a folder for the photographs in tar files, or NULL */
    bool force;         /* replace existing files */
};

struct caption_convert_split {
    char *name;    /* owned, as is ordered_by */
    size_t images; /* 0 if the captions name none */
    size_t captions;
    size_t least, most; /* captions of an image */
    char *ordered_by;   /* the ids file whose order was taken; NULL: the captions' own */
};

struct caption_convert_summary {
    struct caption_form form;             /* of the first of the files */
    struct caption_convert_split *splits; /* in the order of the spec's */
    size_t split_count;
    size_t unpacked;          /* photographs */
    struct left_out left_out; /* records that are bad, or of images that are not there */
    struct notes notes;       /* what was mended, omitted or not checked */
};

/* Whether the file or folder is captions that this reads; bottom-up features and plain captions are
 * not. */
bool caption_convert_reads(const char *path);

/* Writes the files of all splits, or none. Images are in order of first appearance (photographs in
 * a folder: as `extract` has them), or in that of ids; then captions of other images are left out
 * and listed (with spec->ids: noted), and images without captions noted. Free the summary with
 * caption_convert_done, also after an error. Errors: those of reading; files of the split that
 * exist (also a {split}_cap_img.txt that would not be right any more); ids in another order than
 * the folder's features; a split that the captions do not have; another number of images than the
 * folder has features of; not one caption that is good. Then nothing is written. */
int caption_convert(const struct caption_convert_spec *spec, struct caption_convert_summary *out,
                    struct error *err) MUST_USE;

/* Frees it. */
void caption_convert_done(struct caption_convert_summary *summary);

#endif
