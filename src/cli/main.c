/* main.c: the table of subcommands. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/nearest.h"
#include "cli/cli.h"
#include "config.h"

static const struct command commands[] = {
    {"analyse", "find out why a model fails", cli_analyse},
    {"bench", "measure speed against the limits of this machine", cli_bench},
    {"convert", "convert bottom-up features to a precomp folder", cli_convert},
    {"demo", "explore the shipped scenes, or draw more", cli_demo},
    {"eval", "compute the recalls of a model or an ensemble", cli_eval},
    {"explore", "open the terminal explorer", cli_explore},
    {"extract", "photographs to regions and features in a precomp folder", cli_extract},
    {"figure", "draw attention, ranks and curves as PNG, PDF or SVG", cli_figure},
    {"index", "keep image embeddings in files", cli_index},
    {"info", "show what files contain, and whether they fit together", cli_info},
    {"query", "rank images for a caption, or captions for an image", cli_query},
    {"train", "train a model", cli_train},
    {"validate", "find what is wrong with a data folder, and mend it", cli_validate},
    {"vocab", "build a vocabulary from captions", cli_vocab},
    {NULL, NULL, NULL},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i].name; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int help(void)
{
    puts("Usage: scanscope [COMMAND] [options]\n\n"
         "A terminal instrument for image-text matching with Stacked Cross Attention (SCAN)\n"
         "and its family: VSE++, BFAN, SGRAF.\n"
         "Without a command it opens the explorer, with the options of explore.\n\nCommands:");
    for (size_t i = 0; commands[i].name; i++)
        printf("  %-9s %s\n", commands[i].name, commands[i].summary);
    puts(
        "\nscanscope COMMAND --help lists the options of a command; man scanscope has the manual.\n"
        "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.");
    return EXIT_DONE;
}

/* The commands, for the shells' completions (cli_print_words has the rest). */
static int words(void)
{
    for (size_t i = 0; commands[i].name; i++)
        printf("command\t%s\t%s\n", commands[i].name, commands[i].summary);
    return EXIT_DONE;
}

/* Results that cannot be written (a full disk, a closed pipe) are a failure too. Who was
 * interrupted says so, whatever was saved: `train && eval` does not go on. */
static int finish_output(int status)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_DONE) {
        perror("scanscope: standard output");
        return EXIT_FAILED;
    }
    return interrupt_seen() && status != EXIT_USAGE ? EXIT_INTERRUPTED : status;
}

static int no_command(const char *name)
{
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; commands[i].name; i++)
        nearest_offer(&nearest, commands[i].name);
    fprintf(stderr, "scanscope: no command '%s'", name);
    if (nearest.best)
        fprintf(stderr, " (did you mean %s?)", nearest.best);
    fputs("; see scanscope --help\n", stderr);
    return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts(PACKAGE_STRING);
        return EXIT_DONE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help();
    if (strcmp(name, "--help=words") == 0)
        return words();
    const struct command *command = find_command(name);
    if (command)
        return command->run(argc - 1, argv + 1);
    if (argc < 2 || *name == '-')
        return cli_explore(argc, argv);
    if (strcmp(name, "help") != 0)
        return no_command(name);
    if (argc < 3)
        return help();
    command = find_command(argv[2]);
    return command ? command->run(2, (char *[]){argv[2], "--help", NULL}) : no_command(argv[2]);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    signal(SIGXFSZ, SIG_IGN); /* a file over the size limit is an error, not a signal that kills */
    return finish_output(run(argc, argv));
}
