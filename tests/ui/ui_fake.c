#include "tests/ui/ui_fake.h"

#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyse/failures.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/kind.h"

enum { IMAGES = 12, PER_IMAGE = 5, REGIONS = 6, SIDE = 96 };

struct fake {
    struct backend base;
    struct fake_options options;
    char **id, **caption;
    int32_t *region_count;
    float *boxes;
    int32_t *classes;
    float *confidences;
    size_t images;
    float model; /* 0 or 1: they rank differently */
    const atomic_bool *photos_gone, *data_gone;
};

static const char *const colours[] = {"red", "blue", "green", "yellow", "white", "black"};
static const char *const things[] = {"ball", "dog", "boat", "house", "tree", "kite", "cup"};
static const char *const places[] = {"grass", "water", "road", "sand"};
static const char *const patterns[] = {"a %s %s on the %s", "the %s %s lies on %s",
                                       "one %s %s near some %s", "there is a %s %s by the %s",
                                       "a small %s %s and the %s"};

static const char *pick(const char *const *table, size_t n, size_t i)
{
    return table[i % n];
}

static char *make_caption(size_t image, size_t which)
{
    char *text;
    if (asprintf(&text, patterns[which], pick(colours, 6, image), pick(things, 7, image),
                 pick(places, 4, image / 2)) < 0)
        abort();
    return text;
}

