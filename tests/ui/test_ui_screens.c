/* Screens as they were agreed on: tests/ui/screens/NAME.txt, from scripts played against the fake
 * backend. With SCREENS_UPDATE=1 in the environment they are written anew (look at the difference
 * before committing it), with SCREENS_PNG=FOLDER drawn there too. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/ui/ui_fake.h"
#include "ui/loop/line.h"
#include "ui/loop/script.h"
#include "ui/work/recent.h"

static struct loop loop;
static struct script_screen screen;

static void start_models(struct fake_options *options, int models, int rows, int cols)
{
    struct error err;
    struct loop_folders nowhere = {0};
    struct worker_host host = {.open = fake_open, .context = options};
    assert_done(loop_init(&loop, rows, cols, models, &host, &nowhere, &err), err);
    screen = (struct script_screen){0};
    loop.screen = &script_screen_ops;
    loop.screen_context = &screen;
    loop.ui.symbols = SYMBOLS_HALF; /* the same from version to version of chafa */
    loop_start(&loop);
}

static void start(struct fake_options *options, int rows, int cols)
{
    start_models(options, 1, rows, cols);
}

static void finish(void)
{
    loop_done(&loop);
    script_screen_done(&screen);
}

/* Statements separated by newlines. */
static void play(const char *text)
{
    struct error err;
    char *copy = mem_strdup(text), *rest;
    for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        assert_done(script_line(&loop, line, &err), err);
    free(copy);
}

static void check(const char *name)
{
    struct str text = {0};
    struct error err;
    struct file_map expected = {0};
    char *path = mem_printf("%s/ui/screens/%s.txt", getenv("SCANSCOPE_TESTS"), name);
    loop_show(&loop);
    grid_text(&loop.grid, &text);
    str_addf(&text, "cursor %d %d%s\n", loop.grid.cursor_row, loop.grid.cursor_col,
             loop.grid.cursor_bar ? " typing" : "");
    if (getenv("SCREENS_PNG")) {
        char *png = mem_printf("save %s/%s.png", getenv("SCREENS_PNG"), name);
        play(png);
        free(png);
    }
    if (getenv("SCREENS_UPDATE"))
        assert_done(file_write(path, str_text(&text), text.length, &err), err);
    assert_done(file_map_open(path, &expected, &err), err);
    if (expected.size != text.length || memcmp(expected.data, str_text(&text), text.length) != 0)
        fail_msg("%s differs from the screen:\n%s", path, str_text(&text));
    file_map_close(&expected);
    str_done(&text);
    free(path);
}

static char folder[32], *came_from;

