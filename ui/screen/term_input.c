/* Between the terminal and curses: bytes are read here, what the terminal reports about itself is
 * taken out (replies.h), and the keys go on to curses through a pipe, one whole sequence at a time.
 */
#include "ui/screen/term_private.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"

enum { PIECE = 4096 /* far less than a pipe holds */, ESC_MS = 25, TORN_MS = 500 };

/* A terminal that has not answered by then never will. */
#define SILENT_SECONDS 30.0

static struct {
    struct replies replies;
    struct str typed; /* before curses ran */
    const struct term_host *host;
    FILE *stream;
    int write_end;
    double opened;
    bool more; /* the host takes more */
} input = {.write_end = -1};

FILE *term_input_open(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return NULL;
    fcntl(ends[0], F_SETFL, O_NONBLOCK); /* curses reads on after a mouse button's release */
    input.stream = fdopen(ends[0], "r");
    input.write_end = ends[1];
    input.opened = progress_clock();
    return input.stream;
}

void term_input_close(void)
{
    if (input.stream)
        fclose(input.stream);
    if (input.write_end >= 0)
        close(input.write_end);
    input.stream = NULL;
    input.write_end = -1;
    str_done(&input.typed);
}

const struct replies *term_input_probe(bool pixels)
{
    term_probe(pixels, &input.replies, &input.typed);
    return &input.replies;
}

void term_input_ask(void)
{
    if (!term_probe_can_ask())
        return;
    input.opened = progress_clock();
    term_probe_pixels(&input.replies);
}

static struct reply_patience patience(double now)
{
    const char *delay = getenv("ESCDELAY");
    double key = (delay && atoi(delay) > 0 ? atoi(delay) : ESC_MS) / 1e3;
    bool silent = now - input.opened > SILENT_SECONDS;
    return (struct reply_patience){key, silent ? key : fmax(key, TORN_MS / 1e3)};
}

/* Gives curses a sequence to read, and the host what curses makes of it. */
static void pass(void *context, const char *bytes, size_t n)
{
    (void)context;
    while (n > 0 && input.more) {
        size_t piece = n < PIECE ? n : PIECE;
        ssize_t written = write(input.write_end, bytes, piece);
        if (written < 0 && errno != EINTR)
            return;
        bytes += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
        input.more = term_keys_take(input.host);
    }
}

bool term_input_read(bool ready, const struct term_host *host)
{
    char bytes[PIECE];
    struct reply_keys keys = {pass, NULL};
    double now = progress_clock();
    struct reply_patience wait = patience(now);
    ssize_t got = ready ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
    if (ready && got <= 0)
        return got < 0 && (errno == EINTR || errno == EAGAIN);
    input.host = host;
    input.more = true;
    if (input.typed.length) {
        pass(NULL, str_text(&input.typed), input.typed.length);
        str_done(&input.typed);
    }
    if (got > 0)
        replies_take(&input.replies, bytes, (size_t)got, now, &wait, &keys);
    else
        replies_expire(&input.replies, now, &wait, &keys);
    return true;
}

int term_input_wait(void)
{
    double now = progress_clock();
    struct reply_patience wait = patience(now);
    if (input.typed.length)
        return 0;
    double seconds = replies_wait(&input.replies, now, &wait);
    return seconds < 0 ? -1 : (int)ceil(seconds * 1e3);
}
