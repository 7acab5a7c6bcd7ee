/* Fuzz target: Flickr30K Entities, sentences and annotation files. */
#include <string.h>

#include "io/annotation/entities.h"
#include "tests/fuzz/fuzz.h"

/* Phrases lie inside their sentence, in order. */
static void check(const struct entity_sentence *s)
{
    size_t end = 0;
    for (size_t p = 0; p < s->phrase_count; p++) {
        if (s->phrases[p].start < end)
            abort();
        end = s->phrases[p].start + s->phrases[p].length;
    }
    if (end > strlen(s->text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    struct error err;
    struct entity_sentences sentences;
    struct entity_boxes boxes;
    int fd = fuzz_file(data, size, path);
    if (entities_sentences_load(path, &sentences, &err) == 0) {
        for (size_t s = 0; s < sentences.count; s++)
            check(&sentences.items[s]);
        entities_sentences_done(&sentences);
    }
    if (entities_boxes_load(path, &boxes, &err) == 0)
        entities_boxes_done(&boxes);
    close(fd);
    return 0;
}
