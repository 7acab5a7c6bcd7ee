/* ui_commands_program.c: commands of opening, exporting and the program. */
#include "base/mem.h"
#include "tests/ui/ui_commands.h"
#include "ui/actions/browse.h"
#include "ui/actions/start.h"

/* ---- opening ---- */

/* The start screen, on the row of a field. */
static void at_field(struct world *world, enum start_field field)
{
    world_keys(world, world->ui.prompt ? "Esc 0" : "0");
    assert_int_equal(world->ui.view, VIEW_START);
    list_select(list(world), (size_t)field); /* there are no recent sessions above it */
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

static void t_option(struct world *world)
{
    at_field(world, START_MODEL);
    world_keys(world, "o");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* the row is of no option */
    world_command(world, "path /runs/silent");
    world_settle(world);
    at_field(world, START_FEATURES); /* the first of the options that the model does not say */
    world_keys(world, "o");
    world_settle(world);
    assert_string_equal(start_value(&world->ui, START_OPTION + 1), "t2i");
    world_keys(world, "o");
    world_settle(world);
    assert_string_equal(start_value(&world->ui, START_OPTION + 1), "i2t");
    world_command(world, "option lambda_softmax 4");
    world_settle(world);
    assert_string_equal(start_value(&world->ui, START_OPTION + 3), "4");
    world_command(world, "option lambda-softmax -4");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* out of range */
    world_command(world, "option agg_func Mean");
    assert_int_equal(world->ui.message.role, ROLE_ERROR); /* the model says it */
    world_command(world, "option lambda_softmax");
    assert_string_equal(start_value(&world->ui, START_OPTION + 3), "");
    at_field(world, START_MODEL);
    world_command(world, "path /runs/other");
    assert_string_equal(start_value(&world->ui, START_OPTION + 1), ""); /* it was said of another */
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
    browse_folder(&world->ui, "/runs/other");
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
    world_key(world, "l"); /* Enter would choose it */
    assert_string_equal(world_request(world, REQUEST_FILES)->path, "/runs/other/f30k");
    assert_string_equal(start_value(&world->ui, START_DATA), "");
}

/* ---- taking away ---- */

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
    world_keys(world, "Esc 3 End");
    world_key(world, "v");
    assert_int_equal(world_effect(world, EFFECT_VIEW_FILE)->image, 11);
}

/* ---- program ---- */

static void t_bind(struct world *world)
{
    world_keys(world, "Esc");
    world_command(world, "bind");
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
    world_command(world, "unbind");
    assert_string_equal(world_effect(world, EFFECT_LINE_OPEN)->text, "unbind ");
    world_enter(world, "unbind q");
    world_keys(world, "q");
    assert_false(world->ui.leaving);
}

static void t_theme(struct world *world)
{
    const struct theme *before = world->ui.theme;
    world_keys(world, "Esc");
    world_command(world, "theme");
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
    world_command(world, "mouse");
    assert_false(world->ui.mouse);
    assert_int_equal(world_effect(world, EFFECT_MOUSE)->number, 0);
    world_command(world, "mouse on");
    assert_true(world->ui.mouse);
}

static void t_colours(struct world *world)
{
    world->ui.depth_most = DEPTH_256;
    world->ui.depth = DEPTH_256;
    world_keys(world, "Esc");
    world_command(world, "colours");
    assert_int_equal(world->ui.depth, DEPTH_MONO);
    for (int i = 0; i < 3; i++) /* all that the terminal can, and round */
        world_command(world, "colours");
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
    world_command(world, "symbols");
    assert_int_equal(world->ui.symbols, SYMBOLS_HALF);
    assert_false(world->ui.ascii);
}

