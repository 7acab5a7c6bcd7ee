/* options.h: a table of options, from which arguments are parsed and --help and the man pages are
 * made. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

enum cli_kind {
    CLI_SWITCH, /* bool: true when given */
    CLI_TEXT,   /* const char * */
    CLI_INT,    /* int, at least 0 */
    CLI_REAL,   /* double */
    CLI_LIST,   /* struct cli_list: one text each time the option is given */
};

/* Texts in order. They are borrowed from argv; `items` is freed by cli_list_done. */
struct cli_list {
    const char **items;
    size_t count;
};

/* An option: "--name VALUE" (hyphens and underscores are the same) and "-letter VALUE". `target`
 * points to a value of the type that `kind` says. A table ends with a row whose name is NULL. */
struct cli_option {
    const char *name;
    char letter; /* 0: none */
    enum cli_kind kind;
    const char *value; /* the value's name in the help; a text's "a|b|c" allows only those */
    const char *help;
    void *target;
};

/* How a subcommand is used. */
struct cli_usage {
    const char *command;  /* "query" */
    const char *synopsis; /* "[options] \"CAPTION\"" */
    const char *about;    /* a sentence or two */
    const char *examples; /* lines, each a command that runs on the demo; NULL: none */
    const struct cli_option *options;
    /* What its first argument may be, beside files and texts: the name of kind `index`, NULL after
     * the last. NULL: there are none. */
    const char *(*kind)(size_t index);
};

/* Parses argv into the options' targets; other arguments go to `operands` in order (NULL: none are
 * allowed). Returns true if the command is to run; false if it is done, with the exit status in
 * *status_out: help was printed, or the usage was wrong, which a line on stderr says. */
bool cli_parse(const struct cli_usage *usage, int argc, char **argv, struct cli_list *operands,
               int *status_out) MUST_USE;

/* Frees the list, not the texts. */
void cli_list_done(struct cli_list *list);

/* Prints the usage as --help shows it, and (--help=man) as the synopsis, description, options and
 * examples of the man page, in roff: the build puts those into man/scanscope-COMMAND.1.in. */
void cli_print_help(const struct cli_usage *usage);
void cli_print_man(const struct cli_usage *usage);

/* Prints (--help=words) a line per kind and option for assets/completions/make, fields separated by
 * tabs: "kind", command, kind; "option", command, name, letter, value, help. */
void cli_print_words(const struct cli_usage *usage);

/* Prints "scanscope COMMAND: TEXT" to stderr; returns EXIT_FAILED. */
int cli_fail(const char *command, const struct error *err);

/* Prints "scanscope COMMAND: TEXT; see scanscope COMMAND --help" to stderr; returns EXIT_USAGE. */
int cli_usage_error(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

/* Removes rows whose name a later one has: a command's own option goes before a common one. */
void cli_options_own(struct cli_option *options);

#endif
