/* torchfile_write.c: torchfile_save writes the zip archive of torch.save with a pickle of
 * protocol 2. As PyTorch does, members are stored uncompressed and each storage begins at a
 * multiple of 64 bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/torch/checkpoint.h"
#include "io/torch/torchfile.h"

#define FOLDER "archive/"
enum { ALIGNMENT = 64, LOCAL_HEADER = 30, ZIP_VERSION = 20, UTF8_NAMES = 0x800, DATE_1980 = 0x21 };

struct member {
    char *name;
    const void *data;
    size_t size, offset;
    uint32_t crc;
};

struct writing {
    const char *path;
    struct str pickle;
    struct member *members; /* data.pkl, storages, version */
    size_t count, cap;
    FILE *stream;
    size_t offset;
};

/* ---- the pickle ---- */

static void put(struct writing *w, const char *bytes, size_t n)
{
    str_add_n(&w->pickle, bytes, n);
}

static void put_op(struct writing *w, char op)
{
    put(w, &op, 1);
}

static void put_little(struct writing *w, uint64_t number, int n)
{
    for (int i = 0; i < n; i++)
        put_op(w, (char)(number >> 8 * i & 0xff));
}

/* BINUNICODE; what is not UTF-8 is replaced, since Python would refuse the whole file for it. */
static void put_text(struct writing *w, const char *text)
{
    char *clean = utf8_clean(text, strlen(text));
    put_op(w, 'X');
    put_little(w, strlen(clean), 4);
    put(w, clean, strlen(clean));
    free(clean);
}

static void put_int(struct writing *w, int64_t number)
{
    if (number >= INT32_MIN && number <= INT32_MAX) {
        put_op(w, 'J');
        put_little(w, (uint64_t)number, 4);
    } else {
        put(w, "\x8a\x08", 2);
        put_little(w, (uint64_t)number, 8);
    }
}

static void put_float(struct writing *w, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    put_op(w, 'G');
    put_little(w, __builtin_bswap64(bits), 8);
}

static void put_global(struct writing *w, const char *module, const char *name)
{
    str_addf(&w->pickle, "c%s\n%s\n", module, name);
}

static void put_empty_ordered_dict(struct writing *w)
{
    put_global(w, "collections", "OrderedDict");
    put(w, ")R", 2);
}

static void put_sizes(struct writing *w, const size_t *sizes, int n)
{
    put_op(w, '(');
    for (int i = 0; i < n; i++)
        put_int(w, (int64_t)sizes[i]);
    put_op(w, 't');
}

/* Makes the tensor's numbers a member of the archive; its key is its position. */
static const char *add_storage(struct writing *w, const struct tensor *tensor, size_t *key_out)
{
    bool wide = tensor->integers || tensor->doubles;
    const void *data = tensor->integers  ? (const void *)tensor->integers
                       : tensor->doubles ? (const void *)tensor->doubles
                                         : tensor->data;
    MEM_ROOM(w->members, w->count, w->cap);
    *key_out = w->count - 1; /* data.pkl comes first */
    w->members[w->count++] = (struct member){.name = mem_printf(FOLDER "data/%zu", *key_out),
                                             .data = data,
                                             .size = tensor->count * (wide ? 8 : 4)};
    return tensor->integers ? "LongStorage" : tensor->doubles ? "DoubleStorage" : "FloatStorage";
}

/* _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks) */
static void put_tensor(struct writing *w, const struct tensor *tensor)
{
    size_t key, stride[TENSOR_DIMS], step = 1;
    const char *storage = add_storage(w, tensor, &key);
    char text[24];
    snprintf(text, sizeof text, "%zu", key);
    for (int i = tensor->ndim; i-- > 0; step *= tensor->shape[i])
        stride[i] = step;
    put_global(w, "torch._utils", "_rebuild_tensor_v2");
    put(w, "((", 2);
    put_text(w, "storage");
    put_global(w, "torch", storage);
    put_text(w, text);
    put_text(w, "cpu");
    put_int(w, (int64_t)tensor->count);
    put(w, "tQ", 2);
    put_int(w, 0);
    put_sizes(w, tensor->shape, tensor->ndim);
    put_sizes(w, stride, tensor->ndim);
    put_op(w, '\x89');
    put_empty_ordered_dict(w);
    put(w, "tR", 2);
}

