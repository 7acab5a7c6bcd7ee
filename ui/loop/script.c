#include "ui/loop/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "ui/screen/shot.h"

struct script {
    struct loop *loop;
    struct script_screen *screen;
};

static void screen_copy(void *context, const char *text)
{
    struct script_screen *screen = context;
    free(screen->clipboard);
    screen->clipboard = mem_strdup(text);
}

static int screen_view_file(void *context, const char *path, struct error *err)
{
    struct script_screen *screen = context;
    (void)err;
    free(screen->opened);
    screen->opened = mem_strdup(path);
    return 0;
}

const struct screen_ops script_screen_ops = {.copy = screen_copy, .view_file = screen_view_file};

void script_screen_done(struct script_screen *screen)
{
    free(screen->clipboard);
    free(screen->opened);
    *screen = (struct script_screen){0};
}

/* Keys named one by one are pressed slowly (a second apart), those of a text quickly: a script
 * plays the same way on every machine. */
static void press_after(struct loop *loop, ui_key key, double seconds)
{
    double started = progress_clock();
    loop->script_time += seconds;
    struct event event = {.kind = EVENT_KEY, .key = key, .time = loop->script_time};
    loop_post(loop, &event);
    loop_show(loop);
    loop_time_key(loop, progress_clock() - started);
    loop_drain(loop);
}

static void press(struct loop *loop, ui_key key)
{
    press_after(loop, key, 1);
}

static int do_type(struct script *script, char *args, struct error *err)
{
    size_t n = strlen(args);
    (void)err;
    for (size_t at = 0, bytes; at < n; at += bytes)
        press_after(script->loop, utf8_next(args + at, n - at, &bytes), at ? 0.01 : 1);
    return 0;
}

