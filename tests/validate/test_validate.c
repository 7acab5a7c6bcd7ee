/* A made folder is clean; each kind of damage gives its finding, with the right count, and no error
 * of another kind; --fix mends what it should, once, and keeps the old file. */
#include "tests/support/scratch.h"
#include "tests/support/testing.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/image/image.h"
#include "validate/validate.h"

enum { I = 8, ROWS = 4, SIZE = 6, PER = 5, WIDTH = 40, HEIGHT = 30 };

/* A split as it is written; a damage changes it before, or the files after. */
struct made {
    float features[I][ROWS][SIZE], boxes[I][ROWS][4];
    int32_t sizes[I][2];
    char *captions[I * PER], *ids[I];
    size_t caption_count, id_count;
};

static const char *const words[] = {"a",    "red",  "dog",   "cat",   "house", "tree", "runs",
                                    "sits", "near", "under", "black", "white", "ball", "boat"};

static void make(struct made *m, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    *m = (struct made){.caption_count = I * PER, .id_count = I};
    for (size_t i = 0; i < I; i++) {
        m->sizes[i][0] = WIDTH;
        m->sizes[i][1] = HEIGHT;
        m->ids[i] = mem_printf("%zu", 100 * (size_t)seed + i);
        for (size_t r = 0; r < ROWS; r++) {
            for (size_t k = 0; k < SIZE; k++)
                m->features[i][r][k] = (float)rng_unit(&rng) + 0.1F;
            const float box[4] = {(float)r, 1, (float)(WIDTH - i), (float)(HEIGHT - r)};
            memcpy(m->boxes[i][r], box, sizeof box);
        }
        for (size_t c = 0; c < PER; c++) {
            size_t n = PER * i + c + (size_t)seed;
            m->captions[PER * i + c] = mem_printf("%s %s %s %s", words[n % 14], words[n * 3 % 11],
                                                  words[n * 5 % 13], words[(n / 14 + 3 * n) % 14]);
        }
    }
}

static void unmake(struct made *m)
{
    for (size_t c = 0; c < I * PER; c++)
        free(m->captions[c]);
    for (size_t i = 0; i < I; i++)
        free(m->ids[i]);
}

static char *path_of(const char *split, const char *ending)
{
    char *name = mem_printf("%s%s", split, ending), *path = scratch_path(name);
    free(name);
    return path;
}

static void put_text(const char *split, const char *ending, char *const *lines, size_t n)
{
    struct str text = {0};
    char *name = mem_printf("%s%s", split, ending);
    for (size_t i = 0; i < n; i++)
        str_addf(&text, "%s\n", lines[i]);
    free(scratch_text(name, str_text(&text), text.length));
    str_done(&text);
    free(name);
}

static void put_array(const char *split, const char *ending, enum npy_type type, int dims,
                      const size_t *shape, const void *data)
{
    struct error err;
    char *path = path_of(split, ending);
    assert_done(npy_save(path, type, dims, shape, data, &err), err);
    free(path);
}

static void put_photos(const struct made *m)
{
    struct error err;
    char *folder = scratch_path("images");
    assert_done(file_make_folder(folder, &err), err);
    uint8_t pixels[WIDTH * HEIGHT * 4];
    memset(pixels, 200, sizeof pixels);
    for (size_t i = 0; i < I; i++) {
        char *name = mem_printf("images/%s.png", m->ids[i]), *path = scratch_path(name);
        const struct image image = {.width = WIDTH, .height = HEIGHT, .pixels = pixels};
        assert_done(image_save_png(path, &image, 0, NULL, 0, &err), err);
        free(path);
        free(name);
    }
    free(folder);
}

static void put_split(const char *split, const struct made *m)
{
    const size_t features[] = {I, ROWS, SIZE}, boxes[] = {I, ROWS, 4}, sizes[] = {I, 2};
    put_array(split, "_ims.npy", NPY_F32, 3, features, m->features);
    put_array(split, "_boxes.npy", NPY_F32, 3, boxes, m->boxes);
    put_array(split, "_img_sizes.npy", NPY_I32, 2, sizes, m->sizes);
    put_text(split, "_caps.txt", m->captions, m->caption_count);
    put_text(split, "_ids.txt", m->ids, m->id_count);
    put_photos(m);
}

