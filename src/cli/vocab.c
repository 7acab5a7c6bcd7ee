/* vocab.c: `scanscope vocab`: builds a vocabulary from captions like the reference's vocab.py: the
 * words used often enough, in order of first use, after the four specials. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "io/text/captions.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"

enum { DEFAULT_THRESHOLD = 4 };

struct build {
    const char *data, *out, *compat;
    struct cli_list captions; /* files; if none are given, those of train and dev */
    int threshold;
    bool json, quiet;

    char *out_path, *train_path;
    char *dev_path; /* NULL if there is none */
    struct vocab_builder *builder;
    size_t lines, dev_words, dev_known, size; /* size: of the vocabulary written */
};

/* Calls `take` for each word of a file of captions; *lines_out: how many captions it has. */
static int each_word(struct build *b, const char *path, void (*take)(struct build *, const char *),
                     size_t *lines_out, struct error *err)
{
    struct str_list lines;
    struct progress_line line;
    bool proceed = true;
    size_t blank;
    if (captions_load(path, NULL, &lines, &blank, err) != 0)
        return -1;
    progress_line_start(&line, "captions", b->quiet);
    for (size_t i = 0; proceed && i < lines.count; i++) {
        struct str_list words;
        tokenize_words(lines.items[i], cli_token_compat(b->compat), &words);
        for (size_t w = 0; w < words.count; w++)
            take(b, words.items[w]);
        str_list_done(&words);
        proceed = progress_step(&line.progress, i + 1, lines.count);
    }
    progress_line_end(&line);
    *lines_out = lines.count;
    str_list_done(&lines);
    return proceed ? 0 : error_set(err, "interrupted; nothing was written");
}

static void take_word(struct build *b, const char *word)
{
    vocab_builder_add(b->builder, word);
}

static void take_dev_word(struct build *b, const char *word)
{
    b->dev_words++;
    b->dev_known += vocab_builder_keeps(b->builder, word, (size_t)b->threshold);
}

static int read_captions(struct build *b, struct error *err)
{
    const char *own[] = {b->train_path, b->dev_path};
    const char *const *files = b->captions.count > 0 ? b->captions.items : own;
    size_t count = b->captions.count > 0 ? b->captions.count : b->dev_path ? 2 : 1, lines;
    for (size_t i = 0; i < count; i++) {
        if (each_word(b, files[i], take_word, &lines, err) != 0)
            return -1;
        b->lines += lines;
    }
    return b->dev_path ? each_word(b, b->dev_path, take_dev_word, &lines, err) : 0;
}

/* ---- report ---- */

static double percent(size_t part, size_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static double coverage(const struct build *b)
{
    return percent(vocab_builder_covered(b->builder, (size_t)b->threshold),
                   vocab_builder_total(b->builder));
}

static void print_text(const struct build *b)
{
    char *name = utf8_clean(b->out_path, strlen(b->out_path));
    printf("captions  %zu\n", b->lines);
    printf("words     %zu, %zu different\n", vocab_builder_total(b->builder),
           vocab_builder_distinct(b->builder));
    printf("kept      %zu with <pad> <start> <end> <unk>: words used at least %d times\n", b->size,
           b->threshold);
    printf("coverage  %.2f %% of these captions' words", coverage(b));
    if (b->dev_path)
        printf(", %.2f %% of the dev split's", percent(b->dev_known, b->dev_words));
    printf("\nwritten   %s\n", name);
    free(name);
}

static void print_json(const struct build *b)
{
    char *name = utf8_clean(b->out_path, strlen(b->out_path));
    json_t *dev = b->dev_path ? json_real(percent(b->dev_known, b->dev_words)) : json_null();
    json_t *root =
        json_pack("{ss sI sI sI si sI sf so}", "file", name, "captions", (json_int_t)b->lines,
                  "words", (json_int_t)vocab_builder_total(b->builder), "different",
                  (json_int_t)vocab_builder_distinct(b->builder), "threshold", b->threshold, "kept",
                  (json_int_t)b->size, "coverage", coverage(b), "dev_coverage", dev);
    json_out_tree_print(root, 0);
    free(name);
}

/* ---- paths ---- */

/* An existing vocabulary is replaced only if -o names it, since trained models depend on it. */
static int choose_paths(struct build *b, struct error *err)
{
    if (b->data) {
        b->train_path = file_join(b->data, "train_caps.txt");
        b->dev_path = file_join(b->data, "dev_caps.txt");
        if (!file_exists(b->dev_path)) {
            free(b->dev_path);
            b->dev_path = NULL;
        }
    }
    b->out_path = b->out ? mem_strdup(b->out) : file_join(b->data ? b->data : ".", "vocab.json");
    if (!b->out && file_exists(b->out_path))
        return error_at(
            err, b->out_path, -1,
            "already exists, and models may depend on it; give a file with -o (this one to replace "
            "it)");
    return 0;
}

static int build(struct build *b, struct error *err)
{
    if (choose_paths(b, err) != 0 || read_captions(b, err) != 0 ||
        vocab_builder_save(b->builder, (size_t)b->threshold, b->out_path, &b->size, err) != 0)
        return -1;
    if (b->json)
        print_json(b);
    else
        print_text(b);
    return 0;
}

static void build_done(struct build *b)
{
    vocab_builder_free(b->builder);
    cli_list_done(&b->captions);
    free(b->out_path);
    free(b->train_path);
    free(b->dev_path);
}

int cli_vocab(int argc, char **argv)
{
    struct build b = {.threshold = DEFAULT_THRESHOLD};
    const struct cli_option options[] = {
        {"data", 'd', CLI_TEXT, "DIR", "folder with train_caps.txt and dev_caps.txt", &b.data},
        {"captions", 0, CLI_LIST, "FILE",
         "captions, one per line, instead of the folder's; may be repeated", &b.captions},
        {"output", 'o', CLI_TEXT, "FILE",
         "file to write (default: DIR/vocab.json if it does not exist)", &b.out},
        {"threshold", 0, CLI_INT, "N", "how often a word must occur (default: 4)", &b.threshold},
        {"token-compat", 0, CLI_TEXT, "standard|py3bytes", "how captions are tokenised", &b.compat},
        {"json", 0, CLI_SWITCH, NULL, "print JSON", &b.json},
        {"quiet", 'q', CLI_SWITCH, NULL, "no progress on stderr", &b.quiet},
        {NULL, 0, CLI_SWITCH, NULL, NULL, NULL},
    };
    const struct cli_usage usage = {
        .command = "vocab",
        .synopsis = "-d DIR [options]",
        .about = "Builds a vocabulary from captions, like the reference from the train and dev "
                 "splits together: the words that occur often enough, in order of first use, after "
                 "<pad>, <start>, <end> and <unk>. Reports how much of the captions it covers.",
        .examples = "  scanscope vocab --captions assets/demo/test_caps.txt -o vocab.json\n",
        .options = options,
    };
    struct error err;
    int status = EXIT_USAGE;
    if (cli_parse(&usage, argc, argv, NULL, &status)) {
        b.builder = vocab_builder_new();
        if (!b.data && b.captions.count == 0)
            status = cli_usage_error(
                "vocab", "no captions; give a folder with -d DIR, or files with --captions FILE");
        else
            status = build(&b, &err) == 0 ? EXIT_DONE : cli_fail("vocab", &err);
    }
    build_done(&b);
    return status;
}
