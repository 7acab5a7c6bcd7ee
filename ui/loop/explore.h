/* explore.h: the explorer's entry. */
#ifndef UI_LOOP_EXPLORE_H
#define UI_LOOP_EXPLORE_H

#include "ui/work/worker.h"

/* The file of the most recent session in $XDG_STATE_HOME/scanscope/sessions, the caller's to free;
 * NULL if there is none. */
char *explore_last_session(void);

/* What the command line says; NULL, 0 and false leave it to the terminal and the defaults. All
 * pointers are the caller's. */
struct explore_options {
    const struct source *sources; /* models on the same split: one, or two side by side */
    size_t source_count;
    bool bf16;            /* how to score whatever is opened: see struct session_spec */
    bool start;           /* begin with the start screen, the sources filled in */
    bool last;            /* the sources are the last session's, not the user's */
    const char *script;   /* for headless: a file of statements ("-": stdin), see script.h */
    bool headless;        /* without a terminal; needs a script */
    int cols, rows;       /* of the headless screen; 0: 120 x 40 */
    const char *theme;    /* "dark", "light", "mono"; NULL: by the terminal's background */
    const char *colours;  /* "truecolor", "256", "16", "none"; NULL: as the terminal, NO_COLOR */
    const char *symbols;  /* "ascii", "half", "block", "sextant" */
    const char *graphics; /* "auto", "cells", "sixel", "kitty"; NULL: configuration, or cells */
    bool ascii, no_mouse; /* show ASCII only; leave the mouse to the terminal */
    const char *caption;  /* ask for it at once */
    const char *const *commands; /* run as if typed after ":", once the models are open */
    size_t command_count;
    const char *config;  /* a file, or "none"; NULL: the user's, if it exists */
    const char *session; /* a file, or "none"; NULL: one of the recent sessions (headless: none) */
};

/* Runs the explorer until the user leaves; the terminal is as it was afterwards. A signal that asks
 * to leave (SIGINT, SIGTERM, SIGHUP) ends the process with that signal. Errors: no terminal, a
 * wrong option or configuration, a script that fails, models that cannot be opened at the start. */
int explore_run(const struct explore_options *options, struct error *err) MUST_USE;

/* The same on other backends: `models` of them (0: the start screen, as with options->start). */
int explore_run_on(const struct explore_options *options, const struct worker_host *host,
                   int models, struct error *err) MUST_USE;

#endif
