/* The shipped demo: what the issue demands of it, measured on the files as they are. */
#include "tests/support/testing.h"

#include <ftw.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "demo/features.h"
#include "evaluate/evaluate.h"
#include "retrieve/session/session.h"

enum {
    MEGABYTES_AT_MOST = 8,
    SECOND_MODEL_AT_MOST = 3,
    IMAGES = 200,
    CAPTIONS_EACH = 5,
    LOOKED_AT = 12
};

/* The open demo. */
struct demo {
    char *folder;
    struct session *session;
    json_t *truth, *images; /* images: borrowed of truth */
};

static void *demo_free(struct demo *demo)
{
    session_free(demo->session);
    json_decref(demo->truth);
    free(demo->folder);
    free(demo);
    return NULL;
}

static int demo_open(void **state)
{
    struct error err;
    struct demo *demo = mem_new(1, sizeof *demo);
    assert_done(file_asset("demo", &demo->folder, &err), err);
    char *model = file_join(demo->folder, "model.pth.tar"),
         *truth = file_join(demo->folder, "test_truth.json");
    struct session_spec spec = {.model = model,
                                .data = {.folder = demo->folder, .split = "test"},
                                .need_vocab = true,
                                .encode_captions = true};
    assert_done(session_open(&spec, NULL, &demo->session, &err), err);
    demo->truth = json_load_file(truth, 0, NULL);
    demo->images = json_object_get(demo->truth, "images");
    free(model);
    free(truth);
    *state = demo;
    return 0;
}

static int demo_close(void **state)
{
    *state = demo_free(*state);
    return 0;
}

static size_t bytes_seen;

static int add_size(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)path, (void)where;
    if (type == FTW_F)
        bytes_seen += (size_t)st->st_size;
    return 0;
}

static void test_it_is_small(void **state)
{
    struct demo *demo = *state;
    struct stat st;
    char *path = file_join(demo->folder, "bfan.pth.tar");
    assert_int_equal(stat(path, &st), 0);
    free(path);
    size_t second = (size_t)st.st_size;
    bytes_seen = 0;
    assert_int_equal(nftw(demo->folder, add_size, 8, FTW_PHYS), 0);
    printf("# %.2f MB\n", (double)bytes_seen / 1e6);
    assert_true(bytes_seen - second < MEGABYTES_AT_MOST * 1000000u);
    assert_true(second < SECOND_MODEL_AT_MOST * 1000000u);
}

static void test_it_is_whole(void **state)
{
    struct demo *demo = *state;
    struct error err;
    const struct dataset *data = demo->session->data;
    assert_int_equal(data->images, IMAGES);
    assert_int_equal(data->map.per_image, CAPTIONS_EACH);
    assert_non_null(data->boxes);
    assert_non_null(data->sizes);
    assert_int_equal(json_array_size(demo->images), IMAGES);
    for (size_t i = 0; i < data->images; i++) {
        char *photo;
        int width, height;
        assert_string_equal(
            data->id[i], json_string_value(json_object_get(json_array_get(demo->images, i), "id")));
        assert_done(dataset_photo(data, i, &photo, &err), err);
        assert_done(image_size(photo, &width, &height, &err), err);
        assert_true(width >= 320 && height >= 240);
        assert_true(width == data->sizes[2 * i] && height == data->sizes[2 * i + 1]);
        free(photo);
    }
}

static void test_recalls(void **state)
{
    struct demo *demo = *state;
    struct error err;
    struct session *s = demo->session;
    struct recalls i2t, t2i;
    float *sims = mem_new(s->I * s->C, sizeof *sims);
    assert_done(session_score_all(s, sims, NULL, &err), err);
    evaluate_i2t(sims, &s->data->map, &i2t, NULL);
    evaluate_t2i(sims, &s->data->map, &t2i, NULL);
    printf("# t2i R@1 %.1f R@5 %.1f R@10 %.1f; i2t R@1 %.1f R@5 %.1f R@10 %.1f\n", t2i.r1, t2i.r5,
           t2i.r10, i2t.r1, i2t.r5, i2t.r10);
    assert_true(t2i.r1 >= 50 && t2i.r10 >= 90 && i2t.r1 >= 60);
    free(sims);
}

static void read_box(const json_t *thing, float out[4])
{
    const json_t *box = json_object_get(thing, "box");
    assert_int_equal(json_array_size(box), 4);
    for (size_t i = 0; i < 4; i++)
        out[i] = (float)json_number_value(json_array_get(box, i));
}

static float box_iou(const float *a, const float *b)
{
    float w = fminf(a[2], b[2]) - fmaxf(a[0], b[0]), h = fminf(a[3], b[3]) - fmaxf(a[1], b[1]);
    float both = w > 0 && h > 0 ? w * h : 0;
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
}

/* IoU of at least 0.5, or the region's centre inside the thing. */
static bool overlaps(const float *region, const float *thing)
{
    float x = (region[0] + region[2]) / 2, y = (region[1] + region[3]) / 2;
    bool inside = x >= thing[0] && x <= thing[2] && y >= thing[1] && y <= thing[3];
    return inside || box_iou(region, thing) >= 0.5f;
}

static bool hits(const json_t *image, const json_t *mention, const float *region)
{
    const json_t *things = json_object_get(image, "things"),
                 *meant = json_object_get(mention, "things");
    float box[4];
    assert_true(json_array_size(meant) > 0);
    for (size_t i = 0; i < json_array_size(meant); i++) {
        read_box(json_array_get(things, (size_t)json_integer_value(json_array_get(meant, i))), box);
        if (overlaps(region, box))
            return true;
    }
    return false;
}

