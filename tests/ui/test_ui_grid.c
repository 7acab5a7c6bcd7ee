#include "tests/support/testing.h"

#include <dirent.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/screen/grid.h"
#include "ui/screen/keys.h"
#include "ui/screen/theme.h"
#include "ui/state/list.h"
#include "ui/work/cache.h"

static void assert_grid(const struct grid *grid, const char *expected)
{
    struct str text = {0};
    grid_text(grid, &text);
    assert_string_equal(str_text(&text), expected);
    str_done(&text);
}

static struct pane whole(struct grid *grid)
{
    return grid_pane(grid, (struct rect){0, 0, grid->rows, grid->cols});
}

static void test_wide_and_combining_characters_take_their_columns(void **state)
{
    struct grid grid;
    (void)state;
    grid_init(&grid, 3, 12);
    assert_int_equal(pane_put(whole(&grid), 0, 0, (struct style){0}, "日本e\xcc\x81x"), 6);
    assert_int_equal(grid_at(&grid, 0, 1)->columns, 0);
    assert_int_equal(grid_at(&grid, 0, 4)->code[1], 0x301);
    assert_int_equal(grapheme_columns("🐕 dog"), 6);
    pane_put(whole(&grid), 1, 11, (struct style){0}, "日"); /* half of it would not fit */
    pane_put(whole(&grid), 2, 0, (struct style){0}, "日本");
    pane_put(whole(&grid), 2, 1, (struct style){0},
             "-"); /* over a right half: the left half goes too */
    assert_grid(&grid, "日本e\xcc\x81x\n\n -本\n");
    grid_done(&grid);
}

static void test_text_that_steers_is_disarmed(void **state)
{
    struct grid grid;
    (void)state;
    grid_init(&grid, 1, 20);
    pane_put(whole(&grid), 0, 0, (struct style){0},
             "a\033[31mb\xe2\x80\xae"
             "c\xff"
             "d\n\xe2\x81\xa6"
             "e");
    assert_grid(&grid, "a [31mbc\xef\xbf\xbd"
                       "d e\n");
    grid_done(&grid);
}

static void test_ascii_mode_puts_only_ascii(void **state)
{
    struct grid grid;
    (void)state;
    grid_init(&grid, 3, 8);
    grid.ascii = true;
    pane_put(whole(&grid), 0, 0, (struct style){0}, "╭──────╮");
    pane_put(whole(&grid), 1, 0, (struct style){0}, "│é日✓  │");
    pane_put(whole(&grid), 2, 0, (struct style){0}, "╰──────╯");
    assert_grid(&grid, "+------+\n|???*  |\n+------+\n");
    grid_done(&grid);
}

static void test_fit_cuts_with_an_ellipsis(void **state)
{
    struct grid grid;
    (void)state;
    grid_init(&grid, 2, 10);
    assert_int_equal(pane_fit(whole(&grid), 0, 1, 6, (struct style){0}, "abcdefgh"), 7);
    pane_fit(whole(&grid), 1, 1, 6, (struct style){0}, "日本語語語");
    assert_grid(&grid, " abcde…\n 日本…\n");
    grid_done(&grid);
}

static void test_panes_clip(void **state)
{
    struct grid grid;
    (void)state;
    grid_init(&grid, 3, 6);
    struct pane pane = grid_pane(&grid, (struct rect){1, 2, 1, 3});
    pane_put(pane, 0, -1, (struct style){0}, "abcdefgh");
    pane_put(pane, 1, 0, (struct style){0}, "no");
    pane_put(pane_part(pane, 0, 9, 1, 1), 0, 0, (struct style){0}, "no");
    assert_grid(&grid, "\n  bcd\n\n");
    grid_done(&grid);
}

static void test_keys_have_names_both_ways(void **state)
{
    static const char *const names[] = {"Ctrl-C",       "Alt-x", "Enter", "PageDown", "Ctrl-Left",
                                        "Alt-Shift-Up", "Space", "F12",   "?",        "é",
                                        "Shift-Tab"};
    (void)state;
    for (size_t i = 0; i < COUNTOF(names); i++) {
        char text[KEY_NAME_MAX];
        ui_key key = key_parse(names[i], strlen(names[i]));
        key_text(key, text);
        assert_string_equal(text, names[i]);
    }
    assert_int_equal(key_parse("Nokey", 5), 0);
    assert_int_equal(key_parse("ctrl-c", 6), key_parse("Ctrl-C", 6));
}

static void test_keys_have_bytes(void **state)
{
    static const struct {
        const char *name, *bytes;
    } cases[] = {{"Up", "\033[A"},      {"Ctrl-Right", "\033[1;5C"},
                 {"Delete", "\033[3~"}, {"Ctrl-A", "\001"},
                 {"Alt-b", "\033b"},    {"Shift-Tab", "\033[Z"},
                 {"Enter", "\r"},       {"é", "é"},
                 {"Backspace", "\177"}};
    (void)state;
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        char bytes[16];
        size_t n = key_bytes(key_parse(cases[i].name, strlen(cases[i].name)), bytes);
        assert_int_equal(n, strlen(cases[i].bytes));
        assert_memory_equal(bytes, cases[i].bytes, n);
    }
}

