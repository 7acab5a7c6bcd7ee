/* Figures against pictures and SVG kept in tests/figure/golden, with a tolerance for other versions
 * of the font renderer. SCANSCOPE_GOLDEN_UPDATE=1 writes them anew; look at them before they are
 * committed. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "figure/figure.h"

enum { R = 6, W = 5, SIDE_X = 96, SIDE_Y = 64 };

struct sample {
    struct image photo;
    float boxes[4 * R], weights[W][R];
    struct figure_word words[W];
    struct figure_result results[5];
    struct figure_caption captions[3];
    size_t regions[R];
    double x[40], y[2][40];
    struct figure_series series[2];
    struct figure_plot plots[2];
    struct figure_set set, sets[2];
    struct figure figure;
};

/* A landscape: sky, a sun, hills. */
static void paint(struct sample *s)
{
    s->photo = (struct image){SIDE_X, SIDE_Y, SIDE_X, SIDE_Y, mem_new(SIDE_X * SIDE_Y, 4)};
    for (int y = 0; y < SIDE_Y; y++)
        for (int x = 0; x < SIDE_X; x++) {
            uint8_t *p = s->photo.pixels + 4 * (y * SIDE_X + x);
            bool sun = (x - 70) * (x - 70) + (y - 16) * (y - 16) < 81;
            bool hill = y > 40 + 8 * sin(x / 14.0);
            p[0] = (uint8_t)(sun ? 250 : hill ? 60 + y / 2 : 120 + y);
            p[1] = (uint8_t)(sun ? 200 : hill ? 110 + y / 2 : 170 + y);
            p[2] = (uint8_t)(sun ? 60 : hill ? 50 : 220);
            p[3] = 255;
        }
}

static void fill_words(struct sample *s)
{
    static const char *const texts[] = {"the", "sun", "above", "green", "hills"};
    static const float boxes[4 * R] = {60, 6, 80, 26, 0,  32, 96, 64, 0,  0,  96, 32,
                                       10, 8, 40, 30, 50, 30, 96, 60, 10, 36, 48, 64};
    struct rng rng;
    rng_seed(&rng, 4);
    memcpy(s->boxes, boxes, sizeof boxes);
    for (int w = 0; w < W; w++) {
        double sum = 0;
        for (int r = 0; r < R; r++)
            sum += s->weights[w][r] = (float)exp(2 * rng_normal(&rng));
        for (int r = 0; r < R; r++)
            s->weights[w][r] /= (float)sum;
        s->words[w] = (struct figure_word){.text = texts[w],
                                           .weights = s->weights[w],
                                           .similarity = 0.1f * (float)w,
                                           .share = 0.07f * (float)(w % 4 - 1),
                                           .node = 0.05f * (float)w,
                                           .unknown = w == 3};
    }
    for (size_t r = 0; r < R; r++)
        s->regions[r] = r;
}

static void fill_plots(struct sample *s)
{
    for (int i = 0; i < 40; i++) {
        s->x[i] = i + 1;
        s->y[0][i] = 100 * (1 - exp(-i / 6.0));
        s->y[1][i] = 100 * (1 - exp(-i / 11.0));
    }
    s->series[0] = (struct figure_series){"t-i AVG", s->x, s->y[0], 40};
    s->series[1] = (struct figure_series){"i-t LSE", s->x, s->y[1], 40};
    for (int p = 0; p < 2; p++)
        s->plots[p] = (struct figure_plot){.title = "Recall at k",
                                           .x_label = "k",
                                           .y_label = "% of queries",
                                           .series = s->series,
                                           .series_count = 2,
                                           .log_x = p == 0,
                                           .bars = p == 1};
}

static void fill(struct sample *s)
{
    *s = (struct sample){0};
    paint(s);
    fill_words(s);
    fill_plots(s);
    s->set = (struct figure_set){.query = "The sun above green hills",
                                 .image = {.pixels = &s->photo,
                                           .id = "42",
                                           .boxes = s->boxes,
                                           .regions = R,
                                           .box_width = SIDE_X,
                                           .box_height = SIDE_Y},
                                 .words = s->words,
                                 .word_count = W,
                                 .regions = s->regions,
                                 .region_count = R,
                                 .results = s->results,
                                 .result_count = 5,
                                 .captions = s->captions,
                                 .caption_count = 3,
                                 .label = "model",
                                 .score = 0.5f,
                                 .has_score = true};
    for (size_t i = 0; i < 5; i++)
        s->results[i] = (struct figure_result){s->set.image, 0.9f - 0.1f * (float)i, i == 1, i + 1};
    for (size_t i = 0; i < 3; i++)
        s->captions[i] = (struct figure_caption){i ? "Hills in the evening sun with a long shadow"
                                                   : "The sun above green hills",
                                                 0.9f - 0.1f * (float)i, i == 0, i + 1};
    s->figure.info =
        (struct figure_info){.caption = s->set.query, .model = "m.pth.tar", .version = "golden"};
    s->figure.plots = s->plots;
    s->figure.plot_count = 2;
}

