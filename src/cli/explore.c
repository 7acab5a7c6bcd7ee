/* explore.c: the terminal explorer. */
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
        return error_set(err, "--headless needs --script FILE to say what to do");
    if (!e->size)
        return 0;
    if (sscanf(e->size, "%dx%d%c", &cols, &rows, &end) != 2 || cols < 1 || rows < 1 ||
        cols > 1000 || rows > 1000)
        return error_set(err, "--size %s: a size is written COLUMNSxROWS, as 120x40", e->size);
    e->options.cols = cols;
    e->options.rows = rows;
    return 0;
}

static bool names_files(const struct explore *e)
{
    return e->common.models.count || e->common.data || e->common.ims;
}

/* With neither a model nor data: what was open last. Where its files have gone, the start screen
 * says so. */
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

/* With neither a model nor data, the demo that ships with the program. */
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
        return error_set(err, "%zu models are given; the explorer shows one, or two side by side",
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

/* What is to be opened, or to stand on the start screen. */
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

int cli_explore(int argc, char **argv)
{
    struct explore e = {0};
    struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&e.common),
        {"start", 0, CLI_SWITCH, NULL,
         "begin with the start screen: choose a session of before, or other files",
         &e.options.start},
        {"theme", 0, CLI_TEXT, "dark|light|mono",
         "colours for that kind of background (default: as the terminal says)", &e.options.theme},
        {"colours", 0, CLI_TEXT, "truecolor|256|16|none",
         "no more colours than that (default: what the terminal has; NO_COLOR is heeded)",
         &e.options.colours},
        {"symbols", 0, CLI_TEXT, "ascii|half|block|sextant",
         "characters that pictures are made of (default: block)", &e.options.symbols},
        {"graphics", 0, CLI_TEXT, "auto|cells|sixel|kitty",
         "the picture as characters, or in real pixels where the terminal can (default: cells)",
         &e.options.graphics},
        {"ascii", 0, CLI_SWITCH, NULL, "nothing but ASCII on the screen", &e.options.ascii},
        {"no-mouse", 0, CLI_SWITCH, NULL, "leave the mouse to the terminal", &e.options.no_mouse},
        {"config", 0, CLI_TEXT, "FILE",
         "settings, in place of ~/.config/scanscope/config (\"none\": none)", &e.options.config},
        {"session", 0, CLI_TEXT, "FILE",
         "where the session is kept and taken up again (\"none\": nowhere)", &e.options.session},
        {"command", 0, CLI_LIST, "COMMAND", "run at once, as after : (may be given several times)",
         &e.commands},
        {"keys", 0, CLI_TEXT, "text|man|settings",
         "print the table of keys and commands, or (in roff) of settings, and leave", &e.keys},
        {"headless", 0, CLI_SWITCH, NULL, "no terminal: play --script on a screen of --size",
         &e.options.headless},
        {"script", 0, CLI_TEXT, "FILE", "keys and commands to play (\"-\": standard input)",
         &e.options.script},
        {"size", 0, CLI_TEXT, "COLSxROWS", "of the headless screen (default: 120x40)", &e.size},
        {NULL, 0, CLI_SWITCH, NULL, NULL, NULL}};
    struct cli_usage usage = {
        .command = "explore",
        .synopsis = "[options] [CAPTION]",
        .about = "Opens the explorer on a terminal: type a caption, see the images ranked "
                 "for it and what each word looked at. With a CAPTION it asks for that at "
                 "once; with two -m it opens two models on the same split; with neither -m "
                 "nor -d what was open last, or the demo. ? lists all keys.",
        .examples = "  scanscope explore\n"
                    "  scanscope explore -m assets/demo/model.pth.tar -d assets/demo\n"
                    "  scanscope explore \"a red kite\" --ascii\n",
        .options = options};
    struct error err;
    int status;
    if (!cli_parse(&usage, argc, argv, &e.operands, &status))
        return status;
    join_caption(&e);
    e.options.commands = e.commands.items;
    e.options.command_count = e.commands.count;
    status = EXIT_DONE;
    if (e.keys) {
        print_keys(e.keys);
    } else if (check_usage(&e, &err) != 0) {
        status = cli_usage_error("explore", "%s", err.text);
    } else {
        cli_set_threads(&e.common);
        e.options.bf16 = cli_wants_bf16(&e.common);
        if (choose_sources(&e, &err) != 0 || explore_run(&e.options, &err) != 0)
            status = cli_fail("explore", &err);
    }
    for (size_t i = 0; i < MODELS; i++)
        source_done(&e.sources[i]);
    cli_list_done(&e.operands);
    cli_list_done(&e.commands);
    cli_common_done(&e.common);
    free(e.caption);
    free(e.demo_model);
    free(e.demo_data);
    return status;
}
