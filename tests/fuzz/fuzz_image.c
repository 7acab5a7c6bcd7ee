/* Fuzz target: photographs, JPEG and PNG, whole and scaled, and their size alone. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    load(path, 0);
    load(path, 8);
    close(fd);
    return 0;
}
