#include "io/torch/pickle_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { SHOWN_NAME = 120 };

int pickle_machine_fail(struct pickle_machine *m, const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return error_at(m->err, m->path, (int64_t)m->at, "%s", reason);
}

int pickle_machine_truncated(struct pickle_machine *m)
{
    return pickle_machine_fail(m, "truncated: the pickle ends inside an instruction");
}

int pickle_machine_work(struct pickle_machine *m, size_t n)
{
    if (n > PICKLE_MAX_WORK - m->work)
        return pickle_machine_fail(m, "more than %d instructions: too large for a checkpoint",
                                   PICKLE_MAX_WORK);
    m->work += n;
    return 0;
}

int pickle_machine_reserve(struct pickle_machine *m, void *array, size_t count, size_t *cap,
                           size_t size)
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
        return pickle_machine_fail(m, "not enough memory for the pickle");
    memcpy(array, &grown, sizeof grown);
    *cap = wanted;
    return 0;
}

struct pickle_value *pickle_machine_value(struct pickle_machine *m, enum pickle_kind kind)
{
    struct pickle *p = m->out;
    if (p->count == PICKLE_MAX_VALUES) {
        pickle_machine_fail(m, "more than %d values: too large for a checkpoint",
                            PICKLE_MAX_VALUES);
        return NULL;
    }
    size_t block = p->count / PICKLE_BLOCK;
    if (p->count % PICKLE_BLOCK == 0) {
        if (pickle_machine_reserve(m, &p->blocks, block, &p->block_cap, sizeof *p->blocks) != 0)
            return NULL;
        p->blocks[block] = calloc(PICKLE_BLOCK, sizeof **p->blocks);
        if (!p->blocks[block]) {
            pickle_machine_fail(m, "not enough memory for the pickle");
            return NULL;
        }
    }
    struct pickle_value *value = &p->blocks[block][p->count++ % PICKLE_BLOCK];
    value->kind = kind;
    return value;
}

int pickle_machine_push(struct pickle_machine *m, struct pickle_value *value)
{
    if (!value ||
        pickle_machine_reserve(m, &m->stack, m->depth, &m->stack_cap, sizeof *m->stack) != 0)
        return -1;
    m->stack[m->depth++] = value;
    return 0;
}

struct pickle_value *pickle_machine_pop(struct pickle_machine *m)
{
    size_t floor = m->mark_count ? m->marks[m->mark_count - 1] : 0;
    if (m->depth <= floor) {
        pickle_machine_fail(m, "malformed pickle: it takes more from the stack than it holds");
        return NULL;
    }
    return m->stack[--m->depth];
}

/* A container is nested one deeper than what it holds. */
int pickle_machine_nest(struct pickle_machine *m, struct pickle_value *outer,
                        const struct pickle_value *inner)
{
    if (inner->nesting >= PICKLE_MAX_NESTING)
        return pickle_machine_fail(m, "nested more than %d deep", PICKLE_MAX_NESTING);
    if (outer->nesting <= inner->nesting)
        outer->nesting = (uint16_t)(inner->nesting + 1);
    return 0;
}

int pickle_machine_append(struct pickle_machine *m, struct pickle_value *list,
                          struct pickle_value *item)
{
    if (pickle_machine_nest(m, list, item) != 0 || pickle_machine_work(m, 1) != 0 ||
        pickle_machine_reserve(m, &list->list.items, list->list.count, &list->list.cap,
                               sizeof *list->list.items) != 0)
        return -1;
    list->list.items[list->list.count++] = item;
    return 0;
}

struct pickle_value *pickle_machine_decoded(struct pickle_machine *m, enum pickle_kind kind,
                                            size_t size, uint8_t **bytes_out)
{
    size_t limit = 2 * (m->in->size - m->start) + (1 << 20);
    if (size > limit - m->decoded) {
        pickle_machine_fail(m, "its texts decode to more than %zu bytes", limit);
        return NULL;
    }
    struct pickle_value *value = pickle_machine_value(m, kind);
    if (!value)
        return NULL;
    *bytes_out = malloc(size + 1);
    if (!*bytes_out) {
        pickle_machine_fail(m, "not enough memory for the pickle");
        return NULL;
    }
    m->decoded += size;
    value->owned = true;
    value->bytes.data = *bytes_out;
    value->bytes.size = size;
    return value;
}

