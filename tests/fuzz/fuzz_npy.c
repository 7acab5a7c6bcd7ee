/* Fuzz target: arrays, alone and inside a zip file. */
#include "io/array/npy.h"
#include "tests/fuzz/fuzz.h"

enum { READ = 1 << 16 };

/* Reads rows from both ends: what has been opened must lie inside the file. */
static void read_rows(const struct npy *array)
{
    static float rows[READ];
    size_t row = npy_row_size(array), count = array->ndim > 0 ? array->shape[0] : 1;
    if (array->type == NPY_OBJECT || array->count == 0 || row > READ)
        return;
    size_t n = READ / row < count ? READ / row : count;
    npy_rows_f32(array, 0, n, rows);
    npy_rows_f32(array, count - n, n, rows);
    if (npy_direct_f32(array) && npy_direct_f32(array)[array->count - 1] == 0.5f)
        rows[0] = 0;
}

static void open_array(const char *path, const char *member)
{
    struct error err;
    struct npy *array;
    if (npy_open(path, member, &array, &err) != 0)
        return;
    free(npy_describe(array));
    read_rows(array);
    npy_free(array);
}

static void open_members(const char *path)
{
    struct error err;
    struct str_list names;
    if (npy_members(path, &names, &err) != 0)
        return;
    for (size_t i = 0; i < names.count; i++)
        open_array(path, names.items[i]);
    str_list_done(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    open_array(path, NULL);
    open_members(path);
    close(fd);
    return 0;
}
