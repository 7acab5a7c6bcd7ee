/* Queries the terminal's background, its cell size and the pictures it can show, before curses
 * starts. Terminals answer in the order of the questions, and all of them answer the last one (what
 * they are): once that answer is here, no other will come. One that takes longer is not waited for:
 * its answers are taken whenever they come (replies.h). */
#include "ui/screen/term_private.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/progress.h"

enum { PATIENCE_MS = 150 };

static const char background_question[] = "\033]11;?\033\\";
static const char cell_question[] = "\033[16t";
static const char kitty_question[] = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\";
static const char last_question[] = "\033[c";

static void keep_typed(void *context, const char *bytes, size_t n)
{
    str_add_n(context, bytes, n);
}

static void converse(struct replies *replies, struct str *typed)
{
    double until = progress_clock() + PATIENCE_MS / 1e3;
    struct reply_patience patience = {1, 1};
    struct reply_keys keys = {keep_typed, typed};
    while (!replies->last) {
        struct pollfd fd = {STDIN_FILENO, POLLIN, 0};
        char bytes[512];
        int left = (int)((until - progress_clock()) * 1e3);
        if (left <= 0 || poll(&fd, 1, left) <= 0)
            break;
        ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
        if (got <= 0)
            break;
        replies_take(replies, bytes, (size_t)got, progress_clock(), &patience, &keys);
    }
}

bool term_probe_can_ask(void)
{
    const char *term = getenv("TERM");
    return term && strcmp(term, "dumb") != 0 && strcmp(term, "linux") != 0;
}

void term_probe_pixels(struct replies *replies)
{
    replies->last = false;
    restore_write(kitty_question, sizeof kitty_question - 1);
    restore_write(last_question, sizeof last_question - 1);
}

void term_probe(bool pixels, struct replies *replies, struct str *typed)
{
    struct termios before, raw;
    *replies = (struct replies){.last = true};
    if (!term_probe_can_ask() || tcgetattr(STDIN_FILENO, &before) < 0)
        return;
    raw = before;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    replies->last = false;
    restore_write(background_question, sizeof background_question - 1);
    restore_write(cell_question, sizeof cell_question - 1);
    if (pixels)
        restore_write(kitty_question, sizeof kitty_question - 1);
    restore_write(last_question, sizeof last_question - 1);
    converse(replies, typed);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
