/* Features in one file per image, and the precomp folder written from any features. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/idmap.h"
#include "io/dataset/region_convert_private.h"
#include "tests/support/scratch.h"

/* ---- ids ---- */

static void test_id_keys(void **state)
{
    static const char *const keys[][2] = {
        {"132417", "132417"},
        {"000000132417", "132417"},
        {"COCO_train2014_000000132417", "132417"},
        {"COCO_val2014_000000132417.jpg", "132417"},
        {"coco_train2014_000000132417", "132417"},
        {"1000092795.JPG", "1000092795"},
        {"flickr30k_000000036979", "36979"},
        {"flickr30k_000000036979.npz", "36979"},
        {"Flickr30k_1000092795.jpg", "1000092795"},
        {"flickr30k_a", "flickr30k_a"},
        {"0", "0"},
        {"000", "0"},
        {"COCO_train2014_x", "COCO_train2014_x"},
        {"a_07.png", "a_07"},
        {".jpg", ".jpg"},
    };
    char key[ID_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        idmap_key(keys[i][0], key);
        assert_string_equal(key, keys[i][1]);
    }
}

static void test_idmap(void **state)
{
    struct idmap map = {0};
    char id[32];
    size_t value;
    (void)state;
    assert_false(idmap_find(&map, "1", &value));
    for (size_t i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "%zu", i * 7);
        assert_true(idmap_add(&map, id, i));
    }
    assert_false(idmap_add(&map, "COCO_val2014_000000000700", 1));
    assert_true(idmap_find(&map, "COCO_val2014_000000000700", &value));
    assert_int_equal(value, 100);
    assert_false(idmap_find(&map, "1", &value));
    idmap_done(&map);
}

/* ---- npz and folders ---- */

struct array {
    const char *name;
    enum npy_type type;
    int ndim;
    size_t shape[2];
    const void *data;
};

static char *array_file(const char *name, const struct array *a)
{
    struct error err;
    char *path = scratch_path(name);
    if (a->type == NPY_F16)
        assert_done(npy_save_f16(path, a->ndim, a->shape, a->data, &err), err);
    else
        assert_done(npy_save(path, a->type, a->ndim, a->shape, a->data, &err), err);
    return path;
}

static void write_npz(const char *name, const struct array *arrays, size_t count)
{
    struct member members[8] = {{0}};
    struct file_map maps[8];
    struct error err;
    for (size_t i = 0; i < count; i++) {
        char *path = array_file("member.npy", &arrays[i]);
        assert_done(file_map_open(path, &maps[i], &err), err);
        assert_int_equal(unlink(path), 0);
        members[i] = (struct member){arrays[i].name, maps[i].data, maps[i].size};
        free(path);
    }
    free(scratch_zip(name, members, count));
    for (size_t i = 0; i < count; i++)
        file_map_close(&maps[i]);
}

static char *sub_folder(const char *name)
{
    struct error err;
    char *path = scratch_path(name);
    assert_done(file_make_folder(path, &err), err);
    return path;
}

/* MILVLG's layout; `across`: features as in openvqa, F x R. */
static void write_milvlg(const char *name, int number, bool across)
{
    float features[R * F], boxes[R * 4], turned[R * F];
    int32_t width = 40, height = 30;
    int64_t count = R;
    scratch_image(number, features, boxes);
    for (int r = 0; r < R; r++)
        for (int f = 0; f < F; f++)
            turned[f * R + r] = features[r * F + f];
    const struct array arrays[] = {
        {"x.npy", NPY_F32, 2, {across ? F : R, across ? R : F}, across ? turned : features},
        {"bbox.npy", NPY_F32, 2, {R, 4}, boxes},
        {"num_bbox.npy", NPY_I64, 0, {0}, &count},
        {"image_w.npy", NPY_I32, 0, {0}, &width},
        {"image_h.npy", NPY_I32, 0, {0}, &height},
    };
    write_npz(name, arrays, 5);
}

static void test_npz_milvlg(void **state)
{
    (void)state;
    for (int across = 0; across < 2; across++) {
        char *path = sub_folder("milvlg");
        write_milvlg("milvlg/7.npz", 1, across);
        write_milvlg("milvlg/8.npz", 2, across);
        scratch_check_two(path);
        free(path);
    }
}

