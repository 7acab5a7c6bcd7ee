/* hash.h: a fast 64-bit hash of bytes, XXH64: to detect damage and tell contents apart, not to
 * withstand an attacker. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of `size` bytes, the same on every machine. About as fast as memory can be read. */
uint64_t hash_bytes(const void *data, size_t size, uint64_t seed);

#endif
