#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "figure/kinds.h"
#include "figure/raster.h"
#include "tests/figure/figure_sample.h"

/* Lays out and asks whether texts overlap or anything leaves the page. */
static void check_layout(struct sample *s)
{
    struct scene scene;
    assert_done(scene_init(&scene, &s->style, 1, &s->notes, &s->err), s->err);
    assert_done(figure_kind_of(s->figure.kind)->layout(&scene, &s->figure, &s->err), s->err);
    if (scene_check(&scene, &s->err) != 0)
        fail_msg("%s, %g mm, %g points: %s", figure_kind_name(s->figure.kind), s->style.width_mm,
                 s->style.font_size, s->err.text);
    assert_true(scene.count > 0 && scene.height > 0);
    scene_done(&scene);
}

/* A model with weights of nodes; one without attention. */
static void make_kind(struct figure_set *set, bool attends)
{
    static struct figure_word words[2][WORDS];
    memcpy(words[attends], set->words, set->word_count * sizeof *set->words);
    for (size_t i = 0; i < set->word_count; i++) {
        words[attends][i].node = 0.01f * (float)(i % 13);
        words[attends][i].share = i % 7 == 6 ? NAN : 0.05f * ((float)(i % 5) - 1.5f);
        words[attends][i].weights = attends ? words[attends][i].weights : NULL;
    }
    set->words = words[attends];
    set->model_kind = attends ? "SGRAF SGR" : "VSE++";
    set->nodes_are = attends ? "Bars: weights of the last step" : NULL;
    set->weights_are = attends ? "Weights: of a kind" : NULL;
    set->shares_are = attends ? NULL : "Bars: the score minus the score without the word";
    set->node = 0.3f;
    set->rank = 12345;
    set->rank_of = 31783;
}

/* What another kind of model gives, alone. */
static void check_other_kind(struct sample *s, bool attends)
{
    struct figure_set set = s->set;
    static const enum figure_kind kinds[] = {FIGURE_WORDS, FIGURE_REGIONS, FIGURE_MATRIX};
    make_kind(&set, attends);
    s->figure.sets = &set;
    s->figure.set_count = 1;
    for (size_t k = 0; k < (attends ? COUNTOF(kinds) : 1); k++) {
        s->figure.kind = kinds[k];
        check_layout(s);
    }
}

/* All kinds; those that compare sets get three, of several kinds of models. */
static void check_kinds(struct sample *s)
{
    for (int i = 0; i < 3; i++)
        s->sets[i] = s->set;
    s->sets[1].query = "Another caption";
    for (int attends = 0; attends < 2; attends++) {
        check_other_kind(s, attends);
        make_kind(&s->sets[1 + attends], attends);
    }
    for (int kind = FIGURE_WORDS; kind < FIGURE_KINDS; kind++) {
        bool several = kind == FIGURE_COMPARE || kind == FIGURE_FAILURES;
        s->figure.kind = (enum figure_kind)kind;
        s->figure.sets = several ? s->sets : &s->set;
        s->figure.set_count = several ? 3 : 1;
        check_layout(s);
    }
}

static void test_no_layout_overlaps(void **state)
{
    struct sample *s = *state;
    static const double widths[] = {5, 20, 82.55, 174.6, 500};
    static const double sizes[] = {4, 8, 24, 90};
    static const int shapes[][2] = {{64, 48}, {1, 1}, {400, 2}, {2, 400}};
    for (int w = 0; w < 5; w++)
        for (int f = 0; f < 4; f++)
            for (int p = 0; p < 4; p++) {
                s->style.width_mm = widths[w];
                s->style.font_size = sizes[f];
                s->style.overlay = (enum overlay_style)((w + f) % 3);
                s->style.scores = f % 2;
                s->style.letters = w % 2;
                s->style.footer = p % 2;
                s->set.result_count = (size_t)(1 + (w + 5 * p) % 12);
                sample_photo(s, shapes[p][0], shapes[p][1]);
                check_kinds(s);
            }
}

