/* Every command of the table, by its key, through the pure update: what it does to the state, what it asks for. The
 * last case walks the table: a command without a test here fails. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "tests/ui_world.h"
#include "ui/start.h"

static struct list *list(struct world *world)
{
    return ui_list(&world->ui);
}

static void in_captions(struct world *world)
{
    world_keys(world, "Esc 4");
}

static void in_failures(struct world *world)
{
    world_keys(world, "Esc 5");
    assert_true(list(world)->count > 3);
}

/* ---- asking ------------------------------------------------------------------------------------ */

static void t_caption(struct world *world)
{
    world_keys(world, "Esc i");
    assert_true(world->ui.prompt);
    assert_int_equal(world->ui.line.kind, PROMPT_CAPTION);
    world_key(world, "Esc");
    world_command(world, "caption a red ball");
    assert_string_equal(world_request(world, REQUEST_RANK)->text, "a red ball");
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

/* ---- moving ------------------------------------------------------------------------------------ */

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
}

static void t_last(struct world *world)
{
    in_captions(world);
    world_keys(world, "End");
    assert_int_equal(list(world)->selected, 59);
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
    world_keys(world, "3 G h");
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

/* In every view that has rows: "/" finds one, n goes on, N comes back. */
static void t_find(struct world *world)
{
    static const struct {
        const char *keys, *text;
    } views_of[] = {{"1", "10"}, {"2", "ball"}, {"3", "ball"}, {"4", "ball"}, {"5", "ball"}, {"?", "word"}};
    world_ask(world, "a red ball");
    for (size_t i = 0; i < sizeof views_of / sizeof *views_of; i++) {
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
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* nothing was looked for */
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
    world_command(world, "image 1003"); /* without its ending */
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

/* ---- views ------------------------------------------------------------------------------------- */

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
        assert_true(survey->of[list_item(list(world), row)].rank >= 1);
    world_command(world, "failures 3");
    for (size_t row = 0; row < list(world)->count; row++)
        assert_true(survey->of[list_item(list(world), row)].rank >= 3);
}

static void t_help(struct world *world)
{
    world_keys(world, "F1");
    assert_int_equal(world->ui.view, VIEW_HELP);
    assert_int_equal(list(world)->count, ui_command_count);
    world_command(world, "find results as a contact sheet");
    world_keys(world, "Enter"); /* runs it where one came from */
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    assert_true(world->ui.sheet);
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

/* ---- comparing --------------------------------------------------------------------------------- */

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

/* ---- failures ---------------------------------------------------------------------------------- */

static void t_next_failure(struct world *world)
{
    in_failures(world);
    size_t second = list_item(list(world), 1);
    world_keys(world, "]");
    assert_int_equal(ui_query(&world->ui)->caption, second);
    assert_true(world_says(world, "Failure 2 of"));
    world_keys(world, "4 g ]"); /* among the captions: the next one that fails */
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    const struct survey *survey = ui_survey(&world->ui);
    size_t row = list(world)->selected;
    assert_true(survey->of[row].rank >= 1);
    for (size_t c = 1; c < row; c++)
        assert_int_equal(survey->of[c].rank, 0);
    world_keys(world, "G ]");
    assert_true(world_says(world, "No failure"));
}

static void t_previous_failure(struct world *world)
{
    in_failures(world);
    world_keys(world, "] ] [");
    assert_true(world_says(world, "Failure 2 of"));
    world_keys(world, "4 G [");
    assert_true(ui_survey(&world->ui)->of[list(world)->selected].rank >= 1);
}

static double value_of(const struct world *world, size_t row, enum sort sort)
{
    size_t c = list_item(ui_list_const(&world->ui, VIEW_FAILURES), row);
    const struct surveyed *s = &ui_survey(&world->ui)->of[c];
    switch (sort) {
    case SORT_WORST:
        return -(double)s->rank;
    case SORT_BEST:
        return (double)s->rank;
    case SORT_ORDER:
        return (double)c;
    case SORT_SCORE:
        return (double)s->score;
    case SORT_MARGIN:
        return (double)s->margin;
    case SORT_LENGTH:
        return -(double)ui_catalog(&world->ui)->length[c];
    default:
        return -(double)ui_catalog(&world->ui)->unknown[c];
    }
}

static void t_sort(struct world *world)
{
    in_failures(world);
    for (int sort = 0; sort < SORTS; sort++) {
        char *command = mem_printf("sort %s", ui_sorts[sort]);
        world_command(world, command);
        free(command);
        for (size_t row = 1; row < list(world)->count; row++)
            if (sort == SORT_TEXT)
                assert_true(strcmp(ui_catalog(&world->ui)->caption[list_item(list(world), row - 1)],
                                   ui_catalog(&world->ui)->caption[list_item(list(world), row)]) <= 0);
            else
                assert_true(value_of(world, row - 1, (enum sort)sort) <= value_of(world, row, (enum sort)sort));
    }
    world_keys(world, "S");
    assert_int_equal(world->ui.sort, SORT_WORST);
    world_command(world, "sort nosuch");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_reverse(struct world *world)
{
    in_failures(world);
    size_t first = list_item(list(world), 0), last = list_item(list(world), list(world)->count - 1);
    world_keys(world, "R");
    assert_int_equal(list_item(list(world), 0), last);
    assert_int_equal(list_item(list(world), list(world)->count - 1), first);
}

static void t_all(struct world *world)
{
    in_failures(world);
    size_t failing = list(world)->count;
    world_keys(world, "A");
    assert_int_equal(list(world)->count, 60);
    world_command(world, "filter rank>1");
    assert_int_equal(list(world)->count, failing);
    world_command(world, "filter rank=1 margin>=0");
    assert_int_equal(list(world)->count, 60 - failing);
    world_command(world, "filter unknown>0 length<100 ball");
    for (size_t row = 0; row < list(world)->count; row++) {
        size_t c = list_item(list(world), row);
        assert_true(c % 9 == 4 && strstr(ui_catalog(&world->ui)->caption[c], "ball"));
    }
    world_command(world, "filter score>1000");
    assert_int_equal(list(world)->count, 0);
    world_command(world, "filter rank>"); /* no condition, so a text */
    assert_int_equal(list(world)->count, 0);
    world_command(world, "filter ");
    world_keys(world, "Esc A");
    assert_int_equal(world->ui.worse_than, 1);
}

static void t_flip(struct world *world)
{
    in_failures(world);
    size_t item = world_item(world);
    assert_int_equal(ui_pair(&world->ui).image, item / 5);
    world_keys(world, "f");
    assert_int_equal(ui_pair(&world->ui).image, ui_survey(&world->ui)->of[item].best);
}

static void t_mark(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "Space");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* typed, so not of the split */
    world_keys(world, "4");
    world_keys(world, "Space Space");
    assert_true(ui_marked(&world->ui, 0) && ui_marked(&world->ui, 1));
    world_keys(world, "k Space");
    assert_int_equal(world->ui.mark_count, 1);
}

static void t_next_mark(struct world *world)
{
    in_captions(world);
    world_keys(world, "'");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "j Space j j Space g '");
    assert_int_equal(list(world)->selected, 1);
    world_keys(world, "' '");
    assert_int_equal(list(world)->selected, 1);
}

static void t_previous_mark(struct world *world)
{
    in_captions(world);
    world_keys(world, "j Space j j Space g \"");
    assert_int_equal(list(world)->selected, 4);
}

static void t_only_marked(struct world *world)
{
    in_captions(world);
    world_keys(world, "*");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "j Space j j Space *");
    assert_int_equal(list(world)->count, 2);
    assert_int_equal(list_item(list(world), 1), 4);
    world_keys(world, "g Space"); /* let go of: its row goes */
    assert_int_equal(list(world)->count, 1);
    world_keys(world, "*");
    assert_int_equal(list(world)->count, 60);
}

static void t_export_marked(struct world *world)
{
    in_captions(world);
    world_keys(world, "E");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "Space G Space");
    world_key(world, "E");
    size_t exports = 0, last = 0;
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.items[i].kind == EFFECT_REQUEST &&
            world->effects.items[i].request.kind == REQUEST_EXPORT) {
            exports++;
            last = world->effects.items[i].request.image;
        }
    assert_int_equal(exports, 2);
    assert_int_equal(last, 11);
}

