/* hash.h: a fast 64-bit hash of bytes, XXH64: against damage and to tell contents apart, not
 * against somebody who means harm. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The same on every machine. About as fast as memory gives the bytes. */
uint64_t hash_bytes(const void *data, size_t size, uint64_t seed);

#endif