static bool fake_knows(const struct backend *backend, const char *word)
{
    const struct fake *fake = (const struct fake *)backend;
    for (size_t c = 0; c < fake->images * PER_IMAGE; c++) {
        const char *at = strcasestr(fake->caption[c], word);
        size_t n = strlen(word);
        if (at && (at == fake->caption[c] || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    }
    return false;
}

static size_t fake_complete(const struct backend *backend, const char *prefix, size_t limit,
                            char **out)
{
    const char *const *tables[] = {colours, things, places};
    const size_t sizes[] = {6, 7, 4};
    size_t n = 0;
    (void)backend;
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < sizes[t] && n < limit; i++)
            if (!strncmp(tables[t][i], prefix, strlen(prefix)))
                out[n++] = mem_strdup(tables[t][i]);
    return n;
}

static void split_words(const struct fake *fake, const char *text, struct ask_words *out)
{
    while (*text) {
        text += strspn(text, " ");
        size_t n = strcspn(text, " ");
        if (n == 0)
            break;
        char *word = mem_strndup(text, n);
        ask_words_add(out, word, fake_knows(&fake->base, word));
        free(word);
        text += n;
    }
}

static const char *ask_text(const struct fake *fake, const struct ask *ask)
{
    return ask->caption >= 0 ? fake->caption[ask->caption] : ask->text;
}

static float word_score(const struct fake *fake, size_t image, const char *word)
{
    float best = 0.05f + 0.01f * (float)(strlen(word) % 5);
    for (size_t c = image * PER_IMAGE; c < (image + 1) * PER_IMAGE; c++)
        if (strlen(word) > 2 && strcasestr(fake->caption[c], word))
            best = 0.4f + 0.04f * (float)strlen(word);
    return best;
}

static float pair_score(const struct fake *fake, size_t image, const struct ask_words *words)
{
    float sum = 0;
    for (size_t w = 0; w < words->count; w++)
        sum += word_score(fake, image, words->text[w]);
    return words->count ? sum / (float)words->count : 0;
}

static void count(atomic_int *counter)
{
    if (counter)
        atomic_fetch_add(counter, 1);
}

/* Keeps working while `hold` is true, or until it is interrupted. */
static int hold_on(const atomic_bool *hold, const struct progress *progress, struct error *err)
{
    for (uint64_t step = 0; hold && atomic_load(hold); step++) {
        if (!progress_step(progress, step % 100, 100))
            return error_set(err, "interrupted");
        usleep(500);
    }
    return 0;
}

static int held(const struct fake *fake, const struct progress *progress, struct error *err)
{
    if (fake->data_gone && atomic_load(fake->data_gone))
        return error_set(err, "the features are gone");
    count(fake->options.begun);
    if (hold_on(fake->options.hold, progress, err) == 0)
        return 0;
    count(fake->options.stopped);
    return -1;
}

static int fake_rank_images(struct backend *backend, const struct ask *ask,
                            const struct progress *progress, struct ranking **out,
                            struct error *err)
{
    struct fake *fake = (struct fake *)backend;
    float *scores = mem_new(fake->images, sizeof *scores);
    struct ask_words words = {0};
    if (fake->options.crash_on && !strcmp(ask_text(fake, ask), fake->options.crash_on))
        raise(SIGSEGV);
    split_words(fake, ask_text(fake, ask), &words);
    int status = held(fake, progress, err);
    for (size_t i = 0; i < fake->images; i++)
        scores[i] = pair_score(fake, i, &words) - 0.001f * (float)i -
                    (fake->options.clumsy ? 0.07f * (float)(i % 4) : 0) -
                    fake->model * 0.05f * (float)(i % 3);
    if (status == 0) {
        *out = ranking_of_scores(scores, fake->images);
        (*out)->words = words;
        if (ask->caption >= 0)
            ranking_mark(*out, (size_t)ask->caption / PER_IMAGE, 1);
    } else {
        ask_words_done(&words);
    }
    free(scores);
    return status;
}

static int fake_rank_captions(struct backend *backend, size_t image,
                              const struct progress *progress, struct ranking **out,
                              struct error *err)
{
    struct fake *fake = (struct fake *)backend;
    size_t n = fake->base.catalog.captions;
    float *scores = mem_new(n, sizeof *scores);
    int status = held(fake, progress, err);
    for (size_t c = 0; c < n; c++) {
        struct ask_words words = {0};
        split_words(fake, fake->caption[c], &words);
        scores[c] = pair_score(fake, image, &words);
        ask_words_done(&words);
    }
    if (status == 0) {
        *out = ranking_of_scores(scores, n);
        ranking_mark(*out, image * PER_IMAGE, PER_IMAGE);
    }
    free(scores);
    return status;
}

static void attend(const struct fake *fake, size_t image, struct look *look, enum look_way way)
{
    struct look_attention *out = &look->of[way];
    out->weights = mem_new(look->words.count * look->R, sizeof *out->weights);
    out->similarity = mem_new(look->words.count, sizeof *out->similarity);
    for (size_t w = 0; w < look->words.count; w++) {
        out->similarity[w] =
            word_score(fake, image, look->words.text[w]) * (way == LOOK_WORDS ? 1 : 0.5f);
        for (size_t r = 0; r < look->R; r++) {
            size_t strong = (w + image + (way == LOOK_WORDS ? 0 : 3)) % look->R;
            out->weights[w * look->R + r] = r == strong ? 0.7f : 0.06f;
        }
    }
}

static void share(const struct fake *fake, size_t image, struct look *look)
{
    size_t n = look->words.count;
    bool pooled = fake->base.catalog.pooled;
    look->share = mem_new(n, sizeof *look->share);
    look->share_lse = pooled ? mem_new(n, sizeof *look->share_lse) : NULL;
    look->share_avg = pooled ? mem_new(n, sizeof *look->share_avg) : NULL;
    for (size_t w = 0; w < n; w++) {
        float similarity = word_score(fake, image, look->words.text[w]);
        look->share[w] = similarity / (float)n - (pooled ? 0 : 0.02f);
        if (pooled) {
            look->share_avg[w] = similarity / (float)n;
            look->share_lse[w] = similarity * similarity;
        }
    }
}

static void weigh(struct look *look)
{
    look->node = mem_new(look->words.count, sizeof *look->node);
    look->whole = 0.31f;
    for (size_t w = 0; w < look->words.count; w++)
        look->node[w] = 0.69f / (float)look->words.count;
}

static void find_nearest(const struct fake *fake, size_t image, struct look *look)
{
    look->image_count = fake->images - 1;
    look->images = mem_new(look->image_count, sizeof *look->images);
    for (size_t i = 0; i < look->image_count; i++)
        look->images[i] =
            (struct place){(image + i + 1) % fake->images, 0.9f - 0.05f * (float)i, false};
    if (!fake->options.captions_encoded)
        return;
    look->caption_count = 7;
    look->captions = mem_new(look->caption_count, sizeof *look->captions);
    for (size_t i = 0; i < look->caption_count; i++)
        look->captions[i] =
            (struct place){image * PER_IMAGE + i, 0.8f - 0.1f * (float)i, i < PER_IMAGE};
}

static int fake_look(struct backend *backend, size_t image, const struct ask *ask,
                     struct look **out, struct error *err)
{
    struct fake *fake = (struct fake *)backend;
    struct look *look = mem_new(1, sizeof *look);
    if (fake->data_gone && atomic_load(fake->data_gone)) {
        free(look);
        return error_set(err, "the features are gone");
    }
    unsigned shows = backend->catalog.shows;
    look->R = catalog_regions(&backend->catalog, image);
    split_words(fake, ask_text(fake, ask), &look->words);
    if (shows & KIND_WORDS_ON_REGIONS)
        attend(fake, image, look, LOOK_WORDS);
    if (shows & KIND_REGIONS_ON_WORDS)
        attend(fake, image, look, LOOK_REGIONS);
    share(fake, image, look);
    if (shows & KIND_NODES)
        weigh(look);
    if (!shows)
        find_nearest(fake, image, look);
    look->score = pair_score(fake, image, &look->words);
    *out = look;
    return 0;
}

static struct failure row_of(const struct fake *fake, const float *scores, size_t caption)
{
    struct sweep_query query;
    const char *text = fake->caption[caption];
    sweep_caption(scores, fake->images, caption / PER_IMAGE, &query);
    struct failure row = {.query = caption,
                          .caption = caption,
                          .rank = query.rank + 1,
                          .score = (double)query.score,
                          .wrong_score = (double)query.wrong.score,
                          .margin = (double)query.score - (double)query.wrong.score,
                          .wrong = query.wrong.index,
                          .unknown = caption % 9 == 4,
                          .frequency = caption % 7 + 1,
                          .words = text,
                          .text = text,
                          .id = fake->id[caption / PER_IMAGE]};
    for (const char *at = text; *at; at += strspn(at, " ")) {
        at += strcspn(at, " ");
        row.length++;
    }
    return row;
}

static int fake_survey(struct backend *backend, size_t first, size_t n,
                       const struct progress *progress, struct failure *out, struct error *err)
{
    struct fake *fake = (struct fake *)backend;
    float *scores = mem_new(fake->images, sizeof *scores);
    int status = 0;
    for (size_t i = 0; i < n && status == 0; i++) {
        struct ranking *ranking = NULL;
        struct ask ask = {NULL, (ptrdiff_t)(first + i)};
        status = fake_rank_images(backend, &ask, progress, &ranking, err);
        for (size_t p = 0; status == 0 && p < ranking->count; p++)
            scores[ranking->places[p].index] = ranking->places[p].score;
        if (status == 0)
            out[i] = row_of(fake, scores, first + i);
        ranking_free(ranking);
    }
    free(scores);
    return status;
}

/* Sky above, ground below, a square whose colour and place depend on the image. */
static int fake_photo(struct backend *backend, size_t image, int max_side, struct notes *notes,
                      struct image *out, struct error *err)
{
    struct fake *fake = (struct fake *)backend;
    static const uint8_t paint[6][3] = {{200, 40, 40},  {50, 80, 200},   {40, 160, 60},
                                        {220, 200, 40}, {240, 240, 240}, {30, 30, 30}};
    int width = SIDE * 4 / 3;
    (void)max_side;
    if (fake->photos_gone && atomic_load(fake->photos_gone))
        return error_set(err, "/photos/%s: cannot open: No such file or directory",
                         fake->id[image]);
    if (fake->options.bad_photo == image + 1)
        return error_set(err, "%s: the photograph is damaged", fake->id[image]);
    if (fake->options.odd_photo == image + 1)
        notes_add(notes, "%s: another shape than the data says", fake->id[image]);
    *out = (struct image){.width = width,
                          .height = SIDE,
                          .full_width = width,
                          .full_height = SIDE,
                          .pixels = mem_new((size_t)(width * SIDE), 4)};
    int left = 10 + (int)(image * 23 % 70), top = 20 + (int)(image * 11 % 40);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *p = out->pixels + 4 * (y * width + x);
            bool thing = x >= left && x < left + 36 && y >= top && y < top + 30;
            const uint8_t sky[3] = {150, 190, 230}, ground[3] = {120, 150, 80};
            if (fake->options.colourful) {
                uint32_t mixed =
                    ((uint32_t)image * 7919u + (uint32_t)(x / 5 * 131 + y / 10 * 17)) * 2654435761u;
                memcpy(p, &mixed, 3);
                p[3] = 255;
                continue;
            }
            memcpy(p, thing ? paint[image % 6] : y < SIDE / 2 ? sky : ground, 3);
            p[3] = 255;
        }
    return 0;
}

