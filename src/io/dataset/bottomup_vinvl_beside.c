/* bottomup_vinvl_beside.c: what VinVL and Oscar write into files of their own, joined by id. These
 * are mapped; in memory is only where the line of each image begins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/bottomup_vinvl.h"

struct table {
    char *path; /* NULL: there is none */
    struct file_map map;
    struct idmap starts; /* byte of each image's line */
};

struct vinvl_beside {
    struct table sizes, objects;
    bool same_run; /* the objects are predictions.tsv: exactly the regions */
    bool indexed;
};

/* ---- files ---- */

/* One line at that byte: the id and what is behind the tab. False: it has no tab. */
static bool split_line(const struct table *t, size_t start, size_t *id_length, const char **rest,
                       size_t *length, size_t *next)
{
    const char *line = (const char *)t->map.data + start;
    size_t left = t->map.size - start;
    const char *end = memchr(line, '\n', left);
    *next = end ? start + (size_t)(end - line) + 1 : t->map.size;
    left = end ? (size_t)(end - line) : left;
    const char *tab = memchr(line, '\t', left);
    if (!tab)
        return false;
    *id_length = (size_t)(tab - line);
    *rest = tab + 1;
    *length = left - *id_length - 1;
    return true;
}

/* Whether its first line is an id and JSON. */
static bool is_table(const struct table *t)
{
    size_t id, length, next;
    const char *rest;
    return t->map.size > 0 && split_line(t, 0, &id, &rest, &length, &next) && id > 0 &&
           length > 0 && (*rest == '{' || *rest == '[');
}

static void index_table(struct bottomup *reader, struct table *t)
{
    size_t twice = 0, id_length, length;
    const char *rest;
    for (size_t start = 0, next; t->path && start < t->map.size; start = next) {
        if (!split_line(t, start, &id_length, &rest, &length, &next) || id_length >= ID_SIZE)
            continue;
        char *id = mem_strndup((const char *)t->map.data + start, id_length);
        twice += !idmap_add(&t->starts, id, start);
        free(id);
    }
    if (twice > 0)
        notes_add(&reader->notes,
                  "%s: %zu lines are of images that have one already; the first counts", t->path,
                  twice);
}

static void table_done(struct table *t)
{
    if (t->path)
        file_map_close(&t->map);
    idmap_done(&t->starts);
    free(t->path);
}

/* Opens PREFIX + name if it is there. */
static int open_table(struct bottomup *reader, const char *prefix, int length, const char *name,
                      struct table *t, struct error *err)
{
    char *path = mem_printf("%.*s%s", length, prefix, name);
    if (strcmp(path, reader->path) == 0 || !file_exists(path)) {
        free(path);
        return 0;
    }
    t->path = path;
    if (file_map_open(path, &t->map, err) != 0) {
        free(path);
        t->path = NULL;
        return -1;
    }
    bool is = is_table(t);
    notes_add(&reader->notes,
              is ? "%s: used, by image ids" : "%s: not used: it has no id and JSON per line", path);
    if (is)
        return 1;
    table_done(t);
    *t = (struct table){0};
    return 0;
}

/* What the others' names begin with: "train." of train.feature.tsv, "NAME." of NAME.tsv. */
static char *prefix_of(const char *path)
{
    static const char *const ends[] = {"features", "feature", "predictions"};
    const char *name = file_name(path), *dot = strrchr(name, '.');
    size_t folder = (size_t)(name - path), stem = dot ? (size_t)(dot - name) : strlen(name);
    for (size_t i = 0; i < COUNTOF(ends); i++) {
        size_t n = strlen(ends[i]);
        if (stem >= n && memcmp(name + stem - n, ends[i], n) == 0)
            return mem_strndup(path, folder + stem - n);
    }
    return mem_printf("%.*s.", (int)(folder + stem), path);
}

int vinvl_beside_open(struct bottomup *reader, struct vinvl_beside **out, struct error *err)
{
    static const char *const names[] = {"predictions.tsv", "label.tsv", "labels.tsv"};
    struct vinvl_beside *b = *out = mem_new(1, sizeof *b);
    char *prefix = prefix_of(reader->path);
    int length = (int)strlen(prefix);
    int got = open_table(reader, prefix, length, "hw.tsv", &b->sizes, err);
    for (size_t i = 0; got >= 0 && !b->objects.path && i < COUNTOF(names); i++) {
        got = open_table(reader, prefix, length, names[i], &b->objects, err);
        b->same_run = i == 0;
    }
    free(prefix);
    return got < 0 ? -1 : 0;
}

