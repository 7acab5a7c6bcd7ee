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

bool bytes_u8(struct bytes *b, uint8_t *out)
{
    uint64_t value;
    if (!little_endian(b, 1, &value))
        return false;
    *out = (uint8_t)value;
    return true;
}

bool bytes_u16le(struct bytes *b, uint16_t *out)
{
    uint64_t value;
    if (!little_endian(b, 2, &value))
        return false;
    *out = (uint16_t)value;
    return true;
}

bool bytes_u32le(struct bytes *b, uint32_t *out)
{
    uint64_t value;
    if (!little_endian(b, 4, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

bool bytes_u64le(struct bytes *b, uint64_t *out)
{
    return little_endian(b, 8, out);
}

bool bytes_u64be(struct bytes *b, uint64_t *out)
{
    uint64_t value;
    if (!little_endian(b, 8, &value))
        return false;
    *out = __builtin_bswap64(value);
    return true;
}
