/* `scanscope explore`: the explorer on a terminal, or driven by a script. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "ui/commands/command_table.h"
#include "ui/loop/explore.h"
#include "ui/work/backend_session.h"
#include "ui/work/saved.h"

struct explore {
    struct cli_common common;
    struct explore_options options;
    const char *size;
    struct cli_list operands, commands;
    struct source sources[MODELS];
    char *demo_model, *demo_data;
    const char *keys;
    char *caption;
};

static int check_usage(struct explore *e, struct error *err)
{
    int cols, rows;
    char end;
    if (e->options.headless && !e->options.script)
        return error_set(err, "--headless needs --script FILE");
    if (!e->size)
        return 0;
    if (sscanf(e->size, "%dx%d%c", &cols, &rows, &end) != 2 || cols < 1 || rows < 1 ||
        cols > 1000 || rows > 1000)
        return error_set(err,
                         "--size %s: not a size; write COLSxROWS, such as 120x40, up to 1000x1000",
                         e->size);
    e->options.cols = cols;
    e->options.rows = rows;
    return 0;
}

static bool names_files(const struct explore *e)
{
    return e->common.models.count || e->common.data || e->common.ims;
}

/* Without model and data: the most recent session. If its files are gone, the start screen says so.
 */
static void take_last(struct explore *e)
{
    struct error err;
    struct saved *last = NULL;
    char *path = e->options.session ? mem_strdup(e->options.session) : explore_last_session();
    bool wanted = !names_files(e) && (!e->options.headless || e->options.session);
    if (wanted && path && file_exists(path) && saved_load(path, &last, &err) == 0)
        e->options.source_count = saved_sources(last, e->sources);
    saved_free(last);
    free(path);
    e->options.last = e->options.source_count > 0;
    for (size_t i = 0; i < e->options.source_count; i++)
        e->options.start |= !e->options.headless && !file_exists(e->sources[i].of[SOURCE_MODEL]);
}

/* Without model and data, and without a session: the demo that ships with the program. */
static int take_demo(struct explore *e, struct error *err)
{
    if (names_files(e))
        return 0;
    if (file_asset("demo", &e->demo_data, err) != 0)
        return -1;
    e->demo_model = file_join(e->demo_data, "model.pth.tar");
    e->common.data = e->demo_data;
    e->common.models.items = mem_grow(e->common.models.items, 1, sizeof *e->common.models.items);
    e->common.models.items[e->common.models.count++] = e->demo_model;
    return 0;
}

static int make_sources(struct explore *e, struct error *err)
{
    size_t models = e->common.models.count;
    if (models > MODELS)
        return error_set(err, "%zu models given; the explorer shows one, or two side by side",
                         models);
    for (size_t i = 0; i < (models ? models : 1); i++) {
        struct session_spec spec;
        if (cli_session_spec(&e->common, i, &spec, err) != 0 && !e->options.start)
            return -1;
        backend_session_source(&spec, &e->sources[i]);
    }
    e->options.source_count = models ? models : 1;
    return 0;
}

/* Decides what to open, or to fill in on the start screen. */
static int choose_sources(struct explore *e, struct error *err)
{
    e->options.sources = e->sources;
    if (!e->options.start)
        take_last(e);
    if (e->options.source_count || (e->options.start && !names_files(e)))
        return 0;
    return take_demo(e, err) != 0 ? -1 : make_sources(e, err);
}

static void join_caption(struct explore *e)
{
    struct str text = {0};
    for (size_t i = 0; i < e->operands.count; i++)
        str_addf(&text, "%s%s", i ? " " : "", e->operands.items[i]);
    e->caption = text.length ? str_take(&text) : NULL;
    e->options.caption = e->caption;
    str_done(&text);
}

static void print_keys(const char *how)
{
    struct str text = {0};
    if (!strcmp(how, "settings"))
        command_table_settings(&text);
    else
        command_table_text(!strcmp(how, "man"), &text);
    fputs(str_text(&text), stdout);
    str_done(&text);
}

