/* `scanscope demo`: the program on its bundled split, and the generator of such splits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "cli/cli.h"
#include "demo/generate.h"

static char example[] = "a blue sailboat, a purple car and a grey cat on the beach";

struct demo_options {
    const char *folder, *output;
    int train, dev, test, seed;
    struct cli_common common;
};

static int generate(const struct demo_options *o)
{
    struct error err;
    struct progress_line line;
    struct demo_plan plan = {.folder = o->folder,
                             .count = {(size_t)o->train, (size_t)o->dev, (size_t)o->test},
                             .seed = (uint64_t)o->seed};
    if (o->train + o->dev + o->test == 0)
        return cli_usage_error("demo", "nothing to generate: give --train N, --dev N or --test N");
    interrupt_catch();
    cli_set_threads(&o->common);
    progress_line_start(&line, "drawing", o->common.quiet);
    int status = demo_generate(&plan, &line.progress, &err);
    progress_line_end(&line);
    if (status != 0)
        return cli_fail("demo", &err);
    printf("%s: %d train, %d dev and %d test scenes from seed %d\n", o->folder, o->train, o->dev,
           o->test, o->seed);
    return EXIT_DONE;
}

/* Runs a subcommand after printing it as one would type it. */
static int print_and_run(int (*command)(int, char **), char **argv)
{
    int argc = 0;
    printf("$ scanscope");
    for (; argv[argc]; argc++)
        printf(strchr(argv[argc], ' ') ? " \"%s\"" : " %s", argv[argc]);
    puts("");
    fflush(stdout);
    return command(argc, argv);
}

/* Shows one ranked query by each of two models, and draws the figure of the first one's best image.
 */
static int show(char *folder, char *model, char *other, char *output)
{
    char *query[] = {"query", "-m", model, "-d", folder, "-k", "5", example, NULL};
    char *second[] = {"query", "-m", other, "-d", folder, "-k", "5", example, NULL};
    char *figure[] = {"figure",    "words", "-m", model,  "-d", folder,
                      "--caption", example, "-o", output, NULL};
    puts("The demo: 200 drawn scenes, and two models that scanscope trained on other scenes: SCAN, "
         "and\nBFAN, whose words and regions attend to each other.\n");
    int status = print_and_run(cli_query, query);
    puts("");
    if (status == EXIT_DONE)
        status = print_and_run(cli_query, second);
    puts("");
    if (status == EXIT_DONE)
        status = print_and_run(cli_figure, figure);
    if (status == EXIT_DONE)
        printf("The figure is in %s. To compare the models on a terminal:\n"
               "$ scanscope explore -m %s -m %s -d %s\n",
               output, model, other, folder);
    return status;
}

static int run(const struct demo_options *o)
{
    struct error err;
    char *folder;
    if (file_asset("demo", &folder, &err) != 0)
        return cli_fail("demo", &err);
    char *model = file_join(folder, "model.pth.tar"), *other = file_join(folder, "bfan.pth.tar");
    char *explore[] = {"explore", "-m", model, "-m", other, "-d", folder, NULL};
    int status;
    if (!o->output && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        status = cli_explore((int)COUNTOF(explore) - 1, explore);
    else
        status = show(folder, model, other, o->output ? (char *)o->output : "demo-query.png");
    free(model);
    free(other);
    free(folder);
    return status;
}

int cli_demo(int argc, char **argv)
{
    struct demo_options o = {.seed = 1};
    const struct cli_option options[] = {
        {"generate", 0, CLI_TEXT, "DIR", "draw scenes into DIR, as a data folder", &o.folder},
        {"train", 0, CLI_INT, "N", "number of training scenes (default: 0)", &o.train},
        {"dev", 0, CLI_INT, "N", "number of dev scenes (default: 0)", &o.dev},
        {"test", 0, CLI_INT, "N", "number of test scenes (default: 0)", &o.test},
        {"seed", 0, CLI_INT, "N", "seed of the scenes (default: 1)", &o.seed},
        {"output", 'o', CLI_TEXT, "FILE", "no explorer: show one query, write its figure to FILE",
         &o.output},
        CLI_RUN_OPTIONS(&o.common),
        {0},
    };
    const struct cli_usage usage = {
        .command = "demo",
        .synopsis = "[-o FILE] | --generate DIR [--train N] [--dev N] [--test N] [--seed S]",
        .about =
            "Opens the explorer on the bundled split of drawn scenes with two models, SCAN and "
            "BFAN; "
            "without a terminal, shows one query ranked by each and writes a figure to "
            "demo-query.png. With --generate, draws "
            "further scenes: pictures, captions, boxes, features, and a description of what is in "
            "them (scanscope-formats(5)).",
        .examples = "  scanscope demo -o demo.png\n"
                    "  scanscope demo --generate more --train 20 --test 5 --seed 7\n",
        .options = options,
    };
    int status;
    if (!cli_parse(&usage, argc, argv, NULL, &status))
        return status;
    return o.folder ? generate(&o) : run(&o);
}
