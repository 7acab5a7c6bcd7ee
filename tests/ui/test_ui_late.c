/* A terminal that answers late, and in pieces: what it reports about itself is used, and neither
 * typed nor run. First the bytes alone, then the explorer on a pty whose other end is the test. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/str.h"
#include "tests/ui/ui_world.h"
#include "ui/screen/replies.h"

static const char answers[] = "\033]11;rgb:fbfb/fbfb/f8f8\033\\\033[6;20;10t\033P1$r0m\033\\"
                              "\033_Gi=31;OK\033\\\033[12;40R\033[?1u\033[?62;4;22c";

/* ---- the bytes ---- */

static void keep(void *context, const char *bytes, size_t n)
{
    struct str *out = context;
    str_addf(out, "%s", out->length ? "|" : ""); /* shows what was passed as one sequence */
    str_add_n(out, bytes, n);
}

static const struct reply_patience patience = {0.025, 0.5};

/* Plays bytes at times: "text" at once, then the rest. What was passed goes to `out`. */
static void feed(struct replies *replies, const char *text, double now, struct str *out)
{
    struct reply_keys keys = {keep, out};
    replies_expire(replies, now, &patience, &keys);
    replies_take(replies, text, strlen(text), now, &patience, &keys);
}

static void check_replies(const struct replies *replies)
{
    assert_true(replies->has_background && replies->background == 0xfbfbf8);
    assert_true(replies->kitty && replies->sixel && replies->last);
    assert_int_equal(replies->cell_height, 20);
    assert_int_equal(replies->cell_width, 10);
}

static void test_torn_anywhere(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof answers; cut++) {
        struct replies replies = {0};
        struct str out = {0};
        char *first = mem_strndup(answers, cut);
        feed(&replies, "a", 0, &out);
        feed(&replies, first, 1, &out);
        feed(&replies, answers + cut, 1.3, &out); /* long after */
        feed(&replies, "b", 1.4, &out);
        assert_string_equal(str_text(&out), "a|b");
        check_replies(&replies);
        free(first);
        str_done(&out);
    }
}

/* The mouse's own report, torn however late (a machine under load): never the keys [ and M. */
static void test_torn_mouse(void **state)
{
    static const char press[] = "\033[M %&";
    (void)state;
    for (size_t cut = 3; cut < sizeof press - 1; cut++) {
        struct replies replies = {.last = true};
        struct str out = {0};
        char *first = mem_strndup(press, cut);
        feed(&replies, first, 1, &out);
        feed(&replies, press + cut, 1.9, &out);
        assert_string_equal(str_text(&out), press);
        free(first);
        str_done(&out);
    }
    /* a button pressed and let go, in one piece */
    struct replies replies = {.last = true};
    struct str out = {0};
    feed(&replies, "\033[M %&\033[M#%&", 1, &out);
    assert_string_equal(str_text(&out), "\033[M %&|\033[M#%&");
    str_done(&out);
}

static void test_byte_by_byte(void **state)
{
    struct replies replies = {0};
    struct str out = {0};
    (void)state;
    for (size_t i = 0; answers[i]; i++)
        feed(&replies, (char[]){answers[i], 0}, (double)i * 0.2, &out);
    assert_string_equal(str_text(&out), "");
    check_replies(&replies);
    str_done(&out);
}

static void test_keys_stay_keys(void **state)
{
    /* "-": time passes */
    static const struct {
        const char *come, *passed;
    } of[] = {
        {"\033[A\033[5~x", "\033[A|\033[5~|x"},
        {"\033[1;5C\033OP", "\033[1;5C|\033OP"},
        {"\033-j", "\033|j"},
        {"\033j", "\033j"},
        {"\033]-j", "\033]|j"}, /* Alt-] */
        {"\033]j", "\033]j"},
        {"\033P-\033_-", "\033P|\033_"},
        {"\033\033-", "\033|\033"},
        {"\033[<0;3;4M\033[M !!", "\033[<0;3;4M|\033[M !!"},
        {"\033[200~a\033[201~", "\033[200~|a|\033[201~"},
        {"\033\303\251", "\033\303\251"},
        {"\033[[A", "\033[[A"},
        {"\033]11;rgb:00-", ""}, /* the beginning of a report alone is none, and no key either */
    };
    (void)state;
    for (size_t i = 0; i < COUNTOF(of); i++) {
        struct replies replies = {0};
        struct str out = {0};
        double now = 0;
        for (const char *at = of[i].come; *at; at++, now += *at == '-' ? 5 : 0.001)
            if (*at != '-')
                feed(&replies, (char[]){*at, 0}, now, &out);
        feed(&replies, "", now + 5, &out);
        /* bytes that are no sequence come one by one: only their order counts there */
        assert_string_equal(str_text(&out), of[i].passed);
        assert_true(replies_wait(&replies, now, &patience) < 0);
        str_done(&out);
    }
}

