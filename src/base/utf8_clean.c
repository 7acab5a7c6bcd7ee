/* utf8_clean.c: apart from utf8.c, which errors are made with. */
#include "base/str.h"
#include "base/utf8.h"

char *utf8_clean(const char *text, size_t n)
{
    struct str clean = {0};
    for (size_t at = 0, bytes; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        if (utf8_is_unprintable(code))
            code = ' ';
        char out[4];
        str_add_n(&clean, out, utf8_put(code, out));
    }
    return str_take(&clean);
}
