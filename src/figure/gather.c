#include "figure/gather.h"
#include "retrieve/session/session_exact.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/kind.h"
#include "retrieve/session/session_contributions.h"

/* Boxes that are fractions of the photograph; without one, of a picture of the usual shape. */
static void scale_boxes(struct figure_data *data, struct figure_image *image)
{
    enum { WIDTH = 4, HEIGHT = 3 };
    image->box_width = image->pixels ? image->pixels->full_width : WIDTH;
    image->box_height = image->pixels ? image->pixels->full_height : HEIGHT;
    float *scaled = figure_data_take(data, image->regions * 4, sizeof *scaled);
    figure_scale_boxes(image->boxes, image->regions, image->box_width, image->box_height, scaled);
    image->boxes = scaled;
}

void gather_image(const struct session *session, size_t image, int max_side,
                  struct figure_data *data, struct figure_image *out)
{
    const struct dataset *set = session->data;
    struct error err;
    char *path = NULL;
    size_t regions = dataset_regions_of(set, image);
    *out = (struct figure_image){.id = figure_data_text(data, set->id[image]), .regions = regions};
    if (set->boxes)
        out->boxes =
            figure_data_copy(data, set->boxes + image * session->R * 4, regions * 4, sizeof(float));
    if (set->classes) {
        const char **names = figure_data_take(data, regions, sizeof *names);
        for (size_t r = 0; r < regions; r++)
            names[r] = figure_data_text(data, dataset_region_name(set, image, r));
        out->names = names;
    }
    if (set->classes && set->confidences)
        out->confidences =
            figure_data_copy(data, set->confidences + image * session->R, regions, sizeof(float));
    if (set->sizes) {
        out->box_width = set->sizes[2 * image];
        out->box_height = set->sizes[2 * image + 1];
    }
    out->no_boxes = figure_data_text(data, set->no_boxes);
    if (dataset_photo(set, image, &path, &err) == 0) {
        out->path = figure_data_copy(data, path, strlen(path) + 1, 1);
        free(path);
        figure_data_photo(data, out, max_side);
    } else {
        out->missing = figure_data_text(data, err.text);
    }
    if (set->box_fractions)
        scale_boxes(data, out);
}

/* ---- choosing words ---- */

/* Marks "4" or "4-6" of the numbers first .. first + count - 1; false if it is something else. */
static bool mark_range(const char *item, size_t length, size_t first, size_t count, bool *marks)
{
    char *end;
    unsigned long from = strtoul(item, &end, 10), to = from;
    if (end == item || *item < '0' || *item > '9')
        return false;
    if (*end == '-')
        to = strtoul(end + 1, &end, 10);
    if (end != item + length || from < first || to < from || to >= first + count)
        return false;
    for (unsigned long i = from; i <= to; i++)
        marks[i - first] = true;
    return true;
}

static bool mark_word(const char *item, size_t length, const struct figure_word *words,
                      size_t count, bool *marks)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i].text) == length && strncmp(words[i].text, item, length) == 0)
            marks[i] = found = true;
    return found;
}

/* Marks the items of `pick`: numbers from `first`, or (NULL: none) words. Returns the item that is
 * neither; NULL: all are. */
static const char *mark_items(const char *pick, size_t first, size_t count,
                              const struct figure_word *words, bool *marks)
{
    for (const char *item = pick; *item;) {
        size_t length = strcspn(item, ",");
        if (length && !mark_range(item, length, first, count, marks) &&
            !(words && mark_word(item, length, words, count, marks)))
            return item;
        item += length + (item[length] == ',');
    }
    return NULL;
}

/* Keeps the chosen ones of `words`, in the caption's order. */
static int choose(const char *pick, struct figure_word *words, size_t *count, struct error *err)
{
    bool *marks = mem_new(*count, sizeof *marks);
    size_t kept = 0;
    const char *bad = mark_items(pick, 1, *count, words, marks);
    int status =
        bad ? error_set(err, "the caption has no word '%.*s': it has %zu words, counted from 1",
                        (int)strcspn(bad, ","), bad, *count)
            : 0;
    for (size_t i = 0; i < *count; i++)
        if (marks[i])
            words[kept++] = words[i];
    free(marks);
    *count = kept;
    return status;
}

/* ---- words ---- */

static const char *word_text(const struct query *query, size_t word)
{
    return word < query->words.count ? query->words.items[word] : "?";
}

