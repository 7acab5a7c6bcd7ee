/* ui_commands_views.c: commands of asking, moving, views and comparing. */
#include "analyse/failures.h"
#include "base/countof.h"
#include "base/mem.h"
#include "tests/ui/ui_commands.h"

/* ---- asking ---- */

static void t_caption(struct world *world)
{
    world_keys(world, "Esc i");
    assert_true(world->ui.prompt);
    assert_int_equal(world->ui.line.kind, PROMPT_CAPTION);
    world_key(world, "Esc");
    world_command(world, "caption a red ball");
    assert_string_equal(world_request(world, REQUEST_RANK)->text, "a red ball");
}

static void t_change(struct world *world)
{
    world_ask(world, "a red ball");
    world_key(world, "c");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "a red ball");
    assert_true(world->ui.line.selected);
    world_key(world, "x");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, ""); /* replaced */
    assert_int_equal(world_effect(world, EFFECT_LINE_KEY)->key, 'x');
    world_key(world, "y");
    assert_null(world_effect(world, EFFECT_LINE_OPEN)); /* only by the first */
    world_ask(world, "a red ball");
    world_keys(world, "c Left");
    assert_false(world->ui.line.selected);
    world_key(world, "z");
    assert_null(world_effect(world, EFFECT_LINE_OPEN)); /* an arrow keeps it */
    world_keys(world, "Esc c");
    world_key(world, "Backspace");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "");
    assert_null(world_effect(world, EFFECT_LINE_KEY));
    world_ask(world, "a red ball");
    world_keys(world, "c");
    world_send(world, (struct event){.kind = EVENT_PASTE, .text = mem_strdup("a dog")});
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "");
    assert_string_equal(world_effect(world, EFFECT_LINE_INSERT)->text, "a dog");
}

static void t_leave_prompt(struct world *world)
{
    world_key(world, "Esc");
    assert_non_null(world_effect(world, EFFECT_LINE_CLOSE));
    assert_false(world->ui.prompt);
}

static void t_palette(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, ":");
    assert_int_equal(world_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_COMMAND);
    world_enter(world, "sheet");
    assert_true(world->ui.sheet);
    world_enter(world, "nonsense");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_cancel(struct world *world)
{
    world_enter(world, "a red ball");
    world_key(world, "Ctrl-C");
    assert_non_null(world_effect(world, EFFECT_CANCEL));
    assert_true(ui_idle(&world->ui));
    world_keys(world, "Ctrl-C Ctrl-C");
    assert_true(world->ui.leaving);
}

/* ---- moving ---- */

static void t_down(struct world *world)
{
    in_captions(world);
    world_keys(world, "j Down");
    assert_int_equal(list(world)->selected, 2);
    world_command(world, "down 7");
    assert_int_equal(list(world)->selected, 9);
    world_command(world, "down 1000");
    assert_int_equal(list(world)->selected, 59);
}

static void t_up(struct world *world)
{
    in_captions(world);
    world_keys(world, "G k Up");
    assert_int_equal(list(world)->selected, 57);
    world_command(world, "up 100");
    assert_int_equal(list(world)->selected, 0);
}

static void t_page_down(struct world *world)
{
    in_captions(world);
    world_keys(world, "PageDown");
    assert_true(list(world)->selected > 20 && list(world)->selected < 40);
    world_keys(world, "g i PageDown");
    assert_true(list(world)->selected > 20);
}

static void t_page_up(struct world *world)
{
    in_captions(world);
    world_keys(world, "G Ctrl-B");
    assert_true(list(world)->selected < 40);
    world_keys(world, "G i PageUp");
    assert_true(list(world)->selected < 40);
}

static void t_first(struct world *world)
{
    in_captions(world);
    world_keys(world, "j j g");
    assert_int_equal(list(world)->selected, 0);
    world_command(world, "first 8");
    assert_int_equal(list(world)->selected, 7);
    world_command(world, "first 0");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_type(world, "10gg"); /* as in vi */
    assert_int_equal(list(world)->selected, 9);
    world_type(world, "gg");
    assert_int_equal(list(world)->selected, 0);
}

static void t_last(struct world *world)
{
    in_captions(world);
    world_keys(world, "End");
    assert_int_equal(list(world)->selected, 59);
    world_type(world, "3G"); /* 3 alone leads to the images */
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    assert_int_equal(list(world)->selected, 2);
    world_type(world, "999G");
    assert_int_equal(list(world)->selected, 59);
    world_keys(world, "3 G"); /* slowly: the images' last */
    assert_int_equal(world->ui.view, VIEW_IMAGES);
    assert_int_equal(list(world)->selected, 11);
}

