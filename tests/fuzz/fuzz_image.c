/* Fuzz target: JPEG, PNG and TIFF images, whole, scaled, just their size, and damaged ones as far
 * as they go. */
#include "base/notes.h"
#include "io/image/image.h"
#include "tests/fuzz/fuzz.h"

static void load(const char *path, int max_side)
{
    struct error err;
    struct image image;
    int width, height;
    if (image_load(path, max_side, &image, &err) != 0)
        return;
    if (image_size(path, &width, &height, &err) != 0 || width != image.full_width ||
        height != image.full_height || image.width < 1 || image.height < 1)
        abort();
    image_done(&image);
}

static void load_damaged(const char *path)
{
    struct error err;
    struct image image;
    struct notes notes = {0};
    unsigned int remarks, sum = 0;
    const struct image_spec spec = {
        .width = 3, .height = 4, .boxed = true, .notes = &notes, .remarks = &remarks};
    if (image_open(path, &spec, &image, &err) == 0)
        for (int i = 0; i < 4 * image.width * image.height; i++)
            sum += image.pixels[i];
    if (sum % 2 && !image.pixels) /* so that every pixel is looked at */
        abort();
    notes_done(&notes);
    image_done(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    load(path, 0);
    load(path, 8);
    load_damaged(path);
    close(fd);
    return 0;
}
