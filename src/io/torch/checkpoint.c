#include "io/torch/checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/torch/pickle_numpy.h"
#include "io/torch/pickle_show.h"
#include "io/torch/torchfile.h"

enum { MAX_GROUPS = 1024, MAX_TENSORS = 100000, NAME_LIMIT = 512 };

_Static_assert((int)TENSOR_DIMS == (int)ARRAY_DIMS, "a tensor holds any view");

static void tensor_done(struct tensor *tensor)
{
    free(tensor->name);
    free(tensor->data);
    free(tensor->integers);
    free(tensor->doubles);
}

static void group_done(struct tensor_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        tensor_done(&group->tensors[i]);
    free(group->tensors);
}

void checkpoint_free(struct checkpoint *checkpoint)
{
    if (!checkpoint)
        return;
    for (size_t i = 0; i < checkpoint->group_count; i++)
        group_done(&checkpoint->groups[i]);
    free(checkpoint->groups);
    group_done(&checkpoint->extra);
    for (size_t i = 0; i < checkpoint->option_count; i++) {
        free(checkpoint->options[i].name);
        free(checkpoint->options[i].text);
    }
    free(checkpoint->options);
    free(checkpoint->path);
    notes_done(&checkpoint->notes);
    free(checkpoint);
}

struct checkpoint *checkpoint_new(size_t groups)
{
    struct checkpoint *checkpoint = mem_new(1, sizeof *checkpoint);
    checkpoint->groups = mem_new(groups, sizeof *checkpoint->groups);
    checkpoint->group_count = groups;
    checkpoint->epoch = checkpoint->eiters = -1;
    checkpoint->best_rsum = NAN;
    return checkpoint;
}

const struct tensor *checkpoint_tensor_find(const struct tensor_group *group, const char *name)
{
    for (size_t i = 0; i < group->count; i++)
        if (strcmp(group->tensors[i].name, name) == 0)
            return &group->tensors[i];
    return NULL;
}

const struct option *checkpoint_option_find(const struct checkpoint *checkpoint, const char *name)
{
    for (size_t i = 0; i < checkpoint->option_count; i++)
        if (strcmp(checkpoint->options[i].name, name) == 0)
            return &checkpoint->options[i];
    return NULL;
}

void checkpoint_option_add(struct checkpoint *checkpoint, const char *name, enum option_kind kind,
                           double number, const char *text)
{
    struct option option = {
        .name = mem_strdup(name), .kind = kind, .number = number, .text = mem_strdup(text)};
    MEM_ROOM(checkpoint->options, checkpoint->option_count, checkpoint->option_cap);
    checkpoint->options[checkpoint->option_count++] = option;
}

/* Puts a tensor into a group, which takes over what it owns. */
static struct tensor *group_put(struct tensor_group *group, const struct tensor *tensor)
{
    MEM_ROOM(group->tensors, group->count, group->cap);
    group->tensors[group->count] = *tensor;
    return &group->tensors[group->count++];
}

int checkpoint_tensor_add(struct tensor_group *group, const char *name, enum tensor_kind kind,
                          int ndim, const size_t *shape, struct tensor **out, struct error *err)
{
    static const char *const types[] = {"float32", "int64", "float64"};
    struct tensor tensor = {.ndim = ndim, .count = 1, .file_type = types[kind]};
    if (ndim < 0 || ndim > TENSOR_DIMS)
        return error_set(err, "%s: a tensor of %d dimensions", name, ndim);
    for (int i = 0; i < ndim; i++) {
        tensor.shape[i] = shape[i];
        if (!mem_mul(tensor.count, shape[i], &tensor.count))
            return error_set(err, "%s: its sizes overflow", name);
    }
    void *data;
    if (mem_alloc(&data, tensor.count, kind == TENSOR_FLOATS ? 4 : 8, name, err) != 0)
        return -1;
    tensor.data = kind == TENSOR_FLOATS ? data : NULL;
    tensor.integers = kind == TENSOR_INTEGERS ? data : NULL;
    tensor.doubles = kind == TENSOR_DOUBLES ? data : NULL;
    tensor.name = mem_strdup(name);
    *out = group_put(group, &tensor);
    return 0;
}

