/* effect.h: what an update wants done outside the state. */
#ifndef UI_STATE_EFFECT_H
#define UI_STATE_EFFECT_H

#include <stddef.h>

#include "ui/screen/keys.h"
#include "ui/work/request.h"

enum effect_kind {
    EFFECT_REQUEST,     /* ask the worker */
    EFFECT_CANCEL,      /* stop what the worker does; all of it */
    EFFECT_CLOSE,       /* the models are closed; the state has let go of them */
    EFFECT_KEEP,        /* the session's text to its file of this name */
    EFFECT_LINE_OPEN,   /* the prompt begins: number is its kind, text what stands in it */
    EFFECT_LINE_KEY,    /* a key for readline */
    EFFECT_LINE_INSERT, /* text for readline */
    EFFECT_LINE_CLOSE,  /* the prompt is left; its text stays */
    EFFECT_COPY,        /* text, at most COPY_BYTES, to the clipboard */
    EFFECT_VIEW_FILE,   /* image: open its photograph in another program */
    EFFECT_SAVE,        /* text to the file `path`, or to one named like it where it exists */
    EFFECT_CACHE,       /* number: megabytes that thumbnails on disk may take */
    EFFECT_MOUSE,       /* number: on or off */
    EFFECT_REPAINT,
    EFFECT_SUSPEND,
    EFFECT_BELL,
    EFFECT_QUIT,
};

struct effect {
    enum effect_kind kind;
    ui_key key;
    int number;
    size_t image;
    char *text, *path, *name;
    struct request request;
};

/* What a terminal that follows xterm takes by OSC 52: 74,994 bytes of base64, with the escape
 * around it. */
enum { COPY_BYTES = 74994 / 4 * 3 - 16 };

/* Zero-initialise to start. Owns the effects' memory. */
struct effects {
    struct effect *items;
    size_t count, cap;
};

struct effect *effects_add(struct effects *effects, enum effect_kind kind);
void effects_text(struct effects *effects, enum effect_kind kind, const char *text);
void effects_clear(struct effects *effects); /* frees what the effects own; keeps the array */
void effects_done(struct effects *effects);

#endif
