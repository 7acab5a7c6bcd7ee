#include "extract/split.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/array/npy.h"
#include "io/dataset/precomp.h"
#include "io/text/captions.h"

/* The arrays with a row per photograph. */
enum part { FEATURES, BOXES, SIZES, CLASSES, CONFIDENCES, PARTS };

static const char *const endings[PARTS] = {"_ims.npy", "_boxes.npy", "_img_sizes.npy",
                                           "_classes.npy", "_confidences.npy"};

struct split {
    const struct extract_spec *spec;
    struct npy *old[PARTS]; /* with append; NULL: no such file */
    struct str_list ids;
    struct idmap map;
    struct feature_source source; /* of `old` */
    bool append;
};

/* A split being written. */
struct writing {
    const struct split *split;
    struct precomp *precomp;
    struct npy_writer *classes, *confidences; /* NULL: the extractor has none */
    size_t feature_size;
};

static char *path_of(const struct extract_spec *spec, const char *ending)
{
    char *name = mem_printf("%s%s", spec->split, ending), *path = file_join(spec->folder, name);
    free(name);
    return path;
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
    const size_t last[PARTS] = {a->shape[2], 4, 2, 0, 0};
    const int ndim[PARTS] = {3, 3, 2, 2, 2};
    bool fits = a->ndim == ndim[part] && a->shape[0] == s->ids.count && a->type != NPY_OBJECT;
    if (fits && part != SIZES)
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
        if (part <= SIZES || file_exists(path))
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

static int open_existing(struct split *s, struct error *err)
{
    char *features = path_of(s->spec, endings[FEATURES]);
    int status = 0;
    if (!s->spec->append && !s->spec->force && file_exists(features))
        status = error_at(err, features, -1,
                          "already exists; give --append to add photographs, --force to replace "
                          "it, or another --split");
    if (s->spec->append && exists(s->spec, "_caps.txt"))
        status = error_at(err, features, -1,
                          "has captions beside it, which new photographs would lack; extract them "
                          "into another --split of the folder");
    s->append = s->spec->append && file_exists(features);
    free(features);
    return status == 0 && s->append ? load_old(s, err) : status;
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
    idmap_done(&s->map);
    feature_source_done(&s->source);
    free(s);
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
    else if ((s->old[CLASSES] != NULL) != (hello->classes.count > 0))
        status = error_set(err, "%s and the extractor do not both have classes", s->spec->split);
    free(was);
    free(is);
    return status;
}

/* ---- writing ---- */

static int add_record(struct writing *w, const char *id, const struct record *r, struct error *err)
{
    struct bottomup_image image = {.id = id,
                                   .where = id,
                                   .width = r->width,
                                   .height = r->height,
                                   .regions = r->regions,
                                   .feature_size = r->feature_size,
                                   .boxes = r->boxes,
                                   .features = r->features};
    if (!precomp_needs(w->precomp, id))
        return error_set(err, "the id %s is there twice", id);
    if (precomp_add(w->precomp, &image, err) != 0)
        return -1;
    if (!w->classes)
        return 0;
    return npy_writer_rows(w->classes, 1, r->classes, err) == 0
               ? npy_writer_rows(w->confidences, 1, r->confidences, err)
               : -1;
}

/* Row i of what was there, as a record. */
static void old_record(const struct split *s, size_t i, float *scratch, struct record *r)
{
    npy_rows_f32(s->old[FEATURES], i, 1, r->features);
    npy_rows_f32(s->old[BOXES], i, 1, r->boxes);
    npy_rows_f32(s->old[SIZES], i, 1, scratch);
    r->width = (int32_t)scratch[0];
    r->height = (int32_t)scratch[1];
    if (!r->classes || !s->old[CONFIDENCES])
        return;
    npy_rows_f32(s->old[CONFIDENCES], i, 1, r->confidences);
    npy_rows_f32(s->old[CLASSES], i, 1, scratch);
    for (size_t k = 0; k < r->regions; k++)
        r->classes[k] = (int32_t)scratch[k];
}

static int add_old(struct writing *w, struct error *err)
{
    const struct split *s = w->split;
    struct record r = {.regions = s->spec->regions, .feature_size = w->feature_size};
    float *scratch = mem_new(s->spec->regions + 2, sizeof *scratch);
    int status = record_reserve(&r, w->classes != NULL, err);
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

static int open_classes(struct writing *w, struct error *err)
{
    const struct extract_spec *spec = w->split->spec;
    char *classes = path_of(spec, endings[CLASSES]),
         *confidences = path_of(spec, endings[CONFIDENCES]);
    int status =
        npy_writer_open(classes, NPY_I32, 2, &spec->regions, &w->classes, err) == 0
            ? npy_writer_open(confidences, NPY_F32, 2, &spec->regions, &w->confidences, err)
            : -1;
    free(classes);
    free(confidences);
    return status;
}

/* What is not of these features (or, after a failure, has none) would be taken to belong to them.
 */
static void remove_others(const struct extract_spec *spec)
{
    static const char *const others[] = {"_classes.npy", "_confidences.npy", "_class_names.txt",
                                         "_features.json"};
    for (size_t i = 0; i < COUNTOF(others); i++) {
        char *path = path_of(spec, others[i]);
        unlink(path);
        free(path);
    }
}

static int commit_array(struct npy_writer **writer, struct error *err)
{
    struct npy_writer *w = *writer;
    *writer = NULL;
    return w ? npy_writer_commit(w, err) : 0;
}

static int write_names(const struct extract_spec *spec, const struct record_hello *hello,
                       struct error *err)
{
    struct str text = {0};
    struct feature_source source = {hello->name, hello->version, hello->weights,
                                    hello->feature_size, spec->regions};
    char *names = path_of(spec, "_class_names.txt"),
         *about = feature_source_path(spec->folder, spec->split);
    for (size_t i = 0; i < hello->classes.count; i++)
        str_addf(&text, "%s\n", hello->classes.items[i]);
    int status = text.length ? file_write(names, text.text, text.length, err) : 0;
    if (status == 0)
        status = feature_source_save(about, &source, err);
    str_done(&text);
    free(names);
    free(about);
    return status;
}

static int commit(struct writing *w, const struct record_hello *hello, struct precomp_summary *sum,
                  struct error *err)
{
    const struct extract_spec *spec = w->split->spec;
    struct precomp *precomp = w->precomp;
    if (!w->classes)
        remove_others(spec);
    if (commit_array(&w->classes, err) != 0 || commit_array(&w->confidences, err) != 0 ||
        write_names(spec, hello, err) != 0)
        return -1;
    w->precomp = NULL;
    return precomp_commit(precomp, sum, err);
}

int split_write(const struct split *split, const struct journal *journal,
                const struct record_hello *hello, const struct str_list *ids, size_t *images_out,
                struct error *err)
{
    struct writing w = {.split = split, .feature_size = hello->feature_size};
    struct precomp_summary sum = {0};
    struct precomp_spec spec = {.folder = split->spec->folder,
                                .split = split->spec->split,
                                .captions = split->spec->captions,
                                .regions = split->spec->regions,
                                .force = split->append || split->spec->force};
    int status = precomp_open(&spec, &w.precomp, err);
    if (status == 0 && hello->classes.count > 0)
        status = open_classes(&w, err);
    if (status == 0)
        status = add_old(&w, err);
    if (status == 0)
        status = add_new(&w, journal, ids, err);
    if (status == 0)
        status = commit(&w, hello, &sum, err);
    npy_writer_abort(w.classes);
    npy_writer_abort(w.confidences);
    precomp_abort(w.precomp);
    if (status != 0 && !exists(split->spec, endings[FEATURES]))
        remove_others(split->spec);
    *images_out = sum.images;
    return status;
}
