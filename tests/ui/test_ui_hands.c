/* What the hands do and see: hints that are always there, nothing lost by looking elsewhere, undo.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/ui/ui_world.h"

static bool screen_has(struct world *world, const char *text)
{
    struct grid grid;
    struct str screen = {0};
    grid_init(&grid, world->ui.rows, world->ui.cols);
    ui_view(&world->ui, &grid);
    grid_text(&grid, &screen);
    bool has = strstr(str_text(&screen), text) != NULL;
    if (!has && getenv("SHOW_SCREENS"))
        fprintf(stderr, "no \"%s\":\n%s", text, str_text(&screen));
    str_done(&screen);
    grid_done(&grid);
    return has;
}

static void resize(struct world *world, int rows, int cols)
{
    world_send(world, (struct event){.kind = EVENT_RESIZE, .rows = rows, .cols = cols});
    world_settle(world);
}

static const struct {
    int rows, cols;
} sizes[] = {{3, 20}, {5, 20}, {8, 40}, {24, 80}, {40, 120}, {60, 200}};

static void test_help_and_caption_are_hinted_at_every_size(void **state)
{
    static const char *const views_of[] = {"1", "2", "3", "4", "5"};
    struct world *world = *state;
    world_ask(world, "a red ball zzz");
    for (size_t i = 0; i < COUNTOF(sizes); i++) {
        resize(world, sizes[i].rows, sizes[i].cols);
        for (size_t v = 0; v < COUNTOF(views_of); v++) {
            world_keys(world, views_of[v]);
            assert_true(screen_has(world, "? help  i caption"));
            ui_say(&world->ui, ROLE_ERROR, "%0200d", 0); /* however long the message */
            assert_true(screen_has(world, "? help  i caption"));
        }
        world_keys(world, "?");
        assert_true(screen_has(world, "? every key"));
        world_keys(world, "Esc");
    }
}

static void test_hints_are_of_the_moment(void **state)
{
    struct world *world = *state;
    resize(world, 24, 80);
    assert_true(screen_has(world, "Enter rank"));
    assert_false(screen_has(world, "? help"));
    world_ask(world, "a red ball");
    assert_true(screen_has(world, "←→ word") && screen_has(world, "Enter zoom"));
    assert_false(screen_has(world, "T truth")); /* none is known */
    world_keys(world, "4 j");
    assert_true(screen_has(world, "Space mark") && screen_has(world, "] next failure"));
    assert_false(screen_has(world, "E marked"));
    world_keys(world, "Space");
    resize(world, 24, 120);
    assert_true(screen_has(world, "E marked figures") && screen_has(world, "W save marks"));
    world_keys(world, "Enter");
    assert_true(screen_has(world, "T truth") && screen_has(world, "u undo"));
    world_keys(world, ":");
    assert_true(screen_has(world, "Enter run") && screen_has(world, "↑↓ choose"));
    world_keys(world, "Esc");
    world_keys(world, "&");
    assert_true(screen_has(world, "Enter filter"));
    world_keys(world, "Esc 0");
    assert_true(screen_has(world, "i type the path"));
    world_keys(world, "i");
    assert_true(screen_has(world, "Tab completes"));
    world_keys(world, "Esc");
    world_command(world, "bind F4 help"); /* the key is the user's */
    world_command(world, "unbind ?");
    world_command(world, "unbind F1");
    world_keys(world, "1");
    assert_true(screen_has(world, "F4 help"));
}

static void test_help_unfolds_and_groups(void **state)
{
    struct world *world = *state;
    resize(world, 24, 80);
    world_ask(world, "a red ball");
    world_keys(world, "5 ? G"); /* the row found is the first on the screen then */
    world_command(world, "find conditi");
    assert_true(screen_has(world, "rank>10 and words ~")); /* the end of a long text */
    assert_true(screen_has(world, "Moving"));
    struct layout layout;
    layout_make(&world->ui, &layout);
    assert_true(layout.unfolded > 2);
    size_t selected = ui_list(&world->ui)->selected, top = ui_list(&world->ui)->top;
    int line = layout.list.row + (int)(selected - top) + layout.unfolded + 1;
    world_send(world, (struct event){.kind = EVENT_MOUSE, .row = line, .col = 30});
    assert_int_equal(ui_list(&world->ui)->selected, selected + 1); /* the row below it */
    resize(world, 8, 40);
    world_command(world, "find conditi");
    assert_true(screen_has(world, "filter") && screen_has(world, "contain"));
}

