/* caption_reader.c: what the readers of all forms have in common. */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "io/text/caption_records_private.h"

static size_t index_of(GHashTable *table, struct str_list *names, const char *name)
{
    if (!name)
        return CAPTION_NONE;
    size_t known = GPOINTER_TO_SIZE(g_hash_table_lookup(table, name));
    if (known > 0)
        return known - 1;
    str_list_add(names, mem_strdup(name));
    g_hash_table_insert(table, names->items[names->count - 1], GSIZE_TO_POINTER(names->count));
    return names->count - 1;
}

/* Without line ends, and without blanks at either end. */
static char *one_line(struct caption_reader *r, const char *caption)
{
    static const char blanks[] = " \t\r\n\v\f";
    size_t n = strlen(caption);
    bool broken = false;
    while (n > 0 && strchr(blanks, caption[n - 1]))
        n--;
    while (n > 0 && strchr(blanks, caption[0]))
        caption++, n--;
    char *line = mem_strndup(caption, n);
    for (size_t i = 0; i < n; i++)
        if (line[i] == '\n' || line[i] == '\r') {
            line[i] = ' ';
            broken = true;
        }
    r->broken_lines += broken;
    return line;
}

void caption_reader_add(struct caption_reader *r, const char *image, const char *split,
                        const char *caption)
{
    struct caption_records *out = r->out;
    MEM_ROOM(out->items, out->count, out->cap);
    out->items[out->count++] =
        (struct caption_record){.caption = one_line(r, caption),
                                .image = index_of(r->images, &out->images, image),
                                .split = index_of(r->splits, &out->splits, split)};
}

bool caption_reader_same_name(const char *name, const char *wanted)
{
    static const char around[] = " \t\r\"'";
    size_t n = strlen(name);
    while (n > 0 && strchr(around, name[n - 1]))
        n--;
    while (n > 0 && strchr(around, name[0]))
        name++, n--;
    return strlen(wanted) == n && strncasecmp(name, wanted, n) == 0;
}
