/* Real pixels: what is sent to a terminal that says it can show them, and that it is taken away
 * again: the explorer runs on a pseudo-terminal whose other end this test holds. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/progress.h"
#include "base/str.h"
#include "ui/screen/pixels.h"

enum { PATIENCE = 30 }; /* seconds; only a failure takes them */

static struct {
    int fd;
    pid_t child;
    struct str seen; /* all that it wrote */
    size_t from;     /* where the next wait looks from */
} term;

static const char kitty_query[] = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\";
static const char kitty_says_yes[] = "\033_Gi=31;OK\033\\";

static void answer(const char *text)
{
    assert_int_equal(write(term.fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* Reads what is there within `ms`; false at the end of the terminal. */
static bool take(int ms)
{
    char bytes[65536];
    struct pollfd fd = {term.fd, POLLIN, 0};
    if (poll(&fd, 1, ms) <= 0)
        return true;
    ssize_t n = read(term.fd, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++)
        str_add_n(&term.seen, bytes[i] ? &bytes[i] : " ", 1);
    return n > 0 || (n < 0 && errno == EINTR);
}

/* The next place of `text`, or NULL where it did not come. */
static const char *await(const char *text)
{
    double until = progress_clock() + PATIENCE;
    for (bool open = true; open && progress_clock() < until; open = take(100)) {
        const char *at = strstr(str_text(&term.seen) + term.from, text);
        if (at) {
            term.from = (size_t)(at - term.seen.text) + strlen(text);
            return at;
        }
    }
    fail_msg("the terminal never got %s; it got %zu bytes", text + (*text == 27), term.seen.length);
    return NULL;
}

static void launch(const char *graphics)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80, .ws_xpixel = 800, .ws_ypixel = 480};
    const char *build = getenv("SCANSCOPE_BUILD");
    char *program = mem_printf("%s/tests/ui/ui_explorer", build ? build : ".");
    term.seen = (struct str){0};
    term.from = 0;
    term.child = forkpty(&term.fd, NULL, NULL, &size);
    assert_true(term.child >= 0);
    if (term.child == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("XDG_STATE_HOME", "/nonexistent/scanscope", 1);
        setenv("XDG_CACHE_HOME", "/nonexistent/scanscope", 1);
        unsetenv("COLORTERM");
        unsetenv("NO_COLOR");
        unsetenv("TMUX");
        execl(program, program, "--config", "none", graphics ? "--graphics" : NULL, graphics,
              (char *)NULL);
        _exit(127);
    }
    free(program);
}

/* Starts, answers the questions with `says` before what ends them, and brings a picture on the
 * screen. */
static void begin(const char *graphics, const char *says, const char *attributes)
{
    launch(graphics);
    await("\033[c");
    answer("\033[6;20;10t");
    answer(says);
    answer(attributes);
    await("Type a caption");
    answer("a red ball\r");
    await("1000.png");
}

static void end(void)
{
    int status;
    while (take(100) && waitpid(term.child, &status, WNOHANG) == 0)
        continue;
    close(term.fd);
    waitpid(term.child, &status, 0);
    str_done(&term.seen);
}

static char *deletion(unsigned id)
{
    return mem_printf("\033_Ga=d,d=I,i=%u,q=2\033\\", id);
}

/* Where the wait for the whole of a picture ends: the cursor goes back. */
static unsigned await_kitty(int *cols, int *rows)
{
    int width, height;
    unsigned id = 0;
    await("\033_Ga=T,f=24,");
    size_t start = term.from;
    await("\0338");
    assert_int_equal(sscanf(term.seen.text + start, "s=%d,v=%d,i=%u,c=%d,r=%d,C=1,q=2,", &width,
                            &height, &id, cols, rows),
                     5);
    assert_int_equal(width, 128); /* the picture's own size: the terminal scales it */
    assert_int_equal(height, 96);
    return id;
}

static void test_kitty_pictures_come_and_go(void **state)
{
    int cols, rows;
    (void)state;
    begin("auto", kitty_says_yes, "\033[?62;22c");
    assert_non_null(strstr(term.seen.text, kitty_query));
    unsigned id = await_kitty(&cols, &rows);
    assert_true(cols > 10 && cols < 80 && rows > 4 && rows < 24);
    char *gone = deletion(id);
    answer("\033OP"); /* F1: the help comes over it */
    await(gone);
    await("every key");
    answer("q");
    term.from = term.seen.length;
    end();
    free(gone);
}

static void test_kitty_pictures_go_with_a_signal(void **state)
{
    int cols, rows, status;
    (void)state;
    begin("kitty", "", "\033[?1;2c"); /* asked for by name, whatever the terminal says */
    char *gone = deletion(await_kitty(&cols, &rows));
    kill(term.child, SIGTERM);
    await(gone);
    while (take(100))
        continue;
    assert_int_equal(waitpid(term.child, &status, 0), term.child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    close(term.fd);
    str_done(&term.seen);
    free(gone);
}

static void test_kitty_pictures_follow_size_and_stop(void **state)
{
    int cols, rows, more_cols, more_rows;
    struct winsize larger = {.ws_row = 40, .ws_col = 120, .ws_xpixel = 1200, .ws_ypixel = 800};
    (void)state;
    begin("kitty", "", "\033[?1;2c");
    char *gone = deletion(await_kitty(&cols, &rows));
    ioctl(term.fd, TIOCSWINSZ, &larger);
    await(gone);
    do { /* until the larger one has come, the old one stands in the new place */
        await_kitty(&more_cols, &more_rows);
    } while (more_cols == cols);
    assert_true(more_cols > cols && more_rows > rows);
    answer("\032"); /* Ctrl-Z; without a shell that waits it goes on at once */
    await(gone);
    await_kitty(&cols, &rows);
    assert_int_equal(cols, more_cols);
    answer("\033");
    answer(":graphics cells\r");
    kill(term.child, SIGTERM);
    await(gone);
    end();
    free(gone);
}

static void test_sixels_where_only_they_are_known(void **state)
{
    int width, height;
    (void)state;
    begin("auto", "", "\033[?62;4;22c");
    const char *at = await("\033P");
    at = strchr(at, '"');
    assert_non_null(at);
    assert_int_equal(sscanf(at, "\"1;1;%d;%d", &width, &height), 2);
    assert_true(width > 100 && width <= 800 && height > 60 && height <= 480);
    await("\0338");
    answer("\014"); /* Ctrl-L: everything is painted anew, the picture too */
    await("\033P");
    await("\0338");
    kill(term.child, SIGTERM);
    end();
}

static void nothing_but_cells(const char *graphics, const char *attributes)
{
    begin(graphics, "", attributes);
    kill(term.child, SIGTERM);
    while (take(100) && kill(term.child, 0) == 0 && waitpid(term.child, NULL, WNOHANG) == 0)
        continue;
    assert_null(strstr(term.seen.text, "\033_Ga="));
    assert_null(strstr(term.seen.text, "\033P"));
    if (!graphics)
        assert_null(strstr(term.seen.text, kitty_query)); /* a question that some terminals print */
    close(term.fd);
    str_done(&term.seen);
}

static void test_cells_unless_told_otherwise(void **state)
{
    (void)state;
    nothing_but_cells(NULL, "\033[?62;4;22c");
    nothing_but_cells("auto", "\033[?62;22c");
}

static void test_sequences(void **state)
{
    uint8_t pixels[2 * 1 * 4] = {255, 0, 0, 255, 0, 255, 0, 255};
    struct image image = {2, 1, 2, 1, pixels};
    struct str out = {0};
    (void)state;
    pixels_encode(&image, GRAPHICS_KITTY, 3, 1, 0, 0, &out);
    assert_true(str_text(&out) == strstr(out.text, "\033_Ga=T,f=24,s=2,v=1,i="));
    assert_non_null(
        strstr(out.text, ",c=3,r=1,C=1,q=2,m=0;/wAAAP8A\033\\")); /* ff 00 00 00 ff 00 */
    str_clear(&out);
    pixels_base64("any carnal pleas", 16, &out);
    assert_string_equal(out.text, "YW55IGNhcm5hbCBwbGVhcw==");
    str_done(&out);
}

static void test_large_pictures_go_in_chunks(void **state)
{
    enum { SIDE = 100 };
    struct image image = {SIDE, SIDE, SIDE, SIDE, mem_new((size_t)SIDE * SIDE, 4)};
    struct str out = {0};
    (void)state;
    pixels_encode(&image, GRAPHICS_KITTY, 10, 5, 0, 0, &out);
    size_t chunks = 0, coded = 0;
    for (const char *at = out.text; (at = strstr(at, "\033_G")); chunks++) {
        const char *from = strchr(at, ';') + 1, *to = strstr(from, "\033\\");
        assert_true(to - from <= 4096);
        coded += (size_t)(to - from);
        assert_true(memmem(at, (size_t)(from - at), to[2] ? "m=1" : "m=0", 3) !=
                    NULL); /* more follow, but after the last */
        at = to;
    }
    assert_int_equal(chunks, 10); /* 40,000 bytes of base64 */
    assert_int_equal(coded, 40000);
    str_done(&out);
    free(image.pixels);
}

static void test_frames_are_clipped(void **state)
{
    enum { SIDE = 8 };
    struct image image = {SIDE, SIDE, SIDE, SIDE, mem_new((size_t)SIDE * SIDE, 4)};
    const float odd[][4] = {
        {-5, -5, 50, 50}, {6, 6, 2, 2}, {0.0f / 1, 3, 1e30f, 1e30f}, {7, 7, 7, 7}};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        pixels_frame(&image, odd[i], 3, 0x102030);
    pixels_frame(&image, (float[4]){1, 1, 7, 7}, 1, 0xff0000);
    assert_int_equal(image.pixels[4 * (1 * SIDE + 3)], 255);
    free(image.pixels);
}

int main(void)
{
    if (access("/usr/share/terminfo/x/xterm-256color", R_OK) != 0 &&
        access("/lib/terminfo/x/xterm-256color", R_OK) != 0) {
        printf("1..0 # SKIP the terminal database has no xterm-256color (package ncurses-base)\n");
        return 0;
    }
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_large_pictures_go_in_chunks),
        cmocka_unit_test(test_frames_are_clipped),
        cmocka_unit_test(test_kitty_pictures_come_and_go),
        cmocka_unit_test(test_kitty_pictures_go_with_a_signal),
        cmocka_unit_test(test_kitty_pictures_follow_size_and_stop),
        cmocka_unit_test(test_sixels_where_only_they_are_known),
        cmocka_unit_test(test_cells_unless_told_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
