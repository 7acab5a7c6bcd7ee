/* loop.h: what ties state, worker, prompt and a screen together. The terminal (term.c) and the
 * script driver (script.c) both run on it: events go in by loop_post, loop_show draws. */
#ifndef UI_LOOP_LOOP_H
#define UI_LOOP_LOOP_H

#include "ui/commands/command.h"
#include "ui/screen/grid.h"
#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"
#include "ui/work/worker.h"

struct loop;

/* What only the screen can do. Any may be NULL. */
struct screen_ops {
    void (*show)(void *screen, const struct grid *grid);
    void (*repaint)(void *screen);
    void (*suspend)(void *screen);
    void (*mouse)(void *screen, bool on);
    void (*copy)(void *screen, const char *text);
    int (*view_file)(void *screen, const char *path, struct error *err);
    void (*bell)(void *screen);
};

struct loop {
    struct ui ui;
    struct keymap keymap;
    struct grid grid;
    struct worker *worker;
    struct effects effects;
    const struct screen_ops *screen;
    void *screen_context;
    struct event *queue; /* events that effects led to, to be taken next */
    size_t queued, queue_cap;
    bool drawn;     /* the screen shows the state */
    char *sessions; /* the folder they are kept in; NULL: nowhere */
    double *keys;   /* seconds from each key to its picture */
    size_t key_count, key_cap;
};

/* Where things are kept from run to run; NULL: nowhere. */
struct loop_folders {
    const char *state; /* histories, and in it a folder of sessions */
    const char *cache; /* thumbnails */
};

/* Starts the worker; of `host` the folders are those of `folders`. models 0: the start screen. */
int loop_init(struct loop *loop, int rows, int cols, int models, const struct worker_host *host,
              const struct loop_folders *folders, struct error *err) MUST_USE;
void loop_done(struct loop *loop);

/* To be called when the screen is there: opens the prompt and the models. */
void loop_start(struct loop *loop);

/* Runs the event, and all that follows from it at once, through the update. Takes it over. */
void loop_post(struct loop *loop, struct event *event);

/* Takes all the worker's events that are there. */
void loop_drain(struct loop *loop);

/* Draws where something changed. */
void loop_show(struct loop *loop);

/* Notes how long a key took to be drawn. */
void loop_time_key(struct loop *loop, double seconds);

/* Median and slowest of the keys so far, in seconds. */
void loop_key_times(const struct loop *loop, double *median_out, double *slowest_out);

#endif
