#include "io/text/json_scan.h"

#include <string.h>

#include "base/utf8.h"
#include "io/text/captions.h"
#include "io/text/json_in.h"

static void skip_between(struct bytes *b)
{
    while (bytes_left(b) > 0 && b->data[b->at] != '\0' && strchr(" \t\r\n,:", b->data[b->at]))
        b->at++;
}

static bool hex4(struct bytes *b, uint32_t *out)
{
    const uint8_t *digits = bytes_take(b, 4);
    *out = 0;
    for (int i = 0; digits && i < 4; i++) {
        uint8_t c = digits[i], lower = c | 0x20;
        int value = c >= '0' && c <= '9'           ? c - '0'
                    : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                   : -1;
        if (value < 0)
            return false;
        *out = *out << 4 | (uint32_t)value;
    }
    return digits != NULL;
}

/* \uXXXX, or the two of a surrogate pair; a lone surrogate becomes U+FFFD. */
static bool unicode_escape(struct json_scan *s)
{
    uint32_t code, low;
    if (!hex4(&s->bytes, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && bytes_left(&s->bytes) >= 6 &&
        memcmp(s->bytes.data + s->bytes.at, "\\u", 2) == 0) {
        s->bytes.at += 2;
        if (!hex4(&s->bytes, &low))
            return false;
        code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
                                             : 0xfffd;
    }
    if ((code >= 0xd800 && code < 0xe000) || code == 0)
        code = 0xfffd;
    char utf8[4];
    str_add_n(&s->text, utf8, utf8_put(code, utf8));
    return true;
}

static bool escape(struct json_scan *s)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint8_t c;
    if (!bytes_u8(&s->bytes, &c))
        return false;
    if (c == 'u')
        return unicode_escape(s);
    const char *at = c ? strchr(names, c) : NULL;
    if (at)
        str_add_n(&s->text, &values[at - names], 1);
    return at != NULL;
}

/* After the opening quote. */
static enum json_token string(struct json_scan *s)
{
    struct bytes *b = &s->bytes;
    for (;;) {
        size_t start = b->at;
        while (bytes_left(b) > 0 && b->data[b->at] != '"' && b->data[b->at] != '\\')
            b->at++;
        str_add_n(&s->text, (const char *)b->data + start, b->at - start);
        uint8_t c;
        if (!bytes_u8(b, &c))
            return JSON_SCAN_BAD;
        if (c == '"')
            break;
        if (!escape(s))
            return JSON_SCAN_BAD;
    }
    size_t after = b->at;
    while (after < b->size && strchr(" \t\r\n", b->data[after]) && b->data[after] != '\0')
        after++;
    return after < b->size && b->data[after] == ':' ? JSON_SCAN_KEY : JSON_SCAN_STRING;
}

static enum json_token plain(struct json_scan *s)
{
    struct bytes *b = &s->bytes;
    size_t start = b->at;
    while (bytes_left(b) > 0) {
        uint8_t c = b->data[b->at], lower = c | 0x20;
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '+' &&
            c != '.')
            break;
        b->at++;
    }
    if (b->at == start)
        return JSON_SCAN_BAD;
    str_add_n(&s->text, (const char *)b->data + start, b->at - start);
    uint8_t first = b->data[start];
    return first == '-' || (first >= '0' && first <= '9') ? JSON_SCAN_NUMBER : JSON_SCAN_WORD;
}

static enum json_token bracket(struct json_scan *s, char c)
{
    s->bytes.at++;
    if (c == '{' || c == '[') {
        if (s->depth == (int)sizeof s->brackets)
            return JSON_SCAN_BAD;
        s->brackets[s->depth++] = c;
        return JSON_SCAN_OPEN;
    }
    if (s->depth == 0 || s->brackets[s->depth - 1] != (c == '}' ? '{' : '['))
        return JSON_SCAN_BAD;
    s->depth--;
    return JSON_SCAN_CLOSE;
}

int json_scan_begin(struct json_scan *s, const char *path, const uint8_t *data, size_t size,
                    struct error *err)
{
    const uint8_t *start = data;
    size_t left = size;
    *s = (struct json_scan){.bytes = {.data = data, .size = size}};
    if (json_in_begin(path, &start, &left, err) != 0)
        return -1;
    s->bytes.at = size - left;
    return 0;
}

enum json_token json_scan_next(struct json_scan *s)
{
    skip_between(&s->bytes);
    str_clear(&s->text);
    if (bytes_left(&s->bytes) == 0)
        return s->depth == 0 ? JSON_SCAN_END : JSON_SCAN_BAD;
    uint8_t c = s->bytes.data[s->bytes.at];
    if (c == '"') {
        s->bytes.at++;
        return string(s);
    }
    if (c == '{' || c == '[' || c == '}' || c == ']')
        return bracket(s, (char)c);
    return plain(s);
}