/* The check itself sees texts that overlap and what leaves the page. */
static void test_the_check_can_fail(void **state)
{
    struct sample *s = *state;
    const struct text_look look = {.size = 1};
    struct scene scene;
    assert_done(scene_init(&scene, &s->style, 1, &s->notes, &s->err), s->err);
    scene.height = 100;
    for (int i = 0; i < 2; i++) {
        struct scene_text_block block = scene_text_block(&scene, "text", &look, 50, 1);
        scene_text(&scene, &block, 10 + 60 * i, 10, 0);
    }
    assert_done(scene_check(&scene, &s->err), s->err);
    struct scene_text_block block = scene_text_block(&scene, "more", &look, 50, 1);
    scene_text(&scene, &block, 12, 12, 0);
    assert_int_equal(scene_check(&scene, &s->err), -1);
    assert_non_null(strstr(s->err.text, "overlap"));
    scene_done(&scene);
    assert_done(scene_init(&scene, &s->style, 1, &s->notes, &s->err), s->err);
    scene.height = 100;
    scene_fill(&scene, (struct box){0, 90, 10, 11}, 0);
    assert_int_equal(scene_check(&scene, &s->err), -1);
    assert_non_null(strstr(s->err.text, "leaves"));
    scene_done(&scene);
}

static void test_two_hundred_words(void **state)
{
    struct sample *s = *state;
    sample_words(s, WORDS);
    check_kinds(s);
    s->figure.kind = FIGURE_WORDS;
    s->style.max_words = 7;
    check_layout(s);
    assert_non_null(strstr(sample_notes(s), "the first 7 of 200 words"));
}

static void test_hostile_texts(void **state)
{
    struct sample *s = *state;
    static const char *const texts[] = {
        "",
        "\xff\xfe\n\t",
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd7\xa2\xd7\x95\xd7\x9c\xd7\x9d abc",
        "\xf0\x9f\x90\x95\xe2\x80\x8d\xf0\x9f\x92\xbb\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",
        "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
        "\xe2\x80\xa8\xe2\x80\xae<b>&amp;",
        "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen",
    };
    s->style.scores = true;
    for (size_t t = 0; t < COUNTOF(texts); t++)
        for (int width = 10; width <= 90; width += 40) {
            for (size_t i = 0; i < 6; i++)
                s->words[i].text = texts[t];
            s->set.query = s->set.image.id = texts[t];
            s->style.width_mm = width;
            check_layout(s);
            assert_done(sample_draw(s), s->err);
        }
    size_t n = 60000; /* a caption of 10,000 words */
    char *caption = mem_new(n + 1, 1);
    for (size_t i = 0; i < n; i++)
        caption[i] = "letter"[i % 6] == 'r' ? ' ' : 'x';
    s->set.query = caption;
    check_layout(s);
    free(caption);
}

static void test_hostile_numbers(void **state)
{
    struct sample *s = *state;
    s->weights[0][1] = NAN;
    s->weights[1][0] = INFINITY;
    s->words[1].similarity = NAN;
    for (int r = 0; r < R; r++)
        s->weights[2][r] = NAN;
    memset(s->weights[4], 0, sizeof s->weights[4]);
    s->boxes[0] = NAN;
    s->boxes[4] = -1e9f;
    s->boxes[7] = 1e30f;
    s->boxes[10] = s->boxes[8];
    s->boxes[12] = s->boxes[13] = 500;
    for (int style = OVERLAY_FADE; style <= OVERLAY_NONE; style++)
        for (int scale = SCALE_PAIR; scale <= SCALE_ABSOLUTE; scale++) {
            s->style.overlay = (enum overlay_style)style;
            s->style.scale = (enum figure_scale)scale;
            s->style.combine = (enum overlay_combine)((style + scale) % 3);
            check_layout(s);
            assert_done(sample_draw(s), s->err);
        }
}

static void test_one_pixel(void **state)
{
    struct sample *s = *state;
    sample_photo(s, 1, 1);
    assert_done(sample_draw(s), s->err);
    s->style.dpi = 1;
    assert_done(sample_draw(s), s->err);
}

static void test_missing_photograph(void **state)
{
    struct sample *s = *state;
    s->set.image.pixels = NULL;
    s->set.image.missing = "17.jpg: cannot open: No such file or directory";
    assert_done(sample_draw(s), s->err);
    assert_non_null(strstr(sample_notes(s), "image 17: 17.jpg: cannot open"));
    s->results[1].image = s->set.image;
    s->set.result_count = 3;
    s->figure.kind = FIGURE_STRIP;
    assert_done(sample_draw(s), s->err);
}

