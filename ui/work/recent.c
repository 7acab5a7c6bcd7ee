#include "ui/work/recent.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static const char ending[] = ".json";

struct kept {
    char *path;
    struct timespec when;
};

static int newest_first(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->when.tv_sec != y->when.tv_sec)
        return x->when.tv_sec > y->when.tv_sec ? -1 : 1;
    if (x->when.tv_nsec != y->when.tv_nsec)
        return x->when.tv_nsec > y->when.tv_nsec ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* The folder's sessions, the newest first. */
static size_t list_kept(const char *folder, struct kept **out)
{
    DIR *dir = folder ? opendir(folder) : NULL;
    size_t count = 0, cap = 0;
    *out = NULL;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct stat st;
        size_t n = strlen(d->d_name);
        if (n < sizeof ending || strcmp(d->d_name + n - (sizeof ending - 1), ending) != 0)
            continue;
        char *path = file_join(folder, d->d_name);
        if (stat(path, &st) < 0 || !S_ISREG(st.st_mode)) {
            free(path);
            continue;
        }
        MEM_ROOM(*out, count, cap);
        (*out)[count++] = (struct kept){path, st.st_mtim};
    }
    if (dir)
        closedir(dir);
    if (count)
        qsort(*out, count, sizeof **out, newest_first);
    return count;
}

static void kept_free(struct kept *kept, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(kept[i].path);
    free(kept);
}

struct recents *recent_list(const char *folder)
{
    struct recents *recents = mem_new(1, sizeof *recents);
    struct kept *kept;
    size_t count = list_kept(folder, &kept);
    recents->items = mem_new(count, sizeof *recents->items);
    for (size_t i = 0; i < count && recents->count < RECENT_KEPT; i++) {
        struct error err;
        struct saved *saved = NULL;
        struct tm tm;
        char when[32] = "";
        if (saved_load(kept[i].path, &saved, &err) != 0)
            continue;
        if (localtime_r(&kept[i].when.tv_sec, &tm))
            strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
        recents->items[recents->count++] = (struct recent){saved, mem_strdup(when)};
    }
    kept_free(kept, count);
    return recents;
}

void recents_free(struct recents *recents)
{
    if (!recents)
        return;
    for (size_t i = 0; i < recents->count; i++) {
        saved_free(recents->items[i].saved);
        free(recents->items[i].when);
    }
    free(recents->items);
    free(recents);
}

char *recent_path(const char *folder, const char *name)
{
    return mem_printf("%s/%s%s", folder, name, ending);
}

int recent_keep(const char *folder, const char *name, const char *text, struct error *err)
{
    if (file_make_folder(folder, err) != 0)
        return -1;
    char *path = recent_path(folder, name);
    int status = file_write(path, text, strlen(text), err);
    free(path);
    struct kept *kept;
    size_t count = list_kept(folder, &kept);
    for (size_t i = RECENT_KEPT; i < count; i++)
        unlink(kept[i].path);
    kept_free(kept, count);
    return status;
}

char *recent_newest(const char *folder)
{
    struct kept *kept;
    size_t count = list_kept(folder, &kept);
    char *path = count ? mem_strdup(kept[0].path) : NULL;
    kept_free(kept, count);
    return path;
}
