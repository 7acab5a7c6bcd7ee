#include "extract/extract.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "extract/journal.h"
#include "extract/pixels.h"
#include "extract/pool.h"
#include "extract/split.h"
#include "extract/staging.h"
#include "io/dataset/idmap.h"
#include "io/dataset/photo_list.h"

/* An extraction under way: what the sink fills. */
struct work {
    const struct extract_spec *spec;
    struct extract_result *result;
    struct photo_list list;
    struct sink_photo *photos;
    char **reasons; /* why a photograph failed, or NULL */
    struct split *split;
    struct record_hello hello; /* a copy */
    struct journal *journal;
    char *journal_path;
    size_t wanted, done; /* photographs */
};

/* ---- the sink ---- */

static bool advance(struct work *w)
{
    return progress_step(w->spec->progress, ++w->done, w->wanted);
}

static void copy_hello(struct work *w, const struct record_hello *hello)
{
    w->hello = (struct record_hello){.name = mem_strdup(hello->name),
                                     .version = mem_strdup(hello->version),
                                     .weights = mem_strdup(hello->weights),
                                     .feature_size = hello->feature_size};
    for (size_t i = 0; i < hello->classes.count; i++)
        str_list_add(&w->hello.classes, mem_strdup(hello->classes.items[i]));
}

/* Takes up an interrupted run. */
static int on_begin(void *context, const struct record_hello *hello, struct error *err)
{
    struct work *w = context;
    copy_hello(w, hello);
    w->result->extractor = mem_strdup(hello->name);
    w->result->version = mem_strdup(hello->version);
    w->result->feature_size = hello->feature_size;
    if (split_check(w->split, hello, err) != 0 ||
        journal_open(w->journal_path, hello, w->spec->regions, &w->journal, err) != 0)
        return -1;
    for (size_t i = 0; i < w->list.ids.count; i++) {
        struct sink_photo *photo = &w->photos[i];
        if (!photo->wanted || !journal_has(w->journal, photo->id, photo->path))
            continue;
        photo->wanted = false;
        w->result->resumed++;
        w->done++;
    }
    return 0;
}

static int on_take(void *context, size_t photo, const struct record *record, struct error *err)
{
    struct work *w = context;
    const struct sink_photo *p = &w->photos[photo];
    if (journal_add(w->journal, p->id, p->path, record, err) != 0)
        return -1;
    return advance(w) ? 0 : error_set(err, "interrupted");
}

static int on_fail(void *context, size_t photo, const char *reason, struct error *err)
{
    struct work *w = context;
    free(w->reasons[photo]);
    w->reasons[photo] = mem_strdup(error_without(reason, w->photos[photo].path));
    return advance(w) ? 0 : error_set(err, "interrupted");
}

/* ---- before and after ---- */

/* Those beyond the ids that captions go with are of other splits, or new. */
static void note_others(struct work *w, const bool *taken)
{
    const struct str_list *ids = &w->list.ids;
    size_t others = 0, first = 0;
    for (size_t i = 0; i < ids->count; i++)
        if (!taken[i])
            first = others++ == 0 ? i : first;
    if (others > 0)
        notes_add(&w->result->notes,
                  "%zu of the photographs are not in %s_ids.txt, which is there already, and left "
                  "out (the first: %.80s)",
                  others, w->spec->split, ids->items[first]);
}

/* Brings the photographs into the order of ids that are there already. */
static int follow(struct work *w, const struct str_list *order, struct error *err)
{
    struct photo_list *list = &w->list;
    struct str_list paths = {0}, ids = {0};
    struct idmap map = {0};
    size_t missing = 0, first = 0;
    bool *taken = mem_new(list->ids.count, sizeof *taken);
    for (size_t i = 0; i < list->ids.count; i++)
        idmap_add(&map, list->ids.items[i], i);
    for (size_t i = 0; i < order->count; i++) {
        size_t found;
        if (!idmap_find(&map, order->items[i], &found) || taken[found]) {
            first = missing++ == 0 ? i : first;
            continue;
        }
        taken[found] = true;
        str_list_add(&paths, mem_strdup(list->paths.items[found]));
        str_list_add(&ids, mem_strdup(list->ids.items[found]));
    }
    note_others(w, taken);
    str_list_done(&list->paths);
    str_list_done(&list->ids);
    list->paths = paths;
    list->ids = ids;
    idmap_done(&map);
    free(taken);
    if (missing == 0)
        return 0;
    return error_at(err, w->spec->folder, -1,
                    "has %s_ids.txt with %zu images of which %zu are not among these photographs "
                    "(the first: %.80s); give all of them, or --force to write the ids anew, and "
                    "then convert the captions again",
                    w->spec->split, order->count, missing, order->items[first]);
}

