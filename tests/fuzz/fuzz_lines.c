/* Fuzz target: the text files of a data folder: captions, word ids, and the JSON that maps ids to
 * photographs. */
#include "io/dataset/photos.h"
#include "io/text/captions.h"
#include "tests/fuzz/fuzz.h"

static void read_lines(const char *path)
{
    struct error err;
    struct str_list lines;
    struct token_lines tokens;
    if (text_lines_load(path, &lines, &err) == 0)
        str_list_done(&lines);
    if (text_token_lines_load(path, &tokens, &err) == 0)
        text_token_lines_done(&tokens);
}

static void read_mapping(const char *path)
{
    static const char *const ids[] = {"0", "1"};
    struct error err;
    struct photos *photos;
    char *found;
    struct photos_spec spec = {.folder = "/proc/self/fd", .mapping = path, .ids = ids, .count = 2};
    if (photos_open(&spec, &photos, &err) != 0)
        return;
    if (photos_find(photos, "0", &found, &err) == 0)
        free(found);
    photos_free(photos);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    int fd = fuzz_file(data, size, path);
    read_lines(path);
    read_mapping(path);
    close(fd);
    return 0;
}