/* ---- comparing ---- */

static int pixel_difference(const uint8_t *a, const uint8_t *b)
{
    int most = 0;
    for (int c = 0; c < 3; c++)
        most = abs(a[c] - b[c]) > most ? abs(a[c] - b[c]) : most;
    return most;
}

/* Black where they are the same; saved beside the figure that was made. */
static void save_difference(const struct image *a, const struct image *b, const char *path)
{
    struct error err;
    struct image out = *a;
    out.pixels = mem_new((size_t)a->width * (size_t)a->height, 4);
    for (int i = 0; i < a->width * a->height; i++) {
        for (int c = 0; c < 3; c++)
            out.pixels[4 * i + c] = (uint8_t)abs(a->pixels[4 * i + c] - b->pixels[4 * i + c]);
        out.pixels[4 * i + 3] = 255;
    }
    if (image_save_png(path, &out, 0, NULL, 0, &err) == 0)
        fprintf(stderr, "# the difference is in %s\n", path);
    free(out.pixels);
}

/* The largest mean difference of a block: what moved or changed colour shows here, however small it
 * is on the page; another font renderer's edges do not. */
static double worst_block(const struct image *a, const struct image *b, int height)
{
    enum { SIDE = 6 };
    double worst = 0;
    for (int y0 = 0; y0 + SIDE <= height; y0 += SIDE)
        for (int x0 = 0; x0 + SIDE <= a->width; x0 += SIDE) {
            int sum = 0;
            for (int y = y0; y < y0 + SIDE; y++)
                for (int x = x0; x < x0 + SIDE; x++)
                    sum += pixel_difference(a->pixels + 4 * (y * a->width + x),
                                            b->pixels + 4 * (y * b->width + x));
            worst = fmax(worst, (double)sum / (SIDE * SIDE));
        }
    return worst;
}

/* How much may differ: the mean over the picture, and over a block of it. */
struct tolerance {
    double mean, block;
};

/* NULL where they are alike; else in what they are not, the caller's to free. */
static char *pictures_differ(const char *golden, const char *made, struct tolerance most,
                             const char *difference)
{
    struct error err;
    struct image a, b;
    double sum = 0;
    assert_done(image_load(golden, 0, &a, &err), err);
    assert_done(image_load(made, 0, &b, &err), err);
    int height = a.height < b.height ? a.height : b.height;
    char *how = NULL;
    if (a.width != b.width || abs(a.height - b.height) > 2)
        how = mem_printf("it is %d x %d, kept was %d x %d", b.width, b.height, a.width, a.height);
    for (int i = 0; i < a.width * height && !how; i++)
        sum += pixel_difference(a.pixels + 4 * i, b.pixels + 4 * i);
    double mean = sum / (a.width * (double)height), block = how ? 0 : worst_block(&a, &b, height);
    if (!how && (mean > most.mean || block > most.block))
        how = mem_printf("mean difference %.2f, of a block %.1f", mean, block);
    if (how && difference && a.width == b.width && a.height == b.height)
        save_difference(&a, &b, difference);
    image_done(&a);
    image_done(&b);
    return how;
}

/* Past "base64,...": pictures are compared as pictures, fonts not at all. */
static const char *skip_data(const char *at)
{
    return strncmp(at, "base64,", 7) == 0 ? at + strcspn(at, "\")") : at;
}

/* Numbers may differ by less than a point. */
static char *svgs_differ(const char *golden, const char *made)
{
    struct error err;
    struct file_map a, b;
    char *how = NULL;
    assert_done(file_map_open(golden, &a, &err), err);
    assert_done(file_map_open(made, &b, &err), err);
    char *text_a = mem_strndup((const char *)a.data, a.size);
    char *text_b = mem_strndup((const char *)b.data, b.size);
    const char *x = text_a, *y = text_b;
    while (*x && *y && !how) {
        char *end_x, *end_y;
        x = skip_data(x);
        y = skip_data(y);
        double u = strtod(x, &end_x), v = strtod(y, &end_y);
        if (*x != ' ' && end_x != x && end_y != y && fabs(u - v) < 1) {
            x = end_x;
            y = end_y;
        } else if (*x++ != *y++) {
            how = mem_printf("'%.40s', kept was '%.40s'", y - 1, x - 1);
        }
    }
    if (!how && *x != *y)
        how = mem_strdup("one is longer");
    free(text_a);
    free(text_b);
    file_map_close(&a);
    file_map_close(&b);
    return how;
}

