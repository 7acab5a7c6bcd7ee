/* keymap.h: what each key does, and where: the commands' own keys, then those that the user bound.
 */
#ifndef UI_STATE_KEYMAP_H
#define UI_STATE_KEYMAP_H

#include "base/str.h"
#include "ui/screen/keys.h"
#include "ui/state/command.h"

/* Later bindings win. */
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

/* The keys as the table has them; the table is borrowed until keymap_done. */
void keymap_init(struct keymap *map, const struct command_table *table);
void keymap_done(struct keymap *map);

/* Adds a binding; `args` may be NULL and is copied. */
void keymap_bind(struct keymap *map, ui_key key, unsigned modes, const struct ui_command *command,
                 const char *args);

/* What the key does in a mode; NULL: nothing. */
const struct binding *keymap_find(const struct keymap *map, unsigned mode, ui_key key);

/* Adds the keys of a command as people read them: "j Down". */
void keymap_keys(const struct keymap *map, const struct ui_command *command, struct str *out);

#endif
