/* caption_table.c: captions in columns: CSV, TSV and the like. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/text/caption_reader.h"

enum {
    CAPTION_COLUMNS = 32,
    SHOWN = 300,             /* bytes of names in an error */
    LONGEST_FIELD = 1 << 16, /* in quotes; beyond, the quote is taken as text */
};

struct table {
    struct caption_reader *reader;
    struct bytes *text;
    char delimiter;
    size_t line;            /* of the row that is read; the first is 1 */
    struct str_list fields; /* of the row */
    size_t width;           /* columns of each row */
    size_t image, split;    /* columns, CAPTION_NONE: none */
    size_t captions[CAPTION_COLUMNS], caption_count;
    size_t joined, parted; /* rows that were mended */
    size_t unclosed;       /* quotes that begin a field and do not end it */
};

/* ---- rows ---- */

static char *stripped(const char *text, size_t n)
{
    while (n > 0 && strchr(" \t\r", text[n - 1]))
        n--;
    while (n > 0 && strchr(" \t", text[0]))
        text++, n--;
    return mem_strndup(text, n);
}

static bool at_end_of_field(const struct table *t)
{
    const struct bytes *b = t->text;
    uint8_t c = bytes_left(b) > 0 ? b->data[b->at] : '\n';
    return c == (uint8_t)t->delimiter || c == '\n' || c == '\r';
}

/* A field in quotes, "" standing for one. False, with nothing consumed, if it is not such a field:
 * then the quote is a part of the text. */
static bool quoted_field(struct table *t)
{
    struct bytes *b = t->text;
    size_t start = b->at, lines = 0;
    struct str field = {0};
    bool closed = false;
    b->at++;
    while (!closed && bytes_left(b) > 0 && field.length < LONGEST_FIELD) {
        uint8_t c = b->data[b->at++];
        bool doubled = c == '"' && bytes_left(b) > 0 && b->data[b->at] == '"';
        closed = c == '"' && !doubled;
        if (c == '\n' && t->delimiter != ',' && t->delimiter != ';')
            break;
        lines += c == '\n';
        b->at += doubled;
        if (!closed)
            str_add_n(&field, (const char *)&c, 1);
    }
    closed = closed && at_end_of_field(t);
    if (closed) {
        str_list_add(&t->fields, stripped(str_text(&field), field.length));
        t->line += lines;
    } else {
        b->at = start;
    }
    str_done(&field);
    return closed;
}

/* Whether the field goes on to the end of the line, whatever is in it: a caption in the last
 * column.
 */
static bool takes_rest(const struct table *t)
{
    size_t column = t->fields.count;
    if (t->delimiter == ' ')
        return column > 0;
    return t->delimiter != '\t' && t->caption_count > 0 && column + 1 == t->width &&
           t->captions[t->caption_count - 1] == column;
}

static void plain_field(struct table *t)
{
    struct bytes *b = t->text;
    size_t start = b->at, delimiters = 0;
    bool rest = takes_rest(t);
    while (bytes_left(b) > 0 && b->data[b->at] != '\n') {
        bool ends = b->data[b->at] == (uint8_t)t->delimiter;
        if (ends && !rest)
            break;
        delimiters += ends;
        b->at++;
    }
    t->joined += delimiters > 0 && t->delimiter != ' ';
    str_list_add(&t->fields, stripped((const char *)b->data + start, b->at - start));
}

/* 1: a row; 0: the end. */
static int next_row(struct table *t)
{
    struct bytes *b = t->text;
    str_list_done(&t->fields);
    if (bytes_left(b) == 0)
        return 0;
    for (;;) {
        bool quote = bytes_left(b) > 0 && b->data[b->at] == '"';
        if (!quote || !quoted_field(t)) {
            t->unclosed += quote && (t->delimiter == ',' || t->delimiter == ';');
            plain_field(t);
        }
        if (bytes_left(b) > 0 && b->data[b->at] == '\r')
            b->at++;
        if (bytes_left(b) == 0)
            return 1;
        if (b->data[b->at++] == '\n')
            return 1;
    }
}

static bool is_empty(const struct table *t)
{
    return t->fields.count == 1 && t->fields.items[0][0] == '\0';
}

/* ---- columns ---- */