static void test_npz_uniter(void **state)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    float features[R * F], boxes[R * 4],
        parts[R * 6] = {0, .25f, .5f, .75f, .5f, .5f, 0, 0, 1, 1, 1, 1};
    (void)state;
    scratch_image(1, features, boxes);
    const struct array arrays[] = {{"features.npy", NPY_F16, 2, {R, F}, features},
                                   {"norm_bb.npy", NPY_F16, 2, {R, 6}, parts}};
    write_npz("coco_val2014_000000000007.npz", arrays, 2);
    char *path = scratch_path("coco_val2014_000000000007.npz");
    assert_done(bottomup_open(path, &reader, &err), err);
    assert_int_equal(bottomup_next(reader, &id, &err), 1);
    assert_string_equal(id, "coco_val2014_000000000007");
    assert_done(bottomup_load(reader, &image, &err), err);
    assert_true(image.normalised);
    assert_int_equal(image.width, 0);
    assert_float_equal(image.boxes[3], .75, 0);
    assert_float_equal(image.boxes[4 + 2], 1, 0);
    assert_float_equal(image.features[5], 105.25, 0);
    assert_int_equal(bottomup_next(reader, &id, &err), 0);
    bottomup_close(reader);
    free(path);
}

static void test_pair_of_folders(void **state)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    float features[R * F], boxes[R * 4];
    (void)state;
    char *att = sub_folder("coco_att"), *box = sub_folder("coco_box");
    scratch_image(1, features, boxes);
    write_npz("coco_att/7.npz", &(struct array){"feat.npy", NPY_F32, 2, {R, F}, features}, 1);
    free(array_file("coco_box/7.npy", &(struct array){"", NPY_F32, 2, {R, 4}, boxes}));
    scratch_image(2, features, boxes);
    free(array_file("coco_att/10.npy", &(struct array){"", NPY_F32, 2, {R, F}, features}));
    assert_done(bottomup_open(att, &reader, &err), err);
    assert_int_equal(bottomup_next(reader, &id, &err), 1);
    assert_string_equal(id, "7"); /* in numerical order, 10 after 7 */
    assert_done(bottomup_load(reader, &image, &err), err);
    assert_int_equal(image.width, 0);
    assert_float_equal(image.features[0], 100.25, 0);
    assert_float_equal(image.boxes[7], 16, 0);
    assert_int_equal(bottomup_next(reader, &id, &err), 1);
    assert_int_equal(bottomup_load(reader, &image, &err), -1); /* no boxes for it */
    assert_non_null(strstr(err.text, "coco_box/10.npy"));
    bottomup_close(reader);
    free(att);
    free(box);
}

static void test_npz_hostile(void **state)
{
    float numbers[64] = {0};
    int32_t minus = -5, three = 3;
    const struct {
        struct array arrays[4];
        size_t count;
        const char *says;
    } cases[] = {
        {{{"a.npy", NPY_F32, 2, {R, F}, numbers}}, 1, "has no region features"},
        {{{"x.npy", NPY_F32, 2, {R, F}, numbers}, {"bbox.npy", NPY_F32, 2, {5, 4}, numbers}},
         2,
         "5 boxes, but features of 2 x 3"},
        {{{"x.npy", NPY_F32, 2, {R, F}, numbers}, {"bbox.npy", NPY_F32, 2, {R, 3}, numbers}},
         2,
         "2 x 3, not 4 numbers for each region"},
        {{{"x.npy", NPY_F32, 1, {R}, numbers}, {"bbox.npy", NPY_F32, 2, {R, 4}, numbers}},
         2,
         "no rows of numbers"},
        {{{"x.npy", NPY_F32, 2, {R, 0}, numbers}, {"bbox.npy", NPY_F32, 2, {R, 4}, numbers}},
         2,
         "no rows of numbers"},
        {{{"x.npy", NPY_F32, 2, {R, F}, numbers},
          {"bbox.npy", NPY_F32, 2, {R, 4}, numbers},
          {"num_bbox.npy", NPY_I32, 0, {0}, &three}},
         3,
         "num_bbox is 3, but there are 2 regions"},
        {{{"x.npy", NPY_F32, 2, {R, F}, numbers},
          {"bbox.npy", NPY_F32, 2, {R, 4}, numbers},
          {"image_w.npy", NPY_I32, 0, {0}, &minus}},
         3,
         "image_w is -5"},
    };
    (void)state;
    char *path = scratch_path("hostile.npz");
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct error err = {.text = ""};
        write_npz("hostile.npz", cases[i].arrays, cases[i].count);
        assert_int_equal(scratch_read_all(path, &err), -1);
        if (!strstr(err.text, cases[i].says) || !strstr(err.text, "hostile.npz"))
            fail_msg("expected '%s', got '%s'", cases[i].says, err.text);
    }
    free(path);
    struct error err;
    char *nothing = sub_folder("nothing");
    assert_int_equal(scratch_read_all(nothing, &err), -1);
    assert_non_null(strstr(err.text, "has no .npz"));
    free(nothing);
}