static void t_save_marks(struct world *world)
{
    in_captions(world);
    world_keys(world, "W");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_keys(world, "j Space");
    world_key(world, "W");
    const struct effect *save = world_effect(world, EFFECT_SAVE);
    assert_non_null(save);
    assert_string_equal(save->path, "marks.jsonl");
    assert_string_equal(save->text, "{\"kind\": \"words\", \"caption_index\": 1, \"style\": \"fade\", \"map\": "
                                    "\"viridis\", \"output\": \"caption-1.png\"}\n");
    world_command(world, "save-marks other.jsonl");
    assert_string_equal(world_effect(world, EFFECT_SAVE)->path, "other.jsonl");
}

/* ---- picture ----------------------------------------------------------------------------------- */

static void t_overlay(struct world *world)
{
    world_ask(world, "a red ball");
    world_key(world, "o");
    assert_int_equal(world_request(world, REQUEST_PICTURE)->picture.style, OVERLAY_HEAT);
    world_settle(world);
    world_keys(world, "o");
    assert_true(world->ui.overlay == OVERLAY_BOXES && world->ui.box_count == 1);
    world_keys(world, "o");
    assert_true(world->ui.overlay == OVERLAY_BOXES && world->ui.box_count == 5);
    world_keys(world, "o");
    assert_int_equal(world->ui.overlay, OVERLAY_NONE);
    world_keys(world, "o");
    assert_int_equal(world->ui.overlay, OVERLAY_FADE);
    world_command(world, "overlay top");
    assert_true(world->ui.overlay == OVERLAY_BOXES && world->ui.box_count == 5);
    world_command(world, "overlay boxes");
    assert_int_equal(world->ui.box_count, 1);
    world_command(world, "overlay nosuch");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_map(struct world *world)
{
    world_ask(world, "a red ball");
    world_key(world, "m");
    assert_int_equal(world_request(world, REQUEST_PICTURE)->picture.map, MAP_CIVIDIS);
    assert_int_equal(world->ui.overlay, OVERLAY_HEAT);
    world_command(world, "map magma");
    assert_int_equal(world->ui.map, MAP_MAGMA);
}

static void t_boxes(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "b");
    assert_int_equal(world->ui.box_count, 5);
    world_keys(world, "b b");
    assert_int_equal(world->ui.box_count, 1);
    world_command(world, "boxes 3");
    assert_int_equal(world->ui.box_count, 3);
    world_command(world, "boxes 9999999");
    assert_int_equal(world->ui.box_count, 36);
}

