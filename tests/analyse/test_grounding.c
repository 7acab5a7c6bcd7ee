/* test_grounding.c: reading annotations of phrases' boxes: made ones, broken ones, and COCO's own.
 */
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

#include "analyse/align/align.h"
#include "analyse/align/box.h"
#include "analyse/align/category_words.h"
#include "analyse/align/grounding.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/annotation/coco.h"
#include "io/annotation/entities.h"
#include "io/dataset/photos.h"

static void assert_box(const float box[4], float x1, float y1, float x2, float y2)
{
    const float wanted[4] = {x1, y1, x2, y2};
    for (int k = 0; k < 4; k++)
        if (fabsf(box[k] - wanted[k]) > 1e-3f)
            fail_msg("box %g %g %g %g", (double)box[0], (double)box[1], (double)box[2],
                     (double)box[3]);
}

static char *write_text(const char *name, const char *text)
{
    return scratch_text(name, text, strlen(text));
}

/* ---- sentences ---- */

static void test_sentences(void **state)
{
    (void)state;
    struct error err;
    struct entity_sentences s;
    char *path = write_text("s.txt", "[/EN#283585/people Two young guys] with "
                                     "[/EN#2/bodyparts/other shaggy hair] look .\r\n"
                                     "\nno phrase at all\n");
    assert_done(entities_sentences_load(path, &s, &err), err);
    assert_int_equal(s.count, 3);
    assert_string_equal(s.items[0].text, "Two young guys with shaggy hair look .");
    assert_int_equal(s.items[0].phrase_count, 2);
    const struct entity_phrase *p = s.items[0].phrases;
    assert_string_equal(p[0].id, "283585");
    assert_string_equal(p[0].type, "people");
    assert_true(p[0].start == 0 && p[0].length == 14);
    assert_string_equal(p[1].type, "bodyparts");
    assert_memory_equal(s.items[0].text + p[1].start, "shaggy hair", p[1].length);
    assert_true(s.items[1].phrase_count == 0 && s.items[1].text[0] == '\0');
    entities_sentences_done(&s);
    free(path);
}

static void test_broken_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", "is empty"},
        {"a\n[/EN#1/people two", "line 2: brackets do not match"},
        {"[/EN#1/people a [b] c]", "brackets do not match"},
        {"a ] b", "brackets do not match"},
        {"[people two]", "does not begin with /EN#"},
        {"[]", "does not begin with /EN#"},
        {"[/EN#]", "has no id, type or words"},
        {"[/EN#1 two]", "has no id, type or words"},
        {"[/EN#/people two]", "has no id, type or words"},
        {"[/EN#1/people]", "has no id, type or words"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct error err;
        struct entity_sentences s;
        char *path = write_text("broken.txt", cases[i].text);
        assert_int_equal(entities_sentences_load(path, &s, &err), -1);
        if (!strstr(err.text, cases[i].wanted) || !strstr(err.text, "broken.txt"))
            fail_msg("'%s': %s", cases[i].text, err.text);
        free(path);
    }
}

/* ---- annotation files ---- */

static const char annotation[] =
    "<annotation>\n<filename>1.jpg</filename><size><width>200</width><height>100</height>"
    "<depth>3</depth></size>\n"
    "<object><name>7</name><name>8</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>60</xmax>"
    "<ymax>80</ymax></bndbox></object>\n"
    "<object><name>9</name><scene>1</scene><nobndbox>0</nobndbox></object>\n"
    "<object><name>10</name><scene>0</scene><nobndbox>1</nobndbox></object>\n"
    "<object><bndbox><xmax> 5 </xmax><ymax>6.5</ymax><xmin>1</xmin><ymin>2</ymin></bndbox>"
    "<name>8</name></object>\n</annotation>\n";

static void test_annotation(void **state)
{
    (void)state;
    struct error err;
    struct entity_boxes b;
    char *path = write_text("a.xml", annotation);
    assert_done(entities_boxes_load(path, &b, &err), err);
    assert_true(b.width == 200 && b.height == 100 && b.count == 3);
    assert_string_equal(b.items[0].id, "7");
    assert_string_equal(b.items[1].id, "8");
    assert_string_equal(b.items[2].id, "8");
    assert_box(b.items[1].box, 10, 20, 60, 80);
    assert_box(b.items[2].box, 1, 2, 5, 6.5f);
    entities_boxes_done(&b);
    free(path);
}

