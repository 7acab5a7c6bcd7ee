#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "io/torch/pickle_private.h"

enum { NUMBER_LENGTH = 64 };

/* The line as a string, for the C library's number parsers. */
static int number_line(struct pickle_machine *m, char out[NUMBER_LENGTH])
{
    size_t length;
    const uint8_t *line = bytes_until(m->in, '\n', &length);
    if (!line)
        return pickle_machine_truncated(m);
    if (length == 0 || length >= NUMBER_LENGTH)
        return pickle_machine_fail(m, "malformed pickle: a number of %zu digits", length);
    memcpy(out, line, length);
    out[length] = '\0';
    return 0;
}

/* "I12", "I01" (True); "L12L". */
int pickle_machine_text_int(struct pickle_machine *m, int with_suffix)
{
    char text[NUMBER_LENGTH], *end;
    if (number_line(m, text) != 0)
        return -1;
    bool is_bool = !with_suffix && (strcmp(text, "00") == 0 || strcmp(text, "01") == 0);
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (with_suffix && *end == 'L')
        end++;
    if (errno != 0 || *end != '\0')
        return pickle_machine_fail(m, "malformed pickle: not an integer");
    struct pickle_value *value = pickle_machine_value(m, is_bool ? PICKLE_BOOL : PICKLE_INT);
    if (!value)
        return -1;
    value->integer = number;
    return pickle_machine_push(m, value);
}

int pickle_machine_text_float(struct pickle_machine *m, int unused)
{
    (void)unused;
    char text[NUMBER_LENGTH], *end;
    if (number_line(m, text) != 0)
        return -1;
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    double number = strtod_l(text, &end, plain);
    freelocale(plain);
    if (*end != '\0')
        return pickle_machine_fail(m, "malformed pickle: not a number");
    struct pickle_value *value = pickle_machine_value(m, PICKLE_FLOAT);
    if (!value)
        return -1;
    value->number = number;
    return pickle_machine_push(m, value);
}

/* Reads n hexadecimal digits; false if they are not. */
static bool hexadecimal(const uint8_t *text, size_t left, size_t n, uint32_t *out)
{
    *out = 0;
    if (left < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = text[i] ? strchr(digits, text[i] | 0x20) : NULL;
        if (!digit)
            return false;
        *out = *out << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* What follows a backslash in Python's repr of a string: its byte, and how many characters it
 * takes; 0 if unknown. */
static size_t escape(const uint8_t *text, size_t left, uint8_t *out)
{
    static const char names[] = "\\'\"nrtabfv", bytes[] = "\\'\"\n\r\t\a\b\f\v";
    uint32_t code;
    if (left > 0 && text[0] == 'x' && hexadecimal(text + 1, left - 1, 2, &code)) {
        *out = (uint8_t)code;
        return 3;
    }
    const char *name = left > 0 && text[0] ? strchr(names, text[0]) : NULL;
    if (!name)
        return 0;
    *out = (uint8_t)bytes[name - names];
    return 1;
}

/* A Python 2 str as its repr: 'a\x00b'. */
int pickle_machine_text_string(struct pickle_machine *m, int unused)
{
    (void)unused;
    size_t length, used, count = 0;
    const uint8_t *line = bytes_until(m->in, '\n', &length);
    if (!line)
        return pickle_machine_truncated(m);
    if (length < 2 || (line[0] != '\'' && line[0] != '"') || line[length - 1] != line[0])
        return pickle_machine_fail(m, "malformed pickle: a string without its quotes");
    uint8_t *bytes;
    struct pickle_value *value = pickle_machine_decoded(m, PICKLE_BYTES, length, &bytes);
    if (!value)
        return -1;
    for (size_t i = 1; i < length - 1; i += used) {
        used = 1;
        bytes[count] = line[i];
        if (line[i] == '\\') {
            size_t taken = escape(line + i + 1, length - 2 - i, &bytes[count]);
            if (taken == 0)
                return pickle_machine_fail(m, "malformed pickle: a string with an unknown escape");
            used += taken;
        }
        count++;
    }
    value->bytes.size = count;
    return pickle_machine_push(m, value);
}

/* A Python unicode in raw-unicode-escape: Latin-1, and \uXXXX or \UXXXXXXXX for the rest. */
int pickle_machine_text_unicode(struct pickle_machine *m, int unused)
{
    (void)unused;
    size_t length, used, count = 0;
    const uint8_t *line = bytes_until(m->in, '\n', &length);
    if (!line)
        return pickle_machine_truncated(m);
    uint8_t *bytes;
    struct pickle_value *value = pickle_machine_decoded(m, PICKLE_TEXT, 2 * length, &bytes);
    if (!value)
        return -1;
    for (size_t i = 0; i < length; i += used) {
        uint32_t code = line[i], wide;
        size_t left = length - i;
        used = 1;
        size_t digits = left > 1 && line[i + 1] == 'u' ? 4 : left > 1 && line[i + 1] == 'U' ? 8 : 0;
        if (line[i] == '\\' && digits && hexadecimal(line + i + 2, left - 2, digits, &wide)) {
            code = wide <= 0x10ffff ? wide : 0xfffd;
            used = 2 + digits;
        }
        count += utf8_put(code, (char *)bytes + count);
    }
    value->bytes.size = count;
    return pickle_machine_push(m, value);
}
