#include "io/dataset/region_sizes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/dataset/idmap.h"
#include "io/dataset/photos.h"
#include "io/image/image.h"
#include "io/text/captions.h"

struct region_sizes {
    struct idmap map; /* id to pair */
    int32_t *pairs;
    struct photos *photos;
};

/* ---- opening ---- */

/* "ID WIDTH HEIGHT" */
static int take_line(struct region_sizes *s, const char *path, const char *line, size_t i,
                     struct error *err)
{
    char id[ID_SIZE], beyond;
    int32_t *pair = s->pairs + 2 * i;
    if (sscanf(line, "%255s %9d %9d %c", id, &pair[0], &pair[1], &beyond) != 3 || pair[0] < 1 ||
        pair[1] < 1)
        return error_at(err, path, -1, "line %zu is '%.60s'; it should be: ID WIDTH HEIGHT", i + 1,
                        line);
    if (idmap_add(&s->map, id, i))
        return 0;
    return error_at(err, path, -1, "line %zu: image %s is given twice", i + 1, id);
}

static int load_list(struct region_sizes *s, const char *path, struct error *err)
{
    struct str_list lines;
    if (text_lines_load(path, &lines, err) != 0)
        return -1;
    int status = 0;
    s->pairs = mem_new(2 * lines.count, sizeof *s->pairs);
    for (size_t i = 0; status == 0 && i < lines.count; i++)
        status = take_line(s, path, lines.items[i], i, err);
    str_list_done(&lines);
    return status;
}

int region_sizes_open(const char *list, const char *photos, struct region_sizes **out,
                      struct error *err)
{
    struct region_sizes *s = mem_new(1, sizeof *s);
    struct photos_spec spec = {.folder = photos};
    *out = s;
    if ((!list || load_list(s, list, err) == 0) &&
        (!photos || photos_open(&spec, &s->photos, err) == 0))
        return 0;
    region_sizes_free(s);
    *out = NULL;
    return -1;
}

void region_sizes_free(struct region_sizes *s)
{
    if (!s)
        return;
    idmap_done(&s->map);
    free(s->pairs);
    photos_free(s->photos);
    free(s);
}

/* ---- images ---- */

static int size_of_photo(const struct region_sizes *s, struct bottomup_image *image,
                         struct error *err)
{
    char *path;
    int width, height;
    if (photos_find(s->photos, image->id, &path, err) != 0)
        return -1;
    int status = image_size(path, &width, &height, err);
    free(path);
    if (status != 0)
        return -1;
    image->width = width;
    image->height = height;
    return 0;
}

static int find_size(const struct region_sizes *s, struct bottomup_image *image, struct error *err)
{
    size_t pair;
    if (image->width > 0)
        return 0;
    if (idmap_find(&s->map, image->id, &pair)) {
        image->width = s->pairs[2 * pair];
        image->height = s->pairs[2 * pair + 1];
        return 0;
    }
    return s->photos ? size_of_photo(s, image, err) : 0;
}

int region_sizes_apply(const struct region_sizes *s, struct bottomup_image *image,
                       struct error *err)
{
    if (find_size(s, image, err) != 0)
        return -1;
    if (!image->normalised)
        return 0;
    if (image->width == 0 && image->incidental) {
        image->boxes = NULL;
        return 0;
    }
    if (image->width == 0)
        return error_set(err, "boxes are fractions of the image, and its size is missing; give "
                              "--sizes FILE with lines ID WIDTH HEIGHT, or the photographs with "
                              "--images DIR");
    for (size_t r = 0; r < image->regions; r++)
        for (size_t k = 0; k < 4; k++)
            image->boxes[4 * r + k] *= (float)(k % 2 ? image->height : image->width);
    return 0;
}
