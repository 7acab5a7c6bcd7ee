/* checkpoint_load.c: from a torch file's values to a checkpoint. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/torch/checkpoint_private.h"
#include "io/torch/pickle_numpy.h"
#include "io/torch/pickle_show.h"

enum {
    MAX_GROUPS = 1024,
    MAX_TENSORS = 100000,
    MAX_VISITS = 300000,
    NAME_LIMIT = 512,
    MAX_DEPTH = 16
};

_Static_assert((int)TENSOR_DIMS == (int)ARRAY_DIMS, "a tensor holds any view");

struct loading {
    struct torchfile *file;
    struct checkpoint *checkpoint;
    size_t tensors; /* so far, in all groups */
    size_t visits;  /* of items: a hostile file can have one list within itself many times over */
    struct error *err;
};

/* A key as part of a tensor's name: text, or a number as text. */
static char *name_of(const char *before, const struct pickle_value *key, size_t index)
{
    struct str text = {0};
    str_add(&text, before);
    if (key)
        pickle_show_value(&text, key);
    else
        str_addf(&text, "%zu", index);
    char *name = str_take(&text);
    checkpoint_plain_name(name);
    return name;
}

/* ---- tensors ---- */

/* Converts the view's numbers to float32, and also exactly if float32 may lose something. */
static int convert(struct loading *l, const struct array_view *view, struct tensor *tensor)
{
    bool wide = array_elem_is_integer(view->type) || view->type == ELEM_F64;
    if (torchfile_charge(l->file, tensor->name, view->count, wide ? 12 : 4, l->err) != 0 ||
        mem_alloc(&tensor->data, view->count, sizeof *tensor->data, tensor->name, l->err) != 0)
        return -1;
    array_floats(view, tensor->data);
    if (array_elem_is_integer(view->type)) {
        if (mem_alloc(&tensor->integers, view->count, sizeof(int64_t), tensor->name, l->err) != 0)
            return -1;
        array_integers(view, tensor->integers);
    } else if (view->type == ELEM_F64) {
        if (mem_alloc(&tensor->doubles, view->count, sizeof(double), tensor->name, l->err) != 0)
            return -1;
        array_doubles(view, tensor->doubles);
    }
    return 0;
}

/* Adds an array, whose view has no data yet, to the group, which takes over the name. */
static int load_array(struct loading *l, const struct pickle_value *value, char *name,
                      struct tensor_group *group)
{
    struct array_view view;
    struct tensor tensor = {.name = name};
    int status = -1;
    if (++l->tensors > MAX_TENSORS)
        error_at(l->err, l->checkpoint->path, -1, "has more than %d tensors", MAX_TENSORS);
    else if (torchfile_array(l->file, value, name, true, &view, l->err) == 1) {
        tensor.ndim = view.ndim;
        tensor.count = view.count;
        memcpy(tensor.shape, view.shape, sizeof tensor.shape);
        tensor.file_type = array_elem_name(view.type);
        status = convert(l, &view, &tensor);
    }
    if (status == 0)
        checkpoint_group_put(group, &tensor);
    else
        checkpoint_tensor_done(&tensor);
    return status;
}

/* Whether an object could be a tensor that we cannot read, or hold some. Numpy's numbers and what
 * is inert (a device, a size) are neither. */
static bool is_unreadable(const struct pickle_value *value)
{
    return value->kind == PICKLE_OBJECT && (!value->object.callable->global.known ||
                                            pickle_is_object(value, PICKLE_ROLE_PARAMETER));
}

/* `name` is what stands there, "" for the whole file. */
static int refuse_object(struct loading *l, const char *name, const struct pickle_value *value)
{
    struct str text = {0};
    pickle_show_value(&text, value);
    error_at(l->err, l->checkpoint->path, -1,
             "%s%sholds a Python object, %s, which is not read; save the model's state_dict() "
             "instead",
             name, *name ? " " : "", str_text(&text));
    str_done(&text);
    return -1;
}

/* ---- the model's parts ---- */

