#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "figure/figure_file.h"
#include "figure/style.h"

/* A figure with something for every kind, its photograph in a file. */
struct sample {
    char folder[64];
    char *photo, *json, *csv, *one, *two;
    struct image pixels;
    struct figure_data data;
    struct figure_style style;
    struct error err;
};

static void make_figure(struct sample *s)
{
    static const float boxes[] = {0, 0, 20, 20, 10, 5, 40, 30}, weights[] = {0.3f, 0.7f};
    static const float odd[] = {NAN, 1e-30f};
    static const struct figure_word words[] = {
        {.text = "a", .weights = weights, .similarity = 0.1f, .share = -0.25f, .node = 0.5f},
        {.text = "\"snow\\", .weights = odd, .similarity = NAN, .share = NAN, .unknown = true}};
    static const struct figure_caption captions[] = {{"one, \"two\"", 0.5f, true, 1}};
    static const size_t regions[] = {1, 0};
    static const double x[] = {1, 2, 3}, y[] = {0.1, 1.0 / 3, 2};
    static const struct figure_series series[] = {{"s", x, y, 3}};
    static const char *const names[] = {NULL, "tree, \"tall\""};
    static const float confidences[] = {0, 0.25f};
    static const char *const ticks[] = {"1", "2-3", "more"};
    static const struct figure_plot plots[] = {
        {.title = "Ranks", .series = series, .series_count = 1, .bars = true, .ticks = ticks}};
    struct figure_set *set = figure_data_sets(&s->data, 1);
    set->query = "a \"snow\\";
    set->image = (struct figure_image){.id = "7",
                                       .path = s->photo,
                                       .boxes = boxes,
                                       .names = names,
                                       .confidences = confidences,
                                       .regions = 2,
                                       .box_width = 48,
                                       .box_height = 32};
    figure_data_photo(&s->data, &set->image, 0);
    struct figure_result *results = figure_data_take(&s->data, 2, sizeof *results);
    results[0] = (struct figure_result){set->image, 0.9f, true, 1};
    results[1] = (struct figure_result){set->image, 1.0f / 3, false, 2};
    set->words = words;
    set->word_count = 2;
    set->results = results;
    set->result_count = 2;
    set->captions = captions;
    set->caption_count = 1;
    set->regions = regions;
    set->region_count = 2;
    set->region_similarity = weights;
    set->score = 0.1f;
    set->has_score = true;
    s->data.figure.plots = plots;
    s->data.figure.plot_count = 1;
    s->data.figure.info = (struct figure_info){
        .caption = set->query, .model = "m.pth.tar", .score = 0.1f, .has_score = true};
}

static int set_up(void **state)
{
    struct sample *s = mem_new(1, sizeof *s);
    strcpy(s->folder, "/tmp/scanscope-test-XXXXXX");
    if (!mkdtemp(s->folder))
        return -1;
    s->photo = file_join(s->folder, "7.png");
    s->json = file_join(s->folder, "data.json");
    s->csv = file_join(s->folder, "data.csv");
    s->one = file_join(s->folder, "one.png");
    s->two = file_join(s->folder, "two.png");
    s->pixels = (struct image){48, 32, 48, 32, mem_new(48 * 32, 4)};
    for (size_t i = 0; i < 48 * 32 * 4; i++)
        s->pixels.pixels[i] = i % 4 == 3 ? 255 : (uint8_t)(i * 37 / 5);
    assert_done(image_save_png(s->photo, &s->pixels, 0, NULL, 0, &s->err), s->err);
    make_figure(s);
    s->style = (struct figure_style){.overlay = OVERLAY_HEAT,
                                     .map = MAP_MAGMA,
                                     .dpi = 72,
                                     .width_mm = 60,
                                     .scores = true,
                                     .names = true,
                                     .font_size = 7.3};
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct sample *s = *state;
    char **files[] = {&s->photo, &s->json, &s->csv, &s->one, &s->two};
    for (size_t i = 0; i < 5; i++) {
        unlink(*files[i]);
        free(*files[i]);
    }
    figure_data_done(&s->data);
    free(s->pixels.pixels);
    int left = rmdir(s->folder);
    free(s);
    return left;
}

static void assert_same_file(const char *a, const char *b)
{
    struct error err;
    struct file_map one, two;
    assert_done(file_map_open(a, &one, &err), err);
    assert_done(file_map_open(b, &two, &err), err);
    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.data, two.data, one.size);
    file_map_close(&one);
    file_map_close(&two);
}

