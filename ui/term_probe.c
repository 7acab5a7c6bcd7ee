/* Asks the terminal what its background is, before curses starts. The terminal answers questions in their order, and all
 * answer the last one (what it is): when that has come, no other answer will. */
#include "ui/term_private.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/progress.h"

enum { PATIENCE_MS = 150, MOST = 512 };

static const char questions[] = "\033]11;?\033\\\033[c";

/* The end of a reply that begins at `at`; NULL where it is not whole yet. */
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

/* "rgb:ffff/ffff/ffff", two or four digits each. */
static void take_colour(const char *at, struct probe *out)
{
    unsigned r, g, b;
    const char *rgb = strstr(at, "rgb:");
    if (!rgb || sscanf(rgb, "rgb:%4x/%4x/%4x", &r, &g, &b) != 3)
        return;
    int shift = strcspn(rgb + 4, "/") > 2 ? 8 : 0;
    out->background = (r >> shift & 255) << 16 | (g >> shift & 255) << 8 | (b >> shift & 255);
    out->has_background = true;
}

/* Takes the replies out of `text`; what is left are keys pressed meanwhile. True when the last answer was among them. */
static bool take_replies(char *text, struct probe *out)
{
    bool last = false;
    for (char *at = strchr(text, 27); at; at = strchr(at, 27)) {
        bool reply = at[1] == ']' || (at[1] == '[' && at[2] == '?');
        const char *end = reply ? reply_end(at) : NULL;
        if (!end) {
            at++;
            continue;
        }
        if (at[1] == ']')
            take_colour(at, out);
        last |= is_attributes(at, end);
        memmove(at, end, strlen(end) + 1);
    }
    return last;
}

static void converse(struct probe *out)
{
    double until = progress_clock() + PATIENCE_MS / 1e3;
    size_t n = 0;
    restore_write(questions, sizeof questions - 1);
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

void term_probe(struct probe *out)
{
    struct termios before, raw;
    const char *term = getenv("TERM");
    *out = (struct probe){0};
    if (!term || !strcmp(term, "dumb") || !strcmp(term, "linux") || tcgetattr(STDIN_FILENO, &before) < 0)
        return;
    raw = before;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    converse(out);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
