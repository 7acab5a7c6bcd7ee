/* Fuzz target: COCO's instances JSON. */
#include "io/annotation/coco.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    struct error err;
    struct coco coco;
    struct idmap wanted = {0};
    int fd = fuzz_file(data, size, path);
    if (!idmap_add(&wanted, "42", 0) || !idmap_add(&wanted, "1", 1))
        abort();
    if (coco_load(path, &wanted, &coco, &err) == 0) {
        for (size_t i = 0; i < coco.object_count; i++)
            if (coco.objects[i].image > 1 || coco.objects[i].category >= coco.category_count ||
                !(coco.objects[i].box[2] >= coco.objects[i].box[0]))
                abort();
        coco_done(&coco);
    }
    idmap_done(&wanted);
    close(fd);
    return 0;
}
