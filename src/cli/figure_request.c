#include "cli/figure_request.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "figure/gather.h"
#include "model/kind.h"
#include "retrieve/session/session_exact.h"

/* The answer in the making. */
struct answer {
    const struct figure_request *request;
    const struct figure_sessions *sessions;
    int max_side;
    struct figure_data *data;
    struct error *err;
};

/* A query and the image that it belongs to, -1: unknown. */
struct asked {
    struct query *query;
    ptrdiff_t truth;
};

bool figure_request_needs_captions(enum figure_kind kind)
{
    return kind == FIGURE_CAPTIONS || kind == FIGURE_FAILURES || kind == FIGURE_CURVES;
}

/* ---- what a kind uses ---- */

enum {
    USES_CAPTION = 1,
    USES_CAPTIONS = 2, /* several */
    USES_INDEX = 4,
    USES_IMAGE = 8,
    USES_WORDS = 16,
    USES_REGIONS = 32,
    USES_TOP = 64,
    USES_ROWS = 128,
    USES_LOG = 256,
    USES_DIRECTION = 512,
    USES_QUERY = USES_CAPTION | USES_INDEX
};

static const unsigned uses[FIGURE_KINDS] = {
    [FIGURE_WORDS] = USES_QUERY | USES_IMAGE | USES_WORDS | USES_DIRECTION,
    [FIGURE_REGIONS] = USES_QUERY | USES_IMAGE | USES_WORDS | USES_REGIONS | USES_DIRECTION,
    [FIGURE_STRIP] = USES_QUERY | USES_TOP,
    [FIGURE_CAPTIONS] = USES_INDEX | USES_IMAGE | USES_TOP,
    [FIGURE_MATRIX] = USES_QUERY | USES_IMAGE | USES_WORDS | USES_REGIONS | USES_DIRECTION,
    [FIGURE_COMPARE] = USES_QUERY | USES_CAPTIONS | USES_IMAGE | USES_WORDS | USES_DIRECTION,
    [FIGURE_FAILURES] = USES_TOP | USES_ROWS,
    [FIGURE_CURVES] = USES_LOG,
};

/* The options, by their bits in ascending order. */
static const char *const use_names[] = {"caption", "several captions", "caption-index", "image",
                                        "words",   "regions",          "top",           "rows",
                                        "log",     "direction"};

static unsigned given_by(const struct figure_request *r, size_t log_count)
{
    const bool given[] = {r->caption_count > 0,
                          r->caption_count > 1,
                          r->caption_index >= 0,
                          r->image != NULL,
                          r->words != NULL,
                          r->regions != NULL,
                          r->top > 0,
                          r->rows > 0,
                          log_count > 0,
                          r->direction != DIRECTION_ANY};
    unsigned bits = 0;
    for (size_t i = 0; i < COUNTOF(given); i++)
        bits |= (unsigned)given[i] << i;
    return bits;
}

static void note_unused(const char *name, enum figure_kind kind, struct notes *out)
{
    struct str used = {0};
    for (size_t i = 0; i < COUNTOF(use_names); i++)
        if (uses[kind] >> i & 1)
            str_addf(&used, "%s%s", used.length ? ", " : "", use_names[i]);
    notes_add(out, "%s has no effect in a figure of %s, which uses: %s", name,
              figure_kind_name(kind), str_text(&used));
    str_done(&used);
}

void figure_request_unused(const struct figure_request *request, size_t log_count,
                           struct notes *out)
{
    unsigned used = uses[request->kind], given = given_by(request, log_count);
    for (size_t i = 0; i < COUNTOF(use_names); i++)
        if ((given & ~used) >> i & 1)
            note_unused(use_names[i], request->kind, out);
    if ((given & used & USES_QUERY) == USES_QUERY)
        notes_add(out, "the caption is that of caption-index, not the text");
    if (request->kind == FIGURE_CAPTIONS && (given & USES_IMAGE) && (given & USES_INDEX))
        notes_add(out, "the image is the one named, not that of caption-index");
}

/* ---- the query ---- */

static ptrdiff_t image_of_caption(const struct session *session, size_t caption)
{
    const struct caption_map *map = &session->data->map;
    return caption < map->captions ? (ptrdiff_t)caption_map_image(map, caption) : -1;
}

static int ask_index(const struct session *session, size_t caption, struct asked *out,
                     struct error *err)
{
    if (caption >= session->data->captions)
        return error_set(err, "there is no caption %zu: the split has %zu, counted from 0", caption,
                         session->data->captions);
    out->truth = image_of_caption(session, caption);
    return query_from_caption(session, caption, &out->query, err);
}