static void redraw(struct sample *s, enum figure_kind kind, const char *ending)
{
    struct figure_data again = {0};
    struct figure_style style;
    char *one = mem_printf("%s%s", s->one, ending), *two = mem_printf("%s%s", s->two, ending);
    s->data.figure.kind = kind;
    assert_done(figure_save_json(&s->data.figure, &s->style, s->json, &s->err), s->err);
    assert_done(figure_write(&s->data.figure, &s->style, one, NULL, &s->err), s->err);
    assert_done(figure_load_json(s->json, NULL, &again, &style, &s->err), s->err);
    assert_done(figure_write(&again.figure, &style, two, NULL, &s->err), s->err);
    assert_same_file(one, two);
    assert_done(figure_save_json(&again.figure, &style, s->two, &s->err), s->err);
    assert_same_file(s->json, s->two);
    figure_data_done(&again);
    unlink(one);
    unlink(two);
    free(one);
    free(two);
}

/* A figure is drawn again from its data, to the byte, and its data written again the same: every
 * kind in every format. */
static void test_redrawn_from_its_data(void **state)
{
    static const char *const endings[] = {".png", ".pdf", ".svg"};
    for (int kind = FIGURE_WORDS; kind < FIGURE_KINDS; kind++)
        for (int i = 0; i < 3; i++)
            redraw(*state, (enum figure_kind)kind, endings[i]);
}

/* What other kinds of models than SCAN have: weights of nodes; shares instead of weights. */
static void set_kind(struct sample *s, bool attends)
{
    struct figure_set *set = (struct figure_set *)s->data.figure.sets;
    struct figure_word *words = figure_data_take(&s->data, set->word_count, sizeof *words);
    memcpy(words, set->words, set->word_count * sizeof *words);
    set->words = words;
    set->model_kind = attends ? "SGRAF SAF" : "VSE++";
    set->weights_are = attends ? "weights of a kind" : NULL;
    set->nodes_are = attends ? "weights of nodes" : NULL;
    set->shares_are = attends ? NULL : "what words add";
    set->node = 0.125f;
    set->rank = 3;
    set->rank_of = 24;
    for (size_t i = 0; !attends && i < set->word_count; i++)
        words[i].weights = NULL;
}

static void test_other_kinds(void **state)
{
    struct sample *s = *state;
    struct figure_data again = {0};
    struct figure_style style;
    static const enum figure_kind kinds[] = {FIGURE_WORDS, FIGURE_COMPARE, FIGURE_REGIONS,
                                             FIGURE_MATRIX};
    for (int attends = 1; attends >= 0; attends--) {
        set_kind(s, attends);
        for (size_t k = 0; k < (attends ? COUNTOF(kinds) : 2); k++)
            redraw(s, kinds[k], ".svg");
        assert_done(figure_save_json(&s->data.figure, &s->style, s->json, &s->err), s->err);
        assert_done(figure_load_json(s->json, NULL, &again, &style, &s->err), s->err);
        const struct figure_set *set = &again.figure.sets[0];
        assert_int_equal(set->rank, 3);
        assert_int_equal(set->rank_of, 24);
        assert_true(figure_set_attends(set) == attends);
        assert_true(set->node == (attends ? 0.125f : 0));
        assert_true(set->words[0].node == (attends ? 0.5f : 0));
        assert_true(set->words[0].share == (attends ? 0 : -0.25f));
        assert_string_equal(set->model_kind, attends ? "SGRAF SAF" : "VSE++");
        assert_string_equal(attends ? set->nodes_are : set->shares_are,
                            attends ? "weights of nodes" : "what words add");
        figure_data_done(&again);
        again = (struct figure_data){0};
    }
    for (size_t k = 2; k < COUNTOF(kinds); k++) {
        s->data.figure.kind = kinds[k];
        assert_int_equal(figure_write(&s->data.figure, &s->style, s->one, NULL, &s->err), -1);
        assert_non_null(strstr(s->err.text, "VSE++ has no attention"));
    }
}

static void test_csv_of_other_kinds(void **state)
{
    struct sample *s = *state;
    static const char *const lines[2][2] = {
        {"\nshare,0,\"a \"\"snow\\\",7,1,a,-0.25,,,,,,,,,,,\n",
         "\nshare,0,\"a \"\"snow\\\",7,2,\"\"\"snow\\\",,,,,,,,,,,,\n"},
        {"\nnode,0,\"a \"\"snow\\\",7,0,,0.125,,,,,,,,,,,\n",
         "\nnode,0,\"a \"\"snow\\\",7,1,a,0.5,,,,,,,,,,,\n"}};
    for (int attends = 1; attends >= 0; attends--) {
        struct file_map map;
        set_kind(s, attends);
        assert_done(figure_save_csv(&s->data.figure, s->csv, &s->err), s->err);
        assert_done(file_map_open(s->csv, &map, &s->err), s->err);
        for (size_t i = 0; i < 2; i++)
            if (!memmem(map.data, map.size, lines[attends][i], strlen(lines[attends][i])))
                fail_msg("no line %s in\n%.*s", lines[attends][i], (int)map.size,
                         (const char *)map.data);
        assert_true((memmem(map.data, map.size, "\nweight,", 8) != NULL) == attends);
        file_map_close(&map);
    }
}

