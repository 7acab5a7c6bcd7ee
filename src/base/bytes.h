/* bytes.h: a bounded reader of bytes in memory. It gives n bytes or nothing; parsers of foreign
 * files read through it and do no pointer arithmetic of their own. The bytes are the caller's. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bytes {
    const uint8_t *data;
    size_t size, at; /* at: the next byte; at <= size */
};

/* How many bytes are left. */
static inline size_t bytes_left(const struct bytes *b)
{
    assert(b->at <= b->size);
    return b->size - b->at;
}

/* The next n bytes, inside `data`; NULL, with nothing consumed, if fewer are left. */
const uint8_t *bytes_take(struct bytes *b, size_t n) MUST_USE;

/* The bytes before the next `end`, inside `data`; `end` is consumed, too. NULL, with nothing
 * consumed, if there is no `end`. */
const uint8_t *bytes_until(struct bytes *b, uint8_t end, size_t *length_out) MUST_USE;

/* The next integer of 8, 16, 32 or 64 bits, little- or big-endian; false, with nothing consumed, if
 * fewer bytes are left. */
bool bytes_u8(struct bytes *b, uint8_t *out) MUST_USE;
bool bytes_u16le(struct bytes *b, uint16_t *out) MUST_USE;
bool bytes_u32le(struct bytes *b, uint32_t *out) MUST_USE;
bool bytes_u64le(struct bytes *b, uint64_t *out) MUST_USE;
bool bytes_u64be(struct bytes *b, uint64_t *out) MUST_USE;

#endif
