/* effect.h: what an update wants done outside the state; the loop performs it. */
#ifndef UI_STATE_EFFECT_H
#define UI_STATE_EFFECT_H

#include <stddef.h>

#include "ui/screen/keys.h"
#include "ui/work/request.h"

enum effect_kind {
    EFFECT_REQUEST,     /* ask the worker */
    EFFECT_CANCEL,      /* stop all of the worker's work */
    EFFECT_CLOSE,       /* close the models: the state has let go of them */
    EFFECT_KEEP,        /* write the session's text to its file `name` */
    EFFECT_LINE_OPEN,   /* open the prompt: number is its kind, text its contents */
    EFFECT_LINE_KEY,    /* a key for readline */
    EFFECT_LINE_INSERT, /* text for readline */
    EFFECT_LINE_CLOSE,  /* leave the prompt; its text stays */
    EFFECT_COPY,        /* copy text, at most COPY_BYTES, to the clipboard */
    EFFECT_VIEW_FILE,   /* open the photograph of `image` in another program */
    EFFECT_SAVE,        /* write text to the file `path`, or if it exists to one named like it */
    EFFECT_CACHE,       /* let thumbnails on disk take `number` megabytes */
    EFFECT_MOUSE,       /* turn the mouse on or off: number */
    EFFECT_ASK,         /* what pictures the terminal can show: EVENT_TERMINAL tells */
    EFFECT_REPAINT,
    EFFECT_SUSPEND,
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

/* What a terminal like xterm accepts by OSC 52: 74,994 bytes of base64 with the escape around it.
 */
enum { COPY_BYTES = 74994 / 4 * 3 - 16 };

/* Zero-initialise to start. Owns the effects' memory. */
struct effects {
    struct effect *items;
    size_t count, cap;
};

/* Adds an effect, to be filled in; borrowed until the next one is added. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind);

/* Adds an effect with a copy of `text`; as for effects_add. */
struct effect *effects_text(struct effects *effects, enum effect_kind kind, const char *text);

/* Frees what the effects own, and with effects_done the array too. */
void effects_clear(struct effects *effects);
void effects_done(struct effects *effects);

#endif