static int ask_text(const struct session *session, const char *text, struct asked *out,
                    struct error *err)
{
    ptrdiff_t known = gather_find_caption(session, text);
    if (known >= 0)
        out->truth = image_of_caption(session, (size_t)known);
    if (query_from_text(session, text, &out->query, err) != 0)
        return -1;
    const struct query *query = out->query;
    if (query->W > 2 && query->unknown == query->W - 2)
        return error_set(err, "no word of the caption '%s' is in the vocabulary", text);
    return 0;
}

/* The query that the request gives, `which` of its captions; the caller's to query_free, also after
 * an error. */
static int ask(struct answer *a, const struct session *session, size_t which, struct asked *out)
{
    const struct figure_request *request = a->request;
    *out = (struct asked){.truth = -1};
    if (request->caption_index >= 0)
        return ask_index(session, (size_t)request->caption_index, out, a->err);
    if (request->caption_count == 0)
        return error_set(a->err,
                         "give a caption: --caption TEXT, or --caption-index N of the split");
    return ask_text(session, request->captions[which], out, a->err);
}

/* ---- the image ---- */

static int best_image(const struct session *session, const struct query *query, size_t *image_out,
                      struct error *err)
{
    float *scores = mem_new(session->I, sizeof *scores);
    struct ranked best = {0};
    const struct exact_places need = {.top = 1};
    int status = session_rank_images(session, query, &need, scores, NULL, NULL, err);
    if (status == 0)
        rank_top(scores, session->I, 1, &best);
    *image_out = best.index;
    free(scores);
    return status;
}

static int named_image(const struct session *session, const char *name, size_t *image_out,
                       struct error *err)
{
    ptrdiff_t found = dataset_find_image(session->data, name);
    *image_out = (size_t)found;
    return found >= 0 ? 0 : error_set(err, "the split has no image '%s'", name);
}

/* The image given, else that of the caption's index, else the best one. */
static int choose_image(struct answer *a, const struct session *session, const struct asked *asked,
                        size_t *image_out)
{
    if (a->request->image)
        return named_image(session, a->request->image, image_out, a->err);
    *image_out = (size_t)asked->truth;
    if (a->request->caption_index >= 0 && asked->truth >= 0)
        return 0;
    return best_image(session, asked->query, image_out, a->err);
}

/* ---- kinds ---- */

static size_t top_of(const struct answer *a)
{
    return a->request->top > 0 ? (size_t)a->request->top : 5;
}

/* What a model without attention has instead is said. */
static int need_attention(struct answer *a)
{
    const struct session *session = a->sessions->items[0];
    if (session_shows(session))
        return 0;
    if (session->matrix)
        return error_set(
            a->err,
            "%s is a matrix of similarities: it has neither attention nor shares of "
            "words for a figure of %s; strip, captions, failures, curves and, beside a "
            "model, compare only need scores",
            session->name, figure_kind_name(a->request->kind));
    return error_set(a->err,
                     "%s (%s) compares whole images with whole captions: there is no attention for "
                     "a figure of %s; 'scanscope figure words' draws what each word contributes to "
                     "the score, strip and captions what is nearest",
                     session->name, model_kind(session->model)->options.kind->name,
                     figure_kind_name(a->request->kind));
}

static int answer_words(struct answer *a)
{
    const struct session *session = a->sessions->items[0];
    struct figure_set *set = figure_data_sets(a->data, 1);
    const struct gather_how how = {a->request->words, a->request->direction, a->max_side};
    struct asked asked;
    size_t image;
    int status = -1;
    if (session->matrix)
        return need_attention(a);
    if (ask(a, session, 0, &asked) == 0 && choose_image(a, session, &asked, &image) == 0)
        status = gather_words(session, asked.query, image, &how, a->data, set, a->err);
    query_free(asked.query);
    return status;
}

static int answer_regions(struct answer *a)
{
    enum { PANELS = 8, COLUMNS = 12 };
    if (need_attention(a) != 0 || answer_words(a) != 0)
        return -1;
    size_t most = a->request->kind == FIGURE_MATRIX ? COLUMNS : PANELS;
    return gather_regions(a->request->regions, most, a->data,
                          (struct figure_set *)a->data->figure.sets, a->err);
}

static int answer_strip(struct answer *a)
{
    const struct session *session = a->sessions->items[0];
    struct figure_set *set = figure_data_sets(a->data, 1);
    struct asked asked;
    int status = ask(a, session, 0, &asked);
    if (status == 0)
        status = gather_strip(session, asked.query, asked.truth, top_of(a), a->max_side, a->data,
                              set, a->err);
    query_free(asked.query);
    return status;
}

static int answer_captions(struct answer *a)
{
    const struct session *session = a->sessions->items[0];
    struct figure_set *set = figure_data_sets(a->data, 1);
    size_t image = SIZE_MAX; /* none */
    if (a->request->image) {
        if (named_image(session, a->request->image, &image, a->err) != 0)
            return -1;
    } else if (a->request->caption_index >= 0) {
        image = (size_t)image_of_caption(session, (size_t)a->request->caption_index);
    }
    if (image >= session->I)
        return error_set(a->err, "give an image: --image ID, or --caption-index N");
    return gather_captions(session, image, top_of(a), a->max_side, a->data, set, a->err);
}

