#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Blocks of LARGE bytes and more lie in huge pages if the system has them. */
enum { ALIGNMENT = 64, HUGE_PAGE = 1 << 21, LARGE = 4 * HUGE_PAGE };

static void out_of_memory(void)
{
    fputs("scanscope: out of memory\n", stderr);
    exit(1);
}

bool mem_mul(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

void *mem_try(size_t count, size_t size)
{
    size_t bytes;
    if (!mem_mul(count, size, &bytes) || bytes > SIZE_MAX / 2 - ALIGNMENT)
        return NULL;
    size_t alignment = bytes < LARGE ? ALIGNMENT : HUGE_PAGE;
    bytes = (bytes / alignment + 1) * alignment;
    void *block = aligned_alloc(alignment, bytes);
    if (!block)
        return NULL;
    if (alignment == HUGE_PAGE)
        madvise(block, bytes, MADV_HUGEPAGE); /* streaming is a third faster; harmless if refused */
    memset(block, 0, bytes);
    return block;
}

int mem_alloc(void *pointer_out, size_t count, size_t size, const char *what, struct error *err)
{
    void *block = mem_try(count, size);
    if (!block)
        return error_set(err, "not enough memory for %s (%zu x %zu bytes)", what, count, size);
    memcpy(pointer_out, &block, sizeof block);
    return 0;
}

void *mem_new(size_t count, size_t size)
{
    void *block = mem_try(count, size);
    if (!block)
        out_of_memory();
    return block;
}

void *mem_grow(void *old, size_t count, size_t size)
{
    void *block = reallocarray(old, count ? count : 1, size);
    if (!block)
        out_of_memory();
    return block;
}

char *mem_strdup(const char *text)
{
    return text ? mem_strndup(text, strlen(text)) : NULL;
}

void mem_replace(char **text, const char *with)
{
    char *copy = mem_strdup(with);
    free(*text);
    *text = copy;
}

char *mem_strndup(const char *text, size_t n)
{
    if (!text)
        return NULL;
    char *copy = strndup(text, n);
    if (!copy)
        out_of_memory();
    return copy;
}

char *mem_vprintf(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        out_of_memory();
    return text;
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    return text;
}
