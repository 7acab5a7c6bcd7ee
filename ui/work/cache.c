#include "ui/work/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

/* The format: "SCTH", version, cols, rows, full width, full height, the low half of a hash of all
 * other numbers; then code, fg, bg of each cell. All have 32 bits in this machine's byte order,
 * which the first one shows. */
enum { MAGIC = 0x48544353, VERSION = 3, HEADER = 7, MOST_CELLS = 1 << 16, CELL_NUMBERS = 3 };

/* The file of a thumbnail, the caller's to free; NULL if nothing is kept, or the photograph is
 * gone. */
static char *file_of(const struct cache *cache, const char *photo, const struct picture_spec *spec)
{
    struct stat st;
    if (!cache->folder || !cache->bound || stat(photo, &st) < 0)
        return NULL;
    int64_t file[] = {st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
    uint64_t h = hash_bytes(file, sizeof file, hash_bytes(photo, strlen(photo), VERSION));
    uint32_t look[] = {(uint32_t)spec->cols,
                       (uint32_t)spec->rows,
                       spec->depth,
                       spec->symbols,
                       (uint32_t)(spec->cell_ratio * 100),
                       spec->back,
                       (uint32_t)spec->data_width,
                       (uint32_t)spec->data_height};
    h = hash_bytes(look, sizeof look, h);
    return mem_printf("%s/%016llx", cache->folder, (unsigned long long)h);
}

/* The hash of the cells, and of the head but its first and last numbers. */
static uint32_t hash_of(const uint32_t head[HEADER], const void *cells, size_t size)
{
    return (uint32_t)hash_bytes(cells, size, hash_bytes(head + 1, (HEADER - 2) * sizeof *head, 0));
}

static bool take_cells(struct bytes *b, const uint32_t head[HEADER], struct picture *picture)
{
    size_t cells = (size_t)picture->cols * (size_t)picture->rows;
    const uint8_t *from = bytes_take(b, cells * CELL_NUMBERS * sizeof(uint32_t));
    if (!from || bytes_left(b) ||
        hash_of(head, from, cells * CELL_NUMBERS * sizeof(uint32_t)) != head[HEADER - 1])
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
    if (head[0] != MAGIC || head[1] != VERSION || head[2] < 1 || head[2] > (uint32_t)spec->cols ||
        head[3] < 1 || head[3] > (uint32_t)spec->rows || head[2] * head[3] > MOST_CELLS ||
        head[4] > 65500 || head[5] > 65500)
        return NULL;
    struct picture *picture = mem_new(1, sizeof *picture);
    picture->cols = (int)head[2];
    picture->rows = (int)head[3];
    picture->full_width = (int)head[4];
    picture->full_height = (int)head[5];
    if (take_cells(&b, head, picture))
        return picture;
    picture_free(picture);
    return NULL;
}

/* Notes the use of a file; one that cannot be noted is deleted sooner. */
static void note_use(const char *path)
{
    if (utimensat(AT_FDCWD, path, NULL, 0) < 0)
        return;
}

struct picture *cache_get(const struct cache *cache, const char *photo,
                          const struct picture_spec *spec)
{
    char *path = file_of(cache, photo, spec);
    struct file_map map = {0};
    struct error err;
    struct picture *picture = NULL;
    if (path && file_exists(path) && file_map_any(path, &map, &err) == 0) {
        picture = parse(&map, spec);
        file_map_close(&map);
    }
    if (picture)
        note_use(path);
    free(path);
    return picture;
}

static void write_picture(FILE *file, const struct picture *picture)
{
    size_t cells = (size_t)picture->cols * (size_t)picture->rows;
    uint32_t(*numbers)[CELL_NUMBERS] = mem_new(cells, sizeof *numbers);
    for (size_t i = 0; i < cells; i++) {
        numbers[i][0] = picture->cells[i].code;
        numbers[i][1] = picture->cells[i].fg;
        numbers[i][2] = picture->cells[i].bg;
    }
    uint32_t head[HEADER] = {MAGIC,
                             VERSION,
                             (uint32_t)picture->cols,
                             (uint32_t)picture->rows,
                             (uint32_t)picture->full_width,
                             (uint32_t)picture->full_height};
    head[HEADER - 1] = hash_of(head, numbers, cells * sizeof *numbers);
    fwrite(head, sizeof head, 1, file);
    fwrite(numbers, sizeof *numbers, cells, file);
    free(numbers);
}

struct entry {
    char *path;
    size_t size;
    struct timespec when;
};

static int oldest_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->when.tv_sec != y->when.tv_sec)
        return x->when.tv_sec < y->when.tv_sec ? -1 : 1;
    return x->when.tv_nsec < y->when.tv_nsec ? -1 : x->when.tv_nsec > y->when.tv_nsec;
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
        (*out)[count++] = (struct entry){path, (size_t)st.st_size, st.st_mtim};
        *bytes_out += (size_t)st.st_size;
    }
    if (dir)
        closedir(dir);
    return count;
}

/* Deletes files until `bytes` are left, those unused for longest first. */
static void drop_oldest(struct cache *cache, size_t bytes)
{
    struct entry *entries;
    size_t count = list_folder(cache->folder, &entries, &cache->held);
    if (count)
        qsort(entries, count, sizeof *entries, oldest_first);
    for (size_t i = 0; i < count; i++) {
        bool left = strchr(file_name(entries[i].path), '.') != NULL; /* by a writer that died */
        if ((cache->held > bytes || left) && unlink(entries[i].path) == 0)
            cache->held -= entries[i].size;
        free(entries[i].path);
    }
    free(entries);
}

void cache_limit(struct cache *cache, size_t bytes)
{
    if (!cache->folder || (cache->limited && cache->bound == bytes))
        return;
    cache->limited = true;
    cache->bound = bytes;
    drop_oldest(cache, bytes);
}

/* Renamed when complete, but not synced: a thumbnail lost in a crash is made again. */
static bool write_whole(const char *path, const struct picture *picture)
{
    char *temp = mem_printf("%s.%ld", path, (long)getpid());
    FILE *file = fopen(temp, "wbe");
    bool good = file != NULL;
    if (file) {
        write_picture(file, picture);
        good = !ferror(file);
        good = fclose(file) == 0 && good && rename(temp, path) == 0;
        if (!good)
            unlink(temp);
    }
    free(temp);
    return good;
}

/* Beyond the bound a quarter is deleted at once, since that reads the whole folder. */
void cache_put(struct cache *cache, const char *photo, const struct picture_spec *spec,
               const struct picture *picture)
{
    struct error err;
    char *path = picture->cells ? file_of(cache, photo, spec) : NULL;
    if (path && file_make_folder(cache->folder, &err) == 0 && write_whole(path, picture))
        cache->held += sizeof(uint32_t) *
                       (HEADER + CELL_NUMBERS * (size_t)picture->cols * (size_t)picture->rows);
    if (cache->held > cache->bound && cache->folder)
        drop_oldest(cache, cache->bound / 4 * 3);
    free(path);
}

void cache_open(struct cache *cache, const char *folder)
{
    *cache = (struct cache){.folder = mem_strdup(folder)};
}

void cache_done(struct cache *cache)
{
    free(cache->folder);
    *cache = (struct cache){0};
}
