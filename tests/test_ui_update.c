/* The update is pure: events go in, the state and the effects are looked at; nothing else happens. */
#include "tests/testing.h"

#include <locale.h>
#include <string.h>

#include "base/mem.h"
#include "tests/ui_fake.h"
#include "ui/command.h"
#include "ui/start.h"
#include "ui/update.h"
#include "ui/views.h"

struct world {
    struct ui ui;
    struct keymap keymap;
    struct effects effects;
    struct backend *backend;
};

static void send(struct world *world, struct event event)
{
    effects_clear(&world->effects);
    ui_update(&world->ui, &event, &world->effects);
    event_done(&event);
}

static const struct effect *find_effect(const struct world *world, enum effect_kind kind)
{
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.items[i].kind == kind)
            return &world->effects.items[i];
    return NULL;
}

static const struct request *find_request(const struct world *world, enum request_kind kind)
{
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.items[i].kind == EFFECT_REQUEST &&
            world->effects.items[i].request.kind == kind)
            return &world->effects.items[i].request;
    return NULL;
}

static void key(struct world *world, const char *name)
{
    send(world, (struct event){.kind = EVENT_KEY, .key = key_parse(name, strlen(name))});
}

static void command(struct world *world, const char *text)
{
    effects_clear(&world->effects);
    command_run(&world->ui, text, &world->effects);
    update_settle(&world->ui);
    ui_want(&world->ui, &world->effects);
}

static void enter(struct world *world, const char *text)
{
    send(world, (struct event){.kind = EVENT_LINE_DONE, .text = mem_strdup(text)});
}

static unsigned awaited(const struct world *world, enum request_kind kind)
{
    return world->ui.sides[0].awaited[kind];
}

/* The worker's answer to what is awaited, by the fake backend. */
static void answer_ranked(struct world *world)
{
    struct event event = {.kind = EVENT_RANKED, .request = REQUEST_RANK, .serial = awaited(world, REQUEST_RANK)};
    struct ask ask = {ui_query(&world->ui)->text, ui_query(&world->ui)->caption};
    struct error err;
    assert_done(world->backend->ops->rank_images(world->backend, &ask, NULL, &event.ranking, &err), err);
    send(world, event);
}

static void answer_looked(struct world *world)
{
    struct event event = {.kind = EVENT_LOOKED, .request = REQUEST_LOOK, .serial = awaited(world, REQUEST_LOOK)};
    struct pair pair = ui_pair(&world->ui);
    struct ask ask = {ui_caption_text(&world->ui, &pair), pair.caption};
    struct error err;
    assert_done(world->backend->ops->look(world->backend, pair.image, &ask, &event.look, &err), err);
    send(world, event);
}

static int setup(void **state)
{
    struct world *world = mem_new(1, sizeof *world);
    struct fake_options options = {0};
    world->backend = fake_new(&options);
    keymap_init(&world->keymap);
    ui_init(&world->ui, 40, 120, 1, &world->keymap);
    ui_start(&world->ui, &world->effects);
    send(world, (struct event){.kind = EVENT_OPENED,
                               .request = REQUEST_OPEN,
                               .serial = awaited(world, REQUEST_OPEN),
                               .catalog = &world->backend->catalog});
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    ui_done(&world->ui);
    effects_done(&world->effects);
    keymap_done(&world->keymap);
    backend_free(world->backend);
    free(world);
    return 0;
}

static void test_prompt_has_the_keys_at_first(void **state)
{
    struct world *world = *state;
    assert_true(world->ui.prompt);
    key(world, "q");
    const struct effect *effect = find_effect(world, EFFECT_LINE_KEY);
    assert_non_null(effect);
    assert_int_equal(effect->key, 'q');
    assert_false(world->ui.leaving);
}

