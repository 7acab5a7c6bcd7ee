#include "base/ascending.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ASCENDING(name, type)                                                                      \
    int name(const void *a, const void *b)                                                         \
    {                                                                                              \
        type x = *(const type *)a, y = *(const type *)b;                                           \
        return (x > y) - (x < y);                                                                  \
    }

ASCENDING(ascending_double, double)
ASCENDING(ascending_int32, int32_t)
ASCENDING(ascending_uint32, uint32_t)
ASCENDING(ascending_size, size_t)

int ascending_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int ascending_version(const void *a, const void *b)
{
    return strverscmp(*(char *const *)a, *(char *const *)b);
}
