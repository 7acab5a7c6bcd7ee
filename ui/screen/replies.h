/* replies.h: takes what the terminal reports about itself out of the bytes that it sends, however
 * late and in however many pieces it comes; what is left are the user's keys. Knows neither curses
 * nor the clock.
 *
 * Reports are OSC (ESC ]), DCS (ESC P) and APC (ESC _) strings, and CSI sequences that are no key:
 * those that end in c, t, R, u, n, x, y. A sequence whose end has not come is held back. */
#ifndef UI_SCREEN_REPLIES_H
#define UI_SCREEN_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLY_MOST = 4096, REPLY_KEPT = 512 };

/* What the terminal has reported so far. */
struct replies {
    bool has_background;
    uint32_t background; /* 0xRRGGBB */
    bool kitty, sixel;
    int cell_width, cell_height; /* pixels; 0: unknown */
    bool last;                   /* the answer to the last question is here: no more are awaited */
    unsigned news;               /* counts the reports that were understood */
    /* bytes held back */
    char held[REPLY_MOST];
    size_t count;
    double since;  /* when the last of them came */
    bool dropping; /* a string that is too long: up to its end nothing is kept */
};

/* How long an Esc alone is held, in seconds: `key` as a rule; while reports are awaited `report`,
 * since one may be torn after its first byte. */
struct reply_patience {
    double key, report;
};

/* Where keys go: whole sequences, each of them in one call. */
struct reply_keys {
    void (*pass)(void *context, const char *bytes, size_t n);
    void *context;
};

/* Takes `n` bytes that came at `now` (seconds). */
void replies_take(struct replies *replies, const char *bytes, size_t n, double now,
                  const struct reply_patience *patience, const struct reply_keys *keys);

/* Gives up on what has been held back for too long: an Esc alone is a key, the beginning of a
 * report is dropped. */
void replies_expire(struct replies *replies, double now, const struct reply_patience *patience,
                    const struct reply_keys *keys);

/* Seconds until that is to be called; negative: nothing is held back. */
double replies_wait(const struct replies *replies, double now,
                    const struct reply_patience *patience);

#endif