static void enter_temporary_folder(void)
{
    came_from = getcwd(NULL, 0);
    strcpy(folder, "/tmp/ui-screens-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
}

static void leave_temporary_folder(void)
{
    char *command = mem_printf("rm -r %s", folder);
    assert_int_equal(chdir(came_from), 0);
    assert_int_equal(system(command), 0);
    free(command);
    free(came_from);
}

static const struct {
    int rows, cols;
} sizes[] = {{5, 20}, {8, 40}, {24, 80}, {40, 120}, {60, 200}};

static void test_search_at_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(sizes); i++) {
        struct fake_options options = {0};
        char name[64];
        start(&options, sizes[i].rows, sizes[i].cols);
        play("wait idle");
        snprintf(name, sizeof name, "start-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        play("type a blue dog on the gras zzz\nkey Enter\nwait idle");
        snprintf(name, sizeof name, "search-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        play("key j Left\nwait idle\nkey Enter\nwait idle");
        snprintf(name, sizeof name, "zoom-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        finish();
    }
}

static void test_views(void **state)
{
    struct fake_options options = {0};
    (void)state;
    start(&options, 24, 80);
    play("wait idle\nkey Esc 3\nwait idle");
    check("images-80x24");
    play("key Right Enter\nwait idle");
    check("matches-80x24");
    play("key 4 j j\nwait idle");
    check("captions-80x24");
    play("command filter kite\nwait idle");
    check("captions-filter-80x24");
    play("key Esc ?");
    check("help-80x24");
    play("key Esc 4 Enter\nwait idle\nkey t\nwait idle");
    check("sheet-80x24");
    play("key t r\nwait idle");
    check("regions-80x24");
    finish();
}

static void test_two_models_at_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(sizes); i++) {
        struct fake_options options = {0};
        char name[64];
        start_models(&options, 2, sizes[i].rows, sizes[i].cols);
        play("wait idle\ntype a blue dog on the grass\nkey Enter\nwait idle\nkey s j\nwait idle");
        snprintf(name, sizeof name, "models-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        play("key =\nwait idle\nreject B  i-t");
        finish();
    }
}

/* What models of other kinds show: alone, with the tables, and beside one of another kind. */
static void test_kinds_at_every_size(void **state)
{
    static const char *const names[] = {"scan", "bfan", "sgraf", "vse"};
    (void)state;
    for (int kind = FAKE_BFAN; kind <= FAKE_VSE; kind++)
        for (size_t i = 0; i < COUNTOF(sizes); i++) {
            struct fake_options options = {.kinds = {(enum fake_kind)kind, FAKE_SCAN},
                                           .captions_encoded = true};
            char name[64];
            start(&options, sizes[i].rows, sizes[i].cols);
            play("wait idle\ntype a blue dog on the grass\nkey Enter\nwait idle");
            snprintf(name, sizeof name, "%s-%dx%d", names[kind], sizes[i].cols, sizes[i].rows);
            check(name);
            play("key a r d\nwait idle\nreject nan");
            snprintf(name, sizeof name, "%s-tables-%dx%d", names[kind], sizes[i].cols,
                     sizes[i].rows);
            check(name);
            finish();
            options.kinds[1] = kind == FAKE_VSE ? FAKE_SCAN : (enum fake_kind)(kind + 1);
            start_models(&options, 2, sizes[i].rows, sizes[i].cols);
            play("wait idle\ntype a blue dog on the grass\nkey Enter\nwait idle\nkey s j\nwait "
                 "idle");
            snprintf(name, sizeof name, "%s-beside-%dx%d", names[kind], sizes[i].cols,
                     sizes[i].rows);
            check(name);
            finish();
        }
}

static void test_a_changed_word_beside_the_old(void **state)
{
    struct fake_options options = {0};
    (void)state;
    start(&options, 40, 120);
    play("wait idle\ntype a red ball on the grass\nkey Enter\nwait idle\ncommand word dog\nwait "
         "idle");
    check("word-120x40");
    play("expect A  a red ball on the dog\nexpect B  a red ball on the grass");
    finish();
}

static void test_failures(void **state)
{
    struct fake_options options = {.clumsy = true};
    (void)state;
    start(&options, 24, 80);
    play("wait idle\nkey Esc 5\nwait idle");
    check("failures-80x24");
    play("key f\nwait idle\nkey Space\ncommand filter black\nwait idle");
    check("failures-filter-80x24");
    play("key ]\nwait idle\nexpect Failure 2 of");
    play("key [\nwait idle\nexpect Failure 1 of\nkey 5\ncommand sort text\nexpect sorted: text");
    enter_temporary_folder();
    play("key G Space\ncommand export-marked\nwait exported\nexpect Saved 2 figures");
    leave_temporary_folder();
    finish();
}

static void test_resizes_in_the_middle_of_work(void **state)
{
    atomic_bool hold = true;
    struct fake_options options = {.hold = &hold};
    (void)state;
    start(&options, 40, 120);
    play("wait opened\ntype a red ball\nkey Enter\nresize 20x5\nresize 1x1\nresize 200x60\nresize "
         "80x24");
    check("ranking-80x24");
    atomic_store(&hold, false);
    play("wait idle\nexpect 1000.png");
    finish();
}

/* Until a count is reached; the limit is only for failure. */
static void until(const atomic_int *counter, int n)
{
    for (int tries = 0; atomic_load(counter) < n && tries < 20000; tries++)
        usleep(1000);
    assert_int_equal(atomic_load(counter), n);
}

/* The worker would rank the first caption for ever: it is told to stop by the second, by nothing
 * else. */
static void test_a_changed_query_stops_the_ranking(void **state)
{
    atomic_bool hold = true;
    atomic_int begun = 0, stopped = 0;
    struct fake_options options = {.hold = &hold, .begun = &begun, .stopped = &stopped};
    (void)state;
    start(&options, 24, 80);
    play("wait opened\ntype a red ball\nkey Enter");
    until(&begun, 1);
    play("key i Ctrl-E Ctrl-U\ntype a blue dog\nkey Enter");
    until(&stopped, 1);
    until(&begun, 2);
    assert_int_equal(atomic_load(&stopped), 1);
    assert_null(loop.ui.sides[0].ranking); /* the first one's never came */
    atomic_store(&hold, false);
    play("wait idle\nexpect Caption› a blue dog\nexpect 1001.png");
    finish();
}

/* What is under way for an image's captions, or for all captions, waits for a new query, and is
 * done afterwards. */
static void test_a_query_goes_before_longer_work(void **state)
{
    static const char *const work[] = {"key Esc 3 Enter", "key Esc 5"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        atomic_bool hold = true;
        atomic_int begun = 0, stopped = 0;
        struct fake_options options = {.hold = &hold, .begun = &begun, .stopped = &stopped};
        start(&options, 24, 80);
        play("wait opened");
        play(work[i]);
        until(&begun, 1);
        play("key i\ntype a blue dog\nkey Enter");
        until(&stopped, 1);
        until(&begun, 2);
        atomic_store(&hold, false);
        play("wait ranked\nexpect 1001.png\nwait idle");
        assert_true(i == 0 ? loop.ui.sides[0].matches != NULL : loop.ui.surveys[0].done == 60);
        finish();
    }
}

static void test_tables_at_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(sizes); i++) {
        struct fake_options options = {.clumsy = true};
        char name[64];
        start(&options, sizes[i].rows, sizes[i].cols);
        play("wait idle\ntype a blue dog on the grass\nkey Enter\nwait idle\nkey a r } Right\nwait "
             "idle");
        snprintf(name, sizeof name, "tables-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        play("key r a 5\nwait idle\nkey Space S S S S S\nwait idle");
        snprintf(name, sizeof name, "margins-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        play("key Z : m");
        snprintf(name, sizeof name, "palette-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        finish();
    }
}

static void test_completion_and_unknown_words(void **state)
{
    struct fake_options options = {0};
    (void)state;
    start(&options, 24, 80);
    play("wait idle\ntype a b\nkey Tab\nexpect boat\nexpect black");
    check("completion-80x24");
    play("type oa\nkey Tab\nexpect a boat");
    finish();
}

static void test_bad_photograph_and_none(void **state)
{
    struct fake_options bad = {.bad_photo = 1};
    (void)state;
    start(&bad, 24, 80);
    play("wait idle\ntype a red ball\nkey Enter\nwait idle\nexpect damaged");
    finish();
    struct fake_options odd = {.odd_photo = 1};
    start(&odd, 24, 80);
    play("wait idle\ntype a red ball\nkey Enter\nwait idle\nexpect another shape than");
    finish();
    struct fake_options none = {.no_photos = true, .no_boxes = true};
    start(&none, 24, 80);
    play("wait idle\ntype a red ball\nkey Enter\nwait idle\nexpect No photographs");
    play("key r\nwait idle\nexpect region weight");
    finish();
}

/* What regions were taken for, in the tables, on the picture and in the head line. */
static void test_region_names(void **state)
{
    static const int these[][2] = {{24, 80}, {40, 120}, {60, 200}, {20, 50}};
    struct fake_options options = {.names = true};
    (void)state;
    for (size_t i = 0; i < COUNTOF(these); i++) {
        char *name = mem_printf("names-%dx%d", these[i][1], these[i][0]);
        start(&options, these[i][0], these[i][1]);
        play("wait idle\ntype a red ball\nkey Enter\nwait idle\nkey r\nkey a\nkey J\nwait idle");
        check(name);
        finish();
        free(name);
    }
}

static void test_captions_of_all_scripts(void **state)
{
    struct fake_options options = {
        .caption = "犬が走る e\xcc\x81t\xc3\xa9 🐕‍🦺 שלום \xe2\x80\xae"
                   "abc \033[31m \xff end"};
    (void)state;
    start(&options, 24, 80);
    play("wait idle\nkey Esc 4\nwait idle");
    check("scripts-80x24");
    finish();
}

static void test_ascii_and_mono(void **state)
{
    struct fake_options options = {0};
    (void)state;
    start(&options, 24, 80);
    loop.ui.ascii = true;
    loop.ui.symbols = SYMBOLS_ASCII;
    loop.ui.depth = DEPTH_MONO;
    play("wait idle\ntype a red ball\nkey Enter\nwait idle");
    struct str text = {0};
    loop_show(&loop);
    grid_text(&loop.grid, &text);
    for (size_t i = 0; i < text.length; i++)
        assert_true((unsigned char)text.text[i] < 0x80);
    str_clear(&text);
    grid_ansi(&loop.grid, DEPTH_MONO, &text);
    assert_null(strstr(str_text(&text), ";38;")); /* no colour at all */
    assert_null(strstr(str_text(&text), ";48;"));
    str_done(&text);
    finish();
}

static void test_copy_and_mouse(void **state)
{
    struct fake_options options = {0};
    (void)state;
    start(&options, 24, 80);
    play("wait idle\ntype a red ball\nkey Enter\nwait idle\nkey y\nexpect-clipboard 1000.png");
    play("click 5 4\nkey Y\nexpect-clipboard 1007.png");
    play("wheel down 5 4\nkey Y\nexpect-clipboard 1006.png");
    finish();
}

static void test_opening_fails_with_the_reason(void **state)
{
    struct fake_options options = {.open_error = "model.pth.tar: cannot open: No such file"};
    (void)state;
    start(&options, 24, 80);
    play("wait idle");
    assert_true(loop.ui.leaving);
    assert_string_equal(loop.ui.fatal, "model.pth.tar: cannot open: No such file");
    finish();
}

/* ---- the start screen: sessions of before in a folder of the test's ---- */

static void start_choice(struct fake_options *options, int rows, int cols)
{
    struct error err;
    struct loop_folders folders = {.state = folder};
    struct worker_host host = {.open = fake_open, .fit = fake_fit, .context = options};
    assert_done(loop_init(&loop, rows, cols, 0, &host, &folders, &err), err);
    screen = (struct script_screen){0};
    loop.screen = &script_screen_ops;
    loop.screen_context = &screen;
    loop.ui.symbols = SYMBOLS_HALF;
    loop.ui.start.folder = mem_strdup(folder);
    loop_start(&loop);
}

/* A session as it was left at a known time. */
static void write_session(const char *name, const char *model, const char *query, time_t when)
{
    struct error err;
    char *path = mem_printf("sessions/%s.json", name);
    char *text =
        mem_printf("{\"models\": [{\"model\": \"/runs/%s\", \"data\": \"/data/things\", \"split\": "
                   "\"test\"}], \"view\": \"search\", \"query\": \"%s\", \"caption\": -1, "
                   "\"row\": 2, \"word\": 1, \"overlay\": \"heat\", \"marks\": [3]}",
                   model, query);
    assert_done(file_write(path, text, strlen(text), &err), err);
    struct timespec times[2] = {{when, 0}, {when, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(text);
    free(path);
}

static void write_sessions(void)
{
    struct error err;
    assert_done(file_make_folder("sessions", &err), err);
    write_session("a", "t2i.pth.tar", "a red ball", 1536417000);
    write_session("b", "i2t.pth.tar", "犬が走る", 1536417900);
    write_session("broken", "x", "\"", 1536418000); /* not JSON: passed over */
}

static void test_choosing_at_every_size(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    for (size_t i = 0; i < COUNTOF(sizes); i++) {
        struct fake_options options = {0};
        char name[64];
        enter_temporary_folder();
        write_sessions();
        start_choice(&options, sizes[i].rows, sizes[i].cols);
        play(
            "wait idle\ncommand load /runs/bad /data/things test\nwait idle\nkey Esc 0\nwait idle");
        snprintf(name, sizeof name, "choose-%dx%d", sizes[i].cols, sizes[i].rows);
        check(name);
        finish();
        leave_temporary_folder();
    }
}

static void test_a_session_of_before_is_taken_up(void **state)
{
    struct fake_options options = {0};
    (void)state;
    enter_temporary_folder();
    write_sessions();
    start_choice(&options, 24, 80);
    play("wait idle\nexpect i2t.pth.tar\nkey j Enter\nwait idle\nexpect Caption› a red "
         "ball\nexpect 3 of 12\nexpect heat");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_MODEL], "/runs/t2i.pth.tar");
    assert_true(ui_marked(&loop.ui, 3));
    play(
        "key j\ncommand load /runs/new.pth.tar /data/things dev\nwait idle\nexpect Type a caption");
    assert_false(ui_marked(&loop.ui, 3));
    /* what was left is kept, and comes first now */
    play("key Esc 0\nwait idle\nkey Enter\nwait idle\nexpect 4 of 12");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_MODEL], "/runs/t2i.pth.tar");
    finish();
    leave_temporary_folder();
}