/* Counts, and digits that are none. */
static void t_counts(struct world *world)
{
    in_captions(world);
    size_t undo = world->ui.undo_count;
    world_type(world, "10j");
    assert_int_equal(list(world)->selected, 10);
    world_type(world, "12j");
    assert_int_equal(list(world)->selected, 22);
    world_type(world, "7k");
    assert_int_equal(list(world)->selected, 15);
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    assert_int_equal(world->ui.undo_count, undo); /* the views in between are no changes */
    world_type(world, "10");
    assert_true(world_says(world, "10: then"));
    world_keys(world, "F9 j"); /* a key that moves nothing ends the count */
    assert_int_equal(list(world)->selected, 16);
    world_keys(world, "1 0"); /* slowly: views */
    assert_int_equal(world->ui.view, VIEW_START);
    world_keys(world, "4 j");
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    assert_int_equal(list(world)->selected, 17);
    world_ask(world, "a red ball on the grass");
    world_keys(world, "Left Left Left Left Left Left");
    world_type(world, "10l");
    assert_int_equal(world->ui.word, 5);
}

static void t_half_page_down(struct world *world)
{
    in_captions(world);
    world_keys(world, "Ctrl-D");
    size_t half = list(world)->selected;
    world_keys(world, "g Ctrl-F");
    assert_true(half > 10 && half + 5 < list(world)->selected);
    world_type(world, "gg");
    world_type(world, "20");
    world_keys(world, "Ctrl-D");
    assert_int_equal(list(world)->selected, 59);
}

static void t_half_page_up(struct world *world)
{
    in_captions(world);
    world_keys(world, "G Ctrl-U");
    assert_true(list(world)->selected < 50 && list(world)->selected > 30);
}

static void t_screen_top(struct world *world)
{
    in_captions(world);
    world_keys(world, "G H");
    assert_int_equal(list(world)->selected, list(world)->top);
    assert_true(list(world)->top > 10);
}

static void t_screen_bottom(struct world *world)
{
    in_captions(world);
    world_keys(world, "L");
    assert_int_equal(list(world)->top, 0);
    size_t bottom = list(world)->selected;
    assert_true(bottom > 30);
    world_keys(world, "j");
    assert_int_equal(list(world)->top, 1);
}

static void t_screen_middle(struct world *world)
{
    in_captions(world);
    world_keys(world, "L");
    size_t bottom = list(world)->selected;
    world_keys(world, "M");
    assert_int_equal(list(world)->selected, bottom / 2);
    world_ask(world, "a red ball");
    world_command(world, "filter 1003");
    world_keys(world, "L M H"); /* fewer rows than the screen has */
    assert_int_equal(list(world)->selected, 0);
}

static void t_right(struct world *world)
{
    world_ask(world, "a red ball");
    assert_int_equal(world->ui.word, 2);
    world_keys(world, "h h l");
    assert_int_equal(world->ui.word, 1);
    world_keys(world, "3 Right");
    assert_int_equal(list(world)->selected, world->ui.sides[0].ranking->places[0].index + 1);
}

static void t_left(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "Left Left Left");
    assert_int_equal(world->ui.word, -1);
    world_keys(world, "3 End h");
    assert_int_equal(list(world)->selected, 10);
}

static void t_next_word(struct world *world)
{
    world_ask(world, "a red ball on the grass");
    ptrdiff_t word = world->ui.word;
    world_keys(world, "g h h Tab");
    assert_int_equal(world->ui.word, word - 1);
}

static void t_previous_word(struct world *world)
{
    world_ask(world, "a red ball on the grass");
    ptrdiff_t word = world->ui.word;
    world_keys(world, "Shift-Tab");
    assert_int_equal(world->ui.word, word - 1);
}

