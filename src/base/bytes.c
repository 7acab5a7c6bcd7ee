#include "base/bytes.h"

#include <string.h>

const uint8_t *bytes_take(struct bytes *b, size_t n)
{
    if (n > bytes_left(b))
        return NULL;
    const uint8_t *start = b->data + b->at;
    b->at += n;
    return start;
}

const uint8_t *bytes_until(struct bytes *b, uint8_t end, size_t *length_out)
{
    if (bytes_left(b) == 0)
        return NULL;
    const uint8_t *start = b->data + b->at;
    const uint8_t *stop = memchr(start, end, bytes_left(b));
    if (!stop)
        return NULL;
    *length_out = (size_t)(stop - start);
    b->at += *length_out + 1;
    return start;
}

static bool little_endian(struct bytes *b, size_t n, uint64_t *out)
{
    const uint8_t *p = bytes_take(b, n);
    if (!p)
        return false;
    *out = 0;
    for (size_t i = n; i-- > 0;)
        *out = *out << 8 | p[i];
    return true;
}

#define LITTLE_ENDIAN_READER(name, type)                                                           \
    bool name(struct bytes *b, type *out)                                                          \
    {                                                                                              \
        uint64_t value;                                                                            \
        if (!little_endian(b, sizeof *out, &value))                                                \
            return false;                                                                          \
        *out = (type)value;                                                                        \
        return true;                                                                               \
    }

LITTLE_ENDIAN_READER(bytes_u8, uint8_t)
LITTLE_ENDIAN_READER(bytes_u16le, uint16_t)
LITTLE_ENDIAN_READER(bytes_u32le, uint32_t)
LITTLE_ENDIAN_READER(bytes_u64le, uint64_t)

bool bytes_u64be(struct bytes *b, uint64_t *out)
{
    if (!bytes_u64le(b, out))
        return false;
    *out = __builtin_bswap64(*out);
    return true;
}