static int fake_photo_path(const struct backend *backend, size_t image, char **out,
                           struct error *err)
{
    const struct fake *fake = (const struct fake *)backend;
    (void)err;
    *out = mem_printf("/photos/%s", fake->id[image]);
    return 0;
}

static int fake_export(struct backend *backend, const struct export_spec *spec, struct error *err)
{
    static const char *const texts[] = {"figure\n", "figure of regions\n"};
    (void)backend;
    return file_write(spec->path, texts[spec->way], strlen(texts[spec->way]), err);
}

static void fake_free(struct backend *backend)
{
    struct fake *fake = (struct fake *)backend;
    for (size_t i = 0; i < fake->images; i++)
        free(fake->id[i]);
    for (size_t c = 0; c < fake->images * PER_IMAGE; c++)
        free(fake->caption[c]);
    free(fake->id);
    free(fake->caption);
    free(fake->boxes);
    free(fake->region_count);
    free(fake->classes);
    free(fake->confidences);
    free(fake);
}

static const struct backend_ops fake_ops = {
    .rank_images = fake_rank_images,
    .rank_captions = fake_rank_captions,
    .look = fake_look,
    .survey = fake_survey,
    .photo = fake_photo,
    .photo_path = fake_photo_path,
    .export = fake_export,
    .knows = fake_knows,
    .complete = fake_complete,
    .free = fake_free,
};

