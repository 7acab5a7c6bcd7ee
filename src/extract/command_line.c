#include "extract/command_line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Appends the next word to `word`; returns where it ends, NULL if a quote is left open. */
static const char *take_word(const char *at, struct str *word)
{
    char quote = 0;
    for (; *at && (quote || !is_blank(*at)); at++) {
        bool escapes = *at == '\\' && quote != '\'';
        if (quote ? *at == quote : *at == '\'' || *at == '"') {
            quote = quote ? 0 : *at;
            continue;
        }
        if (escapes && at[1])
            at++;
        str_add_n(word, at, 1);
    }
    return quote ? NULL : at;
}

/* The path of an extractor that ships, if that is what the word names. */
static char *shipped(const char *word)
{
    char *path = NULL, *name = mem_printf("extractors/%s", word);
    if (strchr(word, '/') || file_asset(name, &path, NULL) != 0 || file_is_folder(path)) {
        free(path);
        path = NULL;
    }
    free(name);
    return path;
}

int command_line_words(const char *text, char ***out, struct error *err)
{
    struct str_list words = {0};
    const char *at = text;
    *out = NULL;
    for (;;) {
        struct str word = {0};
        at += strspn(at, " \t\n");
        if (!*at)
            break;
        const char *end = take_word(at, &word);
        str_list_add(&words, mem_strdup(str_text(&word)));
        str_done(&word);
        if (!end) {
            str_list_done(&words);
            return error_set(err, "--with: a quote is left open in: %s", text);
        }
        at = end;
    }
    if (words.count == 0 || !*words.items[0]) {
        str_list_done(&words);
        return error_set(err, "--with: give the extractor's command");
    }
    char *path = shipped(words.items[0]);
    if (path) {
        free(words.items[0]);
        words.items[0] = path;
    }
    *out = mem_grow(words.items, words.count + 1, sizeof **out);
    (*out)[words.count] = NULL;
    return 0;
}

void command_line_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}
