#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Control characters and what turns the direction of text become '?'; bytes that are not UTF-8
 * stay. */
static void make_printable(char *text)
{
    size_t left = strlen(text), n;
    for (; left > 0; text += n, left -= n) {
        if (utf8_is_unprintable(utf8_next(text, left, &n)))
            memset(text, '?', n);
    }
}

static void append(struct error *err, const char *format, va_list args)
{
    size_t used = strlen(err->text);
    vsnprintf(err->text + used, sizeof err->text - used, format, args);
    make_printable(err->text);
}

int error_set(struct error *err, const char *format, ...)
{
    if (!err)
        return -1;
    va_list args;
    va_start(args, format);
    err->text[0] = '\0';
    err->question = false;
    append(err, format, args);
    va_end(args);
    return -1;
}

int error_at(struct error *err, const char *file, int64_t offset, const char *format, ...)
{
    if (!err)
        return -1;
    err->question = false;
    if (offset >= 0)
        snprintf(err->text, sizeof err->text, "%s: at byte %lld: ", file, (long long)offset);
    else
        snprintf(err->text, sizeof err->text, "%s: ", file);
    va_list args;
    va_start(args, format);
    append(err, format, args);
    va_end(args);
    return -1;
}

int error_errno(struct error *err, const char *file, const char *verb)
{
    return error_at(err, file, -1, "cannot %s: %s", verb, strerror(errno));
}

int error_prefix(struct error *err, const char *file)
{
    if (!err)
        return -1;
    struct error inner = *err;
    error_set(err, "%s: %s", file, inner.text);
    err->question = inner.question;
    return -1;
}

const char *error_without(const char *text, const char *file)
{
    size_t n = file ? strlen(file) : 0;
    bool about = n > 0 && strncmp(text, file, n) == 0 && strncmp(text + n, ": ", 2) == 0;
    return about ? text + n + 2 : text;
}
