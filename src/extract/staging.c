#include "extract/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/dataset.h"

char *staging_place(const char *folder, const char *split, const char *ending)
{
    char *name = mem_printf("%s%s", split, ending), *path = file_join(folder, name);
    free(name);
    return path;
}

static char *new_of(const char *folder, const char *split)
{
    return staging_place(folder, split, "_extract.new");
}

static char *ready_of(const char *folder, const char *split)
{
    return staging_place(folder, split, DATASET_READY);
}

static void sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
}

/* Removes a folder of files. */
static void clear(const char *path)
{
    struct str_list names;
    if (file_list(path, NULL, &names, NULL) != 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        char *file = file_join(path, names.items[i]);
        unlink(file);
        free(file);
    }
    str_list_done(&names);
    rmdir(path);
}

char *staging_open(const char *folder, const char *split, struct error *err)
{
    char *path = new_of(folder, split);
    clear(path);
    if (file_make_folder(path, err) == 0)
        return path;
    free(path);
    return NULL;
}

void staging_abandon(const char *folder, const char *split)
{
    char *path = new_of(folder, split);
    clear(path);
    free(path);
}

/* An empty file stands for one to be removed. */
int staging_remove(const char *folder, const char *split, const char *ending, struct error *err)
{
    char *path = new_of(folder, split), *file = staging_place(path, split, ending);
    int status = file_write(file, "", 0, err);
    free(file);
    free(path);
    return status;
}

/* One that is no longer there was moved before. */
static int move(const char *from, const char *to, struct error *err)
{
    struct stat info;
    if (stat(from, &info) != 0)
        return 0;
    if (info.st_size == 0 && unlink(to) != 0 && errno != ENOENT)
        return error_errno(err, to, "remove");
    if ((info.st_size == 0 ? unlink(from) : rename(from, to)) != 0 && errno != ENOENT)
        return error_errno(err, to, "replace");
    return 0;
}

static int move_all(const char *ready, const char *folder, struct error *err)
{
    struct str_list names;
    if (file_list(ready, NULL, &names, err) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; status == 0 && i < names.count; i++) {
        char *from = file_join(ready, names.items[i]), *to = file_join(folder, names.items[i]);
        status = move(from, to, err);
        free(from);
        free(to);
    }
    str_list_done(&names);
    sync_folder(folder);
    return status == 0 && rmdir(ready) != 0 && errno != ENOENT ? error_errno(err, ready, "remove")
                                                               : status;
}

int staging_commit(const char *folder, const char *split, struct error *err)
{
    char *path = new_of(folder, split), *ready = ready_of(folder, split);
    sync_folder(path);
    int status =
        rename(path, ready) == 0 ? move_all(ready, folder, err) : error_errno(err, ready, "make");
    free(path);
    free(ready);
    return status;
}

int staging_recover(const char *folder, const char *split, bool *done_out, struct error *err)
{
    char *ready = ready_of(folder, split);
    *done_out = file_is_folder(ready);
    int status = *done_out ? move_all(ready, folder, err) : 0;
    free(ready);
    return status;
}
