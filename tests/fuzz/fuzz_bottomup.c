/* Fuzz target: bottom-up TSV, also inside a zip. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/dataset/bottomup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const char *path)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    if (bottomup_open(path, &reader, &err) != 0)
        return;
    while (bottomup_next(reader, &id, &err) > 0 && bottomup_load(reader, &image, &err) == 0)
        if (image.regions == 0 || image.width < 1 || !image.boxes)
            abort();
    bottomup_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_all(path);
    close(fd);
    return 0;
}
