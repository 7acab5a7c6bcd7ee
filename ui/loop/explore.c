#include "ui/loop/explore.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/loop/config.h"
#include "ui/loop/loop.h"
#include "ui/loop/script.h"
#include "ui/screen/term.h"
#include "ui/state/recent.h"
#include "ui/state/saved.h"

/* $VARIABLE/NAME, ~/OTHERWISE/NAME, or NULL. */
static char *home_folder(const char *variable, const char *otherwise, const char *name)
{
    const char *xdg = getenv(variable), *home = getenv("HOME");
    if (xdg && *xdg == '/')
        return file_join(xdg, name);
    if (!home || !*home)
        return NULL;
    char *folder = file_join(home, otherwise), *path = file_join(folder, name);
    free(folder);
    return path;
}

static char *state_folder(void)
{
    return home_folder("XDG_STATE_HOME", ".local/state", "scanscope");
}

/* Before the terminal is taken: what is wanted decides what it is asked. */
static int apply_graphics(struct ui *ui, const char *name, struct error *err)
{
    for (int i = 0; name && i < WISHES; i++)
        if (!strcmp(ui_graphics_names[i], name)) {
            ui->graphics = (enum graphics_wish)i;
            return 0;
        }
    return name ? error_set(err, "no graphics \"%s\": auto, cells, sixel, kitty", name) : 0;
}

static bool symbols_named(const char *name, enum symbols *out)
{
    for (int i = 0; i < UI_SYMBOLS; i++)
        if (!strcmp(ui_symbols[i], name)) {
            *out = (enum symbols)i;
            return true;
        }
    return false;
}

/* What the options say of looks, over what the terminal said. */
static int apply_looks(struct ui *ui, const struct explore_options *options, struct error *err)
{
    if (options->colours && !depth_named(options->colours, &ui->depth))
        return error_set(err, "no colours \"%s\": truecolor, 256, 16, none", options->colours);
    if (options->theme && !theme_named(options->theme))
        return error_set(err, "no theme \"%s\": dark, light, mono", options->theme);
    if (options->theme)
        ui->theme = theme_named(options->theme);
    ui->theme_set |= options->theme != NULL;
    if (options->symbols && !symbols_named(options->symbols, &ui->symbols))
        return error_set(err, "no symbols \"%s\": ascii, half, block, sextant", options->symbols);
    if (options->ascii || (options->symbols && ui->symbols == SYMBOLS_ASCII)) {
        ui->ascii = true;
        ui->symbols = SYMBOLS_ASCII;
    }
    ui->mouse &= !options->no_mouse;
    return 0;
}

static int run_headless(struct loop *loop, const struct explore_options *options, struct error *err)
{
    struct script_screen screen = {0};
    loop->screen = &script_screen_ops;
    loop->screen_context = &screen;
    int status = apply_looks(&loop->ui, options, err);
    if (status == 0) {
        loop_start(loop);
        status = script_run(loop, options->script, err);
    }
    script_screen_done(&screen);
    return status;
}

static int run_terminal(struct loop *loop, const struct explore_options *options, struct error *err)
{
    if (term_open(loop, options->colours, err) != 0)
        return -1;
    int status = apply_looks(&loop->ui, options, err);
    if (status == 0)
        status = term_run(loop, err);
    term_close();
    if (status == 0 && loop->ui.fatal)
        status = error_set(err, "%s", loop->ui.fatal);
    return status;
}

char *explore_last_session(void)
{
    char *state = state_folder(), *folder = state ? file_join(state, "sessions") : NULL;
    char *path = recent_newest(folder);
    free(folder);
    free(state);
    return path;
}

static int load_config(struct ui *ui, const struct explore_options *options, struct error *err)
{
    if (options->config)
        return strcmp(options->config, "none") ? config_load(options->config, ui, err) : 0;
    char *path = options->headless ? NULL : config_path();
    int status = path && file_exists(path) ? config_load(path, ui, err) : 0;
    free(path);
    return status;
}

/* Where the session on these sources was kept; NULL: nowhere. */
static char *session_path(const struct loop *loop, const struct explore_options *options)
{
    char name[17];
    if (options->session)
        return strcmp(options->session, "none") ? mem_strdup(options->session) : NULL;
    if (!loop->sessions || !options->source_count)
        return NULL;
    source_hash(options->sources, options->source_count, name);
    return recent_path(loop->sessions, name);
}

