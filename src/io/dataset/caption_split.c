/* caption_split.c: the captions of one split, image by image, in the order of the folder. */
#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/array/npy.h"
#include "io/dataset/caption_convert_private.h"
#include "io/dataset/dataset_private.h"
#include "io/dataset/idmap.h"

_Static_assert((int)CAPTION_ID_SIZE == (int)ID_SIZE, "an id is an id");

void caption_split_note(const struct caption_split *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    notes_add(&s->out->notes, "%s%s%s", s->several ? s->name : "", s->several ? ": " : "", text);
    free(text);
}

static void leave_out(struct caption_split *s, size_t item, const char *reason)
{
    const struct caption_record *record = &s->records->items[item];
    char *place = caption_records_place(s->records, &record->place);
    s->taken[item] = false;
    if (record->image == CAPTION_NONE)
        left_out_add(&s->out->left_out, "%s: %s; left out", place, reason);
    else
        left_out_add(&s->out->left_out, "%s: image %s: %s; left out", place,
                     s->records->images.items[record->image], reason);
    free(place);
}

/* ---- images ---- */

/* Whether captions name images: all do, or none; a few that do not are left out. */
static int check_named(struct caption_split *s, struct error *err)
{
    const struct caption_records *r = s->records;
    size_t unnamed = 0, taken = 0;
    for (size_t i = 0; i < r->count; i++) {
        taken += s->taken[i];
        unnamed += s->taken[i] && r->items[i].image == CAPTION_NONE;
    }
    s->named = unnamed < taken || r->images_stand;
    for (size_t i = 0; s->named && unnamed > 0 && i < r->count; i++)
        if (s->taken[i] && r->items[i].image == CAPTION_NONE)
            leave_out(s, i, "it names no image");
    if (s->named || unnamed == 0)
        return 0;
    if (s->out->left_out.count > 0)
        return error_set(err,
                         "%s; but the captions name no images, so that only their places say "
                         "whose they are, and none can be left out",
                         s->out->left_out.lines.items[0]);
    if (s->spec->ids)
        return error_at(err, s->spec->paths[0], -1,
                        "names no images, so that --ids cannot order its captions; say which "
                        "column or key has them with --columns IMAGE,CAPTION");
    return 0;
}

/* The images of the split: those of its captions, or that stand without any. */
static bool *find_images(const struct caption_split *s)
{
    const struct caption_records *r = s->records;
    bool *wanted = mem_new(r->images.count, sizeof *wanted);
    for (size_t i = 0; i < r->count; i++)
        if (s->taken[i])
            wanted[r->items[i].image] = true;
    for (size_t i = 0; r->images_stand && i < r->images.count; i++)
        wanted[i] = true;
    return wanted;
}

/* Captions of images whose id, `same`, is another's already. */
static void leave_out_same(struct caption_split *s, const size_t *same)
{
    const struct caption_records *r = s->records;
    for (size_t i = 0; i < r->count; i++) {
        if (!s->taken[i] || same[r->items[i].image] == CAPTION_NONE)
            continue;
        char *reason = mem_printf("its id is that of %s", r->images.items[same[r->items[i].image]]);
        leave_out(s, i, reason);
        free(reason);
    }
}

static int by_name(const void *a, const void *b, void *names)
{
    char **items = names;
    return strcmp(items[*(const size_t *)a], items[*(const size_t *)b]);
}

/* The images in their order of appearance, photographs as `extract` has them: by name; each id
 * once, as 1.jpg and 1.png are the same. */
static void order_images(struct caption_split *s, struct idmap *map)
{
    const struct str_list *names = &s->records->images;
    bool *wanted = find_images(s);
    size_t *all = mem_new(names->count, sizeof *all), n = 0;
    size_t *same = mem_new(names->count, sizeof *same);
    for (size_t i = 0; i < names->count; i++) {
        same[i] = CAPTION_NONE;
        if (wanted[i])
            all[n++] = i;
    }
    if (s->records->images_stand && n > 0)
        qsort_r(all, n, sizeof *all, by_name, names->items);
    for (size_t i = 0; i < n; i++)
        if (!idmap_find(map, names->items[all[i]], &same[all[i]])) {
            idmap_add(map, names->items[all[i]], all[i]);
            all[s->images++] = all[i];
        }
    leave_out_same(s, same);
    s->order = all;
    free(same);
    free(wanted);
}