static char *nested(const char *piece, const char *before, size_t times)
{
    struct str text = {0};
    str_add(&text, before);
    for (size_t i = 0; i < times; i++)
        str_add(&text, piece);
    return str_take(&text);
}

static void check_broken_xml(const char *text, size_t size, const char *wanted)
{
    struct error err;
    struct entity_boxes b;
    char *path = scratch_text("broken.xml", text, size);
    assert_int_equal(entities_boxes_load(path, &b, &err), -1);
    if (!strstr(err.text, wanted) || !strstr(err.text, "broken.xml"))
        fail_msg("'%.60s': %s", text, err.text);
    assert_true(b.count == 0 && !b.items);
    free(path);
}

#define BOX(a, b, c, d)                                                                            \
    "<annotation><object><name>1</name><bndbox><xmin>" a "</xmin><ymin>" b "</ymin><xmax>" c       \
    "</xmax><ymax>" d "</ymax></bndbox></object></annotation>"

static void test_broken_annotations(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "is empty"},
        {"text", "line 1"},
        {"<annotation>", "line 1"},
        {"<annotation></object>", "line 1"},
        {"<html></html>", "is a web page"},
        {"<image></image>", "is not an <annotation>"},
        {BOX("nan", "1", "2", "3"), "a bndbox is not"},
        {BOX("1e99", "1", "2", "3"), "a bndbox is not"},
        {BOX("", "1", "2", "3"), "a bndbox is not"},
        {BOX("1 2", "1", "2", "3"), "a bndbox is not"},
        {"<annotation><object><bndbox/></object></annotation>", "a bndbox is not"},
        {"<!DOCTYPE a [<!ENTITY x \"y\">]><annotation>&x;</annotation>", "document type"},
        {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><annotation/>", "document type"},
        {"\xff\xd8\xff", "JPEG"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++)
        check_broken_xml(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    for (size_t cut = 1; cut < sizeof annotation - 14; cut += 7)
        check_broken_xml(annotation, cut, "line");
    char *deep = nested("<a>", "<annotation>", 1000000);
    check_broken_xml(deep, strlen(deep), "more than 64 deep");
    free(deep);
    char *wide = nested("1234567890", "<annotation><name>", 100000);
    check_broken_xml(wide, strlen(wide), "longer than 4096");
    free(wide);
}

/* ---- Entities against a split ---- */

static int32_t sizes[] = {400, 200, 50, 50};
static char *entity_captions[] = {
    (char *)"A dog looks at two young guys.", /* the second sentence */
    (char *)"Two young guys with shaggy hair.",
    (char *)"nothing known here",
    (char *)"nothing known there",
};
static char *entity_ids[] = {(char *)"4711.jpg", (char *)"4712"};

static void make_entities(void)
{
    struct error err;
    char *sentences = scratch_path("Sentences"), *annotations = scratch_path("Annotations");
    assert_done(file_make_folder(sentences, &err), err);
    assert_done(file_make_folder(annotations, &err), err);
    free(sentences);
    free(annotations);
    free(write_text("Sentences/4711.txt",
                    "[/EN#7/people Two young guys] with [/EN#0/notvisual shaggy hair] .\n"
                    "[/EN#8/animals/other A big dog] looks at [/EN#7/people two young guys] .\n"));
    free(write_text("Annotations/4711.xml", annotation));
}

static void test_entities(void **state)
{
    (void)state;
    struct error err;
    struct grounding g;
    struct photos *photos;
    struct photos_spec spec = {.ids = (const char *const *)entity_ids, .count = 2};
    make_entities();
    assert_done(photos_open(&spec, &photos, &err), err);
    struct dataset data = {.images = 2,
                           .captions = 4,
                           .map = caption_map_regular(2, 4, 2),
                           .caption = entity_captions,
                           .id = entity_ids,
                           .sizes = sizes,
                           .photos = photos};
    assert_done(grounding_read_entities(scratch_folder(), &data, TOKENS_STANDARD, &g, &err), err);
    assert_int_equal(g.missing, 1);
    assert_int_equal(g.without_boxes, 1); /* shaggy hair */
    assert_int_equal(g.phrase_count, 3);
    /* "A dog looks at two young guys.": a dog (of "a big dog"), then the guys */
    const struct grounding_phrase *p = g.phrases;
    assert_true(p[0].caption == 0 && p[0].first == 0 && p[0].end == 2 && p[0].noun == 1);
    assert_string_equal(g.categories[p[0].category], "animals");
    assert_int_equal(p[0].boxes, 2);
    assert_box(g.boxes[p[0].box], 20, 40, 120, 160); /* the picture is twice as large */
    assert_true(p[1].first == 4 && p[1].end == 7 && p[1].noun == 6 && p[1].boxes == 1);
    assert_true(p[2].caption == 1 && p[2].first == 0 && p[2].end == 3 && p[2].noun == 2);
    assert_string_equal(g.categories[p[2].category], "people");
    grounding_done(&g);
    data.id = entity_ids + 1;
    data.images = 1;
    assert_int_equal(grounding_read_entities(scratch_folder(), &data, TOKENS_STANDARD, &g, &err),
                     -1);
    assert_non_null(strstr(err.text, "Sentences/4712.txt"));
    data.caption = NULL;
    assert_int_equal(grounding_read_entities(scratch_folder(), &data, TOKENS_STANDARD, &g, &err),
                     -1);
    photos_free(photos);
}

/* ---- COCO ---- */

static const char instances[] =
    "{\"info\": {\"year\": 2017, \"images\": [1, {\"id\": 5}]},\n"
    " \"annotations\": [\n"
    "  {\"segmentation\": [[1, 2, 3]], \"bbox\": [10, 20, 30.5, 40], \"image_id\": 42, "
    "\"category_id\": 17, \"iscrowd\": 0, \"id\": 1},\n"
    "  {\"bbox\": [0, 0, 5, 5], \"image_id\": 42, \"category_id\": 3, \"iscrowd\": 1},\n"
    "  {\"bbox\": [1, 1, 2, 2], \"image_id\": 43, \"category_id\": 17},\n"
    "  {\"bbox\": [500, 500, 2, 2], \"image_id\": 42, \"category_id\": 3},\n"
    "  {\"bbox\": [90, 90, 20, 20], \"image_id\": 42, \"category_id\": 3, \"attributes\": "
    "{\"bbox\": "
    "[1]}}],\n"
    " \"categories\": [{\"id\": 17, \"name\": \"hot dog\"}, {\"supercategory\": \"x\", \"id\": 3, "
    "\"name\": \"person\"}],\n"
    " \"images\": [{\"id\": 42, \"width\": 100, \"height\": 100}, {\"id\": 43}]}";

static void wanted_image(struct idmap *map)
{
    *map = (struct idmap){0};
    assert_true(idmap_add(map, "COCO_val2014_000000000042.jpg", 0));
}

static void test_instances(void **state)
{
    (void)state;
    struct error err;
    struct idmap wanted;
    struct coco c;
    wanted_image(&wanted);
    char *path = write_text("i.json", instances);
    assert_done(coco_load(path, &wanted, &c, &err), err);
    assert_true(c.object_count == 4 && c.category_count == 2 && c.size_count == 1);
    assert_box(c.objects[0].box, 10, 20, 40.5f, 60);
    assert_string_equal(c.categories[c.objects[0].category].name, "hot dog");
    assert_true(c.objects[1].crowd && !c.objects[0].crowd && !c.objects[3].crowd);
    assert_true(c.sizes[0].width == 100);
    coco_done(&c);
    idmap_done(&wanted);
    free(path);
}

static void check_broken_json(const char *text, size_t size, const char *wanted_text)
{
    struct error err;
    struct idmap wanted;
    struct coco c;
    wanted_image(&wanted);
    char *path = scratch_text("broken.json", text, size);
    assert_int_equal(coco_load(path, &wanted, &c, &err), -1);
    if (!strstr(err.text, wanted_text) || !strstr(err.text, "broken.json"))
        fail_msg("'%.80s': %s", text, err.text);
    assert_true(c.object_count == 0 && !c.objects);
    idmap_done(&wanted);
    free(path);
}

#define ONE(fields) "{\"annotations\": [{" fields "}]}"

static void test_broken_instances(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "is empty"},
        {"{}", "has no objects"},
        {"[]", "has no objects"},
        {"{\"annotations\": []}", "has no objects"},
        {"{\"annotations\": [", "is not JSON, or is cut off"},
        {"nonsense", "has no objects"},
        {ONE("\"image_id\": 42, \"category_id\": 1"), "lacks image_id, category_id or bbox"},
        {ONE("\"image_id\": 42, \"bbox\": [1, 2, 3, 4]"), "lacks"},
        {ONE("\"image_id\": -1, \"category_id\": 1, \"bbox\": [1, 2, 3, 4]"), "lacks"},
        {ONE("\"image_id\": 1e99, \"category_id\": 1, \"bbox\": [1, 2, 3, 4]"), "lacks"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": [1, 2, 3]"), "is not x, y, width"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": [1, 2, 3, 4, 5]"), "is not x, y"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": [1, NaN, 3, 4]"), "is not x, y"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": [1, 1e999, 3, 4]"), "is not x, y"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": [1, 2, -3, 4]"), "is not x, y"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": \"1 2 3 4\""), "is not x, y"},
        {ONE("\"image_id\": 42, \"category_id\": 1, \"bbox\": null"), "is not x, y"},
        {ONE("\"image_id\": 42, \"category_id\": 9, \"bbox\": [1, 2, 3, 4]"),
         "category_id 9, which \"categories\" does not list"},
        {"{\"categories\": [{\"id\": 1}]}", "lacks id or name"},
        {"{\"categories\": [{\"id\": 1, \"name\": \"\"}]}", "lacks id or name"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++)
        check_broken_json(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    for (size_t cut = 1; cut < sizeof instances - 2; cut += 11)
        check_broken_json(instances, cut, "broken.json");
    char *deep = nested("[", "{\"annotations\": ", 1000000);
    check_broken_json(deep, strlen(deep), "is not JSON");
    free(deep);
}

