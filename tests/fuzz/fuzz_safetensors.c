/* Fuzz target: safetensors, loaded as a checkpoint and a model, and listed. */
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/safetensors.h"
#include "io/torch/safetensors_checkpoint.h"
#include "model/model.h"
#include "tests/fuzz/fuzz.h"

static void open_model(const struct checkpoint *checkpoint)
{
    static const struct model_given given = {.assume_defaults = true};
    struct model *model;
    struct error err;
    if (model_from_checkpoint(checkpoint, &given, &model, &err) == 0)
        model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    struct safetensors *file;
    struct checkpoint *checkpoint;
    struct str text = {0};
    if (safetensors_open_bytes(data, size, "fuzz", &file, &err) != 0)
        return 0;
    safetensors_list(file, size % 2, &text);
    if (safetensors_checkpoint_load(file, &checkpoint, &err) == 0) {
        open_model(checkpoint);
        checkpoint_free(checkpoint);
    }
    safetensors_free(file);
    str_done(&text);
    return 0;
}
