/* bottomup_vinvl_index.c: a .lineidx file holds the byte at which each line of a TSV begins, a
 * number per line. It is not needed to read the TSV, but shows whether the end is missing. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/bottomup_vinvl.h"

struct vinvl_index {
    char *path;
    struct file_map map;
    size_t at, lines; /* byte in the map; lines compared */
    bool used;
};

/* The next number. 1: got; 0: the end; -1: something else. */
static int next_number(struct vinvl_index *index, uint64_t *out)
{
    const char *data = (const char *)index->map.data;
    size_t at = index->at, size = index->map.size, begin;
    while (at < size && isspace((unsigned char)data[at]))
        at++;
    *out = 0;
    for (begin = at; at < size && isdigit((unsigned char)data[at]) && *out < UINT64_MAX / 16; at++)
        *out = 10 * *out + (uint64_t)(data[at] - '0');
    index->at = at;
    bool ends = at == size || isspace((unsigned char)data[at]);
    return !ends ? -1 : at > begin;
}

/* FEATURES.lineidx beside FEATURES.tsv; also FEATURES.tsv.lineidx. */
static char *find(const char *path)
{
    const char *dot = strrchr(file_name(path), '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path);
    char *file = mem_printf("%.*s.lineidx", stem, path);
    if (file_exists(file))
        return file;
    free(file);
    return mem_printf("%s.lineidx", path);
}

struct vinvl_index *vinvl_index_open(struct bottomup *reader)
{
    struct vinvl_index *index = mem_new(1, sizeof *index);
    struct error why;
    index->path = find(reader->path);
    if (!file_exists(index->path)) {
        vinvl_index_free(index);
        return NULL;
    }
    index->used = file_map_open(index->path, &index->map, &why) == 0;
    if (!index->used)
        notes_add(&reader->notes, "%s; it is not used", why.text);
    return index;
}

void vinvl_index_line(struct vinvl_index *index, struct bottomup *reader, uint64_t start)
{
    uint64_t listed;
    if (!index || !index->used)
        return;
    int got = next_number(index, &listed);
    index->lines++;
    index->used = got == 1 && listed == start;
    const char *name = file_name(reader->path);
    if (got < 0)
        notes_add(&reader->notes, "%s: line %zu is not a number; it is not used", index->path,
                  index->lines);
    else if (got == 0)
        notes_add(&reader->notes, "%s: lists %zu lines, but %s has more; it is not used",
                  index->path, index->lines - 1, name);
    else if (!index->used)
        notes_add(&reader->notes,
                  "%s: line %zu of %s begins at byte %" PRIu64 ", not %" PRIu64
                  "; it is of another file and not used",
                  index->path, index->lines, name, start, listed);
}

int vinvl_index_end(struct vinvl_index *index, struct bottomup *reader, struct error *err)
{
    uint64_t listed;
    size_t more = 0;
    if (!index || !index->used)
        return 0;
    while (next_number(index, &listed) == 1)
        more++;
    index->used = false;
    if (more == 0)
        return 0;
    return error_set(err,
                     "%s: is cut off: it ends with line %zu, but %s lists %zu; copy or download it "
                     "again",
                     reader->path, index->lines, file_name(index->path), index->lines + more);
}

void vinvl_index_free(struct vinvl_index *index)
{
    if (!index)
        return;
    file_map_close(&index->map);
    free(index->path);
    free(index);
}
