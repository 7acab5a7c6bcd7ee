/* bytes.h: a bounded reader of bytes in memory. It gives n bytes or nothing; a parser of a foreign
 * file reads through it and never by pointer arithmetic of its own. The bytes belong to the caller.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bytes {
    const uint8_t *data;
    size_t size, at;
};

static inline size_t bytes_left(const struct bytes *b)
{
    return b->size - b->at;
}

/* The next n bytes, or NULL (and nothing is consumed) when fewer are left. */
const uint8_t *bytes_take(struct bytes *b, size_t n) MUST_USE;

/* The next bytes up to and without `end`, which is consumed; NULL when `end` does not come. */
const uint8_t *bytes_until(struct bytes *b, uint8_t end, size_t *length_out) MUST_USE;

bool bytes_u8(struct bytes *b, uint8_t *out) MUST_USE;
bool bytes_u16le(struct bytes *b, uint16_t *out) MUST_USE;
bool bytes_u32le(struct bytes *b, uint32_t *out) MUST_USE;
bool bytes_u64le(struct bytes *b, uint64_t *out) MUST_USE;
bool bytes_u64be(struct bytes *b, uint64_t *out) MUST_USE;

#endif