static void test_a_report_that_never_ends(void **state)
{
    struct replies replies = {0};
    struct str out = {0};
    (void)state;
    feed(&replies, "\033]11;", 0, &out);
    for (int i = 0; i < 20000; i++)
        feed(&replies, "z", 0.1, &out);
    feed(&replies, "\033\\q", 0.2, &out);
    assert_string_equal(str_text(&out), "q");
    assert_false(replies.has_background);
    str_done(&out);
}

/* ---- what the state makes of it ---- */

static void test_the_theme_follows_unless_it_was_chosen(void **state)
{
    struct world *world = *state;
    struct event light = {.kind = EVENT_TERMINAL, .theme = theme_named("light")};
    light.speaks[GRAPHICS_SIXEL] = true;
    light.cell_width = 10;
    light.cell_height = 20;
    world_send(world, light);
    assert_string_equal(theme_name(world->ui.theme), "light");
    assert_non_null(world_effect(world, EFFECT_REPAINT));
    assert_true(world->ui.speaks[GRAPHICS_SIXEL] && world->ui.prompt);
    assert_int_equal(world->ui.cell_height, 20);
    world_command(world, "theme dark");
    world_send(world, light);
    assert_string_equal(theme_name(world->ui.theme), "dark");
    world_command(world, "graphics auto"); /* asks what else it can */
    assert_non_null(world_effect(world, EFFECT_ASK));
}

/* ---- on a pty ---- */

struct late {
    int fd;
    pid_t pid;
    double answer_at; /* the next piece */
    size_t answered;  /* bytes of the answers sent */
    int typed;        /* how many keys of `keys` */
    double type_at;
    char session[64];
    bool gone;
};

static const char keys[] = "zebra\r\033q";

static void late_open(struct late *late, const char *folder, int number, double delay)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    snprintf(late->session, sizeof late->session, "%s/%d.json", folder, number);
    late->pid = forkpty(&late->fd, NULL, NULL, &size);
    assert_true(late->pid >= 0);
    if (late->pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        unsetenv("COLORTERM");
        execl("tests/ui/ui_explorer", "ui_explorer", "--graphics", "auto", "--config", "none",
              "--session", late->session, (char *)NULL);
        _exit(127);
    }
    late->answer_at = progress_clock() + delay;
    late->type_at = -1;
}

/* A few bytes at a time, as over a slow line; then keys. */
static void late_step(struct late *late)
{
    double now = progress_clock();
    size_t left = sizeof answers - 1 - late->answered, piece = left < 5 ? left : 5;
    if (left > 0 && now >= late->answer_at) {
        assert_true(write(late->fd, answers + late->answered, piece) == (ssize_t)piece);
        late->answered += piece;
        late->answer_at = now + 0.03;
    } else if (!left && now >= late->answer_at + 0.3 + 0.1 * late->typed && keys[late->typed]) {
        assert_int_equal(write(late->fd, keys + late->typed++, 1), 1);
    }
}

static void late_read(struct late *late)
{
    char bytes[4096];
    if (read(late->fd, bytes, sizeof bytes) > 0)
        return;
    late->gone = true;
    close(late->fd);
}

static void check_session(const struct late *late)
{
    struct file_map map;
    struct error err;
    int status;
    assert_int_equal(waitpid(late->pid, &status, 0), late->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_done(file_map_open(late->session, &map, &err), err);
    char *text = mem_strndup((const char *)map.data, map.size);
    if (!strstr(text, "\"query\": \"zebra\""))
        fail_msg("typed \"zebra\", but the session has %s", text);
    free(text);
    file_map_close(&map);
    unlink(late->session);
}

static void test_a_terminal_that_answers_late(void **state)
{
    static const double delays[] = {0, 0.2, 1, 5};
    enum { N = COUNTOF(delays) };
    struct late late[N] = {0};
    char folder[] = "/tmp/ui-late-XXXXXX";
    int left = N;
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < N; i++)
        late_open(&late[i], folder, i, delays[i]);
    double until = progress_clock() + 60; /* only for failure */
    while (left > 0 && progress_clock() < until) {
        struct pollfd fds[N];
        for (int i = 0; i < N; i++)
            fds[i] = (struct pollfd){late[i].gone ? -1 : late[i].fd, POLLIN, 0};
        poll(fds, N, 10);
        for (int i = 0; i < N; i++) {
            if (late[i].gone)
                continue;
            if (fds[i].revents)
                late_read(&late[i]);
            if (late[i].gone)
                left--;
            else
                late_step(&late[i]);
        }
    }
    for (int i = 0; i < N; i++) {
        if (!late[i].gone)
            kill(late[i].pid, SIGKILL);
        check_session(&late[i]);
    }
    rmdir(folder);
}

int main(void)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_torn_anywhere),
        cmocka_unit_test(test_torn_mouse),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_keys_stay_keys),
        cmocka_unit_test(test_a_report_that_never_ends),
        cmocka_unit_test_setup_teardown(test_the_theme_follows_unless_it_was_chosen, world_setup,
                                        world_teardown),
        cmocka_unit_test(test_a_terminal_that_answers_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
