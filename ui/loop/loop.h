/* ui/loop: the explorer put together and run: its loop, the prompt by readline, configuration and
 * sessions, the script driver, measurements.
 *
 * loop.h: ties state, worker, prompt and a screen together. The terminal (explore.c) and the script
 * driver (script.c) both run on it: events go in by loop_post, loop_show draws. */
#ifndef UI_LOOP_LOOP_H
#define UI_LOOP_LOOP_H

#include "ui/screen/screen.h"
#include "ui/state/effect.h"
#include "ui/state/keymap.h"
#include "ui/state/state.h"
#include "ui/work/event.h"
#include "ui/work/worker.h"

struct loop {
    struct ui ui;
    struct keymap keymap;
    struct grid grid;
    struct worker *worker;
    struct effects effects;
    const struct screen_ops *screen;
    void *screen_context;
    struct event *queue; /* events caused by effects, to be handled next */
    size_t queued, queue_cap;
    bool drawn;                  /* the screen shows the state */
    char *sessions;              /* the folder of sessions; NULL: none are kept */
    const char *session_file;    /* named by the user, or "none"; NULL: among the recent ones */
    char *session_kept;          /* its text as it was written last */
    void (*keep)(void *context); /* writes it, if it has changed; NULL: nothing is written */
    double script_time;          /* of a script's last key, in seconds */
    double *key_seconds;         /* of a script: the time from each key to its drawn screen */
    size_t key_count, key_cap;
};

/* Where things are kept between runs; NULL: nowhere. */
struct loop_folders {
    const char *state; /* the prompt's histories, and a folder of sessions */
    const char *cache; /* thumbnails */
};

/* Starts the worker, with the folders of `folders` in place of the host's. models 0: the start
 * screen. The caller sets `screen`, and frees the loop by loop_done. Errors: no worker thread. */
int loop_init(struct loop *loop, int rows, int cols, int models, const struct worker_host *host,
              const struct loop_folders *folders, struct error *err) MUST_USE;

/* Ends prompt and worker, and frees everything. */
void loop_done(struct loop *loop);

/* Opens the prompt and the models; to be called once the screen is set. */
void loop_start(struct loop *loop);

/* Updates the state by the event, performs the effects, and handles the events those cause. Takes
 * over what the event owns. */
void loop_post(struct loop *loop, struct event *event);

/* Posts all events that wait in the worker. */
void loop_drain(struct loop *loop);

/* Draws the state, if it has changed since. */
void loop_show(struct loop *loop);

/* Records the time from a key to its drawn screen. */
void loop_time_key(struct loop *loop, double seconds);

/* Median and maximum of the recorded times, in seconds; 0 if there are none. */
void loop_key_times(const struct loop *loop, double *median_out, double *slowest_out);

#endif
