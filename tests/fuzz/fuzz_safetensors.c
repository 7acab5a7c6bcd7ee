/* Fuzz target: safetensors, loaded as a checkpoint and listed. */
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/safetensors.h"
#include "io/torch/safetensors_checkpoint.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    struct safetensors *file;
    struct checkpoint *checkpoint;
    struct str text = {0};
    if (safetensors_open_bytes(data, size, "fuzz", &file, &err) != 0)
        return 0;
    safetensors_list(file, size % 2, &text);
    if (safetensors_checkpoint_load(file, &checkpoint, &err) == 0)
        checkpoint_free(checkpoint);
    safetensors_free(file);
    str_done(&text);
    return 0;
}
