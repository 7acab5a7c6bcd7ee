/* hash.c: XXH64 as specified: four lanes of eight bytes, then the rest. */
#include "base/hash.h"

#include <endian.h>
#include <string.h>

static const uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F,
                      prime3 = 0x165667B19E3779F9, prime4 = 0x85EBCA77C2B2AE63,
                      prime5 = 0x27D4EB2F165667C5;

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline uint64_t word(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return le64toh(x);
}

static inline uint64_t round_of(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * prime2, 31) * prime1;
}

static inline uint64_t merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ round_of(0, lane)) * prime1 + prime4;
}

/* The whole stripes of 32 bytes. */
static uint64_t hash_stripes(const uint8_t **p, const uint8_t *end, uint64_t seed)
{
    uint64_t a = seed + prime1 + prime2, b = seed + prime2, c = seed, d = seed - prime1;
    for (; end - *p >= 32; *p += 32) {
        a = round_of(a, word(*p));
        b = round_of(b, word(*p + 8));
        c = round_of(c, word(*p + 16));
        d = round_of(d, word(*p + 24));
    }
    uint64_t hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(hash, a), b), c), d);
}

static uint64_t hash_rest(const uint8_t *p, const uint8_t *end, uint64_t hash)
{
    uint32_t half;
    for (; end - p >= 8; p += 8)
        hash = rotate(hash ^ round_of(0, word(p)), 27) * prime1 + prime4;
    if (end - p >= 4) {
        memcpy(&half, p, sizeof half);
        hash = rotate(hash ^ le32toh(half) * prime1, 23) * prime2 + prime3;
        p += 4;
    }
    for (; p < end; p++)
        hash = rotate(hash ^ *p * prime5, 11) * prime1;
    return hash;
}

uint64_t hash_bytes(const void *data, size_t size, uint64_t seed)
{
    const uint8_t *p = data, *end = p + size;
    uint64_t hash = size >= 32 ? hash_stripes(&p, end, seed) : seed + prime5;
    hash = hash_rest(p, end, hash + size);
    hash = (hash ^ hash >> 33) * prime2;
    hash = (hash ^ hash >> 29) * prime3;
    return hash ^ hash >> 32;
}
