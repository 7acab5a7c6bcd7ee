#include "base/naming.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

/* A path's parts, without empty ones and "."; the last without the file's ending. */
struct parts {
    struct str_list list;
    size_t chosen; /* the one that says the most */
};

/* ---- one path ---- */

static const char *const endings[] = {".pth.tar", ".safetensors", ".jsonl", ".ckpt",
                                      ".json",    ".npz",         ".npy",   ".pth",
                                      ".tar",     ".bin",         ".pt"};

static size_t stem_length(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < COUNTOF(endings); i++)
        if (length > strlen(endings[i]) && str_ends_with(name, endings[i]))
            return length - strlen(endings[i]);
    return length;
}

/* Whether runs give this name to their files or folders: one of the words, of a file maybe with a
 * number behind it. */
static bool is_plain(const char *name, bool file)
{
    static const char *const words[] = {"model",
                                        "models",
                                        "model_best",
                                        "best",
                                        "checkpoint",
                                        "checkpoints",
                                        "ckpt",
                                        "last",
                                        "latest",
                                        "epoch",
                                        "train",
                                        "log",
                                        "logs",
                                        "weights",
                                        "runs",
                                        "output",
                                        "outputs",
                                        "final",
                                        "checkpoint_interrupted",
                                        ".."};
    size_t length = file ? strcspn(name, "0123456789") : strlen(name);
    while (file && length && strchr("_-.", name[length - 1]))
        length--;
    for (size_t i = 0; i < COUNTOF(words); i++)
        if (strlen(words[i]) == length && strncasecmp(name, words[i], length) == 0)
            return true;
    return length == 0;
}

static void split(const char *path, struct parts *out)
{
    *out = (struct parts){0};
    for (const char *at = path; *at;) {
        size_t length = strcspn(at, "/");
        if (length > 0 && !(length == 1 && *at == '.'))
            str_list_add(&out->list, utf8_clean(at, length));
        at += length + (at[length] == '/');
    }
    if (out->list.count == 0)
        str_list_add(&out->list, mem_strdup("unnamed"));
    size_t last = out->list.count - 1;
    out->list.items[last][stem_length(out->list.items[last])] = '\0';
    out->chosen = last;
    while (out->chosen > 0 && is_plain(out->list.items[out->chosen], out->chosen == last))
        out->chosen--;
    if (out->chosen < last && is_plain(out->list.items[out->chosen], false))
        out->chosen = last;
}

/* The chosen part; at higher levels also the file's, and the folders above one by one. */
static char *name_at(const struct parts *parts, size_t level)
{
    size_t up = level / 2, last = parts->list.count - 1;
    size_t from = parts->chosen > up ? parts->chosen - up : 0;
    size_t to = level % 2 ? last : parts->chosen;
    struct str name = {0};
    for (size_t i = from; i <= to; i++)
        str_addf(&name, "%s%s", i > from ? "/" : "", parts->list.items[i]);
    return str_take(&name);
}

/* ---- several ---- */

static bool is_taken(char *const *names, size_t count, size_t except, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (i != except && names[i] && strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Renames all that share names[first] by the lowest level at which they differ; false: none. */
static bool tell_apart(const struct parts *parts, size_t count, size_t first, char **names)
{
    size_t levels = 2 * parts[first].list.count + 2;
    char *shared = mem_strdup(names[first]);
    bool apart = false;
    for (size_t level = 1; level < levels && !apart; level++) {
        char **tried = mem_new(count, sizeof *tried);
        apart = true;
        for (size_t i = 0; i < count; i++)
            tried[i] =
                strcmp(names[i], shared) == 0 ? name_at(&parts[i], level) : mem_strdup(names[i]);
        for (size_t i = 0; i < count; i++)
            apart =
                apart && (strcmp(names[i], shared) != 0 || !is_taken(tried, count, i, tried[i]));
        for (size_t i = 0; i < count; i++) {
            char *old = apart ? names[i] : tried[i];
            names[i] = apart ? tried[i] : names[i];
            free(old);
        }
        free(tried);
    }
    free(shared);
    return apart;
}

static void number(size_t count, size_t first, char **names)
{
    for (size_t i = first + 1, n = 2; i < count; i++) {
        if (strcmp(names[i], names[first]) != 0)
            continue;
        char *name = mem_printf("%s (%zu)", names[first], n++);
        while (is_taken(names, count, i, name)) {
            free(name);
            name = mem_printf("%s (%zu)", names[first], n++);
        }
        free(names[i]);
        names[i] = name;
    }
}

void naming_files(const char *const *paths, size_t count, char **names_out)
{
    struct parts *parts = mem_new(count, sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        split(paths[i], &parts[i]);
        names_out[i] = name_at(&parts[i], 0);
    }
    for (size_t i = 0; i < count; i++)
        if (is_taken(names_out, count, i, names_out[i]) && !tell_apart(parts, count, i, names_out))
            number(count, i, names_out);
    for (size_t i = 0; i < count; i++)
        str_list_done(&parts[i].list);
    free(parts);
}

char *naming_file(const char *path)
{
    char *name;
    naming_files(&path, 1, &name);
    return name;
}

/* ---- lines ---- */

/* Adds the text, or what follows its last slash. */
static void add_last_part(struct str *out, const char *text, size_t length)
{
    size_t from = length;
    while (from > 0 && text[from - 1] != '/')
        from--;
    str_add_n(out, text + from, length - from);
}

static bool is_path(const char *word, size_t length)
{
    return length > 1 && (word[0] == '/' || strncmp(word, "~/", 2) == 0 ||
                          strncmp(word, "./", 2) == 0 || strncmp(word, "../", 3) == 0);
}

char *naming_hide_paths(const char *line)
{
    static const char between[] = " '\"(),;=:";
    struct str out = {0};
    const char *colon = strstr(line, ": ");
    size_t place = colon ? (size_t)(colon - line) : 0;
    if (is_path(line, place) || (memchr(line, '/', place) && !memchr(line, ' ', place))) {
        add_last_part(&out, line, place);
        line = colon;
    }
    while (*line) {
        size_t word = strcspn(line, between), gap = strspn(line + word, between);
        if (is_path(line, word))
            add_last_part(&out, line, word);
        else
            str_add_n(&out, line, word);
        str_add_n(&out, line + word, gap);
        line += word + gap;
    }
    return str_take(&out);
}