/* Panels of all tokens but the first and last, <start> and <end>: their texts. */
static struct figure_word *take_words(const struct session *session, const struct query *query,
                                      struct figure_data *data, struct figure_set *set)
{
    size_t count = query->W > 2 ? query->W - 2 : 0;
    struct figure_word *words = figure_data_take(data, count, sizeof *words);
    int32_t unknown = session->vocab ? vocab_unk(session->vocab) : -1;
    for (size_t i = 0; i < count; i++)
        words[i] = (struct figure_word){
            .text = figure_data_text(data, word_text(query, i)),
            .unknown = unknown >= 0 && query->ids[i + 1] == unknown,
        };
    set->words = words;
    set->word_count = count;
    return words;
}

static void take_attention(const struct attention *a, struct figure_data *data,
                           struct figure_word *words, struct figure_set *set)
{
    for (size_t i = 0; i < set->word_count; i++) {
        words[i].weights =
            figure_data_copy(data, a->word_region + (i + 1) * a->R, a->R, sizeof(float));
        words[i].similarity = a->word_similarity[i + 1];
        words[i].node = a->nodes ? a->nodes[i + 2] : 0;
    }
    set->node = a->nodes ? a->nodes[0] : 0;
}

/* What the weights of another kind of model than SCAN are. */
static void take_meaning(const struct session *session, bool turned, struct figure_data *data,
                         struct figure_set *set)
{
    const struct kind_model *model = model_kind(session->model);
    struct str text = {0};
    if (!model)
        return;
    const struct model_kind *kind = model->options.kind;
    str_addf(&text, "Weights: each %s, %s",
             turned ? "region's attention to the words" : "word's attention to the regions",
             kind->attention);
    set->weights_are = figure_data_text(data, text.text);
    str_clear(&text);
    if (kind->nodes) {
        str_addf(&text,
                 "Bars: weights of the similarities of the whole pair and of each word in %s (1 in "
                 "all, with <start> and <end>)",
                 kind->nodes(&model->options));
        set->nodes_are = figure_data_text(data, text.text);
    }
    str_done(&text);
}

static int gather_attention(const struct session *session, const struct query *query, size_t image,
                            enum gather_direction direction, struct figure_data *data,
                            struct figure_set *set, struct error *err)
{
    struct attention *attention;
    if (session_attention(session, image, query, &attention, err) != 0)
        return -1;
    bool words = attention->shows & KIND_WORDS_ON_REGIONS;
    bool turn = words && direction == DIRECTION_REGIONS;
    if (turn)
        session_attention_turn(attention);
    set->score = attention->score;
    take_attention(attention, data, take_words(session, query, data, set), set);
    if (turn || !words)
        set->region_similarity =
            figure_data_copy(data, attention->region_similarity, attention->R, sizeof(float));
    take_meaning(session, turn, data, set);
    session_attention_free(attention);
    return 0;
}

/* Of a model without attention: what each word contributes. */
static int gather_shares(const struct session *session, const struct query *query, size_t image,
                         struct figure_data *data, struct figure_set *set, struct error *err)
{
    if (session->matrix) {
        set->shares_are = figure_data_text(data, "a matrix of similarities: scores only");
        return session_score_pair(session, image, query, &set->score, err);
    }
    struct str text = {0};
    float *shares = mem_new(query->W, sizeof *shares);
    int status = session_score_pair(session, image, query, &set->score, err);
    if (status == 0)
        status = session_word_contributions(session, image, query, NULL, AGG_MEAN, shares, err);
    if (status == 0) {
        struct figure_word *words = take_words(session, query, data, set);
        for (size_t i = 0; i < set->word_count; i++)
            words[i].share = shares[i + 1];
    }
    free(shares);
    str_addf(&text, "%s has no attention; bars: the score minus the score without the word",
             model_kind(session->model)->options.kind->name);
    set->shares_are = figure_data_text(data, text.text);
    str_done(&text);
    return status;
}

int gather_words(const struct session *session, const struct query *query, size_t image,
                 const struct gather_how *how, struct figure_data *data, struct figure_set *set,
                 struct error *err)
{
    const struct kind_model *kind = session->model ? model_kind(session->model) : NULL;
    bool attends = session_shows(session) != 0;
    set->query = figure_data_text(data, query->text);
    set->has_score = true;
    set->model_kind = kind ? figure_data_text(data, kind->options.kind->label(&kind->options))
                      : session->matrix ? figure_data_text(data, "matrix")
                                        : NULL;
    gather_image(session, image, how->max_side, data, &set->image);
    if (gather_check_direction(session, how->direction, err) != 0 ||
        (attends ? gather_attention(session, query, image, how->direction, data, set, err)
                 : gather_shares(session, query, image, data, set, err)) != 0)
        return -1;
    if (!how->words)
        return 0;
    return choose(how->words, (struct figure_word *)set->words, &set->word_count, err);
}

