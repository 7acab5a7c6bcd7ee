/* checkpoint_group.c: the parts of a model whose tensors are in one list. */
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/torch/checkpoint.h"

static const char *const prefixes[] = {"img_enc.", "txt_enc."};
enum { PARTS = COUNTOF(prefixes) };

/* The part that a tensor's name says, PARTS if none. */
static size_t part_of(const char *name)
{
    size_t part = 0;
    while (part < PARTS && strncmp(name, prefixes[part], strlen(prefixes[part])) != 0)
        part++;
    return part;
}

static bool has_parts(const struct tensor_group *flat)
{
    for (size_t i = 0; i < flat->count; i++)
        if (part_of(flat->tensors[i].name) < PARTS)
            return true;
    return false;
}

static void add(struct tensor_group *to, const struct tensor *tensor, size_t skip)
{
    MEM_ROOM(to->tensors, to->count, to->cap);
    struct tensor *t = &to->tensors[to->count++];
    *t = *tensor;
    memmove(t->name, t->name + skip, strlen(t->name + skip) + 1);
}

void checkpoint_group(struct checkpoint *c, struct tensor_group *flat)
{
    bool parts = has_parts(flat), others = false;
    for (size_t i = 0; i < flat->count; i++)
        others |= part_of(flat->tensors[i].name) == PARTS;
    size_t count = parts ? PARTS + others : 1;
    c->groups = mem_grow(c->groups, count, sizeof *c->groups);
    memset(c->groups, 0, count * sizeof *c->groups);
    c->group_count = count;
    c->has_model = flat->count > 0;
    for (size_t i = 0; i < flat->count; i++) {
        size_t part = parts ? part_of(flat->tensors[i].name) : 0;
        add(&c->groups[part], &flat->tensors[i],
            parts && part < PARTS ? strlen(prefixes[part]) : 0);
    }
    free(flat->tensors);
    *flat = (struct tensor_group){0};
}