static void put_vocab(void)
{
    struct str text = {0};
    str_add(&text, "{\"word2idx\": {\"<pad>\": 0, \"<start>\": 1, \"<end>\": 2, \"<unk>\": 3");
    for (size_t i = 0; i < COUNTOF(words); i++)
        str_addf(&text, ", \"%s\": %zu", words[i], i + 4);
    str_add(&text, "}}");
    free(scratch_text("vocab.json", str_text(&text), text.length));
    str_done(&text);
}

/* ---- kinds of damage: before writing (m), then after (NULL) ---- */

static void nan_region(struct made *m)
{
    m->features[3][2][1] = NAN;
    m->features[3][2][4] = INFINITY;
    m->features[5][0][0] = NAN;
}

static void odd_region(struct made *m)
{
    for (size_t k = 0; k < SIZE; k++)
        m->features[3][2][k] *= 1e-30F;
}

static void zero_image(struct made *m)
{
    memset(m->features[6], 0, sizeof m->features[6]);
}

static void zero_region(struct made *m)
{
    memset(m->features[6][1], 0, sizeof m->features[6][1]);
    memset(m->features[2][3], 0, sizeof m->features[2][3]);
}

static void dead_column(struct made *m)
{
    for (size_t i = 0; i < I; i++)
        for (size_t r = 0; r < ROWS; r++)
            m->features[i][r][4] = m->features[i][r][2] = 0.5F;
}

static void constant(struct made *m)
{
    for (size_t i = 0; i < I; i++)
        for (size_t r = 0; r < ROWS; r++)
            memcpy(m->features[i][r], m->features[0][0], sizeof m->features[0][0]);
}

static void same_regions(struct made *m)
{
    memcpy(m->features[1][3], m->features[1][0], sizeof m->features[1][0]);
}

static void same_images(struct made *m)
{
    memcpy(m->features[7], m->features[1], sizeof m->features[1]);
    memcpy(m->features[4], m->features[1], sizeof m->features[1]);
}

static void too_few_captions(struct made *m)
{
    m->caption_count -= 3;
}

static void set_caption(struct made *m, size_t c, const char *text)
{
    mem_replace(&m->captions[c], text);
}

static void empty_captions(struct made *m)
{
    set_caption(m, 7, "");
    set_caption(m, 9, "");
}

static void broken_caption(struct made *m)
{
    set_caption(m, 7, "a caf\xe9 house");
}

static void control_caption(struct made *m)
{
    set_caption(m, 7, "a \033[31mred house");
}

static void repeated_caption(struct made *m)
{
    set_caption(m, 6, m->captions[5]);
}

static void shared_caption(struct made *m)
{
    set_caption(m, 16, m->captions[5]);
    set_caption(m, 26, m->captions[5]);
}

static void constant_captions(struct made *m)
{
    for (size_t c = 0; c < I; c++)
        set_caption(m, c * PER, "a red dog");
}

static void prefixed_captions(struct made *m)
{
    for (size_t c = 0; c < I * PER; c++) {
        char *text = mem_printf("a red dog %s", m->captions[c]);
        set_caption(m, c, text);
        free(text);
    }
}

static void short_captions(struct made *m)
{
    for (size_t c = 0; c < I * PER; c++)
        m->captions[c][strcspn(m->captions[c], " ")] = '\0';
}

static void long_caption(struct made *m)
{
    struct str text = {0};
    for (int i = 0; i < 101; i++)
        str_add(&text, i ? " red" : "red");
    set_caption(m, 11, str_text(&text));
    str_done(&text);
}

static void unknown_words(struct made *m)
{
    for (size_t c = 0; c < I * PER; c++)
        m->captions[c][0] = 'z';
}

static void word_ids(struct made *m)
{
    for (size_t c = 0; c < I * PER; c++) {
        char *text = mem_printf("1 %zu 7 2", c % 9 + 4);
        set_caption(m, c, text);
        free(text);
    }
}

static void repeated_id(struct made *m)
{
    mem_replace(&m->ids[5], m->ids[2]);
}

static void alike_id(struct made *m)
{
    char *text = mem_printf("000%s", m->ids[2]);
    mem_replace(&m->ids[5], text);
    free(text);
}

static void too_few_ids(struct made *m)
{
    m->id_count = I - 2;
}

static void mixed_ids(struct made *m)
{
    mem_replace(&m->ids[5], "dog.png");
}

static void reversed_boxes(struct made *m)
{
    float *b = m->boxes[2][1], x = b[0];
    b[0] = b[2];
    b[2] = x;
}

static void beyond_boxes(struct made *m)
{
    m->boxes[2][1][2] = WIDTH + 12;
}

