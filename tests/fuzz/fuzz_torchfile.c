/* Fuzz target: torch files of both formats, loaded as a checkpoint and a model, and listed. */
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/torchfile.h"
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
    struct torchfile *file;
    struct checkpoint *checkpoint;
    struct str text = {0};
    if (torchfile_open_bytes(data, size, "fuzz", TORCHFILE_LOAD, &file, &err) == 0) {
        if (checkpoint_from_file(file, &checkpoint, &err) == 0) {
            open_model(checkpoint);
            checkpoint_free(checkpoint);
        }
        torchfile_free(file);
    }
    if (torchfile_open_bytes(data, size, "fuzz", TORCHFILE_LIST, &file, &err) == 0) {
        if (torchfile_list(file, size % 2, &text, &err) == 0)
            str_clear(&text);
        torchfile_free(file);
    }
    str_done(&text);
    return 0;
}
