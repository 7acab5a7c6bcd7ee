/* run.c: validate_run: split by split, then the folder. */
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/dataset/photos.h"
#include "io/text/caption_form.h"
#include "io/text/captions.h"
#include "validate/across.h"
#include "validate/boxes.h"
#include "validate/captions.h"
#include "validate/features.h"
#include "validate/files.h"
#include "validate/ids.h"
#include "validate/mend.h"
#include "validate/photographs.h"
#include "validate/texts.h"

/* A run over a folder. */
struct run {
    const struct validate_spec *spec;
    struct validate_report *report;
    struct str_list all, splits; /* of the folder; to look at */
    struct vocab *vocab;
    struct kept_split *kept; /* one per split */
};

/* ---- faults ---- */

/* What a fault of the captions is: they are there, but too many or too few; or they are no lines of
 * captions. */
static enum finding captions_fault(const struct subject *s)
{
    if (s->captions)
        return CAPTIONS_COUNT;
    struct file_map map;
    char *path = dataset_part_path(s->spec->folder, s->split, DATASET_CAPTIONS);
    struct caption_form form = {.kind = CAPTIONS_BINARY};
    if (path && file_map_open(path, &map, NULL) == 0) {
        if (map.size > 0)
            caption_form_find(map.data, map.size, &form);
        file_map_close(&map);
    }
    free(path);
    return form.kind == CAPTIONS_BINARY || form.kind == CAPTIONS_LINES ? FILE_UNREADABLE
                                                                       : CAPTIONS_OTHER_FORM;
}

static enum finding ids_fault(const char *path)
{
    struct str_list lines;
    bool read = path && text_lines_load(path, &lines, NULL) == 0;
    if (read)
        str_list_done(&lines);
    return read ? IDS_COUNT : FILE_UNREADABLE;
}

static char *map_path(const struct subject *s)
{
    char *name = mem_printf("%s_cap_img.txt", s->split);
    char *path = file_join(s->spec->folder, name);
    free(name);
    return path;
}

/* The file that a part's fault is about; the caller's to free. */
static char *fault_path(const struct subject *s, enum dataset_part part)
{
    const char *text = s->faults.error[part].text;
    char *paths[] = {dataset_part_path(s->spec->folder, s->split, part), map_path(s),
                     dataset_part_path(s->spec->folder, s->split, DATASET_FEATURES)};
    char *found = NULL;
    for (size_t i = 0; i < COUNTOF(paths); i++)
        if (!found && error_without(text, paths[i]) != text)
            found = mem_strdup(paths[i]);
    if (!found)
        found = mem_strdup(paths[0]);
    for (size_t i = 0; i < COUNTOF(paths); i++)
        free(paths[i]);
    return found;
}

static enum finding fault_kind(const struct subject *s, enum dataset_part part, const char *path)
{
    if (part == DATASET_FEATURES && !path)
        return FEATURES_MISSING;
    if (part == DATASET_CAPTIONS && path && str_ends_with(path, "_cap_img.txt"))
        return CAPTIONS_NO_IMAGE;
    return part == DATASET_CAPTIONS ? captions_fault(s)
           : part == DATASET_IDS    ? ids_fault(path)
                                    : FILE_UNREADABLE;
}

static void report_fault(struct subject *s, enum dataset_part part)
{
    char *path = fault_path(s, part);
    const char *file = path ? file_name(path) : NULL;
    const char *text = s->faults.error[part].text;
    enum finding finding = fault_kind(s, part, path);
    bool told =
        file && (findings_has(s->report, FILE_STAND_IN, file) ||
                 (finding != CAPTIONS_COUNT && findings_has(s->report, TEXT_ENCODING, file)));
    if (finding == FEATURES_MISSING)
        findings_add(s->report, finding, s->split, NULL, NULL,
                     "there is no %s_ims.npy (nor %s_feat.npy, nor .npz)", s->split, s->split);
    else if (!told)
        findings_add(s->report, finding, s->split, file, NULL, "%s", error_without(text, path));
    free(path);
}

/* "FILE REASON" */
static void report_unused(struct subject *s)
{
    for (size_t i = 0; i < s->d->unused.lines.count; i++) {
        const char *line = s->d->unused.lines.items[i];
        const char *reason = strchr(line + strlen(s->split), ' ');
        char *file = mem_strndup(line, reason ? (size_t)(reason - line) : strlen(line));
        if (!findings_has(s->report, FILE_STAND_IN, file))
            findings_add(s->report, FILE_MISFIT, s->split, file, NULL, "%s",
                         reason ? reason + 1 : line);
        free(file);
    }
}

static void report_assumed(struct subject *s)
{
    if (!s->faults.found[DATASET_IDS] && s->d->photos && photos_by_order(s->d->photos))
        findings_add(s->report, ASSUMED, s->split, NULL, NULL,
                     "ids are taken as positions in the folder of photographs in file-name order");
    char *map = map_path(s);
    if (!s->captions && file_exists(map))
        findings_add(s->report, ASSUMED, s->split, file_name(map), NULL,
                     "is not used: there are no captions");
    free(map);
}

/* ---- a split ---- */

static void open_split(struct subject *s)
{
    const struct dataset_spec spec = {.folder = s->spec->folder,
                                      .split = s->split,
                                      .photos = s->spec->photos,
                                      .faults = &s->faults};
    char *captions = dataset_part_path(s->spec->folder, s->split, DATASET_CAPTIONS);
    size_t blank;
    if (dataset_open(&spec, &s->d, NULL) != 0)
        s->d = NULL;
    if (s->d && s->d->caption) {
        s->captions = (const char *const *)s->d->caption;
        s->caption_count = s->d->caption_lines;
    } else if (captions && captions_load(captions, s->split, &s->lines, &blank, NULL) == 0) {
        s->captions = (const char *const *)s->lines.items;
        s->caption_count = s->lines.count;
    }
    texts_check(s);
    for (int part = 0; part < DATASET_PARTS; part++)
        if (s->faults.found[part])
            report_fault(s, (enum dataset_part)part);
    if (s->d && !captions)
        findings_add(s->report, CAPTIONS_MISSING, s->split, NULL, NULL, "there is no %s_caps.txt",
                     s->split);
    free(captions);
}