static void test_without_boxes(void **state)
{
    struct sample *s = *state;
    s->set.image.boxes = NULL;
    assert_int_equal(sample_draw(s), -1);
    assert_non_null(strstr(s->err.text, "image 17 has no boxes"));
    assert_non_null(strstr(s->err.text, "convert"));
    assert_false(file_exists(s->path));
}

static void test_what_cannot_be_written(void **state)
{
    struct sample *s = *state;
    static const struct {
        const char *path, *says;
    } bad[] = {
        {"no-such-folder/a.png", "No such file"},
        {"a.jpeg", "must end in .png, .pdf, .svg"},
        {"figure", "must end in"},
        {"/tmp/.png/", "must end in"},
    };
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        assert_int_equal(figure_write(&s->figure, &s->style, bad[i].path, &s->notes, &s->err), -1);
        assert_non_null(strstr(s->err.text, bad[i].says));
    }
    s->style.dpi = 2400;
    s->style.width_mm = 1000;
    assert_int_equal(sample_draw(s), -1);
    assert_non_null(strstr(s->err.text, "at most 32767"));
    s->style.dpi = NAN;
    assert_int_equal(sample_draw(s), -1);
}

/* /dev/full stands for a disk that is full. */
static void test_full_disk(void **state)
{
    struct sample *s = *state;
    char *link = file_join(s->folder, "full.png");
    assert_int_equal(symlink("/dev/full", link), 0);
    assert_int_equal(figure_write(&s->figure, &s->style, link, &s->notes, &s->err), -1);
    assert_non_null(strstr(s->err.text, "full.png"));
    unlink(link);
    free(link);
}

static struct file_map read_back(struct sample *s)
{
    struct file_map map;
    assert_done(file_map_open(s->path, &map, &s->err), s->err);
    return map;
}

static void set_format(struct sample *s, const char *ending)
{
    unlink(s->path);
    free(s->path);
    s->path = mem_printf("%s/figure%s", s->folder, ending);
}

static void draw_twice(struct sample *s)
{
    assert_done(sample_draw(s), s->err);
    struct file_map map = read_back(s);
    char *first = mem_new(map.size, 1);
    memcpy(first, map.data, map.size);
    size_t size = map.size;
    file_map_close(&map);
    assert_done(sample_draw(s), s->err);
    map = read_back(s);
    assert_int_equal(map.size, size);
    assert_memory_equal(map.data, first, size);
    file_map_close(&map);
    free(first);
}

static void test_same_input_same_bytes(void **state)
{
    struct sample *s = *state;
    static const char *const endings[] = {".png", ".pdf", ".svg", ".PNG"};
    s->style.overlay = OVERLAY_HEAT;
    for (int i = 0; i < 4; i++) {
        set_format(s, endings[i]);
        for (int kind = FIGURE_WORDS; kind < FIGURE_KINDS; kind++) {
            s->figure.kind = (enum figure_kind)kind;
            draw_twice(s);
        }
    }
}

static bool holds(struct sample *s, const char *text)
{
    struct file_map map = read_back(s);
    bool found = memmem(map.data, map.size, text, strlen(text)) != NULL;
    file_map_close(&map);
    return found;
}

static void test_pdf(void **state)
{
    struct sample *s = *state;
    set_format(s, ".pdf");
    for (int overlay = OVERLAY_FADE; overlay <= OVERLAY_NONE; overlay++) {
        s->style.overlay = (enum overlay_style)overlay;
        assert_done(sample_draw(s), s->err);
        assert_true(holds(s, "/DCTDecode"));
        assert_true(holds(s, "/FontFile2"));
        assert_true(holds(s, "/Title (A snowboarder in a red-and-white coat)"));
        assert_true(holds(s, "Model: model.pth.tar; Score: 0.625000"));
        assert_false(holds(s, "CreationDate"));
    }
    s->set.image.pixels = NULL;
    assert_done(sample_draw(s), s->err);
}