static void rounded_boxes(struct made *m)
{
    m->boxes[2][1][2] = WIDTH + 0.5F;
    m->boxes[2][2][0] = -0.25F;
}

static void nan_box(struct made *m)
{
    m->boxes[0][0][0] = NAN;
}

static void empty_box(struct made *m)
{
    m->boxes[0][1][2] = m->boxes[0][1][0];
}

static void zero_box(struct made *m)
{
    memset(m->boxes[0][1], 0, sizeof m->boxes[0][1]);
}

static void fraction_boxes(struct made *m)
{
    for (size_t i = 0; i < I; i++)
        for (size_t r = 0; r < ROWS; r++)
            for (size_t k = 0; k < 4; k++)
                m->boxes[i][r][k] /= k % 2 ? HEIGHT : WIDTH;
}

static void other_sizes(struct made *m)
{
    m->sizes[4][0] = 2 * WIDTH;
    m->sizes[4][1] = 2 * HEIGHT;
}

static void other_shape(struct made *m)
{
    m->sizes[4][0] = 2 * WIDTH;
}

/* ---- files ---- */

static void put(const char *name, const char *text)
{
    free(scratch_text(name, text, strlen(text)));
}

static void stand_in(void)
{
    put("test_ims.npy", "version https://git-lfs.github.com/spec/v1\noid sha256:"
                        "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
                        "size 12345\n");
}

static void cut_features(void)
{
    char *path = path_of("test", "_ims.npy");
    assert_int_equal(truncate(path, 500), 0);
    free(path);
}

static void no_features(void)
{
    char *path = path_of("test", "_ims.npy");
    unlink(path);
    free(path);
}

static void cut_photo(void)
{
    char *path = scratch_path("images/102.png");
    assert_int_equal(truncate(path, 60), 0);
    free(path);
}

static void no_photo(void)
{
    char *path = scratch_path("images/102.png");
    unlink(path);
    free(path);
}

static void no_photo_nor_features(void)
{
    no_photo();
    cut_features();
}

static void no_ids_in_file(void)
{
    put("test_ids.txt", "");
}

static void other_photo(void)
{
    struct error err;
    uint8_t pixels[16] = {0};
    const struct image image = {.width = 2, .height = 2, .pixels = pixels};
    char *path = scratch_path("images/strange.png");
    assert_done(image_save_png(path, &image, 0, NULL, 0, &err), err);
    free(path);
}

static void few_boxes(void)
{
    static const float boxes[I - 1][ROWS][4] = {{{1}}};
    put_array("test", "_boxes.npy", NPY_F32, 3, (const size_t[]){I - 1, ROWS, 4}, boxes);
}

static void no_sizes(void)
{
    char *path = path_of("test", "_img_sizes.npy");
    unlink(path);
    free(path);
}

static void shadowed(void)
{
    static const float values[I][ROWS][SIZE];
    put_array("test", "_feat.npy", NPY_F32, 3, (const size_t[]){I, ROWS, SIZE}, values);
}

static void unfinished(void)
{
    put("test_extract.part", "x");
    put("test_ims.npy.tmp-a1B2c3", "x");
}

static void unknown_file(void)
{
    put("test_sizes.npy", "x");
}

static void wrong_counts(void)
{
    static const int32_t counts[I] = {4, 4, 5, 4, 4, 4, 4, 4};
    put_array("test", "_num_boxes.npy", NPY_I32, 1, (const size_t[]){I}, counts);
}

static void counts_over_data(void)
{
    static const int32_t counts[I] = {4, 4, 3, 4, 4, 4, 4, 4};
    put_array("test", "_num_boxes.npy", NPY_I32, 1, (const size_t[]){I}, counts);
}

static void put_classes(int32_t class, float confidence)
{
    static int32_t classes[I][ROWS];
    static float confidences[I][ROWS];
    classes[2][1] = class;
    confidences[3][2] = confidence;
    put("test_class_names.txt", "cat\ndog\n");
    put_array("test", "_classes.npy", NPY_I32, 2, (const size_t[]){I, ROWS}, classes);
    put_array("test", "_confidences.npy", NPY_F32, 2, (const size_t[]){I, ROWS}, confidences);
}

static void good_classes(void)
{
    put_classes(-1, 1);
}

static void wrong_class(void)
{
    put_classes(2, 1);
}

static void wrong_confidence(void)
{
    put_classes(1, 1.5F);
}