/* Sorts the captions by image, otherwise as in the file. */
static void group(struct caption_split *s)
{
    const struct caption_records *r = s->records;
    size_t n = r->images.count, apart = 0, before = CAPTION_NONE;
    size_t *at = mem_new(n + 1, sizeof *at);
    s->starts = mem_new(n + 1, sizeof *s->starts);
    for (size_t i = 0; i < r->count; i++) {
        size_t image = r->items[i].image;
        if (!s->taken[i])
            continue;
        apart += s->starts[image + 1]++ > 0 && image != before;
        before = image;
    }
    for (size_t i = 0; i < n; i++)
        s->starts[i + 1] += s->starts[i];
    memcpy(at, s->starts, (n + 1) * sizeof *at);
    s->grouped = mem_new(s->starts[n], sizeof *s->grouped);
    for (size_t i = 0; i < r->count; i++)
        if (s->taken[i])
            s->grouped[at[r->items[i].image]++] = i;
    free(at);
    if (apart > 0)
        caption_split_note(
            s,
            "captions that stand apart from others of their image: %zu; they are brought together",
            apart);
}

static void note_repeated(const struct caption_split *s)
{
    const struct caption_record *items = s->records->items, *first = NULL;
    size_t repeated = 0;
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < s->records->images.count; i++) {
        g_hash_table_remove_all(seen);
        for (size_t k = s->starts[i]; k < s->starts[i + 1]; k++) {
            const struct caption_record *item = &items[s->grouped[k]];
            if (g_hash_table_add(seen, item->caption))
                continue;
            first = repeated++ == 0 ? item : first;
        }
    }
    g_hash_table_destroy(seen);
    if (!first)
        return;
    char *place = caption_records_place(s->records, &first->place);
    caption_split_note(s,
                       "captions that their image has already: %zu (the first: %s, image %s); "
                       "they are kept",
                       repeated, place, s->records->images.items[first->image]);
    free(place);
}

/* ---- the order of ids ---- */

static char *features_path(const struct caption_split *s)
{
    struct dataset d = {.folder = (char *)s->spec->folder, .split = s->name};
    return dataset_find_array(&(struct opening){.d = &d, .in_folder = true},
                              dataset_feature_endings);
}