static void t_truth(struct world *world)
{
    in_captions(world);
    world_keys(world, "j j j j j j j Enter G T"); /* caption 7 is image 1's */
    assert_int_equal(world->ui.sides[0].ranking->places[world_item(world)].index, 1);
    assert_true(world_says(world, "The truth is at rank"));
    world_ask(world, "a red ball");
    world_keys(world, "T");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

/* In every view that has rows: "/" finds one, n finds the next, N the previous one. */
static void t_find(struct world *world)
{
    static const struct {
        const char *keys, *text;
    } views_of[] = {{"1", "10"},   {"2", "ball"}, {"3", "ball"},
                    {"4", "ball"}, {"5", "ball"}, {"?", "word"}};
    world_ask(world, "a red ball");
    for (size_t i = 0; i < COUNTOF(views_of); i++) {
        world_keys(world, views_of[i].keys);
        world_key(world, "/");
        assert_int_equal(world_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_FIND);
        world_enter(world, views_of[i].text);
        size_t first = list(world)->selected;
        world_keys(world, "n");
        size_t second = list(world)->selected;
        assert_int_not_equal(second, first);
        world_keys(world, "N");
        assert_int_equal(list(world)->selected, first);
    }
}

static void t_find_next(struct world *world)
{
    in_captions(world);
    world_keys(world, "n");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* nothing to find again */
    world_command(world, "find kite");
    size_t row = list(world)->selected;
    world_keys(world, "n");
    assert_int_equal(list(world)->selected, row + 1);
}

static void t_find_previous(struct world *world)
{
    in_captions(world);
    world_command(world, "find kite");
    size_t row = list(world)->selected;
    world_keys(world, "n N");
    assert_int_equal(list(world)->selected, row);
    world_keys(world, "N");
    assert_true(world_says(world, "from the other end"));
}

static void t_filter(struct world *world)
{
    in_captions(world);
    world_key(world, "&");
    assert_int_equal(world_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_FILTER);
    world_enter(world, "BLUE");
    assert_int_equal(list(world)->count, 10);
    world_command(world, "filter nosuchword");
    assert_int_equal(list(world)->count, 60);
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_image(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "I");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "image ");
    world_enter(world, "image 1007.png");
    assert_int_equal(world->ui.view, VIEW_IMAGES);
    assert_int_equal(world_item(world), 7);
    world_command(world, "image 1003"); /* without its suffix */
    assert_int_equal(world_item(world), 3);
    world_command(world, "image 101"); /* its beginning */
    assert_int_equal(world_item(world), 10);
    world_command(world, "image 5"); /* a row */
    assert_int_equal(world_item(world), 5);
    world_command(world, "image zzz");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "Enter");
    world_command(world, "image 1002"); /* its captions, where captions are ranked */
    assert_int_equal(world->ui.view, VIEW_MATCHES);
    assert_int_equal(world_request(world, REQUEST_CAPTIONS)->image, 2);
}

/* ---- views ---- */

static void t_open(struct world *world)
{
    in_captions(world);
    world_keys(world, "j Enter");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    assert_int_equal(ui_query(&world->ui)->caption, 1);
    world_keys(world, "Enter");
    assert_true(world->ui.zoom);
    world_keys(world, "3 Enter");
    assert_int_equal(world->ui.view, VIEW_MATCHES);
}

static void t_back(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "z Esc");
    assert_false(world->ui.zoom);
    world_keys(world, "4 Backspace");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    world_keys(world, "4 ? Esc");
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    world_command(world, "filter blue");
    world_keys(world, "Esc");
    assert_int_equal(list(world)->count, 60);
    world_keys(world, "Esc Esc"); /* to the ranking, and then nowhere: it says how to leave */
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    assert_false(world->ui.prompt);
    assert_true(world_says(world, "q leaves"));
}

static void t_search(struct world *world)
{
    world_keys(world, "Esc 4 1");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
}

static void t_matches(struct world *world)
{
    world_ask(world, "a red ball");
    size_t image = ui_pair(&world->ui).image;
    world_keys(world, "2");
    assert_int_equal(world->ui.view, VIEW_MATCHES);
    assert_int_equal(world->ui.subject, image);
    size_t truths = 0;
    for (size_t p = 0; p < world->ui.sides[0].matches->count; p++)
        truths += world->ui.sides[0].matches->places[p].truth;
    assert_int_equal(truths, 5);
}

static void t_images(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "3");
    assert_int_equal(world->ui.view, VIEW_IMAGES);
    assert_int_equal(world_request(world, REQUEST_THUMBS)->count, 12);
}

static void t_captions(struct world *world)
{
    in_captions(world);
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    assert_int_equal(list(world)->count, 60);
}

static void t_failures(struct world *world)
{
    world_key(world, "Esc");
    world_key(world, "5");
    assert_int_equal(world_request(world, REQUEST_SURVEY)->count, 60);
    world_settle(world);
    const struct survey *survey = ui_survey(&world->ui);
    assert_int_equal(survey->done, 60);
    for (size_t row = 0; row < list(world)->count; row++)
        assert_true(survey->of[list_item(list(world), row)].rank > 1);
    world_command(world, "failures 3");
    for (size_t row = 0; row < list(world)->count; row++)
        assert_true(survey->of[list_item(list(world), row)].rank > 3);
}

