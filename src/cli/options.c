#include "cli/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/str.h"

enum { MAX_OPTIONS = 96, FIRST_LONG = 256 };

int cli_fail(const char *command, const struct error *err)
{
    fprintf(stderr, "scanscope %s: %s\n", command, err->text);
    return EXIT_FAILED;
}

int cli_usage_error(const char *command, const char *format, ...)
{
    fprintf(stderr, "scanscope %s: ", command);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; see scanscope %s --help\n", command);
    return EXIT_USAGE;
}

static void list_add(struct cli_list *list, const char *text)
{
    list->items = mem_grow(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = text;
}

void cli_list_done(struct cli_list *list)
{
    free(list->items);
    *list = (struct cli_list){0};
}

/* ---- values ---- */

static bool text_allowed(const char *choices, const char *text)
{
    if (!strchr(choices, '|'))
        return true;
    size_t n = strlen(text);
    for (const char *c = choices; *c;) {
        size_t length = strcspn(c, "|");
        if (length == n && strncmp(c, text, n) == 0)
            return true;
        c += length + (c[length] == '|');
    }
    return false;
}

static bool parse_int(const char *text, int *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < 0 || value > INT_MAX)
        return false;
    *out = (int)value;
    return true;
}

static bool parse_real(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

/* Sets the option's target; returns NULL, or what the option takes if the value is wrong. */
static const char *set_value(const struct cli_option *o, const char *value)
{
    switch (o->kind) {
    case CLI_SWITCH:
        *(bool *)o->target = true;
        return NULL;
    case CLI_TEXT:
        *(const char **)o->target = value;
        return text_allowed(o->value, value) ? NULL : o->value;
    case CLI_INT:
        return parse_int(value, o->target) ? NULL : "an integer";
    case CLI_REAL:
        return parse_real(value, o->target) ? NULL : "a number";
    case CLI_LIST:
        list_add(o->target, value);
        return text_allowed(o->value, value) ? NULL : o->value;
    }
    return NULL;
}

/* ---- parsing ---- */

struct getopt_tables {
    struct option longs[MAX_OPTIONS + 2]; /* followed by "help" and the end */
    char shorts[2 * MAX_OPTIONS + 8];
    size_t count;
};

static void build_tables(const struct cli_option *options, struct getopt_tables *t)
{
    size_t s = 0;
    *t = (struct getopt_tables){0};
    t->shorts[s++] = ':';
    t->shorts[s++] = 'h';
    for (; options[t->count].name && t->count < MAX_OPTIONS; t->count++) {
        const struct cli_option *o = &options[t->count];
        bool argument = o->kind != CLI_SWITCH;
        t->longs[t->count] = (struct option){o->name, argument, NULL, FIRST_LONG + (int)t->count};
        if (!o->letter)
            continue;
        t->shorts[s++] = o->letter;
        if (argument)
            t->shorts[s++] = ':';
    }
    assert(!options[t->count].name); /* the table fits */
    t->longs[t->count] = (struct option){"help", optional_argument, NULL, 'h'};
}

/* --foo_bar=x and --foo-bar=x are the same option: the reference spells its options with
 * underscores. The copy is the caller's to free. */
static char *with_hyphens(const char *argument)
{
    char *copy = mem_strdup(argument);
    if (strncmp(copy, "--", 2) == 0)
        for (char *c = copy; *c && *c != '='; c++)
            if (*c == '_')
                *c = '-';
    return copy;
}

static const struct cli_option *option_of(const struct cli_option *options, int code)
{
    if (code >= FIRST_LONG)
        return &options[code - FIRST_LONG];
    for (; options->name; options++)
        if (options->letter == code)
            return options;
    return NULL;
}

/* ---- what was wrong ---- */

/* Adds the options that begin as `name` does, if these are several. */
static bool add_ambiguous(const struct cli_option *options, const char *name, struct str *out)
{
    size_t n = strcspn(name, "="), count = 0;
    for (const struct cli_option *o = options; o->name; o++)
        if (n > 0 && strncmp(o->name, name, n) == 0)
            str_addf(out, "%s--%s", count++ ? ", " : "", o->name);
    return count > 1;
}

/* Adds "(did you mean --json?)" if there is such an option. */
static void add_nearest(const struct cli_option *options, const char *name, struct str *out)
{
    char *word = mem_strdup(name);
    word[strcspn(word, "=")] = '\0';
    struct nearest nearest = nearest_to(word);
    for (const struct cli_option *o = options; o->name; o++)
        nearest_offer(&nearest, o->name);
    if (nearest.best)
        str_addf(out, " (did you mean --%s?)", nearest.best);
    free(word);
}

/* What getopt rejected, and why: `code` is what it returned. */
static int rejected(const struct cli_usage *usage, int code, char **argv)
{
    const char *given = argv[optind - 1];
    bool letter = optopt > 0 && optopt < FIRST_LONG && isprint(optopt);
    struct str more = {0};
    int status;
    if (code == ':' && letter)
        status = cli_usage_error(usage->command, "-%c needs a value", optopt);
    else if (code == ':')
        status = cli_usage_error(usage->command, "%s needs a value", given);
    else if (letter && strncmp(given, "--", 2) != 0)
        status = cli_usage_error(usage->command, "unknown option -%c", optopt);
    else if (optopt >= FIRST_LONG)
        status = cli_usage_error(usage->command, "--%s takes no value",
                                 usage->options[optopt - FIRST_LONG].name);
    else if (add_ambiguous(usage->options, given + 2, &more))
        status = cli_usage_error(usage->command, "%s may be %s", given, more.text);
    else {
        str_clear(&more);
        add_nearest(usage->options, given + 2, &more);
        status = cli_usage_error(usage->command, "unknown option %s%s", given, str_text(&more));
    }
    str_done(&more);
    return status;
}

/* --help, or in the form that the build asks for. */
static void print_usage(const struct cli_usage *usage, const char *form)
{
    if (form && strcmp(form, "man") == 0)
        cli_print_man(usage);
    else if (form && strcmp(form, "words") == 0)
        cli_print_words(usage);
    else
        cli_print_help(usage);
}

static bool parse_all(const struct cli_usage *usage, const struct getopt_tables *tables, int argc,
                      char **argv, int *status_out)
{
    optind = 0; /* glibc: start over, and permute argv */
    opterr = 0;
    for (int code; (code = getopt_long(argc, argv, tables->shorts, tables->longs, NULL)) != -1;) {
        if (code == 'h') {
            print_usage(usage, optarg);
            *status_out = EXIT_DONE;
            return false;
        }
        if (code == '?' || code == ':') {
            *status_out = rejected(usage, code, argv);
            return false;
        }
        const struct cli_option *o = option_of(usage->options, code);
        const char *wanted = set_value(o, optarg);
        if (wanted) {
            *status_out =
                cli_usage_error(usage->command, "--%s takes %s, not '%s'", o->name, wanted, optarg);
            return false;
        }
    }
    return true;
}

/* Copies of a command's arguments live as long as the program, as values point into them; they are
 * linked because the demo runs several commands. */
struct kept {
    struct kept *before;
    char *arguments[];
};

static char **kept_arguments(size_t count)
{
    static struct kept *last;
    struct kept *kept = mem_new(1, sizeof *kept + (count + 1) * sizeof *kept->arguments);
    kept->before = last;
    last = kept;
    return kept->arguments;
}

bool cli_parse(const struct cli_usage *usage, int argc, char **argv, struct cli_list *operands,
               int *status_out)
{
    struct getopt_tables tables;
    build_tables(usage->options, &tables);
    char **copies = kept_arguments((size_t)argc);
    bool ended = false; /* after "--" nothing is an option */
    for (int i = 0; i < argc; i++) {
        ended = ended || strcmp(argv[i], "--") == 0;
        copies[i] = ended ? argv[i] : with_hyphens(argv[i]);
    }
    if (!parse_all(usage, &tables, argc, copies, status_out))
        return false;
    for (int i = optind; i < argc; i++) {
        if (!operands) {
            *status_out = cli_usage_error(usage->command, "unexpected argument '%s'", copies[i]);
            return false;
        }
        list_add(operands, copies[i]);
    }
    return true;
}

static bool is_repeated(const struct cli_option *option)
{
    for (const struct cli_option *later = option + 1; later->name; later++)
        if (strcmp(later->name, option->name) == 0)
            return true;
    return false;
}

void cli_options_own(struct cli_option *options)
{
    struct cli_option *kept = options;
    for (; options->name; options++)
        if (!is_repeated(options))
            *kept++ = *options;
    *kept = *options;
}
