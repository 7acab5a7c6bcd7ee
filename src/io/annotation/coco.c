#include "io/annotation/coco.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/json_scan.h"

enum section { IN_NOTHING, IN_IMAGES, IN_ANNOTATIONS, IN_CATEGORIES };

/* Depths: { "annotations": [ { "bbox": [ */
enum { ROOT = 1, ENTRY = 3, LIST = 4 };

/* An entry of any section while it is read. Numbers are NaN and ids -1 until seen. */
struct entry {
    int64_t id, image, category;
    double width, height, box[4];
    int corners; /* numbers of the bbox so far */
    bool crowd, bad_box;
    char *name;
};

struct reader {
    const char *path;
    const struct idmap *wanted;
    struct coco *out;
    struct json_scan scan;
    struct str section_key, key; /* the last keys at ROOT and ENTRY */
    enum section section;
    struct entry entry;
    size_t annotations;
    struct error *err;
};

static int fail(struct reader *r, const char *what)
{
    return error_at(r->err, r->path, (int64_t)r->scan.bytes.at, "%s", what);
}

static void entry_clear(struct entry *e)
{
    free(e->name);
    *e = (struct entry){.id = -1, .image = -1, .category = -1, .width = NAN, .height = NAN};
}

static enum section section_of(const char *key)
{
    static const struct {
        const char *key;
        enum section section;
    } sections[] = {
        {"images", IN_IMAGES}, {"annotations", IN_ANNOTATIONS}, {"categories", IN_CATEGORIES}};
    for (size_t i = 0; i < COUNTOF(sections); i++)
        if (strcmp(key, sections[i].key) == 0)
            return sections[i].section;
    return IN_NOTHING;
}

/* Ids are non-negative integers; -1 if this is not one. */
static int64_t as_id(const char *text)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    return errno || *end || end == text || value < 0 ? -1 : value;
}

static void set_number(struct entry *e, const char *key, const char *text)
{
    const struct {
        const char *key;
        int64_t *id;
        double *number;
    } fields[] = {{"id", &e->id, NULL},
                  {"image_id", &e->image, NULL},
                  {"category_id", &e->category, NULL},
                  {"width", NULL, &e->width},
                  {"height", NULL, &e->height}};
    for (size_t i = 0; i < COUNTOF(fields); i++)
        if (strcmp(key, fields[i].key) == 0 && fields[i].id)
            *fields[i].id = as_id(text);
        else if (strcmp(key, fields[i].key) == 0)
            *fields[i].number = strtod(text, NULL);
    if (strcmp(key, "iscrowd") == 0)
        e->crowd = strtod(text, NULL) != 0;
}

/* ---- finished entries ---- */

static bool find_image(const struct reader *r, int64_t id, size_t *out)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    return idmap_find(r->wanted, text, out);
}

static int finish_image(struct reader *r)
{
    struct coco *c = r->out;
    const struct entry *e = &r->entry;
    size_t image;
    if (e->id < 0 || !find_image(r, e->id, &image))
        return 0;
    if (!(e->width > 0 && e->height > 0 && isfinite(e->width) && isfinite(e->height)))
        return 0;
    MEM_ROOM(c->sizes, c->size_count, c->size_cap);
    c->sizes[c->size_count++] = (struct coco_size){image, e->width, e->height};
    return 0;
}

static int finish_annotation(struct reader *r)
{
    struct coco *c = r->out;
    const struct entry *e = &r->entry;
    struct coco_object object = {.crowd = e->crowd};
    r->annotations++;
    if (e->image < 0 || e->category < 0 || (e->corners == 0 && !e->bad_box))
        return fail(r, "the annotation before this lacks image_id, category_id or bbox");
    bool good = e->corners == 4 && !e->bad_box;
    for (int k = 0; k < 4; k++)
        good = good && isfinite(e->box[k]) && fabs(e->box[k]) < 1e9;
    if (!good || e->box[2] < 0 || e->box[3] < 0)
        return fail(r, "the bbox before this is not x, y, width, height");
    if (!find_image(r, e->image, &object.image))
        return 0;
    object.box[0] = (float)e->box[0];
    object.box[1] = (float)e->box[1];
    object.box[2] = (float)(e->box[0] + e->box[2]);
    object.box[3] = (float)(e->box[1] + e->box[3]);
    object.category = (size_t)e->category; /* the id, until all categories are known */
    MEM_ROOM(c->objects, c->object_count, c->object_cap);
    c->objects[c->object_count++] = object;
    return 0;
}