static bool same_ids(const struct str_list *a, const struct str_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

/* Captions of images that are not among the ids. */
static void drop_others(struct caption_split *s, const bool *seen, const char *path)
{
    size_t others = 0, first = 0;
    char *reason = mem_printf("it is not in %s", path);
    for (size_t i = 0; i < s->records->count; i++) {
        if (!s->taken[i] || seen[s->records->items[i].image])
            continue;
        if (others++ == 0)
            first = i;
        if (s->spec->ids)
            s->taken[i] = false;
        else
            leave_out(s, i, reason);
    }
    free(reason);
    if (others > 0 && s->spec->ids)
        caption_split_note(s,
                           "captions of images that are not in %s: %zu (the first: image %s); "
                           "they are omitted",
                           path, others, s->records->images.items[s->records->items[first].image]);
}

/* Replaces the order by that of s->ids. */
static int order_by(struct caption_split *s, const struct idmap *map, const char *path,
                    struct error *err)
{
    size_t found = 0, twice = 0;
    bool *seen = mem_new(s->records->images.count, sizeof *seen);
    free(s->order);
    s->order = mem_new(s->ids.count, sizeof *s->order);
    s->images = s->ids.count;
    for (size_t i = 0; i < s->ids.count; i++) {
        bool known = idmap_find(map, s->ids.items[i], &s->order[i]);
        if (!known)
            s->order[i] = CAPTION_NONE;
        found += known;
        twice += known && seen[s->order[i]];
        if (known)
            seen[s->order[i]] = true;
    }
    if (found > 0)
        drop_others(s, seen, path);
    free(seen);
    s->ordered_by = mem_strdup(path);
    if (twice > 0 && s->spec->ids)
        return error_at(err, path, -1, "has %zu ids twice, with others in between", twice);
    if (twice > 0)
        caption_split_note(s, "%s has ids twice: %zu; each time with all captions", path, twice);
    if (found > 0)
        return 0;
    return error_at(err, s->spec->paths[0], -1,
                    "has captions of none of the %zu images of %s (the first: %.80s); if it names "
                    "them otherwise, say by which column or key with --columns IMAGE,CAPTION",
                    s->ids.count, path, s->ids.items[0]);
}

static int follow_ids(struct caption_split *s, const struct idmap *map, bool features,
                      struct error *err)
{
    bool there = file_exists(s->ids_path), follow = there && (features || !s->spec->force);
    const char *path = s->spec->ids ? s->spec->ids : follow ? s->ids_path : NULL;
    s->write_ids = !follow;
    if (!path)
        return 0;
    if (idmap_load_ids(path, &s->ids, err) != 0)
        return -1;
    if (s->spec->ids && there) {
        struct str_list old;
        int status = idmap_load_ids(s->ids_path, &old, err);
        bool same = status == 0 && same_ids(&old, &s->ids);
        str_list_done(&old);
        if (status != 0)
            return -1;
        s->write_ids = !same;
        if (!same && features)
            return error_at(err, path, -1,
                            "has other images, or in another order, than %s, which goes with the "
                            "features there",
                            s->ids_path);
    }
    return order_by(s, map, path, err);
}

/* ---- numbers ---- */

size_t caption_split_count(const struct caption_split *s, size_t i)
{
    size_t image = s->order[i];
    return image == CAPTION_NONE ? 0 : s->starts[image + 1] - s->starts[image];
}

static void count(struct caption_split *s)
{
    size_t without = 0, first = 0;
    s->least = SIZE_MAX;
    for (size_t i = 0; i < s->images; i++) {
        size_t n = caption_split_count(s, i);
        s->captions += n;
        s->least = n < s->least ? n : s->least;
        s->most = n > s->most ? n : s->most;
        if (n == 0 && without++ == 0)
            first = i;
    }
    s->write_map = s->least != s->most;
    if (without > 0)
        caption_split_note(
            s, "images without captions: %zu of %zu (the first: %s)", without, s->images,
            s->ids.count ? s->ids.items[first] : s->records->images.items[s->order[first]]);
}

static int check_rows(const struct caption_split *s, const char *path, struct error *err)
{
    struct npy *features;
    if (npy_open(path, NULL, &features, err) != 0)
        return -1;
    size_t rows = features->ndim > 0 ? features->shape[0] : 0;
    npy_free(features);
    bool fits = s->named ? rows == s->images || (rows == s->captions && !s->write_map)
                         : rows > 0 && s->captions % rows == 0;
    if (!fits)
        return error_at(err, s->spec->paths[0], -1,
                        "has %zu images with %zu captions, but %s has features of %zu", s->images,
                        s->captions, path, rows);
    if (!s->ordered_by)
        caption_split_note(
            s, "%s has no ids: that its images are in the order of the captions was not checked",
            path);
    return 0;
}

/* ---- the whole ---- */

static int arrange_named(struct caption_split *s, bool features, struct error *err)
{
    struct idmap map = {0};
    order_images(s, &map);
    int status = follow_ids(s, &map, features, err);
    idmap_done(&map);
    if (status != 0)
        return -1;
    group(s);
    note_repeated(s);
    count(s);
    return 0;
}

static void arrange_unnamed(struct caption_split *s)
{
    for (size_t i = 0; i < s->records->count; i++)
        s->captions += s->taken[i];
    caption_split_note(s, "the captions name no images: no ids are written");
}

int caption_split_arrange(struct caption_split *s, struct error *err)
{
    if (check_named(s, err) != 0)
        return -1;
    char *features = features_path(s);
    int status = 0;
    if (s->named)
        status = arrange_named(s, features != NULL, err);
    else
        arrange_unnamed(s);
    if (status == 0 && s->captions == 0)
        status = s->out->left_out.count > 0
                     ? error_set(err, "%s; nothing else is left for %s",
                                 s->out->left_out.lines.items[0], s->name)
                     : error_at(err, s->spec->paths[0], -1, "has no captions for %s", s->name);
    if (status == 0 && features)
        status = check_rows(s, features, err);
    free(features);
    return status;
}