static void test_caption_asks_for_a_ranking_once(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    const struct request *request = find_request(world, REQUEST_RANK);
    assert_non_null(request);
    assert_string_equal(request->text, "a red ball");
    assert_int_equal(request->caption, -1);
    assert_false(world->ui.prompt);
    key(world, "j");
    assert_null(find_request(world, REQUEST_RANK));
}

static void test_empty_caption_is_said(void **state)
{
    struct world *world = *state;
    enter(world, "  \t ");
    assert_true(world->ui.prompt);
    assert_null(find_request(world, REQUEST_RANK));
    assert_non_null(strstr(world->ui.message.text, "empty"));
}

static void test_ranking_asks_for_look_then_picture(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    answer_ranked(world);
    assert_non_null(find_request(world, REQUEST_LOOK));
    assert_null(find_request(world, REQUEST_PICTURE)); /* the word to show is not known yet */
    assert_non_null(find_request(world, REQUEST_THUMBS));
    answer_looked(world);
    const struct request *picture = find_request(world, REQUEST_PICTURE);
    assert_non_null(picture);
    assert_non_null(picture->weights);
    assert_int_equal(picture->count, 6);
    assert_int_equal(world->ui.word, 2); /* "ball" is the warmest word */
}

static void test_moving_along_words_asks_for_their_pictures(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    key(world, "Left");
    assert_int_equal(world->ui.word, 1);
    assert_non_null(find_request(world, REQUEST_PICTURE));
    key(world, "h");
    key(world, "h");
    assert_int_equal(world->ui.word, -1);
    const struct request *plain = find_request(world, REQUEST_PICTURE);
    assert_non_null(plain);
    assert_null(plain->weights);
    key(world, "h");
    assert_int_equal(world->ui.word, -1);
    assert_null(find_request(world, REQUEST_PICTURE));
}

static void test_late_answers_are_dropped(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    unsigned old = awaited(world, REQUEST_RANK);
    key(world, "i");
    enter(world, "a blue dog");
    struct event late = {.kind = EVENT_RANKED, .request = REQUEST_RANK, .serial = old};
    struct ask ask = {"a red ball", -1};
    struct error err;
    assert_done(world->backend->ops->rank_images(world->backend, &ask, NULL, &late.ranking, &err), err);
    send(world, late);
    assert_null(world->ui.sides[0].ranking);
    answer_ranked(world);
    assert_non_null(world->ui.sides[0].ranking);
}

static void test_a_draft_survives_leaving_the_prompt(void **state)
{
    struct world *world = *state;
    send(world, (struct event){.kind = EVENT_LINE, .text = mem_strdup("a half typ"), .point = 10});
    key(world, "Esc");
    assert_false(world->ui.prompt);
    key(world, "i");
    assert_string_equal(find_effect(world, EFFECT_LINE_OPEN)->text, "a half typ");
}

static void test_cancel_drops_the_work(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    key(world, "Ctrl-C");
    assert_non_null(find_effect(world, EFFECT_CANCEL));
    assert_true(ui_idle(&world->ui));
    key(world, "Ctrl-C");
    assert_false(world->ui.leaving);
    key(world, "Ctrl-C");
    assert_true(world->ui.leaving);
}

static void test_views_and_back(void **state)
{
    struct world *world = *state;
    key(world, "Esc");
    key(world, "4");
    assert_int_equal(world->ui.view, VIEW_CAPTIONS);
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 60);
    assert_non_null(find_request(world, REQUEST_LOOK)); /* of the caption with its own image */
    key(world, "G");
    key(world, "Enter");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    assert_int_equal(ui_query(&world->ui)->caption, 59);
    answer_ranked(world);
    key(world, "T");
    size_t item;
    assert_true(ui_selected(&world->ui, VIEW_SEARCH, &item));
    assert_int_equal(world->ui.sides[0].ranking->places[item].index, 11);
    key(world, "x");
    assert_int_equal(world->ui.view, VIEW_MATCHES);
    assert_int_equal(find_request(world, REQUEST_CAPTIONS)->image, 11);
    key(world, "Esc");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
}

