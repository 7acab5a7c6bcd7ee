/* caption_records.h: captions with the images that they belong to, from files of another form than
 * one caption per line: token files, CSV and TSV, JSON lines, Karpathy's dataset_*.json, COCO's
 * captions_*.json, and any of them in UTF-16. */
#ifndef IO_TEXT_CAPTION_RECORDS_H
#define IO_TEXT_CAPTION_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/left_out.h"
#include "base/notes.h"
#include "base/str.h"
#include "io/text/caption_form.h"

#define CAPTION_NONE SIZE_MAX /* no image, no split */

enum { CAPTION_ID_SIZE = 256 }; /* of an image's name, with terminator */

struct caption_place {
    size_t file; /* of records' files */
    size_t line; /* from 1; 0: unknown */
    int64_t at;  /* a byte, if there is no line; -1: unknown */
};

struct caption_record {
    char *caption; /* one line of UTF-8; without an image perhaps of other bytes; owned */
    size_t image;  /* of images */
    size_t split;  /* of splits */
    struct caption_place place;
};

struct caption_records {
    struct caption_form form; /* encoding: the file's; the rest: that of the text in it */
    struct caption_record *items;
    size_t count, cap;
    struct str_list images;   /* their names, in order of first appearance; empty if unnamed */
    bool images_stand;        /* an image without captions is one all the same */
    struct str_list splits;   /* the same of "split"; empty if the file knows none */
    struct str_list files;    /* that were read */
    struct left_out left_out; /* what is bad */
    struct notes notes;       /* lines that were mended */
    struct str columns;       /* which columns or keys were read, for a sentence; may be empty */
};

/* Reads them all, in the file's order. `columns` (NULL: found by their names): "IMAGE,CAPTION" and
 * further captions, by name or number; IMAGE may be "-". A line, row or object that is not as it
 * should be, and a caption that is empty or not UTF-8, is left out and listed; but without images'
 * names their place counts, and empty captions stay. Free with caption_records_done, also after an
 * error. Errors: a form that is not read, columns that are missing or could be several (all are
 * listed), not one caption. */
int caption_records_read(const char *path, const char *columns, struct caption_records *out,
                         struct error *err) MUST_USE;

/* "FILE: line N" or "FILE: at byte N"; the caller's to free. */
char *caption_records_place(const struct caption_records *records,
                            const struct caption_place *place) MUST_USE;

/* Frees it all. */
void caption_records_done(struct caption_records *records);

#endif