static int load_entry(struct loading *l, char *name, const struct pickle_value *value,
                      struct tensor_group *group, int depth);

/* The items of a dict, a list or a tuple, or NULL; *step_out is 2 in a dict. */
static const struct pickle_value *items_of(const struct pickle_value *value, size_t *step_out)
{
    const struct pickle_value *entries = pickle_entries(value);
    *step_out = entries ? 2 : 1;
    if (entries)
        return entries;
    return value && (value->kind == PICKLE_LIST || value->kind == PICKLE_TUPLE) ? value : NULL;
}

static int load_items(struct loading *l, const char *before, const struct pickle_value *items,
                      size_t step, struct tensor_group *group, int depth)
{
    for (size_t i = 0; i + step <= items->list.count; i += step) {
        const struct pickle_value *key = step == 2 ? items->list.items[i] : NULL;
        if (++l->visits > MAX_VISITS)
            return error_at(l->err, l->checkpoint->path, -1, "has a model of more than %d items",
                            MAX_VISITS);
        char *name = name_of(before, key, i);
        if (load_entry(l, name, items->list.items[i + step - 1], group, depth) != 0)
            return -1;
    }
    return 0;
}

/* Adds what an entry holds to the group: an array, or those of a dict within the dict. Takes over
 * the name. */
static int load_entry(struct loading *l, char *name, const struct pickle_value *value,
                      struct tensor_group *group, int depth)
{
    struct array_view view;
    size_t step;
    const struct pickle_value *items = items_of(value, &step);
    int status = strlen(name) > NAME_LIMIT
                     ? error_at(l->err, l->checkpoint->path, -1, "has a tensor name of %zu bytes",
                                strlen(name))
                     : torchfile_array(l->file, value, name, false, &view, l->err);
    if (status == 1 && array_elem_is_real(view.type))
        return load_array(l, value, name, group);
    if (status == 1)
        status = error_at(l->err, l->checkpoint->path, -1,
                          "%s in the model holds %s: real numbers are expected", name,
                          array_elem_name(view.type));
    else if (status == 0 && items && depth < MAX_DEPTH) {
        char *before = mem_printf("%s.", name);
        status = load_items(l, before, items, step, group, depth + 1);
        free(before);
    } else if (status == 0 && is_unreadable(value)) {
        status = refuse_object(l, name, value);
    }
    free(name);
    return status;
}

/* What a checkpoint holds beside its model that never changes what the model computes. */
static const char *const beside[] = {
    /* the state of the training */
    "optimizer",
    "optimizer_state_dict",
    "optimizer_state",
    "optimizer_states",
    "optimizers",
    "optim",
    "optim_state_dict",
    "opt_state",
    "scheduler",
    "scheduler_state_dict",
    "lr_scheduler",
    "lr_schedulers",
    "scaler",
    "amp",
    "grad_scaler",
    "native_amp_scaling_state",
    "rng_state",
    "rng_states",
    "cuda_rng_state",
    "torch_rng_state",
    "callbacks",
    "loops",
    "scanscope",
    /* its progress */
    "epoch",
    "global_step",
    "Eiters",
    "best_rsum",
    "best_r1",
    "best_score",
    "loss",
    "losses",
    "metrics",
    "history",
    "results",
    /* a mean of earlier weights, and not the ones that are evaluated */
    "ema",
    "model_ema",
    "state_dict_ema",
    "ema_state_dict",
    NULL,
};

static struct tensor_group *new_group(struct loading *l, const char *name)
{
    struct checkpoint *c = l->checkpoint;
    c->groups = mem_grow(c->groups, c->group_count + 1, sizeof *c->groups);
    struct tensor_group *group = &c->groups[c->group_count++];
    *group = (struct tensor_group){.name = name ? mem_strdup(name) : NULL};
    return group;
}

