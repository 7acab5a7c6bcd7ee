#include "io/text/caption_form.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/mem.h"

enum {
    SAMPLE = 4 << 20, /* bytes that are judged */
    MOST = 80,        /* percent of the lines: "most" */
    MANY = 60,        /* percent, for forms that captions never have: others are damaged */
    NEARLY_ALL = 95,  /* percent, for forms that captions might have by chance */
    ENOUGH = 5,       /* lines, for those */
    NAME_SIZE = 64,   /* of a column, with terminator */
    ID_LENGTH = 255,
    KEY_WITHIN = 4096, /* bytes, of a document's first key */
};

static const char delimiters[] = "\t,;|";

static const struct {
    const char *name;
    bool readable;
    const char *advice; /* if it is not readable */
} kinds[] = {
    [CAPTIONS_LINES] = {"one caption per line", true, NULL},
    [CAPTIONS_TOKEN_FILE] = {"a token file (name.jpg#0<TAB>caption)", true, NULL},
    [CAPTIONS_TABLE] = {"a table", true, NULL}, /* named by its delimiter */
    [CAPTIONS_JSON_LINES] = {"JSON lines", true, NULL},
    [CAPTIONS_JSON] = {"a JSON document", true, NULL},
    [CAPTIONS_ENTITIES] = {"Flickr30K Entities' sentences, with their brackets", false,
                           "give the captions without them (the sentences are for analyse "
                           "alignment --entities)"},
    [CAPTIONS_PYTHON] = {"lines printed by Python, with b'...' or [...] around each caption", false,
                         "write the text itself, as UTF-8"},
    [CAPTIONS_WORD_IDS] = {"lines of word ids", false, "give them with --token-ids FILE"},
    [CAPTIONS_CR] = {"lines that end in CR alone, as on old Macintoshes", false,
                     "make them end in LF, as with tr '\\r' '\\n'"},
    [CAPTIONS_WIDE] = {"UTF-16 or UTF-32", true, NULL}, /* named by its encoding */
    [CAPTIONS_BINARY] = {"binary data, not text", false, "give a text file in UTF-8"},
    [CAPTIONS_FOLDER] = {"a folder of .txt files beside photographs", true, NULL},
    [CAPTIONS_TAR] = {"webdataset's tar files", true, NULL},
};

/* ---- names ---- */

/* Lower case, without blanks or quotes at either end; "" if too long. */
static void plain_name(const char *name, char out[NAME_SIZE])
{
    size_t n = strlen(name), at = 0;
    while (n > 0 && strchr(" \t\"'\r", name[n - 1]))
        n--;
    while (at < n && strchr(" \t\"'", name[at]))
        at++;
    size_t length = n - at < NAME_SIZE ? n - at : 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[at + i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == '-' || c == ' ' ? '_' : c);
    }
    out[length] = '\0';
}

int caption_form_image_tier(const char *name)
{
    static const char *const tiers[][16] = {
        {"filename", "file_name", "image", "image_name", "imagename", "image_file",
         "image_filename", "image_path", "img", "img_name", "img_file", "img_path", "photo",
         "picture"},
        {"image_id", "imageid", "img_id", "imgid", "cocoid"},
        {"id"},
    };
    char plain[NAME_SIZE];
    plain_name(name, plain);
    for (size_t t = 0; t < COUNTOF(tiers); t++)
        for (size_t i = 0; i < COUNTOF(tiers[t]) && tiers[t][i]; i++)
            if (strcmp(plain, tiers[t][i]) == 0)
                return (int)t;
    return -1;
}

/* "caption_1", "caption1" become "caption". */
static void drop_number(char *name)
{
    size_t n = strlen(name), end = n;
    while (end > 0 && name[end - 1] >= '0' && name[end - 1] <= '9')
        end--;
    if (end < n && end > 0 && name[end - 1] == '_')
        end--;
    if (end > 0)
        name[end] = '\0';
}

int caption_form_caption_tier(const char *name)
{
    static const char *const names[] = {"caption", "captions",    "comment",     "comments",
                                        "raw",     "sentence",    "sentences",   "text",
                                        "sent",    "description", "caption_text"};
    char plain[NAME_SIZE];
    plain_name(name, plain);
    drop_number(plain);
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (strcmp(plain, names[i]) == 0)
            return 0;
    return -1;
}

