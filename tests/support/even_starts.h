/* even_starts.h: where the regions of n images begin that have equally many. */
#ifndef TESTS_SUPPORT_EVEN_STARTS_H
#define TESTS_SUPPORT_EVEN_STARTS_H

#include <stddef.h>

/* out: n + 1. Returns out. */
static inline size_t *even_starts(size_t n, size_t each, size_t *out)
{
    for (size_t i = 0; i <= n; i++)
        out[i] = i * each;
    return out;
}

#endif