/* ---- loading ---- */

struct loading {
    struct torchfile *file;
    struct checkpoint *checkpoint;
    size_t tensors; /* so far, in all groups */
    struct error *err;
};

/* A key as a tensor's name: text (or a number as text), without "module." wherever DataParallel
 * inserted it. */
static char *name_of(const struct pickle_value *key)
{
    static const char wrapper[] = "module.";
    struct str text = {0};
    pickle_show_value(&text, key);
    char *name = str_take(&text);
    for (char *part = name; part;) {
        if (strncmp(part, wrapper, sizeof wrapper - 1) == 0) {
            memmove(part, part + sizeof wrapper - 1, strlen(part + sizeof wrapper - 1) + 1);
        } else {
            part = strchr(part, '.');
            part = part ? part + 1 : NULL;
        }
    }
    return name;
}

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

/* Adds the entry to the group if it is an array of real numbers. */
static int load_entry(struct loading *l, const struct pickle_value *key,
                      const struct pickle_value *value, struct tensor_group *group)
{
    struct array_view view;
    struct tensor tensor = {.name = name_of(key)};
    int is_array = strlen(tensor.name) > NAME_LIMIT
                       ? error_at(l->err, l->checkpoint->path, -1, "has a tensor name of %zu bytes",
                                  strlen(tensor.name))
                       : torchfile_array(l->file, value, tensor.name, true, &view, l->err);
    if (is_array <= 0 || !array_elem_is_real(view.type)) {
        free(tensor.name);
        return is_array < 0 ? -1 : 0;
    }
    tensor.ndim = view.ndim;
    tensor.count = view.count;
    memcpy(tensor.shape, view.shape, sizeof tensor.shape);
    tensor.file_type = array_elem_name(view.type);
    if (++l->tensors > MAX_TENSORS)
        error_at(l->err, l->checkpoint->path, -1, "has more than %d tensors", MAX_TENSORS);
    if (l->tensors > MAX_TENSORS || convert(l, &view, &tensor) != 0) {
        tensor_done(&tensor);
        return -1;
    }
    group_put(group, &tensor);
    return 0;
}

static int load_group(struct loading *l, const struct pickle_value *dict,
                      struct tensor_group *group)
{
    if (!dict || dict->kind != PICKLE_DICT)
        return 0;
    for (size_t i = 0; i + 1 < dict->list.count; i += 2)
        if (load_entry(l, dict->list.items[i], dict->list.items[i + 1], group) != 0)
            return -1;
    return 0;
}

/* Whether the first entry of a dict is itself a dict: then each entry is a group. */
static bool holds_groups(const struct pickle_value *value)
{
    return value->kind == PICKLE_DICT && value->list.count >= 2 &&
           value->list.items[1]->kind == PICKLE_DICT;
}

/* Loads the groups of a list of dicts, a dict of dicts, or one flat dict. */
static int load_groups(struct loading *l, const struct pickle_value *model)
{
    bool is_list = model->kind == PICKLE_LIST || model->kind == PICKLE_TUPLE;
    bool nested = is_list || holds_groups(model);
    size_t step = is_list ? 1 : 2, count = nested ? model->list.count / step : 1;
    if (count > MAX_GROUPS)
        return error_at(l->err, l->checkpoint->path, -1,
                        "has a model of %zu parts; at most %d are read", count, MAX_GROUPS);
    l->checkpoint->groups = mem_grow(l->checkpoint->groups, count, sizeof *l->checkpoint->groups);
    for (size_t i = 0; i < count; i++) {
        const struct pickle_value *dict = nested ? model->list.items[i * step + step - 1] : model;
        struct tensor_group *group = &l->checkpoint->groups[l->checkpoint->group_count++];
        *group = (struct tensor_group){0};
        if (load_group(l, dict, group) != 0)
            return -1;
        l->checkpoint->has_model |= group->count > 0;
    }
    return 0;
}