static bool has_image_ending(const char *text, size_t n)
{
    static const char *const endings[] = {".jpg",  ".jpeg", ".png",  ".tif",
                                          ".tiff", ".bmp",  ".webp", ".gif"};
    for (size_t i = 0; i < COUNTOF(endings); i++) {
        size_t length = strlen(endings[i]);
        if (n > length && strncasecmp(text + n - length, endings[i], length) == 0)
            return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool caption_form_is_image(const char *text, size_t n)
{
    bool digit = false;
    if (n == 0 || n > ID_LENGTH)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!text[i] || strchr(" \t\"'[]{}()<>", text[i]))
            return false;
        digit = digit || is_digit(text[i]);
    }
    return digit || has_image_ending(text, n);
}

/* ---- lines ---- */

/* Without blanks at either end. */
struct line {
    const char *text;
    size_t n;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/* The next line that is not blank. */
static bool next_line(struct bytes *b, struct line *out)
{
    while (bytes_left(b) > 0) {
        size_t n;
        const uint8_t *text = bytes_until(b, '\n', &n);
        if (!text) {
            n = bytes_left(b);
            text = bytes_take(b, n);
        }
        *out = (struct line){(const char *)text, n};
        while (out->n > 0 && is_blank(out->text[out->n - 1]))
            out->n--;
        while (out->n > 0 && is_blank(out->text[0]))
            out->text++, out->n--;
        if (out->n > 0)
            return true;
    }
    return false;
}

static size_t count_in(const struct line *l, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < l->n; i++)
        count += l->text[i] == c;
    return count;
}

/* The bytes before `end`; n if it is not there. */
static size_t length_before(const struct line *l, char end)
{
    const char *at = memchr(l->text, end, l->n);
    return at ? (size_t)(at - l->text) : l->n;
}

static bool is_object(const struct line *l)
{
    return l->n >= 2 && l->text[0] == '{' && l->text[l->n - 1] == '}';
}

/* "[/EN#283585/people Two young guys] with ..." */
static bool is_entities(const struct line *l)
{
    return memmem(l->text, l->n, "[/EN#", 5) != NULL;
}

/* b'...', b"...", ['a', 'man'], ["a", "man"] */
static bool is_python(const struct line *l)
{
    char first = l->text[0], last = l->text[l->n - 1];
    if (l->n < 3)
        return false;
    char quote = l->text[1];
    if (quote != '\'' && quote != '"')
        return false;
    return first == 'b' ? last == quote : first == '[' && last == ']' && l->text[l->n - 2] == quote;
}

/* Integers, also in the brackets of a list. */
static bool is_integers(const struct line *l)
{
    bool digit = false;
    for (size_t i = 0; i < l->n; i++) {
        char c = l->text[i];
        if (!is_digit(c) && !is_blank(c) && c != ',' && c != '[' && c != ']')
            return false;
        digit = digit || is_digit(c);
    }
    return digit;
}

/* "NAME#0<TAB>caption", "NAME#0 caption", "NAME#zhb#0 caption" (Flickr8k-CN). */
static bool is_token(const struct line *l)
{
    size_t tab = length_before(l, '\t'), blank = length_before(l, ' ');
    size_t n = tab < l->n ? tab : blank, digits = 0;
    while (digits < n && is_digit(l->text[n - 1 - digits]))
        digits++;
    if (digits == 0 || digits + 1 >= n || l->text[n - 1 - digits] != '#')
        return false;
    size_t name = length_before(&(struct line){l->text, n}, '#');
    return name > 0 && (tab < l->n || caption_form_is_image(l->text, name));
}

/* An image's name first, then `delimiter` and more. */
static bool begins_with_image(const struct line *l, char delimiter)
{
    size_t n = length_before(l, delimiter);
    const char *text = l->text;
    if (n >= l->n)
        return false;
    if (n > 1 && text[0] == '"' && text[n - 1] == '"')
        text++, n -= 2;
    while (n > 0 && text[n - 1] == ' ')
        n--;
    return delimiter == ' ' ? has_image_ending(text, n) : caption_form_is_image(text, n);
}

