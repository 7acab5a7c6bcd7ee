/* image.h: io/image reads photographs and writes pictures. Here: images as pixels. */
#ifndef IO_IMAGE_IMAGE_H
#define IO_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct notes; /* base/notes.h */

/* RGBA, 8 bits each, not premultiplied, rows unpadded, upright (EXIF orientation applied, unless
 * image_open found that the sizes are those of the stored picture). */
struct image {
    int width, height;           /* 1 .. 65,500 */
    int full_width, full_height; /* of the file, turned likewise, before any scaled decoding */
    uint8_t *pixels;             /* height x width x 4; owned */
};

/* What image_open noted. */
enum image_remark {
    IMAGE_DAMAGED = 1,      /* only a part is there */
    IMAGE_NOT_TURNED = 2,   /* the sizes are those of the stored picture */
    IMAGE_MAYBE_TURNED = 4, /* turned; whether the boxes are, is not known */
    IMAGE_OTHER_SHAPE = 8,  /* than the sizes say */
    IMAGE_PAGES = 16,       /* there are more than the first */
};

/* Loads a JPEG, PNG or TIFF (its first page), by content, not by name. With max_side > 0 a JPEG is
 * decoded at the smallest of libjpeg's scales whose longer side is at least max_side. Free with
 * image_done. Errors: missing, another format, damaged (with the place), larger than 100 million
 * pixels. */
int image_load(const char *path, int max_side, struct image *out, struct error *err) MUST_USE;

/* How a photograph is to be opened. */
struct image_spec {
    int max_side;          /* as in image_load */
    int width, height;     /* of the picture that the data's boxes refer to; 0: unknown */
    bool boxed;            /* boxes will be placed on it: what is assumed of its sides is noted */
    struct notes *notes;   /* NULL: as image_load */
    unsigned int *remarks; /* gets the sum of what was noted, of enum image_remark; NULL to skip */
};

/* image_load for pictures with data about them. Width and height decide whether the EXIF
 * orientation is followed: not if they have the shape of the stored picture and not of the turned
 * one. A damaged photograph is shown as far as it goes, the rest grey. `notes` gets a line for
 * either, for sides of another shape than width and height, and for further pages. Errors: as
 * image_load, but of damaged ones only those of which nothing can be shown. */
int image_open(const char *path, const struct image_spec *spec, struct image *out,
               struct error *err) MUST_USE;

/* Width and height of the upright image, from the header alone. Errors: as image_load. */
int image_size(const char *path, int *width_out, int *height_out, struct error *err) MUST_USE;

/* Frees the pixels. */
void image_done(struct image *image);

/* Key and text of a PNG's tEXt chunk (iTXt if the text is not Latin-1). */
struct image_text {
    const char *key, *text;
};

/* Writes a PNG atomically, with dots per inch in pHYs if dpi > 0. Errors: those of writing. */
int image_save_png(const char *path, const struct image *image, double dpi,
                   const struct image_text *texts, size_t text_count, struct error *err) MUST_USE;

/* Like image_save_png, but as small as libpng can and ten times slower: for pictures that ship. */
int image_save_png_small(const char *path, const struct image *image, struct error *err) MUST_USE;

/* Encodes in memory as PNG, or (without alpha) as JPEG of quality 1..100 with full colour
 * resolution: the same bytes each time, the caller's to free. Errors: no memory. */
int image_png_bytes(const struct image *image, uint8_t **bytes_out, size_t *size_out,
                    struct error *err) MUST_USE;
int image_jpeg_bytes(const struct image *image, int quality, uint8_t **bytes_out, size_t *size_out,
                     struct error *err) MUST_USE;

#endif