static void classes_without_names(void)
{
    put_classes(1, 1);
    char *path = path_of("test", "_class_names.txt");
    unlink(path);
    free(path);
}

static void other_source(void)
{
    put("test_features.json",
        "{\"extractor\": \"x\", \"version\": \"1\", \"size\": 7, \"regions\": 4}");
}

static void broken_source(void)
{
    put("test_features.json", "{\"extractor\": ");
}

static void bad_vocab(void)
{
    put("vocab.json", "{");
}

static void no_ids(void)
{
    char *path = path_of("test", "_ids.txt"), *folder = scratch_path("images"), *other;
    unlink(path);
    other = scratch_path("not_images");
    assert_int_equal(rename(folder, other), 0);
    free(path);
    free(folder);
    free(other);
}

static void no_captions(void)
{
    char *path = path_of("test", "_caps.txt");
    unlink(path);
    free(path);
}

/* A second split of the first one's images. */
static void leak(void)
{
    struct made m;
    make(&m, 1);
    for (size_t i = 2; i < I; i++)
        for (size_t r = 0; r < ROWS; r++)
            m.features[i][r][0] += 1;
    for (size_t i = 3; i < I; i++) {
        char *text = mem_printf("%zu", 5000 + i);
        mem_replace(&m.ids[i], text);
        free(text);
    }
    put_split("train", &m);
    unmake(&m);
}

static void another_size(void)
{
    static float values[I][ROWS][SIZE + 1];
    struct made m;
    make(&m, 2);
    put_split("dev", &m);
    for (size_t i = 0; i < I * ROWS * (SIZE + 1); i++)
        (&values[0][0][0])[i] = (float)(i * i % 97) + 1;
    put_array("dev", "_ims.npy", NPY_F32, 3, (const size_t[]){I, ROWS, SIZE + 1}, values);
    unmake(&m);
}

/* Each image five times, but not the last. */
static void copies(void)
{
    static float values[I * PER][ROWS][SIZE];
    struct made m;
    make(&m, 1);
    for (size_t i = 0; i < I * PER; i++)
        memcpy(values[i], m.features[i / PER], sizeof values[i]);
    values[I * PER - 1][2][2] += 1;
    values[I * PER - 3][2][2] += 2;
    put_array("test", "_ims.npy", NPY_F32, 3, (const size_t[]){I * PER, ROWS, SIZE}, values);
    unmake(&m);
}

static void put_ids(const char *odd, size_t line)
{
    char *lines[I * PER];
    for (size_t c = 0; c < I * PER; c++)
        lines[c] = mem_printf("%zu", 100 + c / PER);
    mem_replace(&lines[line], odd);
    put_text("test", "_ids.txt", lines, I * PER);
    for (size_t c = 0; c < I * PER; c++)
        free(lines[c]);
}

static void other_group(void)
{
    put_ids("107", 2);
}

static void same_groups(void)
{
    put_ids("100", 2);
}

static void empty_id(struct made *m)
{
    mem_replace(&m->ids[5], "");
}

static void odd_id(struct made *m)
{
    mem_replace(&m->ids[5], "../../5");
}

static void layout(struct made *m)
{
    for (size_t i = 0; i < I; i++)
        for (size_t r = 0; r < ROWS; r++) {
            m->boxes[i][r][2] -= m->boxes[i][r][0];
            m->boxes[i][r][3] -= m->boxes[i][r][1];
            m->boxes[i][r][0] = WIDTH - m->boxes[i][r][2];
            m->boxes[i][r][1] = HEIGHT - m->boxes[i][r][3];
        }
    for (size_t i = 0; i < I; i++) {
        m->boxes[i][0][0] = 36;
        m->boxes[i][0][2] = 4;
    }
}

static void small_boxes(struct made *m)
{
    for (size_t i = 0; i < I; i++)
        for (size_t r = 0; r < ROWS; r++)
            for (size_t k = 0; k < 4; k++)
                m->boxes[i][r][k] *= 0.4F;
}

static void more_text(const char *name, const char *text, size_t n)
{
    struct file_map map;
    struct error err;
    struct str all = {0};
    char *path = scratch_path(name);
    assert_done(file_map_any(path, &map, &err), err);
    str_add_n(&all, (const char *)map.data, map.size);
    str_add_n(&all, text, n);
    file_map_close(&map);
    free(scratch_text(name, str_text(&all), all.length));
    str_done(&all);
    free(path);
}

static void blank_end(void)
{
    more_text("test_caps.txt", "\n \n", 3);
}