/* A model that does not say all of its options: they are asked for, chosen or accepted, and not
 * asked for again when its session is taken up. */
static void test_missing_options_are_asked_for(void **state)
{
    struct fake_options options = {0};
    (void)state;
    enter_temporary_folder();
    start_choice(&options, 24, 80);
    play("wait idle\ncommand load /runs/silent /data/things test\nwait idle");
    assert_false(loop.ui.leaving);
    check("ask-80x24");
    play("key Enter Enter\nwait idle\nkey j Enter\ntype 4\nkey Enter\nwait idle");
    check("answered-80x24");
    play("key L\nwait idle\nexpect Type a caption\nreject assumed");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_GIVEN + 1], "i2t");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_GIVEN + 3], "4");
    play("key Esc\ncommand load /runs/new.pth.tar /data/things dev\nwait idle\nexpect Type");
    assert_null(loop.ui.sources[0].of[SOURCE_GIVEN + 1]); /* they were said of another model */
    play("key Esc 0\nwait idle\nexpect silent\nkey Enter\nwait idle\nreject Start");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_GIVEN + 1], "i2t");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_GIVEN + 3], "4");
    finish();
    leave_temporary_folder();
}

static void test_defaults_are_accepted(void **state)
{
    struct fake_options options = {0};
    (void)state;
    enter_temporary_folder();
    start_choice(&options, 24, 80);
    play("wait idle\ncommand load /runs/silent /data/things test\nwait idle\nkey j j\nexpect "
         "not accepted\nkey Enter\nwait idle\nexpect is assumed\nreject would be");
    play("key L\nwait idle\nexpect t-i AVG (assumed)");
    assert_string_equal(loop.ui.sources[0].of[SOURCE_ASSUME], "true");
    finish();
    leave_temporary_folder();
}

