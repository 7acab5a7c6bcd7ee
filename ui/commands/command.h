/* command.h: the table of everything that can be done: its name (for ":" and the configuration),
 * its keys, its help, where it applies, what does it. Key map, help screen, palette and manual page
 * all come from this table. */
#ifndef UI_COMMANDS_COMMAND_H
#define UI_COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "ui/state/effect.h"
#include "ui/state/state.h"

/* Where a key applies. */
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
    MODE_PAIR = MODE_SEARCH | MODE_MATCHES | MODE_CAPTIONS | MODE_FAILURES,
    MODE_SESSION =
        MODE_PAIR | MODE_IMAGES | MODE_HELP, /* a model is open, or what to do with it is told */
    MODE_VIEW = MODE_SESSION | MODE_START | MODE_FILES,
    MODE_ANY = MODE_PROMPT | MODE_VIEW,
    MODE_CONFIG = 1 << 16, /* the command may stand in the configuration file */
};

struct ui_command {
    const char *group; /* for the help; NULL: as the one before */
    const char *name;
    const char *keys; /* names separated by blanks */
    unsigned modes;   /* where the keys apply; the name applies everywhere */
    const char *hint; /* a word for the line of hints, or NULL */
    const char *args; /* how arguments are written, or NULL */
    const char *help;
    void (*run)(struct ui *ui, const char *args, struct effects *effects);
};

extern const struct ui_command ui_commands[];
extern const size_t ui_command_count;

const struct ui_command *command_named(const char *name);

/* Runs "NAME ARGS"; an unknown name, and all that is wrong with the arguments, is said in the
 * status line. */
void command_run(struct ui *ui, const char *text, struct effects *effects);

/* A key, where it applies, and what it does. Later entries win. */
struct binding {
    ui_key key;
    unsigned modes;
    const struct ui_command *command; /* NULL: the key does nothing there any more */
    char *args;                       /* owned; NULL: none */
};

struct keymap {
    struct binding *bindings;
    size_t count, cap;
};

void keymap_init(struct keymap *map); /* as the table has it */
void keymap_done(struct keymap *map);
void keymap_bind(struct keymap *map, ui_key key, unsigned modes, const struct ui_command *command,
                 const char *args);

/* What the key does in a mode; NULL: nothing. */
const struct binding *keymap_find(const struct keymap *map, unsigned mode, ui_key key);

/* The keys of a command as people read them: "j Down". */
void keymap_keys(const struct keymap *map, const struct ui_command *command, struct str *out);

/* The whole table as text, or in roff for the manual page. */
void command_table(bool roff, struct str *out);

/* Those that may stand in the configuration file, in roff. */
void command_settings(struct str *out);

/* The mode of the state as it is. */
unsigned ui_mode(const struct ui *ui);

#endif
