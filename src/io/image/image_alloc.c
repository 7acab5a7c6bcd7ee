/* image_alloc.c: how large an image may be, its memory, and what is left of a damaged one. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
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

void image_remark(const struct decode *d, enum image_remark remark)
{
    if (d->spec->remarks)
        *d->spec->remarks |= remark;
}

static void fill_grey(uint8_t *pixels, size_t count)
{
    static const uint8_t grey[4] = {128, 128, 128, 255};
    for (size_t i = 0; i < count; i++)
        memcpy(pixels + 4 * i, grey, sizeof grey);
}

/* The error's words without the folder, which is the user's own. */
static const char *without_folder(const struct decode *d, const struct error *err)
{
    size_t folder = (size_t)(file_name(d->path) - d->path);
    return strncmp(err->text, d->path, folder) == 0 ? err->text + folder : err->text;
}

int image_keep_rows(struct decode *d, int rows, const struct error *err)
{
    const struct image *image = d->out;
    if (!d->spec->notes || rows < 1 || !image->pixels)
        return -1;
    fill_grey(image->pixels + 4 * (size_t)rows * (size_t)image->width,
              (size_t)(image->height - rows) * (size_t)image->width);
    image_remark(d, IMAGE_DAMAGED);
    notes_add(d->spec->notes, "%s; %s", without_folder(d, err),
              rows < image->height ? "the rest is shown grey" : "it is shown as far as it goes");
    return 0;
}

void image_done(struct image *image)
{
    free(image->pixels);
    *image = (struct image){0};
}
