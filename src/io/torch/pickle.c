#include "io/torch/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/torch/pickle_private.h"

/* The instructions, in the order of the table at the end, each with the argument from there. */

static struct pickle_value *peek(struct pickle_machine *m)
{
    struct pickle_value *top = pickle_machine_pop(m);
    if (top)
        m->depth++;
    return top;
}

static int op_none(struct pickle_machine *m, int unused)
{
    (void)unused;
    return pickle_machine_push(m, pickle_machine_value(m, PICKLE_NONE));
}

static int op_bool(struct pickle_machine *m, int truth)
{
    struct pickle_value *value = pickle_machine_value(m, PICKLE_BOOL);
    if (!value)
        return -1;
    value->integer = truth;
    return pickle_machine_push(m, value);
}

static int push_int(struct pickle_machine *m, int64_t number)
{
    struct pickle_value *value = pickle_machine_value(m, PICKLE_INT);
    if (!value)
        return -1;
    value->integer = number;
    return pickle_machine_push(m, value);
}

/* The little-endian number of n bytes that follows. */
static int length_of(struct pickle_machine *m, int n, uint64_t *out)
{
    const uint8_t *bytes = bytes_take(m->in, (size_t)n);
    if (!bytes)
        return pickle_machine_truncated(m);
    *out = 0;
    for (int i = n; i-- > 0;)
        *out = *out << 8 | bytes[i];
    return 0;
}

/* 1 and 2 bytes are unsigned, 4 are signed. */
static int op_int(struct pickle_machine *m, int n)
{
    uint64_t bits = 0;
    if (length_of(m, n, &bits) != 0)
        return -1;
    return push_int(m, n == 4 ? (int32_t)bits : (int64_t)bits);
}

/* The bytes that follow their length of n bytes. */
static int counted(struct pickle_machine *m, int n, const uint8_t **bytes_out, size_t *size_out)
{
    uint64_t size = 0;
    if (length_of(m, n, &size) != 0)
        return -1;
    if (size > bytes_left(m->in))
        return pickle_machine_fail(m, "truncated: %llu bytes are announced but %zu are left",
                                   (unsigned long long)size, bytes_left(m->in));
    *size_out = (size_t)size;
    *bytes_out = bytes_take(m->in, *size_out);
    return 0;
}

/* Two's complement of any length; beyond 64 bits only the bytes are kept. */
static int op_long(struct pickle_machine *m, int n)
{
    const uint8_t *bytes;
    size_t size;
    if (counted(m, n, &bytes, &size) != 0)
        return -1;
    if (size > 8) {
        struct pickle_value *big = pickle_machine_value(m, PICKLE_BIG);
        if (!big)
            return -1;
        big->bytes.data = bytes;
        big->bytes.size = size;
        return pickle_machine_push(m, big);
    }
    uint64_t bits = size > 0 && bytes[size - 1] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = size; i-- > 0;)
        bits = bits << 8 | bytes[i];
    return push_int(m, (int64_t)bits);
}

static int op_float(struct pickle_machine *m, int unused)
{
    (void)unused;
    uint64_t bits = 0;
    struct pickle_value *value = pickle_machine_value(m, PICKLE_FLOAT);
    if (!value)
        return -1;
    if (!bytes_u64be(m->in, &bits))
        return pickle_machine_truncated(m);
    memcpy(&value->number, &bits, sizeof bits);
    return pickle_machine_push(m, value);
}

static int push_bytes(struct pickle_machine *m, enum pickle_kind kind, int n)
{
    const uint8_t *bytes;
    size_t size;
    if (counted(m, n, &bytes, &size) != 0)
        return -1;
    struct pickle_value *value = pickle_machine_value(m, kind);
    if (!value)
        return -1;
    value->bytes.data = bytes;
    value->bytes.size = size;
    return pickle_machine_push(m, value);
}

static int op_text(struct pickle_machine *m, int n)
{
    return push_bytes(m, PICKLE_TEXT, n);
}

static int op_bytes(struct pickle_machine *m, int n)
{
    return push_bytes(m, PICKLE_BYTES, n);
}

