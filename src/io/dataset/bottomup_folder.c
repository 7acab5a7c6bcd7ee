/* bottomup_folder.c: one file per image: .npz or .npy, in one folder or several below it; NAME.npy
 * with NAME_info.npy; pairs of folders NAME_att and NAME_box. */
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/bottomup_private.h"
#include "io/dataset/bottomup_record.h"

enum { FOLDER_DEPTH = 2 };

#define INFO "_info.npy"

/* The files of a folder. */
struct state {
    char *folder, *boxes;  /* boxes: the folder NAME_box, NULL if there is none */
    struct str_list names; /* below the folder */
    size_t at;             /* the current one + 1 */
};

static void state_close(void *state)
{
    struct state *s = state;
    str_list_done(&s->names);
    free(s->folder);
    free(s->boxes);
    free(s);
}

/* ---- which files ---- */

static bool is_npz(const char *name)
{
    return str_ends_with(name, ".npz");
}

static bool is_split(const char *name)
{
    return str_ends_with(name, "_ims.npy");
}

/* The arrays in a folder or, if it has none, in those below it. */
static int list_below(const struct state *s, const char *below, int depth, struct str_list *out,
                      struct error *err)
{
    char *folder = *below ? file_join(s->folder, below) : mem_strdup(s->folder);
    struct str_list names;
    size_t before = out->count;
    int status = file_list(folder, NULL, &names, err);
    for (size_t i = 0; i < names.count; i++)
        if (npy_is_named(names.items[i]))
            str_list_add(out,
                         *below ? file_join(below, names.items[i]) : mem_strdup(names.items[i]));
    bool deeper = out->count == before && depth < FOLDER_DEPTH;
    for (size_t i = 0; deeper && status == 0 && i < names.count; i++) {
        char *name = *below ? file_join(below, names.items[i]) : mem_strdup(names.items[i]);
        char *path = file_join(s->folder, name);
        if (file_is_folder(path))
            status = list_below(s, name, depth + 1, out, err);
        free(path);
        free(name);
    }
    str_list_done(&names);
    free(folder);
    return status;
}

/* Whether `name` says more about another file of the list, sorted by bytes. */
static bool is_info(const struct str_list *names, const char *name)
{
    if (!str_ends_with(name, INFO))
        return false;
    char *of = mem_printf("%.*s.npy", (int)(strlen(name) - strlen(INFO)), name);
    bool is =
        bsearch(&of, names->items, names->count, sizeof *names->items, ascending_text) != NULL;
    free(of);
    return is;
}

/* The images among the files: .npz if there are any, else .npy; or both. */
static void choose_files(struct state *s, struct str_list *all, bool both)
{
    bool npz = false;
    for (size_t i = 0; i < all->count; i++)
        npz = npz || is_npz(all->items[i]);
    qsort(all->items, all->count, sizeof *all->items, ascending_text);
    for (size_t i = 0; i < all->count; i++)
        if ((both || is_npz(all->items[i]) == npz) && !is_info(all, all->items[i]))
            str_list_add(&s->names, mem_strdup(all->items[i]));
    if (s->names.count > 0)
        qsort(s->names.items, s->names.count, sizeof *s->names.items, ascending_version);
}

static int list_files(struct bottomup *reader, struct state *s, bool both, struct error *err)
{
    struct str_list all = {0};
    int status = list_below(s, "", 0, &all, err);
    if (status == 0 && all.count == 0)
        status = error_at(err, reader->path, -1,
                          "has no .npz or .npy; give a bottom-up TSV, an HDF5 file, an LMDB "
                          "database or a folder with one .npz or .npy per image");
    for (size_t i = 0; status == 0 && i < all.count; i++)
        if (is_split(all.items[i]))
            status = error_at(err, reader->path, -1,
                              "is a data folder already; give one of its splits: %s", all.items[i]);
    if (status == 0)
        choose_files(s, &all, both);
    str_list_done(&all);
    return status;
}

static int npz_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    if (file_is_folder(reader->path)) {
        s->folder = mem_strdup(reader->path);
        return list_files(reader, s, false, err);
    }
    s->folder = file_folder(reader->path);
    str_list_add(&s->names, mem_strdup(file_name(reader->path)));
    return 0;
}

/* The folder beside NAME_att with another ending; NULL if there is none. */
static char *sibling(const struct bottomup *reader, const char *ending)
{
    char *path = mem_printf("%.*s%s", (int)strlen(reader->path) - 4, reader->path, ending);
    if (file_is_folder(path))
        return path;
    free(path);
    return NULL;
}

static int pair_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    s->folder = mem_strdup(reader->path);
    s->boxes = sibling(reader, "_box");
    char *whole = sibling(reader, "_fc");
    if (whole)
        notes_add(&reader->notes, "%s holds one vector per image and is not read", whole);
    free(whole);
    return list_files(reader, s, true, err);
}

/* ---- images ---- */

static int next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    if (s->at == s->names.count)
        return 0;
    const char *path = s->names.items[s->at++], *name = file_name(path);
    str_clear(&reader->where);
    str_addf(&reader->where, "%s/%s", s->folder, path);
    char *id = mem_strndup(name, strlen(name) - 4);
    int status = bottomup_set_id(reader, id, err);
    free(id);
    return status == 0 ? 1 : -1;
}

static void progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    const struct state *s = reader->state;
    *done_out = s->at;
    *total_out = s->names.count;
}

static void release_map(void *thing)
{
    file_map_close(thing);
    free(thing);
}

static int add_file(struct bottomup_record *record, const char *path, struct error *err)
{
    struct file_map map, *kept;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    kept = mem_new(1, sizeof *kept);
    *kept = map;
    bottomup_record_keep(record, kept, release_map);
    return bottomup_record_bytes(record, map.data, map.size, path, err);
}

/* NAME_info.npy beside NAME.npy, if there is one. */
static int add_info(struct bottomup_record *record, const char *path, struct error *err)
{
    if (!str_ends_with(path, ".npy"))
        return 0;
    char *info = mem_printf("%.*s" INFO, (int)strlen(path) - 4, path);
    int status = file_exists(info) ? add_file(record, info, err) : 0;
    free(info);
    return status;
}

static int npz_load(struct bottomup *reader, struct error *err)
{
    struct bottomup_record record = {0};
    const char *path = str_text(&reader->where);
    int status = add_file(&record, path, err) != 0 || add_info(&record, path, err) != 0
                     ? -1
                     : bottomup_take_record(reader, &record, err);
    bottomup_record_clear(&record);
    return status;
}

static int add_boxes(struct bottomup_record *record, const struct bottomup *reader,
                     struct error *err)
{
    const struct state *s = reader->state;
    struct npy *boxes;
    if (!s->boxes)
        return 0;
    char *name = mem_printf("%s.npy", reader->id), *path = file_join(s->boxes, name);
    int status = npy_open(path, NULL, &boxes, err);
    if (status == 0)
        status = bottomup_record_npy(record, "boxes", boxes, err);
    free(name);
    free(path);
    return status;
}

static int pair_load(struct bottomup *reader, struct error *err)
{
    struct bottomup_record record = {0};
    int status = add_file(&record, str_text(&reader->where), err) != 0 ||
                         add_boxes(&record, reader, err) != 0
                     ? -1
                     : bottomup_take_record(reader, &record, err);
    bottomup_record_clear(&record);
    return status;
}

const struct bottomup_kind bottomup_npz = {npz_open, next, npz_load, progress, state_close, NULL};
const struct bottomup_kind bottomup_pair = {pair_open, next,        pair_load,
                                            progress,  state_close, NULL};
