/* torchdump: what the reader makes of a torch file, for tests/cli/torch_check.py to compare with
 * torch.load. torchdump tree FILE       every array by path: type, shape, CRC of its numbers as
 * float64 torchdump load FILE       checkpoint_load: groups, tensors (CRC of their float32),
 * options, counters torchdump save FILE OUT   checkpoint_load, then checkpoint_save torchdump sizes
 * FILE      the image sizes of an .npy of dicts torchdump results FILE    the similarities of an
 * evaluation's .npy */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/torch/checkpoint.h"
#include "io/torch/objarray.h"
#include "io/torch/pickle_show.h"
#include "io/torch/torchfile.h"

static unsigned long checksum(const void *data, size_t size)
{
    return crc32(0, data, (uInt)size);
}

static void print_shape(int ndim, const size_t *shape)
{
    for (int i = 0; i < ndim; i++)
        printf("%s%zu", i ? "x" : "", shape[i]);
}

static int tree(struct torchfile *file, const struct pickle_value *value, struct str *path,
                struct error *err)
{
    struct array_view view;
    int is_array = torchfile_array(file, value, str_text(path), true, &view, err);
    if (is_array == 1) {
        double *numbers = mem_new(view.count, sizeof *numbers);
        array_doubles(&view, numbers);
        printf("%s %s [", str_text(path), array_elem_name(view.type));
        print_shape(view.ndim, view.shape);
        printf("] %08lx\n", checksum(numbers, view.count * sizeof *numbers));
        free(numbers);
    }
    if (is_array != 0)
        return is_array < 0 ? -1 : 0;
    bool is_dict = value->kind == PICKLE_DICT;
    size_t count = is_dict ? value->list.count : pickle_count(value), length = path->length;
    for (size_t i = 0; i < count; i += is_dict ? 2 : 1) {
        str_add(path, "/");
        if (is_dict)
            pickle_show_value(path, value->list.items[i]);
        else
            str_addf(path, "%zu", i);
        if (tree(file, value->list.items[is_dict ? i + 1 : i], path, err) != 0)
            return -1;
        path->length = length;
        path->text[length] = '\0';
    }
    return 0;
}

static int dump_tree(const char *name, struct error *err)
{
    struct torchfile *file;
    struct str path = {0};
    if (torchfile_open(name, TORCHFILE_LOAD, &file, err) != 0)
        return -1;
    int status = tree(file, torchfile_root(file), &path, err);
    torchfile_free(file);
    str_done(&path);
    return status;
}

static void print_group(const char *title, const struct tensor_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct tensor *t = &group->tensors[i];
        printf("%s %s %s [", title, t->name, t->file_type);
        print_shape(t->ndim, t->shape);
        printf("] %08lx\n", checksum(t->data, t->count * sizeof *t->data));
    }
}

static void print_option(const struct option *o)
{
    static const char *const kinds[] = {"None", "bool", "int", "float", "str"};
    printf("opt %s %s ", o->name, kinds[o->kind]);
    if (o->kind == OPTION_TEXT)
        printf("%s\n", o->text);
    else
        printf("%.17g\n", o->number);
}

static int dump_checkpoint(const char *path, struct error *err)
{
    struct checkpoint *c;
    if (checkpoint_load(path, &c, err) != 0)
        return -1;
    printf("epoch %lld\nEiters %lld\nbest_rsum %.17g\n", (long long)c->epoch, (long long)c->eiters,
           c->best_rsum);
    for (size_t i = 0; i < c->group_count; i++) {
        char title[24];
        snprintf(title, sizeof title, "%zu", i);
        print_group(title, &c->groups[i]);
    }
    print_group("scanscope", &c->extra);
    for (size_t i = 0; i < c->option_count; i++)
        print_option(&c->options[i]);
    checkpoint_free(c);
    return 0;
}

static int copy(const char *from, const char *to, struct error *err)
{
    struct checkpoint *c;
    if (checkpoint_load(from, &c, err) != 0)
        return -1;
    int status = checkpoint_save(to, c, err);
    checkpoint_free(c);
    return status;
}

static int dump_sizes(const char *path, struct error *err)
{
    struct npy *npy;
    if (npy_open(path, NULL, &npy, err) != 0)
        return -1;
    int32_t *sizes = mem_new(npy->count, 2 * sizeof *sizes);
    int status = objarray_image_sizes(npy->data, npy->data_size, path, npy->count, sizes, err);
    for (size_t i = 0; status == 0 && i < npy->count; i++)
        printf("%d %d\n", sizes[2 * i], sizes[2 * i + 1]);
    free(sizes);
    npy_free(npy);
    return status;
}

static int dump_results(const char *path, struct error *err)
{
    struct npy *npy;
    float *sims;
    size_t shape[2], npts;
    if (npy_open(path, NULL, &npy, err) != 0)
        return -1;
    int status = objarray_results(npy->data, npy->data_size, path, &sims, shape, &npts, err);
    if (status == 0) {
        printf("%zu %zu %zu %08lx\n", npts, shape[0], shape[1],
               checksum(sims, shape[0] * shape[1] * sizeof *sims));
        free(sims);
    }
    npy_free(npy);
    return status;
}

int main(int argc, char **argv)
{
    struct error err;
    static const struct {
        const char *name;
        int (*run)(const char *path, struct error *err);
    } modes[] = {{"tree", dump_tree},
                 {"load", dump_checkpoint},
                 {"sizes", dump_sizes},
                 {"results", dump_results}};
    int status =
        error_set(&err, "usage: torchdump tree|load|sizes|results FILE, torchdump save FILE OUT");
    for (size_t i = 0; argc == 3 && i < COUNTOF(modes); i++)
        if (strcmp(argv[1], modes[i].name) == 0)
            status = modes[i].run(argv[2], &err);
    if (argc == 4 && strcmp(argv[1], "save") == 0)
        status = copy(argv[2], argv[3], &err);
    if (status != 0)
        fprintf(stderr, "%s\n", err.text);
    return status ? 1 : 0;
}