/* Opens the explorer, or prints its keys. */
static int run(struct explore *e)
{
    struct error err;
    if (e->keys) {
        print_keys(e->keys);
        return EXIT_DONE;
    }
    if (check_usage(e, &err) != 0)
        return cli_usage_error("explore", "%s", err.text);
    cli_set_threads(&e->common);
    e->options.bf16 = cli_wants_bf16(&e->common);
    e->options.commands = e->commands.items;
    e->options.command_count = e->commands.count;
    join_caption(e);
    if (choose_sources(e, &err) != 0 || explore_run(&e->options, &err) != 0)
        return cli_fail("explore", &err);
    return EXIT_DONE;
}

static void explore_done(struct explore *e)
{
    for (size_t i = 0; i < MODELS; i++)
        source_done(&e->sources[i]);
    cli_list_done(&e->operands);
    cli_list_done(&e->commands);
    cli_common_done(&e->common);
    free(e->caption);
    free(e->demo_model);
    free(e->demo_data);
}

static const struct cli_usage usage = {
    .command = "explore",
    .synopsis = "[options] [CAPTION]",
    .about = "Opens the explorer on a terminal: type a caption, see the images ranked for it and "
             "what each word attended to. A CAPTION is the first query; two -m open two models on "
             "the same split; without -m and -d the most recent session is resumed, or the demo "
             "opened. ? lists all keys.",
    .examples = "  scanscope explore\n"
                "  scanscope explore -m assets/demo/model.pth.tar -d assets/demo\n"
                "  scanscope explore \"a red kite\" --ascii\n",
};

int cli_explore(int argc, char **argv)
{
    struct explore e = {0};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&e.common),
        {"start", 0, CLI_SWITCH, NULL,
         "begin with the start screen: choose a recent session or other files", &e.options.start},
        {"theme", 0, CLI_TEXT, "dark|light|mono",
         "colour theme (default: by the terminal's background)", &e.options.theme},
        {"colours", 0, CLI_TEXT, "truecolor|256|16|none",
         "no more colours than that (default: the terminal's; none if NO_COLOR is set)",
         &e.options.colours},
        {"symbols", 0, CLI_TEXT, "ascii|half|block|sextant",
         "characters to draw pictures with (default: block)", &e.options.symbols},
        {"graphics", 0, CLI_TEXT, "auto|cells|sixel|kitty",
         "the picture in characters, or in real pixels if the terminal can (default: cells)",
         &e.options.graphics},
        {"ascii", 0, CLI_SWITCH, NULL, "show ASCII only", &e.options.ascii},
        {"no-mouse", 0, CLI_SWITCH, NULL, "leave the mouse to the terminal", &e.options.no_mouse},
        {"config", 0, CLI_TEXT, "FILE",
         "settings to use instead of ~/.config/scanscope/config (\"none\": no settings)",
         &e.options.config},
        {"session", 0, CLI_TEXT, "FILE",
         "keep the session in FILE and resume it from there (\"none\": do not keep it)",
         &e.options.session},
        {"command", 0, CLI_LIST, "COMMAND",
         "run at the start, as if typed after : (may be given several times)", &e.commands},
        {"keys", 0, CLI_TEXT, "text|man|settings",
         "print the table of keys and commands, or (in roff) of settings, and exit", &e.keys},
        {"headless", 0, CLI_SWITCH, NULL, "no terminal: play --script on a screen of --size",
         &e.options.headless},
        {"script", 0, CLI_TEXT, "FILE", "keys and commands to play (\"-\": standard input)",
         &e.options.script},
        {"size", 0, CLI_TEXT, "COLSxROWS", "size of the headless screen (default: 120x40)",
         &e.size},
        {0},
    };
    struct cli_usage with_options = usage;
    int status;
    with_options.options = options;
    if (cli_parse(&with_options, argc, argv, &e.operands, &status))
        status = run(&e);
    explore_done(&e);
    return status;
}