/* ---- the folder ---- */

/* A line of six columns: image `number`, with `regions` of its R. */
static void add_line(struct str *s, const char *id, size_t regions, int number)
{
    float features[R * F], boxes[R * 4];
    scratch_image(number, features, boxes);
    str_addf(s, "%s\t40\t30\t%zu\t", id, regions);
    scratch_base64(s, boxes, regions * 4 * sizeof *boxes);
    str_add(s, "\t");
    scratch_base64(s, features, regions * F * sizeof *features);
    str_add(s, "\n");
}

static char *write_lines(const char *name, struct str *s)
{
    char *path = scratch_text(name, s->text, s->length);
    str_done(s);
    return path;
}

/* Converts one file; the result is the caller's to region_convert_done. */
static int convert(struct region_convert_spec *spec, const char *input,
                   struct region_convert_result *out, struct error *err)
{
    const char *const inputs[] = {input};
    spec->inputs = inputs;
    spec->input_count = 1;
    spec->quiet = true;
    return region_convert(spec, out, err);
}

static void check_row(const char *name, size_t row, int number, size_t real, size_t regions)
{
    struct error err;
    struct npy *a;
    float features[R * F], boxes[R * 4], got[R * F];
    scratch_image(number, features, boxes);
    char *path = scratch_path(name);
    assert_done(npy_open(path, NULL, &a, &err), err);
    assert_int_equal(a->shape[1], regions);
    npy_rows_f32(a, row, 1, got);
    assert_memory_equal(got, features, real * F * sizeof *got);
    for (size_t i = real * F; i < regions * F; i++)
        assert_true(got[i] == 0);
    npy_free(a);
    free(path);
}

static char *read_text(const char *name)
{
    struct error err;
    struct file_map map;
    char *path = scratch_path(name);
    assert_done(file_map_open(path, &map, &err), err);
    char *text = mem_strndup((const char *)map.data, map.size);
    file_map_close(&map);
    free(path);
    return text;
}

static void test_folder_in_order(void **state)
{
    struct error err;
    struct region_convert_result result;
    struct str s = {0};
    (void)state;
    add_line(&s, "7", R, 1);
    add_line(&s, "COCO_val2014_000000000008", 1, 2);
    add_line(&s, "000007", R, 3); /* a repetition */
    char *input = write_lines("order.tsv", &s), *out = scratch_path("out/in/two");
    struct region_convert_spec spec = {.folder = out, .split = "dev"};
    assert_done(convert(&spec, input, &result, &err), err);
    assert_int_equal(result.images, 2);
    assert_int_equal(result.regions, R);
    assert_int_equal(result.fewest, 1);
    assert_int_equal(result.bad.count, 1);
    assert_non_null(strstr(result.bad.lines.items[0], "image 000007 came before, as image 1 of"));
    region_convert_done(&result);
    check_row("out/in/two/dev_ims.npy", 0, 1, R, R);
    check_row("out/in/two/dev_ims.npy", 1, 2, 1, R);
    char *ids = read_text("out/in/two/dev_ids.txt");
    assert_string_equal(ids, "7\nCOCO_val2014_000000000008\n");
    free(ids);
    assert_int_equal(convert(&spec, input, &result, &err), -1);
    assert_non_null(strstr(err.text, "--force"));
    region_convert_done(&result);
    free(out);
    free(input);
}