static void put_tensors(struct writing *w, const struct tensor_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        put_text(w, group->tensors[i].name);
        put_tensor(w, &group->tensors[i]);
    }
}

static void put_group(struct writing *w, const struct tensor_group *group)
{
    put_empty_ordered_dict(w);
    put_op(w, '(');
    put_tensors(w, group);
    put_op(w, 'u');
}

static void put_option(struct writing *w, const struct option *option)
{
    put_text(w, option->name);
    switch (option->kind) {
    case OPTION_NONE:
        put_op(w, 'N');
        return;
    case OPTION_BOOL:
        put_op(w, option->number != 0 ? '\x88' : '\x89');
        return;
    case OPTION_INT:
        if (fabs(option->number) <= 0x1p53)
            put_int(w, (int64_t)option->number);
        else
            put_float(w, option->number);
        return;
    case OPTION_FLOAT:
        put_float(w, option->number);
        return;
    case OPTION_TEXT:
    case OPTION_OPAQUE:
        put_text(w, option->text);
        return;
    }
}

static void put_namespace(struct writing *w, const struct checkpoint *c)
{
    put_text(w, "opt");
    put_global(w, "argparse", "Namespace");
    put(w, ")\x81}(", 4);
    for (size_t i = 0; i < c->option_count; i++)
        put_option(w, &c->options[i]);
    put(w, "ub", 2);
}

static void put_whole(struct writing *w, const char *key, int64_t number)
{
    if (number < 0)
        return;
    put_text(w, key);
    put_int(w, number);
}

/* Parts beyond the two encoders whose names are known. */
static bool has_named_parts(const struct checkpoint *c)
{
    for (size_t i = 2; i < c->group_count; i++)
        if (c->groups[i].name && c->groups[i].name[0] != '[')
            return true;
    return false;
}

/* A dict of the parts by name; tensors that are in no part stand among them. */
static void put_named_parts(struct writing *w, const struct checkpoint *c)
{
    static const char *const encoders[] = {"img_enc", "txt_enc"};
    put_empty_ordered_dict(w);
    put_op(w, '(');
    for (size_t i = 0; i < c->group_count; i++) {
        const char *name = i < 2 ? encoders[i] : c->groups[i].name ? c->groups[i].name : "";
        if (*name) {
            put_text(w, name);
            put_group(w, &c->groups[i]);
        } else {
            put_tensors(w, &c->groups[i]);
        }
    }
    put_op(w, 'u');
}

/* The reference's list of image and text encoder. */
static void put_list(struct writing *w, const struct checkpoint *c)
{
    put(w, "](", 2);
    for (size_t i = 0; i < c->group_count; i++)
        put_group(w, &c->groups[i]);
    put_op(w, 'e');
}

static void put_checkpoint(struct writing *w, const struct checkpoint *c)
{
    put(w, "\x80\x02}(", 4);
    put_whole(w, "epoch", c->epoch);
    put_text(w, "model");
    if (has_named_parts(c))
        put_named_parts(w, c);
    else
        put_list(w, c);
    if (!isnan(c->best_rsum)) {
        put_text(w, "best_rsum");
        put_float(w, c->best_rsum);
    }
    put_namespace(w, c);
    put_whole(w, "Eiters", c->eiters);
    if (c->extra.count > 0) {
        put_text(w, "scanscope");
        put_group(w, &c->extra);
    }
    put(w, "u.", 2);
}

/* ---- the archive ---- */

static uint8_t *little(uint8_t *out, uint64_t number, int n)
{
    for (int i = 0; i < n; i++)
        *out++ = (uint8_t)(number >> 8 * i);
    return out;
}

static void emit(struct writing *w, const void *bytes, size_t n)
{
    if (n > 0)
        fwrite(bytes, 1, n,
               w->stream); /* errors stay in the stream: file_out_commit reports them */
    w->offset += n;
}

