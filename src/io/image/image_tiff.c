/* image_tiff.c: reads TIFF with libtiff, from memory: the first page, of any kind that
 * TIFFRGBAImage knows (strips and tiles, 1 to 16 bits, palette, CMYK, YCbCr; BigTIFF). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "io/image/image_private.h"

enum {
    MAX_BLOCK = 512 << 20,   /* one allocation of libtiff's: a strip, a tile, a directory */
    PIXELS_A_BYTE = 8 * 1400 /* LZW's best ratio on one-bit pixels; deflate's is lower */
};

/* What the decoder leaves untouched: transparent, which no pixel of that colour is. */
#define UNTOUCHED 0x00a5c37eu

struct reader {
    struct decode *decode;
    TIFF *tiff;
    uint64_t at;      /* in the file */
    char reason[256]; /* the first error of the library */
};

/* ---- the file ---- */

static tsize_t read_bytes(thandle_t handle, void *out, tsize_t wanted)
{
    struct reader *r = handle;
    const struct bytes *file = &r->decode->file;
    uint64_t left = r->at < file->size ? file->size - r->at : 0;
    size_t size = wanted < 0 ? 0 : (uint64_t)wanted < left ? (size_t)wanted : (size_t)left;
    if (size)
        memcpy(out, file->data + r->at, size);
    r->at += size;
    return (tsize_t)size;
}

static tsize_t write_nothing(thandle_t handle, void *bytes, tsize_t size)
{
    (void)handle, (void)bytes, (void)size;
    return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    struct reader *r = handle;
    uint64_t base = whence == SEEK_CUR ? r->at : whence == SEEK_END ? r->decode->file.size : 0;
    r->at = base + offset;
    return r->at;
}

static int close_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t file_size(thandle_t handle)
{
    return ((struct reader *)handle)->decode->file.size;
}

/* The library only reads from there. (Not mapped, it refuses plain tiles of odd sizes.) */
static int map_bytes(thandle_t handle, void **base_out, toff_t *size_out)
{
    const struct bytes *file = &((struct reader *)handle)->decode->file;
    *base_out = (void *)(uintptr_t)file->data;
    *size_out = file->size;
    return 1;
}

static void unmap_nothing(thandle_t handle, void *base, toff_t size)
{
    (void)handle, (void)base, (void)size;
}

/* Both handlers return 1: the library's own, which prints, is not called. */
PRINTF_LIKE(4, 0)
static int keep_reason(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    struct reader *r = user;
    (void)tiff, (void)module;
    if (!r->reason[0])
        vsnprintf(r->reason, sizeof r->reason, format, args);
    return 1;
}

PRINTF_LIKE(4, 0)
static int ignore_warning(TIFF *tiff, void *user, const char *module, const char *format,
                          va_list args)
{
    (void)tiff, (void)user, (void)module, (void)format, (void)args;
    return 1;
}

static TIFF *open_tiff(struct reader *r)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, MAX_BLOCK);
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_reason, r);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, r);
    TIFF *tiff = TIFFClientOpenExt("", "r", r, read_bytes, write_nothing, seek, close_nothing,
                                   file_size, map_bytes, unmap_nothing, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

/* ---- the picture ---- */

static int damaged(const struct reader *r, int row, struct error *err)
{
    const char *path = r->decode->path;
    const char *reason = r->reason[0] ? r->reason : "no reason is known";
    if (row > 0)
        return error_at(err, path, -1, "is a damaged or truncated TIFF at row %d of %d (%s)", row,
                        r->decode->out->height, reason);
    return error_at(err, path, -1, "is a damaged or truncated TIFF (%s)", reason);
}

/* Fax compression has no best ratio: a white row is one bit. */
static size_t pixels_a_byte(const struct reader *r)
{
    uint16_t compression = COMPRESSION_NONE;
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_COMPRESSION, &compression);
    bool fax = compression == COMPRESSION_CCITTRLE || compression == COMPRESSION_CCITTRLEW ||
               compression == COMPRESSION_CCITTFAX3 || compression == COMPRESSION_CCITTFAX4;
    return compression == COMPRESSION_NONE ? 8 : fax ? IMAGE_MAX_PIXELS : PIXELS_A_BYTE;
}