static void test_no_more_sessions_than_the_bound(void **state)
{
    struct error err;
    (void)state;
    enter_temporary_folder();
    for (int i = 0; i < RECENT_KEPT + 5; i++) {
        char *name = mem_printf("%016d", i);
        assert_done(recent_keep("sessions", name, "{\"models\": []}", &err), err);
        free(name);
    }
    struct recents *recents = recent_list("sessions");
    assert_int_equal(recents->count, RECENT_KEPT);
    recents_free(recents);
    assert_false(file_exists("sessions/0000000000000000.json"));
    char *newest = recent_newest("sessions");
    assert_string_equal(newest, "sessions/0000000000000024.json");
    free(newest);
    leave_temporary_folder();
}

static void test_files_are_browsed_and_completed(void **state)
{
    struct fake_options options = {0};
    struct error err;
    (void)state;
    enter_temporary_folder();
    assert_done(file_make_folder("runs/run10", &err), err);
    assert_done(file_make_folder("runs/run2", &err), err);
    assert_done(file_write("runs/run2/model best.pth.tar", "x", 1, &err), err);
    assert_done(file_write("runs/.hidden", "x", 1, &err), err);
    start_choice(&options, 24, 80);
    play("wait idle\nkey Enter\nwait idle\nexpect runs/\nkey j Enter\nwait idle\nexpect "
         "run10/\nreject hidden");
    assert_int_equal(loop.ui.start.files->count, 2);
    assert_string_equal(loop.ui.start.files->items[0].name, "run2"); /* as people sort numbers */
    play("key i\ntype run2\nkey Tab\nwait idle\nexpect run2/\ntype mod\nkey Tab\nexpect model "
         "best.pth.tar\nkey Enter\n"
         "wait idle\nexpect model best.pth.tar: 1 model of things");
    play("key j j Enter\nwait idle\ncommand path /nosuch/folder\nwait idle\nkey Enter\nwait "
         "idle\nexpect Files");
    finish();
    leave_temporary_folder();
}

