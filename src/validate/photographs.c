#include "validate/photographs.h"

#include <glib.h>
#include <stdlib.h>

#include "base/ascending.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/photos.h"
#include "io/image/image.h"
#include "io/text/captions.h"

enum { AT_A_TIME = 64 };

/* What was found of a photograph. */
struct look {
    char *path;           /* NULL: it is missing, and `why` names what was tried */
    bool read;            /* else `why` has the reason */
    unsigned int remarks; /* of enum image_remark */
    char *remark;         /* their texts; NULL if none */
    int width, height;
    struct error why;
};

/* Remarks that are findings. */
static const struct {
    unsigned int remark;
    enum finding finding;
    const char *text;
} kinds[] = {
    {IMAGE_DAMAGED, PHOTOS_DAMAGED, "are cut short or damaged"},
    {IMAGE_NOT_TURNED | IMAGE_MAYBE_TURNED, PHOTOS_TURNED, "are turned by EXIF"},
    {IMAGE_OTHER_SHAPE, PHOTOS_SHAPE, "have another shape than the image sizes say"},
};

struct tallies {
    struct findings_tally missing, unreadable, resized, of_kind[COUNTOF(kinds)];
    size_t found;
};

/* The photographs to look at: those of the images, or, if ids and features do not go together,
 * those that the ids name. */
struct album {
    struct photos *photos;
    const char *const *ids;
    size_t count;
    const int32_t *sizes; /* count x 2; NULL: unknown */
    bool boxed;
    struct photos *opened; /* owned, as what follows; else zero */
    struct str_list lines;
};

/* Opens a photograph small: all its bytes are decoded, few of its pixels kept. */
static void look_at(const struct album *a, size_t image, struct look *out)
{
    const int32_t *size = a->sizes ? a->sizes + 2 * image : NULL;
    struct notes notes = {0};
    struct image pixels;
    *out = (struct look){0};
    if (photos_find(a->photos, a->ids[image], &out->path, &out->why) != 0)
        return;
    const struct image_spec spec = {.max_side = 1,
                                    .width = size ? size[0] : 0,
                                    .height = size ? size[1] : 0,
                                    .boxed = a->boxed,
                                    .notes = &notes,
                                    .remarks = &out->remarks};
    out->read = image_open(out->path, &spec, &pixels, &out->why) == 0;
    if (out->read) {
        out->width = pixels.full_width;
        out->height = pixels.full_height;
        image_done(&pixels);
    }
    out->remark = notes_join(&notes);
    notes_done(&notes);
}

static void count(const struct album *a, size_t image, const struct look *l, struct tallies *t)
{
    const int32_t *size = a->sizes ? a->sizes + 2 * image : NULL;
    char *where = mem_printf("image %zu (%s)", image, a->ids[image]);
    if (!l->path) {
        findings_place(&t->missing, "%s", where);
    } else if (!l->read) {
        t->found++;
        findings_place(&t->unreadable, "%s", l->why.text);
    } else {
        t->found++;
        for (size_t k = 0; k < COUNTOF(kinds); k++)
            if (l->remarks & kinds[k].remark)
                findings_place(&t->of_kind[k], "%s", l->remark ? l->remark : where);
        if (size && l->remarks == 0 && (l->width != size[0] || l->height != size[1]))
            findings_place(&t->resized, "%s: %d x %d, not %d x %d", where, l->width, l->height,
                           size[0], size[1]);
    }
    free(where);
}

static void report(struct subject *s, const struct album *a, struct tallies *t)
{
    struct validate_report *r = s->report;
    findings_add(r, PHOTOS_MISSING, s->split, NULL, &t->missing,
                 "%zu of %zu images have no photograph in %s", t->missing.count, a->count,
                 photos_folder(a->photos));
    findings_add(r, PHOTOS_UNREADABLE, s->split, NULL, &t->unreadable,
                 "%zu of %zu photographs cannot be read", t->unreadable.count, t->found);
    for (size_t k = 0; k < COUNTOF(kinds); k++)
        findings_add(r, kinds[k].finding, s->split, NULL, &t->of_kind[k],
                     "%zu of %zu photographs %s", t->of_kind[k].count, t->found, kinds[k].text);
    findings_add(r, PHOTOS_RESIZED, s->split, NULL, &t->resized,
                 "%zu of %zu photographs have other sizes than the image sizes say",
                 t->resized.count, t->found);
}

