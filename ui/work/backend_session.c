/* The real backend: its table of operations, rankings, and opening. */
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
#include "retrieve/session/session_exact.h"
#include "ui/work/backend_private.h"

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
    if (backend_query_get(real, ask, &query, err) != 0)
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
        backend_query_words(real, query, &(*out)->words);
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
    free(real->no_attention);
    free(real->unknown);
    str_done(&real->label);
    session_free(real->session);
    free(real);
}

static const struct backend_ops real_ops = {
    .rank_images = real_rank_images,
    .rank_captions = real_rank_captions,
    .look = backend_look_take,
    .survey = real_survey,
    .photo = backend_figure_photo,
    .photo_path = backend_figure_photo_path,
    .export = backend_figure_export,
    .knows = real_knows,
    .complete = real_complete,
    .free = real_free,
};

static void name_variant(struct real *real)
{
    static const char *const aggregations[] = {"LSE", "AVG", "Max", "Sum"};
    const struct model_options *options = session_options(real->session);
    const struct attn_options *attn = &options->attn;
    const struct kind_model *kind = real->session->model ? model_kind(real->session->model) : NULL;
    if (real->session->matrix) {
        snprintf(real->variant, sizeof real->variant, "matrix");
        return;
    }
    if (kind) {
        snprintf(real->variant, sizeof real->variant, "%s%s",
                 kind->options.kind->label(&kind->options), options->assumed ? " (assumed)" : "");
        return;
    }
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
    [SOURCE_MATRIX] = offsetof(struct session_spec, matrix),
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
    const struct kind_model *kind = session->model ? model_kind(session->model) : NULL;
    struct real *real = mem_new(1, sizeof *real);
    real->session = session;
    real->query_caption = -1;
    real->model = mem_strdup(file_name(session->model_path));
    real->data = mem_strdup(data_name);
    real->note = mem_strdup(note);
    if (session->unknown.words > 0)
        real->unknown = unknown_words_text(&session->unknown);
    name_variant(real);
    if (session->matrix)
        real->no_attention =
            mem_strdup("A saved matrix only has scores: no word looks at a region");
    else if (!session_shows(session))
        real->no_attention =
            mem_printf("%s compares whole images and captions: no word looks at a region",
                       kind->options.kind->name);
    str_add(&real->label, real->model);
    model_given_label(session_options(session), &real->label);
    count_words(session);
    if (!data->caption && session->C)
        make_captions(real);
    real->base.ops = &real_ops;
    real->base.catalog = (struct catalog){.model = real->model,
                                          .variant = real->variant,
                                          .kind = kind              ? kind->options.kind->name
                                                  : session->matrix ? "matrix"
                                                                    : "SCAN",
                                          .scores_only = session->matrix != NULL,
                                          .no_attention = real->no_attention,
                                          .shows = session_shows(session),
                                          .pooled = !kind && !session->matrix,
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
