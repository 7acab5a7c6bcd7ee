#include "extract/split.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "extract/staging.h"
#include "io/array/npy.h"
#include "io/dataset/precomp.h"
#include "io/text/captions.h"

/* The arrays with a row per photograph; the first ARRAYS are always there. */
enum part { FEATURES, BOXES, SIZES, ARRAYS, CLASSES = ARRAYS, CONFIDENCES, COUNTS, PARTS };

static const char *const endings[PARTS] = {"_ims.npy",     "_boxes.npy",       "_img_sizes.npy",
                                           "_classes.npy", "_confidences.npy", "_num_boxes.npy"};

/* What else extract writes. */
static const char *const texts[] = {"_ids.txt", "_class_names.txt", "_features.json"};

struct split {
    const struct extract_spec *spec;
    struct npy *old[PARTS]; /* with append; NULL: no such file */
    struct str_list ids;
    struct idmap map;
    struct str_list order;        /* without append: ids that are there already */
    struct str_list before;       /* with force: the ids that are replaced */
    struct feature_source source; /* of `old` */
    bool append;
    size_t captions; /* beside `old`, if nothing states which image each belongs to; else 0 */
};

/* A split being written. */
struct writing {
    const struct split *split;
    char *folder; /* where to */
    struct precomp *precomp;
    bool classes; /* the extractor has them */
    size_t feature_size;
    struct record repeated; /* of as many regions as the split has; only with spec->repeat */
    int32_t *counts;        /* of regions of each photograph so far */
    size_t count, cap;
    size_t fewer, fewest; /* photographs that have not all; the fewest regions of one */
};

static char *path_of(const struct extract_spec *spec, const char *ending)
{
    return staging_place(spec->folder, spec->split, ending);
}

static char *new_path(const struct writing *w, const char *ending)
{
    return staging_place(w->folder, w->split->spec->split, ending);
}

static bool exists(const struct extract_spec *spec, const char *ending)
{
    char *path = path_of(spec, ending);
    bool there = file_exists(path);
    free(path);
    return there;
}

/* ---- what is there ---- */

static int check_shape(const struct split *s, enum part part, struct error *err)
{
    const struct npy *a = s->old[part];
    const size_t last[PARTS] = {a->shape[2], 4, 2, 0, 0, 0};
    const int ndim[PARTS] = {3, 3, 2, 2, 2, 1};
    bool fits = a->ndim == ndim[part] && a->shape[0] == s->ids.count && a->type != NPY_OBJECT;
    if (fits && part != SIZES && part != COUNTS)
        fits = a->shape[1] == s->spec->regions;
    if (fits && last[part])
        fits = a->shape[ndim[part] - 1] == last[part];
    return fits ? 0
                : error_at(err, a->path, -1,
                           "is not an array of %zu photographs (as in the ids) with %zu regions; "
                           "--append continues only what extract wrote, with the same --regions",
                           s->ids.count, s->spec->regions);
}

static int load_old(struct split *s, struct error *err)
{
    char *ids = path_of(s->spec, "_ids.txt");
    int status = text_lines_load(ids, &s->ids, err);
    free(ids);
    for (size_t i = 0; status == 0 && i < s->ids.count; i++)
        idmap_add(&s->map, s->ids.items[i], i);
    for (enum part part = 0; status == 0 && part < PARTS; part++) {
        char *path = path_of(s->spec, endings[part]);
        if (part < ARRAYS || file_exists(path))
            status = npy_open(path, NULL, &s->old[part], err);
        if (status == 0 && s->old[part])
            status = check_shape(s, part, err);
        free(path);
    }
    if (status != 0)
        return -1;
    char *source = feature_source_path(s->spec->folder, s->spec->split);
    status = feature_source_load(source, &s->source, err);
    if (status == 0 && !s->source.extractor)
        status = error_at(err, source, -1,
                          "is missing: which extractor made the features is not known; extract "
                          "the new photographs into another --split");
    free(source);
    return status;
}

/* Captions beside an old split: if no file says which image each belongs to, each image has the
 * same number now, but no longer when there are images without. */
static int count_captions(struct split *s, struct error *err)
{
    struct str_list lines;
    size_t blank, images = s->ids.count;
    if (!exists(s->spec, "_caps.txt") || exists(s->spec, "_cap_img.txt"))
        return 0;
    char *path = path_of(s->spec, "_caps.txt");
    int status = captions_load(path, s->spec->split, &lines, &blank, err);
    if (status == 0) {
        s->captions = lines.count + captions_blank_needed(lines.count, blank, images);
        str_list_done(&lines);
        if (s->captions % images != 0)
            status = error_at(err, path, -1,
                              "has %zu captions, not the same number for each of %zu photographs: "
                              "%s_cap_img.txt has to say which photograph each belongs to",
                              s->captions, images, s->spec->split);
    }
    free(path);
    return status;
}

