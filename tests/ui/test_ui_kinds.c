/* The explorer with models of other kinds than SCAN, through the pure update: attention in either
 * direction, and none at all, where every key says why it does nothing. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "tests/ui/ui_world.h"
#include "ui/actions/start.h"
#include "ui/state/word_units.h"

static struct world *world_of(enum fake_kind a, enum fake_kind b, int models)
{
    struct fake_options options = {.kinds = {a, b}};
    struct world *world = world_new(&options, models, 40, 120);
    world_ask(world, "a red ball");
    return world;
}

static void assert_weights(struct world *world, enum look_way way)
{
    float weights[6];
    const struct look *look = ui_look(&world->ui);
    assert_true(ui_weights(&world->ui, weights));
    for (int r = 0; r < 6; r++)
        assert_float_equal(weights[r], look->of[way].weights[world->ui.word * 6 + r], 1e-6);
}

static float number(const struct world *world, size_t word)
{
    float out = 0;
    assert_true(word_units_number(&world->ui, ui_look(&world->ui), word, &out));
    return out;
}

static void test_both_directions(void **state)
{
    (void)state;
    struct world *world = world_of(FAKE_BFAN, 0, 1);
    const struct look *look = ui_look(&world->ui);
    assert_weights(world, LOOK_WORDS);
    assert_float_equal(number(world, 1), look->of[LOOK_WORDS].similarity[1], 1e-6);
    world_keys(world, "d");
    assert_true(world_says(world, "of the regions"));
    assert_weights(world, LOOK_REGIONS);
    assert_float_equal(number(world, 1), look->of[LOOK_REGIONS].similarity[1], 1e-6);
    world_keys(world, "}");
    assert_float_equal(number(world, 2),
                       look->of[LOOK_REGIONS].weights[2 * 6 + (size_t)world->ui.region], 1e-6);
    world_keys(world, "u u"); /* the table of regions, too */
    assert_weights(world, LOOK_WORDS);
    world_command(world, "direction regions");
    assert_weights(world, LOOK_REGIONS);
    world_command(world, "direction sideways");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_free(world);
}

/* The figure is of the direction that is shown. */
static void test_a_figure_has_the_direction(void **state)
{
    (void)state;
    struct world *world = world_of(FAKE_BFAN, 0, 1);
    world_key(world, "d");
    world_key(world, "e");
    const struct request *request = world_request(world, REQUEST_EXPORT);
    assert_non_null(request);
    assert_int_equal(request->way, LOOK_REGIONS);
    world_free(world);
}

static void test_without_attention(void **state)
{
    static const char *const keys[] = {"o", "m", "b", "d", "p", "}", "{", "J", "K"};
    float weights[6];
    (void)state;
    struct world *world = world_of(FAKE_VSE, 0, 1);
    assert_null(ui_attention(&world->ui));
    assert_false(ui_weights(&world->ui, weights));
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        ui_say(&world->ui, ROLE_DIM, "nothing yet");
        world_keys(world, keys[i]);
        if (!world_says(world, "no word looks at a region"))
            fail_msg("%s says: %s", keys[i], world->ui.message.text);
        assert_int_equal(world->ui.region, -1);
        assert_int_equal(world->ui.pin_count, 0);
    }
    world_command(world, "region 2");
    assert_true(world_says(world, "no word looks at a region"));
    const struct look *look = ui_look(&world->ui);
    assert_float_equal(number(world, 2), look->share[2], 1e-6);
    assert_int_equal(world->ui.word, 2); /* the one that adds most */
    char *text = word_units_text(&world->ui);
    assert_non_null(strstr(text, "the score less that without it"));
    free(text);
    world_free(world);
}

/* A region selected on one side means nothing on a side without attention. */
static void test_beside_another_kind(void **state)
{
    (void)state;
    struct world *world = world_of(FAKE_BFAN, FAKE_VSE, 2);
    assert_true(ui_compares(&world->ui) && ui_beside_another_kind(&world->ui));
    world_keys(world, "} d");
    assert_true(world->ui.region >= 0);
    assert_int_equal(world->ui.way, LOOK_REGIONS);
    world_keys(world, "s");
    const struct look *look = ui_look(&world->ui);
    assert_null(look->of[LOOK_WORDS].weights);
    assert_float_equal(number(world, 2), look->share[2], 1e-6);
    world_keys(world, "o"); /* of the other side's pictures */
    assert_int_equal(world->ui.overlay, OVERLAY_HEAT);
    assert_true(world_says(world, "Overlay: heat"));
    world_keys(world, "=");
    ui_say(&world->ui, ROLE_DIM, "nothing yet");
    world_keys(world, "o"); /* now it is alone */
    assert_true(world_says(world, "no word looks at a region"));
    world_free(world);
}

static void test_weights_in_the_score(void **state)
{
    (void)state;
    struct world *world = world_of(FAKE_SGRAF, 0, 1);
    struct layout layout;
    layout_make(&world->ui, &layout);
    assert_int_equal(layout.word_rows, 3);
    char *text = word_units_text(&world->ui);
    assert_non_null(strstr(text, "as wholes 0.310"));
    free(text);
    world_keys(world, "d");
    assert_true(world_says(world, "SGRAF SGR: only the words attend to regions"));
    world_free(world);
    world = world_of(FAKE_SCAN, 0, 1);
    assert_null(word_units_text(&world->ui));
    world_free(world);
}

/* A family that does not fit leaves nothing to ask, but the next one can be chosen. */
static void test_a_wrong_family_is_chosen_again(void **state)
{
    (void)state;
    struct world *world = world_of(FAKE_SCAN, 0, 1);
    struct source *form = &world->ui.start.form[0];
    assert_string_equal(model_given_name(0), "family");
    source_set(form, SOURCE_MODEL, "/runs/some.pth.tar");
    source_set(form, SOURCE_GIVEN, "sgraf");
    world->ui.start.fitness = mem_new(1, sizeof *world->ui.start.fitness);
    start_next_option(&world->ui, START_OPTION, &world->effects);
    assert_string_equal(form->of[SOURCE_GIVEN], "bfan");
    world_free(world);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_directions),
        cmocka_unit_test(test_a_figure_has_the_direction),
        cmocka_unit_test(test_without_attention),
        cmocka_unit_test(test_beside_another_kind),
        cmocka_unit_test(test_weights_in_the_score),
        cmocka_unit_test(test_a_wrong_family_is_chosen_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