static void test_list_scrolls_and_filters(void **state)
{
    struct list list = {0};
    (void)state;
    list_total(&list, 100);
    list_move(&list, 30);
    list_scroll(&list, 10, 1);
    assert_int_equal(list.top, 21);
    list_move(&list, -1000);
    list_scroll(&list, 10, 1);
    assert_int_equal(list.top, 0);
    list_select(&list, 99);
    list_scroll(&list, 12, 4); /* tiles: four to a line */
    assert_int_equal(list.top, 88);
    size_t *kept = malloc(3 * sizeof *kept);
    memcpy(kept, (size_t[]){7, 50, 99}, 3 * sizeof *kept);
    list_keep(&list, kept, 3);
    assert_int_equal(list.selected, 2); /* item 99 stays selected */
    assert_int_equal(list_item(&list, 1), 50);
    list_keep_all(&list);
    assert_int_equal(list.selected, 99);
    list_done(&list);
}

static void test_colours_reduce(void **state)
{
    (void)state;
    assert_int_equal(colour_reduce(COLOUR_HEX(0xff0000), DEPTH_256), COLOUR_INDEX(196));
    assert_int_equal(colour_reduce(COLOUR_HEX(0xff0101), DEPTH_16), COLOUR_INDEX(9));
    assert_int_equal(colour_reduce(COLOUR_HEX(0x123456), DEPTH_MONO), COLOUR_DEFAULT);
    assert_int_equal(colour_reduce(COLOUR_HEX(0x123456), DEPTH_TRUE), COLOUR_HEX(0x123456));
}

/* Text on every step of the heat ramp, and every role, is readable: contrast of luminance at least
 * 3 to 1. */
static double luminance(uint32_t rgb)
{
    double out = 0;
    static const double share[] = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
        double c = (rgb >> (16 - 8 * i) & 255) / 255.0;
        out += share[i] * (c <= 0.03928 ? c / 12.92 : __builtin_pow((c + 0.055) / 1.055, 2.4));
    }
    return out;
}

static double contrast(const struct theme *theme, struct style style)
{
    uint32_t fg = colour_is_rgb(style.fg) ? style.fg & 0xffffff : theme_foreground(theme);
    uint32_t bg = colour_is_rgb(style.bg) ? style.bg & 0xffffff : theme_background(theme);
    double a = luminance(fg), b = luminance(bg);
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void test_themes_are_readable(void **state)
{
    static const char *const names[] = {"dark", "light"};
    (void)state;
    for (int t = 0; t < 2; t++) {
        const struct theme *theme = theme_named(names[t]);
        for (int role = 0; role < ROLES; role++) {
            if (role == ROLE_BORDER)
                continue; /* lines, no text */
            struct style style = theme_style(theme, DEPTH_TRUE, (enum role)role);
            double c = contrast(theme, style);
            if (c < 3)
                fail_msg("theme %s, role %d: contrast %.2f", names[t], role, c);
        }
        for (int i = 0; i <= 20; i++)
            if (contrast(theme, theme_heat(theme, DEPTH_TRUE, (float)i / 20)) < 3)
                fail_msg("theme %s, heat %d/20", names[t], i);
    }
}

enum { KEPT_BYTES = 1 << 20 };

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *d; dir && (d = readdir(dir));)
        count += d->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return count;
}

/* Those that are looked at stay while others come and go, and the whole never grows beyond the
 * bound. */
static void test_thumbnails_not_looked_at_go_first(void **state)
{
    enum { CELLS = 12 * 8, SIZE = 4 * (7 + 3 * CELLS), KEPT = 10, MADE = 60 };
    char folder[] = "/tmp/ui-cache-XXXXXX", path[128], liked[128];
    struct picture_cell cells[CELLS] = {{'a', 1, 2}};
    struct picture picture = {.cols = 12, .rows = 8, .cells = cells};
    struct picture_spec spec = {.cols = 12, .rows = 8};
    struct cache cache;
    struct error err;
    (void)state;
    assert_non_null(mkdtemp(folder));
    char *kept = file_join(folder, "kept");
    cache_open(&cache, kept);
    cache_limit(&cache, (size_t)KEPT * SIZE);
    snprintf(liked, sizeof liked, "%s/0", folder);
    for (int i = 0; i < MADE; i++) {
        snprintf(path, sizeof path, "%s/%d", folder, i);
        assert_done(file_write(path, "x", 1, &err), err);
        cache_put(&cache, path, &spec, &picture);
        struct picture *got = cache_get(&cache, liked, &spec);
        assert_non_null(got);
        picture_free(got);
        usleep(2000); /* file systems tell times in steps */
        assert_true(files_in(kept) <= KEPT);
    }
    assert_true(files_in(kept) >= KEPT / 2);
    snprintf(path, sizeof path, "%s/1", folder);
    assert_null(cache_get(&cache, path, &spec));
    cache_done(&cache);
    free(kept);
    char *command = mem_printf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
}

