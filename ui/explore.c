#include "ui/explore.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/config.h"
#include "ui/loop.h"
#include "ui/saved.h"
#include "ui/script.h"
#include "ui/term.h"

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

char *explore_session_path(void)
{
    char *folder = state_folder();
    char *path = folder ? file_join(folder, "session.json") : NULL;
    free(folder);
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

/* Where this run's session is kept; NULL: nowhere. */
static char *session_path(const struct explore_options *options)
{
    if (options->session)
        return strcmp(options->session, "none") ? mem_strdup(options->session) : NULL;
    return options->headless || !options->specs ? NULL : explore_session_path();
}

/* A session that cannot be read is no reason not to begin a new one, unless it was asked for by its name. */
static int restore_session(struct ui *ui, const struct explore_options *options, const char *path,
                           struct error *err)
{
    struct saved *saved = NULL;
    if (!path || !file_exists(path))
        return 0;
    if (saved_load(path, &saved, err) != 0)
        return options->session ? -1 : 0;
    saved_apply(saved, saved_is_of(saved, options->specs, options->spec_count) && !options->caption &&
                           !options->command_count, ui);
    saved_free(saved);
    return 0;
}

static int keep_session(const struct ui *ui, const struct explore_options *options, const char *path,
                        struct error *err)
{
    if (!path || !ui->catalogs[0])
        return 0;
    char *folder = file_folder(path);
    int status = file_make_folder(folder, err);
    if (status == 0)
        status = saved_save(path, options->specs, options->spec_count, ui, err);
    free(folder);
    return options->session ? status : 0;
}

static char *join_commands(const struct explore_options *options)
{
    struct str text = {0};
    for (size_t i = 0; i < options->command_count; i++)
        str_addf(&text, "%s\n", options->commands[i]);
    return text.length ? str_take(&text) : NULL;
}

static int run(struct loop *loop, const struct explore_options *options, struct error *err)
{
    char *session = session_path(options);
    loop->ui.draft = mem_strdup(options->caption);
    loop->ui.begin = join_commands(options);
    int status = restore_session(&loop->ui, options, session, err);
    if (status == 0)
        status = load_config(&loop->ui, options, err);
    if (status == 0)
        status = options->headless ? run_headless(loop, options, err) : run_terminal(loop, options, err);
    if (status == 0)
        status = keep_session(&loop->ui, options, session, err);
    free(session);
    return status;
}

int explore_run_on(const struct explore_options *options, worker_open *open, void *context, int models,
                   struct error *err)
{
    if (options->headless) { /* the same on every machine */
        setenv("LC_ALL", "C.UTF-8", 1);
        setlocale(LC_ALL, "C.UTF-8");
    }
    char *state = options->headless ? NULL : state_folder();
    char *cache = options->headless ? NULL : home_folder("XDG_CACHE_HOME", ".cache", "scanscope/thumbnails");
    struct loop_folders folders = {state, cache};
    struct loop loop;
    int status = loop_init(&loop, options->rows ? options->rows : 40,
                           options->cols ? options->cols : 120, models, open, context, &folders, err);
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