static int do_key(struct script *script, char *args, struct error *err)
{
    char *rest;
    for (char *name = strtok_r(args, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        ui_key key = key_parse(name, strlen(name));
        if (!key)
            return error_set(err, "no key is called \"%s\"", name);
        press(script->loop, key);
    }
    return 0;
}

static int do_paste(struct script *script, char *args, struct error *err)
{
    struct event event = {.kind = EVENT_PASTE, .text = mem_strdup(args)};
    (void)err;
    loop_post(script->loop, &event);
    return 0;
}

static int do_command(struct script *script, char *args, struct error *err)
{
    struct loop *loop = script->loop;
    (void)err;
    if (loop->ui.prompt)
        press(loop, K_ESC);
    press(loop, ':');
    do_type(script, args + (*args == ':'), err);
    press(loop, K_ENTER);
    return 0;
}

static int mouse_at(struct script *script, const char *args, enum mouse mouse, struct error *err)
{
    struct event event = {.kind = EVENT_MOUSE, .mouse = mouse};
    if (sscanf(args, "%d %d", &event.row, &event.col) != 2)
        return error_set(err, "expected ROW COL, not \"%s\"", args);
    loop_post(script->loop, &event);
    return 0;
}

static int do_click(struct script *script, char *args, struct error *err)
{
    return mouse_at(script, args, MOUSE_CLICK, err);
}

static int do_double(struct script *script, char *args, struct error *err)
{
    return mouse_at(script, args, MOUSE_DOUBLE, err);
}

static int do_wheel(struct script *script, char *args, struct error *err)
{
    bool up = !strncmp(args, "up ", 3);
    if (!up && strncmp(args, "down ", 5) != 0)
        return error_set(err, "expected wheel up or wheel down, not \"%s\"", args);
    return mouse_at(script, args + (up ? 3 : 5), up ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN, err);
}

static int do_resize(struct script *script, char *args, struct error *err)
{
    struct event event = {.kind = EVENT_RESIZE};
    if (sscanf(args, "%dx%d", &event.cols, &event.rows) != 2 || event.cols < 1 || event.rows < 1 ||
        event.cols > 1000 || event.rows > 1000)
        return error_set(err, "expected a size such as 120x40, not \"%s\"", args);
    loop_post(script->loop, &event);
    return 0;
}

static bool awaited(const struct ui *ui, int kind)
{
    return kind < 0 ? !ui_idle(ui) : ui_awaits(ui, (enum request_kind)kind);
}

static int do_wait(struct script *script, char *args, struct error *err)
{
    static const struct {
        const char *name;
        int kind; /* -1: any */
    } names[] = {
        {"opened", REQUEST_OPEN},     {"ranked", REQUEST_RANK},     {"matched", REQUEST_CAPTIONS},
        {"looked", REQUEST_LOOK},     {"picture", REQUEST_PICTURE}, {"thumbs", REQUEST_THUMBS},
        {"exported", REQUEST_EXPORT}, {"surveyed", REQUEST_SURVEY}, {"listed", REQUEST_FILES},
        {"recent", REQUEST_RECENT},   {"fitted", REQUEST_FIT},      {"idle", -1},
    };
    struct loop *loop = script->loop;
    size_t i = 0;
    while (i < COUNTOF(names) && strcmp(names[i].name, args) != 0)
        i++;
    if (i == COUNTOF(names))
        return error_set(err, "cannot wait for \"%s\"; wait idle waits for everything", args);
    loop_drain(loop);
    while (awaited(&loop->ui, names[i].kind)) {
        if (!worker_wait(loop->worker))
            return error_set(err, "waiting for %s, but nothing is in progress", args);
        loop_drain(loop);
    }
    return 0;
}

static int do_save(struct script *script, char *args, struct error *err)
{
    const struct ui *ui = &script->loop->ui;
    struct shot_look look = {.theme = ui->theme, .depth = ui->depth};
    loop_show(script->loop);
    return shot_save(&script->loop->grid, &look, args, err);
}

static int do_print(struct script *script, char *args, struct error *err)
{
    struct str text = {0};
    (void)args, (void)err;
    loop_show(script->loop);
    grid_text(&script->loop->grid, &text);
    fputs(str_text(&text), stdout);
    fflush(stdout); /* whoever feeds the script may wait for it */
    str_done(&text);
    return 0;
}

static bool screen_has(struct script *script, const char *text)
{
    struct str screen = {0};
    loop_show(script->loop);
    grid_text(&script->loop->grid, &screen);
    bool has = strstr(str_text(&screen), text) != NULL;
    str_done(&screen);
    return has;
}

static int do_expect(struct script *script, char *args, struct error *err)
{
    if (screen_has(script, args))
        return 0;
    do_print(script, args, err);
    return error_set(err, "the screen lacks \"%s\"", args);
}

static int do_reject(struct script *script, char *args, struct error *err)
{
    if (!screen_has(script, args))
        return 0;
    do_print(script, args, err);
    return error_set(err, "the screen has \"%s\"", args);
}

static int do_expect_clipboard(struct script *script, char *args, struct error *err)
{
    const char *clipboard = script->screen->clipboard;
    if (clipboard && strstr(clipboard, args))
        return 0;
    return error_set(err, "the clipboard, \"%s\", lacks \"%s\"", clipboard ? clipboard : "", args);
}

/* A key, a size or a click that a user could cause, except leaving. */
static void random_event(struct loop *loop, struct rng *rng)
{
    uint64_t what = rng_below(rng, 100);
    if (what < 2) {
        struct event event = {.kind = EVENT_RESIZE,
                              .rows = 1 + (int)rng_below(rng, 70),
                              .cols = 1 + (int)rng_below(rng, 220)};
        loop_post(loop, &event);
    } else if (what < 8) {
        struct event event = {.kind = EVENT_MOUSE,
                              .mouse = (enum mouse)rng_below(rng, 4),
                              .row = (int)rng_below(rng, 70),
                              .col = (int)rng_below(rng, 220)};
        loop_post(loop, &event);
    } else if (what < 45) {
        press(loop, K_FIRST + (ui_key)rng_below(rng, K_LAST - K_FIRST));
    } else if (what < 55) {
        press(loop, K_CTRL | (ui_key)('a' + rng_below(rng, 26)));
    } else {
        press(loop, (ui_key)(32 + rng_below(rng, 95)));
    }
}

static int do_random(struct script *script, char *args, struct error *err)
{
    unsigned long count, seed;
    struct rng rng;
    struct loop *loop = script->loop;
    if (sscanf(args, "%lu %lu", &count, &seed) != 2)
        return error_set(err, "expected COUNT SEED, not \"%s\"", args);
    rng_seed(&rng, seed);
    for (unsigned long i = 0; i < count; i++) {
        random_event(loop, &rng);
        loop->ui.leaving = false;
        loop_show(loop);
        loop_drain(loop);
    }
    return 0;
}

static int do_times(struct script *script, char *args, struct error *err)
{
    double median, slowest;
    (void)args, (void)err;
    loop_key_times(script->loop, &median, &slowest);
    printf("%zu keys: median %.2f ms, slowest %.2f ms\n", script->loop->key_count, median * 1e3,
           slowest * 1e3);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(struct script *, char *args, struct error *);
} statements[] = {
    {"type", do_type},     {"key", do_key},
    {"paste", do_paste},   {"command", do_command},
    {"click", do_click},   {"double", do_double},
    {"wheel", do_wheel},   {"resize", do_resize},
    {"wait", do_wait},     {"save", do_save},
    {"print", do_print},   {"expect", do_expect},
    {"reject", do_reject}, {"expect-clipboard", do_expect_clipboard},
    {"random", do_random}, {"times", do_times},
};

static int run_line(struct script *script, char *line, struct error *err)
{
    line[strcspn(line, "\r\n")] = 0;
    line += strspn(line, " \t");
    if (!*line || *line == '#')
        return 0;
    size_t n = strcspn(line, " \t");
    char *args = line + n + (line[n] != 0);
    line[n] = 0;
    for (size_t i = 0; i < COUNTOF(statements); i++)
        if (!strcmp(statements[i].name, line)) {
            int status = statements[i].run(script, args, err);
            loop_drain(script->loop);
            if (script->loop->keep)
                script->loop->keep(script->loop);
            return status;
        }
    return error_set(err, "no statement is called \"%s\"", line);
}

int script_line(struct loop *loop, const char *text, struct error *err)
{
    struct script script = {loop, loop->screen_context};
    char *line = mem_strdup(text);
    int status = run_line(&script, line, err);
    free(line);
    return status;
}

/* Mapped first for its errors: a folder would open as a stream that reads as empty. */
static FILE *open_script(const char *path, struct error *err)
{
    if (strcmp(path, "-") == 0)
        return stdin;
    struct file_map map;
    if (file_map_open(path, &map, err) != 0)
        return NULL;
    file_map_close(&map);
    FILE *file = fopen(path, "re");
    if (!file)
        error_errno(err, path, "open");
    return file;
}

int script_run(struct loop *loop, const char *path, struct error *err)
{
    FILE *file = open_script(path, err);
    struct script script = {loop, loop->screen_context};
    char *line = NULL;
    size_t cap = 0;
    int status = 0;
    if (!file)
        return -1;
    for (int number = 1; status == 0 && !loop->ui.leaving && getline(&line, &cap, file) > 0;
         number++) {
        status = run_line(&script, line, err);
        if (status != 0) {
            struct error reason = *err;
            error_set(err, "%s: line %d: %s", path, number, reason.text);
        }
    }
    if (status == 0 && loop->ui.fatal)
        status = error_set(err, "%s", loop->ui.fatal);
    free(line);
    if (file != stdin)
        fclose(file);
    return status;
}
