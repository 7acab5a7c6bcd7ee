#include "io/text/caption_records.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/text/caption_reader.h"
#include "io/text/captions.h"

/* ---- lines ---- */

static int read_lines(struct caption_reader *r, struct bytes *b, struct error *err)
{
    (void)err;
    while (bytes_left(b) > 0) {
        size_t n;
        const char *text = caption_reader_line(b, &n);
        char *line = mem_strndup(text, n);
        r->place.line++;
        caption_reader_add(r, NULL, NULL, line);
        free(line);
    }
    return 0;
}

/* Where the name in "NAME#0" or "NAME#zhb#0" ends; 0: it is neither. */
static size_t name_length(const char *mark)
{
    const char *number = strrchr(mark, '#');
    size_t digits = number ? strspn(number + 1, "0123456789") : 0;
    if (digits == 0 || number[1 + digits])
        return 0;
    size_t n = (size_t)(number - mark), letters = 0;
    while (letters < n && isalpha((unsigned char)mark[n - 1 - letters]))
        letters++;
    return letters > 0 && letters + 1 < n && mark[n - 1 - letters] == '#' ? n - 1 - letters : n;
}

/* "NAME#0<TAB>caption" */
static void token_line(struct caption_reader *r, char *line)
{
    size_t name = strcspn(line, "\t");
    if (!line[name])
        name = strcspn(line, " ");
    char *caption = line[name] ? line + name + 1 : line + name;
    line[name] = '\0';
    size_t end = name_length(line);
    if (end == 0) {
        caption_reader_bad(r, NULL, "'%.60s' should be NAME#NUMBER<TAB>caption", line);
        return;
    }
    line[end] = '\0';
    caption_reader_add(r, line, NULL, caption);
}

static int read_tokens(struct caption_reader *r, struct bytes *b, struct error *err)
{
    (void)err;
    while (bytes_left(b) > 0) {
        size_t n;
        const char *text = caption_reader_line(b, &n);
        while (n > 0 && (text[n - 1] == '\r' || text[n - 1] == ' '))
            n--;
        char *line = mem_strndup(text, n);
        r->place.line++;
        if (line[0])
            token_line(r, line);
        free(line);
    }
    return 0;
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

/* The text in UTF-8, with a blank for each zero byte, on which strings would end. */
static int load_text(struct caption_reader *r, const struct file_map *map, struct str *out,
                     struct error *err)
{
    size_t zeros = 0;
    r->out->form.encoding = encoding_find(map->data, map->size, NULL);
    if ((r->out->form.encoding == ENCODING_BYTES &&
         text_check(r->path, map->data, map->size, err) != 0) ||
        encoding_to_utf8(r->path, map->data, map->size, out, err) != 0)
        return -1;
    for (size_t i = 0; i < out->length; i++)
        if (out->text[i] == '\0') {
            out->text[i] = ' ';
            zeros++;
        }
    if (zeros > 0)
        notes_add(&r->out->notes, "%s: zero bytes: %zu; they became blanks", r->path, zeros);
    return 0;
}

static int read_text(struct caption_reader *r, const struct file_map *map, struct error *err)
{
    struct str text = {0};
    struct bytes b = {.data = map->data, .size = map->size};
    bool plain = encoding_find(map->data, map->size, NULL) == ENCODING_BYTES &&
                 (map->size == 0 || !memchr(map->data, '\0', map->size));
    int status = 0;
    if (plain)
        status = text_check(r->path, map->data, map->size, err);
    else
        status = load_text(r, map, &text, err);
    if (!plain)
        b = (struct bytes){.data = (const uint8_t *)str_text(&text), .size = text.length};
    if (status == 0)
        status = read_form(r, &b, err);
    str_done(&text);
    return status;
}

int caption_reader_text(struct caption_reader *r, const char *path, struct error *err)
{
    struct file_map map;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    r->path = path;
    r->blank_cells = false;
    caption_reader_file(r, path);
    int status = read_text(r, &map, err);
    file_map_close(&map);
    return status;
}

int caption_records_read(const char *path, const char *columns, struct caption_records *out,
                         struct error *err)
{
    struct caption_reader r;
    caption_reader_init(&r, columns, out);
    int status = caption_reader_text(&r, path, err);
    if (status == 0 && out->count == 0)
        status = out->left_out.count > 0
                     ? error_set(err, "%s; so is all of it", out->left_out.lines.items[0])
                     : error_at(err, path, -1, "holds no captions");
    caption_reader_done(&r);
    return status;
}

void caption_records_done(struct caption_records *records)
{
    for (size_t i = 0; i < records->count; i++)
        free(records->items[i].caption);
    free(records->items);
    str_list_done(&records->images);
    str_list_done(&records->splits);
    str_list_done(&records->files);
    left_out_done(&records->left_out);
    notes_done(&records->notes);
    str_done(&records->columns);
    *records = (struct caption_records){0};
}