/* A grid of two rows of three regions over the picture. */
static float *make_boxes(size_t images)
{
    float *boxes = mem_new(images * REGIONS * 4, sizeof *boxes), *box = boxes;
    for (size_t i = 0; i < images * REGIONS; i++, box += 4) {
        size_t r = i % REGIONS;
        box[0] = (float)(r % 3 * 40 + 4);
        box[1] = (float)(r / 3 * 46 + 4);
        box[2] = box[0] + 38;
        box[3] = box[1] + 42;
    }
    return boxes;
}

static int32_t *make_counts(size_t images)
{
    int32_t *counts = mem_new(images, sizeof *counts);
    for (size_t i = 0; i < images; i++)
        counts[i] = 1 + (int32_t)(i % REGIONS);
    return counts;
}

static char *const class_names[] = {"ball", "交通信号灯",
                                    "a very long name of a thing that nobody has", ""};

static void make_classes(struct fake *fake)
{
    size_t total = fake->images * REGIONS;
    fake->classes = mem_new(total, sizeof *fake->classes);
    fake->confidences = mem_new(total, sizeof *fake->confidences);
    for (size_t i = 0; i < total; i++) {
        fake->classes[i] = (int32_t)(i % 5) - 1;
        fake->confidences[i] = (float)(i % 7) / 7;
    }
}

struct backend *fake_new(const struct fake_options *options)
{
    struct fake *fake = mem_new(1, sizeof *fake);
    fake->options = *options;
    fake->images = options->images ? options->images : IMAGES;
    fake->id = mem_new(fake->images, sizeof *fake->id);
    fake->caption = mem_new(fake->images * PER_IMAGE, sizeof *fake->caption);
    for (size_t i = 0; i < fake->images; i++) {
        fake->id[i] = mem_printf("%zu.png", 1000 + i);
        for (size_t c = 0; c < PER_IMAGE; c++)
            fake->caption[i * PER_IMAGE + c] =
                c == 0 && options->caption ? mem_strdup(options->caption) : make_caption(i, c);
    }
    fake->boxes = make_boxes(fake->images);
    if (options->names)
        make_classes(fake);
    if (options->counted)
        fake->region_count = make_counts(fake->images);
    fake->base.ops = &fake_ops;
    fake->base.catalog = (struct catalog){
        .model = "fake.pth.tar",
        .variant = "t-i AVG",
        .kind = "SCAN",
        .shows = KIND_WORDS_ON_REGIONS,
        .pooled = true,
        .data = "things test",
        .images = fake->images,
        .captions = options->no_captions ? 0 : fake->images * PER_IMAGE,
        .regions = REGIONS,
        .map =
            caption_map_regular(fake->images, options->no_captions ? 0 : fake->images * PER_IMAGE,
                                options->no_captions ? 0 : PER_IMAGE),
        .id = fake->id,
        .caption = options->no_captions ? NULL : fake->caption,
        .region_count = fake->region_count,
        .boxes = options->no_boxes ? NULL : fake->boxes,
        .classes = fake->classes,
        .confidences = fake->confidences,
        .class_names = class_names,
        .photos = !options->no_photos,
    };
    return &fake->base;
}