static bool pinned(const struct world *world, size_t word)
{
    return word < world->ui.pin_count && world->ui.pins[word];
}

static void test_nothing_is_lost_by_looking_elsewhere(void **state)
{
    static const char *const elsewhere[] = {"? Esc", "4 j j Right p 1", "3 1",       ", Esc",
                                            "0 Esc", "5 j 1",           "2 j Left 1"};
    struct world *world = *state;
    resize(world, 24, 80);
    world_ask(world, "a red ball on the grass");
    world_keys(world, "j j j j j j j j k p Left p Left K K");
    ptrdiff_t word = world->ui.word, region = world->ui.region;
    size_t row = ui_list(&world->ui)->selected, top = ui_list(&world->ui)->top;
    assert_true(top > 0 && pinned(world, (size_t)word + 1) && pinned(world, (size_t)word + 2));
    for (size_t i = 0; i < COUNTOF(elsewhere); i++) {
        world_keys(world, elsewhere[i]);
        assert_int_equal(world->ui.view, VIEW_SEARCH);
        assert_int_equal(world->ui.word, word);
        assert_true(pinned(world, (size_t)word + 1) && pinned(world, (size_t)word + 2));
        assert_int_equal(ui_list(&world->ui)->selected, row);
        assert_int_equal(ui_list(&world->ui)->top, top);
        if (i == 0)
            assert_int_equal(world->ui.region, region);
    }
    world_keys(world, "3 G 1 3"); /* the images, as they were left */
    assert_int_equal(ui_list(&world->ui)->selected, 11);
}

static void test_undo_brings_back_what_was_lost(void **state)
{
    struct world *world = *state;
    world_ask(world, "a red ball on the grass");
    world_keys(world, "p Left p");
    ptrdiff_t word = world->ui.word;
    world_keys(world, "P");
    assert_false(pinned(world, (size_t)word));
    world_keys(world, "u");
    assert_true(pinned(world, (size_t)word) && pinned(world, (size_t)word + 1));
    world_ask(world, "a blue dog"); /* another query, and back: with its pins */
    assert_false(pinned(world, (size_t)word));
    world_keys(world, "u");
    assert_string_equal(ui_query(&world->ui)->text, "a red ball on the grass");
    assert_int_equal(world->ui.word, word);
    assert_true(pinned(world, (size_t)word) && pinned(world, (size_t)word + 1));
    world_keys(world, "4 &");
    world_enter(world, "blue");
    world_keys(world, "j j j Esc");
    assert_int_equal(ui_list(&world->ui)->count, 60);
    world_keys(world, "u");
    assert_int_equal(ui_list(&world->ui)->count, 10);
    assert_int_equal(ui_list(&world->ui)->selected, 3);
    world_keys(world, "u");
    assert_int_equal(ui_list(&world->ui)->count, 60);
    world_keys(world, "Space * u");
    assert_false(world->ui.marked_only);
    assert_int_equal(ui_list(&world->ui)->count, 60);
}

/* What the prompt holds, as readline would tell. */
static void typed(struct world *world, const char *text)
{
    world_send(world,
               (struct event){.kind = EVENT_LINE, .text = mem_strdup(text), .point = strlen(text)});
}

static void test_palette_selects_and_runs(void **state)
{
    struct world *world = *state;
    world_ask(world, "a red ball");
    world_keys(world, ":");
    typed(world, "shet"); /* loosely */
    assert_true(screen_has(world, "▸sheet") && screen_has(world, " t "));
    world_enter(world, "shet");
    assert_true(world->ui.sheet);
    world_keys(world, ":");
    typed(world, "sheet ");
    assert_true(screen_has(world, "sheet on  (as it is)"));
    world_keys(world, "Down Enter");
    assert_non_null(world_effect(world, EFFECT_LINE_KEY)); /* Enter is readline's */
    world_enter(world, "sheet ");
    assert_false(world->ui.sheet);
    world_keys(world, ":");
    typed(world, "over");
    world_key(world, "Tab");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "overlay ");
    typed(world, "overlay ea");
    world_key(world, "Tab");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "overlay heat");
    typed(world, "word");
    world_keys(world, "Down Down Up");
    assert_true(screen_has(world, "▸words")); /* exact ones come first, then beginnings */
    typed(world, "wor");                      /* another text, another best row */
    assert_true(screen_has(world, "▸word "));
    world_enter(world, "zoom x");
    assert_true(world_says(world, "takes nothing"));
    world_enter(world, "sort nonsense");
    assert_true(world_says(world, "is not one of: worst, best"));
    world_keys(world, ":");
    world_enter(world, "cartoon"); /* in no name: it is not guessed */
    assert_true(world_says(world, "No command"));
    world_keys(world, ":");
    world_enter(world, "q");
    assert_true(world->ui.leaving);
}