static void test_coco_words(void **state)
{
    (void)state;
    struct error err;
    struct grounding g;
    char *captions[] = {(char *)"A big hot dog near two tall people and a dog.",
                        (char *)"Man, with hot dogs"};
    char *ids[] = {(char *)"42"};
    int32_t half[] = {50, 50};
    struct dataset data = {.images = 1,
                           .captions = 2,
                           .map = caption_map_regular(1, 2, 2),
                           .caption = captions,
                           .id = ids,
                           .sizes = half};
    char *path = write_text("i.json", instances);
    assert_done(grounding_read_coco(path, &data, TOKENS_STANDARD, &g, &err), err);
    assert_int_equal(g.phrase_count, 4);
    assert_int_equal(g.outside, 2); /* the person at 500 500, twice */
    const struct grounding_phrase *p = g.phrases;
    /* a big hot dog: 0..3; two tall people: 5..7 */
    assert_true(p[0].first == 0 && p[0].end == 4 && p[0].noun == 3 && p[0].nouns == 2);
    assert_box(g.boxes[p[0].box], 5, 10, 20.25f, 30);
    assert_true(p[1].first == 5 && p[1].end == 8 && p[1].noun == 7 && p[1].nouns == 1);
    assert_true(p[1].boxes == 1); /* the crowd is skipped */
    assert_box(g.boxes[p[1].box], 45, 45, 50, 50);
    assert_true(p[2].caption == 1 && p[2].first == 0 && p[2].noun == 0);
    assert_true(p[3].first == 3 && p[3].noun == 4 && p[3].nouns == 2);
    grounding_done(&g);
    free(path);
}