static int finish_category(struct reader *r)
{
    struct coco *c = r->out;
    if (r->entry.id < 0 || !r->entry.name || !r->entry.name[0])
        return fail(r, "the category before this lacks id or name");
    MEM_ROOM(c->categories, c->category_count, c->category_cap);
    c->categories[c->category_count++] = (struct coco_category){r->entry.id, r->entry.name};
    r->entry.name = NULL;
    return 0;
}

static int finish_entry(struct reader *r)
{
    static int (*const finish[])(struct reader *) = {
        [IN_IMAGES] = finish_image,
        [IN_ANNOTATIONS] = finish_annotation,
        [IN_CATEGORIES] = finish_category,
    };
    int status = r->section == IN_NOTHING ? 0 : finish[r->section](r);
    entry_clear(&r->entry);
    return status;
}

/* ---- tokens ---- */

static void take_key(struct reader *r)
{
    struct json_scan *s = &r->scan;
    struct str *to = s->depth == ROOT ? &r->section_key : s->depth == ENTRY ? &r->key : NULL;
    if (!to)
        return;
    str_clear(to);
    str_add(to, str_text(&s->text));
    if (s->depth == ROOT)
        r->section = section_of(str_text(to));
}

static void take_value(struct reader *r, enum json_token token)
{
    struct json_scan *s = &r->scan;
    struct entry *e = &r->entry;
    const char *key = str_text(&r->key), *text = str_text(&s->text);
    bool in_box = s->depth == LIST && s->brackets[LIST - 1] == '[' && strcmp(key, "bbox") == 0;
    if (in_box && token == JSON_SCAN_NUMBER && e->corners < 4)
        e->box[e->corners++] = strtod(text, NULL);
    else if (in_box || (s->depth == ENTRY && strcmp(key, "bbox") == 0))
        e->bad_box = true;
    else if (s->depth == ENTRY && token == JSON_SCAN_NUMBER)
        set_number(e, key, text);
    else if (s->depth == ENTRY && token == JSON_SCAN_STRING && strcmp(key, "name") == 0) {
        free(e->name);
        e->name = mem_strdup(text);
    }
}

static int scan_all(struct reader *r)
{
    struct json_scan *s = &r->scan;
    for (;;) {
        enum json_token token = json_scan_next(s);
        if (token == JSON_SCAN_END)
            return 0;
        if (token == JSON_SCAN_BAD)
            return fail(r, "is not JSON, or is cut off");
        if (token == JSON_SCAN_KEY)
            take_key(r);
        else if (token == JSON_SCAN_STRING || token == JSON_SCAN_NUMBER || token == JSON_SCAN_WORD)
            take_value(r, token);
        else if (token == JSON_SCAN_CLOSE && s->depth == ENTRY - 1 && r->section != IN_NOTHING &&
                 s->brackets[ROOT] == '[' && finish_entry(r) != 0)
            return -1;
    }
}

/* ---- categories ---- */

static int by_id(const void *a, const void *b)
{
    const struct coco_category *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int resolve_categories(struct coco *c, const char *path, struct error *err)
{
    if (c->category_count > 0)
        qsort(c->categories, c->category_count, sizeof *c->categories, by_id);
    for (size_t i = 0; i < c->object_count; i++) {
        struct coco_category key = {.id = (int64_t)c->objects[i].category};
        struct coco_category *found =
            c->category_count ? bsearch(&key, c->categories, c->category_count, sizeof key, by_id)
                              : NULL;
        if (!found)
            return error_at(err, path, -1,
                            "an annotation has category_id %lld, which "
                            "\"categories\" does not list",
                            (long long)key.id);
        c->objects[i].category = (size_t)(found - c->categories);
    }
    return 0;
}

int coco_load(const char *path, const struct idmap *wanted, struct coco *out, struct error *err)
{
    struct file_map map;
    *out = (struct coco){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct reader r = {.path = path, .wanted = wanted, .out = out, .err = err};
    entry_clear(&r.entry);
    int status = json_scan_begin(&r.scan, path, map.data, map.size, err);
    if (status == 0)
        status = scan_all(&r);
    if (status == 0 && r.annotations == 0)
        status =
            error_at(err, path, -1,
                     "has no objects; give COCO's instances_*.json, with \"annotations\" that have "
                     "image_id, category_id and bbox");
    if (status == 0)
        status = resolve_categories(out, path, err);
    free(r.entry.name);
    str_done(&r.section_key);
    str_done(&r.key);
    str_done(&r.scan.text);
    file_map_close(&map);
    if (status != 0)
        coco_done(out);
    return status;
}

void coco_done(struct coco *coco)
{
    for (size_t i = 0; i < coco->category_count; i++)
        free(coco->categories[i].name);
    free(coco->categories);
    free(coco->objects);
    free(coco->sizes);
    *coco = (struct coco){0};
}
