#include "ui/loop/loop.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/file.h"
#include "base/mem.h"
#include "ui/actions/update.h"
#include "ui/commands/command_table.h"
#include "ui/loop/line.h"
#include "ui/views/views.h"
#include "ui/work/files.h"
#include "ui/work/recent.h"

static void queue_event(void *context, struct event *event)
{
    struct loop *loop = context;
    MEM_ROOM(loop->queue, loop->queued, loop->queue_cap);
    loop->queue[loop->queued++] = *event;
    *event = (struct event){0};
}

/* The backend of the side that keys act on; NULL unless it is open. */
static const struct backend *active_backend(struct loop *loop)
{
    return worker_backend(loop->worker, loop->ui.sides[loop->ui.side].model);
}

static bool knows_word(void *context, const char *word)
{
    struct loop *loop = context;
    const struct backend *backend = active_backend(loop);
    return !backend || backend->ops->knows(backend, word);
}

static size_t complete_word(struct loop *loop, const char *word, size_t limit, char **out)
{
    const struct backend *backend = active_backend(loop);
    return backend && *word ? backend->ops->complete(backend, word, limit, out) : 0;
}

static size_t complete_id(const struct catalog *catalog, const char *word, size_t limit, char **out)
{
    size_t n = 0;
    for (size_t i = 0; i < catalog->images && n < limit; i++)
        if (!strncmp(catalog->id[i], word, strlen(word)))
            out[n++] = mem_strdup(catalog->id[i]);
    return n;
}

static size_t complete_line(void *context, enum prompt_kind kind, const char *line, size_t start,
                            const char *word, size_t limit, char **out)
{
    struct loop *loop = context;
    if (kind == PROMPT_PATH) /* the word is the line up to the cursor: line.c */
        return files_complete(word, loop->ui.home, limit, out);
    if (kind != PROMPT_COMMAND)
        return complete_word(loop, word, limit, out);
    char name[64]; /* names and choices are the palette's */
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
    const struct backend *backend = active_backend(loop);
    if (backend && !strcmp(name, "image"))
        return complete_id(&backend->catalog, line + start, limit, out);
    return start ? complete_word(loop, word, limit, out) : 0;
}

int loop_init(struct loop *loop, int rows, int cols, int models, const struct worker_host *host,
              const struct loop_folders *folders, struct error *err)
{
    struct worker_host mine = *host;
    *loop =
        (struct loop){.sessions = folders->state ? file_join(folders->state, "sessions") : NULL};
    mine.cache_folder = folders->cache;
    mine.session_folder = loop->sessions;
    loop->worker = worker_new(&mine, err);
    if (!loop->worker) {
        free(loop->sessions);
        return -1;
    }
    keymap_init(&loop->keymap, &command_table);
    ui_init(&loop->ui, rows, cols, models, view_table, &command_table, &loop->keymap);
    grid_init(&loop->grid, rows, cols);
    struct line_host line = {loop, queue_event, knows_word, complete_line};
    line_init(&line, folders->state);
    return 0;
}

void loop_done(struct loop *loop)
{
    line_done();
    worker_free(loop->worker);
    for (size_t i = 0; i < loop->queued; i++)
        event_done(&loop->queue[i]);
    free(loop->queue);
    free(loop->sessions);
    free(loop->session_kept);
    free(loop->key_seconds);
    effects_done(&loop->effects);
    grid_done(&loop->grid);
    ui_done(&loop->ui);
    keymap_done(&loop->keymap);
}

/* ---- effects ---- */

static void note(struct loop *loop, const char *text)
{
    struct event event = {.kind = EVENT_NOTE, .text = mem_strdup(text)};
    queue_event(loop, &event);
}

static void do_keep(struct loop *loop, struct effect *effect)
{
    struct error err;
    if (loop->sessions && recent_keep(loop->sessions, effect->name, effect->text, &err) != 0)
        note(loop, err.text);
}

static void do_view_file(struct loop *loop, struct effect *effect)
{
    char *path = NULL;
    struct error err;
    const struct backend *backend = active_backend(loop);
    if (!backend || backend->ops->photo_path(backend, effect->image, &path, &err) != 0)
        note(loop, backend ? err.text : "no model is open");
    else if (loop->screen->view_file &&
             loop->screen->view_file(loop->screen_context, path, &err) != 0)
        note(loop, err.text);
    free(path);
}

