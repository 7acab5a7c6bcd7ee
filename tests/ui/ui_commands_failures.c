/* ui_commands_failures.c: commands of failures and the picture. */
#include <string.h>

#include "analyse/failures.h"
#include "base/mem.h"
#include "tests/ui/ui_commands.h"

/* ---- failures ---- */

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
    assert_true(survey->of[row].rank > 1);
    for (size_t c = 1; c < row; c++)
        assert_int_equal(survey->of[c].rank, 1);
    world_keys(world, "G ]");
    assert_true(world_says(world, "No failure"));
}

static void t_previous_failure(struct world *world)
{
    in_failures(world);
    world_keys(world, "] ] [");
    assert_true(world_says(world, "Failure 2 of"));
    world_keys(world, "4 G [");
    assert_true(ui_survey(&world->ui)->of[list(world)->selected].rank > 1);
}

static double value_of(const struct world *world, size_t row, enum sort sort)
{
    size_t c = list_item(ui_list_const(&world->ui, VIEW_FAILURES), row);
    const struct failure *f = &ui_survey(&world->ui)->of[c];
    switch (sort) {
    case SORT_WORST:
        return -(double)f->rank;
    case SORT_BEST:
        return (double)f->rank;
    case SORT_ORDER:
        return (double)c;
    case SORT_SCORE:
        return f->score;
    case SORT_MARGIN:
        return f->margin;
    case SORT_LENGTH:
        return -(double)f->length;
    default:
        return -(double)f->unknown;
    }
}

static void t_sort(struct world *world)
{
    in_failures(world);
    for (int sort = 0; sort < SORTS; sort++) {
        char *command = mem_printf("sort %s", setting_table[SETTING_SORT].names[sort]);
        world_command(world, command);
        free(command);
        for (size_t row = 1; row < list(world)->count; row++)
            if (sort == SORT_TEXT)
                assert_true(strcmp(ui_catalog(&world->ui)->caption[list_item(list(world), row - 1)],
                                   ui_catalog(&world->ui)->caption[list_item(list(world), row)]) <=
                            0);
            else
                assert_true(value_of(world, row - 1, (enum sort)sort) <=
                            value_of(world, row, (enum sort)sort));
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
    world_command(world, "filter not (rank>1 or margin<0) and words ~ \"ball\"");
    assert_in_range(list(world)->count, 1, 59);
    for (size_t row = 0; row < list(world)->count; row++) {
        const struct failure *f = &ui_survey(&world->ui)->of[list_item(list(world), row)];
        assert_true(f->rank == 1 && f->margin >= 0 && strstr(f->words, "ball"));
    }
    size_t shown = list(world)->count;
    world_command(world, "filter rank>"); /* a mistake changes nothing */
    assert_true(world_says(world, "& rank>: column 6: "));
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_int_equal(list(world)->count, shown);
    world_command(world, "filter rnak>3");
    assert_true(world_says(world, "column 1: "));
    assert_int_equal(list(world)->count, shown);
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
    assert_int_equal(ui_pair(&world->ui).image, ui_survey(&world->ui)->of[item].wrong);
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
    world_keys(world, "g Space"); /* unmarked: its row goes */
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
    assert_string_equal(save->text,
                        "{\"kind\": \"words\", \"caption_index\": 1, \"style\": \"fade\", \"map\": "
                        "\"viridis\", \"output\": \"caption-1.png\"}\n");
    world_command(world, "save-marks other.jsonl");
    assert_string_equal(world_effect(world, EFFECT_SAVE)->path, "other.jsonl");
}

/* ---- picture ---- */

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

/* A model with one direction says so; tests/ui/test_ui_kinds.c has those with both. */
static void t_direction(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "d");
    assert_true(world_says(world, "only the words attend to regions"));
    assert_int_equal(world->ui.way, LOOK_WORDS);
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
        assert_true(look->of[LOOK_WORDS].weights[2 * look->R + region] >=
                    look->of[LOOK_WORDS].weights[2 * look->R + r]);
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
        assert_float_equal(
            weights[r],
            (look->of[LOOK_WORDS].weights[6 + r] + look->of[LOOK_WORDS].weights[12 + r]) / 2, 1e-6);
}

static void t_unpin(struct world *world)
{
    float weights[6];
    world_ask(world, "a red ball");
    world_keys(world, "p Left P");
    assert_true(ui_weights(&world->ui, weights));
    assert_float_equal(weights[0], ui_look(&world->ui)->of[LOOK_WORDS].weights[6], 1e-6);
}

/* ---- all of them ---- */

const struct command_test commands_of_failures[] = {
    COMMAND_TEST("next-failure", next_failure),
    COMMAND_TEST("previous-failure", previous_failure),
    COMMAND_TEST("sort", sort),
    COMMAND_TEST("reverse", reverse),
    COMMAND_TEST("all", all),
    COMMAND_TEST("flip", flip),
    COMMAND_TEST("mark", mark),
    COMMAND_TEST("next-mark", next_mark),
    COMMAND_TEST("previous-mark", previous_mark),
    COMMAND_TEST("only-marked", only_marked),
    COMMAND_TEST("export-marked", export_marked),
    COMMAND_TEST("save-marks", save_marks),
    COMMAND_TEST("overlay", overlay),
    COMMAND_TEST("map", map),
    COMMAND_TEST("boxes", boxes),
    COMMAND_TEST("direction", direction),
    COMMAND_TEST("regions", regions),
    COMMAND_TEST("next-region", next_region),
    COMMAND_TEST("previous-region", previous_region),
    COMMAND_TEST("region", region),
    COMMAND_TEST("words", words),
    COMMAND_TEST("pin", pin),
    COMMAND_TEST("unpin", unpin),
    {0},
};
