#include "io/text/json_in.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "io/text/captions.h"
#include "io/text/encoding.h"

int json_in_begin(const char *path, const uint8_t **data, size_t *size, struct error *err)
{
    if (*size == 0)
        return error_at(err, path, -1, "is empty, not JSON");
    size_t mark;
    enum encoding encoding = encoding_find(*data, *size, &mark);
    bool named = encoding == ENCODING_BYTES || encoding == ENCODING_BINARY;
    if (named && text_check(path, *data, *size, err) != 0)
        return -1;
    if (encoding != ENCODING_BYTES)
        return error_at(err, path, -1, "is %s, not JSON in UTF-8",
                        encoding_name(encoding, mark > 0));
    *data += mark;
    *size -= mark;
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