static void t_help(struct world *world)
{
    world_keys(world, "F1");
    assert_int_equal(world->ui.view, VIEW_HELP);
    for (size_t row = 0; row < list(world)->count; row++)
        assert_true(command_table.rows[list_item(list(world), row)].modes & MODE_SEARCH);
    assert_true(list(world)->count > 30);
    world_keys(world, "?"); /* once more: everything */
    assert_int_equal(list(world)->count, command_table.count);
    world_keys(world, "?");
    assert_true(list(world)->count < command_table.count);
    world_command(world, "find results as a contact sheet");
    world_keys(world, "Enter"); /* runs it in the view before */
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    assert_true(world->ui.sheet);
    world_keys(world, "3 ?"); /* another view, other keys, from the top again */
    assert_int_equal(list(world)->selected, 0);
    for (size_t row = 0; row < list(world)->count; row++)
        assert_true(command_table.rows[list_item(list(world), row)].modes & MODE_IMAGES);
    world_command(world, "filter thumbnails");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* no key of the images has it */
    world_keys(world, "?");
    world_command(world, "filter thumbnails");
    assert_int_equal(list(world)->count, 1);
    world_keys(world, "Esc Esc ?"); /* without that filter */
    assert_true(list(world)->count > 20);
}

static void t_sheet(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "t");
    assert_true(world->ui.sheet);
    world_keys(world, "t");
    assert_false(world->ui.sheet);
}

static void t_zoom(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "Z z");
    assert_true(world->ui.zoom && !world->ui.wide);
}

static void t_wide(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "z Z");
    assert_true(world->ui.wide && !world->ui.zoom);
    world_keys(world, "Esc");
    assert_false(world->ui.wide);
}

/* ---- comparing ---- */

static void t_compare(struct world *world)
{
    world_keys(world, "Esc =");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* nothing to compare with */
    world_ask(world, "a red ball");
    world_keys(world, "=");
    assert_int_equal(world->ui.shown, 2);
    world_ask(world, "a blue dog");
    assert_string_equal(world->ui.sides[1].query.text, "a red ball");
    world_keys(world, "=");
    assert_int_equal(world->ui.shown, 1);
}

static void t_side(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "s");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "= s");
    assert_int_equal(world->ui.side, 1);
}

static void t_word(struct world *world)
{
    world_ask(world, "a red ball");
    world_key(world, "w");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "ball");
    world_enter(world, "dog");
    assert_string_equal(ui_query(&world->ui)->text, "a red dog");
    assert_string_equal(world->ui.sides[1].query.text, "a red ball");
    assert_int_equal(world->ui.shown, 2);
}

static void t_moved(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "D");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "=");
    world_ask(world, "a black dog on the water");
    world_settle(world);
    world_command(world, "moved 2");
    size_t here = world_item(world), there;
    assert_true(ui_other_place(&world->ui, here, &there));
    assert_true((here > there ? here - there : there - here) >= 2);
    size_t of, common = ui_in_common(&world->ui, 10, &of);
    assert_int_equal(of, 10);
    assert_true(common >= 8 && common <= 10); /* of twelve images */
    world_command(world, "moved 12");
    assert_true(world_says(world, "No row"));
}

/* ---- all of them ---- */

const struct command_test commands_of_views[] = {
    COMMAND_TEST("caption", caption),
    COMMAND_TEST("change", change),
    COMMAND_TEST("half-page-down", half_page_down),
    COMMAND_TEST("half-page-up", half_page_up),
    COMMAND_TEST("screen-top", screen_top),
    COMMAND_TEST("screen-middle", screen_middle),
    COMMAND_TEST("screen-bottom", screen_bottom),
    COMMAND_TEST("leave-prompt", leave_prompt),
    COMMAND_TEST("palette", palette),
    COMMAND_TEST("cancel", cancel),
    COMMAND_TEST("down", down),
    COMMAND_TEST("down", counts),
    COMMAND_TEST("up", up),
    COMMAND_TEST("page-down", page_down),
    COMMAND_TEST("page-up", page_up),
    COMMAND_TEST("first", first),
    COMMAND_TEST("last", last),
    COMMAND_TEST("right", right),
    COMMAND_TEST("left", left),
    COMMAND_TEST("next-word", next_word),
    COMMAND_TEST("previous-word", previous_word),
    COMMAND_TEST("truth", truth),
    COMMAND_TEST("find", find),
    COMMAND_TEST("find-next", find_next),
    COMMAND_TEST("find-previous", find_previous),
    COMMAND_TEST("filter", filter),
    COMMAND_TEST("image", image),
    COMMAND_TEST("open", open),
    COMMAND_TEST("back", back),
    COMMAND_TEST("search", search),
    COMMAND_TEST("matches", matches),
    COMMAND_TEST("images", images),
    COMMAND_TEST("captions", captions),
    COMMAND_TEST("failures", failures),
    COMMAND_TEST("help", help),
    COMMAND_TEST("sheet", sheet),
    COMMAND_TEST("zoom", zoom),
    COMMAND_TEST("wide", wide),
    COMMAND_TEST("compare", compare),
    COMMAND_TEST("side", side),
    COMMAND_TEST("word", word),
    COMMAND_TEST("moved", moved),
    {0},
};