static size_t strongest(const float *weights, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (weights[i] > weights[best])
            best = i;
    return best;
}

static size_t noun_of(const json_t *mention)
{
    return (size_t)json_integer_value(json_array_get(json_object_get(mention, "phrase"), 1));
}

/* The word at the mention's place is a noun of the thing's kind. */
static void assert_noun(const struct demo *demo, const json_t *image, const json_t *mention,
                        const struct query *query)
{
    size_t thing =
        (size_t)json_integer_value(json_array_get(json_object_get(mention, "things"), 0));
    const json_t *of = json_array_get(json_object_get(image, "things"), thing);
    const json_t *nouns = json_object_get(json_object_get(demo->truth, "kinds"),
                                          json_string_value(json_object_get(of, "kind")));
    const char *word = query->words.items[noun_of(mention)];
    bool found = false;
    assert_true(noun_of(mention) + 2 < query->W);
    for (size_t i = 0; i < json_array_size(nouns); i++)
        found = found || strcmp(json_string_value(json_array_get(nouns, i)), word) == 0;
    if (!found)
        fail_msg("'%s' is no noun of its thing in: %s", word, query->text);
}

/* Counts over one caption: nouns, and those whose strongest region lies on their thing. */
static void count_hits(const struct demo *demo, size_t caption, size_t *nouns, size_t *found)
{
    struct error err;
    struct query *query;
    struct attention *attention;
    size_t i = caption / CAPTIONS_EACH, R = demo->session->R;
    const json_t *image = json_array_get(demo->images, i);
    const json_t *said =
        json_array_get(json_object_get(image, "captions"), caption % CAPTIONS_EACH);
    assert_true(json_array_size(said) > 0);
    assert_done(query_from_caption(demo->session, caption, &query, &err), err);
    assert_done(session_attention(demo->session, i, query, &attention, &err), err);
    for (size_t m = 0; m < json_array_size(said); m++) {
        const json_t *mention = json_array_get(said, m);
        assert_noun(demo, image, mention, query);
        const float *weights = attention->word_region + (noun_of(mention) + 1) * R; /* <start> */
        const float *region = demo->session->data->boxes + 4 * (i * R + strongest(weights, R));
        ++*nouns;
        *found += hits(image, mention, region);
    }
    session_attention_free(attention);
    query_free(query);
}

static void test_nouns_look_at_their_things(void **state)
{
    struct demo *demo = *state;
    size_t nouns = 0, found = 0;
    assert_int_equal(model_options(demo->session->model)->attn.cross_attn, CROSS_T2I);
    for (size_t c = 0; c < demo->session->C; c++)
        count_hits(demo, c, &nouns, &found);
    printf("# %zu of %zu nouns (%.1f %%) look at their thing\n", found, nouns,
           100.0 * (double)found / (double)nouns);
    assert_true(found * 100 >= nouns * 80);
}

static void read_scale(const char *folder, float *scale)
{
    struct error err;
    struct npy *array;
    char *path = file_join(folder, "feature_scale.npy");
    assert_done(npy_open(path, NULL, &array, &err), err);
    assert_int_equal(array->count, 2 * FEATURES);
    npy_rows_f32(array, 0, 2, scale);
    npy_free(array);
    free(path);
}

/* Regions of image i of the shipped files that come out of its PNG again, box and features. */
static int count_same(const struct demo *demo, size_t i, const float *scale)
{
    struct error err;
    struct image picture;
    struct region regions[REGIONS];
    enum { SIZE = REGIONS * FEATURES };
    float *shipped = mem_new(SIZE, sizeof *shipped), *again = mem_new(SIZE, sizeof *again);
    char *path;
    int same = 0;
    assert_done(dataset_photo(demo->session->data, i, &path, &err), err);
    assert_done(image_load(path, 0, &picture, &err), err);
    assert_done(dataset_features(demo->session->data, i, 1, shipped, &err), err);
    assert_done(regions_find(&picture, regions, &err), err);
    assert_done(features_of(&picture, regions, again, &err), err);
    features_standardise(scale, again, REGIONS);
    for (int r = 0; r < REGIONS; r++) {
        const float *box = demo->session->data->boxes + 4 * (i * REGIONS + (size_t)r);
        bool like = (int)box[0] == regions[r].x1 && (int)box[1] == regions[r].y1 &&
                    (int)box[2] == regions[r].x2 && (int)box[3] == regions[r].y2;
        for (int f = 0; f < FEATURES; f++)
            like = like && fabsf(shipped[r * FEATURES + f] - again[r * FEATURES + f]) < 0.02f;
        same += like;
    }
    regions_done(regions);
    image_done(&picture);
    free(path);
    free(shipped);
    free(again);
    return same;
}

/* Another compiler or C library may round a colour otherwise, hence not all. */
static void test_features_are_of_the_pictures(void **state)
{
    struct demo *demo = *state;
    float scale[2 * FEATURES];
    int same = 0;
    assert_int_equal(demo->session->R, REGIONS);
    read_scale(demo->folder, scale);
    for (int k = 0; k < LOOKED_AT; k++)
        same += count_same(demo, (size_t)(k * 17) % IMAGES, scale);
    printf("# %d of %d regions are the same again\n", same, LOOKED_AT * REGIONS);
    assert_true(same * 100 >= LOOKED_AT * REGIONS * 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_small),
        cmocka_unit_test(test_it_is_whole),
        cmocka_unit_test(test_recalls),
        cmocka_unit_test(test_nouns_look_at_their_things),
        cmocka_unit_test(test_features_are_of_the_pictures),
    };
    return cmocka_run_group_tests(tests, demo_open, demo_close);
}
