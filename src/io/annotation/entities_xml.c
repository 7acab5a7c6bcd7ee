/* entities_xml.c: the annotation files of Flickr30K Entities, read with expat. */
#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/annotation/entities.h"
#include "io/text/captions.h"

enum { DEEPEST = 64, TEXT_LONGEST = 4096, CHUNK = 1 << 20 };

struct object {
    char **names;
    size_t name_count, name_cap;
    double corner[4]; /* xmin ymin xmax ymax; NaN until seen */
    bool boxed;       /* has a bndbox */
};

struct reader {
    const char *path;
    XML_Parser parser;
    struct entity_boxes *out;
    size_t cap;
    int depth;
    bool root_seen;
    struct str text; /* of the current element */
    struct object object;
    struct error *err;
    bool failed;
};

/* The first failure is the one reported. */
static void fail(struct reader *r, const char *why)
{
    if (!r->failed)
        error_at(r->err, r->path, -1, "line %lu: %s", XML_GetCurrentLineNumber(r->parser), why);
    r->failed = true;
    XML_StopParser(r->parser, XML_FALSE);
}

static void object_clear(struct object *o)
{
    for (size_t i = 0; i < o->name_count; i++)
        free(o->names[i]);
    o->name_count = 0;
    o->boxed = false;
    for (int k = 0; k < 4; k++)
        o->corner[k] = NAN;
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    struct reader *r = data;
    if (++r->depth > DEEPEST) {
        fail(r, "elements are nested more than 64 deep");
        return;
    }
    if (r->depth == 1)
        r->root_seen = strcmp(name, "annotation") == 0;
    if (strcmp(name, "object") == 0)
        object_clear(&r->object);
    if (strcmp(name, "bndbox") == 0)
        r->object.boxed = true;
    str_clear(&r->text);
}

static double number_of(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    end += strspn(end, " \t\r\n");
    return end == text || *end || !isfinite(value) || fabs(value) > 1e9 ? NAN : value;
}

static void finish_object(struct reader *r)
{
    struct object *o = &r->object;
    struct entity_boxes *out = r->out;
    for (int k = 0; o->boxed && k < 4; k++)
        if (isnan(o->corner[k])) {
            fail(r, "a bndbox is not xmin, ymin, xmax and ymax");
            return;
        }
    for (size_t i = 0; o->boxed && i < o->name_count; i++) {
        MEM_ROOM(out->items, out->count, r->cap);
        struct entity_box *box = &out->items[out->count++];
        box->id = o->names[i];
        o->names[i] = NULL;
        for (int k = 0; k < 4; k++)
            box->box[k] = (float)o->corner[k];
    }
    object_clear(o);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    struct reader *r = data;
    struct object *o = &r->object;
    const struct {
        const char *name;
        double *number;
    } numbers[] = {{"xmin", &o->corner[0]}, {"ymin", &o->corner[1]},   {"xmax", &o->corner[2]},
                   {"ymax", &o->corner[3]}, {"width", &r->out->width}, {"height", &r->out->height}};
    r->depth--;
    for (size_t i = 0; i < COUNTOF(numbers); i++)
        if (strcmp(name, numbers[i].name) == 0)
            *numbers[i].number = number_of(str_text(&r->text));
    if (strcmp(name, "name") == 0) {
        MEM_ROOM(o->names, o->name_count, o->name_cap);
        o->names[o->name_count++] = mem_strdup(str_text(&r->text));
    }
    if (strcmp(name, "object") == 0)
        finish_object(r);
    str_clear(&r->text);
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length)
{
    struct reader *r = data;
    if (r->text.length + (size_t)length > TEXT_LONGEST)
        fail(r, "an element's text is longer than 4096 bytes");
    else
        str_add_n(&r->text, text, (size_t)length);
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    fail(data, "has a document type declaration, which annotation files do not");
}

/* In pieces, since expat counts bytes in int. */
static int parse_all(struct reader *r, const struct file_map *map)
{
    for (size_t at = 0; !r->failed && at < map->size;) {
        size_t n = map->size - at < CHUNK ? map->size - at : CHUNK;
        bool last = at + n == map->size;
        if (XML_Parse(r->parser, (const char *)map->data + at, (int)n, last) == XML_STATUS_ERROR &&
            !r->failed) {
            r->failed = true;
            error_at(r->err, r->path, -1, "line %lu: %s", XML_GetCurrentLineNumber(r->parser),
                     XML_ErrorString(XML_GetErrorCode(r->parser)));
        }
        at += n;
    }
    if (!r->failed && !r->root_seen) {
        r->failed = true;
        error_at(r->err, r->path, -1, "is not an <annotation> of Flickr30K Entities");
    }
    return r->failed ? -1 : 0;
}

static int parse_map(const char *path, const struct file_map *map, struct entity_boxes *out,
                     struct error *err)
{
    struct reader r = {.path = path, .parser = XML_ParserCreate(NULL), .out = out, .err = err};
    if (!r.parser)
        return error_set(err, "not enough memory for an XML parser");
    object_clear(&r.object);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    int status = parse_all(&r, map);
    XML_ParserFree(r.parser);
    str_done(&r.text);
    object_clear(&r.object);
    free(r.object.names);
    return status;
}

int entities_boxes_load(const char *path, struct entity_boxes *out, struct error *err)
{
    struct file_map map;
    *out = (struct entity_boxes){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = map.size == 0 ? error_at(err, path, -1, "is empty")
                               : text_check(path, map.data, map.size, err);
    if (status == 0)
        status = parse_map(path, &map, out, err);
    file_map_close(&map);
    if (!(out->width > 0 && out->height > 0))
        out->width = out->height = 0;
    if (status != 0)
        entities_boxes_done(out);
    return status;
}

void entities_boxes_done(struct entity_boxes *boxes)
{
    for (size_t i = 0; i < boxes->count; i++)
        free(boxes->items[i].id);
    free(boxes->items);
    *boxes = (struct entity_boxes){0};
}