static int op_empty(struct pickle_machine *m, int kind)
{
    return pickle_machine_push(m, pickle_machine_value(m, (enum pickle_kind)kind));
}

static int op_mark(struct pickle_machine *m, int unused)
{
    (void)unused;
    if (pickle_machine_reserve(m, &m->marks, m->mark_count, &m->mark_cap, sizeof *m->marks) != 0)
        return -1;
    m->marks[m->mark_count++] = m->depth;
    return 0;
}

/* Removes the last mark: the items above it are stack[*first_out] .. stack[depth-1]. */
static int take_mark(struct pickle_machine *m, size_t *first_out)
{
    if (m->mark_count == 0)
        return pickle_machine_fail(m, "malformed pickle: a mark is missing");
    *first_out = m->marks[--m->mark_count];
    return 0;
}

/* Moves the stack's items from `first` on into a container. */
static int gather(struct pickle_machine *m, struct pickle_value *into, size_t first)
{
    if (!into)
        return -1;
    if (into->kind == PICKLE_DICT && (m->depth - first) % 2 != 0)
        return pickle_machine_fail(m, "malformed pickle: a key without a value");
    for (size_t i = first; i < m->depth; i++)
        if (pickle_machine_append(m, into, m->stack[i]) != 0)
            return -1;
    m->depth = first;
    return 0;
}

/* Makes one tuple, list or dict of the items above the mark. */
static int op_collect(struct pickle_machine *m, int kind)
{
    size_t first = 0;
    if (take_mark(m, &first) != 0)
        return -1;
    struct pickle_value *value = pickle_machine_value(m, (enum pickle_kind)kind);
    return gather(m, value, first) != 0 ? -1 : pickle_machine_push(m, value);
}

/* Makes a tuple of the n topmost items. */
static int op_tuple(struct pickle_machine *m, int n)
{
    size_t floor = m->mark_count ? m->marks[m->mark_count - 1] : 0;
    if (m->depth - floor < (size_t)n)
        return pickle_machine_fail(m,
                                   "malformed pickle: a tuple of more items than the stack holds");
    struct pickle_value *value = pickle_machine_value(m, PICKLE_TUPLE);
    return gather(m, value, m->depth - (size_t)n) != 0 ? -1 : pickle_machine_push(m, value);
}

/* The items of an object of a class derived from list or dict, which it has one kind of. */
static struct pickle_value *items_of(struct pickle_machine *m, struct pickle_value *object,
                                     enum pickle_kind kind)
{
    if (!object->object.items)
        object->object.items = pickle_machine_value(m, kind);
    else if (object->object.items->kind != kind) {
        pickle_machine_fail(m, "malformed pickle: an object that is both a list and a dict");
        return NULL;
    }
    return object->object.items;
}

static int extend_object(struct pickle_machine *m, struct pickle_value *object,
                         enum pickle_kind kind, size_t first)
{
    struct pickle_value *items = items_of(m, object, kind);
    return !items || gather(m, items, first) != 0 ? -1 : pickle_machine_nest(m, object, items);
}

/* Extends a list or dict of that kind, or an object. */
static int extend(struct pickle_machine *m, int kind, size_t first)
{
    size_t floor = m->mark_count ? m->marks[m->mark_count - 1] : 0;
    if (first <= floor)
        return pickle_machine_fail(m, "malformed pickle: items are added to nothing");
    struct pickle_value *into = m->stack[first - 1];
    if (into->kind == PICKLE_OBJECT)
        return extend_object(m, into, (enum pickle_kind)kind, first);
    if (into->kind != (enum pickle_kind)kind)
        return pickle_machine_fail(m, "malformed pickle: items are added to what is not a %s",
                                   kind == PICKLE_DICT ? "dict" : "list");
    return gather(m, into, first);
}

/* APPENDS, SETITEMS, ADDITEMS: all items above the mark. */
static int op_extend(struct pickle_machine *m, int kind)
{
    size_t first = 0;
    return take_mark(m, &first) != 0 ? -1 : extend(m, kind, first);
}

