#include "analyse/alignment.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const align_class_names[ALIGN_CLASSES] = {"nouns", "modifiers", "function words"};
const char *const align_level_names[ALIGN_LEVELS] = {"class", "category", "word"};

/* One word of a phrase, measured. */
struct unit {
    size_t image;
    enum align_class class;
    size_t category;
    char *word; /* owned */
    double model[ALIGN_MEASURES], uniform[ALIGN_MEASURES], shuffled[ALIGN_MEASURES],
        bound[ALIGN_MEASURES];
};

/* The work in hand. */
struct measuring {
    const struct session *session;
    const struct grounding *grounding;
    const struct align_options *options;
    struct alignment *out;
    struct align_target target;
    struct align_scratch scratch;
    struct unit *units;
    size_t unit_count, unit_cap;
    struct align_pair *pairs; /* of nouns */
    size_t pair_count, pair_cap;
};

/* ---- words ------------------------------------------------------------------------------------
 */

/* The mean of the caption's other words' attention measured against the word's target. */
static void measure_shuffled(struct measuring *m, const struct attention *a, size_t word,
                             double out[ALIGN_MEASURES])
{
    double one[ALIGN_MEASURES];
    size_t others = 0;
    for (size_t w = 1; w + 1 < a->W; w++) {
        if (w == word)
            continue;
        align_measure(&m->target, &m->scratch, a->word_region + w * a->R, m->options->attended,
                      one);
        for (int k = 0; k < ALIGN_MEASURES; k++)
            out[k] += one[k];
        others++;
    }
    for (int k = 0; k < ALIGN_MEASURES; k++)
        out[k] /= others ? (double)others : 1;
    if (others == 0)
        align_uniform(&m->target, m->options->attended, out);
}

static void add_pairs(struct measuring *m, const float *weights, size_t R)
{
    double sum = 0;
    for (size_t r = 0; r < R; r++)
        sum += weights[r];
    for (size_t r = 0; r < R; r++) {
        MEM_ROOM(m->pairs, m->pair_count, m->pair_cap);
        m->pairs[m->pair_count++] = (struct align_pair){
            sum > 0 ? (float)(weights[r] * (double)R / sum) : 1, m->target.match[r]};
    }
}

/* Sums; phrases come caption after caption. */
static void add_noun(struct alignment *a, size_t caption, const struct unit *u)
{
    if (a->worst_count == 0 || a->worst[a->worst_count - 1].caption != caption) {
        MEM_ROOM(a->worst, a->worst_count, a->worst_cap);
        a->worst[a->worst_count++] = (struct align_caption){.caption = caption};
    }
    struct align_caption *c = &a->worst[a->worst_count - 1];
    c->nouns++;
    c->mass += u->model[ALIGN_MASS];
    c->bound += u->bound[ALIGN_MASS];
}

static int furthest_first(const void *a, const void *b)
{
    const struct align_caption *x = a, *y = b;
    double dx = x->bound - x->mass, dy = y->bound - y->mass;
    if (dx != dy)
        return dx > dy ? -1 : 1;
    return x->caption < y->caption ? -1 : x->caption > y->caption;
}

static void finish_worst(struct alignment *a)
{
    for (size_t c = 0; c < a->worst_count; c++) {
        a->worst[c].mass /= (double)a->worst[c].nouns;
        a->worst[c].bound /= (double)a->worst[c].nouns;
    }
    if (a->worst_count > 0)
        qsort(a->worst, a->worst_count, sizeof *a->worst, furthest_first);
}

/* Punctuation is no word. */
static bool is_punctuation(const char *word)
{
    return word[strspn(word, ".,;:!?'\"`()[]{}-&")] == '\0';
}

static enum align_class class_of(const struct grounding_phrase *p, size_t w, const char *word)
{
    if (w <= p->noun && w + p->nouns > p->noun)
        return ALIGN_NOUN;
    return grounding_is_function_word(word) ? ALIGN_FUNCTION : ALIGN_MODIFIER;
}

