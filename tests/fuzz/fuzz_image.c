/* Fuzz target: JPEG and PNG images, whole, scaled, and just their size. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    load(path, 0);
    load(path, 8);
    close(fd);
    return 0;
}
