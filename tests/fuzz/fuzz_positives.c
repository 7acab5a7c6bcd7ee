/* Fuzz target: annotations of more right answers, as JSON. What is read must be consistent. */
#include "io/annotation/positives.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/regular.h"

enum { IMAGES = 3, CAPTIONS = 6, PER_IMAGE = 2 };

/* A split of images 1, 2, 3 and captions 10 .. 15. */
static struct positives_ids *make_ids(void)
{
    static char *names[IMAGES] = {(char *)"1", (char *)"2.jpg", (char *)"COCO_3.jpg"};
    static const int64_t captions[CAPTIONS] = {10, 11, 12, 13, 14, 15};
    const struct dataset split = {.images = IMAGES,
                                  .captions = CAPTIONS,
                                  .map = {IMAGES, CAPTIONS, PER_IMAGE, .sorted = true},
                                  .id = names};
    struct positives_ids *ids;
    struct error err;
    if (positives_ids_make(&split, captions, "ids", &ids, &err) != 0)
        abort();
    return ids;
}

static void check(const struct positives *p, size_t answers)
{
    size_t annotated = 0;
    for (size_t q = 0; q < p->queries; q++) {
        annotated += p->starts[q + 1] > p->starts[q];
        for (size_t k = p->starts[q]; k < p->starts[q + 1]; k++)
            if (p->answers[k] >= answers || !positives_has(p, q, p->answers[k]))
                abort();
    }
    if (annotated != p->annotated || p->confirmed > annotated || p->confirmed == 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct positives_ids *ids = make_ids();
    for (int image = 0; image < 2; image++) {
        struct positives positives;
        struct error err;
        if (positives_parse("fuzz", data, size, image, ids, REGULAR(IMAGES, CAPTIONS, PER_IMAGE),
                            &positives, &err) == 0)
            check(&positives, image ? CAPTIONS : IMAGES);
        positives_done(&positives);
    }
    positives_ids_free(ids);
    return 0;
}