/* Bad images among those asked for: the others and their captions are written. */
static void test_folder_by_ids(void **state)
{
    static const char *const ids[] = {"9", "77", "COCO_val2014_000000000007.jpg", "8"};
    struct error err;
    struct region_convert_result result;
    struct str s = {0};
    (void)state;
    char *captions = scratch_text("captions", "a\nx\nb\nc\n\n", 9);
    add_line(&s, "7", R, 1);
    add_line(&s, "5", R, 5);
    str_add(&s, "77\t40\t30\t1\tAAAA\tAAAA\n");
    add_line(&s, "8", R, 2);
    add_line(&s, "9", 1, 3);
    char *input = write_lines("ids.tsv", &s);
    struct region_convert_spec spec = {.folder = scratch_folder(),
                                       .split = "chosen",
                                       .ids = ids,
                                       .id_count = 4,
                                       .regions = 1,
                                       .half = true,
                                       .captions = captions};
    assert_done(convert(&spec, input, &result, &err), err);
    assert_int_equal(result.images, 3);
    assert_int_equal(result.bad.count, 1);
    assert_non_null(strstr(result.bad.lines.items[0], "ids.tsv: line 3: image 77: num_boxes is 1"));
    region_convert_done(&result);
    static const int expected[] = {3, 1, 2};
    for (size_t i = 0; i < 3; i++)
        check_row("chosen_ims.npy", i, expected[i], 1, 1);
    char *text = read_text("chosen_ids.txt");
    assert_string_equal(text, "9\nCOCO_val2014_000000000007.jpg\n8\n");
    free(text);
    text = read_text("chosen_caps.txt");
    assert_string_equal(text, "a\nb\nc\n");
    free(text);
    free(captions);
    free(input);
}

static void refuses(struct region_convert_spec *spec, const char *input, const char *says)
{
    struct error err = {.text = ""};
    struct region_convert_result result;
    assert_int_equal(convert(spec, input, &result, &err), -1);
    if (!strstr(err.text, says))
        fail_msg("expected '%s', got '%s'", says, err.text);
    region_convert_done(&result);
}

static void test_folder_refuses(void **state)
{
    static const char *const ids[] = {"7", "77", "8"}, *const twice[] = {"7", "8", "07"};
    struct str s = {0};
    (void)state;
    add_line(&s, "7", R, 1);
    char *input = write_lines("one.tsv", &s), *out = scratch_path("no/folder");
    char *captions = scratch_text("captions", "a\nb\nc\n", 6), *above = scratch_path("no");
    struct region_convert_spec spec = {.folder = out, .split = "no", .ids = ids, .id_count = 3};
    refuses(&spec, input, "2 of the 3 requested images are not in the input (the first: 77)");
    spec.ids = twice;
    refuses(&spec, input, "07 is requested twice");
    spec.id_count = 2, spec.captions = captions;
    refuses(&spec, input, "has 3 captions, not a multiple of the 2 images");
    spec = (struct region_convert_spec){.folder = out, .split = "no"};
    str_add(&s, "7\t40\t30\t1\tAAAA\tAAAA\n8\t40\t30\t1\tAAAA\tAAAA\n");
    char *bad = write_lines("bad.tsv", &s);
    refuses(&spec, bad, "bad.tsv: line 1: image 7: num_boxes is 1");
    refuses(&spec, bad, "none of the 2 images can be used");
    assert_false(file_exists(above)); /* nothing remains */
    free(captions);
    free(above);
    free(input);
    free(out);
    free(bad);
}

/* A file below the folder is part of what an interrupted conversion was of. */
static void test_about_folders(void **state)
{
    (void)state;
    struct error err;
    char *folder = scratch_path("about/below"), *file = scratch_path("about/below/7.npz"),
         *input = scratch_path("about");
    const char *inputs[] = {input};
    struct region_convert_spec spec = {.inputs = inputs, .input_count = 1, .split = "dev"};
    assert_done(file_make_folder(folder, &err), err);
    assert_done(file_write(file, "one", 3, &err), err);
    char *was = region_about(&spec), *same = region_about(&spec);
    assert_done(file_write(file, "three", 5, &err), err);
    char *changed = region_about(&spec);
    assert_string_equal(was, same);
    assert_string_not_equal(was, changed);
    free(was);
    free(same);
    free(changed);
    free(folder);
    free(file);
    free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_keys),         cmocka_unit_test(test_idmap),
        cmocka_unit_test(test_npz_milvlg),      cmocka_unit_test(test_npz_uniter),
        cmocka_unit_test(test_npz_hostile),     cmocka_unit_test(test_pair_of_folders),
        cmocka_unit_test(test_folder_in_order), cmocka_unit_test(test_folder_by_ids),
        cmocka_unit_test(test_folder_refuses),  cmocka_unit_test(test_about_folders),
    };
    return cmocka_run_group_tests_name("precomp", tests, scratch_make, scratch_remove);
}
