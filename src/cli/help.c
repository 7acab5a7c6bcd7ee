/* help.c: an option table as --help shows it, as the middle of the man page, and for the shells'
 * completions. */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { HELP_COLUMN = 26, HELP_WIDTH = 79 };

static const struct cli_option help_option = {"help",           'h', CLI_SWITCH, NULL,
                                              "show this help", NULL};

/* Prints text wrapped: the first line begins at column `at`, the others at `indent`. */
static void print_wrapped(const char *text, int at, int indent)
{
    for (bool first = true; *text; first = false) {
        size_t word = strcspn(text, " ");
        if (!first && at + 1 + (int)word > HELP_WIDTH) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            putchar(' ');
            at++;
        }
        fwrite(text, 1, word, stdout);
        at += (int)word;
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}

/* "HELP: a, b or c" from "a|b|c"; the caller's to free. */
static char *help_with_choices(const struct cli_option *o)
{
    struct str text = {0};
    str_addf(&text, "%s: ", o->help);
    for (const char *c = o->value; *c; c++) {
        bool last = *c == '|' && !strchr(c + 1, '|');
        if (*c == '|')
            str_add(&text, last ? " or " : ", ");
        else
            str_add_n(&text, c, 1);
    }
    return str_take(&text);
}

/* Choices that are too long for the line go into the help. */
static void print_option(const struct cli_option *o)
{
    char left[128];
    int n = 0;
    if (o->letter)
        n = snprintf(left, sizeof left, "  -%c, --%s", o->letter, o->name);
    else
        n = snprintf(left, sizeof left, "      --%s", o->name);
    bool wide = o->value && n + 1 + (int)strlen(o->value) > HELP_WIDTH;
    if (o->value)
        n += snprintf(left + n, sizeof left - (size_t)n, " %s", wide ? "NAME" : o->value);
    printf("%s", left);
    if (n + 1 >= HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    else
        printf("%*s", HELP_COLUMN - n, "");
    char *help = wide ? help_with_choices(o) : mem_strdup(o->help);
    print_wrapped(help, HELP_COLUMN, HELP_COLUMN);
    free(help);
}

void cli_print_help(const struct cli_usage *usage)
{
    printf("Usage: scanscope %s %s\n\n", usage->command, usage->synopsis);
    print_wrapped(usage->about, 0, 0);
    printf("\nOptions:\n");
    for (const struct cli_option *o = usage->options; o->name; o++)
        print_option(o);
    print_option(&help_option);
    if (usage->examples)
        printf("\nExamples:\n%s", usage->examples);
}

/* ---- man ---- */

/* Prints text as roff: hyphens stay hyphens when copied, backslashes are escaped, and no line looks
 * like a request. */
static void print_roff(const char *text)
{
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        line_start = *text == '\n';
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(*text);
    }
}

static void print_man_option(const struct cli_option *o)
{
    printf(".TP\n\\fB");
    if (o->letter)
        printf("\\-%c\\fR, \\fB", o->letter);
    printf("\\-\\-");
    print_roff(o->name);
    printf("\\fR");
    if (o->value) {
        printf(" \\fI");
        print_roff(o->value);
        printf("\\fR");
    }
    putchar('\n');
    print_roff(o->help);
    putchar('\n');
}

/* One section per kind of a command ("analyse failures"), else the usual ones. */
void cli_print_man(const struct cli_usage *usage)
{
    const char *kind = strchr(usage->command, ' ');
    if (kind)
        printf(".SH KIND:%s\n.B scanscope %s\n", kind, usage->command);
    else
        printf(".SH SYNOPSIS\n.B scanscope %s\n", usage->command);
    print_roff(usage->synopsis);
    printf(kind ? "\n.PP\n" : "\n.SH DESCRIPTION\n");
    print_roff(usage->about);
    printf(kind ? "\n.SS Options\n" : "\n.SH OPTIONS\n");
    for (const struct cli_option *o = usage->options; o->name; o++)
        print_man_option(o);
    print_man_option(&help_option);
    if (!usage->examples)
        return;
    printf("%s\n.nf\n", kind ? ".SS Examples" : ".SH EXAMPLES");
    print_roff(usage->examples);
    printf(".fi\n");
}

/* ---- completions ---- */

static void print_words_of(const char *command, const struct cli_option *o)
{
    printf("option\t%s\t%s\t", command, o->name);
    if (o->letter)
        putchar(o->letter);
    printf("\t%s\t%s\n", o->value ? o->value : "", o->help);
}

void cli_print_words(const struct cli_usage *usage)
{
    for (size_t i = 0; usage->kind && usage->kind(i); i++)
        printf("kind\t%s\t%s\n", usage->command, usage->kind(i));
    for (const struct cli_option *o = usage->options; o->name; o++)
        print_words_of(usage->command, o);
    print_words_of(usage->command, &help_option);
}
