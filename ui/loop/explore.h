/* explore.h: the terminal explorer's entry. */
#ifndef UI_LOOP_EXPLORE_H
#define UI_LOOP_EXPLORE_H

#include "ui/work/worker.h"

/* The file of the session that was left last, in $XDG_STATE_HOME/scanscope/sessions; NULL where
 * there is none. The caller's to free. */
char *explore_last_session(void);

/* What the command line says; a NULL, a 0 or false leaves it to the terminal and the defaults. */
struct explore_options {
    const struct source *sources; /* models on the same split: one, or two side by side */
    size_t source_count;
    bool bf16;  /* whatever is opened: see struct session_spec */
    bool start; /* begin with the start screen, the sources filled in */
    bool last;  /* the sources are those of the last session, not the user's word */
    const char
        *script;    /* keys from a file ("-": stdin) rather than a keyboard: see ui/loop/script.h */
    bool headless;  /* no terminal at all; needs a script */
    int cols, rows; /* of the headless screen; 0: 120 x 40 */
    const char *theme;   /* "dark", "light", "mono"; NULL: auto */
    const char *colours; /* "truecolor", "256", "16", "none"; NULL: what the terminal has, NO_COLOR
                            heeded */
    const char *symbols; /* "ascii", "half", "block", "sextant" */
    const char *
        graphics; /* "auto", "cells", "sixel", "kitty"; NULL: cells, or as the configuration says */
    bool ascii, no_mouse;
    const char *caption;         /* asked for at once */
    const char *const *commands; /* run as after ":" when the models are open */
    size_t command_count;
    const char *config; /* NULL: the user's, where there is one; "none": none */
    const char
        *session; /* NULL: among the sessions of before (headless: nowhere); "none": nowhere */
};

/* Runs until the user leaves. Returns 0, or -1 with the error filled; the terminal is as it was. A
 * signal that asks to leave (SIGINT, SIGTERM, SIGHUP) ends the process with that signal after the
 * terminal was restored. */
int explore_run(const struct explore_options *options, struct error *err) MUST_USE;

/* The same on any backends, `models` of them (without effect on the start screen). */
int explore_run_on(const struct explore_options *options, const struct worker_host *host,
                   int models, struct error *err) MUST_USE;

#endif
