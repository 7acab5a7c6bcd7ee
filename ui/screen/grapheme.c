#include "ui/screen/grapheme.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

/* Characters that control a terminal's layout and take no place in it. */
static bool steers(uint32_t code)
{
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0x61c || code == 0xad ||
           (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe0fff);
}

static int columns_of(uint32_t code)
{
    int columns = wcwidth((wchar_t)code);
    return columns < 0 ? 1 : columns;
}

static uint32_t shown(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029)
        return ' ';
    return code;
}

/* Skips to the next base: a character that takes columns of its own. */
static size_t take_base(const char *text, size_t n, struct grapheme *out)
{
    size_t at = 0;
    while (at < n) {
        size_t bytes;
        uint32_t code = shown(utf8_next(text + at, n - at, &bytes));
        at += bytes;
        if (steers(code) || columns_of(code) == 0)
            continue;
        out->code[0] = code;
        out->columns = columns_of(code);
        break;
    }
    return at;
}

struct grapheme grapheme_next(const char *text, size_t n)
{
    struct grapheme out = {0};
    size_t at = take_base(text, n, &out), marks = 1;
    while (at < n && out.columns > 0) {
        size_t bytes;
        uint32_t code = shown(utf8_next(text + at, n - at, &bytes));
        if (!steers(code) && columns_of(code) != 0)
            break;
        at += bytes;
        if (!steers(code) && marks < GRAPHEME_CODES)
            out.code[marks++] = code;
    }
    out.bytes = at;
    return out;
}

int grapheme_columns_n(const char *text, size_t n)
{
    int columns = 0;
    for (size_t at = 0; at < n;) {
        struct grapheme g = grapheme_next(text + at, n - at);
        columns += g.columns;
        at += g.bytes;
    }
    return columns;
}

int grapheme_columns(const char *text)
{
    return grapheme_columns_n(text, strlen(text));
}

size_t grapheme_fit(const char *text, int columns)
{
    size_t n = strlen(text), at = 0;
    while (at < n) {
        struct grapheme g = grapheme_next(text + at, n - at);
        if (g.columns > columns)
            break;
        columns -= g.columns;
        at += g.bytes;
    }
    return at;
}

size_t grapheme_line(const char *text, int columns)
{
    size_t fits = grapheme_fit(text, columns), cut = fits;
    while (text[fits] && cut > 0 && text[cut] != ' ')
        cut--;
    return cut ? cut : fits ? fits : *text != 0;
}