/* ---- the test ---- */

/* What a model's numbers are: SCAN's; with weights of nodes; shares instead of attention. */
enum numbers { SCAN, NODES, SHARES };

static const struct golden {
    const char *name;
    enum figure_kind kind;
    enum overlay_style overlay;
    enum colour_map map;
    enum numbers numbers; /* of the (second) set */
} goldens[] = {
    {"words-fade.png", FIGURE_WORDS, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"words-heat.png", FIGURE_WORDS, OVERLAY_HEAT, MAP_CIVIDIS, SCAN},
    {"words-boxes.png", FIGURE_WORDS, OVERLAY_BOXES, MAP_VIRIDIS, SCAN},
    {"regions.png", FIGURE_REGIONS, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"strip.png", FIGURE_STRIP, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"captions.png", FIGURE_CAPTIONS, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"matrix.png", FIGURE_MATRIX, OVERLAY_FADE, MAP_MAGMA, SCAN},
    {"compare.png", FIGURE_COMPARE, OVERLAY_HEAT, MAP_INFERNO, SCAN},
    {"curves.png", FIGURE_CURVES, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"failures.png", FIGURE_FAILURES, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"words.svg", FIGURE_WORDS, OVERLAY_HEAT, MAP_VIRIDIS, SCAN},
    {"regions.svg", FIGURE_REGIONS, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"strip.svg", FIGURE_STRIP, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"captions.svg", FIGURE_CAPTIONS, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"matrix.svg", FIGURE_MATRIX, OVERLAY_FADE, MAP_MAGMA, SCAN},
    {"compare.svg", FIGURE_COMPARE, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"failures.svg", FIGURE_FAILURES, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"curves.svg", FIGURE_CURVES, OVERLAY_FADE, MAP_VIRIDIS, SCAN},
    {"words-nodes.png", FIGURE_WORDS, OVERLAY_FADE, MAP_VIRIDIS, NODES},
    {"words-shares.png", FIGURE_WORDS, OVERLAY_FADE, MAP_VIRIDIS, SHARES},
    {"regions-nodes.png", FIGURE_REGIONS, OVERLAY_FADE, MAP_VIRIDIS, NODES},
    {"compare-kinds.png", FIGURE_COMPARE, OVERLAY_HEAT, MAP_VIRIDIS, SHARES},
};
enum { GOLDENS = COUNTOF(goldens) };

/* Fonts and their renderers change from version to version. */
static const struct tolerance usual = {2.5, 40};

/* Gives the set what another kind of model than SCAN has; its words then are `words`. */
static void make_kind(enum numbers numbers, struct figure_set *set, struct figure_word words[W])
{
    if (numbers == SCAN)
        return;
    memcpy(words, set->words, W * sizeof *words);
    for (size_t w = 0; numbers == SHARES && w < W; w++)
        words[w].weights = NULL;
    set->words = words;
    set->model_kind = numbers == NODES ? "SGRAF SAF" : "VSE++";
    set->weights_are = numbers == NODES ? "Weights: each word's attention to the regions" : NULL;
    set->nodes_are = numbers == NODES ? "Bars: weights in the filter of SAF" : NULL;
    set->shares_are = numbers == SHARES ? "Bars: the score minus the score without the word" : NULL;
    set->node = 0.22f;
    set->rank = 3;
    set->rank_of = 1000;
}

static void draw(struct sample *s, const struct golden *g, const char *path)
{
    struct figure_word words[W];
    struct error err;
    struct figure_style style = {.overlay = g->overlay,
                                 .map = g->map,
                                 .dpi = 100,
                                 .width_mm = 100,
                                 .original_first = true,
                                 .scores = true,
                                 .letters = true,
                                 .footer = true};
    bool several = g->kind == FIGURE_COMPARE || g->kind == FIGURE_FAILURES;
    s->sets[0] = s->sets[1] = s->set;
    s->sets[1].label = "another";
    make_kind(g->numbers, &s->sets[1], words);
    s->figure.kind = g->kind;
    s->figure.sets = several ? s->sets : &s->sets[1];
    s->figure.set_count = several ? 2 : 1;
    assert_done(figure_write(&s->figure, &style, path, NULL, &err), err);
}