static void test_photo_that_moved(void **state)
{
    struct sample *s = *state;
    struct figure_data again = {0};
    struct figure_style style;
    ((struct figure_set *)s->data.figure.sets)->image.path = "/no/such/folder/7.png";
    assert_done(figure_save_json(&s->data.figure, &s->style, s->json, &s->err), s->err);
    assert_done(figure_load_json(s->json, NULL, &again, &style, &s->err), s->err);
    assert_non_null(again.figure.sets[0].image.pixels); /* found beside the file */
    figure_data_done(&again);
    assert_done(figure_load_json(s->json, "/no/such", &again, &style, &s->err), s->err);
    assert_null(again.figure.sets[0].image.pixels);
    assert_non_null(strstr(again.figure.sets[0].image.missing, "/no/such/7.png"));
    figure_data_done(&again);
}

static void test_csv(void **state)
{
    struct sample *s = *state;
    static const char *const lines[] = {
        "kind,set,query,image,number,text,score,truth,region,x1,y1,x2,y2,weight,x,y,name,"
        "confidence\n",
        "\nweight,0,\"a \"\"snow\\\",7,1,a,0.100000001,,1,10,5,40,30,0.699999988,,,\"tree, "
        "\"\"tall\"\"\",0.25\n",
        "\nweight,0,\"a \"\"snow\\\",7,2,\"\"\"snow\\\",,,0,0,0,20,20,,,,,0\n",
        "\nresult,0,\"a \"\"snow\\\",7,2,,0.333333343,false,,,,,,,,,,\n",
        "\ncaption,0,\"a \"\"snow\\\",7,1,\"one, \"\"two\"\"\",0.5,true,,,,,,,,,,\n",
        "\npoint,0,Ranks,,2,s,,,,,,,,,2,0.33333333333333331,,\n",
    };
    assert_done(figure_save_csv(&s->data.figure, s->csv, &s->err), s->err);
    struct file_map map;
    assert_done(file_map_open(s->csv, &map, &s->err), s->err);
    for (size_t i = 0; i < COUNTOF(lines); i++)
        if (!memmem(map.data, map.size, lines[i], strlen(lines[i])))
            fail_msg("no line %s in\n%.*s", lines[i], (int)map.size, (const char *)map.data);
    int commas = 0;
    for (size_t i = 0; i < map.size && map.data[i] != '\n'; i++)
        commas += map.data[i] == ',';
    assert_int_equal(commas, 17);
    file_map_close(&map);
}

static void test_bad_json(void **state)
{
    struct sample *s = *state;
#define HEAD "{\"scanscope_figure\": 1, \"kind\": \"words\", "
#define IMAGE "\"image\": {\"regions\": 2, \"boxes\": [0,0,1,1,0,0,1,1]}"
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "is empty, not JSON"},
        {"{", "is not JSON: line 1"},
        {"[1]", "not a figure's data"},
        {"{\"scanscope_figure\": 1}", "not a figure's data"},
        {"{\"scanscope_figure\": 1, \"kind\": \"jet\"}", "no figure kind 'jet'"},
        {HEAD "\"sets\": 3}", "sets: expected a list"},
        {HEAD "\"caption\": 3}", "caption: expected a string"},
        {HEAD "\"style\": {\"dpi\": -1}}", "dpi takes"},
        {HEAD "\"style\": {\"dpi\": []}}", "style: expected a string, number"},
        {HEAD "\"style\": {\"colour\": 1}}", "no option 'colour'"},
        {HEAD "\"sets\": [{\"image\": 4}]}", "sets[0].image: expected an object"},
        {HEAD "\"sets\": [{\"image\": {\"regions\": -1}}]}",
         "regions: expected a non-negative integer"},
        {HEAD "\"sets\": [{\"image\": {\"regions\": 1e9}}]}",
         "regions: expected a non-negative integer"},
        {HEAD "\"sets\": [{\"image\": {\"regions\": 3, \"boxes\": [1]}}]}", "12 numbers"},
        {HEAD "\"sets\": [{\"image\": {\"regions\": 3, \"names\": [\"a\"]}}]}",
         "an entry for each"},
        {HEAD "\"sets\": [{\"image\": {\"regions\": 1, \"names\": [7]}}]}", "a list of strings"},
        {HEAD "\"sets\": [{\"image\": {\"regions\": 1, \"names\": [null], \"confidences\": []}}]}",
         "1 numbers"},
        {HEAD "\"sets\": [{" IMAGE ", \"words\": [{\"text\": \"a\"}]}]}", "2 numbers"},
        {HEAD "\"sets\": [{" IMAGE ", \"words\": [{\"text\": \"a\", \"weights\": [1, {}]}]}]}",
         "sets[0].words[0].weights: expected a list of numbers"},
        {HEAD "\"sets\": [{" IMAGE ", \"words\": [{\"weights\": [1, 2]}]}]}", "words[0].text"},
        {HEAD "\"sets\": [{" IMAGE ", \"shown_regions\": [2]}]}", "shown_regions"},
        {HEAD "\"sets\": [{" IMAGE ", \"shown_regions\": [-1]}]}", "shown_regions"},
        {HEAD "\"sets\": [{\"results\": [{\"truth\": 1}]}]}",
         "results[0].truth: expected true or false"},
        {HEAD "\"sets\": [{\"captions\": [{}]}]}", "captions[0].text: expected a string"},
        {HEAD "\"plots\": [{\"series\": [{\"x\": [1], \"y\": []}]}]}", "1 numbers"},
        {HEAD "\"plots\": [{\"series\": [], \"ticks\": [\"a\"]}]}", "ticks"},
    };
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct figure_data data = {0};
        struct figure_style style;
        assert_done(file_write(s->json, bad[i].text, strlen(bad[i].text), &s->err), s->err);
        assert_int_equal(figure_load_json(s->json, NULL, &data, &style, &s->err), -1);
        if (!strstr(s->err.text, bad[i].says) || !strstr(s->err.text, "data.json"))
            fail_msg("%s: %s", bad[i].text, s->err.text);
        figure_data_done(&data);
    }
}