static void test_thumbnails_are_kept_within_a_bound(void **state)
{
    char folder[] = "/tmp/ui-cache-XXXXXX", path[128];
    struct picture_cell cells[6] = {{'a', 1, 2}, {'b', 3, 4},  {'c', 5, 6},
                                    {'d', 7, 8}, {'e', 9, 10}, {0x2580, 11, 12}};
    struct picture picture = {
        .cols = 3, .rows = 2, .cells = cells, .full_width = 640, .full_height = 480};
    struct picture_spec spec = {.cols = 4, .rows = 2}, other = {.cols = 5, .rows = 2};
    struct cache cache;
    struct error err;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/photo", folder);
    assert_done(file_write(path, "x", 1, &err), err);
    char *kept = file_join(folder, "kept");
    cache_open(&cache, kept);
    cache_limit(&cache, KEPT_BYTES);
    assert_null(cache_get(&cache, path, &spec));
    cache_put(&cache, path, &spec, &picture);
    assert_null(cache_get(&cache, path, &other));
    struct picture *got = cache_get(&cache, path, &spec);
    assert_non_null(got);
    assert_int_equal(got->cols, 3);
    assert_int_equal(got->full_height, 480);
    assert_memory_equal(got->cells, cells, sizeof cells);
    picture_free(got);
    assert_done(file_write(path, "changed", 7, &err), err);
    assert_null(cache_get(&cache, path, &spec)); /* the photograph is another one now */
    cache_done(&cache);
    cache_open(&cache, kept);
    cache_limit(&cache, KEPT_BYTES);
    cache_put(&cache, path, &spec, &picture);
    assert_int_equal(files_in(kept), 2);
    cache_limit(&cache, 0); /* nothing may be kept any more */
    assert_int_equal(files_in(kept), 0);
    cache_put(&cache, path, &spec, &picture);
    assert_int_equal(files_in(kept), 0);
    cache_done(&cache);
    cache_open(&cache, NULL);
    cache_limit(&cache, KEPT_BYTES);
    cache_put(&cache, path, &spec, &picture);
    assert_null(cache_get(&cache, path, &spec));
    free(kept);
    char *command = mem_printf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
}

static void test_a_damaged_thumbnail_is_passed_over(void **state)
{
    char folder[] = "/tmp/ui-cache-XXXXXX", path[128], file[400] = "";
    struct picture_cell cells[1] = {{'a', 1, 2}};
    struct picture picture = {.cols = 1, .rows = 1, .cells = cells};
    struct picture_spec spec = {.cols = 4, .rows = 2};
    struct cache cache;
    struct error err;
    struct dirent *d;
    (void)state;
    assert_non_null(mkdtemp(folder));
    cache_open(&cache, folder);
    cache_limit(&cache, KEPT_BYTES);
    snprintf(path, sizeof path, "%s/photo", folder);
    assert_done(file_write(path, "x", 1, &err), err);
    cache_put(&cache, path, &spec, &picture);
    DIR *dir = opendir(folder);
    while ((d = readdir(dir)))
        if (strlen(d->d_name) == 16)
            snprintf(file, sizeof file, "%s/%s", folder, d->d_name);
    closedir(dir);
    struct file_map map;
    assert_done(file_map_open(file, &map, &err), err);
    uint8_t bytes[64];
    size_t size = map.size;
    memcpy(bytes, map.data, size);
    file_map_close(&map);
    for (size_t n = 0; n < size; n++) { /* cut short anywhere */
        assert_done(file_write(file, bytes, n, &err), err);
        assert_null(cache_get(&cache, path, &spec));
    }
    for (size_t i = 0; i < size; i++) { /* a wrong byte anywhere */
        uint8_t keep = bytes[i];
        bytes[i] = (uint8_t)(bytes[i] ^ 0xf0);
        assert_done(file_write(file, bytes, size, &err), err);
        assert_null(cache_get(&cache, path, &spec));
        bytes[i] = keep;
    }
    cache_done(&cache);
    char *command = mem_printf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_and_combining_characters_take_their_columns),
        cmocka_unit_test(test_text_that_steers_is_disarmed),
        cmocka_unit_test(test_ascii_mode_puts_only_ascii),
        cmocka_unit_test(test_fit_cuts_with_an_ellipsis),
        cmocka_unit_test(test_panes_clip),
        cmocka_unit_test(test_keys_have_names_both_ways),
        cmocka_unit_test(test_keys_have_bytes),
        cmocka_unit_test(test_list_scrolls_and_filters),
        cmocka_unit_test(test_colours_reduce),
        cmocka_unit_test(test_themes_are_readable),
        cmocka_unit_test(test_thumbnails_are_kept_within_a_bound),
        cmocka_unit_test(test_thumbnails_not_looked_at_go_first),
        cmocka_unit_test(test_a_damaged_thumbnail_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
