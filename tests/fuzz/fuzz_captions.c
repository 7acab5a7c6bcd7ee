/* Fuzz target: captions in another form than one per line: recognised, read with columns found and
 * named, and counted. */
#include "io/text/caption_records.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {NULL, "1,2", "-,caption", "image,caption"};
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        struct error err;
        struct caption_records records;
        if (caption_records_read(path, columns[i], &records, &err) == 0 && records.count == 0)
            __builtin_trap();
        caption_records_done(&records);
    }
    close(fd);
    return 0;
}
