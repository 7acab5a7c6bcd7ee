/* Fuzz target: webdataset's tar files: members told apart, grouped, their captions read. Packed
 * ones are left to their libraries. */
#include "io/dataset/caption_tar.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    struct caption_records records;
    struct caption_reader reader;
    struct caption_unpack nowhere = {0};
    struct error err;
    int fd = fuzz_file(data, size, path);
    caption_tar_is(path);
    caption_reader_init(&reader, NULL, &records);
    if (caption_tar_read(&reader, path, &nowhere, &err) == 0)
        for (size_t i = 0; i < records.count; i++)
            if (records.items[i].image >= records.images.count)
                __builtin_trap();
    caption_reader_done(&reader);
    caption_records_done(&records);
    close(fd);
    return 0;
}