void vinvl_beside_free(struct vinvl_beside *b)
{
    if (!b)
        return;
    table_done(&b->sizes);
    table_done(&b->objects);
    free(b);
}

/* The JSON of the reader's image. 1: got; 0: it has no line; -1: it is damaged. */
static int json_of(const struct table *t, const struct bottomup *reader, json_t **out,
                   struct error *err)
{
    size_t start, id_length, length, next;
    const char *rest;
    json_error_t why;
    *out = NULL;
    if (!t->path || !idmap_find(&t->starts, reader->id, &start) ||
        !split_line(t, start, &id_length, &rest, &length, &next))
        return 0;
    *out = json_loadb(rest, length, JSON_DISABLE_EOF_CHECK, &why);
    return *out ? 1
                : bottomup_fail(reader, err, "its JSON in %s is damaged at character %d: %s",
                                t->path, why.position, why.text);
}

/* ---- sizes ---- */

static int32_t size_of(const json_t *image, const char *const names[3])
{
    for (size_t i = 0; i < 3; i++) {
        double size = json_number_value(json_object_get(image, names[i]));
        if (size >= 1 && size <= INT32_MAX)
            return (int32_t)size;
    }
    return 0;
}

void vinvl_size(const json_t *image, int32_t *width_out, int32_t *height_out)
{
    static const char *const widths[] = {"image_w", "img_w", "width"};
    static const char *const heights[] = {"image_h", "img_h", "height"};
    int32_t width = size_of(image, widths), height = size_of(image, heights);
    *width_out = height ? width : 0;
    *height_out = width ? height : 0;
}

/* Sets the image's size; one that it has must be the same. */
static int take_size(struct bottomup *reader, const struct table *t, const json_t *root,
                     struct error *err)
{
    struct bottomup_image *image = &reader->image;
    int32_t width, height;
    vinvl_size(json_is_array(root) ? json_array_get(root, 0) : root, &width, &height);
    if (!width)
        return 0;
    if (image->width && (image->width != width || image->height != height))
        return bottomup_fail(reader, err, "is %d x %d pixels, but %d x %d in %s", image->width,
                             image->height, width, height, t->path);
    image->width = width;
    image->height = height;
    return 0;
}

static int join_size(struct vinvl_beside *b, struct bottomup *reader, struct error *err)
{
    json_t *root;
    int status = json_of(&b->sizes, reader, &root, err);
    if (status == 1) {
        status = take_size(reader, &b->sizes, root, err);
        json_decref(root);
    }
    return status;
}

/* ---- objects ---- */

static bool any_has(const json_t *objects, const char *key)
{
    size_t i;
    json_t *object;
    json_array_foreach (objects, i, object)
        if (json_object_get(object, key))
            return true;
    return false;
}

static int take_class(struct bottomup *reader, const json_t *object, size_t r, struct error *err)
{
    const char *name = json_string_value(json_object_get(object, "class"));
    for (const char *c = name ? name : ""; *c; c++)
        if ((unsigned char)*c < ' ')
            return bottomup_fail(reader, err, "the class of object %zu has control characters",
                                 r + 1);
    reader->image.classes[r] = name ? bottomup_class(reader, name) : -1;
    return 0;
}

int vinvl_take_classes(struct bottomup *reader, const json_t *objects, struct error *err)
{
    bool classes = any_has(objects, "class"), confidences = any_has(objects, "conf");
    size_t r;
    json_t *object;
    if (bottomup_reserve_classes(reader, classes, confidences, err) != 0)
        return -1;
    json_array_foreach (objects, r, object) {
        const json_t *conf = json_object_get(object, "conf");
        if (classes && take_class(reader, object, r, err) != 0)
            return -1;
        if (confidences && !json_is_number(conf))
            return bottomup_fail(reader, err, "the \"conf\" of object %zu is not a number", r + 1);
        if (confidences)
            reader->image.confidences[r] = (float)json_number_value(conf);
    }
    return 0;
}