/* sizes: I x 2, filled; returns how many are known. */
static size_t look_at_all(struct subject *s, const struct album *a, struct tallies *t,
                          int32_t *sizes)
{
    struct look looks[AT_A_TIME];
    size_t known = 0;
    for (size_t from = 0; from < a->count && subject_step(s, from, a->count); from += AT_A_TIME) {
        size_t n = a->count - from < AT_A_TIME ? a->count - from : AT_A_TIME;
#pragma omp parallel for schedule(dynamic)
        for (size_t k = 0; k < n; k++)
            look_at(a, from + k, &looks[k]);
        for (size_t k = 0; k < n; k++) {
            struct look *l = &looks[k];
            count(a, from + k, l, t);
            sizes[2 * (from + k)] = l->width;
            sizes[2 * (from + k) + 1] = l->height;
            known += l->width > 0;
            if (l->path)
                str_list_add(&s->kept->photos, l->path);
            free(l->remark);
        }
    }
    return known;
}

static bool ids_are_of_images(const struct subject *s)
{
    return s->d && !s->faults.found[DATASET_IDS];
}

/* The photographs that the lines of the ids name. */
static void open_by_lines(struct subject *s, struct album *a)
{
    char *path = dataset_part_path(s->spec->folder, s->split, DATASET_IDS);
    if (path && text_lines_load(path, &a->lines, NULL) == 0) {
        a->ids = (const char *const *)a->lines.items;
        a->count = a->lines.count;
        const struct photos_spec spec = {
            .folder = s->spec->photos, .data = s->spec->folder, .ids = a->ids, .count = a->count};
        if (photos_open(&spec, &a->opened, NULL) == 0)
            a->photos = a->opened;
    }
    free(path);
}

static void open_album(struct subject *s, struct album *a)
{
    const struct dataset *d = s->d;
    if (!ids_are_of_images(s)) {
        open_by_lines(s, a);
        return;
    }
    a->photos = d->photos;
    a->ids = (const char *const *)d->id;
    a->count = d->images;
    a->sizes = d->sizes;
    a->boxed = d->boxes != NULL;
}

int photographs_check(struct subject *s, struct error *err)
{
    struct album a = {0};
    struct tallies t = {0};
    int32_t *sizes = NULL;
    open_album(s, &a);
    int status = 0;
    s->kept->photos_unknown = a.count == 0;
    if (a.photos && photos_folder(a.photos) && a.count > 0)
        status = mem_alloc(&sizes, 2 * a.count, sizeof *sizes, "image sizes", err);
    if (status == 0 && sizes) {
        size_t known = look_at_all(s, &a, &t, sizes);
        report(s, &a, &t);
        if (ids_are_of_images(s) && !s->d->sizes && s->d->boxes && known == s->d->images) {
            status = dataset_use_sizes(s->d, sizes, err);
            sizes = NULL;
        }
    }
    free(sizes);
    photos_free(a.opened);
    str_list_done(&a.lines);
    return status;
}

int32_t *photographs_sizes(const struct dataset *d)
{
    int32_t *sizes = mem_try(2 * d->images, sizeof *sizes);
    bool all = sizes && d->photos && d->photo_folder;
    for (size_t i = 0; all && i < d->images; i++) {
        char *path = NULL;
        int width = 0, height = 0;
        all = dataset_photo(d, i, &path, NULL) == 0 && image_size(path, &width, &height, NULL) == 0;
        if (all) {
            sizes[2 * i] = width;
            sizes[2 * i + 1] = height;
        }
        free(path);
    }
    if (all)
        return sizes;
    free(sizes);
    return NULL;
}

/* ---- photographs without an image ---- */

static void look_in(const char *folder, GHashTable *used, struct findings_tally *unused)
{
    struct str_list names;
    if (file_list(folder, photos_is_name, &names, NULL) != 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);
        if (!g_hash_table_contains(used, path))
            findings_place(unused, "%s", names.items[i]);
        free(path);
    }
    str_list_done(&names);
}

void photographs_unused(const struct kept_split *kept, size_t splits,
                        struct validate_report *report)
{
    GHashTable *used = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *folders = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);
    struct str_list list = {0};
    struct findings_tally unused = {0};
    bool known = true;
    for (size_t k = 0; k < splits; k++) {
        known = known && !kept[k].photos_unknown;
        for (size_t i = 0; i < kept[k].photos.count; i++) {
            char *folder = file_folder(kept[k].photos.items[i]);
            g_hash_table_add(used, kept[k].photos.items[i]);
            if (!g_hash_table_contains(folders, folder))
                str_list_add(&list, mem_strdup(folder));
            g_hash_table_add(folders, folder);
        }
    }
    if (list.count > 0)
        qsort(list.items, list.count, sizeof *list.items, ascending_text);
    for (size_t i = 0; known && i < list.count; i++)
        look_in(list.items[i], used, &unused);
    findings_add(report, PHOTOS_UNUSED, NULL, NULL, &unused,
                 "%zu photographs belong to no image of any split", unused.count);
    str_list_done(&list);
    g_hash_table_destroy(used);
    g_hash_table_destroy(folders);
}
