/* Fuzz target: vocabularies as JSON and as pickles. What is read must be consistent. */
#include "io/text/vocab.h"
#include "tests/fuzz/fuzz.h"

enum { COMPLETIONS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vocab *vocab;
    struct error err;
    int32_t ids[COMPLETIONS];
    if (vocab_parse("fuzz", data, size, &vocab, &err) != 0)
        return 0;
    size_t found = vocab_complete(vocab, "", COMPLETIONS, ids);
    for (size_t i = 0; i < found; i++)
        if (vocab_id(vocab, vocab_word(vocab, ids[i])) != ids[i])
            abort();
    if (found > COMPLETIONS || vocab_count(vocab) > vocab_size(vocab) ||
        vocab_id(vocab, "<unk>") != vocab_unk(vocab))
        abort();
    vocab_count_words(vocab, ids, found);
    vocab_fingerprint(vocab);
    vocab_free(vocab);
    return 0;
}
