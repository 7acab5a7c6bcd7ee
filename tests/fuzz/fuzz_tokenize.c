/* Fuzz target: captions of any bytes, tokenised both ways. Words are never empty and have no
 * blanks. */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "io/text/tokenize.h"
#include "tests/fuzz/fuzz.h"

static void check(const char *word)
{
    size_t bytes, n = strlen(word);
    if (n == 0 || strpbrk(word, " \t\n\v\f\r"))
        abort();
    for (size_t at = 0; at < n; at += bytes)
        if (utf8_next(word + at, n - at, &bytes) > 0x7f && bytes == 1)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *caption = mem_strndup(size ? (const char *)data : "", size);
    for (int compat = TOKENS_STANDARD; compat <= TOKENS_PY3BYTES; compat++) {
        struct str_list words;
        tokenize_words(caption, compat, &words);
        for (size_t i = 0; i < words.count; i++)
            check(words.items[i]);
        str_list_done(&words);
    }
    free(caption);
    return 0;
}
