/* caption_split_write.c: splits of captions to files; first all under temporary names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/caption_convert_private.h"

enum { FILES = 3 }; /* of a split */

struct pending {
    struct file_out out;
    bool open;
};

/* The files of the split that are written, captions last; NULL: not this one. */
static void paths_of(const struct caption_split *s, const char *paths[FILES])
{
    paths[0] = s->write_ids ? s->ids_path : NULL;
    paths[1] = s->write_map ? s->map_path : NULL;
    paths[2] = s->caps_path;
}

int caption_split_check_free(const struct caption_split *s, struct error *err)
{
    const char *paths[FILES];
    paths_of(s, paths);
    if (s->spec->force)
        return 0;
    for (size_t i = 0; i < FILES; i++)
        if (paths[i] && file_exists(paths[i]))
            return error_at(err, paths[i], -1,
                            "already exists; give --force to replace it, or another --split");
    if (file_exists(s->map_path))
        return error_at(err, s->map_path, -1,
                        "is there and would be wrong: these captions need none; give --force to "
                        "remove it, or another --split");
    return 0;
}

/* ---- what is in the files ---- */

static void put_ids(const struct caption_split *s, FILE *f)
{
    for (size_t i = 0; i < s->images; i++)
        fprintf(f, "%s\n", s->ids.count ? s->ids.items[i] : s->records->images.items[s->order[i]]);
}

static void put_map(const struct caption_split *s, FILE *f)
{
    for (size_t i = 0; i < s->images; i++)
        for (size_t k = caption_split_count(s, i); k > 0; k--)
            fprintf(f, "%zu\n", i);
}

static void put_captions(const struct caption_split *s, FILE *f)
{
    const struct caption_record *items = s->records->items;
    for (size_t i = 0; i < s->images; i++)
        for (size_t k = 0; k < caption_split_count(s, i); k++)
            fprintf(f, "%s\n", items[s->grouped[s->starts[s->order[i]] + k]].caption);
    for (size_t i = 0; !s->named && i < s->records->count; i++)
        if (s->taken[i])
            fprintf(f, "%s\n", items[i].caption);
}

/* ---- writing ---- */

static int write_split(const struct caption_split *s, struct pending files[FILES],
                       struct error *err)
{
    static void (*const put[FILES])(const struct caption_split *, FILE *) = {put_ids, put_map,
                                                                             put_captions};
    const char *paths[FILES];
    paths_of(s, paths);
    for (size_t i = 0; i < FILES; i++) {
        if (!paths[i])
            continue;
        if (file_out_open(paths[i], &files[i].out, err) != 0)
            return -1;
        files[i].open = true;
        put[i](s, files[i].out.stream);
        if (fflush(files[i].out.stream) != 0 || ferror(files[i].out.stream))
            return error_errno(err, paths[i], "write");
    }
    return 0;
}

static int commit_all(struct pending *files, size_t count, struct error *err)
{
    int status = 0;
    for (size_t i = 0; status == 0 && i < count; i++) {
        if (!files[i].open)
            continue;
        files[i].open = false;
        status = file_out_commit(&files[i].out, err);
    }
    return status;
}

int caption_splits_write(const struct caption_split *splits, size_t count, struct error *err)
{
    const char *folder = splits[0].spec->folder;
    size_t made = file_folders_missing(folder);
    struct pending *files = mem_new(count * FILES, sizeof *files);
    int status = file_make_folder(folder, err);
    for (size_t i = 0; status == 0 && i < count; i++)
        status = write_split(&splits[i], files + i * FILES, err);
    if (status == 0)
        status = commit_all(files, count * FILES, err);
    for (size_t i = 0; status == 0 && i < count; i++)
        if (!splits[i].write_map && unlink(splits[i].map_path) != 0 && errno != ENOENT)
            status = error_errno(err, splits[i].map_path, "remove");
    for (size_t i = 0; i < count * FILES; i++)
        if (files[i].open)
            file_out_abort(&files[i].out);
    if (status != 0)
        file_folders_remove(folder, made);
    free(files);
    return status;
}
