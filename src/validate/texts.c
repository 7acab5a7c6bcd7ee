#include "validate/texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/caption_form.h"
#include "io/text/encoding.h"

const char *const texts_endings[] = {"_caps.txt", "_ids.txt", "_cap_img.txt", "_class_names.txt",
                                     NULL};

/* As text_lines_load strips them. */
static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/* The bytes of a text that is not wide. */
struct bytes_found {
    size_t lines, line_ends, blanks, blank_end, nul;
    size_t first_blank, first_nul;
};

static void look_at_line(const uint8_t *line, size_t n, struct bytes_found *f)
{
    size_t end = n;
    f->lines++;
    if (end > 0 && line[end - 1] == '\r') {
        f->line_ends++;
        end--;
    }
    if (end > 0 && (is_blank(line[0]) || is_blank(line[end - 1])))
        if (f->blanks++ == 0)
            f->first_blank = f->lines;
    if (n > 0 && memchr(line, '\0', n))
        if (f->nul++ == 0)
            f->first_nul = f->lines;
    size_t i = 0;
    while (i < n && is_blank(line[i]))
        i++;
    f->blank_end = i == n ? f->blank_end + 1 : 0;
}

static void look_at_lines(struct bytes *b, struct bytes_found *f)
{
    while (bytes_left(b) > 0) {
        size_t n;
        const uint8_t *line = bytes_until(b, '\n', &n);
        if (!line) {
            n = bytes_left(b);
            line = bytes_take(b, n);
        }
        look_at_line(line, n, f);
    }
}

static void add_lines(struct subject *s, const char *file, const struct bytes_found *f)
{
    const struct {
        enum finding finding;
        size_t count, first;
        const char *text;
    } found[] = {
        {TEXT_LINE_ENDS, f->line_ends, 0, "end in CR LF"},
        {TEXT_BLANKS, f->blanks, f->first_blank, "begin or end with blanks"},
        {TEXT_BLANK_END, f->blank_end, 0, "are blank ones at the end"},
        {TEXT_NUL, f->nul, f->first_nul, "hold NUL bytes"},
    };
    for (size_t i = 0; i < COUNTOF(found); i++) {
        struct findings_tally tally = {0};
        if (found[i].first > 0)
            findings_place(&tally, "line %zu", found[i].first);
        tally.count = found[i].count;
        findings_add(s->report, found[i].finding, s->split, file, &tally, "%zu of %zu lines %s",
                     found[i].count, f->lines, found[i].text);
        str_list_done(&tally.places);
    }
}

static bool is_wide(enum encoding encoding)
{
    return encoding >= ENCODING_UTF16LE && encoding <= ENCODING_UTF32BE;
}

/* How many lines of a file were read as captions or ids of images; 0 if that is not known. */
static size_t lines_read(const struct subject *s, const char *ending)
{
    if (!s->d)
        return 0;
    if (strcmp(ending, "_caps.txt") == 0)
        return s->d->caption ? s->d->caption_lines : 0;
    return strcmp(ending, "_ids.txt") == 0 && !s->d->ids_are_rows ? s->d->id_lines : 0;
}

/* Lines that end as on old Macintoshes: what is read sees one line. */
static bool has_cr_only(const void *data, size_t size)
{
    const uint8_t *cr = size > 0 ? memchr(data, '\r', size) : NULL;
    return cr && cr + 1 < (const uint8_t *)data + size && !memchr(data, '\n', size);
}

static void look_at_file(struct subject *s, const char *path, const char *ending)
{
    struct file_map map;
    size_t mark;
    if (file_map_open(path, &map, NULL) != 0)
        return;
    const char *file = file_name(path);
    enum encoding encoding = encoding_find(map.data, map.size, &mark);
    if (is_wide(encoding)) {
        findings_add(s->report, TEXT_ENCODING, s->split, file, NULL, "is %s",
                     encoding_name(encoding, mark > 0));
    } else if (encoding == ENCODING_BYTES && !has_cr_only(map.data, map.size)) {
        struct bytes b = {.data = map.data, .size = map.size, .at = mark};
        struct bytes_found found = {0};
        if (mark > 0)
            findings_add(s->report, TEXT_MARK, s->split, file, NULL,
                         "begins with a byte order mark");
        look_at_lines(&b, &found);
        size_t read = lines_read(s, ending);
        if (read > 0)
            found.blank_end = found.lines > read ? found.lines - read : 0;
        add_lines(s, file, &found);
    }
    file_map_close(&map);
}

void texts_check(struct subject *s)
{
    for (size_t e = 0; texts_endings[e]; e++) {
        char *name = mem_printf("%s%s", s->split, texts_endings[e]);
        char *path = file_join(s->spec->folder, name);
        if (file_exists(path))
            look_at_file(s, path, texts_endings[e]);
        free(path);
        free(name);
    }
}

/* ---- mending ---- */

/* Adds the lines without blanks at either end. */
static void mend_lines(struct bytes *b, struct texts_mended *out)
{
    while (bytes_left(b) > 0) {
        size_t n;
        const uint8_t *line = bytes_until(b, '\n', &n);
        if (!line) {
            n = bytes_left(b);
            line = bytes_take(b, n);
        }
        size_t from = 0, to = n;
        while (from < to && is_blank(line[from]))
            from++;
        while (to > from && is_blank(line[to - 1]))
            to--;
        bool cr = to < n && line[n - 1] == '\r';
        out->line_ends |= cr;
        out->blanks |= from > 0 || to < n - cr;
        out->blank_end = from == to ? out->blank_end + 1 : 0;
        str_add_n(&out->text, (const char *)line + from, to - from);
        str_add(&out->text, "\n");
    }
}

/* Whether the text has lines that a caption, an id or a number may be. */
static bool has_lines(const struct str *text)
{
    struct caption_form form;
    caption_form_find(text->text, text->length, &form);
    return form.kind == CAPTIONS_LINES || form.kind == CAPTIONS_WORD_IDS;
}

/* Whether a text is what it looks like: without NUL bytes, and UTF-8 (or bytes like it) without a
 * mark. What is in front may hide what would be taken for one. */
static bool is_plain(const struct str *text)
{
    size_t mark = 0;
    return !memchr(text->text, '\0', text->length) &&
           encoding_find(text->text, text->length, &mark) == ENCODING_BYTES && mark == 0;
}

bool texts_mend(const char *path, struct texts_mended *out)
{
    struct file_map map;
    struct str text = {0};
    size_t mark = 0;
    *out = (struct texts_mended){0};
    if (file_map_open(path, &map, NULL) != 0)
        return false;
    enum encoding encoding = encoding_find(map.data, map.size, &mark);
    bool good = map.size > 0 && encoding != ENCODING_BINARY &&
                encoding_to_utf8(path, map.data, map.size, &text, NULL) == 0 && text.length > 0;
    if (good && is_wide(encoding))
        good = has_lines(&text);
    if (good) {
        out->cr_only = has_cr_only(text.text, text.length);
        for (size_t i = 0; out->cr_only && i < text.length; i++)
            if (text.text[i] == '\r')
                text.text[i] = '\n';
        struct bytes b = {.data = (const uint8_t *)text.text, .size = text.length};
        out->encoding = is_wide(encoding);
        out->mark = mark > 0 && !out->encoding;
        mend_lines(&b, out);
    }
    str_done(&text);
    file_map_close(&map);
    return good && is_plain(&out->text) &&
           (out->encoding || out->mark || out->cr_only || out->line_ends || out->blanks);
}

void texts_mended_done(struct texts_mended *mended)
{
    str_done(&mended->text);
}
