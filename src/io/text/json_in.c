#include "io/text/json_in.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "io/text/captions.h"

/* JSON begins with a character of ASCII: in UTF-16 one of its first two bytes is zero. */
static bool is_utf16(const uint8_t *data, size_t size)
{
    return size >= 2 && (data[0] == 0) != (data[1] == 0);
}

int json_in_begin(const char *path, const uint8_t **data, size_t *size, struct error *err)
{
    if (*size == 0)
        return error_at(err, path, -1, "is empty, not JSON");
    if (text_check(path, *data, *size, err) != 0)
        return -1;
    if (is_utf16(*data, *size))
        return error_at(err, path, -1, "is UTF-16 text; save it as UTF-8");
    if (*size >= 3 && memcmp(*data, "\xef\xbb\xbf", 3) == 0) {
        *data += 3;
        *size -= 3;
    }
    return 0;
}

int json_in_parse(const char *path, const void *data, size_t size, size_t flags, json_t **out,
                  struct error *err)
{
    json_error_t where;
    const uint8_t *at = data;
    *out = NULL;
    if (json_in_begin(path, &at, &size, err) != 0)
        return -1;
    *out = json_loadb((const char *)at, size, flags, &where);
    if (*out)
        return 0;
    return error_at(err, path, (at - (const uint8_t *)data) + where.position,
                    "is not JSON: line %d, column %d: %s", where.line, where.column, where.text);
}