static void measure_word(struct measuring *m, const struct grounding_phrase *phrase,
                         const struct query *query, const struct attention *a, size_t w)
{
    const char *word = query->words.items[w];
    if (is_punctuation(word))
        return;
    const float *weights = a->word_region + (w + 1) * a->R; /* after <start> */
    MEM_ROOM(m->units, m->unit_count, m->unit_cap);
    struct unit *u = &m->units[m->unit_count++];
    *u = (struct unit){.image = phrase->caption / m->session->data->per_image,
                       .class = class_of(phrase, w, word),
                       .category = phrase->category,
                       .word = mem_strdup(word)};
    align_measure(&m->target, &m->scratch, weights, m->options->attended, u->model);
    align_uniform(&m->target, m->options->attended, u->uniform);
    align_bound(&m->target, u->bound);
    measure_shuffled(m, a, w + 1, u->shuffled);
    if (u->class != ALIGN_NOUN)
        return;
    add_pairs(m, weights, a->R);
    add_noun(m->out, phrase->caption, u);
}

static void measure_phrase(struct measuring *m, const struct grounding_phrase *p,
                           const struct query *query, const struct attention *a)
{
    const struct session *s = m->session;
    size_t image = p->caption / s->data->per_image;
    if (p->end > query->words.count || query->words.count + 2 != a->W)
        return;
    align_target_set(&m->target, &m->scratch, s->data->boxes + image * s->R * 4,
                     (const float(*)[4])m->grounding->boxes + p->box, p->boxes);
    for (size_t w = p->first; w < p->end; w++)
        measure_word(m, p, query, a, w);
    m->out->phrases++;
}

/* The phrases of one caption, `count` of them. */
static int measure_caption(struct measuring *m, const struct grounding_phrase *phrases,
                           size_t count, struct error *err)
{
    size_t caption = phrases->caption;
    struct query *query;
    struct attention *a;
    if (query_from_caption(m->session, caption, &query, err) != 0)
        return -1;
    int status =
        session_attention(m->session, caption / m->session->data->per_image, query, &a, err);
    if (status == 0) {
        for (size_t p = 0; p < count; p++)
            measure_phrase(m, &phrases[p], query, a);
        attention_free(a);
        m->out->captions++;
    }
    query_free(query);
    return status;
}

static int measure_all(struct measuring *m, const struct progress *progress, struct error *err)
{
    const struct grounding *g = m->grounding;
    for (size_t p = 0, n; p < g->phrase_count; p += n) {
        for (n = 1; p + n < g->phrase_count && g->phrases[p + n].caption == g->phrases[p].caption;)
            n++;
        if (measure_caption(m, &g->phrases[p], n, err) != 0)
            return -1;
        if (!progress_step(progress, p + n, g->phrase_count))
            return error_set(err, "interrupted");
    }
    return m->unit_count ? 0
                         : error_set(err, "no annotated phrase fits a caption of the split: is the "
                                          "annotation of other images?");
}

/* ---- rows ------------------------------------------------------------------------------------- */

/* Units of one group, image after image. */
static int fill_row(const struct measuring *m, const struct unit *const *units, size_t n,
                    struct align_row *row, struct error *err)
{
    double *sums = mem_new(2 * n, sizeof *sums), *counts = sums + n;
    int status = 0;
    for (int k = 0; k < ALIGN_MEASURES && status == 0; k++) {
        row->images = 0;
        memset(sums, 0, 2 * n * sizeof *sums);
        for (size_t u = 0; u < n; u++) {
            row->images += u == 0 || units[u]->image != units[u - 1]->image;
            sums[row->images - 1] += units[u]->model[k];
            counts[row->images - 1]++;
            row->uniform[k] += units[u]->uniform[k] / (double)n;
            row->shuffled[k] += units[u]->shuffled[k] / (double)n;
            row->bound[k] += units[u]->bound[k] / (double)n;
        }
        status = stats_bootstrap_ratio(sums, counts, row->images, &m->options->bootstrap,
                                       &row->model[k], err);
    }
    row->words = n;
    free(sums);
    return status;
}

static int add_row(struct measuring *m, enum align_level level, const char *group,
                   const struct unit *const *units, size_t n, struct error *err)
{
    struct alignment *a = m->out;
    MEM_ROOM(a->rows, a->row_count, a->row_cap);
    a->rows[a->row_count] = (struct align_row){.level = level, .group = mem_strdup(group)};
    return fill_row(m, units, n, &a->rows[a->row_count++], err);
}