/* The group of the tensors that stand in the model itself: the first, without a name. */
static struct tensor_group *flat_group(struct loading *l)
{
    struct checkpoint *c = l->checkpoint;
    if (c->group_count > 0 && !c->groups[0].name)
        return &c->groups[0];
    new_group(l, NULL);
    memmove(&c->groups[1], &c->groups[0], (c->group_count - 1) * sizeof *c->groups);
    c->groups[0] = (struct tensor_group){0};
    return &c->groups[0];
}

/* Loads one entry of the model: a part if it is a dict (in a list, whatever it is), else a tensor.
 * Takes over the name. */
static int load_part(struct loading *l, char *name, const struct pickle_value *value)
{
    size_t step;
    struct array_view view;
    struct tensor_group none = {0};
    const struct pickle_value *items = items_of(value, &step);
    int is_array = torchfile_array(l->file, value, name, false, &view, l->err);
    if (is_array == 0 && (items || *name == '[')) {
        struct tensor_group *part = new_group(l, name);
        if (items) {
            free(name);
            return load_items(l, "", items, step, part, 1);
        }
    }
    return load_entry(l, name, value, is_array == 1 ? flat_group(l) : &none, 0);
}

static int load_model(struct loading *l, const struct pickle_value *model, bool is_root)
{
    size_t step;
    const struct pickle_value *items = items_of(model, &step);
    if (items->list.count / step > MAX_TENSORS)
        return error_at(l->err, l->checkpoint->path, -1, "has more than %d tensors", MAX_TENSORS);
    for (size_t i = 0; i + step <= items->list.count; i += step) {
        char *name = step == 2 ? name_of("", items->list.items[i], 0) : mem_printf("[%zu]", i);
        if (is_root &&
            (checkpoint_is_key(beside, name) || checkpoint_is_key(checkpoint_option_keys, name))) {
            free(name);
            continue;
        }
        if (load_part(l, name, items->list.items[i + step - 1]) != 0)
            return -1;
        if (l->checkpoint->group_count > MAX_GROUPS)
            return error_at(l->err, l->checkpoint->path, -1, "has a model of more than %d parts",
                            MAX_GROUPS);
    }
    return 0;
}

/* ---- where the model is ---- */

/* Whether an array is among the items, or the items' items. */
static bool holds_arrays(struct loading *l, const struct pickle_value *value, int depth)
{
    size_t step;
    struct array_view view;
    const struct pickle_value *items = items_of(value, &step);
    for (size_t i = step - 1; items && i < items->list.count && l->visits++ < MAX_VISITS; i += step)
        if (torchfile_array(l->file, items->list.items[i], "", false, &view, NULL) != 0 ||
            (depth > 0 && holds_arrays(l, items->list.items[i], depth - 1)))
            return true;
    return false;
}

/* Whether torch's tensors, not only numpy's arrays (of results, say), are among a dict's items:
 * real numbers, and more than one. */
static bool holds_tensors(struct loading *l, const struct pickle_value *value)
{
    size_t step;
    struct array_view view;
    const struct pickle_value *items = items_of(value, &step);
    for (size_t i = step - 1; items && i < items->list.count && l->visits++ < MAX_VISITS;
         i += step) {
        const struct pickle_value *item = items->list.items[i];
        if (pickle_numpy_array(item, "", &view, NULL) == 0 &&
            torchfile_array(l->file, item, "", false, &view, NULL) == 1 && view.count > 1 &&
            array_elem_is_real(view.type) && !array_elem_is_integer(view.type))
            return true;
    }
    return false;
}

/* The model under its usual names, or else the file as a whole. */
static const char *find_model(struct loading *l, const struct pickle_value **out)
{
    static const char *const keys[] = {"model", "state_dict", "net", "model_state_dict"};
    const struct pickle_value *root = torchfile_root(l->file);
    const char *found = NULL;
    *out = root;
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        const struct pickle_value *value = pickle_get(root, keys[i]);
        size_t step;
        bool is_model = items_of(value, &step) ? !found || holds_arrays(l, value, 1)
                                               : value && is_unreadable(value) && !found;
        if (!is_model || (found && holds_arrays(l, *out, 1)))
            continue;
        *out = value;
        found = keys[i];
    }
    return found;
}

