#include "io/text/captions.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/magic.h"
#include "base/mem.h"
#include "io/text/caption_form.h"
#include "io/text/encoding.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

static char *stripped(const uint8_t *text, size_t n)
{
    while (n > 0 && is_blank(text[0]))
        text++, n--;
    while (n > 0 && is_blank(text[n - 1]))
        n--;
    char *line = mem_new(n + 1, 1);
    for (size_t i = 0; i < n; i++)
        line[i] = text[i] ? (char)text[i] : ' ';
    return line;
}

static void skip_byte_order_mark(struct bytes *b)
{
    if (bytes_left(b) >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0)
        b->at = 3;
}

static void split_lines(const struct file_map *map, struct str_list *out)
{
    struct bytes b = {.data = map->data, .size = map->size};
    size_t n;
    skip_byte_order_mark(&b);
    while (bytes_left(&b) > 0) {
        const uint8_t *line = bytes_until(&b, '\n', &n);
        if (!line) {
            n = bytes_left(&b);
            line = bytes_take(&b, n);
        }
        str_list_add(out, stripped(line, n));
    }
}

/* Drops blank lines at the end; returns how many there were. */
static size_t drop_blank_end(struct str_list *lines)
{
    size_t before = lines->count;
    while (lines->count > 0 && lines->items[lines->count - 1][0] == '\0')
        free(lines->items[--lines->count]);
    return before - lines->count;
}

int text_check(const char *path, const void *data, size_t size, struct error *err)
{
    const struct magic *magic = magic_find(data, size);
    if (magic && !magic->text)
        return error_at(err, path, -1, "this should be a text file but looks like %s%s%s",
                        magic->name, magic->advice ? "; " : "", magic->advice ? magic->advice : "");
    enum encoding encoding = encoding_find(data, size, NULL);
    if (encoding == ENCODING_BYTES)
        return 0;
    return error_at(err, path, -1, "this should be a text file in UTF-8 but looks like %s%s",
                    encoding_name(encoding, false),
                    encoding == ENCODING_BINARY ? "" : "; save it as UTF-8");
}

/* The lines, checked by `check`. */
static int load(const char *path,
                int (*check)(const struct file_map *, const char *, const char *, struct error *),
                const char *split, struct str_list *out, size_t *blank_out, struct error *err)
{
    struct file_map map;
    *out = (struct str_list){0};
    *blank_out = 0;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = check(&map, path, split, err);
    if (status == 0 && map.size > 0) {
        split_lines(&map, out);
        *blank_out = drop_blank_end(out);
    }
    file_map_close(&map);
    if (status != 0 || out->count > 0)
        return status;
    str_list_done(out);
    return error_at(err, path, -1, "is empty; it should have one entry per line");
}

static int check_text(const struct file_map *map, const char *path, const char *split,
                      struct error *err)
{
    (void)split;
    return text_check(path, map->data, map->size, err);
}

int text_lines_load(const char *path, struct str_list *out, struct error *err)
{
    size_t blank;
    return load(path, check_text, NULL, out, &blank, err);
}

int text_lines_load_end(const char *path, struct str_list *out, size_t *blank_out,
                        struct error *err)
{
    return load(path, check_text, NULL, out, blank_out, err);
}

static int check_captions(const struct file_map *map, const char *path, const char *split,
                          struct error *err)
{
    const struct magic *magic = magic_find(map->data, map->size);
    struct caption_form form;
    caption_form_find(map->data, map->size, &form);
    /* UTF-16 is refused as such, with the command that reads it */
    if (magic && !magic->text && form.kind != CAPTIONS_WIDE)
        return text_check(path, map->data, map->size, err);
    return caption_form_check(path, map->data, map->size, split, err);
}

int captions_load(const char *path, const char *split, struct str_list *out, size_t *blank_out,
                  struct error *err)
{
    return load(path, check_captions, split, out, blank_out, err);
}

size_t captions_blank_needed(size_t lines, size_t blank, size_t images)
{
    size_t five = 5 * images, more = images - lines % images;
    if (lines < five && five - lines <= blank)
        return five - lines;
    return lines % images != 0 && more <= blank ? more : 0;
}

/* The next number on a line. 1: found; 0: end of line; -1: something else. */
static int next_id(char **at, int32_t *out)
{
    while (is_blank((uint8_t) * *at) || **at == ',') {
        if (**at == '\0')
            return 0;
        ++*at;
    }
    char *end;
    long value = strtol(*at, &end, 10);
    bool ended = *end == '\0' || *end == ',' || is_blank((uint8_t)*end);
    if (end == *at || !ended || value < 0 || value > INT32_MAX)
        return -1;
    *at = end;
    *out = (int32_t)value;
    return 1;
}

static int parse_ids(char *line, int32_t **out, size_t *count)
{
    int32_t *ids = NULL, id;
    size_t cap = 0;
    int more;
    *count = 0;
    while ((more = next_id(&line, &id)) == 1) {
        MEM_ROOM(ids, *count, cap);
        ids[(*count)++] = id;
    }
    *out = ids;
    return more;
}

int text_token_lines_load(const char *path, struct token_lines *out, struct error *err)
{
    struct str_list lines;
    *out = (struct token_lines){0};
    if (text_lines_load_end(path, &lines, &out->blank_at_end, err) != 0)
        return -1;
    out->count = lines.count;
    out->ids = mem_new(lines.count, sizeof *out->ids);
    out->counts = mem_new(lines.count, sizeof *out->counts);
    int status = 0;
    for (size_t i = 0; status == 0 && i < lines.count; i++) {
        if (parse_ids(lines.items[i], &out->ids[i], &out->counts[i]) != 0)
            status = error_at(err, path, -1, "line %zu holds something other than word ids", i + 1);
        else if (out->counts[i] == 0)
            status = error_at(err, path, -1, "line %zu has no word ids", i + 1);
    }
    str_list_done(&lines);
    if (status != 0)
        text_token_lines_done(out);
    return status;
}

void text_token_lines_done(struct token_lines *lines)
{
    for (size_t i = 0; lines->ids && i < lines->count; i++)
        free(lines->ids[i]);
    free(lines->ids);
    free(lines->counts);
    *lines = (struct token_lines){0};
}
