/* inspect_json.c: which JSON a file is, by what its top holds; JSON lines by their first. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "inspect/inspect_outline.h"
#include "inspect/inspect_private.h"

enum { SHOWN_KEYS = 8, LINE_MOST = 1 << 24 };

static size_t count_of(const struct outline *o, const char *name, enum outline_kind kind)
{
    const struct outline_entry *e = outline_find(o, name, kind);
    return e ? e->count : 0;
}

static const char *text_of(const struct outline *o, const char *name)
{
    const struct outline_entry *e = outline_find(o, name, OUTLINE_TEXT);
    return e ? e->text : "";
}

static bool has_list(const struct outline *o, const char *name)
{
    return outline_find(o, name, OUTLINE_LIST) != NULL;
}

/* ---- recognising ---- */

static bool is_vocab(const struct outline *o)
{
    return outline_find(o, "word2idx", OUTLINE_OBJECT) != NULL;
}

static bool is_figure(const struct outline *o)
{
    return outline_find(o, "scanscope_figure", OUTLINE_NUMBER) != NULL;
}

static bool is_session(const struct outline *o)
{
    return outline_has(outline_find(o, "models", OUTLINE_LIST), "model");
}

static bool is_truth(const struct outline *o)
{
    return strncmp(text_of(o, "format"), "scanscope truth", 15) == 0;
}

static bool is_instances(const struct outline *o)
{
    return has_list(o, "images") &&
           outline_has(outline_find(o, "annotations", OUTLINE_LIST), "bbox");
}

static bool is_captions(const struct outline *o)
{
    return has_list(o, "images") &&
           outline_has(outline_find(o, "annotations", OUTLINE_LIST), "caption");
}

static bool is_karpathy(const struct outline *o)
{
    return outline_has(outline_find(o, "images", OUTLINE_LIST), "sentences");
}

static bool is_coco_images(const struct outline *o)
{
    return outline_has(outline_find(o, "images", OUTLINE_LIST), "file_name");
}

static bool is_info(const struct outline *o)
{
    return has_list(o, "files") && has_list(o, "fit");
}

static bool is_query(const struct outline *o)
{
    return has_list(o, "results") && outline_find(o, "query", OUTLINE_OBJECT);
}

static bool is_alignment(const struct outline *o)
{
    return outline_find(o, "annotation", OUTLINE_OBJECT) &&
           outline_find(o, "resamples", OUTLINE_NUMBER);
}

static bool is_eval(const struct outline *o)
{
    return outline_find(o, "rsum", OUTLINE_NUMBER) && has_list(o, "i2t");
}

static bool is_analysis(const struct outline *o)
{
    return outline_find(o, "i2t", OUTLINE_OBJECT) || outline_find(o, "models", OUTLINE_OBJECT);
}

static bool is_number_text(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0';
}

/* Ids to lists of ids. */
static bool is_positives(const struct outline *o)
{
    return o->kind == OUTLINE_OBJECT && o->count > 0 && o->of_kind[OUTLINE_LIST] == o->count &&
           o->numbers > 0 && is_number_text(o->entries[0].name);
}

/* Most of the texts that were kept are names of files. */
static bool is_mapping(const struct outline *o)
{
    size_t files = 0, texts = 0;
    for (size_t i = 0; i < o->entry_count; i++) {
        const char *text = o->entries[i].kind == OUTLINE_TEXT ? o->entries[i].text : NULL;
        const char *dot = text ? strrchr(text, '.') : NULL;
        texts += text != NULL;
        files += dot && dot > text && isalnum((unsigned char)dot[1]) && strlen(dot) <= 5;
    }
    return o->count > 0 && o->of_kind[OUTLINE_TEXT] == o->count && 2 * files > texts;
}

static bool is_json(const struct outline *o)
{
    return o->kind == OUTLINE_OBJECT || o->kind == OUTLINE_LIST;
}

/* ---- describing ---- */

static void describe_figure(struct inspect_subject *s, const struct outline *o)
{
    inspect_line(s, "figure", "%s", text_of(o, "kind"));
    if (text_of(o, "caption")[0])
        inspect_line(s, "caption", "%s", text_of(o, "caption"));
    if (text_of(o, "model")[0])
        inspect_line(s, "model", "%s", text_of(o, "model"));
}

static void describe_session(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "models", count_of(o, "models", OUTLINE_LIST), "opened");
    inspect_count(s, "marks", count_of(o, "marks", OUTLINE_LIST), "marked captions");
}

