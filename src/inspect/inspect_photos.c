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

_Static_assert(COUNTOF(kinds) == INSPECT_PHOTO_KINDS, "a count for each kind");

static void count_one(struct inspect_photo_kind *of, const char *text)
{
    of->count++;
    if (!of->first)
        of->first = mem_strdup(text);
}

/* Opens a photograph small: all its bytes are decoded, few of its pixels kept. */
static void look_at_photo(const struct dataset *d, size_t image, const char *path,
                          struct inspect_photo_kind counts[INSPECT_PHOTO_KINDS])
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

void inspect_photos_find(const struct dataset *d, size_t checked, bool decode,
                         struct inspect_photos *out)
{
    *out = (struct inspect_photos){0};
    for (size_t i = 0; d->photo_folder && i < checked; i++) {
        char *path;
        struct error ignored;
        if (dataset_photo(d, i, &path, &ignored) != 0)
            continue;
        out->found++;
        if (decode)
            look_at_photo(d, i, path, out->kinds);
        free(path);
    }
}

void inspect_photos_record(const struct inspect_photos *photos, struct notes *notes,
                           struct inspect_field *record)
{
    inspect_set_number(record, "checked", INSPECT_INTEGER, (double)photos->found);
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        const struct inspect_photo_kind *of = &photos->kinds[k];
        inspect_set_number(record, kinds[k].name, INSPECT_INTEGER, (double)of->count);
        if (of->count > 1)
            notes_add(notes, "%s (and %zu more of %zu photographs)", of->first, of->count - 1,
                      photos->found);
        else if (of->count == 1)
            notes_add(notes, "%s", of->first);
    }
}

void inspect_photos_done(struct inspect_photos *photos)
{
    for (size_t k = 0; k < COUNTOF(kinds); k++)
        free(photos->kinds[k].first);
}
