#include "io/dataset/caption_convert.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/caption_convert_private.h"
#include "io/dataset/caption_source.h"

enum { SHOWN_NAMES = 200 };

/* ---- which splits ---- */

static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
        if (strncmp(at, name, n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

static bool has_split(const struct caption_records *r, const char *name)
{
    for (size_t i = 0; i < r->splits.count; i++)
        if (strcmp(r->splits.items[i], name) == 0)
            return true;
    return false;
}

static int wrong_split(const struct caption_split *s, const char *what, const char *name,
                       const char *advice, struct error *err)
{
    struct str names = {0};
    const struct str_list *splits = &s->records->splits;
    for (size_t i = 0; i < splits->count && names.length < SHOWN_NAMES; i++)
        str_addf(&names, "%s%.40s", i ? ", " : "", splits->items[i]);
    error_at(err, s->spec->paths[0], -1, "%s%s%.80s; its splits are: %s; %s", what,
             name[0] ? " " : "", name, str_text(&names), advice);
    str_done(&names);
    return -1;
}

static const char *const dev_names[] = {"dev", "val", "valid", "validation"};

static bool is_dev(const char *name)
{
    for (size_t i = 0; i < COUNTOF(dev_names); i++)
        if (strcmp(name, dev_names[i]) == 0)
            return true;
    return false;
}

/* The file's splits for the one to write: the same name, or another of the development set's. */
static int find_split(struct caption_split *s, struct error *err)
{
    const struct caption_records *r = s->records;
    const char *found = s->name;
    for (size_t i = 0; is_dev(s->name) && !has_split(r, found) && i < COUNTOF(dev_names); i++)
        found = dev_names[i];
    if (!has_split(r, found))
        return wrong_split(s, "has no split", s->name, "say which with --from-split", err);
    if (strcmp(s->name, "train") == 0 && has_split(r, "restval"))
        return wrong_split(s, "has train and restval, which are often taken together", "",
                           s->several ? "list all that are to be taken with --from-split "
                                        "(restval goes into train)"
                                      : "say which with --from-split",
                           err);
    s->from = mem_strdup(found);
    return 0;
}

/* Whether the file's split goes into this one, of several. */
static bool belongs(const struct caption_split *s, const char *name)
{
    return strcmp(s->name, name) == 0 || (is_dev(s->name) && is_dev(name)) ||
           (strcmp(s->name, "train") == 0 && strcmp(name, "restval") == 0);
}

/* The part of --from-split that is for this split. */
static int pick_listed(struct caption_split *s, struct error *err)
{
    char *names = mem_strdup(s->spec->from), *rest = names, *name;
    struct str picked = {0};
    int status = 0;
    while (status == 0 && (name = strsep(&rest, ","))) {
        if (!has_split(s->records, name))
            status = wrong_split(s, "has no split", name, "say which with --from-split", err);
        else if (!s->several || belongs(s, name))
            str_addf(&picked, "%s%s", picked.length ? "," : "", name);
    }
    free(names);
    if (status == 0 && picked.length == 0)
        status = wrong_split(s, "none of --from-split is for", s->name,
                             "convert that split by itself", err);
    s->from = str_take(&picked);
    return status;
}

static int take(struct caption_split *s, struct error *err)
{
    const struct caption_records *r = s->records;
    bool splits = r->splits.count > 0;
    s->taken = mem_new(r->count, sizeof *s->taken);
    if (!splits && (s->spec->from || s->several))
        return error_at(err, s->spec->paths[0], -1,
                        "knows no splits; omit --from-split and give "
                        "one --split");
    if (splits && (s->spec->from ? pick_listed(s, err) : find_split(s, err)) != 0)
        return -1;
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        size_t split = r->items[i].split;
        s->taken[i] =
            !splits || (split != CAPTION_NONE && is_listed(s->from, r->splits.items[split]));
        count += s->taken[i];
    }
    if (splits)
        caption_split_note(s, "of the file's %zu captions the %zu of split %s are taken", r->count,
                           count, s->from);
    return 0;
}

/* Captions without a split in a file that has some. */
static void list_splitless(const struct caption_records *r, struct left_out *out)
{
    for (size_t i = 0; r->splits.count > 0 && i < r->count; i++) {
        const struct caption_record *item = &r->items[i];
        if (item->split != CAPTION_NONE)
            continue;
        char *place = caption_records_place(r, &item->place);
        left_out_add(out, "%s: image %s: it names no split; left out", place,
                     item->image == CAPTION_NONE ? "-" : r->images.items[item->image]);
        free(place);
    }
}

/* ---- the whole ---- */

static char *split_path(const struct caption_split *s, const char *ending)
{
    char *name = mem_printf("%s%s", s->name, ending);
    char *path = file_join(s->spec->folder, name);
    free(name);
    return path;
}

static void split_done(struct caption_split *s)
{
    free(s->name);
    free(s->from);
    free(s->caps_path);
    free(s->ids_path);
    free(s->map_path);
    free(s->taken);
    str_list_done(&s->ids);
    free(s->order);
    free(s->starts);
    free(s->grouped);
    free(s->ordered_by);
}

static int convert_split(struct caption_split *s, struct error *err)
{
    s->caps_path = split_path(s, "_caps.txt");
    s->ids_path = split_path(s, "_ids.txt");
    s->map_path = split_path(s, "_cap_img.txt");
    return take(s, err) != 0 || caption_split_arrange(s, err) != 0 ||
                   caption_split_check_free(s, err) != 0
               ? -1
               : 0;
}

static void summarise(struct caption_split *s, struct caption_convert_split *out)
{
    *out = (struct caption_convert_split){.name = s->name,
                                          .images = s->images,
                                          .captions = s->captions,
                                          .least = s->least,
                                          .most = s->most,
                                          .ordered_by = s->ordered_by};
    s->name = s->ordered_by = NULL;
}

/* Photographs of images that are not written are not kept. */
static void choose_photographs(struct caption_source *source, const struct caption_split *splits,
                               size_t count)
{
    bool *written = mem_new(source->records.images.count, sizeof *written);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < splits[i].images; k++)
            if (splits[i].order[k] != CAPTION_NONE)
                written[splits[i].order[k]] = true;
    caption_source_keep(source, written);
    free(written);
}