/* Ids without features; those in a row that are the same are one per caption. */
static int load_order(const struct split *s, struct str_list *order, struct error *err)
{
    struct str_list ids;
    char *path = path_of(s->spec, "_ids.txt");
    int status = text_lines_load(path, &ids, err);
    for (size_t i = 0; status == 0 && i < ids.count; i++)
        if (i == 0 || strcmp(ids.items[i], ids.items[i - 1]) != 0)
            str_list_add(order, mem_strdup(ids.items[i]));
    str_list_done(&ids);
    free(path);
    return status;
}

/* What a command before was about to put in place. Its records are no longer needed. */
static int recover(const struct extract_spec *spec, struct error *err)
{
    bool done;
    if (staging_recover(spec->folder, spec->split, &done, err) != 0)
        return -1;
    char *part = path_of(spec, "_extract.part");
    if (done)
        unlink(part);
    free(part);
    return 0;
}

static int check_free(const struct extract_spec *spec, struct error *err)
{
    for (size_t i = 0; i < PARTS + COUNTOF(texts); i++) {
        const char *ending = i < PARTS ? endings[i] : texts[i - PARTS];
        if (strcmp(ending, "_ids.txt") == 0 || !exists(spec, ending))
            continue; /* ids alone: load_order */
        char *path = path_of(spec, ending);
        error_at(err, path, -1,
                 "already exists; give --append to add photographs, --force to replace it, or "
                 "another --split");
        free(path);
        return -1;
    }
    return 0;
}

static int open_existing(struct split *s, struct error *err)
{
    if (recover(s->spec, err) != 0)
        return -1;
    s->append = s->spec->append && exists(s->spec, endings[FEATURES]);
    if (s->append)
        return load_old(s, err) == 0 ? count_captions(s, err) : -1;
    if (s->spec->force) {
        struct error ignored;
        if (exists(s->spec, "_ids.txt") && load_order(s, &s->before, &ignored) != 0)
            str_list_done(&s->before);
        return 0;
    }
    if (check_free(s->spec, err) != 0)
        return -1;
    return exists(s->spec, "_ids.txt") ? load_order(s, &s->order, err) : 0;
}

int split_open(const struct extract_spec *spec, struct split **out, struct error *err)
{
    struct split *s = mem_new(1, sizeof *s);
    s->spec = spec;
    *out = s;
    if (open_existing(s, err) == 0)
        return 0;
    split_free(s);
    *out = NULL;
    return -1;
}

void split_free(struct split *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < PARTS; i++)
        npy_free(s->old[i]);
    str_list_done(&s->ids);
    str_list_done(&s->order);
    str_list_done(&s->before);
    idmap_done(&s->map);
    feature_source_done(&s->source);
    free(s);
}

const struct str_list *split_order(const struct split *s)
{
    return s->order.count > 0 ? &s->order : NULL;
}

bool split_has(const struct split *s, const char *id)
{
    return idmap_find(&s->map, id, NULL);
}

int split_check(const struct split *s, const struct record_hello *hello, struct error *err)
{
    struct feature_source now = {hello->name, hello->version, hello->weights, hello->feature_size,
                                 s->spec->regions};
    if (!s->append)
        return 0;
    char *was = feature_source_name(&s->source), *is = feature_source_name(&now);
    int status = 0;
    if (strcmp(was, is) != 0 || s->source.size != now.size)
        status = error_set(err,
                           "the features of %s are those of %s (size %zu), not of %s (size %zu); "
                           "append with the same extractor and weights",
                           s->spec->split, was, s->source.size, is, now.size);
    else if ((s->old[CLASSES] != NULL) != (s->old[CONFIDENCES] != NULL))
        status =
            error_set(err, "of %s_classes.npy and %s_confidences.npy one is missing; put it back",
                      s->spec->split, s->spec->split);
    else if ((s->old[CLASSES] != NULL) != (hello->classes.count > 0))
        status = error_set(err, "%s and the extractor do not both have classes", s->spec->split);
    free(was);
    free(is);
    return status;
}

/* ---- writing ---- */

/* Copies region `from` of a record to region `to` of another. */
static void copy_region(const struct record *in, size_t from, struct record *out, size_t to)
{
    size_t size = in->feature_size;
    memcpy(out->boxes + 4 * to, in->boxes + 4 * from, 4 * sizeof *out->boxes);
    memcpy(out->features + size * to, in->features + size * from, size * sizeof *out->features);
    if (!out->classes || !in->classes)
        return;
    out->classes[to] = in->classes[from];
    out->confidences[to] = in->confidences[from];
}

