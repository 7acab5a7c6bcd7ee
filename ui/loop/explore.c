#include "ui/loop/explore.h"

#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/str.h"
#include "ui/actions/session.h"
#include "ui/loop/config.h"
#include "ui/loop/loop.h"
#include "ui/loop/script.h"
#include "ui/screen/term.h"
#include "ui/work/recent.h"
#include "ui/work/saved.h"

/* $VARIABLE/NAME, ~/OTHERWISE/NAME, or NULL. */
static char *home_path(const char *variable, const char *otherwise, const char *name)
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
    return home_path("XDG_STATE_HOME", ".local/state", "scanscope");
}

/* To be called before the terminal is opened, which is queried accordingly. */
static int apply_graphics(struct ui *ui, const char *name, struct error *err)
{
    int graphics = setting_named(SETTING_GRAPHICS, name);
    if (graphics >= 0)
        setting_set(ui, SETTING_GRAPHICS, graphics);
    else if (name)
        return error_set(err, "--graphics %s: unknown; choose auto, cells, sixel or kitty", name);
    return 0;
}

/* The looks that options ask for, over those of the terminal. */
static int apply_looks(struct ui *ui, const struct explore_options *options, struct error *err)
{
    if (options->colours && !depth_named(options->colours, &ui->depth))
        return error_set(err, "--colours %s: unknown; choose truecolor, 256, 16 or none",
                         options->colours);
    if (options->theme && !theme_named(options->theme))
        return error_set(err, "--theme %s: unknown; choose dark, light or mono", options->theme);
    if (options->theme)
        ui->theme = theme_named(options->theme);
    ui->theme_set |= options->theme != NULL;
    int symbols = setting_named(SETTING_SYMBOLS, options->symbols);
    if (symbols >= 0)
        setting_set(ui, SETTING_SYMBOLS, symbols);
    else if (options->symbols)
        return error_set(err, "--symbols %s: unknown; choose ascii, half, block or sextant",
                         options->symbols);
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

static bool take_input(void *context, const struct term_input *input)
{
    static const enum event_kind kinds[] = {
        [TERM_KEY] = EVENT_KEY,         [TERM_MOUSE] = EVENT_MOUSE,     [TERM_PASTE] = EVENT_PASTE,
        [TERM_RESIZE] = EVENT_RESIZE,   [TERM_RESUMED] = EVENT_RESUMED, [TERM_LEAVE] = EVENT_LEAVE,
        [TERM_REPORT] = EVENT_TERMINAL,
    };
    struct loop *loop = context;
    struct event event = {.kind = kinds[input->kind],
                          .key = input->key,
                          .time = progress_clock(),
                          .mouse = input->mouse,
                          .row = input->row,
                          .col = input->col,
                          .text = input->text,
                          .rows = input->rows,
                          .cols = input->cols,
                          .cell_ratio = input->cell_ratio,
                          .cell_width = input->cell_width,
                          .cell_height = input->cell_height};
    if (input->can) {
        event.speaks[GRAPHICS_SIXEL] = input->can->sixel;
        event.speaks[GRAPHICS_KITTY] = input->can->kitty;
        event.theme = input->can->theme;
        event.cell_width = input->can->cell_width;
        event.cell_height = input->can->cell_height;
    }
    loop_post(loop, &event);
    return !loop->ui.leaving;
}

/* Takes over the terminal, whose abilities limit the looks that the configuration asks for. */
static int open_terminal(struct loop *loop, const char *colours, struct error *err)
{
    struct ui *ui = &loop->ui;
    struct term_host host = {take_input, loop};
    struct term_abilities can;
    if (!colours && ui->depth != DEPTH_TRUE) /* by the configuration */
        colours = depth_name(ui->depth);
    if (term_open(colours, ui->graphics != WISH_CELLS, &host, &can, err) != 0)
        return -1;
    loop->screen = &term_screen_ops;
    ui->depth = ui->depth_most = can.depth;
    ui->asked = ui->graphics != WISH_CELLS;
    ui->speaks[GRAPHICS_SIXEL] = can.sixel;
    ui->speaks[GRAPHICS_KITTY] = can.kitty;
    ui->cell_width = can.cell_width;
    ui->cell_height = can.cell_height;
    if (!ui->theme_set)
        ui->theme = can.theme;
    if (!can.utf8) {
        ui->ascii = true;
        ui->symbols = SYMBOLS_ASCII;
    }
    return 0;
}

/* Whether the session is kept, and where: its file, or the recent sessions. */
static bool keeps_session(const struct loop *loop)
{
    const struct ui *ui = &loop->ui;
    bool named = loop->session_file != NULL;
    return ui->catalogs[0] && (named ? strcmp(loop->session_file, "none") != 0
                                     : loop->sessions && ui->sources[0].of[SOURCE_MODEL]);
}

/* Writes what has changed of the session since it was written last. Failing to is an error only if
 * the file was named. */
static int keep_session(struct loop *loop, struct error *err)
{
    const struct ui *ui = &loop->ui;
    char name[17];
    if (!keeps_session(loop))
        return 0;
    char *text = session_text(ui);
    if (loop->session_kept && !strcmp(text, loop->session_kept)) {
        free(text);
        return 0;
    }
    free(loop->session_kept);
    loop->session_kept = text;
    if (!loop->session_file) {
        source_hash(ui->sources, (size_t)ui->models, name);
        struct error unsaid;
        (void)!recent_keep(loop->sessions, name, text, &unsaid);
        return 0;
    }
    char *folder = file_folder(loop->session_file);
    int status = file_make_folder(folder, err);
    if (status == 0)
        status = file_write(loop->session_file, text, strlen(text), err);
    free(folder);
    return status;
}

/* The session as it is made, while the user does nothing: whatever ends the process loses nothing.
 */
static void keep_if_quiet(void *context)
{
    struct loop *loop = context;
    struct pollfd keys = {STDIN_FILENO, POLLIN, 0};
    struct error err;
    if (loop->screen == &term_screen_ops && poll(&keys, 1, 0) != 0)
        return;
    if (keep_session(loop, &err) != 0)
        ui_say(&loop->ui, ROLE_ERROR, "%s", err.text);
}

static int run_terminal(struct loop *loop, const struct explore_options *options, struct error *err)
{
    if (open_terminal(loop, options->colours, err) != 0)
        return -1;
    int status = apply_looks(&loop->ui, options, err);
    if (status == 0) {
        loop->screen->mouse(loop->screen_context, loop->ui.mouse);
        term_report_size();
        loop_start(loop);
        loop_show(loop);
        while (!loop->ui.leaving && term_wait(worker_fd(loop->worker))) {
            loop_drain(loop);
            loop_show(loop);
            keep_if_quiet(loop);
        }
    }
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
    char *path =
        options->headless ? NULL : home_path("XDG_CONFIG_HOME", ".config", "scanscope/config");
    int status = path && file_exists(path) ? config_load(path, ui, err) : 0;
    free(path);
    return status;
}

/* The file of the session on these sources, the caller's to free; NULL if none is kept. */
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

/* What the user said of the models last time, unless the command line says something. */
static void take_given(struct ui *ui, const struct saved *saved)
{
    struct source kept[MODELS];
    size_t count = saved_sources(saved, kept);
    for (size_t i = 0; i < count; i++) {
        source_take_given(&ui->sources[i], &kept[i]);
        source_take_given(&ui->start.form[i], &kept[i]);
        source_done(&kept[i]);
    }
}

/* Resumes the session on these sources. One that cannot be read is an error only if it was named.
 */
static int restore_session(struct loop *loop, const struct explore_options *options,
                           struct error *err)
{
    struct saved *saved = NULL;
    char *path = session_path(loop, options);
    int status = path && file_exists(path) ? saved_load(path, &saved, err) : 0;
    if (saved) {
        bool its = saved_is_of(saved, options->sources, options->source_count);
        if (its)
            take_given(&loop->ui, saved);
        session_apply(&loop->ui, saved,
                      its && !options->caption && !options->command_count && !options->start);
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

/* The command line's sources are opened, and fill in the start screen. */
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
    ui->start.asks = !options->headless;
    ui->start.known = options->last && !options->headless;
    ui->start.folder = mem_strdup(folder ? folder : "/");
    ui->home = mem_strdup(getenv("HOME"));
    free(folder);
}

/* Looks of the session override the configuration's, and the command line's both. */
static int run(struct loop *loop, const struct explore_options *options, struct error *err)
{
    take_sources(&loop->ui, options);
    loop->session_file = options->session;
    loop->keep = keep_if_quiet;
    loop->ui.draft = mem_strdup(options->caption);
    loop->ui.first_commands = join_commands(options);
    int status = load_config(&loop->ui, options, err);
    if (status == 0)
        status = apply_graphics(&loop->ui, options->graphics, err);
    if (status == 0)
        status = restore_session(loop, options, err);
    if (status == 0)
        status =
            options->headless ? run_headless(loop, options, err) : run_terminal(loop, options, err);
    if (status == 0)
        status = keep_session(loop, err);
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
        options->headless ? NULL : home_path("XDG_CACHE_HOME", ".cache", "scanscope/thumbs");
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
