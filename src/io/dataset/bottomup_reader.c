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

static int reserve(float **values, size_t *have, size_t wanted, struct error *err)
{
    if (wanted <= *have)
        return 0;
    free(*values);
    *values = NULL;
    *have = 0;
    if (mem_alloc(values, wanted, sizeof **values, "an image's regions", err) != 0)
        return -1;
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
    if (reserve(&reader->features, &reader->feature_room, regions * feature_size, err) != 0 ||
        (boxes && reserve(&reader->boxes, &reader->box_room, 4 * regions, err) != 0))
        return -1;
    image->regions = regions;
    image->feature_size = feature_size;
    image->features = reader->features;
    image->boxes = boxes ? reader->boxes : NULL;
    return 0;
}
