/* Queries the terminal's background, its cell size and the pictures it can show, before curses
 * starts. Terminals answer in the order of the questions, and all of them answer the last one (what
 * they are): once that answer is here, no other will come. */
#include "ui/screen/term_private.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/progress.h"

enum { PATIENCE_MS = 150, MOST = 512 };

static const char background_question[] = "\033]11;?\033\\";
static const char cell_question[] = "\033[16t";
static const char kitty_question[] = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\";
static const char last_question[] = "\033[c";

/* The end of the reply that begins at `at`; NULL if it is still incomplete. */
static const char *reply_end(const char *at)
{
    if (at[1] == '[') {
        const char *end = at + 2 + strspn(at + 2, "?>0123456789;");
        return *end ? end + 1 : NULL;
    }
    const char *bell = strchr(at, '\a'), *st = strstr(at, "\033\\");
    if (bell && (!st || bell < st))
        return bell + 1;
    return st ? st + 2 : NULL;
}

static bool is_attributes(const char *at, const char *end)
{
    return at[1] == '[' && at[2] == '?' && end[-1] == 'c';
}

static bool is_cell_size(const char *at, const char *end)
{
    return !strncmp(at, "\033[6;", 4) && end[-1] == 't';
}

/* An answer, as opposed to a key such as PageDown, which looks similar. */
static bool is_answer(const char *at, const char *end)
{
    return is_attributes(at, end) || is_cell_size(at, end);
}

/* "ESC [ 6 ; height ; width t", or "ESC [ ? 62 ; 4 ; 22 c", in which 4 means sixels. */
static void take_numbers(const char *at, const char *end, struct term_probe *out)
{
    int height, width;
    if (is_cell_size(at, end)) {
        bool sane = sscanf(at + 2, "6;%d;%dt", &height, &width) == 2 && height > 0 && width > 0 &&
                    height < 500 && width < 500;
        out->cell_height = sane ? height : 0;
        out->cell_width = sane ? width : 0;
        return;
    }
    for (const char *number = at + 3; number < end; number += strcspn(number, ";c") + 1)
        out->sixel |= number[0] == '4' && (number[1] == ';' || number[1] == 'c');
}

/* "rgb:ffff/ffff/ffff", each with two or four digits. */
static void take_colour(const char *at, struct term_probe *out)
{
    unsigned r, g, b;
    const char *rgb = strstr(at, "rgb:");
    if (!rgb || sscanf(rgb, "rgb:%4x/%4x/%4x", &r, &g, &b) != 3)
        return;
    int shift = strcspn(rgb + 4, "/") > 2 ? 8 : 0;
    out->background = (r >> shift & 255) << 16 | (g >> shift & 255) << 8 | (b >> shift & 255);
    out->has_background = true;
}

/* Removes the replies from `text`, leaving the keys pressed meanwhile. True if the last answer was
 * among them. */
static bool take_replies(char *text, struct term_probe *out)
{
    bool last = false;
    for (char *at = strchr(text, 27); at; at = strchr(at, 27)) {
        bool reply = at[1] == ']' || at[1] == '_' || at[1] == '[';
        const char *end = reply ? reply_end(at) : NULL;
        if (!end || (at[1] == '[' && !is_answer(at, end))) {
            at++;
            continue;
        }
        if (at[1] == ']')
            take_colour(at, out);
        else if (at[1] == '_')
            out->kitty |= !strncmp(at, "\033_Gi=31;OK", 10);
        else
            take_numbers(at, end, out);
        last |= is_attributes(at, end);
        memmove(at, end, strlen(end) + 1);
    }
    return last;
}

static void converse(bool pixels, struct term_probe *out)
{
    double until = progress_clock() + PATIENCE_MS / 1e3;
    size_t n = 0;
    restore_write(background_question, sizeof background_question - 1);
    restore_write(cell_question, sizeof cell_question - 1);
    if (pixels)
        restore_write(kitty_question, sizeof kitty_question - 1);
    restore_write(last_question, sizeof last_question - 1);
    while (n < MOST - 1) {
        struct pollfd fd = {STDIN_FILENO, POLLIN, 0};
        int left = (int)((until - progress_clock()) * 1e3);
        if (left <= 0 || poll(&fd, 1, left) <= 0)
            break;
        ssize_t got = read(STDIN_FILENO, out->typed + n, MOST - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        out->typed[n] = 0;
        if (take_replies(out->typed, out))
            break;
        n = strlen(out->typed);
    }
}

void term_probe(bool pixels, struct term_probe *out)
{
    struct termios before, raw;
    const char *term = getenv("TERM");
    *out = (struct term_probe){0};
    if (!term || !strcmp(term, "dumb") || !strcmp(term, "linux") ||
        tcgetattr(STDIN_FILENO, &before) < 0)
        return;
    raw = before;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    converse(pixels, out);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