/* Where the model is: under "model" or "state_dict"; else the file is nothing but the model. */
static const struct pickle_value *find_model(const struct pickle_value *root)
{
    const struct pickle_value *model = pickle_get(root, "model");
    if (!model)
        model = pickle_get(root, "state_dict");
    return model ? model : root;
}

/* A number of Python's or numpy's, or a tensor of one element. */
static bool load_number(struct loading *l, const struct pickle_value *value, double *out)
{
    struct array_view view;
    if (pickle_numpy_number(value, out))
        return true;
    if (!value || torchfile_array(l->file, value, "", true, &view, NULL) != 1 || view.count != 1 ||
        !array_elem_is_real(view.type))
        return false;
    array_doubles(&view, out);
    return true;
}

static int64_t load_whole(struct loading *l, const struct pickle_value *value)
{
    double number;
    int64_t whole;
    if (pickle_numpy_integer(value, &whole))
        return whole < 0 ? -1 : whole;
    if (!load_number(l, value, &number) || !(number >= 0 && number <= 0x1p53) ||
        number != floor(number))
        return -1;
    return (int64_t)number;
}

static void load_option(struct checkpoint *checkpoint, const struct pickle_value *key,
                        const struct pickle_value *value)
{
    struct str name = {0}, text = {0};
    enum option_kind kind = OPTION_TEXT;
    double number = 0;
    int64_t whole;
    pickle_show_value(&name, key);
    if (value->kind == PICKLE_NONE)
        kind = OPTION_NONE;
    else if (pickle_numpy_number(value, &number))
        kind = value->kind == PICKLE_BOOL                                           ? OPTION_BOOL
               : value->kind != PICKLE_FLOAT && pickle_numpy_integer(value, &whole) ? OPTION_INT
                                                                                    : OPTION_FLOAT;
    else
        pickle_show_value(&text, value);
    checkpoint_option_add(checkpoint, str_text(&name), kind, number,
                          kind == OPTION_TEXT ? str_text(&text) : NULL);
    str_done(&name);
    str_done(&text);
}

/* The fields of a Namespace (or of a dict, as some save vars(opt)). */
static void load_options(struct checkpoint *checkpoint, const struct pickle_value *opt)
{
    if (pickle_is_object(opt, PICKLE_ROLE_NAMESPACE))
        opt = opt->object.state;
    if (!opt || opt->kind != PICKLE_DICT)
        return;
    for (size_t i = 0; i + 1 < opt->list.count && checkpoint->option_count < 10000; i += 2)
        load_option(checkpoint, opt->list.items[i], opt->list.items[i + 1]);
}

static int load_all(struct loading *l)
{
    struct checkpoint *c = l->checkpoint;
    const struct pickle_value *root = torchfile_root(l->file);
    const struct pickle_value *model = find_model(root);
    bool is_model =
        model->kind == PICKLE_DICT || model->kind == PICKLE_LIST || model->kind == PICKLE_TUPLE;
    c->format = torchfile_format(l->file);
    if (!is_model)
        return error_at(l->err, c->path, -1,
                        "is not a checkpoint: it holds neither a dict nor a list");
    c->epoch = load_whole(l, pickle_get(root, "epoch"));
    c->eiters = load_whole(l, pickle_get(root, "Eiters"));
    if (!load_number(l, pickle_get(root, "best_rsum"), &c->best_rsum))
        c->best_rsum = NAN;
    load_options(c, pickle_get(root, "opt"));
    if (load_groups(l, model) != 0)
        return -1;
    return load_group(l, pickle_get(root, "scanscope"), &c->extra);
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
