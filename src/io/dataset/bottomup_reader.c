/* bottomup_reader.c: ids and memory, for the readers of every kind of file. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/dataset/bottomup_private.h"

int bottomup_fail(const struct bottomup *reader, struct error *err, const char *format, ...)
{
    char reason[768];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return error_set(err, "%s: image %s: %s", str_text(&reader->where), reader->id, reason);
}

int bottomup_set_id(struct bottomup *reader, const char *id, struct error *err)
{
    size_t length = strnlen(id, ID_SIZE);
    const char *where = str_text(&reader->where);
    if (length == 0)
        return error_set(err, "%s: the image id is empty", where);
    if (length == ID_SIZE)
        return error_set(err,
                         "%s: the image id '%.40s...' has %d characters or more; this is not a "
                         "file of region features",
                         where, id, ID_SIZE);
    for (const char *c = id; *c; c++)
        if ((unsigned char)*c < ' ')
            return error_set(err, "%s: the image id '%.60s' has control characters", where, id);
    memcpy(reader->id, id, length + 1);
    return 0;
}

/* Makes room for `wanted` numbers of 32 bits at the pointer at `values`, which is `old` now; what
 * was there is lost. */
static int reserve(void *values, void *old, size_t *have, size_t wanted, struct error *err)
{
    if (wanted <= *have)
        return 0;
    if (mem_alloc(values, wanted, sizeof(float), "an image's regions", err) != 0)
        return -1;
    free(old);
    *have = wanted;
    return 0;
}

int bottomup_reserve(struct bottomup *reader, size_t regions, size_t feature_size, bool boxes,
                     struct error *err)
{
    struct bottomup_image *image = &reader->image;
    if (regions == 0)
        return bottomup_fail(reader, err, "has no regions; omit it with --ids");
    if (regions > BOTTOMUP_REGIONS_MAX)
        return bottomup_fail(reader, err, "has %zu regions; at most %d are read", regions,
                             BOTTOMUP_REGIONS_MAX);
    if (feature_size == 0 || feature_size > BOTTOMUP_FEATURES_MAX)
        return bottomup_fail(reader, err, "has features of size %zu; 1 to %d are read",
                             feature_size, BOTTOMUP_FEATURES_MAX);
    if (reserve(&reader->features, reader->features, &reader->feature_room, regions * feature_size,
                err) != 0 ||
        (boxes && reserve(&reader->boxes, reader->boxes, &reader->box_room, 4 * regions, err) != 0))
        return -1;
    image->regions = regions;
    image->feature_size = feature_size;
    image->features = reader->features;
    image->boxes = boxes ? reader->boxes : NULL;
    return 0;
}

int bottomup_reserve_classes(struct bottomup *reader, bool classes, bool confidences,
                             struct error *err)
{
    struct bottomup_image *image = &reader->image;
    size_t n = image->regions;
    if ((classes && reserve(&reader->classes, reader->classes, &reader->class_room, n, err) != 0) ||
        (confidences &&
         reserve(&reader->confidences, reader->confidences, &reader->confidence_room, n, err) != 0))
        return -1;
    image->classes = classes ? reader->classes : NULL;
    image->confidences = confidences ? reader->confidences : NULL;
    return 0;
}

/* Names that are the same as ids ("1" and "01") are not found in the map but for the first. */
int32_t bottomup_class(struct bottomup *reader, const char *name)
{
    struct str_list *names = &reader->class_names;
    size_t number, n = 0;
    if (!*name)
        return -1;
    if (!idmap_find(&reader->class_of, name, &number))
        idmap_add(&reader->class_of, name, n = names->count);
    else if (strcmp(names->items[number], name) == 0)
        return (int32_t)number;
    while (n < names->count && strcmp(names->items[n], name) != 0)
        n++;
    if (n == names->count)
        str_list_add(names, mem_strdup(name));
    return (int32_t)n;
}
