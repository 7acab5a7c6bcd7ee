#include "ui/screen/term.h"

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

#include "base/mem.h"
#include "base/str.h"
#include "ui/screen/pixels.h"
#include "ui/screen/term_private.h"

static bool taken;

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
    restore_stop();
}

static void screen_mouse(void *context, bool on)
{
    (void)context;
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

/* In the grandchild: becomes the viewer, or writes why not. */
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

/* Another program shows the photograph, apart from this terminal: a grandchild, so that nobody need
 * wait for it. The pipe closes when it has become the program. */
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
    return error_set(err, "%s: cannot be run (%s); SCANSCOPE_VIEWER names another viewer", viewer,
                     strerror(why ? why : errno));
}

static void screen_bell(void *context)
{
    (void)context;
    beep();
}

static const struct screen_ops ops = {.show = screen_show,
                                      .repaint = screen_repaint,
                                      .suspend = screen_suspend,
                                      .mouse = screen_mouse,
                                      .copy = screen_copy,
                                      .view_file = screen_view_file,
                                      .bell = screen_bell};

/* Dark or light, where the terminal answers, or COLORFGBG tells ("15;0": the last is the
 * background). */
static const struct theme *theme_by_terminal(enum depth depth, const struct probe *probe)
{
    const char *env = getenv("COLORFGBG");
    const char *last = env ? strrchr(env, ';') : NULL;
    int back = last ? atoi(last + 1) : 0;
    if (depth == DEPTH_MONO)
        return theme_named("mono");
    if (probe->has_background)
        return theme_named(colour_lightness(probe->background) > 0.5f ? "light" : "dark");
    return theme_named(back == 7 || back == 15 ? "light" : "dark");
}

/* How tall a cell is to its width, where the terminal tells its size in pixels; else 0. */
static float cell_ratio(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_xpixel || !size.ws_ypixel ||
        !size.ws_row || !size.ws_col)
        return 0;
    float ratio = ((float)size.ws_ypixel / size.ws_row) / ((float)size.ws_xpixel / size.ws_col);
    return ratio > 0.5f && ratio < 5 ? ratio : 0;
}

static void post_size(struct loop *loop)
{
    struct event event = {
        .kind = EVENT_RESIZE, .rows = LINES, .cols = COLS, .cell_ratio = cell_ratio()};
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
        event.cell_width = size.ws_xpixel / size.ws_col;
        event.cell_height = size.ws_ypixel / size.ws_row;
    }
    loop_post(loop, &event);
}

int term_open(struct loop *loop, const char *colours, struct error *err)
{
    struct ui *ui = &loop->ui;
    struct probe probe;
    if (restore_prepare(err) != 0)
        return -1;
    term_probe(ui->graphics != WISH_CELLS, &probe);
    ui->speaks[GRAPHICS_SIXEL] = probe.sixel;
    ui->speaks[GRAPHICS_KITTY] = probe.kitty;
    ui->cell_width = probe.cell_width;
    ui->cell_height = probe.cell_height;
    if (!colours && ui->depth != DEPTH_TRUE) /* the configuration wants no more */
        colours = depth_name(ui->depth);
    if (term_draw_open(colours, &ui->depth, err) != 0) {
        restore_disarm();
        return -1;
    }
    ui->depth_most = ui->depth;
    taken = true;
    term_keys_open(probe.typed);
    restore_arm();
    if (!ui->theme_set)
        ui->theme = theme_by_terminal(ui->depth, &probe);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        ui->ascii = true;
        ui->symbols = SYMBOLS_ASCII;
    }
    loop->screen = &ops;
    return 0;
}

void term_close(void)
{
    if (!taken)
        return;
    taken = false;
    term_pixels_hide();
    erase();
    endwin();
    restore_disarm();
    term_draw_done();
}

static void resize(struct loop *loop)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
        resizeterm(size.ws_row, size.ws_col);
    term_draw_repaint();
    post_size(loop);
}

static void take_signals(struct loop *loop)
{
    struct restore_signals signals = restore_take_signals();
    struct event leave = {.kind = EVENT_LEAVE}, resumed = {.kind = EVENT_RESUMED};
    if (signals.leave)
        loop_post(loop, &leave);
    if (signals.stop)
        restore_stop();
    if (signals.resumed) {
        restore_extras(true);
        screen_mouse(NULL, loop->ui.mouse);
        loop_post(loop, &resumed);
    }
    if (signals.resized || signals.resumed)
        resize(loop);
}

/* False where the terminal is gone. */
static bool wait_for_events(struct loop *loop)
{
    struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0},
                           {worker_fd(loop->worker), POLLIN, 0},
                           {restore_signal_fd(), POLLIN, 0}};
    if (poll(fds, 3, -1) < 0)
        return errno == EINTR;
    if (fds[2].revents)
        take_signals(loop);
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        return false;
    if (fds[0].revents & POLLIN) {
        double started = progress_clock();
        if (term_keys_take(loop) > 0) {
            loop_show(loop);
            loop_time_key(loop, progress_clock() - started);
        }
    }
    loop_drain(loop);
    return true;
}

int term_run(struct loop *loop, struct error *err)
{
    (void)err;
    screen_mouse(NULL, loop->ui.mouse);
    post_size(loop);
    loop_start(loop);
    loop_show(loop);
    while (!loop->ui.leaving && wait_for_events(loop))
        loop_show(loop);
    return 0;
}
