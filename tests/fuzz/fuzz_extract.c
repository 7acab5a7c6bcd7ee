/* Fuzz target: what an extractor says, its greeting and records, and SPLIT_features.json. */
#include "extract/record.h"
#include "io/dataset/feature_source.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH], class_name[] = "a", *names[] = {class_name};
    struct error err;
    struct record_hello hello, known = {.feature_size = 2, .classes = {names, 1, 1}};
    struct record record;
    struct feature_source source;
    const char *text = (const char *)data;
    struct record_wanted wanted = {
        .path = "p", .width = 8, .height = 6, .regions = 1, .hello = &known};
    if (record_parse_hello(text, size, &hello, &err) == 0)
        record_hello_done(&hello);
    if (record_parse(text, size, &wanted, &record, &err) == RECORD_GOOD)
        record_done(&record);
    int fd = fuzz_file(data, size, path);
    if (feature_source_load(path, &source, &err) == 0)
        feature_source_done(&source);
    close(fd);
    return 0;
}
