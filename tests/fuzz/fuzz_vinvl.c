/* Fuzz target: VinVL's features with what is beside them. The input is these files, each ended by a
 * form feed; an empty one is not there. */
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "io/dataset/bottomup.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = {"features.tsv", "predictions.tsv", "label.tsv", "hw.tsv",
                                    "features.lineidx"};

static void write_part(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static void write_files(const char *folder, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < COUNTOF(names) && size > 0; i++) {
        const uint8_t *end = memchr(data, '\f', size);
        size_t n = end ? (size_t)(end - data) : size;
        char *path = file_join(folder, names[i]);
        if (n > 0)
            write_part(path, data, n);
        free(path);
        n += end != NULL;
        data += n;
        size -= n;
    }
}

static void check(const struct bottomup *reader, const struct bottomup_image *image)
{
    const struct str_list *classes = bottomup_class_names(reader);
    for (size_t r = 0; r < image->regions; r++)
        if (image->classes &&
            (image->classes[r] < -1 || image->classes[r] >= (int32_t)classes->count))
            abort();
    for (size_t r = 0; image->boxes && r < image->regions; r++)
        if (!(image->boxes[4 * r] <= image->boxes[4 * r + 2]))
            abort();
    if ((image->width > 0) != (image->height > 0))
        abort();
}

static void read_all(const char *path)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    if (bottomup_open(path, &reader, &err) != 0)
        return;
    for (int more; (more = bottomup_next(reader, &id, &err)) != 0;) {
        if (more > 0 && bottomup_load(reader, &image, &err) == 0)
            check(reader, &image);
        else if (!bottomup_can_go_on(reader))
            break;
    }
    bottomup_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[] = "/tmp/fuzz_vinvl_XXXXXX";
    if (!mkdtemp(folder))
        abort();
    write_files(folder, data, size);
    char *path = file_join(folder, names[0]);
    read_all(path);
    free(path);
    for (size_t i = 0; i < COUNTOF(names); i++) {
        path = file_join(folder, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(folder);
    return 0;
}
