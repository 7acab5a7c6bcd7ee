/* analyse.c: the table of kinds of analysis. */
#include "cli/analyse.h"

#include <stdio.h>
#include <string.h>

#include "base/countof.h"
#include "base/nearest.h"

static const struct kind {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} kinds[] = {
    {"alignment", analyse_alignment, "whether words attend to the boxes of what they mean"},
    {"compare", analyse_compare, "two models or ensembles: differences and their confidence"},
    {"failures", analyse_failures, "every query with the rank of its truth: what goes wrong"},
    {"words", analyse_words, "what words contribute; hubs, duplicates, doubtful truths"},
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static const struct cli_option no_options[] = {{0}};

static const struct cli_usage usage = {
    .command = "analyse",
    .synopsis = "KIND [options]",
    .about =
        "Finds out why a model fails. Each kind of analysis has its own options: see scanscope "
        "analyse KIND --help.",
    .examples = "  scanscope analyse failures -m assets/demo/model.pth.tar -d assets/demo -k 5\n",
    .options = no_options,
};

static int help(void)
{
    cli_print_help(&usage);
    puts("\nKinds:");
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        printf("  %-10s %s\n", kinds[i].name, kinds[i].help);
    return EXIT_DONE;
}

/* What each kind prints of itself for the build: --help=man, --help=words. */
static int each_kind(const char *form)
{
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        kinds[i].run(2, (char *[]){(char *)kinds[i].name, (char *)form, NULL});
    return EXIT_DONE;
}

/* The command's section of the page, then each kind's. */
static int manual(void)
{
    cli_print_man(&usage);
    return each_kind("--help=man");
}

static int words(void)
{
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        printf("kind\tanalyse\t%s\n", kinds[i].name);
    return each_kind("--help=words");
}

static int no_kind(const char *name)
{
    struct nearest nearest = nearest_to(name);
    if (!*name)
        return cli_usage_error("analyse",
                               "say what to analyse, such as: scanscope analyse failures");
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        nearest_offer(&nearest, kinds[i].name);
    if (nearest.best)
        return cli_usage_error("analyse", "there is no kind of analysis '%s' (did you mean %s?)",
                               name, nearest.best);
    return cli_usage_error("analyse", "there is no kind of analysis '%s'", name);
}

int cli_analyse(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct kind *kind = find_kind(name);
    if (kind)
        return kind->run(argc - 1, argv + 1);
    if (strcmp(name, "--help=man") == 0)
        return manual();
    if (strcmp(name, "--help=words") == 0)
        return words();
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help();
    return no_kind(name);
}
