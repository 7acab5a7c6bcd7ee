/* safetensors_write.c: a checkpoint as safetensors. As the official writer does, tensors go by
 * type, the widest first, then by name, and blanks pad the header to a multiple of 8 bytes. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/torch/safetensors_checkpoint.h"
#include "io/torch/safetensors_private.h"

enum { ALIGNMENT = 8 };

struct member {
    char *name; /* owned; as in the file */
    const struct tensor *tensor;
    const char *type;
    size_t rank, size; /* of the type, bytes */
    const void *data;
};

struct writing {
    const char *path;
    struct member *members;
    size_t count, cap;
    struct str header;
};

/* ---- tensors ---- */

static enum array_elem type_of(const struct tensor *t)
{
    return t->integers ? ELEM_I64 : t->doubles ? ELEM_F64 : ELEM_F32;
}

static void add_member(struct writing *w, const char *prefix, const struct tensor *t)
{
    size_t count;
    const struct safetensors_type *types = safetensors_types(&count);
    char *name = mem_printf("%s%s", prefix, t->name);
    struct member member = {.name = utf8_clean(name, strlen(name)), .tensor = t};
    while (types[member.rank].type != type_of(t))
        member.rank++;
    member.type = types[member.rank].name;
    member.size = t->count * array_elem_size(types[member.rank].type);
    member.data = t->integers  ? (const void *)t->integers
                  : t->doubles ? (const void *)t->doubles
                               : t->data;
    MEM_ROOM(w->members, w->count, w->cap);
    w->members[w->count++] = member;
    free(name);
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

/* What stands before the names of a group's tensors: the encoder, or the part's own name, if it has
 * one. */
static char *prefix_of(const struct checkpoint *c, size_t g)
{
    static const char *const encoders[] = {"img_enc.", "txt_enc."};
    const char *name = c->groups[g].name;
    if (c->group_count > 1 && g < 2)
        return mem_strdup(encoders[g]);
    return name && *name ? mem_printf("%s.", name) : mem_strdup("");
}

static int add_members(struct writing *w, const struct checkpoint *c, struct error *err)
{
    for (size_t g = 0; g < c->group_count; g++) {
        char *prefix = prefix_of(c, g);
        for (size_t i = 0; i < c->groups[g].count; i++)
            add_member(w, prefix, &c->groups[g].tensors[i]);
        free(prefix);
    }
    for (size_t i = 0; i < c->extra.count; i++)
        add_member(w, "scanscope.", &c->extra.tensors[i]);
    if (w->count == 0)
        return 0;
    qsort(w->members, w->count, sizeof *w->members, compare_names);
    for (size_t i = 1; i < w->count; i++)
        if (strcmp(w->members[i - 1].name, w->members[i].name) == 0)
            return error_at(err, w->path, -1,
                            "cannot write: two tensors would both be named %.200s in safetensors",
                            w->members[i].name);
    qsort(w->members, w->count, sizeof *w->members, compare_members);
    return 0;
}

/* ---- the header ---- */

/* `whole`: without point and exponent; else it stays a float for whoever reads it. */
static void add_number(struct str *out, double number, bool whole)
{
    size_t before = out->length;
    if (whole)
        str_addf(out, "%.0f", number);
    else
        str_add_real(out, number);
    if (!whole && strspn(out->text + before, "-0123456789") == out->length - before)
        str_add(out, ".0");
}

static void add_option(struct json_out *out, const struct option *option)
{
    struct str number = {0};
    switch (option->kind) {
    case OPTION_NONE:
        json_out_raw(out, option->name, "null");
        return;
    case OPTION_BOOL:
        json_out_bool(out, option->name, option->number != 0);
        return;
    case OPTION_OPAQUE:
        return;
    case OPTION_TEXT:
        json_out_text(out, option->name, option->text);
        return;
    case OPTION_INT:
    case OPTION_FLOAT:
        if (isfinite(option->number))
            add_number(&number, option->number, option->kind == OPTION_INT);
        else
            str_add(&number, "null");
        json_out_raw(out, option->name, str_text(&number));
        str_done(&number);
        return;
    }
}

/* Options that are Python objects have no JSON. */
static void add_options(struct json_out *out, const struct checkpoint *c)
{
    struct str text = {0};
    struct json_out opt = {.text = &text};
    if (c->option_count == 0)
        return;
    json_out_open(&opt, NULL, '{');
    for (size_t i = 0; i < c->option_count; i++)
        add_option(&opt, &c->options[i]);
    json_out_close(&opt, '}');
    json_out_text(out, "opt", str_text(&text));
    str_done(&text);
}

static void add_whole(struct json_out *out, const char *key, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    if (number >= 0)
        json_out_text(out, key, text);
}

static void add_metadata(struct json_out *out, const struct checkpoint *c)
{
    struct str rsum = {0};
    json_out_open(out, "__metadata__", '{');
    json_out_text(out, "format", "pt"); /* what the libraries of safetensors look for */
    add_options(out, c);
    add_whole(out, "epoch", c->epoch);
    add_whole(out, "Eiters", c->eiters);
    if (isfinite(c->best_rsum)) {
        add_number(&rsum, c->best_rsum, false);
        json_out_text(out, "best_rsum", str_text(&rsum));
        str_done(&rsum);
    }
    json_out_close(out, '}');
}

static void add_entry(struct json_out *out, const struct member *member, size_t begin)
{
    json_out_open(out, member->name, '{');
    json_out_text(out, "dtype", member->type);
    json_out_open(out, "shape", '[');
    for (int i = 0; i < member->tensor->ndim; i++)
        json_out_count(out, NULL, member->tensor->shape[i]);
    json_out_close(out, ']');
    json_out_open(out, "data_offsets", '[');
    json_out_count(out, NULL, begin);
    json_out_count(out, NULL, begin + member->size);
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void make_header(struct writing *w, const struct checkpoint *c)
{
    struct json_out out = {.text = &w->header};
    size_t at = 0;
    json_out_open(&out, NULL, '{');
    add_metadata(&out, c);
    for (size_t i = 0; i < w->count; at += w->members[i++].size)
        add_entry(&out, &w->members[i], at);
    json_out_close(&out, '}');
    while (w->header.length % ALIGNMENT)
        str_add(&w->header, " ");
}

/* ---- the file ---- */

/* Errors stay in the stream: file_out_commit reports them. */
static void emit(FILE *stream, const void *bytes, size_t n)
{
    if (n > 0)
        fwrite(bytes, 1, n, stream);
}

static int write_file(const struct writing *w, struct error *err)
{
    struct file_out out;
    uint8_t length[8];
    if (file_out_open(w->path, &out, err) != 0)
        return -1;
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)(w->header.length >> 8 * i);
    emit(out.stream, length, sizeof length);
    emit(out.stream, w->header.text, w->header.length);
    for (size_t i = 0; i < w->count; i++)
        emit(out.stream, w->members[i].data, w->members[i].size);
    return file_out_commit(&out, err);
}

int safetensors_checkpoint_save(const char *path, const struct checkpoint *c, struct error *err)
{
    struct writing w = {.path = path};
    int status = add_members(&w, c, err);
    if (status == 0) {
        make_header(&w, c);
        status = write_file(&w, err);
    }
    for (size_t i = 0; i < w.count; i++)
        free(w.members[i].name);
    free(w.members);
    str_done(&w.header);
    return status;
}
