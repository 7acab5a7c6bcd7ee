/* inspect_photos.c: whether a split's photographs can be read, and agree with its image sizes. */
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "inspect/inspect_private.h"
#include "io/image/image.h"

/* What may be remarkable of photographs, by its name in the record. */
static const struct {
    const char *name;
    unsigned int remark; /* of enum image_remark; 0: it cannot be read */
} kinds[] = {
    {"unreadable", 0},
    {"damaged", IMAGE_DAMAGED},
    {"not_turned", IMAGE_NOT_TURNED},
    {"maybe_turned", IMAGE_MAYBE_TURNED},
    {"other_shape", IMAGE_OTHER_SHAPE},
};

/* How many photographs are so, and what was said of the first. */
struct photo_count {
    size_t count;
    char *first;
};

static void count_one(struct photo_count *of, const char *text)
{
    of->count++;
    if (!of->first)
        of->first = mem_strdup(text);
}

/* Opens a photograph small: all its bytes are decoded, few of its pixels kept. */
static void look_at_photo(const struct dataset *d, size_t image, const char *path,
                          struct photo_count counts[COUNTOF(kinds)])
{
    const int32_t *size = d->sizes ? d->sizes + 2 * image : NULL;
    struct notes notes = {0};
    unsigned int remarks = 0;
    const struct image_spec spec = {.max_side = 1,
                                    .width = size ? size[0] : 0,
                                    .height = size ? size[1] : 0,
                                    .boxed = d->boxes != NULL,
                                    .notes = &notes,
                                    .remarks = &remarks};
    struct image pixels;
    struct error err;
    if (image_open(path, &spec, &pixels, &err) == 0)
        image_done(&pixels);
    else
        count_one(&counts[0], err.text);
    char *text = notes_join(&notes);
    for (size_t k = 1; k < COUNTOF(kinds); k++)
        if (remarks & kinds[k].remark)
            count_one(&counts[k], text);
    free(text);
    notes_done(&notes);
}

void inspect_photos(struct dataset *d, size_t checked, struct inspect_field *record)
{
    struct photo_count counts[COUNTOF(kinds)] = {{0}};
    size_t found = 0;
    for (size_t i = 0; d->photo_folder && i < checked; i++) {
        char *path;
        struct error ignored;
        if (dataset_photo(d, i, &path, &ignored) != 0)
            continue;
        found++;
        look_at_photo(d, i, path, counts);
        free(path);
    }
    inspect_set_number(record, "checked", INSPECT_INTEGER, (double)found);
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        inspect_set_number(record, kinds[k].name, INSPECT_INTEGER, (double)counts[k].count);
        if (counts[k].count > 1)
            notes_add(&d->notes, "%s (and %zu more of %zu photographs)", counts[k].first,
                      counts[k].count - 1, found);
        else if (counts[k].count == 1)
            notes_add(&d->notes, "%s", counts[k].first);
        free(counts[k].first);
    }
}
