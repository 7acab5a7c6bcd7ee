/* The update is pure: events go in, the state and the effects are looked at; nothing else happens.
 */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "analyse/failures.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/ui/ui_world.h"
#include "ui/actions/browse.h"
#include "ui/actions/start.h"
#include "ui/commands/commands.h"
#include "ui/state/layout.h"
#include "ui/state/region_table.h"

/* The fake backend's answer to what is awaited. */
static void answer_ranked(struct world *world)
{
    struct event event = {.kind = EVENT_RANKED,
                          .request = REQUEST_RANK,
                          .serial = world_awaited(world, REQUEST_RANK)};
    struct ask ask = {ui_query(&world->ui)->text, ui_query(&world->ui)->caption};
    struct error err;
    assert_done(
        world->backends[0]->ops->rank_images(world->backends[0], &ask, NULL, &event.ranking, &err),
        err);
    world_send(world, event);
}

static void answer_looked(struct world *world)
{
    struct event event = {.kind = EVENT_LOOKED,
                          .request = REQUEST_LOOK,
                          .serial = world_awaited(world, REQUEST_LOOK)};
    struct pair pair = ui_pair(&world->ui);
    struct ask ask = {ui_caption_text(&world->ui, &pair), pair.caption};
    struct error err;
    assert_done(
        world->backends[0]->ops->look(world->backends[0], pair.image, &ask, &event.look, &err),
        err);
    world_send(world, event);
}

static void test_prompt_has_the_keys_at_first(void **state)
{
    struct world *world = *state;
    assert_true(world->ui.prompt);
    world_key(world, "q");
    const struct effect *effect = world_effect(world, EFFECT_LINE_KEY);
    assert_non_null(effect);
    assert_int_equal(effect->key, 'q');
    assert_false(world->ui.leaving);
}

static void test_caption_asks_for_a_ranking_once(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    const struct request *request = world_request(world, REQUEST_RANK);
    assert_non_null(request);
    assert_string_equal(request->text, "a red ball");
    assert_int_equal(request->caption, -1);
    assert_false(world->ui.prompt);
    world_key(world, "j");
    assert_null(world_request(world, REQUEST_RANK));
}

static void test_empty_caption_is_said(void **state)
{
    struct world *world = *state;
    world_enter(world, "  \t ");
    assert_true(world->ui.prompt);
    assert_null(world_request(world, REQUEST_RANK));
    assert_non_null(strstr(world->ui.message.text, "empty"));
}

static void test_ranking_asks_for_look_then_picture(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    answer_ranked(world);
    assert_non_null(world_request(world, REQUEST_LOOK));
    assert_null(world_request(world, REQUEST_PICTURE)); /* the word to show is not known yet */
    assert_non_null(world_request(world, REQUEST_THUMBS));
    answer_looked(world);
    const struct request *picture = world_request(world, REQUEST_PICTURE);
    assert_non_null(picture);
    assert_non_null(picture->weights);
    assert_int_equal(picture->count, 6);
    assert_int_equal(world->ui.word, 2); /* "ball" is the warmest word */
}

static void test_moving_along_words_asks_for_their_pictures(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    world_key(world, "Left");
    assert_int_equal(world->ui.word, 1);
    assert_non_null(world_request(world, REQUEST_PICTURE));
    world_key(world, "h");
    world_key(world, "h");
    assert_int_equal(world->ui.word, -1);
    const struct request *plain = world_request(world, REQUEST_PICTURE);
    assert_non_null(plain);
    assert_null(plain->weights);
    world_key(world, "h");
    assert_int_equal(world->ui.word, -1);
    assert_null(world_request(world, REQUEST_PICTURE));
}

static void test_late_answers_are_dropped(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    unsigned old = world_awaited(world, REQUEST_RANK);
    world_key(world, "i");
    world_enter(world, "a blue dog");
    struct event late = {.kind = EVENT_RANKED, .request = REQUEST_RANK, .serial = old};
    struct ask ask = {"a red ball", -1};
    struct error err;
    assert_done(
        world->backends[0]->ops->rank_images(world->backends[0], &ask, NULL, &late.ranking, &err),
        err);
    world_send(world, late);
    assert_null(world->ui.sides[0].ranking);
    answer_ranked(world);
    assert_non_null(world->ui.sides[0].ranking);
}

