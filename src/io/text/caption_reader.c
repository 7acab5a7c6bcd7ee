/* caption_reader.c: what the readers of all forms have in common. */
#include "io/text/caption_reader.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char blanks[] = " \t\r\n\v\f";

void caption_reader_init(struct caption_reader *r, const char *columns, struct caption_records *out)
{
    *out = (struct caption_records){0};
    *r = (struct caption_reader){.columns = columns,
                                 .out = out,
                                 .images = g_hash_table_new(g_str_hash, g_str_equal),
                                 .splits = g_hash_table_new(g_str_hash, g_str_equal)};
}

void caption_reader_done(struct caption_reader *r)
{
    struct notes *notes = &r->out->notes;
    if (r->broken_lines > 0)
        notes_add(notes, "captions with line ends in them: %zu; they became blanks",
                  r->broken_lines);
    if (r->blanks > 0)
        notes_add(notes,
                  r->out->images.count > 0
                      ? "empty cells among several of captions: %zu; these are no captions"
                      : "empty captions: %zu; they stay, as only their place says their image",
                  r->blanks);
    g_hash_table_destroy(r->images);
    g_hash_table_destroy(r->splits);
}

void caption_reader_file(struct caption_reader *r, const char *name)
{
    r->place = (struct caption_place){.file = r->out->files.count, .at = -1};
    str_list_add(&r->out->files, mem_strdup(name));
}

char *caption_records_place(const struct caption_records *records,
                            const struct caption_place *place)
{
    const char *file = records->files.items[place->file];
    if (place->line > 0)
        return mem_printf("%s: line %zu", file, place->line);
    return place->at >= 0 ? mem_printf("%s: at byte %" PRId64, file, place->at) : mem_strdup(file);
}

static void list(struct caption_reader *r, const char *image, const char *reason, const char *then)
{
    char *place = caption_records_place(r->out, &r->place);
    left_out_add(&r->out->left_out, "%s: %s%.80s%s%s; %s", place, image ? "image " : "",
                 image ? image : "", image ? ": " : "", reason, then);
    free(place);
}

void caption_reader_bad(struct caption_reader *r, const char *image, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *reason = mem_vprintf(format, args);
    va_end(args);
    list(r, image, reason, "left out");
    free(reason);
}

void caption_reader_uncaptioned(struct caption_reader *r, const char *image, const char *reason)
{
    list(r, image, reason, "it stays, without captions");
}

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

/* Without blanks at either end. */
static char *stripped(const char *text)
{
    size_t n = strlen(text);
    while (n > 0 && strchr(blanks, text[n - 1]))
        n--;
    while (n > 0 && strchr(blanks, text[0]))
        text++, n--;
    return mem_strndup(text, n);
}

/* Without line ends, and without blanks at either end. */
static char *one_line(struct caption_reader *r, const char *caption)
{
    char *line = stripped(caption);
    bool broken = false;
    for (char *c = line; *c; c++)
        if (*c == '\n' || *c == '\r') {
            *c = ' ';
            broken = true;
        }
    r->broken_lines += broken;
    return line;
}

/* Why a name cannot be an id, a line of a file; NULL if it can. */
static const char *id_trouble(const char *id)
{
    size_t n = strlen(id);
    if (n == 0)
        return "the image has no name";
    if (n >= CAPTION_ID_SIZE)
        return "its name is too long for an id (255 bytes)";
    for (size_t i = 0; i < n; i++)
        if (iscntrl((unsigned char)id[i]))
            return "its name has a control character";
    return utf8_valid(id, n) ? NULL : "its name is not UTF-8";
}

/* What is wrong with a caption of an image; NULL if nothing is. */
static const char *trouble(const char *image, const char *caption)
{
    const char *why = id_trouble(image);
    if (why)
        return why;
    if (!caption[0])
        return "the caption is empty";
    return utf8_valid(caption, strlen(caption)) ? NULL : "the caption is not UTF-8";
}

static void keep(struct caption_reader *r, const char *image, const char *split, char *owned)
{
    struct caption_records *out = r->out;
    MEM_ROOM(out->items, out->count, out->cap);
    out->items[out->count++] =
        (struct caption_record){.caption = owned,
                                .image = index_of(r->images, &out->images, image),
                                .split = index_of(r->splits, &out->splits, split),
                                .place = r->place};
}

void caption_reader_add(struct caption_reader *r, const char *image, const char *split,
                        const char *caption)
{
    char *line = one_line(r, caption), *name = image ? stripped(image) : NULL;
    const char *why = name ? trouble(name, line) : NULL;
    bool blank = line[0] == '\0' && (!name || r->blank_cells);
    r->blanks += blank;
    if (why && !blank)
        caption_reader_bad(r, name, "%s", why);
    if (why)
        free(line);
    else
        keep(r, name, split, line);
    free(name);
}

bool caption_reader_image(struct caption_reader *r, const char *image)
{
    const char *why = id_trouble(image);
    if (!why && g_hash_table_lookup(r->images, image))
        why = "its id is that of another image";
    if (why)
        caption_reader_bad(r, image, "%s", why);
    else
        index_of(r->images, &r->out->images, image);
    r->out->images_stand = true;
    return !why;
}

/* Takes the images from `first` on away; the caller's. */
static struct str_list take_images(struct caption_reader *r, size_t first)
{
    struct str_list *images = &r->out->images, taken = {0};
    for (size_t i = first; i < images->count; i++) {
        g_hash_table_remove(r->images, images->items[i]);
        str_list_add(&taken, images->items[i]);
    }
    images->count = first;
    return taken;
}

void caption_reader_rename(struct caption_reader *r, size_t first, size_t first_image,
                           GHashTable *names)
{
    struct caption_records *out = r->out;
    struct str_list old = take_images(r, first_image);
    size_t kept = first;
    for (size_t i = first; i < out->count; i++) {
        struct caption_record record = out->items[i];
        bool known = record.image == CAPTION_NONE || record.image < first_image;
        const char *id = known ? NULL : old.items[record.image - first_image];
        const char *name = known ? NULL : g_hash_table_lookup(names, id);
        if (!known && !name) {
            r->place = record.place;
            caption_reader_bad(r, id, "the file lists no image of that id");
            free(record.caption);
            continue;
        }
        if (!known)
            record.image = index_of(r->images, &out->images, name);
        out->items[kept++] = record;
    }
    out->count = kept;
    str_list_done(&old);
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

bool caption_reader_is_numbered(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9';
}

const char *caption_reader_line(struct bytes *text, size_t *length_out)
{
    const uint8_t *line = bytes_until(text, '\n', length_out);
    if (!line) {
        *length_out = bytes_left(text);
        line = bytes_take(text, *length_out);
    }
    return (const char *)line;
}