static void describe_truth(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "images", count_of(o, "images", OUTLINE_LIST), "drawn scenes");
    inspect_count(s, "things", count_of(o, "kinds", OUTLINE_OBJECT), "kinds of things");
}

static void describe_coco(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "images", count_of(o, "images", OUTLINE_LIST),
                  "images with ids and file names");
    if (has_list(o, "annotations"))
        inspect_count(s, "annotations", count_of(o, "annotations", OUTLINE_LIST), "annotations");
    if (has_list(o, "categories"))
        inspect_count(s, "categories", count_of(o, "categories", OUTLINE_LIST), "categories");
}

static void describe_karpathy(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "images", count_of(o, "images", OUTLINE_LIST),
                  "images with ids and file names");
    inspect_count(s, "sentences", o->sentences, "sentences");
    for (size_t i = 0; i < o->split_count; i++)
        inspect_count(s, o->splits[i].name, o->splits[i].count, "images of this split");
}

static void describe_mapping(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "ids", o->count,
                  o->kind == OUTLINE_OBJECT ? "ids to file names" : "file names, by position");
    inspect_line(s, "first", "%s is %s", o->entries[0].name ? o->entries[0].name : "0",
                 o->entries[0].text);
}

static void describe_positives(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "queries", o->count, "queries, by id");
    inspect_count(s, "answers", o->numbers, "ids of right answers");
}

static void describe_info(struct inspect_subject *s, const struct outline *o)
{
    inspect_count(s, "files", count_of(o, "files", OUTLINE_LIST), "files described");
}

static void describe_eval(struct inspect_subject *s, const struct outline *o)
{
    const struct outline_entry *rsum = outline_find(o, "rsum", OUTLINE_NUMBER);
    inspect_line(s, "rsum", "%s", rsum->text);
}

static void describe_analysis(struct inspect_subject *s, const struct outline *o)
{
    if (text_of(o, "model")[0])
        inspect_line(s, "model", "%s", text_of(o, "model"));
    if (text_of(o, "split")[0])
        inspect_line(s, "split", "%s", text_of(o, "split"));
}

static void describe_keys(struct inspect_subject *s, const struct outline *o)
{
    struct str keys = {0};
    for (size_t i = 0; i < o->entry_count && i < SHOWN_KEYS && o->entries[i].name; i++)
        str_addf(&keys, "%s%s", i ? ", " : "", o->entries[i].name);
    inspect_count(s, o->kind == OUTLINE_OBJECT ? "keys" : "elements", o->count,
                  o->kind == OUTLINE_OBJECT ? "keys" : "elements");
    if (keys.length > 0)
        inspect_line(s, "first", "%s%s", str_text(&keys), o->count > SHOWN_KEYS ? ", ..." : "");
    str_done(&keys);
}

/* The first match counts. */
static const struct {
    const char *kind;
    bool (*is)(const struct outline *o);
    void (*describe)(struct inspect_subject *s, const struct outline *o);
    const char *read_by; /* NULL: by nothing */
} kinds[] = {
    {"figure data", is_figure, describe_figure, "scanscope figure FILE"},
    {"explorer session", is_session, describe_session, "explore --session, figure --batch"},
    {"truth of drawn scenes", is_truth, describe_truth, "analyse alignment --truth"},
    {"COCO instances", is_instances, describe_coco, "analyse alignment --coco, --id-mapping"},
    {"COCO captions", is_captions, describe_coco, "scanscope convert, --id-mapping"},
    {"Karpathy's split", is_karpathy, describe_karpathy, "scanscope convert, --id-mapping"},
    {"COCO images", is_coco_images, describe_coco, "--id-mapping"},
    {"id mapping", is_mapping, describe_mapping, "--id-mapping"},
    {"right answers (ECCV Caption, CxC)", is_positives, describe_positives,
     "analyse words --positives"},
    {"results of scanscope info", is_info, describe_info, NULL},
    {"results of scanscope query", is_query, describe_keys, NULL},
    {"results of scanscope eval", is_eval, describe_eval, NULL},
    {"results of scanscope analyse alignment", is_alignment, describe_keys, NULL},
    {"results of scanscope analyse", is_analysis, describe_analysis, NULL},
    {"JSON", is_json, describe_keys, NULL},
};

