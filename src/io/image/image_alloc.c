/* image_alloc.c: how large an image may be, and its memory. */
#include <stdlib.h>

#include "base/mem.h"
#include "io/image/image_private.h"

int image_check_size(const struct decode *d, uint32_t width, uint32_t height, size_t pixels_a_byte,
                     struct error *err)
{
    uint64_t pixels = (uint64_t)width * height;
    if (width < 1 || height < 1)
        return error_at(err, d->path, -1, "declares an image of %u x %u pixels", width, height);
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || pixels > IMAGE_MAX_PIXELS)
        return error_at(err, d->path, -1,
                        "declares an image of %u x %u pixels; at most %d million are read", width,
                        height, IMAGE_MAX_PIXELS / 1000000);
    if (pixels / pixels_a_byte > d->file.size)
        return error_at(err, d->path, -1,
                        "declares %u x %u pixels, which its %zu bytes cannot hold: truncated or "
                        "hostile",
                        width, height, d->file.size);
    return 0;
}

int image_alloc(struct image *out, int width, int height, const char *path, struct error *err)
{
    out->width = width;
    out->height = height;
    return mem_alloc(&out->pixels, (size_t)width * (size_t)height, 4, path, err);
}

void image_done(struct image *image)
{
    free(image->pixels);
    *image = (struct image){0};
}