static void test_a_draft_survives_leaving_the_prompt(void **state)
{
    struct world *world = *state;
    world_send(world,
               (struct event){.kind = EVENT_LINE, .text = mem_strdup("a half typ"), .point = 10});
    world_key(world, "Esc");
    assert_false(world->ui.prompt);
    world_key(world, "i");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "a half typ");
}

static void test_cancel_drops_the_work(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    world_key(world, "Ctrl-C");
    assert_non_null(world_effect(world, EFFECT_CANCEL));
    assert_true(ui_idle(&world->ui));
    world_key(world, "Ctrl-C");
    assert_false(world->ui.leaving);
    world_key(world, "Ctrl-C");
    assert_true(world->ui.leaving);
}

static void test_views_and_back(void **state)
{
    struct world *world = *state;
    world_key(world, "Esc");
    world_key(world, "4");
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 60);
    assert_non_null(world_request(world, REQUEST_LOOK)); /* of the caption with its own image */
    world_key(world, "G");
    world_key(world, "Enter");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    assert_int_equal(ui_query(&world->ui)->caption, 59);
    answer_ranked(world);
    world_key(world, "T");
    size_t item;
    assert_true(ui_selected(&world->ui, VIEW_SEARCH, &item));
    assert_int_equal(world->ui.sides[0].ranking->places[item].index, 11);
    world_key(world, "x");
    assert_int_equal(world->ui.view, VIEW_MATCHES);
    assert_int_equal(world_request(world, REQUEST_CAPTIONS)->image, 11);
    world_key(world, "Esc");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
}

static void test_find_and_filter(void **state)
{
    struct world *world = *state;
    world_key(world, "Esc");
    world_key(world, "4");
    world_command(world, "find kite");
    size_t item;
    assert_true(ui_selected(&world->ui, VIEW_CAPTIONS, &item));
    assert_non_null(strstr(world->backends[0]->catalog.caption[item], "kite"));
    size_t first = item;
    world_key(world, "n");
    assert_true(ui_selected(&world->ui, VIEW_CAPTIONS, &item));
    assert_int_equal(item, first + 1);
    world_command(world, "filter blue");
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 10);
    world_command(world, "filter nosuchword");
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 60);
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_null(strstr(world->ui.message.text, "conditions"));
    world_command(world, "filter rank>10");
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 60);
    assert_non_null(strstr(world->ui.message.text, "conditions filter the failures"));
}

static void test_pins_add_weights(void **state)
{
    struct world *world = *state;
    float weights[6];
    world_enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    world_key(world, "p");
    world_key(world, "Left");
    assert_true(ui_weights(&world->ui, weights));
    const struct look *look = ui_look(&world->ui);
    for (int r = 0; r < 6; r++)
        assert_float_equal(
            weights[r],
            (look->of[LOOK_WORDS].weights[6 + r] + look->of[LOOK_WORDS].weights[12 + r]) / 2, 1e-6);
    world_key(world, "P");
    assert_true(ui_weights(&world->ui, weights));
    assert_float_equal(weights[0], look->of[LOOK_WORDS].weights[6], 1e-6);
}

static void test_a_word_is_changed_beside_the_old_ranking(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    world_key(world, "w");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "ball");
    world_enter(world, "dog");
    assert_string_equal(ui_query(&world->ui)->text, "a red dog");
    assert_string_equal(world->ui.sides[1].query.text, "a red ball");
    assert_int_equal(world->ui.shown, 2);
    const struct request *request = world_request(world, REQUEST_RANK);
    assert_string_equal(request->text, "a red dog");
    assert_int_equal(request->side, 0);
    world_key(world, "=");
    assert_int_equal(world->ui.shown, 1);
}