static int convert_all(struct caption_source *source, const struct str_list *names,
                       const struct caption_convert_spec *spec, struct caption_convert_summary *out,
                       struct error *err)
{
    struct caption_split *splits = mem_new(names->count, sizeof *splits);
    int status = 0;
    list_splitless(&source->records, &out->left_out);
    for (size_t i = 0; status == 0 && i < names->count; i++) {
        splits[i] = (struct caption_split){.spec = spec,
                                           .out = out,
                                           .records = &source->records,
                                           .name = mem_strdup(names->items[i]),
                                           .several = names->count > 1};
        status = convert_split(&splits[i], err);
    }
    if (status == 0)
        status = caption_splits_write(splits, names->count, err);
    if (status == 0) {
        out->splits = mem_new(names->count, sizeof *out->splits);
        out->split_count = names->count;
        choose_photographs(source, splits, names->count);
        out->unpacked = source->photographs.count;
    }
    for (size_t i = 0; i < names->count; i++) {
        if (status == 0)
            summarise(&splits[i], &out->splits[i]);
        split_done(&splits[i]);
    }
    free(splits);
    return status;
}

static int list_splits(const char *split, struct str_list *names, struct error *err)
{
    char *list = mem_strdup(split), *rest = list, *name;
    int status = 0;
    while (status == 0 && (name = strsep(&rest, ","))) {
        for (size_t i = 0; i < names->count; i++)
            if (strcmp(names->items[i], name) == 0)
                status = error_set(err, "the split %s is to be written twice", name);
        if (name[0] == '\0' || strchr(name, '/'))
            status = error_set(err, "'%s' is not the name of a split", name);
        str_list_add(names, mem_strdup(name));
    }
    free(list);
    return status;
}

int caption_convert(const struct caption_convert_spec *spec, struct caption_convert_summary *out,
                    struct error *err)
{
    struct caption_source source;
    struct str_list names = {0};
    *out = (struct caption_convert_summary){0};
    int status = list_splits(spec->split, &names, err);
    if (status == 0 && names.count > 1 && spec->ids)
        status = error_set(err, "--ids goes with one split, not with %s", spec->split);
    if (status == 0)
        status = caption_source_read(spec, &source, err);
    if (status == 0) {
        out->form = source.form;
        notes_add_all(&out->notes, &source.records.notes);
        out->left_out = source.records.left_out;
        source.records.left_out = (struct left_out){0};
        status = convert_all(&source, &names, spec, out, err);
        caption_source_done(&source);
    }
    str_list_done(&names);
    return status;
}

void caption_convert_done(struct caption_convert_summary *summary)
{
    for (size_t i = 0; i < summary->split_count; i++) {
        free(summary->splits[i].name);
        free(summary->splits[i].ordered_by);
    }
    free(summary->splits);
    left_out_done(&summary->left_out);
    notes_done(&summary->notes);
    *summary = (struct caption_convert_summary){0};
}

bool caption_convert_reads(const char *path)
{
    return caption_source_is(path);
}
