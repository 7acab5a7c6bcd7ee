/* options.h: a table of options that parses, explains itself and is checked against the man pages.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum cli_kind {
    CLI_SWITCH, /* bool: true when given */
    CLI_TEXT,   /* const char * */
    CLI_INT,    /* int, at least 0 */
    CLI_REAL,   /* double */
    CLI_LIST,   /* struct cli_list: may be given several times */
};

/* Texts in order. They are argv's; `items` is the list's, freed by cli_list_done. */
struct cli_list {
    const char **items;
    size_t count;
};

/* An option: "--name VALUE" (hyphens and underscores alike) and "-letter VALUE". `target` points to
 * what `kind` says. A table ends with a row whose name is NULL. */
struct cli_option {
    const char *name;
    char letter; /* 0: none */
    enum cli_kind kind;
    const char *value; /* how the help calls the value; for CLI_TEXT "a|b|c" allows just those */
    const char *help;
    void *target;
};

/* How a subcommand is used. */
struct cli_usage {
    const char *command;  /* "query" */
    const char *synopsis; /* "[options] \"CAPTION\"" */
    const char *about;    /* a sentence or two */
    const char *examples; /* lines, each a command that runs on the demo; NULL for none */
    const struct cli_option *options;
};

/* Parses argv. What is no option is kept, in order, in `operands` (NULL: none are allowed). Returns
 * true to go on; false when the command is over (help was asked for and printed, or the usage was
 * wrong and a line said so) with the exit status in *status_out. */
bool cli_parse(const struct cli_usage *usage, int argc, char **argv, struct cli_list *operands,
               int *status_out) MUST_USE;
void cli_list_done(struct cli_list *list);

/* The same table as `--help` shows it, and (`--help=man`) as the man page's synopsis, description,
 * options and examples in roff: the build puts those into man/scanscope-COMMAND.1.in. */
void cli_print_help(const struct cli_usage *usage);
void cli_print_man(const struct cli_usage *usage);

/* "scanscope COMMAND: TEXT" on stderr; returns the exit status to return. */
int cli_fail(const char *command, const struct error *err);
int cli_usage_error(const char *command, const char *format, ...)
    PRINTF_LIKE(2, 3); /* EXIT_USAGE */

#endif
