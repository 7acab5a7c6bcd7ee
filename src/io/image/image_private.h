/* image_private.h: what the files of the image module share. */
#ifndef IO_IMAGE_IMAGE_PRIVATE_H
#define IO_IMAGE_IMAGE_PRIVATE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/notes.h"
#include "io/image/image.h"

enum { IMAGE_MAX_SIDE = 65500, IMAGE_MAX_PIXELS = 100 * 1000 * 1000 };

/* What a decoder should do, and its result. */
struct decode {
    const char *path;
    struct bytes file;
    const struct image_spec *spec;
    bool header_only;  /* only full_width, full_height and orientation are wanted */
    struct image *out; /* pixels as in the file, not turned yet */
    int orientation;   /* EXIF, 1..8; 1 if there is none */
    bool pages;        /* there are more than this one */
};

/* Decode a file of their format into d->out. Errors: damaged (with the place), too large. */
int image_decode_jpeg(struct decode *d, struct error *err) MUST_USE;
int image_decode_png(struct decode *d, struct error *err) MUST_USE;
int image_decode_tiff(struct decode *d, struct error *err) MUST_USE;

/* Adds to spec->remarks, if it is wanted. */
void image_remark(const struct decode *d, enum image_remark remark);

/* What is left of an image that is damaged from row `rows` on: the rest becomes grey, and the
 * error a note. Returns 0; -1 if there are no rows or nobody reads notes, and the error stands. */
int image_keep_rows(struct decode *d, int rows, const struct error *err) MUST_USE;

/* Checks whether an image of that size may be decoded. Errors: sides or pixels beyond the limits,
 * or more pixels than the file's bytes can hold at `pixels_a_byte` each. */
int image_check_size(const struct decode *d, uint32_t width, uint32_t height, size_t pixels_a_byte,
                     struct error *err) MUST_USE;

/* Allocates out->pixels: height x width x 4. Errors: no memory. */
int image_alloc(struct image *out, int width, int height, const char *path,
                struct error *err) MUST_USE;

/* The orientation (1..8) declared by a block of EXIF data (a TIFF header and its first directory);
 * 1 if it says nothing or nonsense. */
int exif_orientation(struct bytes exif);

#endif