static char *golden_path(const struct golden *g)
{
    const char *root = getenv("SCANSCOPE_TESTS");
    return mem_printf("%s/figure/golden/%s", root ? root : "tests", g->name);
}

static char *differs(const struct golden *g, const char *made, const char *difference)
{
    char *golden = golden_path(g);
    char *how = strstr(g->name, ".svg") ? svgs_differ(golden, made)
                                        : pictures_differ(golden, made, usual, difference);
    free(golden);
    return how;
}

static int set_up(void **state)
{
    char *folder = mem_strdup("/tmp/scanscope-golden-XXXXXX");
    *state = folder;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    rmdir(*state); /* what failed stays to be looked at */
    free(*state);
    return 0;
}

static void test_goldens(void **state)
{
    for (size_t i = 0; i < GOLDENS; i++) {
        const struct golden *g = &goldens[i];
        struct sample s;
        char *made = file_join(*state, g->name), *kept = golden_path(g);
        char *difference = mem_printf("%s.difference.png", made);
        bool update = getenv("SCANSCOPE_GOLDEN_UPDATE") != NULL;
        fill(&s);
        draw(&s, g, update ? kept : made);
        char *how = update ? NULL : differs(g, made, difference);
        if (how)
            fail_msg("%s: %s", made, how);
        unlink(made);
        free(s.photo.pixels);
        free(difference);
        free(kept);
        free(made);
    }
}

/* What each kind is about, changed a little. */
static void change(struct sample *s, enum figure_kind kind)
{
    switch (kind) {
    case FIGURE_WORDS:
    case FIGURE_COMPARE:
    case FIGURE_MATRIX:
        s->words[2].weights = s->weights[4];
        s->words[2].share = -0.2f;
        break;
    case FIGURE_REGIONS:
        s->regions[3] = 1;
        break;
    case FIGURE_STRIP:
    case FIGURE_FAILURES:
        s->results[1].truth = false;
        s->results[2].truth = true;
        break;
    case FIGURE_CAPTIONS:
        s->captions[0].truth = false;
        s->captions[1].truth = true;
        break;
    default:
        s->y[1][30] = 20;
    }
}

static void test_goldens_can_fail(void **state)
{
    for (size_t i = 0; i < GOLDENS; i++) {
        struct sample s;
        char *made = file_join(*state, goldens[i].name);
        fill(&s);
        change(&s, goldens[i].kind);
        draw(&s, &goldens[i], made);
        char *how = differs(&goldens[i], made, NULL);
        if (!how)
            fail_msg("%s: a change of what it shows is not seen", goldens[i].name);
        free(how);
        unlink(made);
        free(made);
        free(s.photo.pixels);
    }
}

/* ---- one figure, three formats ---- */

/* Draws the PDF's page as a PNG, another program's way. */
static int raster_pdf(const char *pdf, const char *png)
{
    char *command =
        mem_printf("pdftoppm -r 100 -png -singlefile '%s' '%.*s'", pdf, (int)strlen(png) - 4, png);
    int status = system(command);
    free(command);
    return status;
}

/* The page of the PDF looks as the PNG does: not to the pixel, since edges lie between pixels, but
 * whatever one of them left out would show. */
static void test_pdf_shows_the_same(void **state)
{
    const struct tolerance loose = {12, 130};
    if (system("command -v pdftoppm >/dev/null"))
        skip();
    for (size_t i = 0; i < GOLDENS; i++) {
        struct sample s;
        if (strstr(goldens[i].name, ".svg"))
            continue;
        char *png = file_join(*state, goldens[i].name), *pdf = file_join(*state, "figure.pdf");
        char *page = file_join(*state, "page.png");
        char *difference = mem_printf("%s.difference.png", png);
        fill(&s);
        draw(&s, &goldens[i], png);
        draw(&s, &goldens[i], pdf);
        assert_int_equal(raster_pdf(pdf, page), 0);
        char *how = pictures_differ(png, page, loose, difference);
        if (how)
            fail_msg("the PDF of %s: %s", png, how);
        unlink(png);
        unlink(pdf);
        unlink(page);
        free(difference);
        free(page);
        free(pdf);
        free(png);
        free(s.photo.pixels);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(test_goldens), CASE(test_goldens_can_fail),
                                       CASE(test_pdf_shows_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