static void test_plurals(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"dog", "dogs"},      {"bus", "buses"},     {"person", "people"},
        {"knife", "knives"},  {"puppy", "puppies"}, {"toy", "toys"},
        {"couch", "couches"}, {"glass", "glasses"}, {"toothbrush", "toothbrushes"},
        {"sheep", "sheep"},   {"skis", "skis"},     {"box", "boxes"},
    };
    for (size_t i = 0; i < COUNTOF(pairs); i++) {
        char *plural = category_words_plural(pairs[i][0]);
        assert_string_equal(plural, pairs[i][1]);
        free(plural);
    }
}

static size_t match(const struct category_words *t, const char *text, size_t *category)
{
    struct str_list words;
    tokenize_words(text, TOKENS_STANDARD, &words);
    size_t n = category_words_match(t, &words, 0, category);
    str_list_done(&words);
    return n;
}

static void test_category_words(void **state)
{
    (void)state;
    char *names[] = {(char *)"dog",          (char *)"hot dog",        (char *)"person",
                     (char *)"dining table", (char *)"Table",          (char *)"traffic light",
                     (char *)"teddy bear",   (char *)"  wine   glass "};
    struct category_words *t = category_words_new(names, 8);
    size_t c = 99;
    assert_true(match(t, "dogs run", &c) == 1 && c == 0);
    assert_true(match(t, "hot dogs", &c) == 2 && c == 1);
    assert_true(match(t, "women", &c) == 1 && c == 2);
    assert_true(match(t, "baseball players", &c) == 2 && c == 2);
    assert_true(match(t, "stop light", &c) == 2 && c == 5);
    assert_true(match(t, "teddy bears", &c) == 2 && c == 6);
    assert_true(match(t, "wine glasses", &c) == 2 && c == 7);
    assert_int_equal(match(t, "hot", &c), 0);
    assert_int_equal(match(t, "", &c), 0);
    category_words_free(t);
    t = category_words_new(NULL, 0);
    assert_int_equal(match(t, "dog", &c), 0);
    category_words_free(t);
}

