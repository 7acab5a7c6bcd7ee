/* checkpoint_parts.c: which of a checkpoint's tensors belong to the image encoder and which to the
 * text encoder, however the file's author put them together. */
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/torch/checkpoint_private.h"

/* ---- a tensor's name ---- */

/* Removes `wrapper` wherever a part of the name begins with it. */
static void drop_wrapper(char *name, const char *wrapper)
{
    size_t length = strlen(wrapper);
    for (char *part = name; part;) {
        if (strncmp(part, wrapper, length) == 0) {
            memmove(part, part + length, strlen(part + length) + 1);
        } else {
            part = strchr(part, '.');
            part = part ? part + 1 : NULL;
        }
    }
}

/* "fc.parametrizations.weight.original0" is PyTorch 2's name for "fc.weight_g". */
static void rename_parametrized(char *name)
{
    static const char infix[] = "parametrizations.";
    static const struct {
        const char *suffix, *classic;
    } parts[] = {{".original0", "_g"}, {".original1", "_v"}};
    char *at = strstr(name, infix);
    size_t length = strlen(name);
    if (!at || (at > name && at[-1] != '.'))
        return;
    for (size_t i = 0; i < COUNTOF(parts); i++) {
        size_t n = strlen(parts[i].suffix);
        if (length < n || strcmp(name + length - n, parts[i].suffix) != 0)
            continue;
        memcpy(name + length - n, parts[i].classic, 3);
        memmove(at, at + sizeof infix - 1, strlen(at + sizeof infix - 1) + 1);
        return;
    }
}

void checkpoint_plain_name(char *name)
{
    /* DataParallel; torch.compile; FSDP and activation checkpointing; Lightning's strategies */
    static const char *const wrappers[] = {"module.", "_orig_mod.", "_fsdp_wrapped_module.",
                                           "_checkpoint_wrapped_module.", "_forward_module."};
    for (size_t i = 0; i < COUNTOF(wrappers); i++)
        drop_wrapper(name, wrappers[i]);
    rename_parametrized(name);
}

/* ---- which encoder ---- */

enum { IMAGE, TEXT, ENCODERS, UNKNOWN = ENCODERS };

/* A short name counts only where a name begins: elsewhere it may say anything. */
static const struct {
    const char *name;
    size_t kind;
    bool is_short;
} part_names[] = {
    {"img_enc", IMAGE, false},
    {"image_enc", IMAGE, false},
    {"img_encoder", IMAGE, false},
    {"image_encoder", IMAGE, false},
    {"enc_img", IMAGE, false},
    {"enc_image", IMAGE, false},
    {"encoder_img", IMAGE, false},
    {"encoder_image", IMAGE, false},
    {"visual_encoder", IMAGE, false},
    {"vis_enc", IMAGE, false},
    {"img", IMAGE, true},
    {"image", IMAGE, true},
    {"txt_enc", TEXT, false},
    {"text_enc", TEXT, false},
    {"txt_encoder", TEXT, false},
    {"text_encoder", TEXT, false},
    {"enc_txt", TEXT, false},
    {"enc_text", TEXT, false},
    {"encoder_txt", TEXT, false},
    {"encoder_text", TEXT, false},
    {"cap_enc", TEXT, false},
    {"caption_enc", TEXT, false},
    {"cap_encoder", TEXT, false},
    {"caption_encoder", TEXT, false},
    {"txt", TEXT, true},
    {"text", TEXT, true},
};

static bool part_kind(const char *name, size_t length, bool at_start, size_t *kind_out)
{
    for (size_t i = 0; i < COUNTOF(part_names); i++)
        if (strlen(part_names[i].name) == length && memcmp(part_names[i].name, name, length) == 0 &&
            (at_start || !part_names[i].is_short)) {
            *kind_out = part_names[i].kind;
            return true;
        }
    return false;
}

/* ---- by names ---- */

struct sorting {
    struct checkpoint *checkpoint;
    struct tensor_group *parts; /* the new groups */
    size_t count, cap;
    char *prefix; /* what stands before the encoders' names: "model."; NULL while unknown */
};

static bool is_index(const char *name)
{
    return name && name[0] == '[';
}

/* The tensor's name with its group's before it, unless that is only a place in a list. */
static char *full_name(const struct tensor_group *group, const struct tensor *tensor)
{
    return group->name && !is_index(group->name) ? mem_printf("%s.%s", group->name, tensor->name)
                                                 : mem_strdup(tensor->name);
}