static void nul_byte(void)
{
    more_text("test_class_names.txt", "a\0b\n", 4);
}

static void nul_in_names(void)
{
    put("test_class_names.txt", "cat\n");
    nul_byte();
}

static void no_vocab(void)
{
    char *path = scratch_path("vocab.json");
    unlink(path);
    free(path);
}

static void odd_images(struct made *m)
{
    for (size_t i = 0; i < I; i++) {
        char *text = mem_printf("%zu", I - 1 - i);
        mem_replace(&m->ids[i], text);
        free(text);
    }
}

static void by_order(void)
{
    for (size_t i = 0; i < I; i++) {
        char *from = mem_printf("images/%zu.png", i), *to = mem_printf("images/p%zu.png", i);
        char *a = scratch_path(from), *b = scratch_path(to);
        assert_int_equal(rename(a, b), 0);
        free(a);
        free(b);
        free(from);
        free(to);
    }
}

static void map_too_long(void)
{
    struct str text = {0};
    for (size_t c = 0; c <= I * PER; c++)
        str_addf(&text, "%zu\n", c / PER % I);
    free(scratch_text("test_cap_img.txt", str_text(&text), text.length));
    str_done(&text);
}

static void map_without_two(void)
{
    struct str text = {0};
    for (size_t c = 0; c < I * PER; c++)
        str_addf(&text, "%zu\n", c / PER % (I - 2));
    free(scratch_text("test_cap_img.txt", str_text(&text), text.length));
    str_done(&text);
}

/* Another split, of other images, of the same numbers of regions and features. */
static void put_other(const char *split, void (*change)(struct made *m))
{
    struct made m;
    make(&m, 3);
    if (change)
        change(&m);
    put_split(split, &m);
    unmake(&m);
}

static void first_image_too(struct made *m)
{
    struct made other;
    make(&other, 1);
    mem_replace(&m->ids[0], other.ids[0]);
    memcpy(m->features[0], other.features[0], sizeof m->features[0]);
    unmake(&other);
}

static void shared(void)
{
    put_other("testall", first_image_too);
}

static void fewer_regions(void)
{
    static float values[I][ROWS - 1][SIZE];
    put_other("dev", NULL);
    for (size_t i = 0; i < I * (ROWS - 1) * SIZE; i++)
        (&values[0][0][0])[i] = (float)(i * i % 97) + 1;
    put_array("dev", "_ims.npy", NPY_F32, 3, (const size_t[]){I, ROWS - 1, SIZE}, values);
    char *path = path_of("dev", "_boxes.npy");
    unlink(path);
    free(path);
}

static void two_extractors(void)
{
    put_other("dev", NULL);
    put("dev_features.json",
        "{\"extractor\": \"x\", \"version\": \"1\", \"size\": 6, \"regions\": 4}");
    put("test_features.json",
        "{\"extractor\": \"x\", \"version\": \"2\", \"size\": 6, \"regions\": 4}");
}

static void one_extractor(void)
{
    put_other("dev", NULL);
    put("dev_features.json",
        "{\"extractor\": \"x\", \"version\": \"1\", \"size\": 6, \"regions\": 4}");
}

