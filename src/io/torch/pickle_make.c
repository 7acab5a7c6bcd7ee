#include "io/torch/pickle_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { SHOWN_NAME = 120 };

int machine_fail(struct machine *m, const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return error_at(m->err, m->path, (int64_t)m->at, "%s", reason);
}

int machine_truncated(struct machine *m)
{
    return machine_fail(m, "truncated: the pickle ends inside an instruction");
}

int machine_work(struct machine *m, size_t n)
{
    if (n > PICKLE_MAX_WORK - m->work)
        return machine_fail(m, "more than %d instructions: too large for a checkpoint",
                            PICKLE_MAX_WORK);
    m->work += n;
    return 0;
}

int machine_room(struct machine *m, void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return 0;
    size_t wanted = *cap ? 2 * *cap : 16;
    while (wanted <= count)
        wanted *= 2;
    void *old;
    memcpy(&old, array, sizeof old);
    void *grown = reallocarray(old, wanted, size);
    if (!grown)
        return machine_fail(m, "not enough memory for the pickle");
    memcpy(array, &grown, sizeof grown);
    *cap = wanted;
    return 0;
}

struct pickle_value *machine_value(struct machine *m, enum pickle_kind kind)
{
    struct pickle *p = m->out;
    if (p->count == PICKLE_MAX_VALUES) {
        machine_fail(m, "more than %d values: too large for a checkpoint", PICKLE_MAX_VALUES);
        return NULL;
    }
    size_t block = p->count / PICKLE_BLOCK;
    if (p->count % PICKLE_BLOCK == 0) {
        if (machine_room(m, &p->blocks, block, &p->block_cap, sizeof *p->blocks) != 0)
            return NULL;
        p->blocks[block] = calloc(PICKLE_BLOCK, sizeof **p->blocks);
        if (!p->blocks[block]) {
            machine_fail(m, "not enough memory for the pickle");
            return NULL;
        }
    }
    struct pickle_value *value = &p->blocks[block][p->count++ % PICKLE_BLOCK];
    value->kind = kind;
    return value;
}

int machine_push(struct machine *m, struct pickle_value *value)
{
    if (!value || machine_room(m, &m->stack, m->depth, &m->stack_cap, sizeof *m->stack) != 0)
        return -1;
    m->stack[m->depth++] = value;
    return 0;
}

struct pickle_value *machine_pop(struct machine *m)
{
    size_t floor = m->mark_count ? m->marks[m->mark_count - 1] : 0;
    if (m->depth <= floor) {
        machine_fail(m, "malformed pickle: it takes more from the stack than there is");
        return NULL;
    }
    return m->stack[--m->depth];
}

/* A container is nested one deeper than what it holds. */
static int nest(struct machine *m, struct pickle_value *outer, const struct pickle_value *inner)
{
    if (inner->nesting >= PICKLE_MAX_NESTING)
        return machine_fail(m, "nested more than %d deep", PICKLE_MAX_NESTING);
    if (outer->nesting <= inner->nesting)
        outer->nesting = (uint16_t)(inner->nesting + 1);
    return 0;
}

int machine_append(struct machine *m, struct pickle_value *list, struct pickle_value *item)
{
    if (nest(m, list, item) != 0 || machine_work(m, 1) != 0 ||
        machine_room(m, &list->list.items, list->list.count, &list->list.cap,
                     sizeof *list->list.items) != 0)
        return -1;
    list->list.items[list->list.count++] = item;
    return 0;
}

struct pickle_value *machine_decoded(struct machine *m, enum pickle_kind kind, size_t size,
                                     uint8_t **bytes_out)
{
    size_t limit = 2 * (m->in->size - m->start) + (1 << 20);
    if (size > limit - m->decoded) {
        machine_fail(m, "its texts decode to more than %zu bytes", limit);
        return NULL;
    }
    struct pickle_value *value = machine_value(m, kind);
    if (!value)
        return NULL;
    *bytes_out = malloc(size + 1);
    if (!*bytes_out) {
        machine_fail(m, "not enough memory for the pickle");
        return NULL;
    }
    m->decoded += size;
    value->owned = true;
    value->bytes.data = *bytes_out;
    value->bytes.size = size;
    return value;
}

int machine_global(struct machine *m, const uint8_t *module, size_t module_size,
                   const uint8_t *name, size_t name_size)
{
    const struct global *known = global_find(module, module_size, name, name_size);
    if (!known && !m->open_globals)
        return machine_fail(
            m, "it wants Python's %.*s.%.*s, which is not allowed in a checkpoint",
            module_size < SHOWN_NAME ? (int)module_size : SHOWN_NAME, (const char *)module,
            name_size < SHOWN_NAME ? (int)name_size : SHOWN_NAME, (const char *)name);
    struct pickle_value *value = machine_value(m, PICKLE_GLOBAL);
    if (!value || module_size > UINT32_MAX || name_size > UINT32_MAX)
        return -1;
    value->global.known = known;
    value->global.module = module, value->global.module_size = (uint32_t)module_size;
    value->global.name = name, value->global.name_size = (uint32_t)name_size;
    return machine_push(m, value);
}

