/* image_private.h: what the files of the image module share. */
#ifndef IO_IMAGE_IMAGE_PRIVATE_H
#define IO_IMAGE_IMAGE_PRIVATE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "io/image/image.h"

enum { IMAGE_MAX_SIDE = 65500, IMAGE_MAX_PIXELS = 100 * 1000 * 1000 };

/* What a decoder is asked for and what it gives. */
struct decode {
    const char *path;
    struct bytes file;
    int max_side;      /* as for image_load */
    bool header_only;  /* only full_width, full_height and orientation are wanted */
    struct image *out; /* pixels as they lie in the file, not turned yet */
    int orientation;   /* EXIF, 1..8; 1 where there is none */
};

int image_decode_jpeg(struct decode *d, struct error *err) MUST_USE;
int image_decode_png(struct decode *d, struct error *err) MUST_USE;

/* Whether an image of that size may be decoded: side, pixels, and what `bytes` of a file can hold
 * at best when each holds at most `pixels_a_byte`. */
int image_check_size(const struct decode *d, uint32_t width, uint32_t height, size_t pixels_a_byte,
                     struct error *err) MUST_USE;

/* Allocates out->pixels for width x height. */
int image_alloc(struct image *out, int width, int height, const char *path,
                struct error *err) MUST_USE;

/* The orientation (1..8) that a block of EXIF data (a TIFF header and its first directory)
 * declares; 1 where it says nothing or nonsense. */
int exif_orientation(struct bytes exif);

#endif