/* Four numbers; 0 on success. */
static int rect_of(const json_t *object, float out[4])
{
    const json_t *rect = json_object_get(object, "rect");
    for (size_t k = 0; k < 4; k++) {
        const json_t *number = json_array_get(rect, k);
        if (!json_is_number(number))
            return -1;
        out[k] = (float)json_number_value(number);
    }
    return json_array_size(rect) == 4 ? 0 : -1;
}

/* Whether an object's box is that of region r, if this has one whose size in pixels is known:
 * within a pixel and a hundredth of the picture. */
static bool same_place(const struct bottomup_image *image, size_t r, const float rect[4])
{
    if (!image->boxes || (image->normalised && !image->width))
        return true;
    for (size_t k = 0; k < 4; k++) {
        float side = (float)(k % 2 ? image->height : image->width);
        float scale = image->normalised ? side : 1;
        if (!(fabsf(rect[k] - scale * image->boxes[4 * r + k]) <= 1 + side / 100))
            return false;
    }
    return true;
}

/* Why the objects are not the image's regions, as they stand: "" if they are. The caller's to free.
 */
static char *unlike(const struct bottomup_image *image, const json_t *objects, bool boxes)
{
    float rect[4];
    if (json_array_size(objects) != image->regions)
        return mem_printf("%zu objects, but %zu regions", json_array_size(objects), image->regions);
    for (size_t r = 0; boxes && r < image->regions; r++) {
        if (rect_of(json_array_get(objects, r), rect) != 0)
            return mem_printf("object %zu without a \"rect\" of four numbers", r + 1);
        if (!same_place(image, r, rect))
            return mem_printf("object %zu at x1 %g y1 %g x2 %g y2 %g, where region %zu is not",
                              r + 1, (double)rect[0], (double)rect[1], (double)rect[2],
                              (double)rect[3], r + 1);
    }
    return mem_strdup("");
}

static void take_rects(struct bottomup *reader, const json_t *objects)
{
    struct bottomup_image *image = &reader->image;
    image->boxes = reader->boxes;
    image->normalised = image->incidental = false;
    for (size_t r = 0; r < image->regions; r++)
        (void)rect_of(json_array_get(objects, r), image->boxes + 4 * r);
}

/* label.tsv may be of another model or threshold: then the image goes without. */
static int leave(const struct vinvl_beside *b, struct bottomup *reader, const char *why,
                 struct error *err)
{
    if (b->same_run)
        return bottomup_fail(reader, err, "%s has %s", b->objects.path, why);
    for (size_t i = 0; i < reader->notes.lines.count; i++)
        if (strstr(reader->notes.lines.items[i], "go without its classes"))
            return 0;
    notes_add(
        &reader->notes,
        "%s: images whose objects are not their regions go without its classes and boxes (the "
        "first: image %s: %s)",
        b->objects.path, reader->id, why);
    return 0;
}

static int take_objects(const struct vinvl_beside *b, struct bottomup *reader, const json_t *root,
                        struct error *err)
{
    const json_t *objects = json_is_array(root) ? root : json_object_get(root, "objects");
    if (!json_is_array(objects))
        return bottomup_fail(reader, err, "%s has no list of objects for it", b->objects.path);
    if (json_is_object(root) && take_size(reader, &b->objects, root, err) != 0)
        return -1;
    bool boxes = any_has(objects, "rect");
    char *why = unlike(&reader->image, objects, boxes);
    int status = 0;
    if (*why)
        status = leave(b, reader, why, err);
    else if ((status = vinvl_take_classes(reader, objects, err)) == 0 && boxes)
        take_rects(reader, objects);
    free(why);
    return status;
}

int vinvl_beside_join(struct vinvl_beside *b, struct bottomup *reader, struct error *err)
{
    json_t *root;
    if (!b->indexed) {
        index_table(reader, &b->sizes);
        index_table(reader, &b->objects);
        b->indexed = true;
    }
    if (join_size(b, reader, err) < 0)
        return -1;
    if (!b->objects.path || reader->image.classes)
        return 0;
    int status = json_of(&b->objects, reader, &root, err);
    if (status == 0)
        return leave(b, reader, "no line of it", err);
    if (status == 1)
        status = take_objects(b, reader, root, err);
    json_decref(root);
    return status;
}