/* APPEND (1 item), SETITEM (2). */
static int op_append(struct pickle_machine *m, int kind)
{
    size_t n = kind == PICKLE_DICT ? 2 : 1;
    if (m->depth < n)
        return pickle_machine_fail(m, "malformed pickle: items are added to nothing");
    return extend(m, kind, m->depth - n);
}

static int op_pop(struct pickle_machine *m, int unused)
{
    (void)unused;
    size_t floor = m->mark_count ? m->marks[m->mark_count - 1] : 0;
    if (m->mark_count > 0 && m->depth == floor) {
        m->mark_count--;
        return 0;
    }
    return pickle_machine_pop(m) ? 0 : -1;
}

static int op_pop_mark(struct pickle_machine *m, int unused)
{
    (void)unused;
    return take_mark(m, &m->depth);
}

static int op_dup(struct pickle_machine *m, int unused)
{
    (void)unused;
    return pickle_machine_push(m, peek(m));
}

static int memo_put(struct pickle_machine *m, uint64_t index)
{
    struct pickle_value *top = peek(m);
    if (!top)
        return -1;
    if (index >= PICKLE_MAX_MEMO || index > m->in->size - m->start)
        return pickle_machine_fail(m, "memo entry %llu is beyond what a pickle of this size needs",
                                   (unsigned long long)index);
    size_t before = m->memo_cap;
    if (pickle_machine_reserve(m, &m->memo, (size_t)index, &m->memo_cap, sizeof *m->memo) != 0)
        return -1;
    if (m->memo_cap > before)
        memset(m->memo + before, 0, (m->memo_cap - before) * sizeof *m->memo);
    m->memo_count += !m->memo[index];
    m->memo[index] = top;
    return 0;
}

static int memo_get(struct pickle_machine *m, uint64_t index)
{
    if (index >= m->memo_cap || !m->memo[index])
        return pickle_machine_fail(m, "malformed pickle: memo entry %llu is empty",
                                   (unsigned long long)index);
    return pickle_machine_push(m, m->memo[index]);
}

static int op_put(struct pickle_machine *m, int n)
{
    uint64_t index = 0;
    return length_of(m, n, &index) != 0 ? -1 : memo_put(m, index);
}

static int op_get(struct pickle_machine *m, int n)
{
    uint64_t index = 0;
    return length_of(m, n, &index) != 0 ? -1 : memo_get(m, index);
}

static int op_memoize(struct pickle_machine *m, int unused)
{
    (void)unused;
    return memo_put(m, m->memo_count);
}

/* The index of PUT and GET is a line of text. */
static int text_index(struct pickle_machine *m, uint64_t *out)
{
    size_t length;
    const uint8_t *line = bytes_until(m->in, '\n', &length);
    if (!line)
        return pickle_machine_truncated(m);
    *out = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] < '0' || line[i] > '9' || length > 18)
            return pickle_machine_fail(m, "malformed pickle: a memo index that is not a number");
        *out = *out * 10 + (uint64_t)(line[i] - '0');
    }
    return 0;
}

static int op_text_put(struct pickle_machine *m, int unused)
{
    (void)unused;
    uint64_t index = 0;
    return text_index(m, &index) != 0 ? -1 : memo_put(m, index);
}

static int op_text_get(struct pickle_machine *m, int unused)
{
    (void)unused;
    uint64_t index = 0;
    return text_index(m, &index) != 0 ? -1 : memo_get(m, index);
}

static int op_global(struct pickle_machine *m, int unused)
{
    (void)unused;
    size_t module_size, name_size;
    const uint8_t *module = bytes_until(m->in, '\n', &module_size);
    const uint8_t *name = module ? bytes_until(m->in, '\n', &name_size) : NULL;
    if (!name)
        return pickle_machine_truncated(m);
    return pickle_machine_global(m, module, module_size, name, name_size);
}

static int op_stack_global(struct pickle_machine *m, int unused)
{
    (void)unused;
    struct pickle_value *name = pickle_machine_pop(m);
    struct pickle_value *module = name ? pickle_machine_pop(m) : NULL;
    if (!module)
        return -1;
    if (name->kind != PICKLE_TEXT || module->kind != PICKLE_TEXT)
        return pickle_machine_fail(m, "malformed pickle: a global whose name is not text");
    return pickle_machine_global(m, module->bytes.data, module->bytes.size, name->bytes.data,
                                 name->bytes.size);
}

