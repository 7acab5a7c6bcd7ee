/* checkpoint_file.c: a checkpoint's file in any of its formats. */
#include "base/file.h"
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/safetensors_checkpoint.h"
#include "io/torch/torchfile.h"

static int is_safetensors(const char *path, bool *out, struct error *err)
{
    struct file_map map;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    *out = safetensors_is(path, map.data, map.size);
    file_map_close(&map);
    return 0;
}

static int load_safetensors(const char *path, struct checkpoint **out, struct error *err)
{
    struct safetensors *file;
    if (safetensors_open(path, &file, err) != 0)
        return -1;
    int status = safetensors_checkpoint_load(file, out, err);
    safetensors_free(file);
    return status;
}

static int load_torch(const char *path, struct checkpoint **out, struct error *err)
{
    struct torchfile *file;
    if (torchfile_open(path, TORCHFILE_LOAD, &file, err) != 0)
        return -1;
    int status = checkpoint_from_file(file, out, err);
    torchfile_free(file);
    return status;
}

int checkpoint_load(const char *path, struct checkpoint **out, struct error *err)
{
    bool safetensors;
    *out = NULL;
    if (is_safetensors(path, &safetensors, err) != 0)
        return -1;
    return safetensors ? load_safetensors(path, out, err) : load_torch(path, out, err);
}

int checkpoint_save(const char *path, const struct checkpoint *checkpoint, struct error *err)
{
    return str_ends_with(path, ".safetensors") ? safetensors_checkpoint_save(path, checkpoint, err)
                                               : torchfile_save(path, checkpoint, err);
}

int checkpoint_describe(const char *path, bool json, struct str *out, struct error *err)
{
    bool safetensors;
    struct safetensors *file;
    if (is_safetensors(path, &safetensors, err) != 0)
        return -1;
    if (!safetensors)
        return torchfile_describe(path, json, out, err);
    if (safetensors_open(path, &file, err) != 0)
        return -1;
    safetensors_list(file, json, out);
    safetensors_free(file);
    return 0;
}
