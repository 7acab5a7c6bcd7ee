#include "validate/ids.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/dataset/idmap.h"
#include "io/dataset/photos.h"
#include "io/text/captions.h"

/* ---- forms ---- */

static bool is_file(const char *id)
{
    return photos_is_name(id);
}

static bool is_coco(const char *id)
{
    return strncasecmp(id, "COCO_", 5) == 0;
}

static bool is_number(const char *id)
{
    return id[0] && id[strspn(id, "0123456789")] == '\0';
}

static const struct {
    const char *name;
    bool (*is)(const char *id);
} forms[] = {{"names of files", is_file}, {"COCO's names", is_coco}, {"numbers", is_number}};

enum { OTHER_FORM = COUNTOF(forms) };

static size_t form_of(const char *id)
{
    size_t f = 0;
    while (f < OTHER_FORM && !forms[f].is(id))
        f++;
    return f;
}

static void look_at_forms(struct subject *s, const struct str_list *ids, const char *file)
{
    size_t counts[OTHER_FORM + 1] = {0}, kinds = 0, common = 0;
    for (size_t i = 0; i < ids->count; i++)
        if (ids->items[i][0])
            counts[form_of(ids->items[i])]++;
    for (size_t f = 0; f <= OTHER_FORM; f++) {
        kinds += counts[f] > 0;
        common = counts[f] > counts[common] ? f : common;
    }
    struct findings_tally odd = {0};
    for (size_t i = 0; kinds > 1 && i < ids->count; i++)
        if (ids->items[i][0] && form_of(ids->items[i]) != common)
            findings_place(&odd, "line %zu: %s", i + 1, ids->items[i]);
    findings_add(s->report, IDS_MIXED, s->split, file, &odd, "%zu of %zu ids are %s, %zu are not",
                 counts[common], ids->count,
                 common == OTHER_FORM ? "other texts" : forms[common].name, odd.count);
}

/* ---- each id ---- */

static bool is_odd(const char *id)
{
    size_t n = strlen(id), bytes;
    for (size_t at = 0; at < n; at += bytes)
        if (utf8_is_unprintable(utf8_next(id + at, n - at, &bytes)))
            return true;
    return n >= ID_SIZE || id[0] == '/' || strncmp(id, "../", 3) == 0 || strstr(id, "/../");
}

static void look_at_each(struct subject *s, const struct str_list *ids, const char *file)
{
    struct findings_tally empty = {0}, odd = {0};
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->items[i][0] == '\0')
            findings_place(&empty, "line %zu", i + 1);
        else if (is_odd(ids->items[i]))
            findings_place(&odd, "line %zu: %s", i + 1, ids->items[i]);
    }
    findings_add(s->report, IDS_EMPTY, s->split, file, &empty, "%zu of %zu ids are empty",
                 empty.count, ids->count);
    findings_add(s->report, IDS_ODD, s->split, file, &odd, "%zu of %zu ids are odd", odd.count,
                 ids->count);
}

static void look_for_repeated(struct subject *s, char *const *ids, size_t count, const char *file)
{
    GHashTable *texts = g_hash_table_new(g_str_hash, g_str_equal);
    struct idmap keys = {0};
    struct findings_tally repeated = {0}, alike = {0};
    for (size_t i = 0; i < count; i++) {
        size_t before;
        if (ids[i][0] == '\0')
            continue;
        if (!g_hash_table_add(texts, ids[i]))
            findings_place(&repeated, "image %zu: %s", i, ids[i]);
        else if (!idmap_add(&keys, ids[i], i) && idmap_find(&keys, ids[i], &before))
            findings_place(&alike, "image %zu: %s, image %zu: %s", before, ids[before], i, ids[i]);
    }
    findings_add(s->report, IDS_REPEATED, s->split, file, &repeated,
                 "%zu of %zu ids are there already", repeated.count, count);
    findings_add(s->report, IDS_ALIKE, s->split, file, &alike,
                 "%zu of %zu ids stand for the image of another", alike.count, count);
    idmap_done(&keys);
    g_hash_table_destroy(texts);
}

/* Whether there is an id per caption, from which dataset_open made those of the images. */
static bool are_per_caption(const struct subject *s, const struct str_list *ids)
{
    const struct dataset *d = s->d;
    return d && !d->ids_are_rows && d->captions > 0 && ids->count == d->captions &&
           ids->count != d->images;
}

static void look_at_groups(struct subject *s, const struct str_list *ids, const char *file)
{
    const struct caption_map *map = &s->d->map;
    struct findings_tally wrong = {0};
    for (size_t c = 0; c < ids->count; c++) {
        const char *first = ids->items[caption_map_nth(map, caption_map_image(map, c), 0)];
        if (strcmp(ids->items[c], first) != 0)
            findings_place(&wrong, "line %zu: %s, not %s", c + 1, ids->items[c], first);
    }
    findings_add(s->report, IDS_GROUPS, s->split, file, &wrong,
                 "%zu of %zu lines have another id than their image's first caption", wrong.count,
                 ids->count);
}

/* Whether the ids are only the rows' numbers, which say nothing about the image. */
static bool are_rows(char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_number(ids[i]) || strtoul(ids[i], NULL, 10) != i)
            return false;
    return true;
}

static void look_at_images(struct subject *s, char *const *ids, size_t count, const char *file)
{
    look_for_repeated(s, ids, count, file);
    bool rows = are_rows(ids, count);
    for (size_t i = 0; !rows && i < count; i++)
        if (ids[i][0])
            str_list_add(&s->kept->ids, mem_strdup(ids[i]));
}

static void look_at_lines(struct subject *s, const struct str_list *ids, const char *file)
{
    look_at_each(s, ids, file);
    look_at_forms(s, ids, file);
    if (are_per_caption(s, ids)) {
        look_at_groups(s, ids, file);
        look_at_images(s, s->d->id, s->d->images, file);
    } else {
        look_at_images(s, ids->items, ids->count, file);
    }
}

void ids_check(struct subject *s)
{
    char *path = dataset_part_path(s->spec->folder, s->split, DATASET_IDS);
    char *file = subject_file(s, DATASET_IDS);
    struct str_list ids = {0};
    if (!path && s->d)
        findings_add(s->report, IDS_MISSING, s->split, NULL, NULL,
                     "there is no %s_ids.txt: images go by their rows", s->split);
    if (path && text_lines_load(path, &ids, NULL) == 0)
        look_at_lines(s, &ids, file);
    str_list_done(&ids);
    free(path);
    free(file);
}

void ids_same(const struct kept_split *a, const struct kept_split *b, struct findings_tally *same)
{
    struct idmap map = {0};
    for (size_t i = 0; i < a->ids.count; i++)
        idmap_add(&map, a->ids.items[i], i);
    for (size_t i = 0; i < b->ids.count; i++)
        if (idmap_find(&map, b->ids.items[i], NULL))
            findings_place(same, "%s", b->ids.items[i]);
    idmap_done(&map);
}