/* REDUCE and NEWOBJ (2 items), NEWOBJ_EX (3: keyword arguments, which mean nothing to us). */
static int op_call(struct pickle_machine *m, int items)
{
    if (items == 3 && !pickle_machine_pop(m))
        return -1;
    struct pickle_value *args = pickle_machine_pop(m);
    struct pickle_value *callable = args ? pickle_machine_pop(m) : NULL;
    return callable ? pickle_machine_call(m, callable, args) : -1;
}

/* OBJ: mark, class, arguments. */
static int op_obj(struct pickle_machine *m, int unused)
{
    (void)unused;
    size_t first = 0;
    if (take_mark(m, &first) != 0)
        return -1;
    if (first >= m->depth)
        return pickle_machine_fail(m, "malformed pickle: an object without a class");
    struct pickle_value *callable = m->stack[first];
    struct pickle_value *args = pickle_machine_value(m, PICKLE_TUPLE);
    if (gather(m, args, first + 1) != 0)
        return -1;
    m->depth = first;
    return pickle_machine_call(m, callable, args);
}

/* INST: mark, arguments; the class is in the instruction. */
static int op_inst(struct pickle_machine *m, int unused)
{
    size_t first = 0;
    if (take_mark(m, &first) != 0)
        return -1;
    struct pickle_value *args = pickle_machine_value(m, PICKLE_TUPLE);
    if (gather(m, args, first) != 0 || op_global(m, unused) != 0)
        return -1;
    return pickle_machine_call(m, pickle_machine_pop(m), args);
}

static int op_build(struct pickle_machine *m, int unused)
{
    (void)unused;
    struct pickle_value *state = pickle_machine_pop(m);
    struct pickle_value *object = state ? peek(m) : NULL;
    if (!object)
        return -1;
    if (object->kind == PICKLE_DICT || object->kind == PICKLE_LIST)
        return 0; /* attributes of an OrderedDict, as its _metadata */
    if (object->kind != PICKLE_OBJECT)
        return pickle_machine_fail(m, "malformed pickle: a state for what is not an object");
    object->object.state = state;
    return pickle_machine_nest(m, object, state);
}

static int push_persistent(struct pickle_machine *m, struct pickle_value *id)
{
    struct pickle_value *value = id ? pickle_machine_value(m, PICKLE_PERSISTENT) : NULL;
    if (!value)
        return -1;
    if (id->nesting >= PICKLE_MAX_NESTING)
        return pickle_machine_fail(m, "nested more than %d deep", PICKLE_MAX_NESTING);
    value->nesting = (uint16_t)(id->nesting + 1);
    value->id = id;
    return pickle_machine_push(m, value);
}

static int op_persistent(struct pickle_machine *m, int unused)
{
    (void)unused;
    return push_persistent(m, pickle_machine_pop(m));
}

static int op_text_persistent(struct pickle_machine *m, int unused)
{
    (void)unused;
    size_t length;
    const uint8_t *line = bytes_until(m->in, '\n', &length);
    if (!line)
        return pickle_machine_truncated(m);
    struct pickle_value *id = pickle_machine_value(m, PICKLE_TEXT);
    if (!id)
        return -1;
    id->bytes.data = line;
    id->bytes.size = length;
    return push_persistent(m, id);
}

static int op_protocol(struct pickle_machine *m, int highest)
{
    uint8_t protocol;
    if (!bytes_u8(m->in, &protocol))
        return pickle_machine_truncated(m);
    if (protocol > highest)
        return pickle_machine_fail(m, "pickle protocol %d is unknown (0 to %d are read)", protocol,
                                   highest);
    return 0;
}

static int op_frame(struct pickle_machine *m, int n)
{
    uint64_t size = 0;
    return length_of(m, n, &size);
}

static int op_stop(struct pickle_machine *m, int unused)
{
    (void)unused;
    m->out->root = pickle_machine_pop(m);
    m->stopped = true;
    return m->out->root ? 0 : -1;
}

