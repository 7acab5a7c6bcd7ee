#include "io/text/encoding.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "base/countof.h"

enum {
    SAMPLE = 1 << 16,   /* bytes that are judged */
    MANY_CONTROLS = 50, /* one byte in so many is a control character: binary */
    FEW_CONTROLS = 8,   /* fewer are let pass, whatever the size */
    WIDE_CONTROLS = 10, /* one in so many: UTF-16, even if the bytes are valid UTF-8 */
    ASCII_IN_WIDE = 50, /* UTF-16 has a blank, line end or letter of ASCII in so many units */
};

static const struct {
    const char *name, *marked, *unmarked;
} encodings[] = {
    [ENCODING_BYTES] = {"UTF-8", "text", "text"},
    [ENCODING_UTF16LE] = {"UTF-16LE", "UTF-16 text", "UTF-16 text without a byte order mark"},
    [ENCODING_UTF16BE] = {"UTF-16BE", "UTF-16 text", "UTF-16 text without a byte order mark"},
    [ENCODING_UTF32LE] = {"UTF-32LE", "UTF-32 text", "UTF-32 text without a byte order mark"},
    [ENCODING_UTF32BE] = {"UTF-32BE", "UTF-32 text", "UTF-32 text without a byte order mark"},
    [ENCODING_BINARY] = {NULL, "binary data", "binary data, not text"},
};

const char *encoding_name(enum encoding encoding, bool marked)
{
    return marked ? encodings[encoding].marked : encodings[encoding].unmarked;
}

static bool is_control(uint32_t code)
{
    return code < ' ' && !(code >= '\t' && code <= '\r');
}

static bool is_ascii_text(uint32_t code)
{
    return code < 0x7f && !is_control(code);
}

/* ---- marks ---- */

static bool find_mark(const uint8_t *data, size_t size, enum encoding *out, size_t *mark_out)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum encoding encoding;
    } marks[] = {
        {"\xff\xfe\0\0", 4, ENCODING_UTF32LE}, {"\0\0\xfe\xff", 4, ENCODING_UTF32BE},
        {"\xff\xfe", 2, ENCODING_UTF16LE},     {"\xfe\xff", 2, ENCODING_UTF16BE},
        {"\xef\xbb\xbf", 3, ENCODING_BYTES},
    };
    for (size_t i = 0; i < COUNTOF(marks); i++)
        if (size >= marks[i].length && memcmp(data, marks[i].bytes, marks[i].length) == 0) {
            *out = marks[i].encoding;
            *mark_out = marks[i].length;
            return true;
        }
    *mark_out = 0;
    return false;
}

/* ---- without a mark ---- */

static uint32_t unit_at(const uint8_t *p, size_t width, bool big)
{
    uint32_t unit = 0;
    for (size_t i = 0; i < width; i++)
        unit = unit << 8 | p[big ? i : width - 1 - i];
    return unit;
}

/* How many units of `width` bytes are ASCII text; 0 if one cannot be a character at all, or if no
 * line end is a unit. */
static size_t ascii_units(const uint8_t *data, size_t size, size_t width, bool big)
{
    size_t ascii = 0, ends = 0;
    bool high = false;
    for (size_t i = 0; i + width <= size; i += width) {
        uint32_t unit = unit_at(data + i, width, big);
        bool low = width == 2 && unit >= 0xdc00 && unit < 0xe000;
        if (is_control(unit) || unit > 0x10ffff || low != high || unit == 0xfffe || unit == 0xffff)
            return 0;
        high = width == 2 && unit >= 0xd800 && unit < 0xdc00;
        ascii += is_ascii_text(unit);
        ends += unit == '\n';
    }
    return ends > 0 || !memchr(data, '\n', size) ? ascii : 0;
}

/* The wide encoding in which the most units are ASCII text. */
static enum encoding find_wide(const uint8_t *data, size_t size)
{
    static const struct {
        size_t width;
        bool big;
        enum encoding encoding;
    } wides[] = {{4, false, ENCODING_UTF32LE},
                 {4, true, ENCODING_UTF32BE},
                 {2, false, ENCODING_UTF16LE},
                 {2, true, ENCODING_UTF16BE}};
    enum encoding best = ENCODING_BYTES;
    size_t most = 0;
    for (size_t i = 0; i < COUNTOF(wides); i++) {
        size_t ascii = ascii_units(data, size, wides[i].width, wides[i].big);
        if (ascii > most && ascii * ASCII_IN_WIDE * wides[i].width >= size) {
            most = ascii;
            best = wides[i].encoding;
        }
    }
    return best;
}

/* Whether it is UTF-8 but for NULs; a character cut at the end of the sample is let pass. */
static bool is_utf8(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size, *stop;
    while (!g_utf8_validate(at, end - at, &stop)) {
        if (*stop != '\0')
            return end - stop < 4 && size == SAMPLE;
        at = stop + 1;
    }
    return true;
}

enum encoding encoding_find(const void *data, size_t size, size_t *mark_out)
{
    enum encoding found;
    size_t mark, controls = 0, n = size < SAMPLE ? size : SAMPLE;
    const uint8_t *bytes = data;
    bool marked = find_mark(bytes, size, &found, &mark);
    if (mark_out)
        *mark_out = mark;
    if (marked && found != ENCODING_BYTES)
        return found;
    for (size_t i = 0; i < n; i++)
        controls += is_control(bytes[i]);
    if (n == 0 || (!memchr(data, '\0', n) && controls * MANY_CONTROLS < n))
        return ENCODING_BYTES;
    if (controls * WIDE_CONTROLS >= n || !is_utf8(bytes, n)) {
        found = find_wide(bytes, n);
        if (found != ENCODING_BYTES)
            return found;
    }
    return controls >= FEW_CONTROLS && controls * MANY_CONTROLS >= n ? ENCODING_BINARY
                                                                     : ENCODING_BYTES;
}

int encoding_to_utf8(const char *path, const void *data, size_t size, struct str *out,
                     struct error *err)
{
    size_t mark, length;
    enum encoding from = encoding_find(data, size, &mark);
    const char *text = (const char *)data + mark;
    if (from == ENCODING_BINARY)
        return error_at(err, path, -1, "is binary data, not text");
    if (from == ENCODING_BYTES) {
        str_add_n(out, size > mark ? text : "", size - mark);
        return 0;
    }
    GError *why = NULL;
    char *utf8 =
        g_convert(text, (gssize)(size - mark), "UTF-8", encodings[from].name, NULL, &length, &why);
    if (!utf8) {
        error_at(err, path, -1, "looks like %s but is not valid: %s", encodings[from].marked,
                 why->message);
        g_error_free(why);
        return -1;
    }
    str_add_n(out, utf8, length);
    g_free(utf8);
    return 0;
}
