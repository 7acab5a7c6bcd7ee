#include "ui/loop/measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "ui/loop/script.h"

#include <cblas.h> /* last: its complex.h defines I */

enum {
    IMAGES = 1000,
    CAPTIONS = 5000,
    REGIONS = 36,
    PHOTO_WIDTH = 500,
    PHOTO_HEIGHT = 375,
    GEMM = 512
};

/* A backend that answers at once with made-up numbers, but a survey never ends. */
struct made_up {
    struct backend base;
    char *id[IMAGES], *caption[CAPTIONS];
    float boxes[IMAGES * REGIONS * 4];
};

static float share(uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    return (float)rng_unit(&rng);
}

static const char *text_of(const struct backend *backend, const struct ask *ask)
{
    return ask->caption >= 0 ? backend->catalog.caption[ask->caption] : ask->text;
}

static void split(const char *text, struct ask_words *out)
{
    char *copy = mem_strdup(text), *rest;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        ask_words_add(out, word, true);
    free(copy);
}

static struct ranking *rank(size_t n, uint64_t seed)
{
    float *scores = mem_new(n, sizeof *scores);
    for (size_t i = 0; i < n; i++)
        scores[i] = share(seed * 7919 + i);
    struct ranking *ranking = ranking_of_scores(scores, n);
    free(scores);
    return ranking;
}

static int made_rank_images(struct backend *backend, const struct ask *ask,
                            const struct progress *progress, struct ranking **out,
                            struct error *err)
{
    (void)progress, (void)err;
    *out = rank(IMAGES, strlen(text_of(backend, ask)));
    split(text_of(backend, ask), &(*out)->words);
    return 0;
}

static int made_rank_captions(struct backend *backend, size_t image,
                              const struct progress *progress, struct ranking **out,
                              struct error *err)
{
    (void)backend, (void)progress, (void)err;
    *out = rank(CAPTIONS, image);
    return 0;
}

static int made_look(struct backend *backend, size_t image, const struct ask *ask,
                     struct look **out, struct error *err)
{
    struct look *look = mem_new(1, sizeof *look);
    (void)err;
    split(text_of(backend, ask), &look->words);
    look->R = REGIONS;
    struct look_attention *attention = &look->of[LOOK_WORDS];
    attention->weights = mem_new(look->words.count * REGIONS, sizeof *attention->weights);
    attention->similarity = mem_new(look->words.count, sizeof *attention->similarity);
    for (size_t w = 0; w < look->words.count; w++) {
        attention->similarity[w] = share(image * 31 + w);
        for (size_t r = 0; r < REGIONS; r++)
            attention->weights[w * REGIONS + r] = share(image * 1009 + w * REGIONS + r) / REGIONS;
    }
    *out = look;
    return 0;
}

/* Multiplies matrices on all cores until told to stop. */
static int made_survey(struct backend *backend, size_t first, size_t n,
                       const struct progress *progress, struct failure *out, struct error *err)
{
    float *a = mem_new((size_t)GEMM * GEMM, sizeof *a),
          *b = mem_new((size_t)GEMM * GEMM, sizeof *b);
    uint64_t step = 0;
    (void)backend, (void)first, (void)n, (void)out;
    while (progress_step(progress, step % CAPTIONS, CAPTIONS)) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, GEMM, GEMM, GEMM, 1, a, GEMM, a,
                    GEMM, 0, b, GEMM);
        step++;
    }
    free(a);
    free(b);
    return error_set(err, "interrupted");
}

static int made_photo(struct backend *backend, size_t image, int max_side, struct notes *notes,
                      struct image *out, struct error *err)
{
    (void)backend, (void)max_side, (void)notes, (void)err;
    *out = (struct image){.width = PHOTO_WIDTH,
                          .height = PHOTO_HEIGHT,
                          .full_width = PHOTO_WIDTH,
                          .full_height = PHOTO_HEIGHT,
                          .pixels = mem_new((size_t)PHOTO_WIDTH * PHOTO_HEIGHT, 4)};
    for (size_t i = 0; i < (size_t)PHOTO_WIDTH * PHOTO_HEIGHT; i++) {
        uint8_t *p = out->pixels + 4 * i;
        p[0] = (uint8_t)(i % PHOTO_WIDTH / 2 + image);
        p[1] = (uint8_t)(i / PHOTO_WIDTH + 3 * image);
        p[2] = (uint8_t)(i % 251);
        p[3] = 255;
    }
    return 0;
}

static int made_photo_path(const struct backend *backend, size_t image, char **out,
                           struct error *err)
{
    (void)backend, (void)image, (void)out;
    return error_set(err, "a made-up split has no files");
}