static const struct {
    const char *code;
    size_t count;
    void (*before)(struct made *m);
    void (*after)(void);
} damages[] = {
    {"features-nan", 2, nan_region, NULL},
    {"features-odd", 1, odd_region, NULL},
    {"features-zero-images", 1, zero_image, NULL},
    {"features-zero-regions", 2, zero_region, NULL},
    {"features-dead-columns", 2, dead_column, NULL},
    {"features-constant", SIZE, constant, NULL},
    {"features-same-regions", 1, same_regions, NULL},
    {"features-same-images", 2, same_images, NULL},
    {"features-copies", 2, NULL, copies},
    {"features-padding", 1, NULL, counts_over_data},
    {"features-source", 1, NULL, other_source},
    {"features-missing", 1, NULL, no_features},
    {"file-stand-in", 1, NULL, stand_in},
    {"file-unreadable", 1, NULL, cut_features},
    {"file-unreadable", 1, NULL, wrong_counts},
    {"file-unreadable", 1, NULL, broken_source},
    {"file-misfit", 1, NULL, few_boxes},
    {"file-misfit", 0, NULL, good_classes},
    {"file-misfit", 1, NULL, wrong_class},
    {"file-misfit", 1, NULL, wrong_confidence},
    {"file-misfit", 1, NULL, classes_without_names},
    {"file-shadowed", 1, NULL, shadowed},
    {"file-unfinished", 2, NULL, unfinished},
    {"file-unknown", 1, NULL, unknown_file},
    {"captions-count", 1, too_few_captions, NULL},
    {"captions-form", 1, word_ids, NULL},
    {"captions-missing", 1, NULL, no_captions},
    {"captions-no-image", 1, NULL, map_too_long},
    {"images-no-caption", 2, NULL, map_without_two},
    {"captions-empty", 2, empty_captions, NULL},
    {"captions-not-utf8", 1, broken_caption, NULL},
    {"captions-control", 1, control_caption, NULL},
    {"captions-same-image", 1, repeated_caption, NULL},
    {"captions-other-image", 2, shared_caption, NULL},
    {"captions-constant", 1, constant_captions, NULL},
    {"captions-prefix", 1, prefixed_captions, NULL},
    {"captions-short", 1, short_captions, NULL},
    {"captions-long", 1, long_caption, NULL},
    {"captions-unknown", 1, unknown_words, NULL},
    {"vocab-unreadable", 1, NULL, bad_vocab},
    {"vocab-missing", 1, NULL, no_vocab},
    {"text-blank-end", 2, NULL, blank_end},
    {"text-nul", 1, NULL, nul_in_names},
    {"ids-count", 1, too_few_ids, NULL},
    {"ids-groups", 1, NULL, other_group},
    {"ids-groups", 0, NULL, same_groups},
    {"ids-repeated", 0, NULL, same_groups},
    {"ids-empty", 1, empty_id, NULL},
    {"ids-odd", 1, odd_id, NULL},
    {"ids-missing", 1, NULL, no_ids},
    {"ids-repeated", 1, repeated_id, NULL},
    {"ids-alike", 1, alike_id, NULL},
    {"ids-mixed", 1, mixed_ids, NULL},
    {"boxes-reversed", 1, reversed_boxes, NULL},
    {"boxes-beyond", 1, beyond_boxes, NULL},
    {"boxes-rounding", 2, rounded_boxes, NULL},
    {"boxes-nan", 1, nan_box, NULL},
    {"boxes-empty", 1, empty_box, NULL},
    {"boxes-zero", 1, zero_box, NULL},
    {"boxes-layout", 1, layout, NULL},
    {"boxes-small", 1, small_boxes, NULL},
    {"boxes-fractions", 1, fraction_boxes, NULL},
    {"photos-resized", 1, other_sizes, NULL},
    {"photos-shape", 1, other_shape, NULL},
    {"photos-missing", 1, NULL, no_photo},
    {"photos-unreadable", 1, NULL, cut_photo},
    {"photos-missing", 0, too_few_ids, NULL},
    {"photos-unused", 0, NULL, cut_features},
    {"photos-unused", 0, NULL, no_ids_in_file},
    {"assumed", 0, too_few_ids, NULL},
    {"photos-unused", 1, NULL, other_photo},
    {"leak-ids", 3, NULL, leak},
    {"leak-features", 2, NULL, leak},
    {"shared-ids", 1, NULL, shared},
    {"shared-features", 1, NULL, shared},
    {"leak-ids", 0, NULL, shared},
    {"across-size", 1, NULL, another_size},
    {"across-regions", 1, NULL, fewer_regions},
    {"across-extractor", 1, NULL, two_extractors},
    {"assumed", 1, NULL, one_extractor},
    {"assumed", 1, odd_images, by_order},
};

/* ---- */

static void write_folder(void (*before)(struct made *m), void (*after)(void))
{
    struct made m;
    make(&m, 1);
    if (before)
        before(&m);
    put_split("test", &m);
    put_vocab();
    if (after)
        after();
    unmake(&m);
}

static void look(const struct validate_spec *given, struct validate_report *out)
{
    struct validate_spec spec = *given;
    struct error err;
    spec.folder = scratch_folder();
    assert_done(validate_run(&spec, out, &err), err);
}

static size_t count_of(const struct validate_report *r, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->items[i].code->name, code) == 0)
            count += r->items[i].count;
    return count;
}

static void fail_with(const struct validate_report *r, const char *what)
{
    for (size_t i = 0; i < r->count; i++)
        fprintf(stderr, "# %s %zu: %s\n", r->items[i].code->name, r->items[i].count,
                r->items[i].text);
    fail_msg("%s", what);
}

static int fresh(void **state)
{
    scratch_remove(state);
    return scratch_make(state);
}

