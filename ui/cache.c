#include "ui/cache.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

/* "SCTH", then version, cols, rows, full width, full height, then code, fg, bg of each cell; 32 bits, this machine's
 * order, which the first number tells. */
enum { MAGIC = 0x48544353, VERSION = 1, HEADER = 6, MOST_CELLS = 1 << 16, CELL_NUMBERS = 3 };

static uint64_t hash(uint64_t h, const void *data, size_t n)
{
    for (const unsigned char *byte = data; n > 0; n--, byte++)
        h = (h ^ *byte) * 1099511628211u;
    return h;
}

/* NULL where the photograph is not there. */
static char *file_of(const struct cache *cache, const char *photo, const struct picture_spec *spec)
{
    struct stat st;
    if (!cache->folder || stat(photo, &st) < 0)
        return NULL;
    uint64_t h = hash(1469598103934665603u, photo, strlen(photo));
    h = hash(h, &st.st_size, sizeof st.st_size);
    h = hash(h, &st.st_mtim.tv_sec, sizeof st.st_mtim.tv_sec);
    h = hash(h, &st.st_mtim.tv_nsec, sizeof st.st_mtim.tv_nsec);
    uint32_t look[] = {(uint32_t)spec->cols, (uint32_t)spec->rows, spec->depth, spec->symbols,
                       (uint32_t)(spec->cell_ratio * 100), spec->back};
    h = hash(h, look, sizeof look);
    return mem_printf("%s/%016llx", cache->folder, (unsigned long long)h);
}

static bool take_cells(struct bytes *b, struct picture *picture)
{
    size_t cells = (size_t)picture->cols * (size_t)picture->rows;
    const uint8_t *from = bytes_take(b, cells * CELL_NUMBERS * sizeof(uint32_t));
    if (!from || bytes_left(b))
        return false;
    picture->cells = mem_new(cells, sizeof *picture->cells);
    for (size_t i = 0; i < cells; i++) {
        uint32_t cell[CELL_NUMBERS];
        memcpy(cell, from + i * sizeof cell, sizeof cell);
        picture->cells[i] = (struct picture_cell){cell[0], cell[1], cell[2]};
    }
    return true;
}

static struct picture *parse(const struct file_map *map, const struct picture_spec *spec)
{
    struct bytes b = {.data = map->data, .size = map->size};
    uint32_t head[HEADER];
    const uint8_t *from = bytes_take(&b, sizeof head);
    if (!from)
        return NULL;
    memcpy(head, from, sizeof head);
    if (head[0] != MAGIC || head[1] != VERSION || head[2] < 1 || head[2] > (uint32_t)spec->cols || head[3] < 1 ||
        head[3] > (uint32_t)spec->rows || head[2] * head[3] > MOST_CELLS || head[4] > 65500 || head[5] > 65500)
        return NULL;
    struct picture *picture = mem_new(1, sizeof *picture);
    picture->cols = (int)head[2];
    picture->rows = (int)head[3];
    picture->full_width = (int)head[4];
    picture->full_height = (int)head[5];
    if (take_cells(&b, picture))
        return picture;
    picture_free(picture);
    return NULL;
}

struct picture *cache_get(const struct cache *cache, const char *photo, const struct picture_spec *spec)
{
    char *path = file_of(cache, photo, spec);
    struct file_map map = {0};
    struct error err;
    struct picture *picture = NULL;
    if (path && file_exists(path) && file_map_open(path, &map, &err) == 0) {
        picture = parse(&map, spec);
        file_map_close(&map);
    }
    free(path);
    return picture;
}

static void write_picture(FILE *file, const struct picture *picture)
{
    uint32_t head[HEADER] = {MAGIC, VERSION, (uint32_t)picture->cols, (uint32_t)picture->rows,
                             (uint32_t)picture->full_width, (uint32_t)picture->full_height};
    size_t cells = (size_t)picture->cols * (size_t)picture->rows;
    fwrite(head, sizeof head, 1, file);
    for (size_t i = 0; i < cells; i++) {
        uint32_t cell[CELL_NUMBERS] = {picture->cells[i].code, picture->cells[i].fg, picture->cells[i].bg};
        fwrite(cell, sizeof cell, 1, file);
    }
}

void cache_put(const struct cache *cache, const char *photo, const struct picture_spec *spec,
               const struct picture *picture)
{
    char *path = picture->cells ? file_of(cache, photo, spec) : NULL;
    if (!path)
        return;
    /* Renamed when whole, but not synced: what a crash loses here is made anew. */
    char *temp = mem_printf("%s.%ld", path, (long)getpid());
    FILE *file = fopen(temp, "wbe");
    if (file) {
        write_picture(file, picture);
        bool bad = ferror(file) != 0;
        if (fclose(file) != 0 || bad || rename(temp, path) != 0)
            unlink(temp);
    }
    free(temp);
    free(path);
}

struct entry {
    char *path;
    size_t size;
    time_t when;
};

static int oldest_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->when < y->when ? -1 : x->when > y->when;
}

static size_t list_folder(const char *folder, struct entry **out, size_t *bytes_out)
{
    DIR *dir = opendir(folder);
    size_t count = 0, cap = 0;
    *out = NULL;
    *bytes_out = 0;
    for (struct dirent *d; dir && (d = readdir(dir));) {
        struct stat st;
        char *path = file_join(folder, d->d_name);
        if (stat(path, &st) < 0 || !S_ISREG(st.st_mode)) {
            free(path);
            continue;
        }
        MEM_ROOM(*out, count, cap);
        (*out)[count++] = (struct entry){path, (size_t)st.st_size, st.st_mtime};
        *bytes_out += (size_t)st.st_size;
    }
    if (dir)
        closedir(dir);
    return count;
}

void cache_open(struct cache *cache, const char *folder, size_t bytes)
{
    struct error err;
    struct entry *entries;
    size_t held;
    *cache = (struct cache){0};
    if (!folder || file_make_folder(folder, &err) != 0)
        return;
    cache->folder = mem_strdup(folder);
    size_t count = list_folder(folder, &entries, &held);
    qsort(entries, count, sizeof *entries, oldest_first);
    for (size_t i = 0; i < count; i++) {
        if (held > bytes && unlink(entries[i].path) == 0)
            held -= entries[i].size;
        free(entries[i].path);
    }
    free(entries);
}

void cache_done(struct cache *cache)
{
    free(cache->folder);
    *cache = (struct cache){0};
}