static void t_regions(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "r");
    assert_true(world->ui.regions);
}

static void t_next_region(struct world *world)
{
    world_ask(world, "a red ball");
    const struct look *look = ui_look(&world->ui);
    world_keys(world, "}");
    size_t region = (size_t)world->ui.region;
    for (size_t r = 0; r < look->R; r++)
        assert_true(look->weights[2 * look->R + region] >= look->weights[2 * look->R + r]);
    world_keys(world, "J");
    assert_int_not_equal((size_t)world->ui.region, region);
}

static void t_previous_region(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "J");
    ptrdiff_t region = world->ui.region;
    world_keys(world, "J {");
    assert_int_equal(world->ui.region, region);
}

static void t_region(struct world *world)
{
    world_ask(world, "a red ball");
    world_key(world, "#");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "region ");
    world_enter(world, "region 4");
    assert_int_equal(world->ui.region, 4);
    world_keys(world, "#");
    assert_int_equal(world->ui.region, -1);
    world_command(world, "region 6");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_command(world, "region -1");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_words(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "a");
    assert_true(world->ui.word_table);
    world_keys(world, "a");
    assert_false(world->ui.word_table);
    world_command(world, "words on");
    world_command(world, "words on");
    assert_true(world->ui.word_table);
    world_command(world, "words many");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_pin(struct world *world)
{
    float weights[6];
    world_ask(world, "a red ball");
    world_keys(world, "p Left");
    assert_true(ui_weights(&world->ui, weights));
    const struct look *look = ui_look(&world->ui);
    for (int r = 0; r < 6; r++)
        assert_float_equal(weights[r], (look->weights[6 + r] + look->weights[12 + r]) / 2, 1e-6);
}