static void test_find_and_filter(void **state)
{
    struct world *world = *state;
    key(world, "Esc");
    key(world, "4");
    command(world, "find kite");
    size_t item;
    assert_true(ui_selected(&world->ui, VIEW_CAPTIONS, &item));
    assert_non_null(strstr(world->backend->catalog.caption[item], "kite"));
    size_t first = item;
    key(world, "n");
    assert_true(ui_selected(&world->ui, VIEW_CAPTIONS, &item));
    assert_int_equal(item, first + 1);
    command(world, "filter blue");
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 10);
    command(world, "filter nosuchword");
    assert_int_equal(world->ui.lists[VIEW_CAPTIONS].count, 60);
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_pins_add_weights(void **state)
{
    struct world *world = *state;
    float weights[6];
    enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    key(world, "p");
    key(world, "Left");
    assert_true(ui_weights(&world->ui, weights));
    const struct look *look = ui_look(&world->ui);
    for (int r = 0; r < 6; r++)
        assert_float_equal(weights[r], (look->weights[6 + r] + look->weights[12 + r]) / 2, 1e-6);
    key(world, "P");
    assert_true(ui_weights(&world->ui, weights));
    assert_float_equal(weights[0], look->weights[6], 1e-6);
}

static void test_a_word_is_changed_beside_the_old_ranking(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    key(world, "w");
    assert_string_equal(find_effect(world, EFFECT_LINE_OPEN)->text, "ball");
    enter(world, "dog");
    assert_string_equal(ui_query(&world->ui)->text, "a red dog");
    assert_string_equal(world->ui.sides[1].query.text, "a red ball");
    assert_int_equal(world->ui.shown, 2);
    const struct request *request = find_request(world, REQUEST_RANK);
    assert_string_equal(request->text, "a red dog");
    assert_int_equal(request->side, 0);
    key(world, "=");
    assert_int_equal(world->ui.shown, 1);
}

static void test_the_survey_comes_in_parts_and_can_be_stopped(void **state)
{
    struct world *world = *state;
    key(world, "Esc");
    key(world, "5");
    const struct request *request = find_request(world, REQUEST_SURVEY);
    assert_non_null(request);
    assert_int_equal(request->count, 60);
    struct event part = {.kind = EVENT_SURVEYED, .request = REQUEST_SURVEY, .serial = request->serial,
                         .first = 0, .count = 3, .done = 3, .total = 60};
    part.ranks = mem_new(3, sizeof *part.ranks);
    part.best = mem_new(3, sizeof *part.best);
    memcpy(part.ranks, (size_t[]){4, 0, 9}, sizeof(size_t[3]));
    send(world, part);
    assert_int_equal(world->ui.lists[VIEW_FAILURES].count, 2);
    assert_int_equal(list_item(&world->ui.lists[VIEW_FAILURES], 0), 2); /* the worst first */
    assert_int_not_equal(awaited(world, REQUEST_SURVEY), 0);
    key(world, "Ctrl-C");
    assert_int_equal(awaited(world, REQUEST_SURVEY), 0);
    assert_null(find_request(world, REQUEST_SURVEY));
    key(world, "5");
    assert_int_equal(find_request(world, REQUEST_SURVEY)->image, 3); /* goes on where it was */
}