/* From "version needed" to the length of the name; the same in both headers. */
static uint8_t *common_header(uint8_t *out, const struct member *member)
{
    out = little(out, ZIP_VERSION, 2);
    out = little(out, UTF8_NAMES, 2);
    out = little(out, 0, 2); /* stored */
    out = little(out, 0, 2); /* time */
    out = little(out, DATE_1980, 2);
    out = little(out, member->crc, 4);
    out = little(out, member->size, 4);
    out = little(out, member->size, 4);
    return little(out, strlen(member->name), 2);
}

static uint32_t crc_of(const uint8_t *data, size_t size)
{
    uint32_t crc = 0;
    for (size_t at = 0, n; at < size; at += n) {
        n = size - at < 1u << 30 ? size - at : 1u << 30;
        crc = (uint32_t)crc32(crc, data + at, (uInt)n);
    }
    return crc;
}

/* Header, name, an extra field ("FB", like PyTorch's) as padding to the alignment, data. */
static void emit_member(struct writing *w, struct member *member)
{
    uint8_t header[LOCAL_HEADER], extra[4 + ALIGNMENT];
    size_t name = strlen(member->name);
    member->crc = crc_of(member->data, member->size);
    member->offset = w->offset;
    size_t before = w->offset + sizeof header + name + 4;
    size_t padding = (ALIGNMENT - before % ALIGNMENT) % ALIGNMENT;
    memset(extra, 'Z', sizeof extra);
    little(little(extra, 'F' | 'B' << 8, 2), padding, 2);
    little(common_header(little(header, 0x04034b50, 4), member), 4 + padding, 2);
    emit(w, header, sizeof header);
    emit(w, member->name, name);
    emit(w, extra, 4 + padding);
    emit(w, member->data, member->size);
}

static void emit_directory(struct writing *w)
{
    size_t start = w->offset;
    for (size_t i = 0; i < w->count; i++) {
        uint8_t header[46] = {0}, *at = little(header, 0x02014b50, 4);
        const struct member *member = &w->members[i];
        common_header(little(at, ZIP_VERSION, 2), member);
        little(header + 42, member->offset, 4);
        emit(w, header, sizeof header);
        emit(w, member->name, strlen(member->name));
    }
    uint8_t end[22] = {0}, *at = little(end, 0x06054b50, 4) + 4;
    size_t size = w->offset - start;
    at = little(little(at, w->count, 2), w->count, 2);
    little(little(at, size, 4), start, 4);
    emit(w, end, sizeof end);
}

/* Checks what fits the zip format without its 64-bit extension. */
static int check_limits(const struct writing *w, struct error *err)
{
    size_t total = 0;
    for (size_t i = 0; i < w->count; i++)
        total += w->members[i].size + 256;
    if (total > UINT32_MAX || w->count >= UINT16_MAX)
        return error_at(err, w->path, -1,
                        "cannot write: %zu arrays of %zu bytes are too much for the zip format",
                        w->count, total);
    return 0;
}

static int write_archive(struct writing *w, struct error *err)
{
    struct file_out out;
    if (check_limits(w, err) != 0 || file_out_open(w->path, &out, err) != 0)
        return -1;
    w->stream = out.stream;
    for (size_t i = 0; i < w->count; i++)
        emit_member(w, &w->members[i]);
    emit_directory(w);
    return file_out_commit(&out, err);
}

static void add_member(struct writing *w, const char *name, const void *data, size_t size)
{
    MEM_ROOM(w->members, w->count, w->cap);
    w->members[w->count++] = (struct member){.name = mem_strdup(name), .data = data, .size = size};
}

int torchfile_save(const char *path, const struct checkpoint *checkpoint, struct error *err)
{
    struct writing w = {.path = path};
    add_member(&w, FOLDER "data.pkl", NULL, 0);
    put_checkpoint(&w, checkpoint);
    w.members[0].data = w.pickle.text;
    w.members[0].size = w.pickle.length;
    add_member(&w, FOLDER "version", "3\n", 2);
    int status = write_archive(&w, err);
    for (size_t i = 0; i < w.count; i++)
        free(w.members[i].name);
    free(w.members);
    str_done(&w.pickle);
    return status;
}