static void test_svg(void **state)
{
    struct sample *s = *state;
    set_format(s, ".svg");
    s->style.overlay = OVERLAY_HEAT;
    s->style.names = false;
    s->words[0].text = "<b>&\"\xef\xbf\xbf";
    s->set.image.id = "a&b";
    s->set.result_count = 0;
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, ">snowboarder</text>"));
    assert_true(holds(s, ">&#60;b&#62;&#38;&#34;\xef\xbf\xbd</text>"));
    assert_true(holds(s, "data:image/jpeg;base64,"));
    assert_true(
        holds(s, "@font-face { font-family: 'DejaVu Sans'; src: url(data:font/ttf;base64,"));
    assert_true(holds(s, "<s:Image>a&#38;b</s:Image>"));
    assert_false(holds(s, "<b>"));
    s->set.image.pixels = NULL;
    assert_done(sample_draw(s), s->err);
    assert_false(holds(s, "data:image/jpeg"));
}

static bool svg_has(struct sample *s, enum figure_kind kind, const char *text)
{
    struct file_map map;
    s->figure.kind = kind;
    assert_done(sample_draw(s), s->err);
    assert_done(file_map_open(s->path, &map, &s->err), s->err);
    bool has = memmem(map.data, map.size, text, strlen(text)) != NULL;
    file_map_close(&map);
    return has;
}

/* What regions were taken for stands on the tags and above the columns, unless the style says no;
 * what is too long is left out of tags. */
static void test_region_names(void **state)
{
    struct sample *s = *state;
    static const enum figure_kind kinds[] = {FIGURE_REGIONS, FIGURE_MATRIX};
    set_format(s, ".svg");
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        s->style.names = true;
        assert_true(svg_has(s, kinds[i], "person 0.93"));
        assert_true(svg_has(s, kinds[i], "fire hydrant"));
        assert_true(svg_has(s, kinds[i], "caf\xc3\xa9"));
        assert_false(svg_has(s, kinds[i], "much longer than a panel"));
        s->style.names = false;
        assert_false(svg_has(s, kinds[i], "person"));
    }
    for (size_t r = 0; r < R; r++)
        s->weights[0][r] = r == 0;
    s->style.names = true;
    assert_true(svg_has(s, FIGURE_WORDS, "a: person 0.93"));
    s->style.names = false;
    assert_false(svg_has(s, FIGURE_WORDS, "person"));
}

/* The value of an overlay in an SVG: what is around the region is dimmed there too. */
static void test_spotlight_in_vector_formats(void **state)
{
    struct sample *s = *state;
    s->figure.kind = FIGURE_REGIONS;
    set_format(s, ".svg");
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, "data:image/png;base64,"));
    set_format(s, ".pdf");
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, "/SMask"));
}

/* A picture that is much wider than high is shown, between its letterbox's bars. */
static void test_letterbox(void **state)
{
    struct sample *s = *state;
    struct image out;
    int blue = 0;
    sample_photo(s, 400, 100);
    s->figure.kind = FIGURE_STRIP;
    s->results[0].image = s->set.image;
    s->set.result_count = 1;
    assert_done(sample_draw(s), s->err);
    assert_done(image_load(s->path, 0, &out, &s->err), s->err);
    for (int i = 0; i < out.width * out.height; i++)
        blue += out.pixels[4 * i + 2] == 90; /* the photograph's, and nothing else's */
    assert_true(blue > out.width * out.height / 4);
    image_done(&out);
}

static void test_statement(void **state)
{
    struct sample *s = *state;
    set_format(s, ".svg");
    s->style.footer = true;
    s->style.scale = SCALE_FIGURE;
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, "<s:Overlay>Brightness: sum of the weights of the regions over a pixel, "
                         "scaled to the largest in the figure, 0."));
    s->figure.kind = FIGURE_REGIONS;
    s->style.scale = SCALE_ABSOLUTE;
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, "<s:Overlay>Tint: a word&#39;s weight, not scaled") ||
                holds(s, "<s:Overlay>Tint: a word's weight, not scaled"));
    s->figure.kind = FIGURE_MATRIX;
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, "<s:Overlay>attention weight (1: all of a word"));
    s->figure.kind = FIGURE_STRIP;
    assert_done(sample_draw(s), s->err);
    assert_false(holds(s, "<s:Overlay>"));
    assert_true(holds(s, "Solid green: the true image"));
    s->figure.kind = FIGURE_WORDS;
    s->style.overlay = OVERLAY_HEAT;
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, "viridis, 65 % opaque over the photograph in grey"));
}