static void t_unpin(struct world *world)
{
    float weights[6];
    world_ask(world, "a red ball");
    world_keys(world, "p Left P");
    assert_true(ui_weights(&world->ui, weights));
    assert_float_equal(weights[0], ui_look(&world->ui)->weights[6], 1e-6);
}

/* ---- opening ----------------------------------------------------------------------------------- */

/* The start screen, on the row of a field. */
static void at_field(struct world *world, enum start_field field)
{
    world_keys(world, world->ui.prompt ? "Esc 0" : "0");
    assert_int_equal(world->ui.view, VIEW_START);
    list_select(list(world), (size_t)field); /* no sessions of before stand above */
}

static void t_start(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "0");
    assert_non_null(world_request(world, REQUEST_RECENT));
    assert_int_equal(world->ui.view, VIEW_START);
    world_keys(world, "Esc");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
}

static void t_load(struct world *world)
{
    world_keys(world, "Esc 0");
    world_key(world, "L");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* nothing is chosen */
    assert_non_null(ui_catalog(&world->ui));
    world_command(world, "load /runs/b.pth.tar /runs/f30k dev");
    assert_non_null(world_effect(world, EFFECT_CLOSE));
    const struct request *request = world_request(world, REQUEST_OPEN);
    assert_string_equal(request->sources[0].of[SOURCE_MODEL], "/runs/b.pth.tar");
    assert_string_equal(request->sources[0].of[SOURCE_DATA], "/runs/f30k");
    assert_string_equal(request->sources[0].of[SOURCE_SPLIT], "dev");
    assert_null(ui_catalog(&world->ui));
}

static void t_path(struct world *world)
{
    world_keys(world, "Esc");
    world_command(world, "path /runs/a.pth.tar");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* of no field */
    at_field(world, START_MODEL);
    world_key(world, "i");
    assert_int_equal(world_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_PATH);
    world_enter(world, "/runs/a.pth.tar");
    assert_string_equal(start_value(&world->ui, START_MODEL), "/runs/a.pth.tar");
    at_field(world, START_SPLIT);
    world_key(world, "i");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_split(struct world *world)
{
    at_field(world, START_DATA);
    world_keys(world, "s");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* none are known */
    world_command(world, "path /runs/f30k");
    world_settle(world);
    assert_string_equal(start_value(&world->ui, START_SPLIT), "test");
    world_keys(world, "s");
    assert_string_equal(start_value(&world->ui, START_SPLIT), "train");
    world_keys(world, "s");
    assert_string_equal(start_value(&world->ui, START_SPLIT), "dev");
    world_command(world, "split mine");
    assert_string_equal(start_value(&world->ui, START_SPLIT), "mine");
}

static void t_clear(struct world *world)
{
    at_field(world, START_PHOTOS);
    world_command(world, "path /photos");
    assert_string_equal(start_value(&world->ui, START_PHOTOS), "/photos");
    at_field(world, START_PHOTOS);
    world_keys(world, "d");
    assert_string_equal(start_value(&world->ui, START_PHOTOS), "");
    world_keys(world, "G d"); /* the row that opens has nothing */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

/* The browser of a field, in /runs/other. */
static void browse(struct world *world, enum start_field field)
{
    at_field(world, field);
    world_keys(world, "Enter");
    assert_int_equal(world->ui.view, VIEW_FILES);
    start_folder(&world->ui, "/runs/other");
    world_keys(world, "g");
}

static void t_parent(struct world *world)
{
    browse(world, START_MODEL);
    world_key(world, "h");
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/runs");
    world_settle(world);
    world_key(world, "Backspace");
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/");
}

static void t_enter_folder(struct world *world)
{
    browse(world, START_DATA);
    world_command(world, "find f30k");
    world_key(world, "l"); /* where Enter would choose it */
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/runs/other/f30k");
    assert_string_equal(start_value(&world->ui, START_DATA), "");
}

/* ---- taking away ------------------------------------------------------------------------------- */

static void t_export(struct world *world)
{
    world_keys(world, "Esc e");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_ask(world, "a red ball");
    world_command(world, "export x.png");
    const struct request *request = world_request(world, REQUEST_EXPORT);
    assert_string_equal(request->path, "x.png");
    assert_string_equal(request->text, "a red ball");
}

static void t_copy(struct world *world)
{
    in_captions(world);
    world_key(world, "y");
    assert_string_equal(world_effect(world, EFFECT_COPY)->text, ui_catalog(&world->ui)->caption[0]);
}

static void t_copy_id(struct world *world)
{
    in_captions(world);
    world_keys(world, "G");
    world_key(world, "Y");
    assert_string_equal(world_effect(world, EFFECT_COPY)->text, "1011.png");
}

static void t_external(struct world *world)
{
    world_keys(world, "Esc 3 G");
    world_key(world, "v");
    assert_int_equal(world_effect(world, EFFECT_VIEW_FILE)->image, 11);
}

/* ---- program ----------------------------------------------------------------------------------- */

static void t_bind(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "+");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "bind ");
    world_enter(world, "bind F2 map magma");
    world_keys(world, "4 F2");
    assert_int_equal(world->ui.map, MAP_MAGMA);
    world_command(world, "bind Nokey quit");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_command(world, "bind F3 nosuch");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_unbind(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "-");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "unbind ");
    world_enter(world, "unbind q");
    world_keys(world, "q");
    assert_false(world->ui.leaving);
}