static void clean_folder(void **state)
{
    struct validate_report r;
    fresh(state);
    write_folder(NULL, NULL);
    look(&(struct validate_spec){0}, &r);
    if (r.count > 0)
        fail_with(&r, "not clean");
    assert_int_equal(r.split_count, 1);
    assert_int_equal(r.splits[0].images, I);
    assert_int_equal(r.splits[0].captions, I * PER);
    assert_true(r.splits[0].unknown == 0);
    validate_done(&r);
}

static void each_damage(void **state)
{
    for (size_t k = 0; k < COUNTOF(damages); k++) {
        struct validate_report r;
        fresh(state);
        write_folder(damages[k].before, damages[k].after);
        look(&(struct validate_spec){0}, &r);
        if (count_of(&r, damages[k].code) != damages[k].count)
            fail_with(&r, damages[k].code);
        for (size_t i = 0; i < r.count; i++)
            if (damages[k].count > 0 && r.items[i].code->severity == VALIDATE_ERROR &&
                strcmp(r.items[i].code->name, damages[k].code) != 0 &&
                strncmp(r.items[i].code->name, "leak", 4) != 0)
                fail_with(&r, damages[k].code);
        validate_done(&r);
    }
}

/* Whatever happens to the features, captions and photographs are looked at. */
static void nothing_hides(void **state)
{
    struct validate_report r;
    fresh(state);
    write_folder(empty_captions, no_photo_nor_features);
    look(&(struct validate_spec){0}, &r);
    assert_int_equal(count_of(&r, "file-unreadable"), 1);
    assert_int_equal(count_of(&r, "captions-empty"), 2);
    assert_int_equal(count_of(&r, "photos-missing"), 1);
    validate_done(&r);
}

static void all_codes(void **state)
{
    (void)state;
    for (const struct validate_code *c = validate_codes; c->name; c++) {
        assert_non_null(c->meaning);
        assert_non_null(c->advice);
        assert_true(c->meaning[strlen(c->meaning) - 1] == '.');
        assert_true(c->advice[strlen(c->advice) - 1] == '.');
        for (const struct validate_code *d = validate_codes; d < c; d++)
            assert_string_not_equal(c->name, d->name);
    }
}

/* ---- mending ---- */

static char *read_all(const char *name, size_t *size_out)
{
    struct file_map map;
    struct error err;
    char *path = scratch_path(name);
    assert_done(file_map_any(path, &map, &err), err);
    char *copy = mem_new(map.size + 1, 1);
    memcpy(copy, map.data, map.size);
    *size_out = map.size;
    file_map_close(&map);
    free(path);
    return copy;
}

static void same_bytes(const char *a, const char *b)
{
    size_t n, m;
    char *x = read_all(a, &n), *y = read_all(b, &m);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    free(x);
    free(y);
}

/* Makes the text untidy without changing a line of it. */
static void untidy(void)
{
    size_t n;
    char *text = read_all("test_caps.txt", &n);
    struct str out = {0};
    str_add(&out, "\xef\xbb\xbf");
    for (size_t i = 0; i < n; i++)
        str_add_n(&out, text[i] == '\n' ? " \r\n" : &text[i], text[i] == '\n' ? 3 : 1);
    free(scratch_text("test_caps.txt", str_text(&out), out.length));
    str_done(&out);
    free(text);
}

static void wide(void)
{
    size_t n;
    char *text = read_all("test_caps.txt", &n), *out = mem_new(2 * n, 1);
    for (size_t i = 0; i < n; i++)
        out[2 * i] = text[i];
    free(scratch_text("test_caps.txt", out, 2 * n));
    free(out);
    free(text);
}

static void cr_alone(void)
{
    size_t n;
    char *text = read_all("test_caps.txt", &n);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] == '\n' ? '\r' : text[i];
    free(scratch_text("test_caps.txt", text, n));
    free(text);
}

/* Before and after mending: codes that go, and nothing is mended twice. */
static void mends(void (*before)(struct made *m), void (*after)(void), const char *file,
                  const char *code)
{
    struct validate_report r;
    fresh(NULL);
    write_folder(before, after);
    look(&(struct validate_spec){.dry_run = true}, &r);
    if (count_of(&r, code) == 0 || r.fix_count != 1 || r.fixes[0].done || r.fixes[0].failed)
        fail_with(&r, file);
    assert_string_equal(r.fixes[0].file, file);
    validate_done(&r);
    look(&(struct validate_spec){.fix = true}, &r);
    if (count_of(&r, code) != 0 || r.fix_count != 1 || !r.fixes[0].done)
        fail_with(&r, file);
    validate_done(&r);
    look(&(struct validate_spec){.fix = true}, &r);
    assert_int_equal(r.fix_count, 0);
    if (r.counts[VALIDATE_ERROR] + r.counts[VALIDATE_WARNING] > 0)
        fail_with(&r, file);
    validate_done(&r);
}