/* The opening is held, stopped, and the next one goes through: backends are swapped under the
 * screen. */
static void test_an_opening_is_stopped(void **state)
{
    atomic_bool hold = true;
    struct fake_options options = {.hold_opening = &hold};
    (void)state;
    enter_temporary_folder();
    start_choice(&options, 24, 80);
    play("wait idle\ncommand load /runs/a /data/things test\nexpect Opening\nkey Ctrl-C\nwait "
         "idle\nexpect was stopped");
    atomic_store(&hold, false);
    for (int i = 0; i < 5; i++)
        play("key G Enter\nwait idle\ntype a red ball\nkey Enter\nwait idle\nexpect 1000.png\nkey "
             "3\nkey 0\nwait idle");
    finish();
    leave_temporary_folder();
}

static void random_keys(int models)
{
    struct fake_options options = {.bad_photo = 3, .clumsy = true};
    const char *count = getenv("SCANSCOPE_RANDOM_EVENTS"), *seed = getenv("SCANSCOPE_RANDOM_SEED");
    char *line = mem_printf("random %s %s", count ? count : "3000", seed ? seed : "20240611");
    fprintf(stderr, "# %s\n", line);
    enter_temporary_folder(); /* "e" writes figures */
    start_models(&options, models, 24, 80);
    play("wait idle");
    play(line);
    play("resize 80x24\nwait idle");
    free(line);
    finish();
    leave_temporary_folder();
}