/* A session that cannot be read is no reason not to begin a new one, unless it was asked for by its
 * name. */
static int restore_session(struct loop *loop, const struct explore_options *options,
                           struct error *err)
{
    struct saved *saved = NULL;
    char *path = session_path(loop, options);
    int status = path && file_exists(path) ? saved_load(path, &saved, err) : 0;
    if (saved) {
        bool its = saved_is_of(saved, options->sources, options->source_count);
        saved_apply(saved, its && !options->caption && !options->command_count && !options->start,
                    &loop->ui);
    }
    saved_free(saved);
    free(path);
    return options->session ? status : 0;
}

static char *join_commands(const struct explore_options *options)
{
    struct str text = {0};
    for (size_t i = 0; i < options->command_count; i++)
        str_addf(&text, "%s\n", options->commands[i]);
    return text.length ? str_take(&text) : NULL;
}

/* What is open when the explorer is left. */
static int keep_session(const struct loop *loop, const struct explore_options *options,
                        struct error *err)
{
    const struct ui *ui = &loop->ui;
    char name[17];
    bool named = options->session != NULL;
    if (!ui->catalogs[0] || (named ? !strcmp(options->session, "none")
                                   : !loop->sessions || !ui->sources[0].of[SOURCE_MODEL]))
        return 0;
    char *text = saved_text(ui), *folder = named ? file_folder(options->session) : NULL;
    source_hash(ui->sources, (size_t)ui->models, name);
    int status =
        named ? file_make_folder(folder, err) : recent_keep(loop->sessions, name, text, err);
    if (named && status == 0)
        status = file_write(options->session, text, strlen(text), err);
    free(folder);
    free(text);
    return named ? status
                 : 0; /* one that cannot be kept among the others is no failure of the explorer */
}

/* The sources of the command line are what is opened, and what the start screen begins with. */
static void take_sources(struct ui *ui, const struct explore_options *options)
{
    char *folder = getcwd(NULL, 0);
    for (size_t i = 0; i < options->source_count; i++) {
        source_copy(&ui->start.form[i], &options->sources[i]);
        if (!options->start)
            source_copy(&ui->sources[i], &options->sources[i]);
    }
    if (options->source_count == 1) {
        source_copy(&ui->start.form[1], &options->sources[0]);
        source_set(&ui->start.form[1], SOURCE_MODEL, NULL);
    }
    ui->start.changes += options->source_count > 0;
    ui->start.known = options->last && !options->headless;
    ui->start.folder = mem_strdup(folder ? folder : "/");
    ui->home = mem_strdup(getenv("HOME"));
    free(folder);
}

/* The session's looks are put over the configuration's, and the command line's over both. */
static int run(struct loop *loop, const struct explore_options *options, struct error *err)
{
    take_sources(&loop->ui, options);
    loop->ui.draft = mem_strdup(options->caption);
    loop->ui.begin = join_commands(options);
    int status = load_config(&loop->ui, options, err);
    if (status == 0)
        status = apply_graphics(&loop->ui, options->graphics, err);
    if (status == 0)
        status = restore_session(loop, options, err);
    if (status == 0)
        status =
            options->headless ? run_headless(loop, options, err) : run_terminal(loop, options, err);
    if (status == 0)
        status = keep_session(loop, options, err);
    return status;
}

int explore_run_on(const struct explore_options *options, const struct worker_host *host,
                   int models, struct error *err)
{
    if (options->headless) { /* the same on every machine */
        setenv("LC_ALL", "C.UTF-8", 1);
        setlocale(LC_ALL, "C.UTF-8");
    }
    char *state = options->headless ? NULL : state_folder();
    char *cache =
        options->headless ? NULL : home_folder("XDG_CACHE_HOME", ".cache", "scanscope/thumbs");
    struct loop_folders folders = {state, cache};
    struct loop loop;
    int status =
        loop_init(&loop, options->rows ? options->rows : 40, options->cols ? options->cols : 120,
                  options->start ? 0 : models, host, &folders, err);
    free(state);
    free(cache);
    if (status != 0)
        return -1;
    status = run(&loop, options, err);
    loop_done(&loop);
    if (!options->headless)
        term_reraise();
    return status;
}