static void mended_texts(void **state)
{
    (void)state;
    mends(NULL, untidy, "test_caps.txt", "text-mark");
    mends(NULL, untidy, "test_caps.txt", "text-line-ends");
    mends(NULL, untidy, "test_caps.txt", "text-blanks");
    mends(NULL, cr_alone, "test_caps.txt", "captions-form");
    mends(NULL, wide, "test_caps.txt", "text-encoding");
    char *mended = path_of("test", "_caps.txt"), *kept = path_of("kept", "_caps.txt");
    assert_int_equal(rename(mended, kept), 0);
    write_folder(NULL, NULL);
    same_bytes("test_caps.txt", "kept_caps.txt");
    free(mended);
    free(kept);
}

static void mended_boxes(void **state)
{
    (void)state;
    mends(reversed_boxes, NULL, "test_boxes.npy", "boxes-reversed");
    mends(rounded_boxes, NULL, "test_boxes.npy", "boxes-rounding");
    mends(layout, NULL, "test_boxes.npy", "boxes-layout");
    mends(fraction_boxes, NULL, "test_boxes.npy", "boxes-fractions");
    mends(NULL, no_sizes, "test_img_sizes.npy", "sizes-missing");
}

/* The features, and a box with NaN, stay what they are; an .orig is never replaced. */
static void left_alone(void **state)
{
    struct validate_report r;
    size_t n, m;
    fresh(state);
    write_folder(nan_box, untidy);
    put("test_caps.txt.orig", "mine\n");
    char *before = read_all("test_boxes.npy", &n);
    look(&(struct validate_spec){.fix = true}, &r);
    assert_int_equal(r.fix_count, 1);
    assert_true(r.fixes[0].failed && strstr(r.fixes[0].text, "exists already"));
    assert_int_equal(count_of(&r, "text-mark"), 1);
    assert_int_equal(count_of(&r, "boxes-nan"), 1);
    char *after = read_all("test_boxes.npy", &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    validate_done(&r);
    free(before);
    free(after);
}

/* What a link leads to is not this folder's. */
static void linked(void **state)
{
    struct validate_report r;
    fresh(state);
    write_folder(NULL, untidy);
    char *link_path = path_of("test", "_caps.txt"), *target = scratch_path("elsewhere");
    assert_int_equal(rename(link_path, target), 0);
    assert_int_equal(symlink(target, link_path), 0);
    look(&(struct validate_spec){.fix = true}, &r);
    assert_int_equal(r.fix_count, 1);
    assert_true(r.fixes[0].failed && strstr(r.fixes[0].text, "is a link"));
    assert_int_equal(count_of(&r, "text-mark"), 1);
    validate_done(&r);
    free(link_path);
    free(target);
}

static void kept_original(void **state)
{
    struct validate_report r;
    fresh(state);
    write_folder(NULL, untidy);
    char *from = path_of("test", "_caps.txt"), *to = path_of("copy", "_of_it");
    size_t n;
    char *text = read_all("test_caps.txt", &n);
    free(scratch_text("copy_of_it", text, n));
    look(&(struct validate_spec){.fix = true}, &r);
    same_bytes("test_caps.txt.orig", "copy_of_it");
    validate_done(&r);
    free(text);
    free(from);
    free(to);
}

/* ---- interrupted ---- */

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)total;
    return done < 3;
}

static void stopped(void **state)
{
    struct validate_report r;
    const struct progress progress = {.step = stop};
    fresh(state);
    write_folder(empty_captions, NULL);
    look(&(struct validate_spec){.progress = &progress}, &r);
    assert_true(r.interrupted);
    assert_int_equal(count_of(&r, "captions-empty"), 2);
    validate_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_folder),  cmocka_unit_test(each_damage),
        cmocka_unit_test(nothing_hides), cmocka_unit_test(all_codes),
        cmocka_unit_test(mended_texts),  cmocka_unit_test(mended_boxes),
        cmocka_unit_test(left_alone),    cmocka_unit_test(kept_original),
        cmocka_unit_test(linked),        cmocka_unit_test(stopped),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
