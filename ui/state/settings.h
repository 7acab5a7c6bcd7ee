/* settings.h: how things look, as one table of fields of the state. Undo, the session file, the
 * configuration and the commands all read and write them through it. */
#ifndef UI_STATE_SETTINGS_H
#define UI_STATE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct ui;

enum setting_id {
    SETTING_OVERLAY,
    SETTING_MAP,
    SETTING_WAY,
    SETTING_SORT,
    SETTING_BOXES,
    SETTING_SHEET,
    SETTING_REGIONS,
    SETTING_WORD_TABLE,
    SETTING_ZOOM,
    SETTING_WIDE,
    SETTING_SHOWN,
    SETTING_TOGETHER,
    SETTING_SYMBOLS,
    SETTING_GRAPHICS,
    SETTING_MOUSE,
    SETTING_THUMBNAILS,
    SETTINGS
};

enum setting_kind { SETTING_NAME, SETTING_NUMBER, SETTING_FLAG };

struct setting {
    const char *name; /* in the session file */
    enum setting_kind kind;
    size_t offset;            /* in struct ui: of an int or an enum; of a bool if a flag */
    const char *const *names; /* of a SETTING_NAME: the values' */
    int most;                 /* the values are 0 .. most */
    bool kept;                /* in the session file */
    bool undone;              /* its changes can be undone */
};

extern const struct setting setting_table[SETTINGS];

/* The value now; sets it (0 .. most). */
int setting_value(const struct ui *ui, enum setting_id id);
void setting_set(struct ui *ui, enum setting_id id, int value);

/* The value of that name; -1 if there is none, or NULL. */
int setting_named(enum setting_id id, const char *name);

/* The name of the value now. */
const char *setting_text(const struct ui *ui, enum setting_id id);

#endif
