/* image.h: photographs and drawings as pixels. */
#ifndef IO_IMAGE_IMAGE_H
#define IO_IMAGE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* RGBA, 8 bits each, not premultiplied, rows without padding, upright (EXIF orientation applied).
 */
struct image {
    int width, height;           /* 1 .. 65,500 */
    int full_width, full_height; /* of the file, upright, before any scaled decoding */
    uint8_t *pixels;             /* 4 * width * height */
};

/* JPEG or PNG by content, not by name. With max_side > 0 a JPEG is decoded at the smallest of
 * libjpeg's scales whose longer side is at least max_side. Errors: missing, neither format, damaged
 * (says where), larger than 100 million pixels. */
int image_load(const char *path, int max_side, struct image *out, struct error *err) MUST_USE;

/* Width and height of the upright image from the header alone. */
int image_size(const char *path, int *width_out, int *height_out, struct error *err) MUST_USE;
void image_done(struct image *image);

/* A key and a text of a PNG's tEXt (or, where the text is not Latin-1, iTXt) chunks. */
struct image_text {
    const char *key, *text;
};

/* Writes RGBA as PNG, atomically; dots per inch in pHYs where dpi > 0. */
int image_save_png(const char *path, const struct image *image, double dpi,
                   const struct image_text *texts, size_t text_count, struct error *err) MUST_USE;

/* As image_save_png, but as small as libpng makes it and ten times slower: for pictures that ship.
 */
int image_save_png_small(const char *path, const struct image *image, struct error *err) MUST_USE;

/* RGBA as PNG, and (without its alpha) as JPEG of a quality 1..100 with full colour resolution, in
 * memory, the same bytes each time; the caller's to free. */
int image_png_bytes(const struct image *image, uint8_t **bytes_out, size_t *size_out,
                    struct error *err) MUST_USE;
int image_jpeg_bytes(const struct image *image, int quality, uint8_t **bytes_out, size_t *size_out,
                     struct error *err) MUST_USE;

#endif