/* What else the file holds, under a key without a meaning for us. A dict with tensors is a part of
 * the model: whoever put it there may need it. */
static int load_beside(struct loading *l, char *name, const struct pickle_value *value)
{
    struct array_view view;
    if (holds_tensors(l, value))
        return load_part(l, name, value);
    if (torchfile_array(l->file, value, name, false, &view, NULL) == 1 && view.count > 1)
        notes_add(&l->checkpoint->notes, "%s: the numbers in %s, beside the model, are not used",
                  file_name(l->checkpoint->path), name);
    free(name);
    return 0;
}

static int load_all_beside(struct loading *l, const char *model_key)
{
    const struct pickle_value *root = pickle_entries(torchfile_root(l->file));
    for (size_t i = 0; root && i + 1 < root->list.count; i += 2) {
        char *name = name_of("", root->list.items[i], 0);
        if (strcmp(name, model_key) == 0 || checkpoint_is_key(beside, name) ||
            checkpoint_is_key(checkpoint_option_keys, name))
            free(name);
        else if (load_beside(l, name, root->list.items[i + 1]) != 0)
            return -1;
    }
    return 0;
}

static int64_t load_whole(struct loading *l, const char *key)
{
    double number;
    int64_t whole;
    const struct pickle_value *value = pickle_get(torchfile_root(l->file), key);
    if (pickle_numpy_integer(value, &whole))
        return whole < 0 ? -1 : whole;
    if (!checkpoint_number(l->file, value, &number) || !(number >= 0 && number <= 0x1p53) ||
        number != floor(number))
        return -1;
    return (int64_t)number;
}

static void load_progress(struct loading *l)
{
    struct checkpoint *c = l->checkpoint;
    c->epoch = load_whole(l, "epoch");
    c->eiters = load_whole(l, "Eiters");
    if (c->eiters < 0)
        c->eiters = load_whole(l, "global_step");
    if (!checkpoint_number(l->file, pickle_get(torchfile_root(l->file), "best_rsum"),
                           &c->best_rsum))
        c->best_rsum = NAN;
}

static int load_groups(struct loading *l)
{
    size_t step;
    struct checkpoint *c = l->checkpoint;
    const struct pickle_value *model;
    const char *key = find_model(l, &model);
    if (!key && pickle_get(torchfile_root(l->file), "model_A") &&
        pickle_get(torchfile_root(l->file), "model_B"))
        return error_at(l->err, c->path, -1,
                        "holds two models, model_A and model_B: save each in a file of its own, "
                        "under model, and give both, whose scores are then averaged");
    if (!items_of(model, &step))
        return is_unreadable(model)
                   ? refuse_object(l, key ? key : "", model)
                   : error_at(l->err, c->path, -1,
                              "is not a checkpoint: it holds neither a dict nor a list");
    if (load_model(l, model, !key) != 0 || (key && load_all_beside(l, key) != 0))
        return -1;
    for (size_t i = 0; i < c->group_count; i++)
        c->has_model |= c->groups[i].count > 0;
    return checkpoint_sort_parts(c, l->err);
}

static int load_all(struct loading *l)
{
    size_t step;
    struct checkpoint *c = l->checkpoint;
    const struct pickle_value *own = pickle_get(torchfile_root(l->file), "scanscope");
    c->format = torchfile_format(l->file);
    load_progress(l);
    checkpoint_load_options(c, l->file);
    if (load_groups(l) != 0)
        return -1;
    return own && items_of(own, &step) ? load_items(l, "", own, step, &c->extra, 1) : 0;
}

int checkpoint_from_file(struct torchfile *file, struct checkpoint **out, struct error *err)
{
    struct loading l = {.file = file, .checkpoint = checkpoint_new(0), .err = err};
    *out = l.checkpoint;
    l.checkpoint->path = mem_strdup(torchfile_path(file));
    if (load_all(&l) == 0)
        return 0;
    checkpoint_free(l.checkpoint);
    *out = NULL;
    return -1;
}