/* w->repeated of a record: its own regions again and again. */
static const struct record *repeat(struct writing *w, const struct record *r)
{
    for (size_t i = 0; i < w->repeated.regions; i++)
        copy_region(r, i % r->regions, &w->repeated, i);
    return &w->repeated;
}

/* What the record lacks is padding, unless it is repeated. */
static int add_record(struct writing *w, const char *id, const struct record *r, struct error *err)
{
    const struct extract_spec *spec = w->split->spec;
    const struct record *row = spec->repeat && r->regions < spec->regions ? repeat(w, r) : r;
    struct bottomup_image image = {.id = id,
                                   .where = id,
                                   .width = r->width,
                                   .height = r->height,
                                   .regions = row->regions,
                                   .feature_size = row->feature_size,
                                   .boxes = row->boxes,
                                   .features = row->features,
                                   .classes = row->classes,
                                   .confidences = row->confidences};
    MEM_ROOM(w->counts, w->count, w->cap);
    w->counts[w->count++] = (int32_t)row->regions;
    w->fewer += r->regions < spec->regions;
    w->fewest = r->regions < w->fewest ? r->regions : w->fewest;
    return precomp_add(w->precomp, &image, err);
}

/* Row i of what was there, as a record. */
static void old_record(const struct split *s, size_t i, float *scratch, struct record *r)
{
    npy_rows_f32(s->old[FEATURES], i, 1, r->features);
    npy_rows_f32(s->old[BOXES], i, 1, r->boxes);
    npy_rows_f32(s->old[SIZES], i, 1, scratch);
    r->width = (int32_t)scratch[0];
    r->height = (int32_t)scratch[1];
    r->regions = s->spec->regions;
    if (r->classes && s->old[CONFIDENCES]) {
        npy_rows_f32(s->old[CONFIDENCES], i, 1, r->confidences);
        npy_rows_f32(s->old[CLASSES], i, 1, scratch);
        for (size_t k = 0; k < r->regions; k++)
            r->classes[k] = (int32_t)scratch[k];
    }
    if (!s->old[COUNTS])
        return;
    npy_rows_f32(s->old[COUNTS], i, 1, scratch);
    if (scratch[0] >= 1 && scratch[0] <= (float)r->regions)
        r->regions = (size_t)scratch[0];
}

static int add_old(struct writing *w, struct error *err)
{
    const struct split *s = w->split;
    struct record r = {.regions = s->spec->regions, .feature_size = w->feature_size};
    float *scratch = mem_new(s->spec->regions + 2, sizeof *scratch);
    int status = record_reserve(&r, w->classes, err);
    for (size_t i = 0; status == 0 && i < s->ids.count; i++) {
        old_record(s, i, scratch, &r);
        status = add_record(w, s->ids.items[i], &r, err);
    }
    record_done(&r);
    free(scratch);
    return status;
}

static int add_new(struct writing *w, const struct journal *journal, const struct str_list *ids,
                   struct error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        struct record record;
        if (journal_read(journal, ids->items[i], &record, err) != 0)
            return -1;
        int status = add_record(w, ids->items[i], &record, err);
        record_done(&record);
        if (status != 0)
            return -1;
    }
    return 0;
}

/* How many regions each photograph has, if not all have as many as the split. */
static int write_counts(struct writing *w, struct error *err)
{
    size_t i = 0;
    while (i < w->count && (size_t)w->counts[i] == w->split->spec->regions)
        i++;
    if (i == w->count)
        return 0;
    char *path = new_path(w, endings[COUNTS]);
    int status = npy_save(path, NPY_I32, 1, &w->count, w->counts, err);
    free(path);
    return status;
}

/* States what the captions that are there were taken for before photographs without any came. */
static int write_map(struct writing *w, struct error *err)
{
    const struct split *s = w->split;
    struct str text = {0};
    if (s->captions == 0)
        return 0;
    for (size_t c = 0; c < s->captions; c++)
        str_addf(&text, "%zu\n", c / (s->captions / s->ids.count));
    char *path = new_path(w, "_cap_img.txt");
    int status = file_write(path, text.text, text.length, err);
    free(path);
    str_done(&text);
    return status;
}