static const struct op {
    int (*run)(struct pickle_machine *m, int argument);
    int argument;
} ops[256] = {
    [0x80] = {op_protocol, 5},
    ['.'] = {op_stop, 0},
    [0x95] = {op_frame, 8},
    ['('] = {op_mark, 0},
    ['0'] = {op_pop, 0},
    ['1'] = {op_pop_mark, 0},
    ['2'] = {op_dup, 0},
    ['N'] = {op_none, 0},
    [0x88] = {op_bool, 1},
    [0x89] = {op_bool, 0},
    ['K'] = {op_int, 1},
    ['M'] = {op_int, 2},
    ['J'] = {op_int, 4},
    [0x8a] = {op_long, 1},
    [0x8b] = {op_long, 4},
    ['G'] = {op_float, 0},
    ['I'] = {pickle_machine_text_int, 0},
    ['L'] = {pickle_machine_text_int, 1},
    ['F'] = {pickle_machine_text_float, 0},
    ['S'] = {pickle_machine_text_string, 0},
    ['V'] = {pickle_machine_text_unicode, 0},
    ['U'] = {op_bytes, 1},
    ['T'] = {op_bytes, 4},
    ['C'] = {op_bytes, 1},
    ['B'] = {op_bytes, 4},
    [0x8e] = {op_bytes, 8},
    [0x96] = {op_bytes, 8},
    [0x8c] = {op_text, 1},
    ['X'] = {op_text, 4},
    [0x8d] = {op_text, 8},
    [')'] = {op_empty, PICKLE_TUPLE},
    [']'] = {op_empty, PICKLE_LIST},
    [0x8f] = {op_empty, PICKLE_LIST},
    ['}'] = {op_empty, PICKLE_DICT},
    ['t'] = {op_collect, PICKLE_TUPLE},
    ['l'] = {op_collect, PICKLE_LIST},
    [0x91] = {op_collect, PICKLE_LIST},
    ['d'] = {op_collect, PICKLE_DICT},
    [0x85] = {op_tuple, 1},
    [0x86] = {op_tuple, 2},
    [0x87] = {op_tuple, 3},
    ['a'] = {op_append, PICKLE_LIST},
    ['e'] = {op_extend, PICKLE_LIST},
    [0x90] = {op_extend, PICKLE_LIST},
    ['s'] = {op_append, PICKLE_DICT},
    ['u'] = {op_extend, PICKLE_DICT},
    ['p'] = {op_text_put, 0},
    ['q'] = {op_put, 1},
    ['r'] = {op_put, 4},
    ['g'] = {op_text_get, 0},
    ['h'] = {op_get, 1},
    ['j'] = {op_get, 4},
    [0x94] = {op_memoize, 0},
    ['c'] = {op_global, 0},
    [0x93] = {op_stack_global, 0},
    ['R'] = {op_call, 2},
    [0x81] = {op_call, 2},
    [0x92] = {op_call, 3},
    ['o'] = {op_obj, 0},
    ['i'] = {op_inst, 0},
    ['b'] = {op_build, 0},
    ['P'] = {op_text_persistent, 0},
    ['Q'] = {op_persistent, 0},
};

static int run(struct pickle_machine *m)
{
    while (!m->stopped) {
        uint8_t code;
        m->at = m->in->at;
        if (!bytes_u8(m->in, &code))
            return pickle_machine_fail(m, "truncated: the pickle has no end");
        if (!ops[code].run)
            return pickle_machine_fail(m, "not a pickle, or damaged (instruction 0x%02x)", code);
        if (pickle_machine_work(m, 1) != 0 || ops[code].run(m, ops[code].argument) != 0)
            return -1;
    }
    return 0;
}

int pickle_parse(struct bytes *in, const char *path, enum pickle_names names, struct pickle **out,
                 struct error *err)
{
    struct pickle_machine m = {.in = in, .path = path, .err = err, .names = names, .start = in->at};
    m.out = mem_new(1, sizeof *m.out);
    int status = run(&m);
    free(m.stack);
    free(m.marks);
    free(m.memo);
    if (status != 0) {
        pickle_free(m.out);
        m.out = NULL;
    }
    *out = m.out;
    return status;
}