/* dict(items) of pairs, as OrderedDict was written by Python 2. */
static int make_dict(struct machine *m, struct pickle_value *args)
{
    struct pickle_value *dict = machine_value(m, PICKLE_DICT);
    const struct pickle_value *pairs = pickle_item(args, 0);
    if (!dict)
        return -1;
    for (size_t i = 0; i < pickle_count(pairs); i++) {
        const struct pickle_value *pair = pickle_item(pairs, i);
        if (pickle_count(pair) != 2)
            return machine_fail(m, "malformed pickle: a dict of something else than pairs");
        if (machine_append(m, dict, pair->list.items[0]) != 0 ||
            machine_append(m, dict, pair->list.items[1]) != 0)
            return -1;
    }
    return machine_push(m, dict);
}

static int make_list(struct machine *m, struct pickle_value *args)
{
    struct pickle_value *list = machine_value(m, PICKLE_LIST);
    const struct pickle_value *items = pickle_item(args, 0);
    if (!list)
        return -1;
    for (size_t i = 0; i < pickle_count(items); i++)
        if (machine_append(m, list, items->list.items[i]) != 0)
            return -1;
    return machine_push(m, list);
}

/* encode(text, "latin1"): each code point below 256 was a byte. */
static int make_encoded(struct machine *m, struct pickle_value *args)
{
    const char *text;
    size_t length, used, count = 0;
    const struct pickle_value *encoding = pickle_item(args, 1);
    if (!pickle_text(pickle_item(args, 0), &text, &length) ||
        (!pickle_is(encoding, "latin1") && !pickle_is(encoding, "latin-1")))
        return machine_fail(m, "malformed pickle: bytes in an encoding that is not latin1");
    uint8_t *bytes;
    struct pickle_value *value = machine_decoded(m, PICKLE_BYTES, length, &bytes);
    if (!value)
        return -1;
    for (size_t i = 0; i < length; i += used) {
        uint32_t code = utf8_next(text + i, length - i, &used);
        if (code > 255)
            return machine_fail(m, "malformed pickle: bytes that are not latin1");
        bytes[count++] = (uint8_t)code;
    }
    value->bytes.size = count;
    return machine_push(m, value);
}

/* bytes(), bytearray(b"..."): the bytes as they are; bytearray(text, "latin-1") is Python 3's
 * protocol 2. */
static int make_bytes(struct machine *m, struct pickle_value *args)
{
    struct pickle_value *value = args->list.count ? args->list.items[0] : NULL;
    if (value && value->kind == PICKLE_BYTES)
        return machine_push(m, value);
    if (value)
        return make_encoded(m, args);
    value = machine_value(m, PICKLE_BYTES);
    if (value)
        value->bytes.data = (const uint8_t *)"";
    return machine_push(m, value);
}

static int make_object(struct machine *m, struct pickle_value *callable, struct pickle_value *args)
{
    struct pickle_value *object = machine_value(m, PICKLE_OBJECT);
    if (!object || nest(m, object, callable) != 0 || nest(m, object, args) != 0)
        return -1;
    object->object.callable = callable;
    object->object.args = args;
    return machine_push(m, object);
}

/* _reconstructor(class, object, None) is class() of protocols 0 and 1. */
static int make_reconstructed(struct machine *m, struct pickle_value *args)
{
    struct pickle_value *empty = machine_value(m, PICKLE_TUPLE);
    if (!empty)
        return -1;
    if (args->list.count < 1 || args->list.items[0]->kind != PICKLE_GLOBAL)
        return machine_fail(m, "malformed pickle: an object of no class");
    return make_object(m, args->list.items[0], empty);
}

int machine_call(struct machine *m, struct pickle_value *callable, struct pickle_value *args)
{
    if (args->kind != PICKLE_TUPLE)
        return machine_fail(m, "malformed pickle: a call without arguments");
    if (callable->kind != PICKLE_GLOBAL && !m->open_globals)
        return machine_fail(
            m, "it calls something that is no plain name: not allowed in a checkpoint");
    if (callable->kind != PICKLE_GLOBAL || !callable->global.known)
        return make_object(m, callable, args);
    switch (callable->global.known->role) {
    case ROLE_DICT:
        return make_dict(m, args);
    case ROLE_LIST:
        return make_list(m, args);
    case ROLE_BYTES:
        return make_bytes(m, args);
    case ROLE_ENCODE:
        return make_encoded(m, args);
    case ROLE_RECONSTRUCTOR:
        return make_reconstructed(m, args);
    default:
        return make_object(m, callable, args);
    }
}