static void describe(struct subject *s)
{
    const struct dataset *d = s->d;
    s->info->captions = s->caption_count;
    if (!d)
        return;
    s->info->images = d->images;
    s->info->regions = d->regions;
    s->info->size = d->feature_size;
    s->kept->features = mem_strdup(d->features->path);
    s->kept->size = d->feature_size;
    s->kept->regions = d->regions;
    s->kept->source = mem_strdup(d->source);
}

static int check_opened(struct subject *s, struct error *err)
{
    report_unused(s);
    report_assumed(s);
    if (boxes_check(s, err) != 0)
        return -1;
    return features_check(s, err);
}

static bool is_in(const struct str_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

static int check_split(struct run *run, size_t index, struct error *err)
{
    struct validate_report *r = run->report;
    const char *split = run->splits.items[index];
    MEM_ROOM(r->splits, r->split_count, r->split_cap);
    struct validate_split *info = &r->splits[r->split_count++];
    *info = (struct validate_split){.name = utf8_clean(split, strlen(split)), .unknown = -1};
    run->kept[index].name = mem_strdup(split);
    struct subject s = {.spec = run->spec,
                        .report = r,
                        .split = split,
                        .vocab = run->vocab,
                        .info = info,
                        .kept = &run->kept[index]};
    if (!is_in(&run->all, split)) {
        findings_add(r, SPLIT_MISSING, split, NULL, NULL, "the folder has no file of it");
        return 0;
    }
    files_check(run->spec->folder, &run->all, split, r);
    open_split(&s);
    describe(&s);
    captions_check(&s);
    ids_check(&s);
    int status = photographs_check(&s, err);
    if (status == 0 && s.d)
        status = check_opened(&s, err);
    dataset_free(s.d);
    str_list_done(&s.lines);
    return status;
}

/* ---- the folder ---- */

static void open_vocab(struct run *run)
{
    const struct dataset folder = {.folder = (char *)run->spec->folder};
    char *path = run->spec->vocab ? mem_strdup(run->spec->vocab) : dataset_find_vocab(&folder);
    struct error err;
    if (!path)
        findings_add(run->report, VOCAB_MISSING, NULL, NULL, NULL,
                     "there is no vocab.json, nor a single other vocabulary");
    else if (vocab_load(path, &run->vocab, &err) != 0 &&
             !findings_has(run->report, FILE_STAND_IN, file_name(path)))
        findings_add(run->report, VOCAB_UNREADABLE, NULL, file_name(path), NULL, "%s",
                     error_without(err.text, path));
    free(path);
}

static int choose_splits(struct run *run, struct error *err)
{
    const struct validate_spec *spec = run->spec;
    if (files_splits(spec->folder, &run->all, err) != 0)
        return -1;
    bool named = spec->split_count > 0;
    const char *const *names = named ? spec->splits : (const char *const *)run->all.items;
    size_t count = named ? spec->split_count : run->all.count;
    for (size_t i = 0; i < count; i++)
        str_list_add(&run->splits, mem_strdup(names[i]));
    if (run->splits.count == 0)
        findings_add(run->report, FOLDER_EMPTY, NULL, NULL, NULL, "no file is named as a split's");
    run->kept = mem_new(run->splits.count, sizeof *run->kept);
    return 0;
}

static int check_all(struct run *run, struct error *err)
{
    size_t n = run->splits.count;
    for (size_t i = 0; i < n && (run->spec->fix || run->spec->dry_run); i++)
        mend_split(run->spec, run->splits.items[i], run->report);
    files_check(run->spec->folder, &run->all, NULL, run->report);
    open_vocab(run);
    for (size_t i = 0; i < n && !run->report->interrupted; i++)
        if (check_split(run, i, err) != 0)
            return -1;
    if (run->report->interrupted)
        return 0;
    if (run->spec->split_count == 0)
        photographs_unused(run->kept, n, run->report);
    return across_check(run->kept, n, run->report, err);
}

/* The folder's own findings come last. */
static int by_split(const void *a, const void *b)
{
    const struct validate_finding *x = a, *y = b;
    if (!x->split || !y->split)
        return !x->split - !y->split;
    return strcmp(x->split, y->split);
}

static void sort(struct validate_report *r)
{
    /* stable: few findings, and their order within a split is that of the checks */
    for (size_t i = 1; i < r->count; i++)
        for (size_t j = i; j > 0 && by_split(&r->items[j - 1], &r->items[j]) > 0; j--) {
            struct validate_finding swap = r->items[j];
            r->items[j] = r->items[j - 1];
            r->items[j - 1] = swap;
        }
}

int validate_run(const struct validate_spec *spec, struct validate_report *out, struct error *err)
{
    struct run run = {.spec = spec, .report = out};
    *out = (struct validate_report){0};
    int status = choose_splits(&run, err);
    if (status == 0)
        status = check_all(&run, err);
    sort(out);
    for (size_t i = 0; run.kept && i < run.splits.count; i++)
        subject_kept_done(&run.kept[i]);
    free(run.kept);
    vocab_free(run.vocab);
    str_list_done(&run.all);
    str_list_done(&run.splits);
    return status;
}
