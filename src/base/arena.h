/* arena.h: one allocation carved into pieces. Run the same carving code twice: first with `base`
 * NULL, which only adds up the size needed, then with a block of that size. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
    char *base;  /* 64-byte aligned, or NULL while measuring */
    size_t used; /* bytes so far */
};

/* The next `count` elements of `size` bytes, 64-byte aligned, inside the arena's block; NULL while
 * measuring. */
static inline void *arena_take(struct arena *arena, size_t count, size_t size)
{
    void *piece = arena->base ? arena->base + arena->used : NULL;
    arena->used += (count * size + 63) / 64 * 64;
    return piece;
}

#endif
