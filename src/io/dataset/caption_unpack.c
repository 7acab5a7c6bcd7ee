#include "io/dataset/caption_unpack.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

int caption_unpack_open(struct caption_unpack *u, const char *folder, struct error *err)
{
    *u = (struct caption_unpack){.folder = folder};
    if (!folder)
        return 0;
    u->made = !file_exists(folder);
    return file_make_folder(folder, err);
}

int caption_unpack_begin(struct caption_unpack *u, const char *name, struct file_out *out,
                         char **path_out, struct error *err)
{
    if (file_below(u->folder, name, path_out, err) != 0)
        return -1;
    char *beside = mem_printf("%s.part", *path_out);
    int status = file_out_open(file_exists(*path_out) ? beside : *path_out, out, err);
    free(beside);
    if (status != 0)
        free(*path_out);
    return status;
}

/* Whether what was written so far is what the file holds. */
static bool is_same(struct file_out *out, const char *path)
{
    struct file_map a = {0}, b = {0};
    bool same = fflush(out->stream) == 0 && out->temp && file_map_any(out->temp, &a, NULL) == 0 &&
                file_map_any(path, &b, NULL) == 0 && a.size == b.size &&
                (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
    file_map_close(&a);
    file_map_close(&b);
    return same;
}

int caption_unpack_end(struct caption_unpack *u, const char *name, struct file_out *out, char *path,
                       struct error *err)
{
    int status = 0;
    if (file_exists(path)) {
        bool same = is_same(out, path);
        file_out_abort(out);
        if (!same)
            status = error_set(err, "%s is there already, and another file", path);
        free(path);
        u->count += same;
        return status;
    }
    status = file_out_commit(out, err);
    if (status == 0) {
        str_list_add(&u->paths, path);
        str_list_add(&u->names, mem_strdup(name));
        u->count++;
    } else {
        free(path);
    }
    return status;
}

void caption_unpack_keep(struct caption_unpack *u, bool (*wanted)(const void *, const char *name),
                         const void *context)
{
    for (size_t i = 0; i < u->paths.count; i++)
        if (!wanted(context, u->names.items[i])) {
            unlink(u->paths.items[i]);
            u->count--;
        }
    u->kept = true;
}

void caption_unpack_done(struct caption_unpack *u)
{
    for (size_t i = 0; !u->kept && i < u->paths.count; i++)
        unlink(u->paths.items[i]);
    if (!u->kept && u->made)
        rmdir(u->folder);
    str_list_done(&u->paths);
    str_list_done(&u->names);
    *u = (struct caption_unpack){0};
}
