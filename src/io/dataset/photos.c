#include "io/dataset/photos.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/text/json_scan.h"

/* Photographs of the Flickr30K folder, 769 more than in dataset_flickr30k.json: there an imgid is
 * not a position in file-name order. */
enum { FLICKR30K_FOLDER = 31783, MAX_DIGITS = 18 };

struct pair {
    char *id, *file;
};

struct photos {
    char *folder, *mapping_path; /* NULL if none */
    struct pair *pairs;          /* the mapping, sorted by id */
    size_t pair_count, pair_cap;
    struct str_list sorted; /* the photographs; empty unless ids mean positions in it */
};

static const char *const folder_names[] = {
    "photos",
    "images",
    "Images",
    "flickr30k-images",
    "Flickr30k-images",
    "flickr30k_images",
    "Flicker8k_Dataset",
    "img",
};
static const char *const subfolders[] = {
    "", "val2014", "train2014", "test2014", "val2017", "train2017", "images", "flickr30k-images",
};
static const char *const mapping_names[] = {
    "id_mapping.json",
    "dataset_flickr30k.json",
    "dataset_coco.json",
    "dataset_flickr8k.json",
};

/* How a file may be called after an id, or after the number in it. */
static const struct {
    const char *before, *after;
    bool by_number;
    int digits; /* that the number is padded to */
} patterns[] = {
    {"", "", false, 0},
    {"", ".jpg", false, 0},
    {"", ".jpeg", false, 0},
    {"", ".png", false, 0},
    {"", ".tif", false, 0},
    {"", ".tiff", false, 0},
    {"COCO_val2014_", ".jpg", true, 12},
    {"COCO_train2014_", ".jpg", true, 12},
    {"", ".jpg", true, 12},
    {"COCO_test2014_", ".jpg", true, 12},
    {"", ".jpg", true, 1},
};

/* What precedes the number in COCO's own names and in UNITER's. */
static const char *const number_prefixes[] = {
    "COCO_train2014_", "COCO_val2014_", "COCO_test2014_", "flickr30k_", "",
};

static bool as_number(const char *id, uint64_t *out)
{
    size_t n = strlen(id);
    if (n == 0 || n > MAX_DIGITS || strspn(id, "0123456789") != n)
        return false;
    *out = strtoull(id, NULL, 10);
    return true;
}

/* The number in an id of a known form. */
static bool find_number(const char *id, uint64_t *out)
{
    for (size_t i = 0; i < COUNTOF(number_prefixes); i++) {
        size_t n = strlen(number_prefixes[i]);
        if (strncasecmp(id, number_prefixes[i], n) == 0 && as_number(id + n, out))
            return true;
    }
    return false;
}

/* ---- the mapping ---- */

static void add_pair(struct photos *p, char *id, char *file)
{
    MEM_ROOM(p->pairs, p->pair_count, p->pair_cap);
    p->pairs[p->pair_count++] = (struct pair){id, file};
}

static int compare_pairs(const void *a, const void *b)
{
    return strcmp(((const struct pair *)a)->id, ((const struct pair *)b)->id);
}

/* An entry of "images": Karpathy's, whose id is COCO's own number if it has one, else the imgid; or
 * COCO's own, with "id" and "file_name". */
struct entry {
    char *imgid, *cocoid, *filename, *filepath;
};

static void set_field(struct entry *e, const char *key, const char *value)
{
    const struct {
        const char *key;
        char **field;
    } fields[] = {{"imgid", &e->imgid},        {"cocoid", &e->cocoid},
                  {"id", &e->cocoid},          {"filename", &e->filename},
                  {"file_name", &e->filename}, {"filepath", &e->filepath}};
    for (size_t i = 0; i < COUNTOF(fields); i++)
        if (strcmp(key, fields[i].key) == 0) {
            free(*fields[i].field);
            *fields[i].field = mem_strdup(value);
        }
}

static void finish_entry(struct photos *p, struct entry *e)
{
    const char *id = e->cocoid ? e->cocoid : e->imgid;
    if (id && e->filename)
        add_pair(p, mem_strdup(id),
                 e->filepath ? file_join(e->filepath, e->filename) : mem_strdup(e->filename));
    free(e->imgid);
    free(e->cocoid);
    free(e->filename);
    free(e->filepath);
    *e = (struct entry){0};
}

struct mapping_state {
    struct str key; /* the last one at the current depth */
    struct entry entry;
    bool in_images;
    size_t position; /* in a list of names */
};

enum { ROOT = 1, IMAGE = 3 }; /* depths: {root, "images": [..., {image */

