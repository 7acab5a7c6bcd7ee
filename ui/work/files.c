#include "ui/work/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascending.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/dataset.h"

/* Looking for splits takes time: it is done in the first folders only. */
enum { LOOKED_INTO = 300, MOST_NUMBERS = 10000 };

static int folders_first(const void *a, const void *b)
{
    const struct file_entry *x = a, *y = b;
    if (x->folder != y->folder)
        return x->folder ? -1 : 1;
    return strverscmp(x->name, y->name);
}

/* "dev, test", or NULL if there are none; the caller's to free. */
static char *splits_of(const char *folder)
{
    char *splits = dataset_list_splits(folder);
    if (splits && *splits)
        return splits;
    free(splits);
    return NULL;
}

static void add_entry(struct files *files, const char *name)
{
    struct stat st;
    char *path = file_join(files->folder, name);
    bool there = stat(path, &st) == 0;
    free(path);
    if (!there || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
        return;
    MEM_ROOM(files->items, files->count, files->cap);
    files->items[files->count++] = (struct file_entry){
        .name = mem_strdup(name), .folder = S_ISDIR(st.st_mode), .size = (uint64_t)st.st_size};
}

static void find_splits(struct files *files)
{
    files->splits = splits_of(files->folder);
    for (size_t i = 0; i < files->count && i < LOOKED_INTO && files->items[i].folder; i++) {
        char *path = file_join(files->folder, files->items[i].name);
        files->items[i].splits = splits_of(path);
        free(path);
    }
}

struct files *files_list(const char *folder)
{
    struct files *files = mem_new(1, sizeof *files);
    char *real = realpath(folder, NULL);
    files->folder = real ? real : mem_strdup(folder);
    DIR *dir = opendir(files->folder);
    if (!dir) {
        files->error = mem_printf("%s: cannot list: %s", files->folder, strerror(errno));
        return files;
    }
    for (struct dirent *d; (d = readdir(dir));) {
        files->more = files->count == FILES_MOST;
        if (files->more)
            break;
        if (d->d_name[0] != '.')
            add_entry(files, d->d_name);
    }
    closedir(dir);
    if (files->count)
        qsort(files->items, files->count, sizeof *files->items, folders_first);
    find_splits(files);
    return files;
}

void files_free(struct files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].name);
        free(files->items[i].splits);
    }
    free(files->items);
    free(files->folder);
    free(files->splits);
    free(files->error);
    free(files);
}

static bool is_folder(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    bool is = file_is_folder(path);
    free(path);
    return is;
}

size_t files_complete(const char *typed, const char *home, size_t limit, char **out)
{
    const char *rest = file_name(typed);
    size_t n = 0, begun = (size_t)(rest - typed);
    char *begin = mem_strndup(typed, begun);
    char *folder = home && typed[0] == '~' && typed[1] == '/' ? file_join(home, begin + 2)
                                                              : mem_strdup(begun ? begin : ".");
    DIR *dir = opendir(folder);
    for (struct dirent *d; dir && n < limit && (d = readdir(dir));) {
        bool hidden = d->d_name[0] == '.' && rest[0] != '.';
        if (hidden || strncmp(d->d_name, rest, strlen(rest)) != 0 || !strcmp(d->d_name, ".") ||
            !strcmp(d->d_name, ".."))
            continue;
        out[n++] = mem_printf("%s%s%s", begin, d->d_name, is_folder(folder, d->d_name) ? "/" : "");
    }
    if (dir)
        closedir(dir);
    qsort(out, n, sizeof *out, ascending_version);
    free(folder);
    free(begin);
    return n;
}

/* NAME, NAME-2, NAME-3 ... before its suffix; the caller's to free. */
static char *numbered(const char *name, int number)
{
    const char *dot = strrchr(file_name(name), '.');
    int stem = dot ? (int)(dot - name) : (int)strlen(name);
    return number < 2 ? mem_strdup(name)
                      : mem_printf("%.*s-%d%s", stem, name, number, dot ? dot : "");
}

int files_reserve(const char *name, char **path_out, struct error *err)
{
    for (int number = 1; number <= MOST_NUMBERS; number++) {
        char *path = numbered(name, number);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            close(fd);
            *path_out = path;
            return 0;
        }
        int status = errno == EEXIST ? 0 : error_errno(err, path, "write");
        free(path);
        if (status != 0)
            return -1;
    }
    return error_set(err, "%s: this name and %d numbered ones are taken", name, MOST_NUMBERS);
}
