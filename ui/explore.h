/* explore.h: the terminal explorer's entry. */
#ifndef UI_EXPLORE_H
#define UI_EXPLORE_H

#include "retrieve/session.h"
#include "ui/worker.h"

enum { EXPLORE_MODELS = 2 };

/* Where the last session is kept: $XDG_STATE_HOME/scanscope/session.json; NULL where no home is known. The caller's to
 * free. */
char *explore_session_path(void);


/* What the command line says; a NULL, a 0 or false leaves it to the terminal and the defaults. */
struct explore_options {
    const struct session_spec *specs; /* models on the same split: one, or two side by side */
    size_t spec_count;
    const char *script;  /* keys from a file ("-": stdin) rather than a keyboard: see ui/script.h */
    bool headless;       /* no terminal at all; needs a script */
    int cols, rows;      /* of the headless screen; 0: 120 x 40 */
    const char *theme;   /* "dark", "light", "mono"; NULL: auto */
    const char *colours; /* "truecolor", "256", "16", "none"; NULL: what the terminal has, NO_COLOR heeded */
    const char *symbols; /* "ascii", "half", "block", "sextant" */
    bool ascii, no_mouse;
    const char *caption; /* asked for at once */
    const char *const *commands; /* run as after ":" when the models are open */
    size_t command_count;
    const char *config;  /* NULL: the user's, where there is one; "none": none */
    const char *session; /* NULL: the user's (headless: none); "none": none */
};

/* Runs until the user leaves. Returns 0, or -1 with the error filled; the terminal is as it was. A signal that asks to
 * leave (SIGINT, SIGTERM, SIGHUP) ends the process with that signal after the terminal was restored. */
int explore_run(const struct explore_options *options, struct error *err) MUST_USE;

/* The same on any backend (ui/worker.h has the type of `open`), `models` of them. */
int explore_run_on(const struct explore_options *options, worker_open *open, void *context, int models,
                   struct error *err) MUST_USE;

#endif