static bool may_be_opaque(const struct pickle_machine *m, const uint8_t *module, size_t module_size,
                          const uint8_t *name, size_t name_size)
{
    return m->names == PICKLE_NAMES_ALL ||
           (m->names == PICKLE_NAMES_OPAQUE &&
            !pickle_global_runs(module, module_size, name, name_size));
}

int pickle_machine_global(struct pickle_machine *m, const uint8_t *module, size_t module_size,
                          const uint8_t *name, size_t name_size)
{
    const struct pickle_global *known = pickle_global_find(module, module_size, name, name_size);
    if (!known && !may_be_opaque(m, module, module_size, name, name_size))
        return pickle_machine_fail(
            m, "it uses Python's %.*s.%.*s, which is not allowed in a checkpoint",
            module_size < SHOWN_NAME ? (int)module_size : SHOWN_NAME, (const char *)module,
            name_size < SHOWN_NAME ? (int)name_size : SHOWN_NAME, (const char *)name);
    struct pickle_value *value = pickle_machine_value(m, PICKLE_GLOBAL);
    if (!value || module_size > UINT32_MAX || name_size > UINT32_MAX)
        return -1;
    value->global.known = known;
    value->global.module = module, value->global.module_size = (uint32_t)module_size;
    value->global.name = name, value->global.name_size = (uint32_t)name_size;
    return pickle_machine_push(m, value);
}

/* dict(items) of pairs, as Python 2 wrote an OrderedDict. */
static int make_dict(struct pickle_machine *m, struct pickle_value *args)
{
    struct pickle_value *dict = pickle_machine_value(m, PICKLE_DICT);
    const struct pickle_value *pairs = pickle_item(args, 0);
    if (!dict)
        return -1;
    for (size_t i = 0; i < pickle_count(pairs); i++) {
        const struct pickle_value *pair = pickle_item(pairs, i);
        if (pickle_count(pair) != 2)
            return pickle_machine_fail(m, "malformed pickle: a dict of something other than pairs");
        if (pickle_machine_append(m, dict, pair->list.items[0]) != 0 ||
            pickle_machine_append(m, dict, pair->list.items[1]) != 0)
            return -1;
    }
    return pickle_machine_push(m, dict);
}

static int make_list(struct pickle_machine *m, struct pickle_value *args)
{
    struct pickle_value *list = pickle_machine_value(m, PICKLE_LIST);
    const struct pickle_value *items = pickle_item(args, 0);
    if (!list)
        return -1;
    for (size_t i = 0; i < pickle_count(items); i++)
        if (pickle_machine_append(m, list, items->list.items[i]) != 0)
            return -1;
    return pickle_machine_push(m, list);
}

/* encode(text, "latin1"): each code point, below 256, was a byte. */
static int make_encoded(struct pickle_machine *m, struct pickle_value *args)
{
    const char *text;
    size_t length, used, count = 0;
    const struct pickle_value *encoding = pickle_item(args, 1);
    if (!pickle_text(pickle_item(args, 0), &text, &length) ||
        (!pickle_text_is(encoding, "latin1") && !pickle_text_is(encoding, "latin-1")))
        return pickle_machine_fail(m, "malformed pickle: bytes in an encoding that is not latin1");
    uint8_t *bytes;
    struct pickle_value *value = pickle_machine_decoded(m, PICKLE_BYTES, length, &bytes);
    if (!value)
        return -1;
    for (size_t i = 0; i < length; i += used) {
        uint32_t code = utf8_next(text + i, length - i, &used);
        if (code > 255)
            return pickle_machine_fail(m, "malformed pickle: bytes that are not latin1");
        bytes[count++] = (uint8_t)code;
    }
    value->bytes.size = count;
    return pickle_machine_push(m, value);
}