static void take_value(struct photos *p, struct mapping_state *m, const struct json_scan *s)
{
    const char *value = str_text(&s->text);
    if (s->depth == IMAGE && m->in_images)
        set_field(&m->entry, str_text(&m->key), value);
    else if (s->depth == ROOT && s->brackets[0] == '[')
        add_pair(p, mem_printf("%zu", m->position++), mem_strdup(value));
    else if (s->depth == ROOT)
        add_pair(p, mem_strdup(str_text(&m->key)), mem_strdup(value));
}

static bool scan_mapping(struct photos *p, struct json_scan *s, struct mapping_state *m)
{
    for (;;) {
        enum json_token token = json_scan_next(s);
        if (token == JSON_SCAN_END || token == JSON_SCAN_BAD)
            return token == JSON_SCAN_END;
        if (token == JSON_SCAN_KEY && (s->depth == ROOT || s->depth == IMAGE)) {
            str_clear(&m->key);
            str_add(&m->key, str_text(&s->text));
        }
        if (token == JSON_SCAN_KEY && s->depth == ROOT)
            m->in_images = strcmp(str_text(&s->text), "images") == 0;
        if (token == JSON_SCAN_STRING || (token == JSON_SCAN_NUMBER && s->depth == IMAGE))
            take_value(p, m, s);
        if (token == JSON_SCAN_CLOSE && s->depth == IMAGE - 1)
            finish_entry(p, &m->entry);
    }
}

