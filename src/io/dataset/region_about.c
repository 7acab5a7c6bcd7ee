/* region_about.c: which conversion an interrupted one was. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "io/dataset/region_convert_private.h"

static void add_identity(struct str *s, const char *name, const struct file_identity *f)
{
    str_addf(s, "%s %llx:%llx %llu %lld %lld\n", name, (unsigned long long)f->device,
             (unsigned long long)f->inode, (unsigned long long)f->size, (long long)f->mtime_ns,
             (long long)f->ctime_ns);
}

static bool is_any(const char *name)
{
    (void)name;
    return true;
}

/* The files of a folder and of those below it in their present state, as one number. */
static uint64_t hash_folder(const char *folder)
{
    struct str_list paths = {0};
    struct error unread;
    uint64_t hash = 0;
    if (file_list_below(folder, is_any, &paths, &unread) != 0)
        hash = 1; /* reading it will say what is wrong */
    for (size_t i = 0; i < paths.count; i++) {
        struct stat st;
        const char *path = paths.items[i];
        if (stat(path, &st) == 0) {
            const int64_t state[] = {st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                                     (int64_t)st.st_ino};
            hash = hash_bytes(path, strlen(path), hash);
            hash = hash_bytes(state, sizeof state, hash);
        }
    }
    str_list_done(&paths);
    return hash;
}

static void add_folder(struct str *s, const char *name, const char *folder)
{
    str_addf(s, "%s %llx\n", name, (unsigned long long)hash_folder(folder));
}

/* The boxes of NAME_att are in NAME_box. */
static void add_boxes(struct str *s, const char *folder)
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (length < 4 || strncmp(folder + length - 4, "_att", 4) != 0)
        return;
    char *boxes = mem_printf("%.*s_box", (int)length - 4, folder);
    add_folder(s, "boxes", boxes);
    free(boxes);
}

static void add_path(struct str *s, const char *name, const char *path)
{
    if (!path)
        return;
    struct file_identity identity = file_identity_at(path);
    if (!file_is_folder(path)) {
        add_identity(s, name, &identity);
        return;
    }
    add_folder(s, name, path);
    add_boxes(s, path);
}

char *region_about(const struct region_convert_spec *spec)
{
    struct str s = {0};
    uint64_t ids = 0;
    for (size_t i = 0; i < spec->id_count; i++)
        ids = hash_bytes(spec->ids[i], strlen(spec->ids[i]) + 1, ids + 1);
    str_addf(&s, "convert 1\nregions %zu\nhalf %d\nids %zu %llx\n", spec->regions, spec->half,
             spec->id_count, (unsigned long long)ids);
    for (size_t i = 0; i < spec->input_count; i++)
        add_path(&s, "input", spec->inputs[i]);
    add_path(&s, "sizes", spec->sizes);
    add_path(&s, "class names", spec->class_names);
    if (spec->photos)
        str_addf(&s, "photos %s\n", spec->photos);
    return str_take(&s);
}
