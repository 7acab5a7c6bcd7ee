#include "io/dataset/caption_convert.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/array/npy.h"
#include "io/dataset/dataset_private.h"
#include "io/dataset/idmap.h"
#include "io/text/caption_records.h"
#include "io/text/captions.h"

enum { FEATURE_TABS = 5, FEATURE_FIELD = 16, SHOWN_COUNTS = 6 };

struct conversion {
    const struct caption_convert_spec *spec;
    struct caption_convert_summary *out;
    struct caption_records records;
    char *caps_path, *ids_path;
    size_t *order;   /* images of records to write, in that order; owned */
    size_t images;   /* in order */
    bool *taken;     /* of records.items: of a wanted split */
    size_t *starts;  /* of each image of records in `grouped`; images + 1 */
    size_t *grouped; /* taken items, image by image, each image's in the file's order */
};

static char *split_path(const struct caption_convert_spec *spec, const char *ending)
{
    char *name = mem_printf("%s%s", spec->split, ending);
    char *path = file_join(spec->folder, name);
    free(name);
    return path;
}

/* ---- what is wanted ---- */

static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
        if (strncmp(at, name, n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

static bool has_split(const struct conversion *c, const char *name)
{
    for (size_t i = 0; i < c->records.splits.count; i++)
        if (strcmp(c->records.splits.items[i], name) == 0)
            return true;
    return false;
}

static int wrong_split(const struct conversion *c, const char *what, const char *name,
                       struct error *err)
{
    struct str names = {0};
    for (size_t i = 0; i < c->records.splits.count && names.length < 200; i++)
        str_addf(&names, "%s%.40s", i ? ", " : "", c->records.splits.items[i]);
    error_at(err, c->spec->path, -1, "%s%s%s; its splits are: %s; say which with --from-split",
             what, name[0] ? " " : "", name, str_text(&names));
    str_done(&names);
    return -1;
}

/* The file's splits for the one to write: the same name, or another of the development set's. */
static int find_split(const struct conversion *c, const char **out, struct error *err)
{
    static const char *const dev[] = {"dev", "val", "valid", "validation"};
    const char *split = c->spec->split;
    bool is_dev = false;
    *out = split;
    for (size_t i = 0; i < COUNTOF(dev); i++)
        is_dev = is_dev || strcmp(split, dev[i]) == 0;
    for (size_t i = 0; is_dev && !has_split(c, *out) && i < COUNTOF(dev); i++)
        *out = dev[i];
    if (!has_split(c, *out))
        return wrong_split(c, "has no split", split, err);
    if (strcmp(split, "train") == 0 && has_split(c, "restval"))
        return wrong_split(c, "has train and restval, which are often taken together", "", err);
    return 0;
}

static int check_listed(const struct conversion *c, const char *list, struct error *err)
{
    char *names = mem_strdup(list), *rest = names, *name;
    int status = 0;
    while (status == 0 && (name = strsep(&rest, ",")))
        if (!has_split(c, name))
            status = wrong_split(c, "has no split", name, err);
    free(names);
    return status;
}

static int take_split(struct conversion *c, struct error *err)
{
    const struct caption_records *r = &c->records;
    const char *from = c->spec->from;
    c->taken = mem_new(r->count, sizeof *c->taken);
    if (r->splits.count == 0 && from)
        return error_at(err, c->spec->path, -1, "knows no splits; omit --from-split");
    if (r->splits.count > 0 && (from ? check_listed(c, from, err) : find_split(c, &from, err)) != 0)
        return -1;
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        size_t split = r->items[i].split;
        c->taken[i] = r->splits.count == 0 ||
                      (split != CAPTION_NONE && is_listed(from, r->splits.items[split]));
        count += c->taken[i];
    }
    if (r->splits.count > 0)
        notes_add(&c->out->notes, "of the file's %zu captions the %zu of split %s are taken",
                  r->count, count, from);
    return 0;
}

/* ---- images ---- */

/* *named_out: whether they name images. */
static int check_named(const struct conversion *c, bool *named_out, struct error *err)
{
    size_t unnamed = 0, taken = 0;
    for (size_t i = 0; i < c->records.count; i++) {
        taken += c->taken[i];
        unnamed += c->taken[i] && c->records.items[i].image == CAPTION_NONE;
    }
    *named_out = unnamed == 0;
    if (unnamed == 0 || unnamed == taken)
        return 0;
    return error_at(err, c->spec->path, -1, "%zu of %zu captions name no image", unnamed, taken);
}

/* Sorts the captions by image, otherwise as in the file; the order is that of first appearance. */
static void group(struct conversion *c)
{
    const struct caption_records *r = &c->records;
    size_t n = r->images.count, apart = 0, before = CAPTION_NONE;
    size_t *at = mem_new(n + 1, sizeof *at);
    c->starts = mem_new(n + 1, sizeof *c->starts);
    c->order = mem_new(n, sizeof *c->order);
    for (size_t i = 0; i < r->count; i++) {
        size_t image = r->items[i].image;
        if (!c->taken[i])
            continue;
        if (c->starts[image + 1]++ == 0)
            c->order[c->images++] = image;
        else
            apart += image != before;
        before = image;
    }
    for (size_t i = 0; i < n; i++)
        c->starts[i + 1] += c->starts[i];
    memcpy(at, c->starts, (n + 1) * sizeof *at);
    c->grouped = mem_new(c->starts[n], sizeof *c->grouped);
    for (size_t i = 0; i < r->count; i++)
        if (c->taken[i])
            c->grouped[at[r->items[i].image]++] = i;
    free(at);
    if (apart > 0)
        notes_add(
            &c->out->notes,
            "captions that stand apart from others of their image: %zu; they are brought together",
            apart);
}

/* ---- the folder ---- */

static char *features_path(const struct caption_convert_spec *spec)
{
    struct dataset d = {.folder = (char *)spec->folder, .split = (char *)spec->split};
    return dataset_find_array(&(struct opening){.d = &d, .in_folder = true},
                              dataset_feature_endings);
}

/* Ids may be given once per caption: repetitions in a row count once. */
static void drop_repeated(struct str_list *ids)
{
    size_t kept = 0;
    for (size_t i = 0; i < ids->count; i++)
        if (kept > 0 && strcmp(ids->items[kept - 1], ids->items[i]) == 0)
            free(ids->items[i]);
        else
            ids->items[kept++] = ids->items[i];
    ids->count = kept;
}

static int map_images(const struct conversion *c, struct idmap *map, struct error *err)
{
    for (size_t i = 0; i < c->images; i++) {
        const char *name = c->records.images.items[c->order[i]];
        if (!idmap_add(map, name, c->order[i]))
            return error_at(err, c->spec->path, -1,
                            "'%.80s' and another name are the same image by %s", name, c->ids_path);
    }
    return 0;
}

/* Replaces the order by that of the folder's ids. */
static int order_by(struct conversion *c, const struct str_list *ids, const struct idmap *map,
                    struct error *err)
{
    size_t missing = 0, first = 0, left = c->images;
    bool *seen = mem_new(c->records.images.count, sizeof *seen);
    size_t *order = mem_new(ids->count, sizeof *order);
    for (size_t i = 0; i < ids->count; i++) {
        if (idmap_find(map, ids->items[i], &order[i])) {
            left -= !seen[order[i]];
            seen[order[i]] = true;
        } else if (missing++ == 0) {
            first = i;
        }
    }
    for (size_t i = 0; left > 0 && i < c->images; i++)
        if (!seen[c->order[i]]) {
            notes_add(&c->out->notes,
                      "%zu images of the file are not in %s and are omitted (the first: %s)", left,
                      c->ids_path, c->records.images.items[c->order[i]]);
            break;
        }
    free(seen);
    free(c->order);
    c->order = order;
    c->images = ids->count;
    if (missing > 0)
        return error_at(err, c->spec->path, -1,
                        "has no captions of %zu of the %zu images of %s (the first: %.80s)",
                        missing, ids->count, c->ids_path, ids->items[first]);
    return 0;
}

static int follow_ids(struct conversion *c, struct error *err)
{
    struct str_list ids;
    struct idmap map = {0};
    if (text_lines_load(c->ids_path, &ids, err) != 0)
        return -1;
    drop_repeated(&ids);
    int status = map_images(c, &map, err) != 0 || order_by(c, &ids, &map, err) != 0 ? -1 : 0;
    c->out->ordered_by = mem_strdup(c->ids_path);
    idmap_done(&map);
    str_list_done(&ids);
    return status;
}

static int check_features(struct conversion *c, const char *path, struct error *err)
{
    struct npy *features;
    size_t captions = c->out->captions;
    if (npy_open(path, NULL, &features, err) != 0)
        return -1;
    size_t rows = features->ndim > 0 ? features->shape[0] : 0;
    npy_free(features);
    bool fits =
        c->images > 0 ? rows == c->images || rows == captions : rows > 0 && captions % rows == 0;
    if (!fits)
        return error_at(err, c->spec->path, -1,
                        "has %zu images with %zu captions, but %s has features of %zu", c->images,
                        captions, path, rows);
    if (!c->out->ordered_by)
        notes_add(&c->out->notes,
                  "%s has no ids: that its images are in the order of the captions was not checked",
                  path);
    return 0;
}

/* ---- five captions per image ---- */

static size_t captions_of(const struct conversion *c, size_t i)
{
    return c->starts[c->order[i] + 1] - c->starts[c->order[i]];
}

/* "990 have 5, 10 have 6", for the numbers as they come. */
static char *list_counts(const struct conversion *c)
{
    size_t numbers[SHOWN_COUNTS] = {0}, images[SHOWN_COUNTS] = {0}, known = 0, others = 0;
    for (size_t i = 0; i < c->images; i++) {
        size_t k = 0;
        while (k < known && numbers[k] != captions_of(c, i))
            k++;
        if (k == SHOWN_COUNTS) {
            others++;
            continue;
        }
        known += k == known;
        numbers[k] = captions_of(c, i);
        images[k]++;
    }
    struct str text = {0};
    for (size_t k = 0; k < known; k++)
        str_addf(&text, "%s%zu have %zu", k ? ", " : "", images[k], numbers[k]);
    if (others > 0)
        str_addf(&text, ", %zu have another number", others);
    return str_take(&text);
}

static int check_counts(struct conversion *c, struct error *err)
{
    size_t per_image = captions_of(c, 0);
    for (size_t i = 0; i < c->images; i++) {
        c->out->captions += captions_of(c, i);
        if (captions_of(c, i) == per_image)
            continue;
        char *counts = list_counts(c);
        error_at(err, c->spec->path, -1,
                 "its %zu images have different numbers of captions: %s (%.80s has %zu); every "
                 "image needs the same number, usually five",
                 c->images, counts, c->records.images.items[c->order[i]], captions_of(c, i));
        free(counts);
        return -1;
    }
    c->out->per_image = per_image;
    return 0;
}

/* ---- writing ---- */

static int check_free(const struct conversion *c, bool ids, struct error *err)
{
    const char *const paths[] = {c->caps_path, ids ? c->ids_path : NULL};
    for (size_t i = 0; i < COUNTOF(paths); i++)
        if (paths[i] && !c->spec->force && file_exists(paths[i]))
            return error_at(err, paths[i], -1,
                            "already exists; give --force to replace it, or another --split");
    return 0;
}

static void add_line(struct str *text, const char *line)
{
    str_add(text, line);
    str_add(text, "\n");
}

static int write_files(struct conversion *c, bool ids, struct error *err)
{
    const struct caption_records *r = &c->records;
    struct str captions = {0}, names = {0};
    for (size_t i = 0; i < c->images; i++) {
        add_line(&names, r->images.items[c->order[i]]);
        for (size_t k = c->starts[c->order[i]]; k < c->starts[c->order[i] + 1]; k++)
            add_line(&captions, r->items[c->grouped[k]].caption);
    }
    for (size_t i = 0; c->images == 0 && i < r->count; i++)
        if (c->taken[i])
            add_line(&captions, r->items[i].caption);
    int status = file_make_folder(c->spec->folder, err);
    if (status == 0 && ids)
        status = file_write(c->ids_path, str_text(&names), names.length, err);
    if (status == 0)
        status = file_write(c->caps_path, str_text(&captions), captions.length, err);
    str_done(&captions);
    str_done(&names);
    return status;
}

/* ---- the whole ---- */

static int arrange(struct conversion *c, bool follow, struct error *err)
{
    bool named;
    if (check_named(c, &named, err) != 0)
        return -1;
    if (named) {
        group(c);
        if (follow && follow_ids(c, err) != 0)
            return -1;
        return check_counts(c, err);
    }
    for (size_t i = 0; i < c->records.count; i++)
        c->out->captions += c->taken[i];
    notes_add(&c->out->notes, "the file names no images: no ids are written");
    return 0;
}

static int convert(struct conversion *c, struct error *err)
{
    char *features = features_path(c->spec);
    bool follow = file_exists(c->ids_path) && (features || !c->spec->force);
    int status = take_split(c, err) != 0 || arrange(c, follow, err) != 0 ? -1 : 0;
    bool ids = c->images > 0 && !follow;
    if (status == 0 && features)
        status = check_features(c, features, err);
    if (status == 0)
        status = check_free(c, ids, err) != 0 || write_files(c, ids, err) != 0 ? -1 : 0;
    c->out->images = c->images;
    free(features);
    return status;
}

int caption_convert(const struct caption_convert_spec *spec, struct caption_convert_summary *out,
                    struct error *err)
{
    struct conversion c = {.spec = spec, .out = out};
    *out = (struct caption_convert_summary){0};
    c.caps_path = split_path(spec, "_caps.txt");
    c.ids_path = split_path(spec, "_ids.txt");
    int status = caption_records_read(spec->path, spec->columns, &c.records, err);
    out->form = c.records.form;
    if (status == 0) {
        notes_add_all(&out->notes, &c.records.notes);
        status = convert(&c, err);
    }
    caption_records_done(&c.records);
    free(c.caps_path);
    free(c.ids_path);
    free(c.order);
    free(c.taken);
    free(c.starts);
    free(c.grouped);
    return status;
}

void caption_convert_done(struct caption_convert_summary *summary)
{
    free(summary->ordered_by);
    notes_done(&summary->notes);
    *summary = (struct caption_convert_summary){0};
}

/* A line of bottom-up features: columns of base64 after tabs, or of JSON after the id. */
static bool is_features(const struct file_map *map)
{
    const char *line = (const char *)map->data;
    const char *end = memchr(line, '\n', map->size);
    size_t n = end ? (size_t)(end - line) : map->size, tabs = 0, field = 0;
    for (size_t i = 0; i < n; i++)
        if (line[i] == '\t') {
            if (tabs++ == 0 && i + 1 < n && line[i + 1] == '{')
                return true;
            field = i + 1;
        }
    return tabs >= FEATURE_TABS && n - field > FEATURE_FIELD &&
           !memchr(line + field, ' ', n - field);
}

bool caption_convert_reads(const char *path)
{
    struct file_map map;
    struct caption_form form = {0};
    struct error ignored;
    if (file_is_folder(path) || file_map_open(path, &map, &ignored) != 0)
        return false;
    if (map.size > 0 && !is_features(&map))
        caption_form_find(map.data, map.size, &form);
    file_map_close(&map);
    return form.kind != CAPTIONS_LINES && form.kind != CAPTIONS_BINARY;
}
