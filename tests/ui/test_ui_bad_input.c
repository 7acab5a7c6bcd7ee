/* What can be wrong with the data while one looks at it: photographs that vanish, a hundred
 * thousand captions, captions of a thousand words, scripts of all kinds. At every size the screen
 * is drawn, and what is wrong stands in a line. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/str.h"
#include "tests/ui/ui_world.h"

static const struct {
    int rows, cols;
} sizes[] = {{1, 1}, {5, 20}, {8, 40}, {24, 80}, {40, 120}, {60, 200}};

enum { SIZES = COUNTOF(sizes) };

/* The screen as text, the caller's to free. */
static char *screen_of(struct world *world)
{
    struct grid grid;
    struct str text = {0};
    grid_init(&grid, world->ui.rows, world->ui.cols);
    ui_view(&world->ui, &grid);
    grid_text(&grid, &text);
    grid_done(&grid);
    return str_take(&text);
}

static void resize(struct world *world, size_t size)
{
    world_send(
        world,
        (struct event){.kind = EVENT_RESIZE, .rows = sizes[size].rows, .cols = sizes[size].cols});
    world_settle(world);
}

/* Drawn at every size, in all views, with all panes. */
static void draw_everywhere(struct world *world)
{
    for (size_t size = 0; size < SIZES; size++) {
        resize(world, size);
        for (int view = 1; view <= 5; view++) {
            char key[2] = {(char)('0' + view), 0};
            world_keys(world, key);
            world_keys(world, "a r Right Right J");
            free(screen_of(world));
            world_keys(world, "a r z");
            free(screen_of(world));
            world_keys(world, "z G");
        }
    }
}

static void assert_shows(struct world *world, const char *text)
{
    char *screen = screen_of(world);
    if (!strstr(screen, text))
        fail_msg("the screen lacks \"%s\":\n%s", text, screen);
    free(screen);
}

static void test_a_photograph_vanishes(void **state)
{
    struct fake_options options = {.clumsy = true};
    struct world *world = world_new(&options, 1, 24, 80);
    atomic_bool gone = false;
    (void)state;
    fake_photos_gone(world->backends[0], &gone);
    world_ask(world, "a red ball");
    assert_non_null(ui_picture(&world->ui)->cells);
    atomic_store(&gone, true);
    world_keys(world, "j");
    assert_shows(world, "cannot open");
    world_keys(world, "G 3 G");
    assert_shows(world, "no photo");
    world_keys(world, "Enter");
    draw_everywhere(world);
    atomic_store(&gone, false); /* it is back: another size requests it again */
    world_keys(world, "1");
    resize(world, 4);
    assert_non_null(ui_picture(&world->ui)->cells);
    world_free(world);
}

static void test_everything_fails_at_once(void **state)
{
    struct fake_options options = {.clumsy = true};
    struct world *world = world_new(&options, 1, 24, 80);
    atomic_bool gone = true;
    (void)state;
    fake_data_gone(world->backends[0], &gone);
    world_ask(world, "a red ball");
    assert_true(world_says(world, "features are gone"));
    assert_shows(world, "features are gone");
    world_keys(world, "3 Enter");
    assert_true(world_says(world, "features are gone"));
    world_keys(world, "5");
    assert_true(world_says(world, "features are gone"));
    draw_everywhere(world);
    assert_true(ui_idle(&world->ui)); /* nothing is awaited that never comes */
    atomic_store(&gone, false);
    world_keys(world, "1");
    world_ask(world, "a red ball");
    assert_non_null(world->ui.sides[0].ranking);
    world_free(world);
}

static double timed(struct world *world, const char *what, const char *keys)
{
    double started = progress_clock();
    world_keys(world, keys);
    free(screen_of(world));
    double seconds = progress_clock() - started;
    fprintf(stderr, "# 100,000 captions, %s: %.1f ms\n", what, seconds * 1e3);
    return seconds;
}