static void test_undo_brings_the_view_back(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    answer_ranked(world);
    key(world, "j");
    key(world, "j");
    key(world, "i");
    enter(world, "a blue dog");
    answer_ranked(world);
    key(world, "o");
    key(world, "3");
    key(world, "u");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    key(world, "u");
    assert_int_equal(world->ui.overlay, OVERLAY_FADE);
    key(world, "u");
    assert_string_equal(ui_query(&world->ui)->text, "a red ball");
    assert_string_equal(find_request(world, REQUEST_RANK)->text, "a red ball");
    answer_ranked(world);
    assert_int_equal(world->ui.sides[0].lists[VIEW_SEARCH].selected, 2);
    key(world, "u"); /* nothing is left: the first query had nothing before it */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_keys_can_be_bound_and_unbound(void **state)
{
    struct world *world = *state;
    key(world, "Esc");
    command(world, "bind Ctrl-N map magma");
    command(world, "unbind q");
    key(world, "q");
    assert_false(world->ui.leaving);
    key(world, "4");
    key(world, "Ctrl-N");
    assert_int_equal(world->ui.map, MAP_MAGMA);
    command(world, "bind q quit");
    key(world, "q");
    assert_true(world->ui.leaving);
    command(world, "bind Nokey quit");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    command(world, "bind F3 nosuch");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_export_names_the_pair(void **state)
{
    struct world *world = *state;
    key(world, "Esc");
    key(world, "e");
    assert_null(find_request(world, REQUEST_EXPORT));
    key(world, "i");
    enter(world, "a red ball");
    answer_ranked(world);
    key(world, "e");
    const struct request *request = find_request(world, REQUEST_EXPORT);
    assert_non_null(request);
    assert_string_equal(request->text, "a red ball");
    send(world, (struct event){.kind = EVENT_EXPORTED,
                               .request = REQUEST_EXPORT,
                               .serial = awaited(world, REQUEST_EXPORT),
                               .text = mem_strdup("/tmp/x.png")});
    assert_string_equal(world->ui.message.text, "Saved /tmp/x.png");
}

static void test_failures_are_said_and_not_asked_again(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    send(world, (struct event){.kind = EVENT_FAILED,
                               .request = REQUEST_RANK,
                               .serial = awaited(world, REQUEST_RANK),
                               .text = mem_strdup("features are gone")});
    assert_string_equal(world->ui.message.text, "features are gone");
    assert_null(find_request(world, REQUEST_RANK));
    assert_true(ui_idle(&world->ui));
    assert_false(world->ui.leaving);
}

/* The picture's request says what it is to be made of, with its frames; two pictures side by side are cells. */
static void test_graphics(void **state)
{
    struct world *world = *state;
    enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    assert_int_equal(find_request(world, REQUEST_PICTURE)->picture.graphics, GRAPHICS_CELLS);
    command(world, "graphics kitty");
    const struct picture_spec *spec = &find_request(world, REQUEST_PICTURE)->picture;
    assert_int_equal(spec->graphics, GRAPHICS_KITTY);
    assert_int_equal(spec->frame_count, 1);
    assert_int_equal(spec->region, -1);
    command(world, "boxes 3");
    spec = &find_request(world, REQUEST_PICTURE)->picture;
    assert_int_equal(spec->frame_count, 3);
    size_t strongest[PICTURE_FRAMES];
    assert_int_equal(ui_framed(&world->ui, strongest), 3);
    assert_int_equal(spec->frames[0], strongest[0]);
    command(world, "region 4");
    assert_int_equal(find_request(world, REQUEST_PICTURE)->picture.region, 4);
    command(world, "graphics auto"); /* the terminal said nothing */
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    world->ui.speaks[GRAPHICS_SIXEL] = true;
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_SIXEL);
    world->ui.depth = DEPTH_MONO;
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    world->ui.depth = DEPTH_TRUE;
    key(world, "=");
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    command(world, "graphics svg");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void test_palette_runs_commands(void **state)
{
    struct world *world = *state;
    key(world, "Esc");
    key(world, ":");
    assert_int_equal(find_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_COMMAND);
    enter(world, "overlay heat");
    assert_int_equal(world->ui.overlay, OVERLAY_HEAT);
    enter(world, "nonsense");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    command(world, "map magma");
    assert_int_equal(world->ui.map, MAP_MAGMA);
    command(world, "theme light");
    assert_string_equal(theme_name(world->ui.theme), "light");
    command(world, "boxes 3");
    assert_int_equal(world->ui.box_count, 3);
    command(world, "mouse off");
    assert_false(world->ui.mouse);
    command(world, "mouse perhaps");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_false(world->ui.mouse);
    command(world, "sheet on");
    command(world, "sheet on");
    assert_true(world->ui.sheet);
    command(world, "regions off");
    assert_false(world->ui.regions);
    command(world, "thumbnails 5");
    assert_int_equal(find_effect(world, EFFECT_CACHE)->number, 5);
    command(world, "thumbnails -1");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    assert_int_equal(world->ui.cache_mb, 5);
}

/* ---- the start screen ------------------------------------------------------------------------- */

static int setup_start(void **state)
{
    struct world *world = mem_new(1, sizeof *world);
    struct fake_options options = {0};
    world->backend = fake_new(&options);
    keymap_init(&world->keymap);
    ui_init(&world->ui, 40, 120, 0, &world->keymap);
    world->ui.start.folder = mem_strdup("/runs");
    world->ui.home = mem_strdup("/home/me");
    ui_start(&world->ui, &world->effects);
    *state = world;
    return 0;
}

/* The worker's listing of /runs: f30k/ with splits, other/, a.pth.tar, b.pth.tar. */
static void answer_files(struct world *world, const char *folder)
{
    static const struct file_entry entries[] = {
        {"f30k", true, 0, "dev, test"}, {"other", true, 0, NULL}, {"a.pth.tar", false, 5, NULL}, {"b.pth.tar", false, 5, NULL}};
    struct files *files = mem_new(1, sizeof *files);
    files->folder = mem_strdup(folder);
    for (size_t i = 0; i < 4; i++) {
        MEM_ROOM(files->items, files->count, files->cap);
        files->items[files->count] = entries[i];
        files->items[files->count].name = mem_strdup(entries[i].name);
        files->items[files->count++].splits = mem_strdup(entries[i].splits);
    }
    send(world, (struct event){.kind = EVENT_FILES,
                               .request = REQUEST_FILES,
                               .serial = awaited(world, REQUEST_FILES),
                               .files = files});
}

static void answer_fit(struct world *world)
{
    struct fitness *fitness = mem_new(1, sizeof *fitness);
    fake_fit(NULL, world->ui.start.form, start_models(&world->ui), fitness);
    send(world, (struct event){
                    .kind = EVENT_FIT, .request = REQUEST_FIT, .serial = awaited(world, REQUEST_FIT), .fitness = fitness});
}

static void select_field(struct world *world, enum start_field field)
{
    list_select(&world->ui.lists[VIEW_START], (size_t)field);
}

/* /runs/b.pth.tar with /runs/f30k, as hands choose them. */
static void choose_both(struct world *world)
{
    select_field(world, START_MODEL);
    key(world, "Enter");
    assert_int_equal(world->ui.view, VIEW_FILES);
    if (awaited(world, REQUEST_FILES))
        answer_files(world, "/runs");
    key(world, "G");
    key(world, "Enter");
    assert_string_equal(start_value(&world->ui, START_MODEL), "/runs/b.pth.tar");
    select_field(world, START_DATA);
    key(world, "Enter");
    answer_files(world, "/runs");
    command(world, "find f30k");
    key(world, "Enter");
    assert_string_equal(start_value(&world->ui, START_DATA), "/runs/f30k");
    answer_fit(world);
}

static void test_the_start_screen_opens_what_is_chosen(void **state)
{
    struct world *world = *state;
    assert_int_equal(world->ui.view, VIEW_START);
    assert_false(world->ui.prompt);
    assert_non_null(find_request(world, REQUEST_RECENT));
    key(world, "L");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    choose_both(world);
    assert_string_equal(start_value(&world->ui, START_SPLIT), "test"); /* of those that the look found */
    key(world, "L");
    assert_non_null(find_effect(world, EFFECT_CLOSE));
    assert_null(find_effect(world, EFFECT_KEEP)); /* nothing was open */
    const struct request *request = find_request(world, REQUEST_OPEN);
    assert_non_null(request);
    assert_string_equal(request->sources[0].of[SOURCE_MODEL], "/runs/b.pth.tar");
    assert_string_equal(request->sources[0].of[SOURCE_DATA], "/runs/f30k");
    assert_string_equal(request->sources[0].of[SOURCE_SPLIT], "test");
    assert_true(world->ui.prompt);
}

static void opened(struct world *world)
{
    send(world, (struct event){.kind = EVENT_OPENED,
                               .request = REQUEST_OPEN,
                               .serial = awaited(world, REQUEST_OPEN),
                               .catalog = &world->backend->catalog});
}

static void test_an_opening_that_fails_comes_back_with_the_reason(void **state)
{
    struct world *world = *state;
    choose_both(world);
    key(world, "L");
    send(world, (struct event){.kind = EVENT_FAILED,
                               .request = REQUEST_OPEN,
                               .serial = awaited(world, REQUEST_OPEN),
                               .text = mem_strdup("b.pth.tar: is cut short")});
    assert_int_equal(world->ui.view, VIEW_START);
    assert_false(world->ui.leaving);
    assert_false(world->ui.prompt);
    assert_string_equal(world->ui.start.why, "b.pth.tar: is cut short");
    assert_string_equal(start_value(&world->ui, START_MODEL), "/runs/b.pth.tar"); /* to be mended, not chosen anew */
    key(world, "L");
    assert_null(world->ui.start.why);
    key(world, "Ctrl-C");
    assert_non_null(find_effect(world, EFFECT_CANCEL));
    assert_int_equal(world->ui.view, VIEW_START);
    assert_non_null(world->ui.start.why);
    assert_true(awaited(world, REQUEST_OPEN) == 0);
}

static void test_another_session_replaces_the_open_one(void **state)
{
    struct world *world = *state;
    choose_both(world);
    key(world, "L");
    opened(world);
    enter(world, "a red ball");
    answer_ranked(world);
    answer_looked(world);
    key(world, "0");
    assert_int_equal(world->ui.view, VIEW_START);
    key(world, "Esc");
    assert_int_equal(world->ui.view, VIEW_SEARCH); /* it is still there */
    key(world, "0");
    command(world, "load ~/other.pth.tar \"/data/my things\" dev");
    const struct effect *kept = find_effect(world, EFFECT_KEEP);
    assert_non_null(kept);
    assert_non_null(strstr(kept->text, "a red ball"));
    assert_int_equal(strlen(kept->name), 16);
    assert_string_equal(find_request(world, REQUEST_OPEN)->sources[0].of[SOURCE_MODEL], "/home/me/other.pth.tar");
    assert_string_equal(find_request(world, REQUEST_OPEN)->sources[0].of[SOURCE_DATA], "/data/my things");
    assert_null(world->ui.catalogs[0]);
    assert_null(world->ui.sides[0].ranking);
    key(world, "Esc");
    key(world, "u"); /* there is no way back into what is closed */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    opened(world);
    enter(world, "a blue dog");
    assert_non_null(find_request(world, REQUEST_RANK));
}

static void test_a_typed_path_leads_the_browser(void **state)
{
    struct world *world = *state;
    select_field(world, START_DATA);
    key(world, "i");
    assert_int_equal(find_effect(world, EFFECT_LINE_OPEN)->number, PROMPT_PATH);
    assert_string_equal(find_effect(world, EFFECT_LINE_OPEN)->text, "/runs/");
    answer_files(world, "/runs");
    send(world, (struct event){.kind = EVENT_LINE, .text = mem_strdup("/runs/f"), .point = 7});
    assert_int_equal(world->ui.lists[VIEW_FILES].count, 1);
    send(world, (struct event){.kind = EVENT_LINE, .text = mem_strdup("~/x/"), .point = 4});
    assert_string_equal(find_request(world, REQUEST_FILES)->path, "/home/me/x");
    enter(world, "~/x/data/");
    assert_string_equal(start_value(&world->ui, START_DATA), "/home/me/x/data");
    assert_int_equal(world->ui.view, VIEW_START);
    select_field(world, START_DATA);
    key(world, "Delete");
    assert_string_equal(start_value(&world->ui, START_DATA), "");
    key(world, "s"); /* no folder, no splits */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    command(world, "split dev");
    assert_string_equal(start_value(&world->ui, START_SPLIT), "dev");
}

static void test_the_browser_goes_up_and_down(void **state)
{
    struct world *world = *state;
    select_field(world, START_PHOTOS);
    key(world, "Enter");
    answer_files(world, "/runs");
    command(world, "find other");
    key(world, "Enter");
    assert_string_equal(find_request(world, REQUEST_FILES)->path, "/runs/other");
    answer_files(world, "/runs/other");
    key(world, "Backspace");
    assert_string_equal(find_request(world, REQUEST_FILES)->path, "/runs");
    answer_files(world, "/runs");
    size_t item, entry;
    assert_true(ui_selected(&world->ui, VIEW_FILES, &item)); /* the folder that it came from */
    assert_int_equal(files_row(&world->ui, item, &entry), FILES_ENTRY);
    assert_string_equal(world->ui.start.files->items[entry].name, "other");
    key(world, "G");
    key(world, "Enter"); /* a file, where a folder is wanted */
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
    key(world, "g");
    key(world, "j");
    key(world, "Enter"); /* this folder */
    assert_string_equal(start_value(&world->ui, START_PHOTOS), "/runs");
}

static void test_every_command_before_anything_is_open(void **state)
{
    struct world *world = *state;
    for (int view = 0; view < VIEWS; view++)
        for (size_t i = 0; i < ui_command_count; i++) {
            world->ui.view = (enum view_id)view;
            effects_clear(&world->effects);
            ui_commands[i].run(&world->ui, "", &world->effects);
            world->ui.leaving = false;
            update_settle(&world->ui);
            ui_want(&world->ui, &world->effects);
            struct list *list = ui_list(&world->ui);
            assert_true(list->count == 0 || list->selected < list->count);
        }
}

/* Every command in every view, with nothing there and with everything there, leaves a sane state. */
static void test_every_command_everywhere(void **state)
{
    struct world *world = *state;
    for (int round = 0; round < 2; round++) {
        for (int view = 0; view < VIEWS; view++)
            for (size_t i = 0; i < ui_command_count; i++) {
                world->ui.view = (enum view_id)view;
                effects_clear(&world->effects);
                ui_commands[i].run(&world->ui, "", &world->effects);
                world->ui.leaving = false;
                update_settle(&world->ui);
                struct list *list = ui_list(&world->ui);
                assert_true(list->count == 0 || list->selected < list->count);
            }
        enter(world, "a red ball");
        answer_ranked(world);
    }
}

/* The table is what help, palette and manual come from: it must be whole. */
static void test_command_table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < ui_command_count; i++) {
        const struct ui_command *c = &ui_commands[i];
        assert_true((*c->keys || c->args) && *c->help && c->modes);
        const char *keys = c->keys;
        while (*keys) {
            size_t n = strcspn(keys, " ");
            ui_key k = key_parse(keys, n);
            if (!k)
                fail_msg("%s: no key \"%.*s\"", c->name, (int)n, keys);
            for (size_t other = 0; other < i; other++) {
                if (!(ui_commands[other].modes & c->modes & MODE_ANY))
                    continue;
                const char *theirs = ui_commands[other].keys;
                while (*theirs) {
                    size_t m = strcspn(theirs, " ");
                    if (key_parse(theirs, m) == k)
                        fail_msg("%.*s is %s and %s", (int)n, keys, ui_commands[other].name, c->name);
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
#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
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
#define START_CASE(test) cmocka_unit_test_setup_teardown(test, setup_start, teardown)
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