static void test_random_keys(void **state)
{
    (void)state;
    random_keys(1);
}

static void test_random_keys_on_two_models(void **state)
{
    (void)state;
    random_keys(2);
}

int main(void)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_at_every_size),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_two_models_at_every_size),
        cmocka_unit_test(test_kinds_at_every_size),
        cmocka_unit_test(test_a_changed_word_beside_the_old),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_resizes_in_the_middle_of_work),
        cmocka_unit_test(test_a_changed_query_stops_the_ranking),
        cmocka_unit_test(test_a_query_goes_before_longer_work),
        cmocka_unit_test(test_tables_at_every_size),
        cmocka_unit_test(test_completion_and_unknown_words),
        cmocka_unit_test(test_bad_photograph_and_none),
        cmocka_unit_test(test_region_names),
        cmocka_unit_test(test_captions_of_all_scripts),
        cmocka_unit_test(test_ascii_and_mono),
        cmocka_unit_test(test_copy_and_mouse),
        cmocka_unit_test(test_opening_fails_with_the_reason),
        cmocka_unit_test(test_choosing_at_every_size),
        cmocka_unit_test(test_a_session_of_before_is_taken_up),
        cmocka_unit_test(test_missing_options_are_asked_for),
        cmocka_unit_test(test_defaults_are_accepted),
        cmocka_unit_test(test_no_more_sessions_than_the_bound),
        cmocka_unit_test(test_files_are_browsed_and_completed),
        cmocka_unit_test(test_an_opening_is_stopped),
        cmocka_unit_test(test_random_keys),
        cmocka_unit_test(test_random_keys_on_two_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