static int plan(struct work *w, struct error *err)
{
    const struct extract_spec *spec = w->spec;
    if (photo_list_open(spec->inputs, spec->input_count, &w->list, err) != 0 ||
        split_open(spec, &w->split, err) != 0 ||
        (split_order(w->split) && follow(w, split_order(w->split), err) != 0))
        return -1;
    w->photos = mem_new(w->list.ids.count, sizeof *w->photos);
    w->reasons = mem_new(w->list.ids.count, sizeof *w->reasons);
    for (size_t i = 0; i < w->list.ids.count; i++) {
        struct sink_photo *photo = &w->photos[i];
        photo->id = w->list.ids.items[i];
        photo->path = w->list.paths.items[i];
        photo->wanted = !split_has(w->split, photo->id);
        w->wanted += photo->wanted;
    }
    for (size_t i = 0; i < w->list.refused.count; i++) {
        str_list_add(&w->result->failed_ids, mem_strdup(w->list.refused.items[i]));
        str_list_add(&w->result->failed_reasons, mem_strdup(w->list.reasons.items[i]));
    }
    w->journal_path = staging_place(spec->folder, spec->split, "_extract.part");
    if (w->wanted > 0)
        return 0;
    if (w->list.refused.count > 0)
        return error_set(err, "%s: %s", w->list.refused.items[0], w->list.reasons.items[0]);
    return error_at(err, spec->folder, -1, "all of these photographs are already in %s",
                    spec->split);
}

static int look(struct work *w, struct error *err)
{
    struct sink sink = {.photos = w->photos,
                        .count = w->list.ids.count,
                        .regions = w->spec->regions,
                        .begin = on_begin,
                        .take = on_take,
                        .fail = on_fail,
                        .context = w};
    struct pool_spec pool = {w->spec->with, w->spec->workers, w->spec->timeout};
    return w->spec->with ? pool_run(&pool, &sink, err)
                         : pixels_run(w->spec->workers, &sink, w->spec->raw, err);
}

/* Lists the failures in the order of the photographs. */
static void list_failures(struct work *w)
{
    for (size_t i = 0; w->reasons && i < w->list.ids.count; i++)
        if (w->reasons[i]) {
            str_list_add(&w->result->failed_ids, mem_strdup(w->photos[i].id));
            str_list_add(&w->result->failed_reasons, w->reasons[i]);
        }
}

/* The error if a photograph failed whose id is there already: the rows would not fit. */
static int check_complete(const struct work *w, size_t count, struct error *err)
{
    for (size_t i = 0; split_order(w->split) && count < w->list.ids.count && i < w->list.ids.count;
         i++)
        if (!journal_has(w->journal, w->photos[i].id, w->photos[i].path))
            return error_at(
                err, w->photos[i].path, -1,
                "failed, but %s_ids.txt, which is there already, has it; replace it and "
                "resume, or give --force to write the ids anew, and then convert the "
                "captions again",
                w->spec->split);
    return 0;
}

/* Writes the photographs that have a record, in the order of the list. */
static int finish(struct work *w, struct error *err)
{
    struct str_list ids = {0};
    for (size_t i = 0; i < w->list.ids.count; i++)
        if (!split_has(w->split, w->photos[i].id) &&
            journal_has(w->journal, w->photos[i].id, w->photos[i].path))
            str_list_add(&ids, mem_strdup(w->photos[i].id));
    int status;
    if (ids.count == 0 && w->wanted == 1)
        status = error_set(err, "%s: %s", w->result->failed_ids.items[0],
                           w->result->failed_reasons.items[0]);
    else if (ids.count == 0)
        status = error_set(err, "none of the %zu photographs could be used; the first, %s: %s",
                           w->wanted, w->result->failed_ids.items[0],
                           w->result->failed_reasons.items[0]);
    else if ((status = check_complete(w, ids.count, err)) == 0)
        status = split_write(w->split, w->journal, &w->hello, &ids, w->result, err);
    w->result->added = ids.count;
    str_list_done(&ids);
    return status;
}

static int run(struct work *w, struct error *err)
{
    if (plan(w, err) != 0)
        return -1;
    size_t made = file_folders_missing(w->spec->folder);
    int status = file_make_folder(w->spec->folder, err);
    if (status == 0)
        status = look(w, err);
    list_failures(w);
    if (status == 0)
        status = finish(w, err);
    journal_close(w->journal, status != 0);
    if (status != 0)
        file_folders_remove(w->spec->folder, made); /* if nothing is in them */
    return status;
}

int extract_run(const struct extract_spec *spec, struct extract_result *out, struct error *err)
{
    struct work w = {.spec = spec, .result = out};
    *out = (struct extract_result){.regions = spec->regions};
    int status = run(&w, err);
    free(w.photos);
    free(w.reasons);
    free(w.journal_path);
    split_free(w.split);
    record_hello_done(&w.hello);
    photo_list_done(&w.list);
    return status;
}

void extract_result_done(struct extract_result *result)
{
    free(result->extractor);
    free(result->version);
    notes_done(&result->notes);
    str_list_done(&result->failed_ids);
    str_list_done(&result->failed_reasons);
}
