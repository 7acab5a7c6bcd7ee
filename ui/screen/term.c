#include "ui/screen/term.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curses.h>

#include "base/str.h"
#include "ui/screen/pixels.h"
#include "ui/screen/term_private.h"

static struct {
    struct term_host host;
    bool open, mouse;
    struct term_abilities can;
    const struct replies *replies;
    unsigned news; /* of the replies that the host knows */
} term;

static void stop(void)
{
    term_pixels_hide();
    restore_stop();
}

static void screen_show(void *context, const struct grid *grid)
{
    (void)context;
    term_draw(grid);
}

static void screen_repaint(void *context)
{
    (void)context;
    term_draw_repaint();
}

static void screen_suspend(void *context)
{
    (void)context;
    stop();
}

static void screen_mouse(void *context, bool on)
{
    (void)context;
    term.mouse = on;
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

/* OSC 52: the terminal sets the clipboard, also over ssh. */
static void screen_copy(void *context, const char *text)
{
    struct str out = {0};
    (void)context;
    str_add(&out, "\033]52;c;");
    pixels_base64(text, strlen(text), &out);
    str_add(&out, "\a");
    restore_write(str_text(&out), out.length);
    str_done(&out);
}

/* In the grandchild: becomes the viewer, or writes errno to `why`. */
static void become_viewer(const char *viewer, const char *path, int why)
{
    int null = open("/dev/null", O_RDWR);
    setsid();
    if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0)
        execlp(viewer, viewer, path, (char *)NULL);
    int number = errno;
    if (write(why, &number, sizeof number) < 0)
        _exit(126);
    _exit(127);
}

/* Another program shows the photograph, away from this terminal. It runs as a grandchild, so that
 * nobody need wait for it; the pipe closes once it has become the program. */
static int screen_view_file(void *context, const char *path, struct error *err)
{
    const char *wanted = getenv("SCANSCOPE_VIEWER"),
               *viewer = wanted && *wanted ? wanted : "xdg-open";
    int ends[2], why = 0;
    (void)context;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(err, viewer, "start");
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0)
            become_viewer(viewer, path, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    if (child > 0)
        waitpid(child, NULL, 0);
    bool failed = child < 0 || read(ends[0], &why, sizeof why) > 0;
    close(ends[0]);
    if (!failed)
        return 0;
    return error_set(err, "%s: cannot be run: %s; set SCANSCOPE_VIEWER to another viewer", viewer,
                     strerror(why ? why : errno));
}

static void screen_ask(void *context)
{
    (void)context;
    term_input_ask();
}

const struct screen_ops term_screen_ops = {.show = screen_show,
                                           .ask = screen_ask,
                                           .repaint = screen_repaint,
                                           .suspend = screen_suspend,
                                           .mouse = screen_mouse,
                                           .copy = screen_copy,
                                           .view_file = screen_view_file};

/* Dark or light by the terminal's answer, else by COLORFGBG ("15;0": the last is the background).
 */
static const struct theme *theme_by_terminal(enum depth depth, const struct replies *replies)
{
    const char *env = getenv("COLORFGBG");
    const char *last = env ? strrchr(env, ';') : NULL;
    int back = last ? atoi(last + 1) : 0;
    if (depth == DEPTH_MONO)
        return theme_named("mono");
    if (replies->has_background)
        return theme_named(colour_lightness(replies->background) > 0.5f ? "light" : "dark");
    return theme_named(back == 7 || back == 15 ? "light" : "dark");
}

/* How tall a cell is to its width, if the terminal reports its size in pixels; else 0. */
static float cell_ratio(const struct winsize *size)
{
    if (!size->ws_xpixel || !size->ws_ypixel)
        return 0;
    float ratio = ((float)size->ws_ypixel / size->ws_row) / ((float)size->ws_xpixel / size->ws_col);
    return ratio > 0.5f && ratio < 5 ? ratio : 0;
}

/* False if the size is unknown. */
static bool window_size(struct winsize *out)
{
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, out) == 0 && out->ws_row && out->ws_col;
}

void term_report_size(void)
{
    struct term_input input = {.kind = TERM_RESIZE, .rows = LINES, .cols = COLS};
    struct winsize size;
    if (window_size(&size)) {
        input.cell_ratio = cell_ratio(&size);
        input.cell_width = size.ws_xpixel / size.ws_col;
        input.cell_height = size.ws_ypixel / size.ws_row;
    }
    term.host.take(term.host.context, &input);
}

/* What is known of the terminal now. */
static void take_replies(void)
{
    const struct replies *replies = term.replies;
    term.news = replies->news;
    term.can = (struct term_abilities){.depth = term.can.depth,
                                       .theme = theme_by_terminal(term.can.depth, replies),
                                       .utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
                                       .kitty = replies->kitty,
                                       .sixel = replies->sixel,
                                       .cell_width = replies->cell_width,
                                       .cell_height = replies->cell_height};
}

int term_open(const char *colours, bool pixels, const struct term_host *host,
              struct term_abilities *out, struct error *err)
{
    assert(!term.open);
    if (restore_prepare(err) != 0)
        return -1;
    term.replies = term_input_probe(pixels);
    FILE *input = term_input_open();
    if (!input || term_draw_open(colours, input, &term.can.depth, err) != 0) {
        int status = input ? -1 : error_errno(err, "the terminal", "read");
        term_input_close();
        restore_disarm();
        return status;
    }
    take_replies();
    *out = term.can;
    term.host = *host;
    term.open = true;
    term_keys_open();
    restore_arm();
    return 0;
}

void term_close(void)
{
    if (!term.open)
        return;
    term.open = false;
    term_pixels_hide();
    erase();
    endwin();
    restore_disarm();
    term_draw_done();
    term_input_close();
}

static void resize(void)
{
    struct winsize size;
    if (window_size(&size))
        resizeterm(size.ws_row, size.ws_col);
    term_draw_repaint();
    term_report_size();
}

static void take_signals(void)
{
    struct restore_signals signals = restore_take_signals();
    if (signals.leave)
        term.host.take(term.host.context, &(struct term_input){.kind = TERM_LEAVE});
    if (signals.stop)
        stop();
    if (signals.resumed) {
        restore_extras(true);
        screen_mouse(NULL, term.mouse);
        term.host.take(term.host.context, &(struct term_input){.kind = TERM_RESUMED});
    }
    if (signals.resized || signals.resumed)
        resize();
}

bool term_wait(int fd)
{
    struct pollfd fds[] = {
        {STDIN_FILENO, POLLIN, 0}, {restore_signal_fd(), POLLIN, 0}, {fd, POLLIN, 0}};
    assert(term.open);
    if (poll(fds, 3, term_input_wait()) < 0)
        return errno == EINTR;
    if (fds[1].revents)
        take_signals();
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        return false;
    bool there = term_input_read(fds[0].revents & POLLIN, &term.host);
    if (term.news != term.replies->news) {
        take_replies();
        term.host.take(term.host.context,
                       &(struct term_input){.kind = TERM_REPORT, .can = &term.can});
    }
    return there;
}
