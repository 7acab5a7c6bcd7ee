#include "io/dataset/idmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/text/captions.h"

static const char *const extensions[] = {".jpg", ".jpeg", ".png", ".npz"};
static const char *const sets[] = {"COCO_train2014_", "COCO_val2014_",   "COCO_test2014_",
                                   "COCO_test2015_",  "COCO_train2017_", "COCO_val2017_",
                                   "flickr30k_"}; /* before digits */

static bool all_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static void drop_extension(char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < COUNTOF(extensions); i++) {
        size_t e = strlen(extensions[i]);
        if (n > e && strcasecmp(key + n - e, extensions[i]) == 0) {
            key[n - e] = '\0';
            return;
        }
    }
}

void idmap_key(const char *id, char key_out[ID_SIZE])
{
    size_t length = strnlen(id, ID_SIZE - 1);
    memcpy(key_out, id, length);
    key_out[length] = '\0';
    drop_extension(key_out);
    const char *number = key_out;
    for (size_t i = 0; i < COUNTOF(sets); i++) {
        size_t n = strlen(sets[i]);
        if (strncasecmp(key_out, sets[i], n) == 0)
            number = key_out + n;
    }
    if (!all_digits(number))
        return;
    while (number[0] == '0' && number[1])
        number++;
    memmove(key_out, number, strlen(number) + 1);
}

/* FNV-1a */
static size_t hash(const char *key)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *key; key++)
        h = (h ^ (uint8_t)*key) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

/* The slot that holds the key, or would; there is always a free one. */
static size_t slot_of(const struct idmap *map, const char *key)
{
    size_t i = hash(key) & (map->capacity - 1);
    while (map->keys[i] && strcmp(map->keys[i], key) != 0)
        i = (i + 1) & (map->capacity - 1);
    return i;
}

static void grow(struct idmap *map)
{
    struct idmap larger = {.count = map->count, .capacity = map->capacity ? 2 * map->capacity : 64};
    larger.keys = mem_new(larger.capacity, sizeof *larger.keys);
    larger.values = mem_new(larger.capacity, sizeof *larger.values);
    for (size_t i = 0; i < map->capacity; i++) {
        if (!map->keys[i])
            continue;
        size_t slot = slot_of(&larger, map->keys[i]);
        larger.keys[slot] = map->keys[i];
        larger.values[slot] = map->values[i];
    }
    free(map->keys);
    free(map->values);
    *map = larger;
}

bool idmap_add(struct idmap *map, const char *id, size_t value)
{
    char key[ID_SIZE];
    idmap_key(id, key);
    if (2 * map->count >= map->capacity)
        grow(map);
    size_t slot = slot_of(map, key);
    if (map->keys[slot])
        return false;
    map->keys[slot] = mem_strdup(key);
    map->values[slot] = value;
    map->count++;
    return true;
}

bool idmap_find(const struct idmap *map, const char *id, size_t *value_out)
{
    char key[ID_SIZE];
    if (map->count == 0)
        return false;
    idmap_key(id, key);
    size_t slot = slot_of(map, key);
    if (map->keys[slot] && value_out)
        *value_out = map->values[slot];
    return map->keys[slot] != NULL;
}

void idmap_done(struct idmap *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        free(map->keys[i]);
    free(map->keys);
    free(map->values);
    *map = (struct idmap){0};
}

int idmap_load_ids(const char *path, struct str_list *ids, struct error *err)
{
    size_t kept = 0;
    if (text_lines_load(path, ids, err) != 0)
        return -1;
    for (size_t i = 0; i < ids->count; i++) {
        size_t length = strlen(ids->items[i]);
        if (length == 0 || length >= ID_SIZE)
            return error_at(err, path, -1, "line %zu is %s; it should be an image id", i + 1,
                            length ? "too long for an id" : "empty");
    }
    for (size_t i = 0; i < ids->count; i++)
        if (kept > 0 && strcmp(ids->items[kept - 1], ids->items[i]) == 0)
            free(ids->items[i]);
        else
            ids->items[kept++] = ids->items[i];
    ids->count = kept;
    return 0;
}
