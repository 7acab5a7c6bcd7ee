#include "io/text/caption_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/text/caption_records_private.h"
#include "io/text/captions.h"

/* ---- lines ---- */

static const char *next_line(struct bytes *b, size_t *n)
{
    const uint8_t *line = bytes_until(b, '\n', n);
    if (!line) {
        *n = bytes_left(b);
        line = bytes_take(b, *n);
    }
    return (const char *)line;
}

static int read_lines(struct caption_reader *r, struct bytes *b, struct error *err)
{
    (void)err;
    while (bytes_left(b) > 0) {
        size_t n;
        const char *text = next_line(b, &n);
        char *line = mem_strndup(text, n);
        caption_reader_add(r, NULL, NULL, line);
        free(line);
    }
    return 0;
}

/* "NAME#0<TAB>caption" */
static int token_line(struct caption_reader *r, char *line, size_t number, struct error *err)
{
    size_t name = strcspn(line, "\t");
    if (!line[name])
        name = strcspn(line, " ");
    char *caption = line[name] ? line + name + 1 : line + name;
    line[name] = '\0';
    char *mark = strchr(line, '#');
    if (!mark || mark == line)
        return error_at(err, r->path, -1,
                        "line %zu is '%.60s'; it should be: NAME#NUMBER<TAB>caption", number, line);
    *mark = '\0';
    caption_reader_add(r, line, NULL, caption);
    return 0;
}

static int read_tokens(struct caption_reader *r, struct bytes *b, struct error *err)
{
    int status = 0;
    for (size_t number = 1; status == 0 && bytes_left(b) > 0; number++) {
        size_t n;
        const char *text = next_line(b, &n);
        while (n > 0 && (text[n - 1] == '\r' || text[n - 1] == ' '))
            n--;
        char *line = mem_strndup(text, n);
        if (line[0])
            status = token_line(r, line, number, err);
        free(line);
    }
    return status;
}

/* ---- the file ---- */

static int read_form(struct caption_reader *r, struct bytes *b, struct error *err)
{
    enum encoding outer = r->out->form.encoding;
    caption_form_find(b->data, b->size, &r->out->form);
    r->out->form.encoding = outer;
    if (b->size >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0)
        b->at = 3;
    switch (r->out->form.kind) {
    case CAPTIONS_LINES:
        return read_lines(r, b, err);
    case CAPTIONS_TOKEN_FILE:
        return read_tokens(r, b, err);
    case CAPTIONS_TABLE:
        return caption_reader_table(r, b, err);
    case CAPTIONS_JSON_LINES:
        return caption_reader_json_lines(r, b, err);
    case CAPTIONS_JSON:
        return caption_reader_json(r, b, err);
    default:
        return caption_form_check(r->path, b->data, b->size, NULL, err);
    }
}

static int read_text(struct caption_reader *r, const struct file_map *map, struct error *err)
{
    struct str text = {0};
    struct bytes b = {.data = map->data, .size = map->size};
    int status = 0;
    r->out->form.encoding = encoding_find(map->data, map->size, NULL);
    if (r->out->form.encoding != ENCODING_BYTES) {
        status = encoding_to_utf8(r->path, map->data, map->size, &text, err);
        b = (struct bytes){.data = (const uint8_t *)str_text(&text), .size = text.length};
    } else {
        status = text_check(r->path, map->data, map->size, err);
    }
    if (status == 0)
        status = read_form(r, &b, err);
    str_done(&text);
    return status;
}

int caption_records_read(const char *path, const char *columns, struct caption_records *out,
                         struct error *err)
{
    struct file_map map;
    *out = (struct caption_records){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct caption_reader r = {.path = path,
                               .columns = columns,
                               .out = out,
                               .images = g_hash_table_new(g_str_hash, g_str_equal),
                               .splits = g_hash_table_new(g_str_hash, g_str_equal)};
    int status = read_text(&r, &map, err);
    if (status == 0 && out->count == 0)
        status = error_at(err, path, -1, "holds no captions");
    if (r.broken_lines > 0)
        notes_add(&out->notes, "captions with line ends in them: %zu; they became blanks",
                  r.broken_lines);
    g_hash_table_destroy(r.images);
    g_hash_table_destroy(r.splits);
    file_map_close(&map);
    return status;
}

void caption_records_done(struct caption_records *records)
{
    for (size_t i = 0; i < records->count; i++)
        free(records->items[i].caption);
    free(records->items);
    str_list_done(&records->images);
    str_list_done(&records->splits);
    notes_done(&records->notes);
    str_done(&records->columns);
    *records = (struct caption_records){0};
}