/* ---- the truth of drawn scenes ---- */

static void test_broken_truth(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "is empty"},
        {"{", "line"},
        {"{}", "has no \"images\""},
        {"{\"images\": []}", "describes 0 images, the split has 1"},
        {"{\"images\": [3]}", "its id is not"},
        {"{\"images\": [{\"id\": \"x\"}]}", "its id is not"},
        {"{\"images\": [{\"id\": \"42\", \"captions\": []}]}", "a different number of captions"},
        {"{\"images\": [{\"id\": \"42\", \"captions\": [[{}]]}]}", "no first word and noun"},
        {"{\"images\": [{\"id\": \"42\", \"captions\": [[{\"phrase\": [3, 1]}]]}]}",
         "no first word"},
        {"{\"images\": [{\"id\": \"42\", \"captions\": [[{\"phrase\": [0, 1]}]]}]}",
         "refers to nothing"},
        {"{\"images\": [{\"id\": \"42\", \"captions\": [[{\"phrase\": [0, 1], \"things\": "
         "[0]}]]}]}",
         "does not exist"},
        {"{\"images\": [{\"id\": \"42\", \"things\": [{\"kind\": \"a\", \"box\": [1, 2, \"3\", "
         "4]}], "
         "\"captions\": [[{\"phrase\": [0, 1], \"things\": [0]}]]}]}",
         "has no kind or box"},
    };
    char *ids[] = {(char *)"42"};
    struct dataset data = {
        .images = 1, .captions = 1, .map = caption_map_regular(1, 1, 1), .id = ids};
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct error err;
        struct grounding g;
        char *path = write_text("truth.json", cases[i][0]);
        assert_int_equal(grounding_read_truth(path, &data, &g, &err), -1);
        if (!strstr(err.text, cases[i][1]) || !strstr(err.text, "truth.json"))
            fail_msg("'%s': %s", cases[i][0], err.text);
        assert_true(g.phrase_count == 0 && !g.phrases);
        free(path);
    }
    struct error err;
    struct grounding g;
    char *deep = nested("[", "{\"images\": ", 1000000),
         *path = scratch_text("truth.json", deep, strlen(deep));
    assert_int_equal(grounding_read_truth(path, &data, &g, &err), -1);
    free(deep);
    free(path);
}