static const char *group_of(const struct measuring *m, enum align_level level, const struct unit *u)
{
    return level == ALIGN_BY_CATEGORY ? m->grounding->categories[u->category] : u->word;
}

/* A unit with its group's name, to sort by. */
struct keyed {
    const char *group;
    const struct unit *unit;
};

static int by_group(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->group, y->group);
    return order ? order : x->unit < y->unit ? -1 : x->unit > y->unit;
}

static int most_words_first(const void *a, const void *b)
{
    const struct align_row *x = a, *y = b;
    if (x->words != y->words)
        return x->words > y->words ? -1 : 1;
    return strcmp(x->group, y->group);
}

/* Nouns by category or word. Units were made image after image, and stay so within a group. */
static int add_level(struct measuring *m, enum align_level level, struct error *err)
{
    struct keyed *keyed = mem_new(m->unit_count, sizeof *keyed);
    const struct unit **units = mem_new(m->unit_count, sizeof *units);
    size_t count = 0, first = m->out->row_count;
    int status = 0;
    for (size_t u = 0; u < m->unit_count; u++)
        if (m->units[u].class == ALIGN_NOUN)
            keyed[count++] = (struct keyed){group_of(m, level, &m->units[u]), &m->units[u]};
    if (count > 0)
        qsort(keyed, count, sizeof *keyed, by_group);
    for (size_t k = 0; k < count; k++)
        units[k] = keyed[k].unit;
    for (size_t k = 0, n; status == 0 && k < count; k += n) {
        for (n = 1; k + n < count && strcmp(keyed[k + n].group, keyed[k].group) == 0;)
            n++;
        status = add_row(m, level, keyed[k].group, units + k, n, err);
    }
    if (m->out->row_count > first)
        qsort(m->out->rows + first, m->out->row_count - first, sizeof *m->out->rows,
              most_words_first);
    free(keyed);
    free(units);
    return status;
}

/* Nouns first, then the other classes. */
static int add_classes(struct measuring *m, struct error *err)
{
    const struct unit **units = mem_new(m->unit_count, sizeof *units);
    int status = 0;
    for (int class = 0; status == 0 && class < ALIGN_CLASSES; class++) {
        size_t n = 0;
        for (size_t u = 0; u < m->unit_count; u++)
            if ((int)m->units[u].class == class)
                units[n++] = &m->units[u];
        if (n > 0)
            status = add_row(m, ALIGN_BY_CLASS, align_class_names[class], units, n, err);
    }
    free(units);
    return status;
}

static int add_rows(struct measuring *m, struct error *err)
{
    if (add_classes(m, err) != 0 || add_level(m, ALIGN_BY_CATEGORY, err) != 0 ||
        add_level(m, ALIGN_BY_WORD, err) != 0)
        return -1;
    align_curve_of(m->pairs, m->pair_count, &m->out->curve);
    finish_worst(m->out);
    return 0;
}

int alignment_measure(const struct session *session, const struct grounding *grounding,
                      const struct align_options *options, const struct progress *progress,
                      struct alignment *out, struct error *err)
{
    struct measuring m = {.session = session, .grounding = grounding, .options = options, .out = out};
    *out = (struct alignment){.regions = session->R,
                              .t2i = model_options(session->model)->attn.cross_attn == CROSS_T2I};
    if (!session->data->boxes)
        return error_set(err, "the data folder has no boxes of the regions: SPLIT_boxes.npy is "
                              "needed (scanscope-formats(5))");
    if (align_target_init(&m.target, session->R, err) != 0)
        return -1;
    align_scratch_init(&m.scratch, session->R);
    int status = measure_all(&m, progress, err);
    if (status == 0)
        status = add_rows(&m, err);
    for (size_t u = 0; u < m.unit_count; u++)
        free(m.units[u].word);
    free(m.units);
    free(m.pairs);
    align_target_done(&m.target);
    align_scratch_done(&m.scratch);
    if (status != 0)
        alignment_done(out);
    return status;
}

void alignment_done(struct alignment *alignment)
{
    for (size_t r = 0; r < alignment->row_count; r++)
        free(alignment->rows[r].group);
    free(alignment->rows);
    free(alignment->worst);
    *alignment = (struct alignment){0};
}