static void do_save(struct loop *loop, struct effect *effect)
{
    struct error err;
    char *path = NULL;
    int status = files_reserve(effect->path, &path, &err);
    if (status == 0)
        status = file_write(path, effect->text, strlen(effect->text), &err);
    char *done = mem_printf("Saved %s: draw it with scanscope figure --batch", path ? path : "");
    note(loop, status == 0 ? done : err.text);
    free(done);
    free(path);
}

/* What the screen cannot do is left out. */
static void perform_on_screen(struct loop *loop, const struct effect *effect)
{
    const struct screen_ops *screen = loop->screen;
    void *context = loop->screen_context;
    if (effect->kind == EFFECT_COPY && screen->copy)
        screen->copy(context, effect->text);
    else if (effect->kind == EFFECT_MOUSE && screen->mouse)
        screen->mouse(context, effect->number != 0);
    else if (effect->kind == EFFECT_ASK && screen->ask)
        screen->ask(context);
    else if (effect->kind == EFFECT_REPAINT && screen->repaint)
        screen->repaint(context);
    else if (effect->kind == EFFECT_SUSPEND && screen->suspend)
        screen->suspend(context);
}

static void perform_one(struct loop *loop, struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_REQUEST:
        worker_ask(loop->worker, &effect->request);
        break;
    case EFFECT_CANCEL:
        worker_cancel(loop->worker);
        break;
    case EFFECT_CLOSE:
        worker_close(loop->worker);
        break;
    case EFFECT_KEEP:
        do_keep(loop, effect);
        break;
    case EFFECT_LINE_OPEN:
        line_open((enum prompt_kind)effect->number, effect->text);
        break;
    case EFFECT_LINE_KEY:
        line_key(effect->key);
        break;
    case EFFECT_LINE_INSERT:
        line_insert(effect->text);
        break;
    case EFFECT_LINE_CLOSE:
        line_close();
        break;
    case EFFECT_VIEW_FILE:
        do_view_file(loop, effect);
        break;
    case EFFECT_SAVE:
        do_save(loop, effect);
        break;
    case EFFECT_CACHE:
        worker_cache_bound(loop->worker, (size_t)effect->number << 20);
        break;
    default: /* EFFECT_QUIT too: the state's `leaving` ends the loop */
        perform_on_screen(loop, effect);
    }
}

static void perform(struct loop *loop)
{
    for (size_t i = 0; i < loop->effects.count; i++)
        perform_one(loop, &loop->effects.items[i]);
    effects_clear(&loop->effects);
}

void loop_post(struct loop *loop, struct event *event)
{
    queue_event(loop, event);
    for (size_t i = 0; i < loop->queued; i++) {
        struct event next = loop->queue[i];
        loop->queue[i] = (struct event){0};
        ui_update(&loop->ui, &next, &loop->effects);
        event_done(&next);
        perform(loop);
    }
    loop->queued = 0;
    loop->drawn = false;
}

void loop_start(struct loop *loop)
{
    ui_start(&loop->ui, &loop->effects);
    perform(loop);
    loop_drain(loop);
}

void loop_drain(struct loop *loop)
{
    struct event event;
    while (worker_take(loop->worker, &event))
        loop_post(loop, &event);
}

void loop_show(struct loop *loop)
{
    assert(loop->screen);
    if (loop->drawn)
        return;
    ui_view(&loop->ui, &loop->grid);
    loop->drawn = true;
    if (loop->screen->show)
        loop->screen->show(loop->screen_context, &loop->grid);
}

void loop_time_key(struct loop *loop, double seconds)
{
    MEM_ROOM(loop->key_seconds, loop->key_count, loop->key_cap);
    loop->key_seconds[loop->key_count++] = seconds;
}

void loop_key_times(const struct loop *loop, double *median_out, double *slowest_out)
{
    size_t n = loop->key_count;
    double *sorted = mem_new(n, sizeof *sorted);
    *median_out = *slowest_out = 0;
    if (n > 0) {
        memcpy(sorted, loop->key_seconds, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, ascending_double);
        *median_out = sorted[n / 2];
        *slowest_out = sorted[n - 1];
    }
    free(sorted);
}