/* What is read may be empty: drawing says so. */
static void test_empty_figures(void **state)
{
    struct sample *s = *state;
    static const char *const sets[] = {"", ", \"sets\": []", ", \"sets\": [{}, {}]",
                                       ", \"sets\": [{" IMAGE "}], \"plots\": [{}]"};
    for (int kind = FIGURE_WORDS; kind < FIGURE_KINDS; kind++)
        for (size_t i = 0; i < 4; i++) {
            struct figure_data data = {0};
            struct figure_style style;
            char *text = mem_printf("{\"scanscope_figure\": 1, \"kind\": \"%s\"%s}",
                                    figure_kind_name((enum figure_kind)kind), sets[i]);
            assert_done(file_write(s->json, text, strlen(text), &s->err), s->err);
            free(text);
            assert_done(figure_load_json(s->json, NULL, &data, &style, &s->err), s->err);
            if (kind != FIGURE_CURVES || i < 3)
                assert_int_equal(figure_write(&data.figure, &style, s->one, NULL, &s->err), -1);
            else
                assert_done(figure_write(&data.figure, &style, s->one, NULL, &s->err), s->err);
            figure_data_done(&data);
        }
}

static void test_style_by_name(void **state)
{
    (void)state;
    struct error err;
    struct figure_style style = {0};
    static const char *const good[][2] = {
        {"style", "heat"},    {"map", "grey"},      {"combine", "rank"},  {"scale", "absolute"},
        {"width", "column"},  {"dpi", "150"},       {"columns", "3"},     {"max_words", "9"},
        {"font", "DejaVu X"}, {"font-size", "6.5"}, {"original", "true"}, {"scores", "true"}};
    static const char *const bad[][2] = {{"style", "jet"},  {"style", ""},     {"columns", "2.5"},
                                         {"columns", "0"},  {"dpi", "nan"},    {"dpi", "72dpi"},
                                         {"scores", "yes"}, {"width", "3"},    {"colour", "red"},
                                         {"map", "jet"},    {"font-size", "0"}};
    for (size_t i = 0; i < COUNTOF(good); i++)
        assert_done(figure_style_set(&style, good[i][0], good[i][1], &err), err);
    assert_int_equal(style.overlay, OVERLAY_HEAT);
    assert_int_equal(style.combine, COMBINE_RANK);
    assert_int_equal(style.max_words, 9);
    assert_true(style.original_first && style.scores && !style.letters);
    assert_float_equal(style.width_mm, FIGURE_COLUMN_MM, 1e-9);
    for (size_t i = 0; i < COUNTOF(bad); i++)
        assert_int_equal(figure_style_set(&style, bad[i][0], bad[i][1], &err), -1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_redrawn_from_its_data), CASE(test_photo_that_moved),          CASE(test_csv),
        CASE(test_other_kinds),           CASE(test_csv_of_other_kinds),        CASE(test_bad_json),
        CASE(test_empty_figures),         cmocka_unit_test(test_style_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