/* Finds the first part of a dotted name that is an encoder's; the last part is the tensor itself.
 */
static bool find_encoder(const char *full, size_t *start_out, size_t *end_out, size_t *kind_out)
{
    for (const char *at = full, *dot; (dot = strchr(at, '.')); at = dot + 1)
        if (part_kind(at, (size_t)(dot - at), at == full, kind_out)) {
            *start_out = (size_t)(at - full);
            *end_out = (size_t)(dot + 1 - full);
            return true;
        }
    return false;
}

/* The first tensor that names its encoder says what stands before such names. */
static bool find_prefix(struct sorting *s)
{
    const struct checkpoint *c = s->checkpoint;
    size_t start, end, kind;
    for (size_t g = 0; g < c->group_count; g++)
        for (size_t i = 0; i < c->groups[g].count && !s->prefix; i++) {
            char *full = full_name(&c->groups[g], &c->groups[g].tensors[i]);
            if (find_encoder(full, &start, &end, &kind))
                s->prefix = mem_strndup(full, start);
            free(full);
        }
    return s->prefix;
}

/* The part with that name, made if there is none yet. */
static struct tensor_group *part_of(struct sorting *s, const char *name, size_t length)
{
    for (size_t i = ENCODERS; i < s->count; i++)
        if (strlen(s->parts[i].name) == length && memcmp(s->parts[i].name, name, length) == 0)
            return &s->parts[i];
    MEM_ROOM(s->parts, s->count, s->cap);
    s->parts[s->count] = (struct tensor_group){.name = mem_strndup(name, length)};
    return &s->parts[s->count++];
}

/* Whether a name begins with that of a module of SGRAF's similarity, which all are one part. */
static bool is_similarity(const char *name)
{
    static const char *const modules[] = {"v_global_w.",    "t_global_w.", "sim_tranloc_w.",
                                          "sim_tranglo_w.", "sim_eval_w.", "SGR_module.",
                                          "SAF_module."};
    for (size_t i = 0; i < COUNTOF(modules); i++)
        if (strncmp(name, modules[i], strlen(modules[i])) == 0)
            return true;
    return false;
}

/* Moves a tensor into its part under what remains of its name. */
static void sort_named(struct sorting *s, const struct tensor_group *group, struct tensor *tensor)
{
    char *full = full_name(group, tensor);
    size_t start, end, kind, before = strlen(s->prefix);
    struct tensor_group *part;
    if (find_encoder(full, &start, &end, &kind) && start == before &&
        memcmp(full, s->prefix, before) == 0) {
        part = &s->parts[kind];
        if (!part->name)
            part->name = mem_strndup(full + start, end - start - 1);
    } else {
        before = strncmp(full, s->prefix, before) == 0 ? before : 0;
        const char *dot = is_similarity(full + before) ? NULL : strchr(full + before, '.');
        end = dot ? (size_t)(dot + 1 - full) : before;
        part = is_index(group->name) ? part_of(s, group->name, strlen(group->name))
               : dot                 ? part_of(s, full + before, end - before - 1)
                                     : part_of(s, "", 0);
        end = is_index(group->name) ? 0 : end;
    }
    struct tensor moved = *tensor;
    moved.name = mem_strdup(full + end);
    checkpoint_group_put(part, &moved);
    free(tensor->name);
    free(full);
}

/* Puts the new groups in the place of the old ones, whose tensors they have taken over. */
static void replace_groups(struct sorting *s)
{
    struct checkpoint *c = s->checkpoint;
    for (size_t g = 0; g < c->group_count; g++) {
        free(c->groups[g].name);
        free(c->groups[g].tensors);
    }
    free(c->groups);
    c->groups = s->parts;
    c->group_count = s->count;
}

static void sort_by_names(struct sorting *s)
{
    const struct checkpoint *c = s->checkpoint;
    s->parts = mem_new(ENCODERS, sizeof *s->parts);
    s->count = s->cap = ENCODERS;
    for (size_t g = 0; g < c->group_count; g++)
        for (size_t i = 0; i < c->groups[g].count; i++)
            sort_named(s, &c->groups[g], &c->groups[g].tensors[i]);
    replace_groups(s);
}