/* ---- COCO's own annotation ---- */

/* The split of the photographs, with captions in the file's order. */
struct mini {
    json_t *root, *captions;
    struct dataset data;
};

enum { PHOTOS = 79, EACH = 5 };

static void mini_open(struct mini *m)
{
    char *folder = testing_data("coco_mini/annotations");
    char *instances_path = file_join(folder, "instances_val2017.json"),
         *captions_path = file_join(folder, "captions_val2017.json");
    *m = (struct mini){.root = json_load_file(instances_path, 0, NULL),
                       .captions = json_load_file(captions_path, 0, NULL)};
    const json_t *images = json_object_get(m->root, "images");
    assert_int_equal(json_array_size(images), PHOTOS);
    m->data = (struct dataset){.images = PHOTOS,
                               .captions = PHOTOS * EACH,
                               .map = caption_map_regular(PHOTOS, PHOTOS * EACH, EACH),
                               .caption = mem_new(PHOTOS * EACH, sizeof(char *)),
                               .id = mem_new(PHOTOS, sizeof(char *)),
                               .sizes = mem_new(2 * PHOTOS, sizeof(int32_t))};
    for (size_t i = 0; i < PHOTOS; i++) {
        const json_t *image = json_array_get(images, i), *caption;
        json_int_t id = json_integer_value(json_object_get(image, "id"));
        size_t k, n = 0;
        m->data.id[i] = mem_printf("%lld", (long long)id);
        m->data.sizes[2 * i] = (int32_t)json_integer_value(json_object_get(image, "width"));
        m->data.sizes[2 * i + 1] = (int32_t)json_integer_value(json_object_get(image, "height"));
        json_array_foreach (json_object_get(m->captions, "annotations"), k, caption)
            if (json_integer_value(json_object_get(caption, "image_id")) == id && n < EACH)
                m->data.caption[i * EACH + n++] =
                    mem_strdup(json_string_value(json_object_get(caption, "caption")));
        assert_int_equal(n, EACH);
    }
    free(folder);
    free(instances_path);
    free(captions_path);
}

static void mini_close(struct mini *m)
{
    for (size_t c = 0; c < PHOTOS * EACH; c++)
        free(m->data.caption[c]);
    for (size_t i = 0; i < PHOTOS; i++)
        free(m->data.id[i]);
    free(m->data.caption);
    free(m->data.id);
    free(m->data.sizes);
    json_decref(m->root);
    json_decref(m->captions);
}

/* The number of objects of that image and category in the file, parsed as a whole. */
static size_t count_objects(const struct mini *m, const char *id, const char *category)
{
    size_t k, n = 0;
    json_int_t wanted = -1;
    const json_t *object;
    json_array_foreach (json_object_get(m->root, "categories"), k, object)
        if (strcmp(json_string_value(json_object_get(object, "name")), category) == 0)
            wanted = json_integer_value(json_object_get(object, "id"));
    json_array_foreach (json_object_get(m->root, "annotations"), k, object)
        n += json_integer_value(json_object_get(object, "image_id")) == atoll(id) &&
             json_integer_value(json_object_get(object, "category_id")) == wanted &&
             json_integer_value(json_object_get(object, "iscrowd")) == 0;
    return n;
}

static char *mini_instances(void)
{
    return testing_data("coco_mini/annotations/instances_val2017.json");
}

