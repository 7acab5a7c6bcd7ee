/* term.h: the terminal by ncurses: keys, mouse and signals come in, grids go out. Only term*.c
 * knows curses. One per process. */
#ifndef UI_SCREEN_TERM_H
#define UI_SCREEN_TERM_H

#include <stdbool.h>

#include "base/error.h"
#include "ui/screen/keys.h"
#include "ui/screen/screen.h"
#include "ui/screen/theme.h"

enum term_input_kind {
    TERM_KEY,     /* key */
    TERM_MOUSE,   /* mouse, row, col */
    TERM_PASTE,   /* text */
    TERM_RESIZE,  /* rows, cols, cell_ratio, cell_width, cell_height (the last three 0: unknown) */
    TERM_RESUMED, /* the process was stopped and continues */
    TERM_REPORT,  /* can: the terminal has answered, late */
    TERM_LEAVE,   /* SIGINT, SIGTERM or SIGHUP came */
};

struct term_input {
    enum term_input_kind kind;
    ui_key key;
    enum mouse mouse;
    int row, col;
    char *text; /* the receiver's to free */
    int rows, cols;
    float cell_ratio;            /* height / width of a cell */
    int cell_width, cell_height; /* pixels */
    const struct term_abilities *can;
};

/* Where input goes. */
struct term_host {
    /* False: the explorer is leaving; nothing more is to be read. */
    bool (*take)(void *context, const struct term_input *input);
    void *context;
};

/* What the terminal can do. */
struct term_abilities {
    enum depth depth;
    const struct theme *theme; /* for its background, as far as it is known */
    bool utf8;
    bool kitty, sixel;           /* only known if pixels were asked for */
    int cell_width, cell_height; /* pixels; 0: unknown */
};

/* Takes over the terminal. `colours`: NULL, or the name of the largest depth to use. `pixels`: find
 * out whether it shows real pixels, by a question that some terminals print instead. The host is
 * copied. Errors: no terminal, or one that curses cannot use. */
int term_open(const char *colours, bool pixels, const struct term_host *host,
              struct term_abilities *out, struct error *err) MUST_USE;

/* The open terminal as a screen; its context is NULL. */
extern const struct screen_ops term_screen_ops;

/* Reports the size to the host, as every change of it is. */
void term_report_size(void);

/* Waits for input, a signal or descriptor `fd`, and hands the host what has come. False if the
 * terminal is gone. */
bool term_wait(int fd);

/* Gives the terminal back as it was. Harmless if it is not open. */
void term_close(void);

/* Ends the process with the signal that asked to leave, if one did. */
void term_reraise(void);

#endif