/* Makes the backend one of another kind than SCAN. */
static void be_kind(struct backend *backend, enum fake_kind kind)
{
    static const struct {
        const char *kind, *variant;
        unsigned shows;
    } kinds[] = {
        [FAKE_BFAN] = {"BFAN", "BFAN prob", KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS},
        [FAKE_SGRAF] = {"SGRAF", "SGRAF SGR", KIND_WORDS_ON_REGIONS | KIND_NODES},
        [FAKE_VSE] = {"VSE++", "VSE++ cosine", 0},
    };
    struct catalog *catalog = &backend->catalog;
    if (kind == FAKE_SCAN)
        return;
    catalog->kind = kinds[kind].kind;
    catalog->variant = kinds[kind].variant;
    catalog->shows = kinds[kind].shows;
    catalog->no_attention = "VSE++ compares whole images and captions: no word looks at a region";
    catalog->pooled = false;
}

void fake_photos_gone(struct backend *backend, const atomic_bool *gone)
{
    ((struct fake *)backend)->photos_gone = gone;
}

void fake_data_gone(struct backend *backend, const atomic_bool *gone)
{
    ((struct fake *)backend)->data_gone = gone;
}

static bool is_silent(const struct source *source)
{
    return source->of[SOURCE_MODEL] && !strcmp(file_name(source->of[SOURCE_MODEL]), "silent");
}

/* The model called "silent" says neither cross_attn nor lambda_softmax. */
static const struct {
    size_t option;
    const char *otherwise;
} unsaid[] = {{1, "t2i"}, {3, "9"}};

static bool asks_silent(const struct source *source)
{
    bool asks = false;
    for (size_t i = 0; i < COUNTOF(unsaid); i++)
        asks |= !source->of[SOURCE_GIVEN + unsaid[i].option] && !source->of[SOURCE_ASSUME];
    return asks;
}

static void fit_silent(const struct source *source, struct fitness *out)
{
    for (size_t i = 0; i < COUNTOF(unsaid); i++) {
        size_t option = unsaid[i].option;
        const char *chosen = source->of[SOURCE_GIVEN + option];
        out->unsaid[0] |= 1U << option;
        strcpy(out->taken[option], chosen ? chosen : unsaid[i].otherwise);
    }
    out->asks = asks_silent(source);
    if (out->asks)
        fitness_add(out, FIT_BAD, "silent does not say all of cross_attn, lambda_softmax");
}

int fake_open(void *context, const struct source *source, int model,
              const struct progress *progress, struct backend **out, struct error *err)
{
    const struct fake_options *options = context;
    (void)source;
    if (hold_on(options->hold_opening, progress, err) != 0)
        return -1;
    if (options->open_error)
        return error_set(err, "%s", options->open_error);
    if (is_silent(source) && asks_silent(source)) {
        error_set(err, "its options lack cross_attn");
        err->question = true;
        return -1;
    }
    *out = fake_new(options);
    ((struct fake *)*out)->model = (float)model;
    (*out)->catalog.variant = source->of[SOURCE_ASSUME] ? "t-i AVG (assumed)"
                              : model                   ? "i-t AVG"
                                                        : "t-i AVG";
    be_kind(*out, options->kinds[model]);
    return 0;
}

void fake_fit(void *context, const struct source *sources, size_t count, struct fitness *out)
{
    const char *model = sources[0].of[SOURCE_MODEL], *data = sources[0].of[SOURCE_DATA];
    (void)context;
    if (model)
        fitness_add(out, FIT_NOTE, "%s: %zu model%s of things", file_name(model), count,
                    count > 1 ? "s" : "");
    if (model && !strcmp(file_name(model), "bad"))
        fitness_add(out, FIT_BAD, "the model wants region features of size 8, these are of size 6");
    if (is_silent(&sources[0]))
        fit_silent(&sources[0], out);
    if (!data)
        return;
    out->splits = mem_strdup("dev, test, train");
    fitness_add(out, FIT_GOOD, "%s: 12 images, 60 captions", file_name(data));
}
