#include "base/utf8.h"

#include <assert.h>

enum { REPLACEMENT = 0xfffd };

static size_t sequence_length(unsigned char lead)
{
    return lead < 0x80   ? 1
           : lead < 0xc2 ? 0
           : lead < 0xe0 ? 2
           : lead < 0xf0 ? 3
           : lead < 0xf5 ? 4
                         : 0;
}

uint32_t utf8_next(const char *text, size_t n, size_t *bytes_out)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    assert(n > 0);
    const unsigned char *s = (const unsigned char *)text;
    size_t length = sequence_length(s[0]);
    *bytes_out = 1;
    if (length == 1)
        return s[0];
    if (length == 0 || length > n)
        return REPLACEMENT;
    uint32_t code = s[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (s[i] & 0x3fu);
    }
    if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return REPLACEMENT;
    *bytes_out = length;
    return code;
}

bool utf8_valid(const char *text, size_t n)
{
    for (size_t at = 0, bytes; at < n; at += bytes)
        if (utf8_next(text + at, n - at, &bytes) == 0xfffd && bytes == 1)
            return false;
    return true;
}

size_t utf8_put(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(0xf0u << (4 - length) | code);
    return length;
}

bool utf8_is_unprintable(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}