/* "391895 a man ...": in a few captions, a number of things. */
static bool begins_with_number(const struct line *l)
{
    size_t n = length_before(l, ' ');
    for (size_t i = 0; i < n; i++)
        if (!is_digit(l->text[i]))
            return false;
    return n > 0 && n < l->n;
}

/* ---- the first line of a table ---- */

/* What its fields are, by their names. */
static void judge_header(const struct line *l, char delimiter, bool *image_out, bool *caption_out)
{
    struct line rest = *l;
    *image_out = *caption_out = false;
    while (rest.n > 0) {
        size_t n = length_before(&rest, delimiter);
        char *name = mem_strndup(rest.text, n);
        *image_out = *image_out || caption_form_image_tier(name) >= 0;
        *caption_out = *caption_out || caption_form_caption_tier(name) >= 0;
        free(name);
        size_t skip = n < rest.n ? n + 1 : n;
        rest.text += skip;
        rest.n -= skip;
    }
}

/* A delimiter that makes the line a header with an image's and a caption's column; 0: none does. */
static char header_delimiter(const struct line *first)
{
    for (size_t d = 0; delimiters[d]; d++) {
        bool image, caption;
        judge_header(first, delimiters[d], &image, &caption);
        if (image && caption)
            return delimiters[d];
    }
    return 0;
}

/* A first line without an image's name above lines that have one, or with names of columns. */
static bool has_header(const struct line *first, char delimiter)
{
    bool image, caption;
    judge_header(first, delimiter, &image, &caption);
    return image || caption;
}

/* ---- judging ---- */

struct counts {
    size_t lines, objects, entities, python, integers, tokens, numbered, spaced;
    size_t image_before[sizeof delimiters - 1];
    size_t tabs, same_tabs; /* of the first line; lines with as many, if any */
};

static void count_line(const struct line *l, struct counts *c)
{
    c->objects += is_object(l);
    c->entities += is_entities(l);
    c->python += is_python(l);
    c->integers += is_integers(l);
    c->tokens += is_token(l);
    c->numbered += begins_with_number(l);
    c->spaced += begins_with_image(l, ' ');
    for (size_t d = 0; delimiters[d]; d++)
        c->image_before[d] += begins_with_image(l, delimiters[d]);
    if (c->lines++ == 0)
        c->tabs = count_in(l, '\t');
    c->same_tabs += c->tabs > 0 && count_in(l, '\t') == c->tabs;
}

static bool reaches(size_t count, size_t lines, int percent)
{
    return count * 100 >= lines * (size_t)percent && count > 0;
}

static bool nearly_all(size_t count, size_t lines)
{
    return lines >= ENOUGH && reaches(count, lines, NEARLY_ALL);
}

static void set_table(struct caption_form *out, const struct line *first, char delimiter)
{
    out->kind = CAPTIONS_TABLE;
    out->delimiter = delimiter;
    out->header = has_header(first, delimiter);
}

static void find_table(const struct counts *c, const struct line *first, struct caption_form *out)
{
    char found = header_delimiter(first);
    for (size_t d = 0; !found && delimiters[d]; d++)
        if (c->lines > 1 && reaches(c->image_before[d], c->lines, MOST))
            found = delimiters[d];
    if (!found && nearly_all(c->same_tabs, c->lines))
        found = '\t';
    if (!found && (reaches(c->spaced, c->lines, MOST) || nearly_all(c->numbered, c->lines)))
        found = ' ';
    if (found)
        set_table(out, first, found);
}

/* Returns how many lines there are. */
static size_t find_by_lines(struct bytes b, struct caption_form *out)
{
    struct counts c = {0};
    struct line line, first = {0};
    while (next_line(&b, &line)) {
        if (c.lines == 0)
            first = line;
        count_line(&line, &c);
    }
    const struct {
        size_t count;
        int percent;
        enum caption_kind kind;
    } forms[] = {{c.objects, c.lines > 1 ? MANY : MOST, CAPTIONS_JSON_LINES},
                 {c.entities, MOST, CAPTIONS_ENTITIES},
                 {c.python, MOST, CAPTIONS_PYTHON},
                 {c.integers, MOST, CAPTIONS_WORD_IDS},
                 {c.tokens, MANY, CAPTIONS_TOKEN_FILE}};
    for (size_t i = 0; i < COUNTOF(forms); i++)
        if (reaches(forms[i].count, c.lines, forms[i].percent)) {
            out->kind = forms[i].kind;
            return c.lines;
        }
    if (c.lines > 0)
        find_table(&c, &first, out);
    return c.lines;
}