static void test_the_survey_comes_in_parts_and_can_be_stopped(void **state)
{
    struct world *world = *state;
    world_key(world, "Esc");
    world_key(world, "5");
    const struct request *request = world_request(world, REQUEST_SURVEY);
    assert_non_null(request);
    assert_int_equal(request->count, 60);
    struct event part = {.kind = EVENT_SURVEYED,
                         .request = REQUEST_SURVEY,
                         .serial = request->serial,
                         .first = 0,
                         .count = 3,
                         .done = 3,
                         .total = 60};
    static const size_t ranks[] = {5, 1, 10};
    part.surveyed = mem_new(3, sizeof *part.surveyed);
    for (int i = 0; i < 3; i++)
        part.surveyed[i].rank = ranks[i];
    world_send(world, part);
    assert_int_equal(world->ui.lists[VIEW_FAILURES].count, 2);
    assert_int_equal(list_item(&world->ui.lists[VIEW_FAILURES], 0), 2); /* the worst first */
    assert_int_not_equal(world_awaited(world, REQUEST_SURVEY), 0);
    world_key(world, "Ctrl-C");
    assert_int_equal(world_awaited(world, REQUEST_SURVEY), 0);
    assert_null(world_request(world, REQUEST_SURVEY));
    world_key(world, "5");
    assert_int_equal(world_request(world, REQUEST_SURVEY)->image, 3); /* resumes where it was */
}

