/* The terminal is restored on every way out: leaving, an error, exit(), a signal that asks to
 * leave, a stop, and a crash, during which only write() and tcsetattr() may be called. */
#include "ui/screen/term_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "base/countof.h"
#include "base/str.h"
#include "ui/screen/pixels.h"

static const int leaving[] = {SIGINT, SIGTERM, SIGHUP};
/* Crashes, and other signals that end a program by default. */
static const int fatal[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGABRT, SIGQUIT,
                            SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGSYS};
enum { LEAVING = COUNTOF(leaving), FATAL = COUNTOF(fatal) };

static struct {
    struct termios before;
    char undo[512]; /* bytes that restore the screen */
    size_t undo_size;
    volatile sig_atomic_t armed;
    volatile sig_atomic_t leave, stop, resumed, resized;
    int pipe[2];
    struct sigaction old_leave[LEAVING], old_stop, old_resume, old_resize, old_fatal[FATAL];
    char stack[1 << 16]; /* for a crash that used up the ordinary stack */
} saved = {.pipe = {-1, -1}};

static const char extras_on[] = "\033[?2004h";
static const char extras_off[] = "\033[?2004l";

void restore_write(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* the terminal is gone */
        bytes += done;
        n -= (size_t)done;
    }
}

static void undo_now(void)
{
    if (!saved.armed)
        return;
    saved.armed = 0;
    restore_write(saved.undo, saved.undo_size);
    tcsetattr(STDIN_FILENO, TCSANOW, &saved.before);
}

static void wake(void)
{
    int keep = errno;
    if (write(saved.pipe[1], "!", 1) < 0)
        errno = keep; /* the pipe is full, so it is readable anyway */
    errno = keep;
}

static void on_leave(int number)
{
    saved.leave = number;
    wake();
}

static void on_stop(int number)
{
    (void)number;
    saved.stop = 1;
    wake();
}

static void on_resume(int number)
{
    (void)number;
    saved.resumed = 1;
    wake();
}

static void on_resize(int number)
{
    (void)number;
    saved.resized = 1;
    wake();
}

static void on_fatal(int number)
{
    undo_now();
    signal(number, SIG_DFL);
    raise(number);
}

int restore_prepare(struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(
            err, "the explorer needs a terminal (for scripts: --headless --script FILE, or the "
                 "commands query and figure)");
    if (tcgetattr(STDIN_FILENO, &saved.before) < 0)
        return error_errno(err, "the terminal", "read the settings of");
    if (pipe2(saved.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        return error_errno(err, "a pipe for signals", "create");
    return 0;
}

/* Adds a capability's bytes to those of undo, without padding. */
static void add_capability(const char *name)
{
    const char *value = tigetstr(name);
    if (!value || value == (char *)-1)
        return;
    while (*value && saved.undo_size < sizeof saved.undo - 1) {
        const char *end = !strncmp(value, "$<", 2) ? strchr(value, '>') : NULL;
        if (end)
            value = end + 1;
        else
            saved.undo[saved.undo_size++] = *value++;
    }
}

static void add_bytes(const char *bytes)
{
    size_t n = strlen(bytes);
    if (saved.undo_size + n < sizeof saved.undo) {
        memcpy(saved.undo + saved.undo_size, bytes, n);
        saved.undo_size += n;
    }
}

static void handle(int number, void (*handler)(int), int flags, struct sigaction *old)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, old);
}

/* A signal that the parent had us ignore (some do SIGPIPE) stays ignored. */
static void handle_fatal(int number, struct sigaction *old)
{
    handle(number, on_fatal, SA_ONSTACK | SA_RESETHAND, old);
    if (old->sa_handler == SIG_IGN)
        sigaction(number, old, NULL);
}

void restore_kitty(void)
{
    static bool done;
    struct str bytes = {0};
    if (done)
        return;
    done = true;
    pixels_kitty_delete(&bytes);
    add_bytes(str_text(&bytes));
    str_done(&bytes);
}

void restore_arm(void)
{
    stack_t stack = {.ss_sp = saved.stack, .ss_size = sizeof saved.stack};
    saved.undo_size = 0;
    add_bytes("\033[?1006l\033[?1003l\033[?1002l\033[?1000l");
    add_bytes(extras_off);
    add_capability("sgr0");
    add_capability("rmkx");
    add_capability("cnorm");
    add_capability("rmcup");
    saved.armed = 1;
    sigaltstack(&stack, NULL);
    for (int i = 0; i < LEAVING; i++)
        handle(leaving[i], on_leave, 0, &saved.old_leave[i]);
    for (int i = 0; i < FATAL; i++)
        handle_fatal(fatal[i], &saved.old_fatal[i]);
    handle(SIGTSTP, on_stop, 0, &saved.old_stop);
    handle(SIGCONT, on_resume, 0, &saved.old_resume);
    handle(SIGWINCH, on_resize, 0, &saved.old_resize);
    static bool registered;
    if (!registered)
        atexit(undo_now);
    registered = true;
    restore_extras(true);
}

void restore_extras(bool on)
{
    restore_write(on ? extras_on : extras_off, strlen(on ? extras_on : extras_off));
}

void restore_disarm(void)
{
    if (saved.pipe[0] < 0)
        return;
    undo_now();
    for (int i = 0; i < LEAVING; i++)
        sigaction(leaving[i], &saved.old_leave[i], NULL);
    for (int i = 0; i < FATAL; i++)
        sigaction(fatal[i], &saved.old_fatal[i], NULL);
    sigaction(SIGTSTP, &saved.old_stop, NULL);
    sigaction(SIGCONT, &saved.old_resume, NULL);
    sigaction(SIGWINCH, &saved.old_resize, NULL);
    close(saved.pipe[0]);
    close(saved.pipe[1]);
    saved.pipe[0] = saved.pipe[1] = -1;
}

int restore_signal_fd(void)
{
    return saved.pipe[0];
}

struct restore_signals restore_take_signals(void)
{
    char bytes[64];
    while (read(saved.pipe[0], bytes, sizeof bytes) > 0)
        continue;
    struct restore_signals taken = {saved.leave, saved.stop, saved.resumed, saved.resized};
    saved.stop = saved.resumed = saved.resized = 0;
    return taken;
}

void restore_stop(void)
{
    struct sigaction old;
    restore_extras(false);
    endwin();
    handle(SIGTSTP, SIG_DFL, 0, &old);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &old, NULL);
    saved.resumed = 1;
    wake();
}

void term_reraise(void)
{
    if (saved.leave) {
        signal(saved.leave, SIG_DFL);
        raise(saved.leave);
    }
}