/* bytes(), bytearray(b"..."): the bytes themselves; bytearray(text, "latin-1") is written by Python
 * 3 in protocol 2. */
static int make_bytes(struct pickle_machine *m, struct pickle_value *args)
{
    struct pickle_value *value = args->list.count ? args->list.items[0] : NULL;
    if (value && value->kind == PICKLE_BYTES)
        return pickle_machine_push(m, value);
    if (value)
        return make_encoded(m, args);
    value = pickle_machine_value(m, PICKLE_BYTES);
    if (value)
        value->bytes.data = (const uint8_t *)"";
    return pickle_machine_push(m, value);
}

static int make_object(struct pickle_machine *m, struct pickle_value *callable,
                       struct pickle_value *args)
{
    struct pickle_value *object = pickle_machine_value(m, PICKLE_OBJECT);
    if (!object || pickle_machine_nest(m, object, callable) != 0 ||
        pickle_machine_nest(m, object, args) != 0)
        return -1;
    object->object.callable = callable;
    object->object.args = args;
    return pickle_machine_push(m, object);
}

/* _reconstructor(class, base, state) in protocols 0 and 1: class(), with the items `state` if its
 * base is dict or list. */
static int make_reconstructed(struct pickle_machine *m, struct pickle_value *args)
{
    struct pickle_value *empty = pickle_machine_value(m, PICKLE_TUPLE);
    if (!empty)
        return -1;
    if (args->list.count < 1 || args->list.items[0]->kind != PICKLE_GLOBAL)
        return pickle_machine_fail(m, "malformed pickle: an object without a class");
    if (make_object(m, args->list.items[0], empty) != 0)
        return -1;
    struct pickle_value *object = m->stack[m->depth - 1];
    struct pickle_value *items = args->list.count == 3 ? args->list.items[2] : NULL;
    if (!items || (items->kind != PICKLE_DICT && items->kind != PICKLE_LIST))
        return 0;
    object->object.items = items;
    return pickle_machine_nest(m, object, items);
}

/* Path("runs", "log"): the text "runs/log". */
static int make_path(struct pickle_machine *m, struct pickle_value *args)
{
    size_t size = 0, length, count = 0;
    const char *text;
    uint8_t *bytes;
    for (size_t i = 0; i < args->list.count; i++)
        if (!pickle_text(args->list.items[i], &text, &length) ||
            __builtin_add_overflow(size, length + 1, &size))
            return pickle_machine_fail(m, "malformed pickle: a path of other things than texts");
    struct pickle_value *value = pickle_machine_decoded(m, PICKLE_TEXT, size, &bytes);
    if (!value)
        return -1;
    for (size_t i = 0; i < args->list.count; i++) {
        pickle_text(args->list.items[i], &text, &length);
        if (count > 0 && bytes[count - 1] != '/')
            bytes[count++] = '/';
        memcpy(bytes + count, text, length);
        count += length;
    }
    value->bytes.size = count;
    return pickle_machine_push(m, value);
}

int pickle_machine_call(struct pickle_machine *m, struct pickle_value *callable,
                        struct pickle_value *args)
{
    if (args->kind != PICKLE_TUPLE)
        return pickle_machine_fail(m, "malformed pickle: a call without arguments");
    if (callable->kind != PICKLE_GLOBAL && m->names != PICKLE_NAMES_ALL)
        return pickle_machine_fail(
            m, "it calls something other than a plain name, which is not allowed in a checkpoint");
    if (callable->kind != PICKLE_GLOBAL || !callable->global.known)
        return make_object(m, callable, args);
    switch (callable->global.known->role) {
    case PICKLE_ROLE_DICT:
        return make_dict(m, args);
    case PICKLE_ROLE_LIST:
        return make_list(m, args);
    case PICKLE_ROLE_BYTES:
        return make_bytes(m, args);
    case PICKLE_ROLE_PATH:
        return make_path(m, args);
    case PICKLE_ROLE_ENCODE:
        return make_encoded(m, args);
    case PICKLE_ROLE_RECONSTRUCTOR:
        return make_reconstructed(m, args);
    default:
        return make_object(m, callable, args);
    }
}
