/* Runs a fuzz target over its corpus, tests/fuzz/corpus/TARGET, as an ordinary test: where the
 * target is not linked with libFuzzer, this is its main. A crash ends the program, which the test's
 * harness sees. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* fuzz_NAME is tried on corpus/NAME. */
static char *corpus_of(const char *program)
{
    const char *tests = getenv("SCANSCOPE_TESTS"), *name = file_name(program);
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    return mem_printf("%s/fuzz/corpus/%s", tests ? tests : "tests", name);
}

/* A copy of exactly its size, so that a sanitizer sees a byte read too far. */
static int replay(const char *path)
{
    struct error err;
    struct file_map map;
    if (file_map_open(path, &map, &err) != 0)
        return -1;
    uint8_t *copy = malloc(map.size);
    if (map.size > 0)
        memcpy(copy, map.data, map.size);
    LLVMFuzzerTestOneInput(copy, map.size);
    free(copy);
    file_map_close(&map);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int files = 0;
    (void)argc;
    char *corpus = corpus_of(argv[0]);
    int count = scandir(corpus, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        char *path = file_join(corpus, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            int status = replay(path);
            printf("%sok %d - %s\n", status ? "not " : "", ++files, entries[i]->d_name);
            fflush(stdout);
        }
        free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    if (files == 0)
        printf("not ok %d - a corpus in %s\n", ++files, corpus);
    printf("1..%d\n", files);
    free(corpus);
    return 0;
}
