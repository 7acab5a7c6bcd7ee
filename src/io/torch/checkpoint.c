#include "io/torch/checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/torch/checkpoint_private.h"

_Static_assert((int)TENSOR_DIMS == (int)ARRAY_DIMS, "a tensor holds any view");

void checkpoint_tensor_done(struct tensor *tensor)
{
    free(tensor->name);
    free(tensor->data);
    free(tensor->integers);
    free(tensor->doubles);
}

void checkpoint_group_done(struct tensor_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        checkpoint_tensor_done(&group->tensors[i]);
    free(group->name);
    free(group->tensors);
}

void checkpoint_free(struct checkpoint *checkpoint)
{
    if (!checkpoint)
        return;
    for (size_t i = 0; i < checkpoint->group_count; i++)
        checkpoint_group_done(&checkpoint->groups[i]);
    free(checkpoint->groups);
    checkpoint_group_done(&checkpoint->extra);
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

struct tensor *checkpoint_group_put(struct tensor_group *group, const struct tensor *tensor)
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
    *out = checkpoint_group_put(group, &tensor);
    return 0;
}