static size_t cells_of(struct world *world, enum role role)
{
    struct grid grid;
    struct style style = ui_style(&world->ui, role);
    size_t n = 0;
    grid_init(&grid, world->ui.rows, world->ui.cols);
    ui_view(&world->ui, &grid);
    for (int i = 0; i < grid.rows * grid.cols; i++)
        n += grid.cells[i].style.bg == style.bg && grid.cells[i].style.fg == style.fg;
    grid_done(&grid);
    return n;
}

static void test_find_follows_what_is_typed(void **state)
{
    struct world *world = *state;
    world_ask(world, "a red ball");
    world_keys(world, "4 j j /");
    typed(world, "BLUE");
    assert_int_equal(ui_list(&world->ui)->selected, 5);
    assert_true(world_says(world, "/BLUE  1 of 10"));
    size_t marked = cells_of(world, ROLE_MATCH); /* every one on the screen */
    assert_true(marked >= 5 * 4 && marked % 4 == 0);
    typed(world, "BLUE B"); /* from where it began, not from where it is */
    assert_int_equal(ui_list(&world->ui)->selected, 35);
    world_keys(world, "Esc");
    assert_int_equal(ui_list(&world->ui)->selected, 2);
    assert_int_equal(cells_of(world, ROLE_MATCH), 0);
    world_keys(world, "/");
    typed(world, "blue");
    world_enter(world, "blue");
    assert_int_equal(ui_list(&world->ui)->selected, 5);
    world_keys(world, "n n");
    assert_true(world_says(world, "3 of 10"));
    world_keys(world, "N N N");
    assert_true(world_says(world, "10 of 10  (from the other end)"));
    assert_true(cells_of(world, ROLE_MATCH) > 0);
    world_keys(world, "/");
    typed(world, "blue zebra");
    assert_true(world_says(world, "No row"));
    world_keys(world, "Esc Esc"); /* Esc also ends the marking */
    assert_int_equal(cells_of(world, ROLE_MATCH), 0);
    world_keys(world, "5 &");
    world_enter(world, "rank>3 and margin<");
    assert_true(world_says(world, "column")); /* says where, and the prompt has it to mend */
    assert_true(world->ui.prompt);
    assert_string_equal(world->ui.line.text, "rank>3 and margin<");
}

static void test_each_pinned_word_has_its_frame(void **state)
{
    struct world *world = *state;
    struct word_frame frames[PICTURE_FRAMES];
    world_ask(world, "a red ball on the grass");
    assert_true(screen_has(world, "sim"));
    assert_int_equal(ui_word_frames(&world->ui, frames), 0); /* nothing is pinned */
    world_keys(world, "Right Right Right Right Left Left Left p Right Right p Right");
    const struct look_attention *attention = ui_attention(&world->ui);
    size_t n = ui_word_frames(&world->ui, frames), R = ui_look(&world->ui)->R;
    assert_int_equal(n, 3);
    assert_int_equal(frames[2].word, world->ui.word); /* the selected one is last */
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < R; r++)
            assert_true(attention->weights[frames[i].word * R + r] <=
                        attention->weights[frames[i].word * R + frames[i].region]);
    assert_true(screen_has(world, " red ") && screen_has(world, " on ") &&
                screen_has(world, " the "));
    world_keys(world, "K");
    assert_true(screen_has(world, "→r"));
    world_command(world, "graphics sixel");
    const struct request *request = world_request(world, REQUEST_PICTURE);
    assert_non_null(request);
    assert_int_equal(request->picture.frame_count, 3);
    assert_int_equal(request->picture.frames[0], frames[2].region);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_help_and_caption_are_hinted_at_every_size, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(test_hints_are_of_the_moment, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_help_unfolds_and_groups, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_lost_by_looking_elsewhere, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(test_palette_selects_and_runs, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_find_follows_what_is_typed, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(test_each_pinned_word_has_its_frame, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(test_undo_brings_back_what_was_lost, world_setup,
                                        world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