static int made_export(struct backend *backend, const struct export_spec *spec, struct error *err)
{
    (void)backend, (void)spec;
    return error_set(err, "a made-up split has no figures");
}

static bool made_knows(const struct backend *backend, const char *word)
{
    (void)backend;
    return strlen(word) % 7 != 0;
}

static size_t made_complete(const struct backend *backend, const char *prefix, size_t limit,
                            char **out)
{
    (void)backend, (void)prefix, (void)limit, (void)out;
    return 0;
}

static void made_free(struct backend *backend)
{
    struct made_up *made = (struct made_up *)backend;
    for (size_t i = 0; i < IMAGES; i++)
        free(made->id[i]);
    for (size_t c = 0; c < CAPTIONS; c++)
        free(made->caption[c]);
    free(made);
}

static const struct backend_ops made_ops = {
    .rank_images = made_rank_images,
    .rank_captions = made_rank_captions,
    .look = made_look,
    .survey = made_survey,
    .photo = made_photo,
    .photo_path = made_photo_path,
    .export = made_export,
    .knows = made_knows,
    .complete = made_complete,
    .free = made_free,
};

static void fill(struct made_up *made)
{
    for (size_t i = 0; i < IMAGES; i++)
        made->id[i] = mem_printf("%zu.jpg", i);
    for (size_t c = 0; c < CAPTIONS; c++)
        made->caption[c] =
            mem_printf("a man number %zu rides a horse along the beach in the morning", c);
    for (size_t i = 0; i < IMAGES * REGIONS; i++) {
        float *box = made->boxes + 4 * i;
        box[0] = share(i) * PHOTO_WIDTH / 2;
        box[1] = share(i + 1) * PHOTO_HEIGHT / 2;
        box[2] = box[0] + 40 + share(i + 2) * PHOTO_WIDTH / 3;
        box[3] = box[1] + 40 + share(i + 3) * PHOTO_HEIGHT / 3;
    }
}

static int made_open(void *context, const struct source *source, int model,
                     const struct progress *progress, struct backend **out, struct error *err)
{
    struct made_up *made = NULL;
    (void)context, (void)source, (void)model, (void)progress;
    if (mem_alloc(&made, 1, sizeof *made, "a made-up split", err) != 0)
        return -1;
    fill(made);
    made->base.ops = &made_ops;
    made->base.catalog =
        (struct catalog){.model = "made up",
                         .kind = "SCAN",
                         .shows = KIND_WORDS_ON_REGIONS,
                         .pooled = true,
                         .variant = "t-i LSE",
                         .data = "made up",
                         .images = IMAGES,
                         .captions = CAPTIONS,
                         .regions = REGIONS,
                         .map = caption_map_regular(IMAGES, CAPTIONS, CAPTIONS / IMAGES),
                         .id = made->id,
                         .caption = made->caption,
                         .boxes = made->boxes,
                         .photos = true};
    *out = &made->base;
    return 0;
}

/* Starts the survey, and then does what a user does all day: captions, rows, words, pages, views,
 * overlays. */
static int play(struct loop *loop, struct error *err)
{
    static const char *const before[] = {"wait opened", "key Esc 5 1"};
    static const char *const round[] = {
        "key i",
        "type a man rides a horse along the beach",
        "key Enter",
        "wait ranked",
        "wait looked",
        "key j j j j Right Right Right Left o o o o m m b b r J J K r",
        "key PageDown PageDown G g z z t t",
        "key 3 Right Right Down Enter",
        "key j j j Right Right",
        "key 4 j j j PageDown Enter",
        "wait ranked",
        "key ? j j Esc Esc 1",
    };
    for (size_t i = 0; i < COUNTOF(before); i++)
        if (script_line(loop, before[i], err) != 0)
            return -1;
    loop->key_count = 0;
    for (int times = 0; times < 4; times++)
        for (size_t i = 0; i < COUNTOF(round); i++)
            if (script_line(loop, round[i], err) != 0)
                return -1;
    return 0;
}

int measure_keys(struct measure_times *out, struct error *err)
{
    struct loop loop;
    struct loop_folders nowhere = {0};
    struct script_screen screen = {0};
    struct worker_host host = {.open = made_open};
    if (loop_init(&loop, 40, 120, 1, &host, &nowhere, err) != 0)
        return -1;
    loop.screen = &script_screen_ops;
    loop.screen_context = &screen;
    loop_start(&loop);
    int status = play(&loop, err);
    out->keys = loop.key_count;
    loop_key_times(&loop, &out->median, &out->slowest);
    loop_done(&loop);
    script_screen_done(&screen);
    return status;
}