static void t_graphics(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "X X"); /* the terminal said nothing: automatic is cells, and round */
    assert_int_equal(world->ui.graphics, WISH_CELLS);
    world->ui.speaks[GRAPHICS_SIXEL] = true;
    world_key(world, "X");
    assert_int_equal(world->ui.graphics, WISH_SIXEL);
    assert_int_equal(world_request(world, REQUEST_PICTURE)->picture.graphics, GRAPHICS_SIXEL);
    world_key(world, "X");
    assert_int_equal(world->ui.graphics, WISH_AUTO); /* not kitty's: the terminal cannot */
    world_command(world, "graphics kitty");          /* unless it is named */
    assert_int_equal(world->ui.graphics, WISH_KITTY);
    assert_true(world_says(world, "did not say"));
    world_command(world, "graphics cells");
    assert_int_equal(ui_graphics(&world->ui), GRAPHICS_CELLS);
    assert_null(world_request(world, REQUEST_PICTURE)); /* that one is still there */
    world_command(world, "graphics svg");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_settings(struct world *world)
{
    world_ask(world, "a red ball");
    world_keys(world, "?"); /* from the help too, and back to where that came from */
    world_keys(world, ",");
    assert_int_equal(world->ui.view, VIEW_SETTINGS);
    world_keys(world, "Esc");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
    world_keys(world, "Right");
    assert_int_equal(world->ui.view, VIEW_SEARCH);
}

/* The settings' view, on the row of a command. */
static void at_setting(struct world *world, const char *name)
{
    if (world->ui.view != VIEW_SETTINGS)
        world_keys(world, world->ui.prompt ? "Esc F2" : "F2");
    world_command(world, "first");
    char *text = mem_printf("find %s", name);
    world_command(world, text);
    free(text);
}

static void t_next_value(struct world *world)
{
    world->ui.depth_most = DEPTH_256;
    world->ui.depth = DEPTH_256;
    at_setting(world, "overlay");
    world_keys(world, "Right l Enter");
    assert_int_equal(world->ui.overlay, OVERLAY_BOXES);
    assert_int_equal(world->ui.box_count, 5);
    at_setting(world, "colours");
    world_keys(world, "Right");
    assert_int_equal(world->ui.depth, DEPTH_MONO); /* the terminal shows no more than 256 */
    at_setting(world, "thumbnails");
    world_keys(world, "Right");
    assert_int_equal(world->ui.cache_mb, 80);
    world_keys(world, "1");
    world_command(world, "next-value");
    assert_int_equal(world->ui.message.role, ROLE_ERROR);
}

static void t_previous_value(struct world *world)
{
    at_setting(world, "theme");
    world_keys(world, "Left");
    assert_string_equal(theme_name(world->ui.theme), "mono");
    at_setting(world, "words off");
    world_keys(world, "h");
    assert_true(world->ui.word_table);
    at_setting(world, "thumbnails");
    world_keys(world, "h h h h h h");
    assert_int_equal(world->ui.cache_mb, 0);
}

static void t_thumbnails(struct world *world)
{
    world_keys(world, "Esc");
    world_command(world, "thumbnails");
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

/* ---- all of them ---- */

const struct command_test commands_of_program[] = {
    COMMAND_TEST("start", start),
    COMMAND_TEST("load", load),
    COMMAND_TEST("path", path),
    COMMAND_TEST("split", split),
    COMMAND_TEST("clear", clear),
    COMMAND_TEST("option", option),
    COMMAND_TEST("parent", parent),
    COMMAND_TEST("enter-folder", enter_folder),
    COMMAND_TEST("export", export),
    COMMAND_TEST("copy", copy),
    COMMAND_TEST("copy-id", copy_id),
    COMMAND_TEST("external", external),
    COMMAND_TEST("settings", settings),
    COMMAND_TEST("next-value", next_value),
    COMMAND_TEST("previous-value", previous_value),
    COMMAND_TEST("bind", bind),
    COMMAND_TEST("unbind", unbind),
    COMMAND_TEST("theme", theme),
    COMMAND_TEST("mouse", mouse),
    COMMAND_TEST("colours", colours),
    COMMAND_TEST("symbols", symbols),
    COMMAND_TEST("graphics", graphics),
    COMMAND_TEST("thumbnails", thumbnails),
    COMMAND_TEST("undo", undo),
    COMMAND_TEST("redraw", redraw),
    COMMAND_TEST("suspend", suspend),
    COMMAND_TEST("quit", quit),
    {0},
};
