#include "io/dataset/base64.h"

#include <string.h>

enum { NOT_BASE64 = 0x80 };

/* Value + 1 of a character; 0 if it has none. */
static const uint8_t alphabet[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* The value of a character; NOT_BASE64 is set if it has none. */
static inline unsigned value_of(char c)
{
    return (uint8_t)(alphabet[(uint8_t)c] - 1);
}

static inline bool quad(const char *t, uint8_t *out)
{
    unsigned a = value_of(t[0]), b = value_of(t[1]), c = value_of(t[2]), d = value_of(t[3]);
    out[0] = (uint8_t)(a << 2 | b >> 4);
    out[1] = (uint8_t)(b << 4 | c >> 2);
    out[2] = (uint8_t)(c << 6 | d);
    return !((a | b | c | d) & NOT_BASE64);
}

/* Decodes the last four characters, of which one or two may be padding. Returns how many bytes they
 * hold, 0 if they are wrong. */
static size_t last_quad(const char *t, uint8_t *out)
{
    size_t pads = t[3] != '=' ? 0 : t[2] != '=' ? 1 : 2;
    char whole[4] = {'A', 'A', 'A', 'A'};
    uint8_t bytes[3];
    memcpy(whole, t, 4 - pads);
    if (!quad(whole, bytes) || (pads > 0 && bytes[3 - pads] != 0))
        return 0;
    memcpy(out, bytes, 3 - pads);
    return 3 - pads;
}

static size_t first_bad(const char *text, size_t from, size_t length)
{
    while (from < length && !(value_of(text[from]) & NOT_BASE64))
        from++;
    return from;
}

bool base64_decode(const char *text, size_t length, uint8_t *out, size_t *size_out, size_t *bad_out)
{
    size_t at = 0;
    uint8_t *to = out;
    *size_out = 0;
    for (; at + 4 < length; at += 4, to += 3)
        if (!quad(text + at, to))
            break;
    size_t last = at + 4 == length ? last_quad(text + at, to) : 0;
    *size_out = (size_t)(to - out) + last;
    if (last > 0 || length == 0)
        return true;
    *bad_out = first_bad(text, at, length);
    return false;
}