/* Letters go on where the alphabet ends, and from row to row. */
static void test_letters(void **state)
{
    struct sample *s = *state;
    set_format(s, ".svg");
    sample_words(s, 30);
    s->style.letters = true;
    assert_done(sample_draw(s), s->err);
    assert_true(holds(s, ">(a)</text>") && holds(s, ">(z)</text>") && holds(s, ">(aa)</text>") &&
                holds(s, ">(ae)</text>") && !holds(s, ">(af)</text>"));
}

static void test_page_limits(void **state)
{
    struct sample *s = *state;
    sample_words(s, WORDS);
    sample_photo(s, 2, 400);
    s->style.width_mm = 60;
    s->style.columns = 1;
    set_format(s, ".pdf");
    assert_int_equal(sample_draw(s), -1);
    assert_non_null(strstr(s->err.text, "14400"));
    assert_false(file_exists(s->path));
}

/* What only readers of the formats can tell. */
static void test_other_programs_read_it(void **state)
{
    struct sample *s = *state;
    static const struct {
        const char *ending, *program, *command;
    } readers[] = {
        {".png", "pngcheck", "pngcheck -q \"$FIGURE\""},
        {".svg", "xmllint", "xmllint --noout \"$FIGURE\""},
        {".pdf", "pdffonts", "pdffonts \"$FIGURE\" | grep -q 'DejaVu.* yes yes yes'"},
        {".pdf", "pdfimages", "pdfimages -list \"$FIGURE\" | grep -q jpeg"},
        {".pdf", "pdftotext", "pdftotext \"$FIGURE\" - | grep -q 'coat\\|snowboarder\\|Recall'"},
    };
    s->sets[0] = s->sets[1] = s->sets[2] = s->set;
    for (size_t i = 0; i < COUNTOF(readers); i++) {
        char *which = mem_printf("command -v %s >/dev/null", readers[i].program);
        int missing = system(which);
        free(which);
        if (missing) {
            fprintf(stderr, "# skipped: no %s\n", readers[i].program);
            skip();
        }
        set_format(s, readers[i].ending);
        for (int kind = FIGURE_WORDS; kind < FIGURE_KINDS; kind++) {
            bool several = kind == FIGURE_COMPARE || kind == FIGURE_FAILURES;
            s->figure.kind = (enum figure_kind)kind;
            s->figure.sets = several ? s->sets : &s->set;
            s->figure.set_count = several ? 2 : 1;
            assert_done(sample_draw(s), s->err);
            setenv("FIGURE", s->path, 1);
            if (!(kind == FIGURE_CURVES && strstr(readers[i].command, "jpeg")) &&
                system(readers[i].command) != 0)
                fail_msg("%s does not take a figure of %s", readers[i].program,
                         figure_kind_name((enum figure_kind)kind));
        }
    }
}

static void test_metadata(void **state)
{
    struct sample *s = *state;
    static const char *const chunks[] = {
        "tEXtTitle\0A snowboarder in a red-and-white coat",
        "tEXtSoftware\0scanscope ",
        "tEXtCaption\0A snowboarder in a red-and-white coat",
        "tEXtWords\0a snowboarder in a red-and-white coat",
        "tEXtImage\00017",
        "tEXtModel\0model.pth.tar",
        "tEXtScore\0000.625000",
        "tEXtOverlay\0Brightness: sum of the weights",
    };
    assert_done(sample_draw(s), s->err);
    struct file_map map = read_back(s);
    for (size_t i = 0; i < COUNTOF(chunks); i++) {
        size_t key = strlen(chunks[i]) + 1, length = key + strlen(chunks[i] + key);
        if (!memmem(map.data, map.size, chunks[i], length))
            fail_msg("no %s", chunks[i]);
    }
    assert_non_null(memmem(map.data, map.size, "pHYs", 4));
    file_map_close(&map);
}

