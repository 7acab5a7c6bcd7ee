/* command.h: what a command is: everything that can be done has a name (for ":" and the
 * configuration), keys, a help text, where it applies, and what does it. ui/commands fills the
 * table; key map, help screen, palette and manual page all come from it. */
#ifndef UI_STATE_COMMAND_H
#define UI_STATE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/state/effect.h"
#include "ui/state/state.h"

/* Where a key applies, and flags of a command. */
enum {
    MODE_PROMPT = 1,
    MODE_SEARCH = 2,
    MODE_MATCHES = 4,
    MODE_IMAGES = 8,
    MODE_CAPTIONS = 16,
    MODE_HELP = 32,
    MODE_FAILURES = 64,
    MODE_START = 128,
    MODE_FILES = 256,
    MODE_SETTINGS = 512,
    MODE_PAIR = MODE_SEARCH | MODE_MATCHES | MODE_CAPTIONS | MODE_FAILURES,
    MODE_SESSION = MODE_PAIR | MODE_IMAGES | MODE_HELP, /* a model is open; or the help */
    MODE_VIEW = MODE_SESSION | MODE_START | MODE_FILES | MODE_SETTINGS,
    MODE_ANY = MODE_PROMPT | MODE_VIEW,
    MODE_CONFIG = 1 << 16,    /* the command may stand in the configuration file */
    MODE_COUNT = 1 << 17,     /* a count typed before its key is its argument */
    MODE_ATTENTION = 1 << 18, /* its hint is shown of models that have attention */
    MODE_BOTH_WAYS = 1 << 19, /* in both directions */
    MODE_ROW = 1 << 20,       /* so is a single digit that also leads to a view */
    MODE_TIMES = 1 << 21,     /* a count typed before its key repeats it */
    MODE_DIGIT = 1 << 22,     /* its key may begin a count */
};

struct ui_command {
    const char *group; /* for the help; NULL: as the one before */
    const char *name;
    const char *keys; /* names separated by blanks */
    unsigned modes;   /* where the keys apply (the name applies everywhere), and the flags */
    const char *hint; /* a word for the line of hints (ui/views/view_hints.c), or NULL */
    const char *args; /* how arguments are written, or NULL */
    const char *help;
    void (*run)(struct ui *ui, const char *args, struct effects *effects); /* args: "" if none */
};

/* A command with several sets of keys has several rows; the first is the one its name finds. */
struct command_table {
    const struct ui_command *rows;
    size_t count;
};

/* The command of that name; NULL if there is none. */
const struct ui_command *command_named(const struct command_table *table, const char *name);

/* Runs "NAME ARGS"; an unknown name, and whatever is wrong with the arguments, is reported in the
 * status line. */
void command_run(struct ui *ui, const char *text, struct effects *effects);

/* Sets a setting as a command's arguments say: "" moves on to the next value, anything else names
 * one. False, reported in the status line, if it names none. */
bool command_set(struct ui *ui, enum setting_id id, const char *args);

/* The index of the name `args` among n, or the one after `now` if it is ""; -1, reported in the
 * status line, for an unknown name. */
int command_choose(struct ui *ui, const char *args, const char *const *names, int n, int now);

/* The mode of the state now. */
unsigned command_mode(const struct ui *ui);

#endif