static int read_header(struct reader *r, struct error *err)
{
    struct decode *d = r->decode;
    uint32_t width = 0, height = 0;
    uint16_t orientation = 1;
    TIFFGetField(r->tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(r->tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_ORIENTATION, &orientation);
    if (image_check_size(d, width, height, pixels_a_byte(r), err) != 0)
        return -1;
    d->out->full_width = (int)width;
    d->out->full_height = (int)height;
    d->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    d->pages = !TIFFLastDirectory(r->tiff);
    return 0;
}

/* From libtiff's packed, premultiplied pixels to bytes, in place. */
static void unpack(uint8_t *pixels, size_t count)
{
    for (size_t i = 0; i < count; i++, pixels += 4) {
        uint32_t packed;
        memcpy(&packed, pixels, sizeof packed);
        unsigned int alpha = TIFFGetA(packed);
        unsigned int c[3] = {TIFFGetR(packed), TIFFGetG(packed), TIFFGetB(packed)};
        for (int k = 0; k < 3; k++) {
            unsigned int value = alpha ? (c[k] * 255 + alpha / 2) / alpha : 0;
            pixels[k] = (uint8_t)(value < 255 ? value : 255);
        }
        pixels[3] = (uint8_t)alpha;
    }
}

/* The rows from the top with at least one pixel that was decoded. */
static int rows_touched(const struct image *image)
{
    const uint32_t untouched = UNTOUCHED;
    size_t width = (size_t)image->width;
    for (int row = image->height; row > 0; row--)
        for (size_t x = 0; x < width; x++)
            if (memcmp(image->pixels + 4 * ((size_t)(row - 1) * width + x), &untouched, 4) != 0)
                return row;
    return 0;
}

static void fill_untouched(uint8_t *pixels, size_t count)
{
    const uint32_t untouched = UNTOUCHED;
    for (size_t i = 0; i < count; i++)
        memcpy(pixels + 4 * i, &untouched, sizeof untouched);
}

/* Rows in the file's order: turning is done by the caller, for all formats alike. */
static bool decode_rows(struct reader *r, struct image *image)
{
    TIFFRGBAImage page;
    char reason[1024] = "";
    if (!TIFFRGBAImageOK(r->tiff, reason) || !TIFFRGBAImageBegin(&page, r->tiff, 1, reason)) {
        snprintf(r->reason, sizeof r->reason, "%.200s", reason);
        return false;
    }
    page.req_orientation = page.orientation;
    bool decoded = TIFFRGBAImageGet(&page, (uint32_t *)(void *)image->pixels,
                                    (uint32_t)image->width, (uint32_t)image->height) != 0;
    TIFFRGBAImageEnd(&page);
    return decoded;
}

static int read_pixels(struct reader *r, struct error *err)
{
    struct image *image = r->decode->out;
    if (image_alloc(image, image->full_width, image->full_height, r->decode->path, err) != 0)
        return -1;
    size_t count = (size_t)image->width * (size_t)image->height;
    fill_untouched(image->pixels, count);
    bool decoded = decode_rows(r, image);
    int rows = decoded ? image->height : rows_touched(image);
    unpack(image->pixels, count);
    if (decoded)
        return 0;
    damaged(r, rows, err);
    return image_keep_rows(r->decode, rows, err);
}

int image_decode_tiff(struct decode *d, struct error *err)
{
    struct reader r = {.decode = d};
    r.tiff = open_tiff(&r);
    if (!r.tiff)
        return damaged(&r, 0, err);
    int status = read_header(&r, err);
    if (status == 0 && !d->header_only)
        status = read_pixels(&r, err);
    TIFFClose(r.tiff);
    return status;
}