/* Whether a key with its colon is near the beginning, as in no caption. */
static bool has_key(const struct bytes *b, size_t at)
{
    size_t end = b->size - at < KEY_WITHIN ? b->size : at + KEY_WITHIN;
    for (size_t i = at; i + 1 < end; i++)
        if (b->data[i] == '"' && (b->data[i + 1] == ':' ||
                                  (i + 2 < end && b->data[i + 1] == ' ' && b->data[i + 2] == ':')))
            return true;
    return false;
}

/* Begins and ends like a document of JSON; or begins so, with a key, and was cut off. */
static bool is_document(const struct bytes *b)
{
    size_t at = b->at, end = b->size;
    while (at < end && is_blank((char)b->data[at]))
        at++;
    while (end > at && is_blank((char)b->data[end - 1]))
        end--;
    if (end - at < 2)
        return false;
    char first = (char)b->data[at++], last = (char)b->data[end - 1];
    while (at < end && is_blank((char)b->data[at]))
        at++;
    if (first == '{')
        return (last == '}' && strchr("\"}", b->data[at])) ||
               (b->data[at] == '"' && has_key(b, at));
    return first == '[' && ((last == ']' && strchr("{\"[]", b->data[at])) ||
                            (b->data[at] == '{' && has_key(b, at)));
}

static bool is_cr(const struct bytes *b)
{
    const uint8_t *cr = memchr(b->data + b->at, '\r', bytes_left(b));
    return cr && cr + 1 < b->data + b->size && !memchr(b->data + b->at, '\n', bytes_left(b));
}

void caption_form_find(const void *data, size_t size, struct caption_form *out)
{
    struct bytes b = {.data = data, .size = size};
    *out = (struct caption_form){.encoding = encoding_find(data, size, &b.at)};
    if (out->encoding != ENCODING_BYTES) {
        out->kind = out->encoding == ENCODING_BINARY ? CAPTIONS_BINARY : CAPTIONS_WIDE;
        return;
    }
    bool document = is_document(&b);
    if (b.size > SAMPLE)
        b.size = SAMPLE;
    if (bytes_left(&b) == 0)
        return;
    if (is_cr(&b)) {
        out->kind = CAPTIONS_CR;
        return;
    }
    bool several = find_by_lines(b, out) > 1;
    bool lines = out->kind == CAPTIONS_JSON_LINES || out->kind == CAPTIONS_ENTITIES ||
                 out->kind == CAPTIONS_PYTHON || out->kind == CAPTIONS_WORD_IDS;
    if (document && !(several && lines))
        *out = (struct caption_form){.kind = CAPTIONS_JSON};
}

const char *caption_form_name(const struct caption_form *form)
{
    if (form->kind == CAPTIONS_WIDE)
        return encoding_name(form->encoding, true);
    if (form->kind != CAPTIONS_TABLE)
        return kinds[form->kind].name;
    switch (form->delimiter) {
    case '\t':
        return form->header ? "TSV with a header" : "TSV (columns between tabs)";
    case ' ':
        return "a list of image names or numbers with captions";
    case '|':
        return form->header ? "a table with '|' between columns and a header"
                            : "a table with '|' between columns";
    default:
        return form->header ? "CSV with a header" : "CSV";
    }
}

bool caption_form_readable(const struct caption_form *form)
{
    return kinds[form->kind].readable;
}

int caption_form_check(const char *path, const void *data, size_t size, const char *split,
                       struct error *err)
{
    struct caption_form form;
    caption_form_find(data, size, &form);
    if (form.kind == CAPTIONS_LINES)
        return 0;
    const char *name = caption_form_name(&form);
    if (!kinds[form.kind].readable)
        return error_at(err, path, -1, "is %s, not one caption per line; %s", name,
                        kinds[form.kind].advice);
    return error_at(err, path, -1,
                    "is %s, not one caption per line; `scanscope convert %s -o DIR --split %s` "
                    "makes such captions of it",
                    name, path, split ? split : "NAME");
}