static int bad_columns(const struct table *t, struct error *err, const char *what)
{
    struct str names = {0};
    for (size_t i = 0; i < t->fields.count && names.length < SHOWN; i++)
        str_addf(&names, "%s%zu '%.40s'", i ? ", " : "", i + 1, t->fields.items[i]);
    error_at(err, t->reader->path, -1,
             "%s among its columns: %s; say which with --columns "
             "IMAGE,CAPTION (names or numbers)",
             what, str_text(&names));
    str_done(&names);
    return -1;
}

static int find_named(const struct table *t, const char *wanted, size_t *out, struct error *err)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(wanted, &end, 10);
    for (size_t i = 0; i < t->fields.count; i++)
        if (caption_reader_same_name(t->fields.items[i], wanted)) {
            *out = i;
            return 0;
        }
    if (*wanted && !*end && errno == 0 && number >= 1 && number <= t->fields.count) {
        *out = number - 1;
        return 0;
    }
    char *what = mem_printf("no '%.40s'", wanted);
    bad_columns(t, err, what);
    free(what);
    return -1;
}

static int take_named(struct table *t, struct error *err)
{
    char *list = mem_strdup(t->reader->columns), *rest = list;
    int status = 0;
    for (size_t i = 0; status == 0; i++) {
        char *name = strsep(&rest, ",");
        size_t column = CAPTION_NONE;
        if (!name)
            break;
        if (i > 0 || strcmp(name, "-") != 0)
            status = find_named(t, name, &column, err);
        if (i == 0)
            t->image = column;
        else if (t->caption_count < CAPTION_COLUMNS)
            t->captions[t->caption_count++] = column;
    }
    free(list);
    if (status == 0 && t->caption_count == 0)
        return bad_columns(t, err, "no caption");
    return status;
}

/* The column that best names the image. */
static int find_image(struct table *t, struct error *err)
{
    int best = -1;
    bool two = false;
    for (size_t i = 0; i < t->fields.count; i++) {
        int tier = caption_form_image_tier(t->fields.items[i]);
        if (tier < 0 || (best >= 0 && tier > best))
            continue;
        two = tier == best;
        best = tier;
        t->image = i;
    }
    if (best < 0)
        return bad_columns(t, err, "no image's name");
    return two ? bad_columns(t, err, "several images' names") : 0;
}

/* One column, or several that are numbered. */
static int find_captions(struct table *t, struct error *err)
{
    size_t numbered = 0;
    for (size_t i = 0; i < t->fields.count; i++) {
        if (caption_form_caption_tier(t->fields.items[i]) < 0 || i == t->image)
            continue;
        if (t->caption_count < CAPTION_COLUMNS)
            t->captions[t->caption_count++] = i;
        numbered += caption_reader_is_numbered(t->fields.items[i]);
    }
    if (t->caption_count == 0)
        return bad_columns(t, err, "no caption");
    return t->caption_count > 1 && numbered < t->caption_count
               ? bad_columns(t, err, "several captions")
               : 0;
}

static void find_split(struct table *t)
{
    for (size_t i = 0; i < t->fields.count; i++)
        if (caption_reader_same_name(t->fields.items[i], "split"))
            t->split = i;
}

static bool is_number(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0';
}

/* Without a header: a name and a caption, or a name, a number and a caption. */
static int guess_columns(struct table *t, struct error *err)
{
    char **f = t->fields.items;
    size_t n = t->fields.count;
    bool numbered = n == 3 && is_number(f[1]);
    if (n < 2 || !caption_form_is_image(f[0], strlen(f[0])))
        return bad_columns(t, err, "no image's name first");
    if (n > 2 && !numbered)
        return bad_columns(t, err, "several that may be the caption");
    t->image = 0;
    t->captions[t->caption_count++] = n - 1;
    return 0;
}

static void describe_columns(struct table *t, bool header)
{
    struct str *out = &t->reader->out->columns;
    for (size_t i = 0; i <= t->caption_count; i++) {
        size_t column = i == 0 ? t->image : t->captions[i - 1];
        if (column == CAPTION_NONE)
            continue;
        str_add(out, out->length ? ", " : "columns ");
        if (header)
            str_add(out, t->fields.items[column]);
        else
            str_addf(out, "%zu", column + 1);
    }
}