static void test_undo_brings_the_view_back(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    answer_ranked(world);
    world_key(world, "j");
    world_key(world, "j");
    world_key(world, "i");
    world_enter(world, "a blue dog");
    answer_ranked(world);
    world_key(world, "o");
    world_key(world, "3");
    world_key(world, "u");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    world_key(world, "u");
    assert_int_equal(world->ui.overlay, OVERLAY_FADE);
    world_key(world, "u");
    assert_string_equal(ui_query(&world->ui)->text, "a red ball");
    assert_string_equal(world_request(world, REQUEST_RANK)->text, "a red ball");
    answer_ranked(world);
    assert_int_equal(world->ui.sides[0].lists[VIEW_SEARCH].selected, 2);
    world_key(world, "u"); /* nothing is left: the first query had nothing before it */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_keys_can_be_bound_and_unbound(void **state)
{
    struct world *world = *state;
    world_key(world, "Esc");
    world_command(world, "bind Ctrl-N map magma");
    world_command(world, "unbind q");
    world_key(world, "q");
    assert_false(world->ui.leaving);
    world_key(world, "4");
    world_key(world, "Ctrl-N");
    assert_int_equal(world->ui.map, MAP_MAGMA);
    world_command(world, "bind q quit");
    world_key(world, "q");
    assert_true(world->ui.leaving);
    world_command(world, "bind Nokey quit");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_command(world, "bind F3 nosuch");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_export_names_the_pair(void **state)
{
    struct world *world = *state;
    world_key(world, "Esc");
    world_key(world, "e");
    assert_null(world_request(world, REQUEST_EXPORT));
    world_key(world, "i");
    world_enter(world, "a red ball");
    answer_ranked(world);
    world_key(world, "e");
    const struct request *request = world_request(world, REQUEST_EXPORT);
    assert_non_null(request);
    assert_string_equal(request->text, "a red ball");
    world_send(world, (struct event){.kind = EVENT_EXPORTED,
                                     .request = REQUEST_EXPORT,
                                     .serial = world_awaited(world, REQUEST_EXPORT),
                                     .text = mem_strdup("/tmp/x.png")});
    assert_string_equal(world->ui.message.text, "Saved /tmp/x.png");
}

static void test_failures_are_said_and_not_asked_again(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    world_send(world, (struct event){.kind = EVENT_FAILED,
                                     .request = REQUEST_RANK,
                                     .serial = world_awaited(world, REQUEST_RANK),
                                     .text = mem_strdup("features are gone")});
    assert_string_equal(world->ui.message.text, "features are gone");
    assert_null(world_request(world, REQUEST_RANK));
    assert_true(ui_idle(&world->ui));
    assert_false(world->ui.leaving);
}

/* The picture's request says what it is to be made of, with its frames; two pictures side by side
 * are cells. */
static void test_graphics(void **state)
{
    struct world *world = *state;
    world_enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    assert_int_equal(world_request(world, REQUEST_PICTURE)->picture.graphics, GRAPHICS_CELLS);
    world_command(world, "graphics kitty");
    const struct picture_spec *spec = &world_request(world, REQUEST_PICTURE)->picture;
    assert_int_equal(spec->graphics, GRAPHICS_KITTY);
    assert_int_equal(spec->frame_count, 1);
    assert_int_equal(spec->region, -1);
    world_command(world, "boxes 3");
    spec = &world_request(world, REQUEST_PICTURE)->picture;
    assert_int_equal(spec->frame_count, 3);
    size_t strongest[PICTURE_FRAMES];
    assert_int_equal(ui_framed(&world->ui, strongest), 3);
    assert_int_equal(spec->frames[0], strongest[0]);
    world_command(world, "region 4");
    assert_int_equal(world_request(world, REQUEST_PICTURE)->picture.region, 4);
    world_command(world, "graphics auto"); /* the terminal said nothing */
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    world->ui.speaks[GRAPHICS_SIXEL] = true;
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_SIXEL);
    world->ui.depth = DEPTH_MONO;
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    world->ui.depth = DEPTH_TRUE;
    world_key(world, "=");
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    world_command(world, "graphics svg");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_palette_runs_commands(void **state)
{
    struct world *world = *state;
    world_key(world, "Esc");
    world_key(world, ":");
    assert_int_equal(world_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_COMMAND);
    world_enter(world, "overlay heat");
    assert_int_equal(world->ui.overlay, OVERLAY_HEAT);
    world_enter(world, "nonsense");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_command(world, "map magma");
    assert_int_equal(world->ui.map, MAP_MAGMA);
    world_command(world, "theme light");
    assert_string_equal(theme_name(world->ui.theme), "light");
    world_command(world, "boxes 3");
    assert_int_equal(world->ui.box_count, 3);
    world_command(world, "mouse off");
    assert_false(world->ui.mouse);
    world_command(world, "mouse perhaps");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_false(world->ui.mouse);
    world_command(world, "sheet on");
    world_command(world, "sheet on");
    assert_true(world->ui.sheet);
    world_command(world, "regions off");
    assert_false(world->ui.regions);
    world_command(world, "thumbnails 5");
    assert_int_equal(world_effect(world, EFFECT_CACHE)->number, 5);
    world_command(world, "thumbnails -1");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_int_equal(world->ui.cache_mb, 5);
}

/* ---- the start screen ---- */

static int setup_start(void **state)
{
    struct world *world = mem_new(1, sizeof *world);
    world->backends[0] = fake_new(&world->options);
    keymap_init(&world->keymap, &command_table);
    ui_init(&world->ui, 40, 120, 0, view_table, &command_table, &world->keymap);
    world->ui.start.folder = mem_strdup("/runs");
    world->ui.home = mem_strdup("/home/me");
    ui_start(&world->ui, &world->effects);
    *state = world;
    return 0;
}

static void answer_files(struct world *world, const char *folder)
{
    world_send(world, (struct event){.kind = EVENT_FILES,
                                     .request = REQUEST_FILES,
                                     .serial = world_awaited(world, REQUEST_FILES),
                                     .files = world_files(folder)});
}

static void answer_fit(struct world *world)
{
    struct fitness *fitness = mem_new(1, sizeof *fitness);
    fake_fit(NULL, world->ui.start.form, start_models(&world->ui), fitness);
    world_send(world, (struct event){.kind = EVENT_FIT,
                                     .request = REQUEST_FIT,
                                     .serial = world_awaited(world, REQUEST_FIT),
                                     .fitness = fitness});
}

static void select_field(struct world *world, enum start_field field)
{
    list_select(&world->ui.lists[VIEW_START], (size_t)field);
}

/* /runs/b.pth.tar with /runs/f30k, chosen by keys. */
static void choose_both(struct world *world)
{
    select_field(world, START_MODEL);
    world_key(world, "Enter");
    assert_int_equal(world->ui.view, VIEW_FILES);
    if (world_awaited(world, REQUEST_FILES))
        answer_files(world, "/runs");
    world_key(world, "G");
    world_key(world, "Enter");
    assert_string_equal(start_value(&world->ui, START_MODEL), "/runs/b.pth.tar");
    select_field(world, START_DATA);
    world_key(world, "Enter");
    answer_files(world, "/runs");
    world_command(world, "find f30k");
    world_key(world, "Enter");
    assert_string_equal(start_value(&world->ui, START_DATA), "/runs/f30k");
    answer_fit(world);
}

static void test_the_start_screen_opens_what_is_chosen(void **state)
{
    struct world *world = *state;
    assert_int_equal(world->ui.view, VIEW_START);
    assert_false(world->ui.prompt);
    assert_non_null(world_request(world, REQUEST_RECENT));
    world_key(world, "L");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    choose_both(world);
    assert_string_equal(start_value(&world->ui, START_SPLIT),
                        "test"); /* of those found in the folder */
    world_key(world, "L");
    assert_non_null(world_effect(world, EFFECT_CLOSE));
    assert_null(world_effect(world, EFFECT_KEEP)); /* nothing was open */
    const struct request *request = world_request(world, REQUEST_OPEN);
    assert_non_null(request);
    assert_string_equal(request->sources[0].of[SOURCE_MODEL], "/runs/b.pth.tar");
    assert_string_equal(request->sources[0].of[SOURCE_DATA], "/runs/f30k");
    assert_string_equal(request->sources[0].of[SOURCE_SPLIT], "test");
    assert_true(world->ui.prompt);
}

static void opened(struct world *world)
{
    world_send(world, (struct event){.kind = EVENT_OPENED,
                                     .request = REQUEST_OPEN,
                                     .serial = world_awaited(world, REQUEST_OPEN),
                                     .catalog = &world->backends[0]->catalog});
}

static void test_an_opening_that_fails_comes_back_with_the_reason(void **state)
{
    struct world *world = *state;
    choose_both(world);
    world_key(world, "L");
    world_send(world, (struct event){.kind = EVENT_FAILED,
                                     .request = REQUEST_OPEN,
                                     .serial = world_awaited(world, REQUEST_OPEN),
                                     .text = mem_strdup("b.pth.tar: is cut short")});
    assert_int_equal(world->ui.view, VIEW_START);
    assert_false(world->ui.leaving);
    assert_false(world->ui.prompt);
    assert_string_equal(world->ui.start.why, "b.pth.tar: is cut short");
    assert_string_equal(start_value(&world->ui, START_MODEL),
                        "/runs/b.pth.tar"); /* to be corrected, not chosen again */
    world_key(world, "L");
    assert_null(world->ui.start.why);
    world_key(world, "Ctrl-C");
    assert_non_null(world_effect(world, EFFECT_CANCEL));
    assert_int_equal(world->ui.view, VIEW_START);
    assert_non_null(world->ui.start.why);
    assert_true(world_awaited(world, REQUEST_OPEN) == 0);
}

static void test_another_session_replaces_the_open_one(void **state)
{
    struct world *world = *state;
    choose_both(world);
    world_key(world, "L");
    opened(world);
    world_enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    world_key(world, "0");
    assert_int_equal(world->ui.view, VIEW_START);
    world_key(world, "Esc");
    assert_int_equal(world->ui.view, VIEW_SEARCH); /* it is still there */
    world_key(world, "0");
    world_command(world, "load ~/other.pth.tar \"/data/my things\" dev");
    const struct effect *kept = world_effect(world, EFFECT_KEEP);
    assert_non_null(kept);
    assert_non_null(strstr(kept->text, "a red ball"));
    assert_int_equal(strlen(kept->name), 16);
    assert_string_equal(world_request(world, REQUEST_OPEN)->sources[0].of[SOURCE_MODEL],
                        "/home/me/other.pth.tar");
    assert_string_equal(world_request(world, REQUEST_OPEN)->sources[0].of[SOURCE_DATA],
                        "/data/my things");
    assert_null(world->ui.catalogs[0]);
    assert_null(world->ui.sides[0].ranking);
    world_key(world, "Esc");
    world_key(world, "u"); /* undo does not reach into what is closed */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    opened(world);
    world_enter(world, "a blue dog");
    assert_non_null(world_request(world, REQUEST_RANK));
}

static void test_a_typed_path_leads_the_browser(void **state)
{
    struct world *world = *state;
    select_field(world, START_DATA);
    world_key(world, "i");
    assert_int_equal(world_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_PATH);
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "/runs/");
    answer_files(world, "/runs");
    world_send(world,
               (struct event){.kind = EVENT_LINE, .text = mem_strdup("/runs/f"), .point = 7});
    assert_int_equal(world->ui.lists[VIEW_FILES].count, 1);
    world_send(world, (struct event){.kind = EVENT_LINE, .text = mem_strdup("~/x/"), .point = 4});
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/home/me/x");
    world_enter(world, "~/x/data/");
    assert_string_equal(start_value(&world->ui, START_DATA), "/home/me/x/data");
    assert_int_equal(world->ui.view, VIEW_START);
    select_field(world, START_DATA);
    world_key(world, "Delete");
    assert_string_equal(start_value(&world->ui, START_DATA), "");
    world_key(world, "s"); /* no folder, no splits */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_command(world, "split dev");
    assert_string_equal(start_value(&world->ui, START_SPLIT), "dev");
}

static void test_the_browser_goes_up_and_down(void **state)
{
    struct world *world = *state;
    select_field(world, START_PHOTOS);
    world_key(world, "Enter");
    answer_files(world, "/runs");
    world_command(world, "find other");
    world_key(world, "Enter");
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/runs/other");
    answer_files(world, "/runs/other");
    world_key(world, "Backspace");
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/runs");
    answer_files(world, "/runs");
    size_t item, entry;
    assert_true(ui_selected(&world->ui, VIEW_FILES, &item)); /* the folder that it came from */
    assert_int_equal(start_file(&world->ui, item, &entry), START_FILE_ENTRY);
    assert_string_equal(world->ui.start.files->items[entry].name, "other");
    world_key(world, "G");
    world_key(world, "Enter"); /* a file, but a folder is to be chosen */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    world_key(world, "g");
    world_key(world, "j");
    world_key(world, "Enter"); /* this folder */
    assert_string_equal(start_value(&world->ui, START_PHOTOS), "/runs");
}

static void test_every_command_before_anything_is_open(void **state)
{
    struct world *world = *state;
    for (int view = 0; view < VIEWS; view++)
        for (size_t i = 0; i < command_table.count; i++) {
            world->ui.view = (enum view_id)view;
            effects_clear(&world->effects);
            command_table.rows[i].run(&world->ui, "", &world->effects);
            world->ui.leaving = false;
            update_settle(&world->ui);
            requests_needed(&world->ui, &world->effects);
            struct list *list = ui_list(&world->ui);
            assert_true(list->count == 0 || list->selected < list->count);
        }
}

static void click(struct world *world, int row, int col, enum mouse mouse)
{
    world_send(world, (struct event){.kind = EVENT_MOUSE, .mouse = mouse, .row = row, .col = col});
    world_settle(world);
}

static struct layout layout_of(const struct world *world)
{
    struct layout layout;
    layout_make(&world->ui, &layout);
    return layout;
}

static void test_clicks_on_tabs_words_and_tables(void **state)
{
    struct world *world = *state;
    world_ask(world, "a red ball");
    int tab = 0;
    while (tab < 120 && tab_at(&world->ui, tab) != VIEW_CAPTIONS)
        tab++;
    click(world, 0, tab, MOUSE_CLICK);
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    world_keys(world, "1 a r");
    struct layout layout = layout_of(world);
    click(world, layout.words.row, layout.words.col + 1, MOUSE_CLICK);
    assert_int_equal(world->ui.word, 0);
    click(world, layout.words.row, layout.words.col + 1, MOUSE_WHEEL_DOWN);
    assert_int_equal(world->ui.word, 1);
    click(world, layout.word_table.row + 3, layout.word_table.col + 1,
          MOUSE_CLICK); /* the third word */
    assert_int_equal(world->ui.word, 2);
    const struct look *look = ui_look(&world->ui);
    click(world, layout.regions.row + 1, layout.regions.col + 1,
          MOUSE_CLICK); /* the heaviest region */
    assert_int_equal(world->ui.region,
                     overlay_strongest(look->of[LOOK_WORDS].weights + 2 * look->R, look->R));
    click(world, layout.regions.row + 1, layout.regions.col + 1, MOUSE_CLICK);
    assert_int_equal(world->ui.region, -1);
    struct rect picture = layout_picture(&world->ui, &layout);
    click(world, picture.row + picture.rows / 4, picture.col + picture.cols / 6, MOUSE_CLICK);
    assert_int_equal(world->ui.region, 0); /* the region of the upper left sixth */
    click(world, layout.list.row, layout.list.col + 3, MOUSE_DOUBLE);
    assert_true(world->ui.zoom);
}

/* Only real regions are in the table, stepped to, clicked on or accepted by number. */
static void test_counted_regions(void **state)
{
    struct fake_options options = {.counted = true};
    struct world *world = world_new(&options, 1, 40, 120);
    (void)state;
    world_ask(world, "a red ball");
    world_keys(world, "r");
    for (int i = 0; i < 12; i++, world_keys(world, "j")) {
        const struct look *look = ui_look(&world->ui);
        struct pair pair = ui_pair(&world->ui);
        struct region_table table;
        size_t real = 1 + pair.image % 6;
        assert_int_equal(look->R, real);
        assert_true(region_table_make(&world->ui, &table));
        assert_int_equal(table.count, real);
        region_table_done(&table);
        assert_int_equal(region_table_at(&world->ui, 0.2f, 0.2f), 0);
        assert_int_equal(region_table_at(&world->ui, 0.8f, 0.8f), real == 6 ? 5 : -1);
        for (int k = 0; k < 8; k++)
            world_keys(world, "J");
        assert_true(world->ui.region >= 0 && (size_t)world->ui.region < real);
        struct effects effects = {0};
        command_region(&world->ui, "5", &effects);
        assert_true((world->ui.region == 5) == (real == 6));
    }
    world_free(world);
}

static void test_clicks_on_the_columns_of_failures(void **state)
{
    struct fake_options options = {.clumsy = true};
    struct world *world = world_new(&options, 1, 24, 80);
    (void)state;
    world_keys(world, "Esc 5 Z");
    struct layout layout = layout_of(world);
    click(world, layout.header.row, layout.header.col + 9, MOUSE_CLICK);
    assert_int_equal(world->ui.sort, SORT_SCORE);
    assert_false(world->ui.reversed);
    click(world, layout.header.row, layout.header.col + 9, MOUSE_CLICK);
    assert_true(world->ui.reversed);
    click(world, layout.header.row, layout.header.col + 70, MOUSE_CLICK);
    assert_int_equal(world->ui.sort, SORT_TEXT);
    click(world, layout.list.row + 2, layout.list.col + 5, MOUSE_CLICK);
    assert_int_equal(ui_list(&world->ui)->selected, 2);
    world_free(world);
}

static void test_a_copy_is_cut_where_terminals_refuse_more(void **state)
{
    struct str text = {0};
    (void)state;
    while (text.length <= COPY_BYTES)
        str_add(&text, "\xc3\xa9");
    struct fake_options options = {.caption = str_text(&text)};
    struct world *world = world_new(&options, 1, 24, 80);
    world_keys(world, "Esc 4");
    world_key(world, "y");
    const char *copied = world_effect(world, EFFECT_COPY)->text;
    assert_true(strlen(copied) <= COPY_BYTES && strlen(copied) % 2 == 0); /* no half character */
    assert_true(world_says(world, "Copied the first"));
    world_free(world);
    str_done(&text);
}

/* Every command in every view, with nothing loaded and with everything, leaves a sane state. */
static void test_every_command_everywhere(void **state)
{
    struct world *world = *state;
    for (int round = 0; round < 2; round++) {
        for (int view = 0; view < VIEWS; view++)
            for (size_t i = 0; i < command_table.count; i++) {
                world->ui.view = (enum view_id)view;
                effects_clear(&world->effects);
                command_table.rows[i].run(&world->ui, "", &world->effects);
                world->ui.leaving = false;
                update_settle(&world->ui);
                struct list *list = ui_list(&world->ui);
                assert_true(list->count == 0 || list->selected < list->count);
            }
        world_enter(world, "a red ball");
        answer_ranked(world);
    }
}

/* Help, palette and manual come from the table: it must be complete. */
static void test_command_table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_table.count; i++) {
        const struct ui_command *c = &command_table.rows[i];
        assert_true((*c->keys || c->args) && *c->help && c->modes);
        const char *keys = c->keys;
        while (*keys) {
            size_t n = strcspn(keys, " ");
            ui_key k = key_parse(keys, n);
            if (!k)
                fail_msg("%s: no key \"%.*s\"", c->name, (int)n, keys);
            for (size_t other = 0; other < i; other++) {
                if (!(command_table.rows[other].modes & c->modes & MODE_ANY))
                    continue;
                const char *theirs = command_table.rows[other].keys;
                while (*theirs) {
                    size_t m = strcspn(theirs, " ");
                    if (key_parse(theirs, m) == k)
                        fail_msg("%.*s is %s and %s", (int)n, keys, command_table.rows[other].name,
                                 c->name);
                    theirs += m + strspn(theirs + m, " ");
                }
            }
            keys += n + strspn(keys + n, " ");
        }
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
#define CASE(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_prompt_has_the_keys_at_first),
        CASE(test_caption_asks_for_a_ranking_once),
        CASE(test_empty_caption_is_said),
        CASE(test_ranking_asks_for_look_then_picture),
        CASE(test_moving_along_words_asks_for_their_pictures),
        CASE(test_late_answers_are_dropped),
        CASE(test_a_draft_survives_leaving_the_prompt),
        CASE(test_cancel_drops_the_work),
        CASE(test_views_and_back),
        CASE(test_find_and_filter),
        CASE(test_pins_add_weights),
        CASE(test_a_word_is_changed_beside_the_old_ranking),
        CASE(test_the_survey_comes_in_parts_and_can_be_stopped),
        CASE(test_undo_brings_the_view_back),
        CASE(test_keys_can_be_bound_and_unbound),
        CASE(test_export_names_the_pair),
        CASE(test_failures_are_said_and_not_asked_again),
        CASE(test_graphics),
        CASE(test_palette_runs_commands),
        CASE(test_clicks_on_tabs_words_and_tables),
        cmocka_unit_test(test_counted_regions),
        cmocka_unit_test(test_clicks_on_the_columns_of_failures),
        cmocka_unit_test(test_a_copy_is_cut_where_terminals_refuse_more),

#define START_CASE(test) cmocka_unit_test_setup_teardown(test, setup_start, world_teardown)
        START_CASE(test_the_start_screen_opens_what_is_chosen),
        START_CASE(test_an_opening_that_fails_comes_back_with_the_reason),
        START_CASE(test_another_session_replaces_the_open_one),
        START_CASE(test_a_typed_path_leads_the_browser),
        START_CASE(test_the_browser_goes_up_and_down),
        START_CASE(test_every_command_before_anything_is_open),
        CASE(test_every_command_everywhere),
        CASE(test_command_table_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