static void test_fonts(void **state)
{
    struct sample *s = *state;
    s->style.font = "No Such Font";
    check_layout(s);
    assert_non_null(strstr(sample_notes(s), "'No Such Font' is not installed"));
    assert_null(strstr(sample_notes(s), "no installed font has"));
    s->words[1].text = s->words[2].text = "\xf4\x8f\xbf\xbd"; /* for private use: in no font */
    s->style.font = NULL;
    check_layout(s);
    const char *note = strstr(sample_notes(s), "no installed font has");
    assert_non_null(note);
    assert_null(strstr(note + 1, "no installed font has")); /* said once */
}

/* What is drawn: white where nothing attends, the photograph where all of it does. */
static void test_pixels_of_a_fade(void **state)
{
    struct sample *s = *state;
    struct image out;
    s->style = (struct figure_style){.dpi = 72, .width_mm = (64 + 4) * 25.4 / 72, .columns = 1};
    s->boxes[0] = s->boxes[1] = 0;
    s->boxes[2] = 32;
    s->boxes[3] = 48;
    s->set.query = NULL;
    s->set.word_count = 1;
    for (int r = 0; r < R; r++)
        s->weights[0][r] = r == 0;
    s->words[0].text = "";
    assert_done(sample_draw(s), s->err);
    assert_done(image_load(s->path, 0, &out, &s->err), s->err);
    assert_int_equal(out.width, 68);
    const uint8_t *in = s->photo.pixels + 4 * (40 * 64 + 20);
    const uint8_t *kept = out.pixels + 4 * (42 * 68 + 22), *gone = out.pixels + 4 * (42 * 68 + 50);
    for (int c = 0; c < 3; c++) {
        assert_in_range(kept[c], in[c] - 2, in[c] + 2);
        assert_int_equal(gone[c], 255);
    }
    image_done(&out);
}

static void test_scaling_of_photographs(void **state)
{
    struct sample *s = *state;
    struct image out;
    for (int size = 1; size < 200; size += 33) {
        assert_done(raster_scale(&s->photo, size, size, &out, &s->err), s->err);
        for (int i = 0; i < size * size; i++)
            assert_int_equal(out.pixels[4 * i + 2], 90); /* a flat channel stays flat */
        image_done(&out);
    }
    assert_done(raster_scale(&s->photo, 64, 48, &out, &s->err), s->err);
    assert_memory_equal(out.pixels, s->photo.pixels, 4 * 64 * 48);
    image_done(&out);
}

static void test_widths(void **state)
{
    (void)state;
    struct error err;
    double mm;
    static const struct {
        const char *text;
        double mm;
    } good[] = {{"85mm", 85},   {"8.5cm", 85},     {"3.3in", 83.82},
                {"72pt", 25.4}, {"column", 82.55}, {"text", 174.625}};
    for (size_t i = 0; i < COUNTOF(good); i++) {
        assert_done(figure_width_named(good[i].text, &mm, &err), err);
        assert_float_equal(mm, good[i].mm, 1e-9);
    }
    static const char *const bad[] = {"", "85", "mm", "85km", "nanmm", "-4mm", "1e9mm", "0in"};
    for (size_t i = 0; i < COUNTOF(bad); i++)
        assert_int_equal(figure_width_named(bad[i], &mm, &err), -1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, sample_up, sample_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_no_layout_overlaps),
        CASE(test_the_check_can_fail),
        CASE(test_two_hundred_words),
        CASE(test_hostile_texts),
        CASE(test_hostile_numbers),
        CASE(test_one_pixel),
        CASE(test_missing_photograph),
        CASE(test_without_boxes),
        CASE(test_what_cannot_be_written),
        CASE(test_full_disk),
        CASE(test_same_input_same_bytes),
        CASE(test_metadata),
        CASE(test_pdf),
        CASE(test_svg),
        CASE(test_region_names),
        CASE(test_spotlight_in_vector_formats),
        CASE(test_letterbox),
        CASE(test_statement),
        CASE(test_letters),
        CASE(test_page_limits),
        CASE(test_other_programs_read_it),
        CASE(test_fonts),
        CASE(test_pixels_of_a_fade),
        CASE(test_scaling_of_photographs),
        cmocka_unit_test(test_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
