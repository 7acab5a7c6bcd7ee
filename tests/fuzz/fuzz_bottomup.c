/* Fuzz target: bottom-up TSV, also inside a zip; VinVL's lines. */
#include "io/dataset/bottomup_private.h"
#include "tests/fuzz/fuzz.h"

static void read_all(const char *path)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    if (bottomup_open_here(path, &reader, &err) != 0)
        return;
    for (int more; (more = bottomup_next(reader, &id, &err)) != 0;)
        if (more < 0 || bottomup_load(reader, &image, &err) != 0) {
            if (!bottomup_can_go_on(reader))
                break;
        } else if (image.regions == 0 || image.feature_size == 0 ||
                   (image.width > 0) != (image.height > 0) ||
                   (image.incidental && !image.normalised))
            abort();
    bottomup_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    read_all(path);
    close(fd);
    return 0;
}