/* ---- whose attention ---- */

int gather_direction_named(const char *name, enum gather_direction *out, struct error *err)
{
    *out = strcmp(name, "words") == 0 ? DIRECTION_WORDS : DIRECTION_REGIONS;
    if (*out == DIRECTION_REGIONS && strcmp(name, "regions") != 0)
        return error_set(err, "no direction '%s'; there are: words, regions", name);
    return 0;
}

int gather_check_direction(const struct session *session, enum gather_direction direction,
                           struct error *err)
{
    unsigned shows = session_shows(session);
    unsigned wanted = direction == DIRECTION_WORDS     ? KIND_WORDS_ON_REGIONS
                      : direction == DIRECTION_REGIONS ? KIND_REGIONS_ON_WORDS
                                                       : shows;
    if ((shows & wanted) == wanted)
        return 0;
    if (shows == 0)
        return error_set(err, "%s has no attention of %s: leave the direction out", session->name,
                         direction == DIRECTION_WORDS ? "words" : "regions");
    return error_set(err, "%s has no attention of %s, only of %s", session->name,
                     direction == DIRECTION_WORDS ? "words to regions" : "regions to words",
                     direction == DIRECTION_WORDS ? "regions to words" : "words to regions");
}

/* ---- regions ---- */

static float attention_of(const struct figure_set *set, size_t region)
{
    float most = 0;
    if (set->region_similarity)
        return set->region_similarity[region];
    for (size_t w = 0; w < set->word_count; w++)
        most = set->words[w].weights[region] > most ? set->words[w].weights[region] : most;
    return most;
}

static int picked_regions(const char *pick, size_t regions, size_t *shown, size_t *count,
                          struct error *err)
{
    bool *marks = mem_new(regions, sizeof *marks);
    const char *bad = mark_items(pick, 0, regions, NULL, marks);
    int status = bad ? error_set(err, "the image has no region '%.*s': it has %zu, counted from 0",
                                 (int)strcspn(bad, ","), bad, regions)
                     : 0;
    *count = 0;
    for (size_t r = 0; r < regions && status == 0; r++)
        if (marks[r])
            shown[(*count)++] = r;
    free(marks);
    return status;
}

int gather_regions(const char *pick, size_t most, struct figure_data *data, struct figure_set *set,
                   struct error *err)
{
    size_t regions = set->image.regions, count = most < regions ? most : regions;
    size_t *shown = figure_data_take(data, regions, sizeof *shown);
    set->regions = shown;
    if (pick)
        return picked_regions(pick, regions, shown, &set->region_count, err);
    float *most_of = mem_new(regions, sizeof *most_of);
    struct ranked *best = mem_new(count, sizeof *best);
    for (size_t r = 0; r < regions; r++)
        most_of[r] = attention_of(set, r);
    set->region_count = rank_top(most_of, regions, count, best);
    for (size_t i = 0; i < set->region_count; i++)
        shown[i] = best[i].index;
    free(best);
    free(most_of);
    return 0;
}

/* ---- ranks ---- */

int gather_strip(const struct session *session, const struct query *query, ptrdiff_t truth,
                 size_t k, int max_side, struct figure_data *data, struct figure_set *set,
                 struct error *err)
{
    size_t count = k < session->I ? k : session->I;
    float *scores = mem_new(session->I, sizeof *scores);
    struct ranked *best = mem_new(count, sizeof *best);
    struct figure_result *results = figure_data_take(data, count, sizeof *results);
    struct exact_places need = {
        .top = count, .first = truth >= 0 ? (size_t)truth : 0, .count = truth >= 0};
    int status = session_rank_images(session, query, &need, scores, NULL, NULL, err);
    if (status == 0) {
        count = rank_top(scores, session->I, count, best);
        for (size_t i = 0; i < count; i++) {
            results[i] = (struct figure_result){
                .score = best[i].score, .truth = (ptrdiff_t)best[i].index == truth, .rank = i + 1};
            gather_image(session, best[i].index, max_side, data, &results[i].image);
        }
        set->query = figure_data_text(data, query->text);
        set->results = results;
        set->result_count = count;
        set->truth_rank = truth >= 0 ? rank_of(scores, session->I, (size_t)truth) + 1 : 0;
    }
    free(best);
    free(scores);
    return status;
}

ptrdiff_t gather_find_caption(const struct session *session, const char *text)
{
    for (size_t i = 0; session->data->caption && i < session->data->captions; i++)
        if (strcmp(session->data->caption[i], text) == 0)
            return (ptrdiff_t)i;
    return -1;
}