/* What is not of these features would be taken to belong to them. */
static int remove_others(const struct writing *w, struct error *err)
{
    const struct extract_spec *spec = w->split->spec;
    for (size_t i = 0; i < PARTS + COUNTOF(texts); i++) {
        const char *ending = i < PARTS ? endings[i] : texts[i - PARTS];
        char *path = new_path(w, ending);
        bool stale = !file_exists(path) && exists(spec, ending);
        free(path);
        if (stale && staging_remove(spec->folder, spec->split, ending, err) != 0)
            return -1;
    }
    return 0;
}

/* `precomp` is committed, which frees it. */
static int commit(struct writing *w, struct error *err)
{
    const struct extract_spec *spec = w->split->spec;
    struct precomp *precomp = w->precomp;
    w->precomp = NULL;
    if (precomp_commit(precomp, err) != 0 || write_counts(w, err) != 0 || write_map(w, err) != 0 ||
        remove_others(w, err) != 0)
        return -1;
    return staging_commit(spec->folder, spec->split, err);
}

static int write_all(struct writing *w, const struct journal *journal,
                     const struct record_hello *hello, const struct str_list *ids,
                     struct error *err)
{
    const struct extract_spec *spec = w->split->spec;
    const struct feature_source source = {hello->name, hello->version, hello->weights,
                                          hello->feature_size, spec->regions};
    const struct precomp_spec to = {.folder = w->folder,
                                    .split = spec->split,
                                    .regions = spec->regions,
                                    .feature_size = hello->feature_size,
                                    .boxes = true,
                                    .sizes = true,
                                    .classes = w->classes,
                                    .confidences = w->classes,
                                    .class_names = &hello->classes,
                                    .source = &source};
    int status = precomp_open(&to, &w->precomp, err);
    if (status == 0 && spec->repeat)
        status = record_reserve(&w->repeated, w->classes, err);
    if (status == 0)
        status = add_old(w, err);
    if (status == 0)
        status = add_new(w, journal, ids, err);
    return status == 0 ? commit(w, err) : -1;
}

static bool same_ids(const struct str_list *a, const struct str_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->items[i], b->items[i]) == 0;
    return same;
}

/* Captions beside what was replaced: whether they are still those of the photographs. */
static void note_captions(const struct split *s, const struct str_list *ids, struct notes *notes)
{
    const char *split = s->spec->split;
    if (!s->spec->force || s->append || !exists(s->spec, "_caps.txt"))
        return;
    if (s->before.count == 0)
        notes_add(notes,
                  "%s_caps.txt was there before and stays: its captions have to be those of these "
                  "photographs, in this order",
                  split);
    else if (!same_ids(&s->before, ids))
        notes_add(
            notes,
            "%s_caps.txt stays, but its captions are those of other photographs or in another "
            "order: %s_ids.txt had %zu and now has %zu; convert the captions again",
            split, split, s->before.count, ids->count);
}

static void note_result(const struct writing *w, size_t added, struct notes *notes)
{
    const struct extract_spec *spec = w->split->spec;
    if (w->fewer > 0 && spec->repeat)
        notes_add(notes,
                  "%zu of %zu photographs have fewer than %zu regions (the fewest: %zu): "
                  "they are repeated",
                  w->fewer, w->count, spec->regions, w->fewest);
    else if (w->fewer > 0)
        notes_add(notes,
                  "%zu of %zu photographs have fewer than %zu regions (the fewest: %zu): the "
                  "numbers are in %s_num_boxes.npy, the rest is padding; other programs take it "
                  "for regions of zeros: --repeat repeats regions instead",
                  w->fewer, w->count, spec->regions, w->fewest, spec->split);
    if (w->split->captions > 0)
        notes_add(notes,
                  "the %zu new photographs have no captions; %s_cap_img.txt says which photograph "
                  "each of the %zu captions belongs to",
                  added, spec->split, w->split->captions);
}

int split_write(const struct split *split, const struct journal *journal,
                const struct record_hello *hello, const struct str_list *ids,
                struct extract_result *result, struct error *err)
{
    const struct extract_spec *spec = split->spec;
    struct writing w = {.split = split,
                        .classes = hello->classes.count > 0,
                        .feature_size = hello->feature_size,
                        .repeated = {.regions = spec->regions, .feature_size = hello->feature_size},
                        .fewest = spec->regions,
                        .folder = staging_open(spec->folder, spec->split, err)};
    int status = w.folder ? write_all(&w, journal, hello, ids, err) : -1;
    precomp_abort(w.precomp);
    staging_abandon(spec->folder, spec->split); /* nothing is left if it succeeded */
    record_done(&w.repeated);
    free(w.folder);
    free(w.counts);
    result->photographs = w.count;
    if (status == 0) {
        note_result(&w, ids->count, &result->notes);
        note_captions(split, ids, &result->notes);
    }
    return status;
}
