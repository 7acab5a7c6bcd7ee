/* index_folder.c: the folder of indexes: listing, checking, removing. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "retrieve/index/index_file.h"

char *index_folder_default(void)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (xdg && *xdg == '/')
        return file_join(xdg, "scanscope");
    return home && *home ? file_join(home, ".cache/scanscope") : NULL;
}

/* ---- listing ---- */

static void read_header(const struct file_map *map, struct index_entry *entry)
{
    struct index_view view;
    if (!index_view_open(map, &view, &entry->bad))
        return;
    entry->model = mem_strdup(view.header->model_path);
    entry->features = mem_strdup(view.header->features_path);
    entry->images = view.header->key.I;
    entry->halves = view.header->key.type == INDEX_BF16;
}

static void read_entry(char *path, struct index_entry *out)
{
    struct file_map map;
    struct stat st;
    *out = (struct index_entry){.path = path, .unfinished = str_ends_with(path, ".part")};
    if (stat(path, &st) == 0) {
        out->used = st.st_mtim.tv_sec;
        out->size = (uint64_t)st.st_blocks * 512; /* on the disk, not as it will be when complete */
    }
    if (file_map_any(path, &map, NULL) != 0) {
        out->bad = "cannot be read";
    } else {
        read_header(&map, out);
        file_map_close(&map);
    }
    if (!out->model) {
        out->model = mem_strdup("");
        out->features = mem_strdup("");
    }
}

static int later_first(const void *a, const void *b)
{
    const struct index_entry *x = a, *y = b;
    return x->used != y->used ? (x->used < y->used ? 1 : -1) : strcmp(x->path, y->path);
}

static bool is_index(const char *name)
{
    return str_ends_with(name, ".idx") || str_ends_with(name, ".idx.part");
}

int index_list(const char *folder, struct index_entry **out, size_t *count_out, struct error *err)
{
    struct str_list names;
    *out = NULL;
    *count_out = 0;
    if (file_list(folder, is_index, &names, err) != 0)
        return errno == ENOENT ? 0 : -1;
    struct index_entry *entries = mem_new(names.count, sizeof *entries);
    for (size_t i = 0; i < names.count; i++)
        read_entry(file_join(folder, names.items[i]), &entries[i]);
    if (names.count > 0)
        qsort(entries, names.count, sizeof *entries, later_first);
    *out = entries;
    *count_out = names.count;
    str_list_done(&names);
    return 0;
}

void index_list_free(struct index_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(entries[i].path);
        free(entries[i].model);
        free(entries[i].features);
    }
    free(entries);
}

/* ---- checking ---- */

static int check_blocks(const char *path, const struct index_view *view,
                        const struct progress *progress, struct error *err)
{
    uint64_t blocks = view->header->blocks;
    for (size_t b = 0; b < blocks; b++) {
        if (!index_block_valid(view, b))
            return error_at(err, path, -1, "is damaged in block %zu of %llu", b,
                            (unsigned long long)blocks);
        if (!progress_step(progress, b + 1, blocks))
            return error_set(err, "interrupted");
    }
    return 0;
}

int index_check(const char *path, const struct progress *progress, struct error *err)
{
    struct file_map map;
    struct index_view view;
    const char *why;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = index_view_open(&map, &view, &why) ? check_blocks(path, &view, progress, err)
                                                    : error_at(err, path, -1, "%s", why);
    file_map_close(&map);
    return status;
}

/* ---- removing ---- */

/* Whether a process is building it right now. */
static bool being_built(const struct index_entry *entry)
{
    int fd = entry->unfinished ? open(entry->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    return locked;
}

int index_prune(const char *folder, uint64_t limit, size_t *removed_out, struct error *err)
{
    struct index_entry *entries;
    size_t count;
    uint64_t kept = 0;
    int status = 0;
    *removed_out = 0;
    if (index_list(folder, &entries, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count && status == 0; i++) {
        if (being_built(&entries[i]))
            continue;
        if (!entries[i].unfinished && entries[i].size <= limit - kept) {
            kept += entries[i].size;
        } else if (unlink(entries[i].path) == 0) {
            ++*removed_out;
        } else {
            status = error_errno(err, entries[i].path, "remove");
        }
    }
    index_list_free(entries, count);
    return status;
}
