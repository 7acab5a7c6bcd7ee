/* Fuzz target: pickled numpy arrays of objects: image sizes, and the results of an evaluation. */
#include "io/torch/objarray.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    int32_t sizes[2 * 3];
    float *sims;
    size_t shape[2], npts;
    for (size_t count = 1; count <= 3; count++)
        if (objarray_image_sizes(data, size, "fuzz", count, sizes, &err) == 0 && sizes[0] < 1)
            abort();
    if (objarray_results(data, size, "fuzz", &sims, shape, &npts, &err) == 0)
        free(sims);
    return 0;
}
