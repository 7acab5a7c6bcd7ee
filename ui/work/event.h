/* event.h: what happens to the explorer: keys, lines from readline, answers from the worker. */
#ifndef UI_WORK_EVENT_H
#define UI_WORK_EVENT_H

#include "ui/screen/keys.h"
#include "ui/screen/pixels.h"
#include "ui/screen/theme.h"
#include "ui/work/backend.h"
#include "ui/work/files.h"
#include "ui/work/fitness.h"
#include "ui/work/request.h"

enum event_kind {
    EVENT_KEY,
    EVENT_PASTE,       /* text */
    EVENT_MOUSE,       /* row, col, mouse */
    EVENT_RESIZE,      /* rows, cols, cell_ratio, cell_width, cell_height (0: unknown) */
    EVENT_LINE,        /* the prompt's text as it is now: text, point, label, unknown */
    EVENT_LINE_DONE,   /* Enter in the prompt: text */
    EVENT_COMPLETIONS, /* several words would do: text, one a line */
    EVENT_RESUMED,     /* back from being stopped */
    EVENT_TERMINAL,    /* the terminal has reported: speaks, theme, cell_width, cell_height */
    EVENT_LEAVE,       /* a signal asks to */
    EVENT_NOTE,        /* something to say: text */
    /* from the worker, with side and serial */
    EVENT_OPENED,   /* catalog */
    EVENT_FILES,    /* files */
    EVENT_RECENT,   /* recents */
    EVENT_FIT,      /* fitness */
    EVENT_PROGRESS, /* text, done, total */
    EVENT_RANKED,   /* ranking, of images or of captions */
    EVENT_LOOKED,   /* look */
    EVENT_PICTURE,  /* picture */
    EVENT_THUMB,    /* image, picture */
    EVENT_THUMBS_DONE,
    EVENT_EXPORTED, /* text: the path */
    EVENT_SURVEYED, /* first, count, surveyed: a part; done == total: the last */
    EVENT_FAILED,   /* text: why; request: what kind of work */
};

/* A stretch of the prompt's text: bytes start .. start + length - 1. */
struct span {
    size_t start, length;
};

struct recents;
struct failure; /* analyse/failures.h */

/* Owns its pointers but the catalog; ui_update takes what it keeps and leaves NULL. */
struct event {
    enum event_kind kind;
    ui_key key;
    double time; /* of a key, in seconds from any moment */
    int row, col, rows, cols;
    float cell_ratio;
    int cell_width, cell_height;
    enum mouse mouse;
    bool speaks[GRAPHICS_KITTY + 1]; /* what the terminal said it can do */
    const struct theme *theme;
    char *text, *label;
    bool question; /* EVENT_FAILED: struct error's */
    size_t point;
    struct span *unknown; /* words that the vocabulary lacks */
    size_t unknown_count;
    int side;
    unsigned serial;
    enum request_kind request;
    const struct catalog *catalog;
    struct ranking *ranking;
    struct look *look;
    struct picture *picture;
    struct files *files;
    struct recents *recents;
    struct fitness *fitness;
    size_t image;
    size_t first, count;
    struct failure *surveyed; /* count */
    uint64_t done, total;
};

/* Frees what the event owns. */
void event_done(struct event *event);

#endif
