#include "ui/work/backend_session.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/failures.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "evaluate/evaluate.h"
#include "figure/figure.h"
#include "model/kind.h"
#include "retrieve/session/session_contributions.h"
#include "retrieve/session/session_exact.h"

struct real {
    struct backend base;
    struct session *session;
    char *model, *data;
    struct str label; /* the model's name in figures: with what it does not say of itself */
    char *note;       /* remarks made while it was opened, or NULL */
    char *unknown;    /* the share of unknown words, or NULL */
    char variant[64];
    char **captions;        /* made from word ids if there is no text; else NULL */
    struct lexicon lexicon; /* of the captions; empty until a survey needs it */
    char **words;           /* C: of each caption, joined; NULL until then */
    struct query *query;    /* the last one encoded, for query_text or query_caption */
    char *query_text;
    ptrdiff_t query_caption;
};

static struct real *real_of(struct backend *backend)
{
    return (struct real *)backend;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* The encoded query, valid until the next call: the last one is kept, since a look usually follows
 * a ranking. */
static int get_query(struct real *real, const struct ask *ask, const struct query **out,
                     struct error *err)
{
    if (real->query && real->query_caption == ask->caption &&
        (ask->caption >= 0 || same_text(real->query_text, ask->text))) {
        *out = real->query;
        return 0;
    }
    struct query *query = NULL;
    int status = ask->caption >= 0
                     ? query_from_caption(real->session, (size_t)ask->caption, &query, err)
                     : query_from_text(real->session, ask->text, &query, err);
    if (status != 0)
        return -1;
    query_free(real->query);
    free(real->query_text);
    real->query = query;
    real->query_caption = ask->caption;
    real->query_text = mem_strdup(ask->text);
    *out = query;
    return 0;
}

/* Word w of a query is at position w + 1 of its ids, after <start>. */
static void take_words(const struct real *real, const struct query *query, struct ask_words *out)
{
    const struct vocab *vocab = real->session->vocab;
    for (size_t w = 0; w + 2 < query->W; w++) {
        int32_t id = query->ids[w + 1];
        const char *text = w < query->words.count ? query->words.items[w] : NULL;
        if (!text && vocab)
            text = vocab_word(vocab, id);
        char number[24];
        snprintf(number, sizeof number, "#%d", (int)id);
        ask_words_add(out, text ? text : number, !vocab || id != vocab_unk(vocab));
    }
}

/* The caption of the split with this text, whatever the case; -1 if there is none. */
static ptrdiff_t caption_like(const struct dataset *data, const char *text)
{
    for (size_t c = 0; data->caption && text && c < data->captions; c++)
        if (!strcasecmp(data->caption[c], text))
            return (ptrdiff_t)c;
    return -1;
}

/* The places that are exact with --precision bf16, as is the true image's rank: far more than
 * anyone looks through. */
enum { EXACT_PLACES = 1000 };

static int real_rank_images(struct backend *backend, const struct ask *ask,
                            const struct progress *progress, struct ranking **out,
                            struct error *err)
{
    struct real *real = real_of(backend);
    const struct dataset *data = real->session->data;
    const struct query *query;
    float *scores = NULL;
    struct exact_places need = {.top = EXACT_PLACES};
    ptrdiff_t caption = ask->caption >= 0 ? ask->caption : caption_like(data, ask->text);
    if (get_query(real, ask, &query, err) != 0)
        return -1;
    if (caption >= 0) {
        need.first = caption_map_image(&data->map, (size_t)caption);
        need.count = need.first < real->session->I;
    }
    int status = mem_alloc(&scores, real->session->I, sizeof *scores, "scores", err);
    if (status == 0)
        status = session_rank_images(real->session, query, &need, scores, NULL, progress, err);
    if (status == 0) {
        *out = ranking_of_scores(scores, real->session->I);
        take_words(real, query, &(*out)->words);
        if (caption >= 0)
            ranking_mark(*out, need.first, 1);
    }
    free(scores);
    return status;
}

static int real_rank_captions(struct backend *backend, size_t image,
                              const struct progress *progress, struct ranking **out,
                              struct error *err)
{
    struct session *session = real_of(backend)->session;
    float *scores = NULL;
    if (session_encode_captions(session, progress, err) != 0 ||
        mem_alloc(&scores, session->C, sizeof *scores, "scores", err) != 0)
        return -1;
    int status = session_score_captions(session, image, scores, progress, err);
    if (status == 0) {
        *out = ranking_of_scores(scores, session->C);
        for (size_t k = 0; k < caption_map_count(&session->data->map, image); k++)
            ranking_mark(*out, caption_map_nth(&session->data->map, image, k), 1);
    }
    free(scores);
    return status;
}

static struct look_attention *attention_room(struct look *look, enum look_way way)
{
    struct look_attention *out = &look->of[way];
    out->weights = mem_new(look->words.count * look->R, sizeof *out->weights);
    out->similarity = mem_new(look->words.count, sizeof *out->similarity);
    return out;
}

/* Word by word, without <start> and <end>. */
static void take_words_side(const struct attention *attention, struct look *look)
{
    bool words = attention->shows & KIND_WORDS_ON_REGIONS;
    struct look_attention *out = attention_room(look, words ? LOOK_WORDS : LOOK_REGIONS);
    size_t n = look->words.count, R = look->R;
    memcpy(out->weights, attention->word_region + R, n * R * sizeof(float));
    memcpy(out->similarity, attention->word_similarity + 1, n * sizeof(float));
}

/* The regions' attention, seen from a word: how much each attends to it, and the mean of their
 * similarities so weighted. */
static void take_regions_side(const struct attention *attention, struct look *look)
{
    struct look_attention *out = attention_room(look, LOOK_REGIONS);
    size_t R = look->R;
    for (size_t w = 0; w < look->words.count; w++) {
        double sum = 0, total = 0;
        for (size_t r = 0; r < R; r++) {
            float weight = attention->region_word[r * attention->W + w + 1];
            out->weights[w * R + r] = weight;
            sum += (double)weight * (double)attention->region_similarity[r];
            total += (double)weight;
        }
        out->similarity[w] = total > 0 ? (float)(sum / total) : 0;
    }
}

static void take_look(const struct attention *attention, struct look *look)
{
    const unsigned both = KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS;
    look->R = attention->R;
    look->score = attention->score;
    take_words_side(attention, look);
    if ((attention->shows & both) == both)
        take_regions_side(attention, look);
    if (!attention->nodes)
        return;
    look->node = mem_new(look->words.count, sizeof *look->node);
    memcpy(look->node, attention->nodes + 2, look->words.count * sizeof *look->node);
    look->whole = attention->nodes[0];
}

/* The words' contributions, without <start> and <end>; NULL if they are not available (a long
 * caption in i2t). */
static float *shares_of(const struct real *real, size_t image, const struct query *query,
                        const struct attention *attention, enum agg_func agg)
{
    struct error err;
    float *all = mem_new(query->W, sizeof *all), *out = NULL;
    if (session_word_contributions(real->session, image, query, attention, agg, all, &err) == 0) {
        out = mem_new(query->W - 2, sizeof *out);
        memcpy(out, all + 1, (query->W - 2) * sizeof *out);
    }
    free(all);
    return out;
}

static void take_shares(const struct real *real, size_t image, const struct query *query,
                        const struct attention *attention, struct look *look)
{
    enum agg_func own = model_options(real->session->model)->attn.agg_func;
    look->share_lse = shares_of(real, image, query, attention, AGG_LOGSUMEXP);
    look->share_avg = shares_of(real, image, query, attention, AGG_MEAN);
    look->share = shares_of(real, image, query, attention, own);
}

static int real_look(struct backend *backend, size_t image, const struct ask *ask,
                     struct look **out, struct error *err)
{
    struct real *real = real_of(backend);
    struct attention *attention = NULL;
    const struct query *query;
    if (get_query(real, ask, &query, err) != 0 ||
        session_attention(real->session, image, query, &attention, err) != 0)
        return -1;
    struct look *look = mem_new(1, sizeof *look);
    take_words(real, query, &look->words);
    take_look(attention, look);
    take_shares(real, image, query, attention, look);
    session_attention_free(attention);
    *out = look;
    return 0;
}

/* Reads the words that the rows of a survey have, once. */
static int read_words(struct real *real, struct error *err)
{
    const struct session *session = real->session;
    if (real->words)
        return 0;
    lexicon_done(&real->lexicon); /* of an attempt that failed */
    if (lexicon_read(session->data, session->vocab, session->compat, NULL, &real->lexicon, err) !=
        0)
        return -1;
    real->words = mem_new(session->C, sizeof *real->words);
    for (size_t c = 0; c < session->C; c++)
        real->words[c] = lexicon_join(&real->lexicon, c);
    return 0;
}

static int real_survey(struct backend *backend, size_t first, size_t n,
                       const struct progress *progress, struct failure *out, struct error *err)
{
    struct real *real = real_of(backend);
    struct session *session = real->session;
    size_t I = session->I;
    float *sims = NULL, *column = NULL;
    int status = session_encode_captions(session, progress, err);
    if (status == 0)
        status = read_words(real, err);
    if (status == 0)
        status = mem_alloc(&sims, I * n, sizeof *sims, "scores", err);
    if (status == 0)
        status = mem_alloc(&column, I, sizeof *column, "scores", err);
    if (status == 0)
        status = session_score_block(session, 0, I, first, n, sims, progress, err);
    for (size_t c = 0; status == 0 && c < n; c++) {
        struct sweep_query query;
        for (size_t i = 0; i < I; i++)
            column[i] = sims[i * n + c];
        sweep_caption(column, I, caption_map_image(&session->data->map, first + c), &query);
        out[c] = failures_row(session->data, &real->lexicon, real->words[first + c], &query, false,
                              first + c);
    }
    free(sims);
    free(column);
    return status;
}

static int real_photo_path(const struct backend *backend, size_t image, char **out,
                           struct error *err)
{
    const struct dataset *data = ((const struct real *)backend)->session->data;
    if (!data->photos) /* a made-up split: loop/measure_ranking.c */
        return error_set(err, "no photographs: the split is not from files");
    return dataset_photo(data, image, out, err);
}

static int real_photo(struct backend *backend, size_t image, int max_side, struct notes *notes,
                      struct image *out, struct error *err)
{
    const struct catalog *catalog = &backend->catalog;
    const int32_t *size = catalog->sizes ? catalog->sizes + 2 * image : NULL;
    const struct image_spec spec = {.max_side = max_side,
                                    .width = size ? size[0] : 0,
                                    .height = size ? size[1] : 0,
                                    .boxed = catalog->boxes != NULL,
                                    .notes = notes};
    char *path = NULL;
    if (real_photo_path(backend, image, &path, err) != 0)
        return -1;
    int status = image_open(path, &spec, out, err);
    free(path);
    return status;
}

static struct figure_word *figure_words_of(const struct look *look, enum look_way way)
{
    const struct look_attention *attention = &look->of[way];
    struct figure_word *words = mem_new(look->words.count, sizeof *words);
    for (size_t w = 0; w < look->words.count; w++)
        words[w] = (struct figure_word){.text = look->words.text[w],
                                        .weights = attention->weights + w * look->R,
                                        .similarity = attention->similarity[w],
                                        .unknown = !look->words.known[w]};
    return words;
}

/* The boxes of an image, in pixels; `scaled` has room for them. */
static const float *boxes_of(const struct catalog *catalog, size_t image,
                             const struct image *pixels, float *scaled)
{
    if (!catalog->boxes)
        return NULL;
    const float *boxes = catalog->boxes + image * catalog->regions * 4;
    if (!catalog->box_fractions || !pixels)
        return boxes;
    figure_scale_boxes(boxes, catalog_regions(catalog, image), pixels->full_width,
                       pixels->full_height, scaled);
    return scaled;
}

/* What the regions of an image were taken for; the array is the caller's to free, NULL if that is
 * not known. */
static const char **names_of(const struct catalog *catalog, size_t image)
{
    const char **names =
        catalog->classes ? mem_new(catalog_regions(catalog, image), sizeof *names) : NULL;
    for (size_t r = 0; names && r < catalog_regions(catalog, image); r++)
        names[r] = catalog_region_class(catalog, image, r);
    return names;
}

static int draw_export(struct real *real, const struct export_spec *spec, const struct look *look,
                       const struct image *pixels, const char *missing, const struct notes *notes,
                       struct error *err)
{
    const struct catalog *catalog = &real->base.catalog;
    const int32_t *size = catalog->sizes ? catalog->sizes + 2 * spec->image : NULL;
    float *scaled = mem_new(catalog->regions * 4, sizeof *scaled);
    const char **names = names_of(catalog, spec->image);
    struct figure_image image = {
        .pixels = pixels,
        .missing = missing,
        .id = catalog->id[spec->image],
        .boxes = boxes_of(catalog, spec->image, pixels, scaled),
        .no_boxes = catalog->no_boxes,
        .regions = catalog_regions(catalog, spec->image),
        .names = names,
        .confidences =
            catalog->confidences ? catalog->confidences + spec->image * catalog->regions : NULL,
        .box_width = size     ? size[0]
                     : pixels ? pixels->full_width
                              : 0,
        .box_height = size     ? size[1]
                      : pixels ? pixels->full_height
                               : 0};
    struct figure_style style = {.overlay = spec->style,
                                 .map = spec->map,
                                 .dpi = 200,
                                 .width_mm = 180,
                                 .original_first = true,
                                 .names = true,
                                 .scores = true};
    struct figure_info info = {.caption = spec->ask.caption >= 0 && catalog->caption
                                              ? catalog->caption[spec->ask.caption]
                                              : spec->ask.text,
                               .model = str_text(&real->label),
                               .score = look->score,
                               .has_score = true,
                               .notes = notes};
    struct figure_word *words = figure_words_of(look, spec->way);
    int status =
        figure_words(&image, words, look->words.count, &style, &info, spec->path, NULL, err);
    free(words);
    free(names);
    free(scaled);
    return status;
}

static int real_export(struct backend *backend, const struct export_spec *spec, struct error *err)
{
    struct look *look = NULL;
    struct image pixels = {0};
    struct error why = {.text = ""};
    if (real_look(backend, spec->image, &spec->ask, &look, err) != 0)
        return -1;
    struct notes notes = {0};
    session_notes(real_of(backend)->session, &notes);
    bool photo = real_photo(backend, spec->image, 0, &notes, &pixels, &why) == 0;
    int status =
        draw_export(real_of(backend), spec, look, photo ? &pixels : NULL, why.text, &notes, err);
    notes_done(&notes);
    image_done(&pixels);
    look_free(look);
    return status;
}

static bool real_knows(const struct backend *backend, const char *word)
{
    const struct session *session = ((const struct real *)backend)->session;
    struct str_list words = {0};
    bool known = true;
    if (!session->vocab)
        return true;
    tokenize_words(word, session->compat, &words);
    for (size_t i = 0; i < words.count; i++)
        known &= vocab_id(session->vocab, words.items[i]) >= 0;
    str_list_done(&words);
    return known;
}

static size_t real_complete(const struct backend *backend, const char *prefix, size_t limit,
                            char **out)
{
    const struct vocab *vocab = ((const struct real *)backend)->session->vocab;
    enum { MOST = 64 };
    int32_t ids[MOST];
    if (!vocab)
        return 0;
    size_t n = vocab_complete(vocab, prefix, limit < MOST ? limit : MOST, ids);
    for (size_t i = 0; i < n; i++)
        out[i] = mem_strdup(vocab_word(vocab, ids[i]));
    return n;
}

static void real_free(struct backend *backend)
{
    struct real *real = real_of(backend);
    query_free(real->query);
    free(real->query_text);
    for (size_t c = 0; real->captions && c < real->session->C; c++)
        free(real->captions[c]);
    free(real->captions);
    for (size_t c = 0; real->words && c < real->session->C; c++)
        free(real->words[c]);
    free(real->words);
    lexicon_done(&real->lexicon);
    free(real->model);
    free(real->data);
    free(real->note);
    free(real->unknown);
    str_done(&real->label);
    session_free(real->session);
    free(real);
}

static const struct backend_ops real_ops = {
    .rank_images = real_rank_images,
    .rank_captions = real_rank_captions,
    .look = real_look,
    .survey = real_survey,
    .photo = real_photo,
    .photo_path = real_photo_path,
    .export = real_export,
    .knows = real_knows,
    .complete = real_complete,
    .free = real_free,
};

static void name_variant(struct real *real)
{
    static const char *const aggregations[] = {"LSE", "AVG", "Max", "Sum"};
    const struct model_options *options = model_options(real->session->model);
    const struct attn_options *attn = &options->attn;
    snprintf(real->variant, sizeof real->variant, "%s %s%s",
             attn->cross_attn == CROSS_T2I ? "t-i" : "i-t", aggregations[attn->agg_func],
             options->assumed ? " (assumed)" : "");
}

/* "FOLDER SPLIT", or without a folder the name of the features file; the caller's to free. */
static char *name_data(const struct session_spec *spec)
{
    const char *folder = spec->data.folder;
    if (!folder)
        return mem_strdup(spec->data.features ? file_name(spec->data.features) : "");
    char *trimmed = mem_strdup(folder);
    for (size_t n = strlen(trimmed); n > 1 && trimmed[n - 1] == '/'; n--)
        trimmed[n - 1] = 0;
    char *name = mem_printf("%s %s", file_name(trimmed), spec->data.split ? spec->data.split : "");
    free(trimmed);
    return name;
}

/* The captions of a split that has word ids only: as words, or without a vocabulary as ids. */
static void make_captions(struct real *real)
{
    const struct session *session = real->session;
    real->captions = mem_new(session->C, sizeof *real->captions);
    for (size_t c = 0; c < session->C; c++) {
        struct str text = {0};
        for (size_t w = session->starts[c] + 1; w + 1 < session->starts[c + 1]; w++) {
            const char *word = session->vocab ? vocab_word(session->vocab, session->ids[w]) : NULL;
            str_add(&text, text.length ? " " : "");
            if (word)
                str_add(&text, word);
            else
                str_addf(&text, "#%d", (int)session->ids[w]);
        }
        real->captions[c] = str_take(&text);
        if (!real->captions[c])
            real->captions[c] = mem_strdup("");
    }
}

static void count_words(struct session *session)
{
    if (session->vocab && session->ids && session->starts)
        vocab_count_words(session->vocab, session->ids, session->starts[session->C]);
}

/* Adds a remark; context: notes. */
static void take_note(void *context, const char *text)
{
    notes_add(context, "%s", text);
}

/* Where the fields are in a specification. */
static const size_t field_offsets[SOURCE_GIVEN] = {
    [SOURCE_MODEL] = offsetof(struct session_spec, model),
    [SOURCE_VOCAB] = offsetof(struct session_spec, vocab),
    [SOURCE_DATA] = offsetof(struct session_spec, data.folder),
    [SOURCE_SPLIT] = offsetof(struct session_spec, data.split),
    [SOURCE_FEATURES] = offsetof(struct session_spec, data.features),
    [SOURCE_CAPTIONS] = offsetof(struct session_spec, data.captions),
    [SOURCE_TOKENS] = offsetof(struct session_spec, data.token_ids),
    [SOURCE_PHOTOS] = offsetof(struct session_spec, data.photos),
    [SOURCE_MAPPING] = offsetof(struct session_spec, data.id_mapping),
    [SOURCE_INDEX] = offsetof(struct session_spec, index.folder),
};

static const char **spec_field(struct session_spec *spec, int field)
{
    return (const char **)(void *)((char *)spec + field_offsets[field]);
}

/* The source as a specification that borrows its strings. */
static int make_spec(const struct source *source, struct session_spec *out, struct error *err)
{
    *out = (struct session_spec){.compat = source->py3bytes ? TOKENS_PY3BYTES : TOKENS_STANDARD,
                                 .need_vocab = !source->of[SOURCE_TOKENS],
                                 .index.mode = source->no_index ? INDEX_OFF : INDEX_AUTO};
    for (int field = 0; field < SOURCE_GIVEN; field++)
        *spec_field(out, field) = source->of[field];
    return source_given(source, &out->given, err);
}

void backend_session_source(const struct session_spec *spec, struct source *out)
{
    struct session_spec copy = *spec;
    *out = (struct source){.py3bytes = spec->compat == TOKENS_PY3BYTES,
                           .no_index = spec->index.mode == INDEX_OFF};
    source_set_given(out, &spec->given);
    for (int field = 0; field < SOURCE_GIVEN; field++) {
        const char *text = *spec_field(&copy, field);
        char *real = text && source_is_path((enum source_field)field) ? realpath(text, NULL) : NULL;
        source_set(out, (enum source_field)field, real ? real : text);
        free(real);
    }
}

struct backend *backend_session_wrap(struct session *session, const char *data_name,
                                     const char *note)
{
    const struct dataset *data = session->data;
    struct real *real = mem_new(1, sizeof *real);
    real->session = session;
    real->query_caption = -1;
    real->model = mem_strdup(file_name(session->model_path));
    real->data = mem_strdup(data_name);
    real->note = mem_strdup(note);
    if (session->unknown.words > 0)
        real->unknown = unknown_words_text(&session->unknown);
    name_variant(real);
    str_add(&real->label, real->model);
    model_given_label(model_options(session->model), &real->label);
    count_words(session);
    if (!data->caption && session->C)
        make_captions(real);
    real->base.ops = &real_ops;
    real->base.catalog = (struct catalog){.model = real->model,
                                          .variant = real->variant,
                                          .kind = "SCAN",
                                          .shows = session_shows(session),
                                          .pooled = true,
                                          .data = real->data,
                                          .note = real->note,
                                          .unknown = real->unknown,
                                          .images = session->I,
                                          .captions = session->C,
                                          .regions = session->R,
                                          .region_count = data->region_count,
                                          .map = data->map,
                                          .id = data->id,
                                          .caption = data->caption ? data->caption : real->captions,
                                          .boxes = data->boxes,
                                          .no_boxes = data->no_boxes,
                                          .box_fractions = data->box_fractions,
                                          .classes = data->classes,
                                          .confidences = data->confidences,
                                          .class_names = data->class_names.items,
                                          .sizes = data->sizes,
                                          .photos = data->photo_folder != NULL};
    return &real->base;
}

int backend_session_open(void *context, const struct source *source, int side,
                         const struct progress *progress, struct backend **out, struct error *err)
{
    struct session_spec spec;
    (void)side;
    if (make_spec(source, &spec, err) != 0)
        return -1;
    spec.bf16 = context && *(const bool *)context;
    struct session *session = NULL;
    struct notes notes = {0};
    spec.index.say = take_note;
    spec.index.context = &notes;
    int status = session_open(&spec, progress, &session, err);
    if (status == 0) {
        session_notes(session, &notes);
        char *name = name_data(&spec), *note = notes_join(&notes);
        *out = backend_session_wrap(session, name, note);
        free(note);
        free(name);
    }
    notes_done(&notes);
    return status;
}
