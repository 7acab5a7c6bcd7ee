/* replay.c: runs a fuzz target over its corpus, tests/fuzz/corpus/TARGET, as an ordinary test; the
 * main of a target that is not linked with libFuzzer. A crash ends the program, which the test
 * harness sees. */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

/* fuzz_NAME is tried on corpus/NAME. */
static char *corpus_of(const char *program)
{
    const char *tests = getenv("SCANSCOPE_TESTS"), *name = file_name(program);
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    return mem_printf("%s/fuzz/corpus/%s", tests ? tests : "tests", name);
}

/* Runs it on a copy of the exact size, so that a sanitizer sees a read beyond the end. */
static int replay(const char *path)
{
    struct error err;
    struct file_map map;
    if (file_map_any(path, &map, &err) != 0)
        return -1;
    uint8_t *copy = malloc(map.size);
    if (map.size > 0)
        memcpy(copy, map.data, map.size);
    LLVMFuzzerTestOneInput(copy, map.size);
    free(copy);
    file_map_close(&map);
    return 0;
}

static bool is_input(const char *name)
{
    return name[0] != '.';
}

int main(int argc, char **argv)
{
    struct str_list files;
    struct error err;
    (void)argc;
    char *corpus = corpus_of(argv[0]);
    if (file_list(corpus, is_input, &files, &err) != 0 || files.count == 0)
        printf("not ok 1 - a corpus in %s\n1..1\n", corpus);
    for (size_t i = 0; i < files.count; i++) {
        char *path = file_join(corpus, files.items[i]);
        printf("%sok %zu - %s\n", replay(path) ? "not " : "", i + 1, files.items[i]);
        fflush(stdout);
        free(path);
    }
    if (files.count > 0)
        printf("1..%zu\n", files.count);
    str_list_done(&files);
    free(corpus);
    return 0;
}