static int describe_outline(struct inspect_subject *s, const struct outline *o, struct error *err)
{
    size_t k = 0;
    if (is_vocab(o))
        return inspect_vocab(s, err);
    while (k < COUNTOF(kinds) && !kinds[k].is(o))
        k++;
    if (k == COUNTOF(kinds))
        return error_at(err, s->path, -1, "is JSON of a single value, which nothing reads");
    inspect_begin(s, kinds[k].kind);
    kinds[k].describe(s, o);
    if (kinds[k].read_by)
        inspect_line(s, "read by", "%s", kinds[k].read_by);
    return 0;
}

/* ---- JSON lines ---- */

struct lines {
    size_t count, steps, validations, begins, bad; /* bad: the number of the first, or 0 */
    bool cut;                                      /* the last */
    double epoch, rsum;                            /* of the last validation */
};

static void take_event(struct lines *l, const json_t *line)
{
    const char *event = json_string_value(json_object_get(line, "event"));
    if (!event)
        return;
    l->begins += strcmp(event, "begin") == 0;
    l->steps += strcmp(event, "step") == 0;
    if (strcmp(event, "validation") != 0)
        return;
    l->validations++;
    l->epoch = json_number_value(json_object_get(line, "epoch"));
    l->rsum = json_number_value(json_object_get(line, "rsum"));
}

static void take_lines(struct lines *l, const char *text, size_t size)
{
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(text + at, '\n', size - at);
        length = end ? (size_t)(end - text) - at : size - at;
        json_t *line =
            length && length <= LINE_MOST ? json_loadb(text + at, length, 0, NULL) : NULL;
        l->count++;
        if (length && !line && !end)
            l->cut = true;
        else if (length && !line && !l->bad)
            l->bad = l->count;
        take_event(l, line);
        json_decref(line);
    }
}

static void describe_log(struct inspect_subject *s, const struct lines *l)
{
    inspect_begin(s, "training log");
    inspect_count(s, "steps", l->steps, "steps");
    inspect_count(s, "validations", l->validations, "validations");
    if (l->begins > 1)
        inspect_line(s, "resumed", "%zu times", l->begins - 1);
    if (l->validations > 0)
        inspect_line(s, "last", "validation of epoch %g: rsum %.1f", l->epoch, l->rsum);
    inspect_line(s, "read by", "figure curves --log");
}

static void describe_lines(struct inspect_subject *s, const json_t *first, const struct lines *l)
{
    bool batch = json_object_get(first, "kind") || json_object_get(first, "caption_index");
    if (json_object_get(first, "event")) {
        describe_log(s, l);
    } else {
        const char *key;
        json_t *value;
        struct str keys = {0};
        json_object_foreach ((json_t *)first, key, value)
            str_addf(&keys, "%s%s", keys.length ? ", " : "", key);
        inspect_begin(s, batch ? "batch of figures" : "JSON lines");
        inspect_count(s, "lines", l->count, batch ? "figures" : "lines");
        inspect_line(s, "first", "%s", str_text(&keys));
        if (batch)
            inspect_line(s, "read by", "figure --batch");
        str_done(&keys);
    }
    if (l->cut)
        inspect_line(s, "cut", "the last line is cut off, as by a run that was killed");
    if (l->bad)
        inspect_line(s, "damage", "line %zu is not JSON", l->bad);
    s->damaged = l->bad > 0 && !l->begins; /* a log may have been cut and resumed */
}

/* Whether the first line is an object by itself: then the file is lines of them. */
static json_t *first_line(const struct file_map *map)
{
    const char *text = (const char *)map->data, *end = memchr(text, '\n', map->size);
    size_t length = end ? (size_t)(end - text) : map->size;
    json_t *line = length <= LINE_MOST ? json_loadb(text, length, 0, NULL) : NULL;
    bool more = end && end + 1 < text + map->size;
    if (json_is_object(line) && (more || json_object_get(line, "event")))
        return line;
    json_decref(line);
    return NULL;
}

int inspect_json(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    json_t *first = first_line(map);
    if (first) {
        struct lines lines = {0};
        take_lines(&lines, (const char *)map->data, map->size);
        describe_lines(s, first, &lines);
        json_decref(first);
        return 0;
    }
    struct outline outline;
    int status = outline_read(s->path, map, &outline, err);
    if (status == 0)
        status = describe_outline(s, &outline, err);
    outline_done(&outline);
    return status;
}