static int choose_columns(struct table *t, bool header, struct error *err)
{
    int status;
    t->width = t->fields.count;
    t->image = t->split = CAPTION_NONE;
    if (header)
        find_split(t);
    if (t->reader->columns)
        status = take_named(t, err);
    else if (header)
        status = find_image(t, err) != 0 || find_captions(t, err) != 0 ? -1 : 0;
    else
        status = guess_columns(t, err);
    if (status == 0)
        describe_columns(t, header);
    return status;
}

/* ---- rows to captions ---- */

/* "4   A dog runs" without the delimiter between number and caption, as in Flickr30K's
 * results.csv. */
static bool part_last(struct table *t)
{
    char *last = t->fields.items[t->fields.count - 1];
    size_t digits = strspn(last, "0123456789");
    if (digits == 0 || last[digits] != ' ')
        return false;
    char *caption = stripped(last + digits, strlen(last + digits));
    last[digits] = '\0';
    str_list_add(&t->fields, caption);
    t->parted++;
    return true;
}

static bool check_width(struct table *t)
{
    size_t have = t->fields.count;
    bool last = t->captions[t->caption_count - 1] == t->width - 1;
    if (have == t->width || (have + 1 == t->width && have > 1 && last && part_last(t)))
        return true;
    const char *image = t->image < have ? t->fields.items[t->image] : NULL;
    caption_reader_bad(t->reader, image && strlen(image) < CAPTION_ID_SIZE ? image : NULL,
                       "it has %zu column%s, not %zu", have, have == 1 ? "" : "s", t->width);
    return false;
}

/* A cell with a list of captions in JSON. False if it is none. */
static bool add_list(struct table *t, const char *image, const char *split, const char *cell)
{
    if (cell[0] != '[')
        return false;
    json_t *list = json_loads(cell, 0, NULL), *item;
    size_t i;
    bool texts = json_array_size(list) > 0;
    json_array_foreach (list, i, item)
        texts = texts && json_is_string(item);
    if (texts) {
        json_array_foreach (list, i, item)
            caption_reader_add(t->reader, image, split, json_string_value(item));
    }
    json_decref(list);
    return texts;
}

static bool all_empty(const struct table *t)
{
    for (size_t i = 0; i < t->caption_count; i++)
        if (t->fields.items[t->captions[i]][0])
            return false;
    return true;
}

static void add_row(struct table *t)
{
    if (!check_width(t))
        return;
    char **f = t->fields.items;
    const char *image = t->image == CAPTION_NONE ? NULL : f[t->image];
    const char *split = t->split == CAPTION_NONE || !f[t->split][0] ? NULL : f[t->split];
    size_t n = t->caption_count;
    if (n > 1 && image && all_empty(t))
        n = 1; /* one line says that there is none */
    t->reader->blank_cells = n > 1;
    for (size_t i = 0; i < n; i++)
        if (!add_list(t, image, split, f[t->captions[i]]))
            caption_reader_add(t->reader, image, split, f[t->captions[i]]);
}

static void note_mended(const struct table *t)
{
    struct notes *notes = &t->reader->out->notes;
    if (t->joined > 0)
        notes_add(notes, "captions with a '%c' and no quotes around them: %zu; it is kept",
                  t->delimiter, t->joined);
    if (t->parted > 0)
        notes_add(notes,
                  "lines without the '%c' between number and caption: %zu; they are parted after "
                  "the number",
                  t->delimiter, t->parted);
    if (t->unclosed > 0)
        notes_add(notes, "fields with a quote that nothing closes: %zu; it is kept as text",
                  t->unclosed);
}

int caption_reader_table(struct caption_reader *r, struct bytes *text, struct error *err)
{
    const struct caption_form *form = &r->out->form;
    struct table t = {.reader = r, .text = text, .delimiter = form->delimiter};
    bool first = true;
    int status = 0;
    for (;;) {
        r->place.line = t.line + 1;
        if (status != 0 || !next_row(&t))
            break;
        t.line++;
        if (is_empty(&t))
            continue;
        if (first)
            status = choose_columns(&t, form->header, err);
        if (status == 0 && !(first && form->header))
            add_row(&t);
        first = false;
    }
    note_mended(&t);
    str_list_done(&t.fields);
    return status;
}