static int load_mapping(struct photos *p, const char *path, struct error *err)
{
    struct file_map map;
    struct mapping_state m = {0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct json_scan s = {0};
    int status = json_scan_begin(&s, path, map.data, map.size, err);
    if (status == 0 && !scan_mapping(p, &s, &m))
        status = error_at(err, path, (int64_t)s.bytes.at, "is not JSON");
    else if (status == 0 && p->pair_count == 0)
        status = error_at(
            err, path, -1,
            "names no photographs; it should be {\"ID\": \"FILE\", ...}, [\"FILE\", "
            "...] or \"images\" with \"imgid\" and \"filename\" or \"id\" and \"file_name\"");
    finish_entry(p, &m.entry);
    str_done(&m.key);
    str_done(&s.text);
    file_map_close(&map);
    if (p->pair_count > 0)
        qsort(p->pairs, p->pair_count, sizeof *p->pairs, compare_pairs);
    p->mapping_path = mem_strdup(path);
    return status;
}

/* ---- the folder ---- */

static char *find_in(const char *folder, const char *const *names, size_t count)
{
    for (size_t i = 0; folder && i < count; i++) {
        char *path = file_join(folder, names[i]);
        if (file_exists(path))
            return path;
        free(path);
    }
    return NULL;
}

static char *find_folder(const char *data)
{
    char *found = find_in(data, folder_names, COUNTOF(folder_names));
    if (found || !data)
        return found;
    /* COCO's own folders, directly in the data folder */
    char *part = find_in(data, subfolders + 1, 5);
    free(part);
    return part ? mem_strdup(data) : NULL;
}

bool photos_is_name(const char *name)
{
    static const char *const types[] = {".jpg", ".jpeg", ".png", ".tif", ".tiff"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < COUNTOF(types); i++)
        if (strcasecmp(dot, types[i]) == 0)
            return true;
    return false;
}

/* ---- finding ---- */

/* FOLDER/SUB/NAME for each known SUB. */
static char *find_file(const struct photos *p, const char *name)
{
    for (size_t i = 0; i < COUNTOF(subfolders); i++) {
        char *sub = file_join(p->folder, subfolders[i]), *path = file_join(sub, name);
        free(sub);
        if (file_exists(path) && !file_is_folder(path))
            return path;
        free(path);
    }
    return NULL;
}

/* The mapping's file for an id; NULL if it has none. */
static const char *mapped_file(const struct photos *p, const char *id)
{
    struct pair key = {.id = (char *)id}, *pair = NULL;
    if (p->pair_count > 0)
        pair = bsearch(&key, p->pairs, p->pair_count, sizeof key, compare_pairs);
    return pair ? pair->file : NULL;
}

static char *find_mapped(const struct photos *p, const char *id, struct str *tried)
{
    const char *file = mapped_file(p, id);
    if (!file)
        return NULL;
    char *path = find_file(p, file);
    str_addf(tried, "%s, ", file);
    return path ? path : find_file(p, file_name(file));
}

static char *find_by_name(const struct photos *p, const char *id, struct str *tried)
{
    uint64_t number = 0;
    bool has_number = find_number(id, &number);
    for (size_t i = 0; i < COUNTOF(patterns); i++) {
        if (patterns[i].by_number && !has_number)
            continue;
        char *name = patterns[i].by_number
                         ? mem_printf("%s%0*llu%s", patterns[i].before, patterns[i].digits,
                                      (unsigned long long)number, patterns[i].after)
                         : mem_printf("%s%s%s", patterns[i].before, id, patterns[i].after);
        char *path = find_file(p, name);
        str_addf(tried, "%s, ", name);
        free(name);
        if (path)
            return path;
    }
    return NULL;
}

static char *find_by_order(const struct photos *p, const char *id)
{
    uint64_t number;
    if (!p->sorted.items || !as_number(id, &number) || number >= p->sorted.count)
        return NULL;
    return file_join(p->folder, p->sorted.items[number]);
}

static char *find_path(const struct photos *p, const char *id, struct str *tried)
{
    char *path = find_mapped(p, id, tried);
    if (!path)
        path = find_by_name(p, id, tried);
    return path ? path : find_by_order(p, id);
}

int photos_find(const struct photos *p, const char *id, char **path_out, struct error *err)
{
    struct str tried = {0};
    if (!p->folder)
        return error_set(err, "no folder of photographs is known; give --images DIR");
    *path_out = find_path(p, id, &tried);
    if (!*path_out)
        error_at(err, p->folder, -1, "no photograph of image %s; tried %.*s", id,
                 tried.length > 600 ? 600 : (int)tried.length - 2, tried.text);
    str_done(&tried);
    return *path_out ? 0 : -1;
}

char *photos_name(const struct photos *p, const char *id)
{
    const char *file = mapped_file(p, id);
    uint64_t number;
    if (!file && p->sorted.items && as_number(id, &number) && number < p->sorted.count)
        file = p->sorted.items[number];
    return mem_strdup(file);
}

/* Whether ids can only be positions in file-name order: all are numbers below the count of
 * photographs and the first cannot be found another way. Row numbers are positions only if both
 * counts agree. */
static bool order_is_meant(const struct photos *p, const struct photos_spec *spec,
                           size_t photo_count)
{
    uint64_t number;
    if (spec->count == 0 || photo_count == 0 || photo_count == FLICKR30K_FOLDER ||
        (spec->ids_are_rows && photo_count != spec->count))
        return false;
    for (size_t i = 0; i < spec->count; i++)
        if (!as_number(spec->ids[i], &number) || number >= photo_count)
            return false;
    struct str tried = {0};
    char *path = find_path(p, spec->ids[0], &tried);
    str_done(&tried);
    free(path);
    return !path;
}

static int open_folder(struct photos *p, const struct photos_spec *spec, struct error *err)
{
    if (spec->folder && !file_is_folder(spec->folder))
        return error_at(err, spec->folder, -1,
                        file_exists(spec->folder) ? "is not a folder of photographs"
                                                  : "no such folder of photographs");
    p->folder = spec->folder ? mem_strdup(spec->folder) : find_folder(spec->data);
    if (p->folder && file_is_folder(p->folder))
        return 0;
    free(p->folder);
    p->folder = NULL;
    return 0;
}

static int open_mapping(struct photos *p, const struct photos_spec *spec, struct error *err)
{
    if (spec->mapping)
        return load_mapping(p, spec->mapping, err);
    char *path = p->folder ? find_in(spec->data, mapping_names, COUNTOF(mapping_names)) : NULL;
    if (!path && p->folder)
        path = find_in(p->folder, mapping_names, COUNTOF(mapping_names));
    int status = path ? load_mapping(p, path, err) : 0;
    free(path);
    return status;
}

int photos_open(const struct photos_spec *spec, struct photos **out, struct error *err)
{
    struct photos *p = mem_new(1, sizeof *p);
    *out = NULL;
    if (open_folder(p, spec, err) != 0 || open_mapping(p, spec, err) != 0) {
        photos_free(p);
        return -1;
    }
    struct str_list names = {0};
    if (p->folder && p->pair_count == 0 &&
        file_list(p->folder, photos_is_name, &names, NULL) == 0 &&
        order_is_meant(p, spec, names.count))
        p->sorted = names;
    else
        str_list_done(&names);
    *out = p;
    return 0;
}

void photos_free(struct photos *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->pair_count; i++) {
        free(p->pairs[i].id);
        free(p->pairs[i].file);
    }
    free(p->pairs);
    str_list_done(&p->sorted);
    free(p->mapping_path);
    free(p->folder);
    free(p);
}

const char *photos_folder(const struct photos *p)
{
    return p->folder;
}

bool photos_by_order(const struct photos *p)
{
    return p->sorted.items != NULL;
}