/* The image's place among all, by this model. */
static int rank_image(const struct session *session, const struct query *query, size_t image,
                      struct figure_set *set, struct error *err)
{
    float *scores = mem_new(session->I, sizeof *scores);
    const struct exact_places need = {.first = image, .count = 1};
    int status = session_rank_images(session, query, &need, scores, NULL, NULL, err);
    if (status == 0) {
        set->rank = rank_of(scores, session->I, image) + 1;
        set->rank_of = session->I;
    }
    free(scores);
    return status;
}

/* A row of a comparison. A direction that not all models have is only for those that have it. */
static int compare_words(struct answer *a, const struct session *session, const struct query *query,
                         size_t image, struct figure_set *set)
{
    struct gather_how how = {a->request->words, a->request->direction, a->max_side};
    struct error why;
    bool models = a->sessions->count > 1;
    if (models && gather_check_direction(session, how.direction, &why) != 0) {
        notes_add(figure_data_notes(a->data), "%s", why.text);
        how.direction = DIRECTION_ANY;
    }
    if (gather_words(session, query, image, &how, a->data, set, a->err) != 0)
        return -1;
    set->label = models ? figure_data_text(a->data, session->name) : NULL;
    return models ? rank_image(session, query, image, set, a->err) : 0;
}

/* Several models on one caption, or one model on several captions. */
static int answer_compare(struct answer *a)
{
    bool models = a->sessions->count > 1;
    size_t count = models ? a->sessions->count : a->request->caption_count;
    if (count < 2)
        return error_set(a->err, "a comparison needs two models (-m twice) or two captions "
                                 "(--caption twice)");
    struct figure_set *sets = figure_data_sets(a->data, count);
    size_t image = 0;
    for (size_t i = 0; i < count; i++) {
        const struct session *session = a->sessions->items[models ? i : 0];
        struct asked asked;
        int status = ask(a, session, models ? 0 : i, &asked);
        if (status == 0 && i == 0) /* one image for all */
            status = choose_image(a, session, &asked, &image);
        if (status == 0)
            status = compare_words(a, session, asked.query, image, &sets[i]);
        query_free(asked.query);
        if (status != 0)
            return -1;
    }
    return 0;
}

static int answer_failures(struct answer *a)
{
    size_t rows = a->request->rows > 0 ? (size_t)a->request->rows : 6;
    return gather_failures(a->sessions->items[0], rows, top_of(a), a->max_side, a->data, a->err);
}

static int answer_curves(struct answer *a)
{
    return gather_curves(a->sessions->items, a->sessions->count, a->data, a->err);
}

/* The model's name, with what it does not say of itself. */
static void add_model(const struct session *session, struct str *models)
{
    const struct kind_model *kind = session->model ? model_kind(session->model) : NULL;
    str_addf(models, "%s%s", models->length ? ", " : "", session->name);
    if (session->matrix)
        str_add(models, " (matrix)");
    if (kind)
        str_addf(models, " (%s)", kind->options.kind->label(&kind->options));
    model_given_label(session_options(session), models);
}

static void fill_info(struct answer *a)
{
    struct figure *figure = &a->data->figure;
    const struct figure_set *set = figure->set_count ? &figure->sets[0] : NULL;
    struct str models = {0};
    for (size_t i = 0; i < a->sessions->count; i++)
        add_model(a->sessions->items[i], &models);
    figure->info.model = figure_data_text(a->data, str_text(&models));
    str_done(&models);
    if (set && !figure->info.caption)
        figure->info.caption = set->query;
    if (set && figure->kind != FIGURE_COMPARE) {
        figure->info.score = set->score;
        figure->info.has_score = set->has_score;
    }
}

int figure_request_answer(const struct figure_request *request,
                          const struct figure_sessions *sessions, int max_side,
                          struct figure_data *data, struct error *err)
{
    static int (*const answers[])(struct answer *) = {
        [FIGURE_WORDS] = answer_words,       [FIGURE_REGIONS] = answer_regions,
        [FIGURE_STRIP] = answer_strip,       [FIGURE_CAPTIONS] = answer_captions,
        [FIGURE_MATRIX] = answer_regions,    [FIGURE_COMPARE] = answer_compare,
        [FIGURE_FAILURES] = answer_failures, [FIGURE_CURVES] = answer_curves,
    };
    struct answer a = {request, sessions, max_side, data, err};
    data->figure.kind = request->kind;
    if (answers[request->kind](&a) != 0)
        return -1;
    fill_info(&a);
    for (size_t i = 0; i < sessions->count; i++)
        session_notes(sessions->items[i], figure_data_notes(data));
    return 0;
}