/* ---- by tensors ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool has_embedding(const struct tensor_group *group)
{
    return checkpoint_tensor_find(group, "embed.weight");
}

static bool has_projection(const struct tensor_group *group)
{
    return checkpoint_tensor_find(group, "fc.weight") ||
           checkpoint_tensor_find(group, "fc.weight_v");
}

/* The GRU is cap_rnn in SGRAF. */
static bool is_text_tensor(const char *name)
{
    return begins(name, "embed.") || begins(name, "rnn.") || begins(name, "cap_rnn.");
}

/* In a flat dict, drops what all its names begin with ("model."), as Lightning saves them. */
static void drop_common_prefix(struct tensor_group *group)
{
    const char *first = group->count ? group->tensors[0].name : "", *dot = strchr(first, '.');
    size_t length = dot ? (size_t)(dot + 1 - first) : 0;
    if (length == 0 || begins(first, "fc.") || is_text_tensor(first))
        return;
    for (size_t i = 0; i < group->count; i++)
        if (strncmp(group->tensors[i].name, first, length) != 0)
            return;
    for (size_t i = 0; i < group->count; i++) {
        char *name = group->tensors[i].name;
        memmove(name, name + length, strlen(name + length) + 1);
    }
}

/* Divides a flat dict that holds both encoders without their names. */
static void divide_flat(struct sorting *s)
{
    struct tensor_group *flat = &s->checkpoint->groups[0];
    s->parts = mem_new(ENCODERS, sizeof *s->parts);
    s->count = s->cap = ENCODERS;
    for (size_t i = 0; i < flat->count; i++) {
        const char *name = flat->tensors[i].name;
        struct tensor_group *part = is_text_tensor(name)  ? &s->parts[TEXT]
                                    : begins(name, "fc.") ? &s->parts[IMAGE]
                                                          : part_of(s, "", 0);
        checkpoint_group_put(part, &flat->tensors[i]);
    }
    for (size_t g = 1; g < s->checkpoint->group_count; g++) {
        MEM_ROOM(s->parts, s->count, s->cap);
        s->parts[s->count++] = s->checkpoint->groups[g];
        s->checkpoint->groups[g] = (struct tensor_group){0};
    }
    replace_groups(s);
}

static size_t kind_by_tensors(const struct tensor_group *group)
{
    return has_embedding(group) ? TEXT : has_projection(group) ? IMAGE : UNKNOWN;
}

static void move_group(struct checkpoint *c, size_t from, size_t to)
{
    struct tensor_group moved = c->groups[from];
    memmove(&c->groups[to + 1], &c->groups[to], (from - to) * sizeof moved);
    c->groups[to] = moved;
}

/* Finds the only group of a kind. */
static bool find_only(const struct checkpoint *c, size_t kind, size_t *out)
{
    size_t found = 0;
    for (size_t g = 0; g < c->group_count; g++)
        if (kind_by_tensors(&c->groups[g]) == kind) {
            *out = g;
            found++;
        }
    return found == 1;
}

static void sort_by_tensors(struct checkpoint *c)
{
    size_t image, text;
    if (!find_only(c, IMAGE, &image) || !find_only(c, TEXT, &text))
        return;
    move_group(c, image, 0);
    text += text < image;
    move_group(c, text, 1);
}

/* ---- names that became the same ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_unique(const struct checkpoint *c, const struct tensor_group *group,
                        struct error *err)
{
    char **names = mem_new(group->count + 1, sizeof *names);
    int status = 0;
    for (size_t i = 0; i < group->count; i++)
        names[i] = group->tensors[i].name;
    qsort(names, group->count, sizeof *names, compare_names);
    for (size_t i = 1; i < group->count && status == 0; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            status = error_at(err, c->path ? c->path : "the checkpoint", -1,
                              "two of its tensors are %s once the names' wrappers (module., "
                              "_orig_mod. ...) are dropped: it holds more than one model",
                              names[i]);
    free(names);
    return status;
}

int checkpoint_sort_parts(struct checkpoint *checkpoint, struct error *err)
{
    struct sorting s = {.checkpoint = checkpoint};
    if (find_prefix(&s)) {
        sort_by_names(&s);
    } else if (checkpoint->group_count > 0) {
        struct tensor_group *first = &checkpoint->groups[0];
        if (!first->name)
            drop_common_prefix(first);
        if (!first->name && has_projection(first) && has_embedding(first))
            divide_flat(&s);
        else
            sort_by_tensors(checkpoint);
    }
    free(s.prefix);
    for (size_t g = 0; g < checkpoint->group_count; g++)
        if (check_unique(checkpoint, &checkpoint->groups[g], err) != 0)
            return -1;
    return 0;
}