static void t_theme(struct world *world)
{
    const struct theme *before = world->ui.theme;
    world_keys(world, "Esc");
    world_key(world, "Ctrl-T");
    assert_ptr_not_equal(world->ui.theme, before);
    assert_non_null(world_effect(world, EFFECT_REPAINT));
    world_command(world, "theme light");
    assert_string_equal(theme_name(world->ui.theme), "light");
    world_command(world, "theme nosuch");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_mouse(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "M");
    assert_false(world->ui.mouse);
    assert_int_equal(world_effect(world, EFFECT_MOUSE)->number, 0);
    world_command(world, "mouse on");
    assert_true(world->ui.mouse);
}

static void t_colours(struct world *world)
{
    world->ui.depth_most = DEPTH_256;
    world->ui.depth = DEPTH_256;
    world_keys(world, "Esc C");
    assert_int_equal(world->ui.depth, DEPTH_MONO);
    world_keys(world, "C C C"); /* round, within what the terminal can */
    assert_int_equal(world->ui.depth, DEPTH_MONO);
    world_command(world, "colours 16");
    assert_int_equal(world->ui.depth, DEPTH_16);
    world_command(world, "colours truecolor");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_symbols(struct world *world)
{
    world_keys(world, "Esc");
    world_command(world, "symbols ascii");
    assert_true(world->ui.ascii);
    world_keys(world, "B");
    assert_int_equal(world->ui.symbols, SYMBOLS_HALF);
    assert_false(world->ui.ascii);
}

static void t_graphics(struct world *world)
{
    world_ask(world, "a red ball");
    world_key(world, "X");
    assert_int_equal(world->ui.graphics, WISH_SIXEL);
    assert_int_equal(world_request(world, REQUEST_PICTURE)->picture.graphics, GRAPHICS_SIXEL);
    world_command(world, "graphics cells");
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    assert_null(world_request(world, REQUEST_PICTURE)); /* that one is still there */
    world_command(world, "graphics svg");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_thumbnails(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "H");
    assert_true(world_says(world, "64 MB"));
    assert_null(world_effect(world, EFFECT_CACHE));
    world_command(world, "thumbnails 5");
    assert_int_equal(world_effect(world, EFFECT_CACHE)->number, 5);
    world_command(world, "thumbnails 5x");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_int_equal(world->ui.cache_mb, 5);
}

static void t_undo(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "j j");
    world_ask(world, "a blue dog");
    world_keys(world, "o a Z u u u");
    assert_true(!world->ui.wide && !world->ui.word_table && world->ui.overlay == OVERLAY_FADE);
    world_keys(world, "u");
    assert_string_equal(ui_query(&world->ui)->text, "a red ball");
    assert_int_equal(list(world)->selected, 2);
}

static void t_redraw(struct world *world)
{
    world_key(world, "Ctrl-L");
    assert_non_null(world_effect(world, EFFECT_REPAINT));
}

static void t_suspend(struct world *world)
{
    world_key(world, "Ctrl-Z");
    assert_non_null(world_effect(world, EFFECT_SUSPEND));
}