static void test_a_hundred_thousand_captions(void **state)
{
    struct fake_options options = {.images = 20000, .no_photos = true};
    struct world *world = world_new(&options, 1, 40, 120);
    (void)state;
    world_keys(world, "Esc 4");
    assert_int_equal(ui_list(&world->ui)->count, 100000);
    timed(world, "a row down", "j");
    timed(world, "the last row", "G");
    assert_int_equal(world_item(world), 99999);
    timed(world, "a page up", "PageUp");
    double started = progress_clock();
    world_command(world, "find zebra crossing"); /* nowhere */
    fprintf(stderr, "# 100,000 captions, a search in vain: %.1f ms\n",
            (progress_clock() - started) * 1e3);
    assert_true(world_says(world, "No row"));
    started = progress_clock();
    world_command(world, "filter BLUE dog");
    fprintf(stderr, "# 100,000 captions, a filter: %.1f ms\n", (progress_clock() - started) * 1e3);
    size_t kept = ui_list(&world->ui)->count;
    assert_true(kept > 1000 && kept < 100000);
    timed(world, "a row in what is kept", "G k");
    world_keys(world, "Space k k Space");
    timed(world, "only what is marked", "*");
    assert_int_equal(ui_list(&world->ui)->count, 2);
    world_keys(world, "* Esc");
    assert_int_equal(ui_list(&world->ui)->count, 100000);
    world_free(world);
}

/* A thousand words, with a mark at the end. */
static char *long_caption(void)
{
    struct str text = {0};
    for (int i = 0; i < 999; i++)
        str_addf(&text, "word%d ", i);
    str_add(&text, "theend");
    return str_take(&text);
}

static void test_captions_of_a_thousand_words(void **state)
{
    char *caption = long_caption();
    struct fake_options options = {.caption = caption, .clumsy = true};
    struct world *world = world_new(&options, 1, 40, 120);
    (void)state;
    world_keys(world, "Esc 4 Enter");
    assert_int_equal(ui_words(&world->ui)->count, 1000);
    for (int i = 0; i < 999; i++)
        world_key(world, "Right");
    world_settle(world);
    assert_int_equal(world->ui.word, 999);
    assert_shows(world, "theend"); /* the strip has come along */
    world_keys(world, "Right a");
    assert_shows(world, "▸theend");
    draw_everywhere(world);
    world_free(world);
    free(caption);
}

/* Right to left, wide, joined, combining, not even UTF-8, with escapes: in lists, strip, prompt and
 * tables. */
static void test_all_scripts(void **state)
{
    static const char caption[] =
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7 "
        "\xf0\x9f\x90\x95\xe2\x80\x8d\xf0\x9f\xa6\xba \xf0\x9f\x8f\xb3\xef\xb8\x8f "
        "\xe7\x8a\xac\xe3\x81\x8c e\xcc\x81\xcc\xa7 \xe2\x80\xae"
        "abc \033[31m \xff\xfe \x7f";
    struct fake_options options = {.caption = caption, .clumsy = true};
    struct world *world = world_new(&options, 1, 24, 80);
    (void)state;
    world_keys(world, "Esc 4 Enter");
    assert_int_equal(ui_query(&world->ui)->caption, 0);
    draw_everywhere(world);
    resize(world, 3);
    world_keys(world, "1 i");
    world_send(world, (struct event){.kind = EVENT_LINE,
                                     .text = mem_strdup(caption),
                                     .point = sizeof caption - 1});
    for (size_t size = 0; size < SIZES; size++) {
        resize(world, size);
        char *screen = screen_of(world);
        for (const char *at = screen; *at; at++)
            assert_true(*at == '\n' || (unsigned char)*at >= 0x20); /* no escape gets through */
        assert_null(strstr(screen, "\xe2\x80\xae")); /* nor what reverses the rest of the screen */
        free(screen);
    }
    world_free(world);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_photograph_vanishes),
        cmocka_unit_test(test_everything_fails_at_once),
        cmocka_unit_test(test_a_hundred_thousand_captions),
        cmocka_unit_test(test_captions_of_a_thousand_words),
        cmocka_unit_test(test_all_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