static void test_coco_mini(void **state)
{
    (void)state;
    struct error err;
    struct mini m;
    struct grounding g;
    char *path = mini_instances();
    mini_open(&m);
    assert_done(grounding_read_coco(path, &m.data, TOKENS_STANDARD, &g, &err), err);
    printf("# %zu phrases, %zu boxes, %zu phrases without boxes, %zu boxes outside\n",
           g.phrase_count, g.box_count, g.without_boxes, g.outside);
    assert_int_equal(g.missing, 0);
    assert_int_equal(g.outside, 0);
    assert_true(g.phrase_count > PHOTOS * EACH / 2);
    for (size_t p = 0; p < g.phrase_count; p++) {
        const struct grounding_phrase *phrase = &g.phrases[p];
        size_t image = phrase->caption / EACH;
        const int32_t *size = m.data.sizes + 2 * image;
        assert_int_equal(phrase->boxes,
                         count_objects(&m, m.data.id[image], g.categories[phrase->category]));
        for (size_t b = phrase->box; b < phrase->box + phrase->boxes; b++)
            assert_true(g.boxes[b][0] >= 0 && g.boxes[b][1] >= 0 && box_area(g.boxes[b]) > 0 &&
                        g.boxes[b][2] <= (float)size[0] && g.boxes[b][3] <= (float)size[1]);
        assert_true(phrase->first <= phrase->noun && phrase->noun < phrase->end);
    }
    grounding_done(&g);
    mini_close(&m);
    free(path);
}

/* Random attention on random regions reaches what uniform attention does. */
static void test_random_attention_is_uniform(void **state)
{
    (void)state;
    enum { SEED = 7, REGIONS = 36, DRAWS = 20 };
    struct error err;
    struct mini m;
    struct grounding g;
    struct rng rng;
    struct align_target target;
    struct align_scratch scratch;
    double sums[ALIGN_MEASURES] = {0}, uniform[ALIGN_MEASURES] = {0}, one[ALIGN_MEASURES];
    float regions[REGIONS][4], weights[REGIONS];
    char *path = mini_instances();
    mini_open(&m);
    printf("# seed %d\n", SEED);
    rng_seed(&rng, SEED);
    assert_done(grounding_read_coco(path, &m.data, TOKENS_STANDARD, &g, &err), err);
    assert_done(align_target_init(&target, REGIONS, &err), err);
    align_scratch_init(&scratch, REGIONS);
    for (size_t p = 0; p < g.phrase_count; p++) {
        const int32_t *size = m.data.sizes + 2 * (g.phrases[p].caption / EACH);
        for (size_t r = 0; r < REGIONS; r++)
            for (int k = 0; k < 2; k++) {
                regions[r][k] = (float)rng_range(&rng, 0, 0.7) * (float)size[k];
                regions[r][k + 2] =
                    regions[r][k] + (float)rng_range(&rng, 0.05, 0.3) * (float)size[k];
            }
        align_target_set(&target, &scratch, &regions[0][0],
                         (const float(*)[4])g.boxes + g.phrases[p].box, g.phrases[p].boxes);
        align_uniform(&target, 1, one);
        for (int k = 0; k < ALIGN_MEASURES; k++)
            uniform[k] += one[k] / (double)g.phrase_count;
        for (int draw = 0; draw < DRAWS; draw++) {
            for (size_t r = 0; r < REGIONS; r++)
                weights[r] = (float)rng_unit(&rng);
            align_measure(&target, &scratch, weights, 1, one);
            for (int k = 0; k < ALIGN_MEASURES; k++)
                sums[k] += one[k] / (double)(g.phrase_count * DRAWS);
        }
    }
    for (int k = 0; k < ALIGN_PRECISION; k++) /* these do not depend on a threshold */
        if (fabs(sums[k] - uniform[k]) > 0.02)
            fail_msg("%s: %.4f, uniform %.4f", align_keys[k], sums[k], uniform[k]);
    align_target_done(&target);
    align_scratch_done(&scratch);
    grounding_done(&g);
    mini_close(&m);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_broken_sentences),
        cmocka_unit_test(test_annotation),
        cmocka_unit_test(test_broken_annotations),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_instances),
        cmocka_unit_test(test_broken_instances),
        cmocka_unit_test(test_coco_words),
        cmocka_unit_test(test_plurals),
        cmocka_unit_test(test_category_words),
        cmocka_unit_test(test_broken_truth),
        cmocka_unit_test(test_coco_mini),
        cmocka_unit_test(test_random_attention_is_uniform),
    };
    return cmocka_run_group_tests_name("grounding", tests, scratch_make, scratch_remove);
}