static void t_quit(struct world *world)
{
    world_keys(world, "Esc");
    world_key(world, "q");
    assert_true(world->ui.leaving);
    assert_non_null(world_effect(world, EFFECT_QUIT));
}

#define TEST(name, function) {name, t_##function}

static const struct {
    const char *command;
    void (*run)(struct world *world);
} command_tests[] = {
    TEST("caption", caption),
    TEST("leave-prompt", leave_prompt),
    TEST("palette", palette),
    TEST("cancel", cancel),
    TEST("down", down),
    TEST("up", up),
    TEST("page-down", page_down),
    TEST("page-up", page_up),
    TEST("first", first),
    TEST("last", last),
    TEST("right", right),
    TEST("left", left),
    TEST("next-word", next_word),
    TEST("previous-word", previous_word),
    TEST("truth", truth),
    TEST("find", find),
    TEST("find-next", find_next),
    TEST("find-previous", find_previous),
    TEST("filter", filter),
    TEST("image", image),
    TEST("open", open),
    TEST("back", back),
    TEST("search", search),
    TEST("matches", matches),
    TEST("images", images),
    TEST("captions", captions),
    TEST("failures", failures),
    TEST("help", help),
    TEST("sheet", sheet),
    TEST("zoom", zoom),
    TEST("wide", wide),
    TEST("start", start),
    TEST("load", load),
    TEST("path", path),
    TEST("split", split),
    TEST("clear", clear),
    TEST("parent", parent),
    TEST("enter-folder", enter_folder),
    TEST("compare", compare),
    TEST("side", side),
    TEST("word", word),
    TEST("moved", moved),
    TEST("next-failure", next_failure),
    TEST("previous-failure", previous_failure),
    TEST("sort", sort),
    TEST("reverse", reverse),
    TEST("all", all),
    TEST("flip", flip),
    TEST("mark", mark),
    TEST("next-mark", next_mark),
    TEST("previous-mark", previous_mark),
    TEST("only-marked", only_marked),
    TEST("export-marked", export_marked),
    TEST("save-marks", save_marks),
    TEST("overlay", overlay),
    TEST("map", map),
    TEST("boxes", boxes),
    TEST("regions", regions),
    TEST("next-region", next_region),
    TEST("previous-region", previous_region),
    TEST("region", region),
    TEST("words", words),
    TEST("pin", pin),
    TEST("unpin", unpin),
    TEST("export", export),
    TEST("copy", copy),
    TEST("copy-id", copy_id),
    TEST("external", external),
    TEST("bind", bind),
    TEST("unbind", unbind),
    TEST("theme", theme),
    TEST("mouse", mouse),
    TEST("colours", colours),
    TEST("symbols", symbols),
    TEST("graphics", graphics),
    TEST("thumbnails", thumbnails),
    TEST("undo", undo),
    TEST("redraw", redraw),
    TEST("suspend", suspend),
    TEST("quit", quit),
};

static bool tested(const char *name)
{
    for (size_t i = 0; i < sizeof command_tests / sizeof *command_tests; i++)
        if (!strcmp(command_tests[i].command, name))
            return true;
    return false;
}

static void test_every_command_has_a_test_and_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ui_command_count; i++) {
        if (!tested(ui_commands[i].name))
            fail_msg("the command \"%s\" has no test here", ui_commands[i].name);
        if (!*ui_commands[i].keys)
            fail_msg("the command \"%s\" has no key", ui_commands[i].name);
    }
    for (size_t i = 0; i < sizeof command_tests / sizeof *command_tests; i++)
        if (!command_named(command_tests[i].command))
            fail_msg("there is no command \"%s\"", command_tests[i].command);
}

static void test_command(void **state)
{
    struct fake_options options = {.clumsy = true};
    size_t at = (size_t)*state;
    struct world *world = world_new(&options, 1, 40, 120);
    command_tests[at].run(world);
    world_free(world);
}

int main(void)
{
    enum { COUNT = sizeof command_tests / sizeof *command_tests };
    struct CMUnitTest tests[COUNT + 1];
    setlocale(LC_ALL, "C.UTF-8");
    tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(test_every_command_has_a_test_and_a_key);
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){command_tests[i].command, test_command, NULL, NULL, (void *)i};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
