#include "analyse/align/alignment.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const align_class_names[ALIGN_CLASSES] = {"nouns", "modifiers", "function words"};
const char *const align_level_names[ALIGN_LEVELS] = {"class", "category", "word"};

/* One word of a phrase, measured. */
struct unit {
    size_t caption, image;
    enum align_class class;
    size_t category;
    char *word; /* owned */
    double model[ALIGN_MEASURES], uniform[ALIGN_MEASURES], shuffled[ALIGN_MEASURES],
        bound[ALIGN_MEASURES];
};

struct units {
    struct unit *items;
    size_t count, cap;
};

struct pairs {
    struct align_pair *items;
    size_t count, cap;
};

/* A measurement in progress. */
struct measuring {
    const struct session *session;
    const struct grounding *grounding;
    const struct align_options *options;
    struct alignment *out;
    struct units units; /* all, caption after caption */
    struct pairs pairs; /* of nouns */
};

/* A caption's phrases and their results. */
struct job {
    const struct grounding_phrase *phrases;
    size_t count, measured;
    struct units units;
    struct pairs pairs;
};

/* A thread's own memory. */
struct worker {
    const struct measuring *m;
    struct align_target target;
    struct align_scratch scratch;
};

/* ---- words ---- */

/* Measures the attention of the caption's other words against the word's target; their mean. */
static void measure_shuffled(struct worker *w, const struct attention *a, size_t word,
                             double out[ALIGN_MEASURES])
{
    double one[ALIGN_MEASURES], attended = w->m->options->attended;
    size_t others = 0;
    for (size_t other = 1; other + 1 < a->W; other++) {
        if (other == word)
            continue;
        align_measure(&w->target, &w->scratch, a->word_region + other * a->R, attended, one);
        for (int k = 0; k < ALIGN_MEASURES; k++)
            out[k] += one[k];
        others++;
    }
    for (int k = 0; k < ALIGN_MEASURES; k++)
        out[k] /= others ? (double)others : 1;
    if (others == 0)
        align_uniform(&w->target, attended, out);
}

/* Adds the word's regions, with weights in units of the uniform one. */
static void add_pairs(struct pairs *pairs, const struct align_target *target, const float *weights)
{
    double sum = 0;
    size_t R = target->regions;
    for (size_t r = 0; r < R; r++)
        sum += weights[r];
    for (size_t r = 0; r < R; r++) {
        MEM_ROOM(pairs->items, pairs->count, pairs->cap);
        pairs->items[pairs->count++] = (struct align_pair){
            sum > 0 ? (float)(weights[r] * (double)R / sum) : 1, target->match[r]};
    }
}

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

static void measure_word(struct worker *worker, struct job *job,
                         const struct grounding_phrase *phrase, const struct query *query,
                         const struct attention *a, size_t w)
{
    const char *word = query->words.items[w];
    double attended = worker->m->options->attended;
    if (is_punctuation(word))
        return;
    const float *weights = a->word_region + (w + 1) * a->R; /* after <start> */
    MEM_ROOM(job->units.items, job->units.count, job->units.cap);
    struct unit *u = &job->units.items[job->units.count++];
    *u = (struct unit){.caption = phrase->caption,
                       .image = caption_map_image(&worker->m->session->data->map, phrase->caption),
                       .class = class_of(phrase, w, word),
                       .category = phrase->category,
                       .word = mem_strdup(word)};
    align_measure(&worker->target, &worker->scratch, weights, attended, u->model);
    align_uniform(&worker->target, attended, u->uniform);
    align_bound(&worker->target, u->bound);
    measure_shuffled(worker, a, w + 1, u->shuffled);
    if (u->class == ALIGN_NOUN)
        add_pairs(&job->pairs, &worker->target, weights);
}

static void measure_phrase(struct worker *worker, struct job *job, const struct grounding_phrase *p,
                           const struct query *query, const struct attention *a)
{
    const struct session *s = worker->m->session;
    size_t image = caption_map_image(&s->data->map, p->caption);
    if (p->end > query->words.count || query->words.count + 2 != a->W)
        return;
    worker->target.regions = worker->scratch.regions = a->R;
    align_target_set(&worker->target, &worker->scratch, s->data->boxes + image * s->R * 4,
                     (const float(*)[4])worker->m->grounding->boxes + p->box, p->boxes);
    for (size_t w = p->first; w < p->end; w++)
        measure_word(worker, job, p, query, a, w);
    job->measured++;
}

static int measure_caption(struct worker *worker, struct job *job, struct error *err)
{
    const struct session *s = worker->m->session;
    size_t caption = job->phrases->caption;
    struct query *query;
    struct attention *a;
    if (query_from_caption(s, caption, &query, err) != 0)
        return -1;
    int status = session_attention(s, caption_map_image(&s->data->map, caption), query, &a, err);
    if (status == 0) {
        for (size_t p = 0; p < job->count; p++)
            measure_phrase(worker, job, &job->phrases[p], query, a);
        session_attention_free(a);
    }
    query_free(query);
    return status;
}

/* ---- captions ---- */

static struct job *jobs_make(const struct grounding *g, size_t *count_out)
{
    struct job *jobs = NULL;
    size_t cap = 0;
    *count_out = 0;
    for (size_t p = 0, n; p < g->phrase_count; p += n) {
        for (n = 1; p + n < g->phrase_count && g->phrases[p + n].caption == g->phrases[p].caption;)
            n++;
        MEM_ROOM(jobs, *count_out, cap);
        jobs[(*count_out)++] = (struct job){.phrases = &g->phrases[p], .count = n};
    }
    return jobs;
}

/* What the threads share to report progress and to stop. */
struct meeting {
    const struct progress *progress;
    size_t done, total;
    bool stopped;
    struct error *err;
};

static void report_done_job(struct meeting *meeting, int status, const struct error *own)
{
#pragma omp critical(alignment)
    {
        meeting->done++;
        if (status != 0 && !meeting->stopped)
            error_set(meeting->err, "%s", own->text);
        else if (!meeting->stopped &&
                 !progress_step(meeting->progress, meeting->done, meeting->total))
            status = error_set(meeting->err, "interrupted");
        meeting->stopped = meeting->stopped || status != 0;
    }
}

static bool is_stopped(const struct meeting *meeting)
{
    bool stopped;
#pragma omp critical(alignment)
    stopped = meeting->stopped;
    return stopped;
}

/* Each thread takes whole captions: scoring and encoding one is too little to divide. */
static int measure_jobs(struct measuring *m, struct job *jobs, size_t count,
                        const struct progress *progress, struct error *err)
{
    struct meeting meeting = {.progress = progress, .total = count, .err = err};
#pragma omp parallel
    {
        struct error own;
        struct worker worker = {.m = m};
        int ready = align_target_init(&worker.target, m->session->R, &own);
        align_scratch_init(&worker.scratch, m->session->R);
#pragma omp for schedule(dynamic, 4)
        for (size_t j = 0; j < count; j++)
            if (!is_stopped(&meeting))
                report_done_job(
                    &meeting, ready != 0 ? ready : measure_caption(&worker, &jobs[j], &own), &own);
        align_target_done(&worker.target);
        align_scratch_done(&worker.scratch);
    }
    return meeting.stopped ? -1 : 0;
}

static void gather(struct measuring *m, struct job *job)
{
    m->out->phrases += job->measured;
    m->out->captions += job->measured > 0;
    for (size_t u = 0; u < job->units.count; u++) {
        MEM_ROOM(m->units.items, m->units.count, m->units.cap);
        m->units.items[m->units.count++] = job->units.items[u];
    }
    for (size_t p = 0; p < job->pairs.count; p++) {
        MEM_ROOM(m->pairs.items, m->pairs.count, m->pairs.cap);
        m->pairs.items[m->pairs.count++] = job->pairs.items[p];
    }
    free(job->units.items);
    free(job->pairs.items);
}

static int measure_all(struct measuring *m, const struct progress *progress, struct error *err)
{
    size_t count;
    struct job *jobs = jobs_make(m->grounding, &count);
    int status = measure_jobs(m, jobs, count, progress, err);
    for (size_t j = 0; j < count; j++)
        gather(m, &jobs[j]);
    free(jobs);
    if (status != 0 || m->units.count > 0)
        return status;
    return error_set(err, "no annotated phrase fits a caption of the split: is the annotation for "
                          "other images?");
}

/* ---- captions that attend elsewhere ---- */

static int furthest_first(const void *a, const void *b)
{
    const struct align_caption *x = a, *y = b;
    double dx = x->bound - x->mass, dy = y->bound - y->mass;
    if (dx != dy)
        return dx > dy ? -1 : 1;
    return x->caption < y->caption ? -1 : x->caption > y->caption;
}

static void add_noun(struct alignment *a, const struct unit *u)
{
    if (a->worst_count == 0 || a->worst[a->worst_count - 1].caption != u->caption) {
        MEM_ROOM(a->worst, a->worst_count, a->worst_cap);
        a->worst[a->worst_count++] = (struct align_caption){.caption = u->caption};
    }
    struct align_caption *c = &a->worst[a->worst_count - 1];
    c->nouns++;
    c->mass += u->model[ALIGN_MASS];
    c->bound += u->bound[ALIGN_MASS];
}

static void find_worst(const struct units *units, struct alignment *a)
{
    for (size_t u = 0; u < units->count; u++)
        if (units->items[u].class == ALIGN_NOUN)
            add_noun(a, &units->items[u]);
    for (size_t c = 0; c < a->worst_count; c++) {
        a->worst[c].mass /= (double)a->worst[c].nouns;
        a->worst[c].bound /= (double)a->worst[c].nouns;
    }
    if (a->worst_count > 0)
        qsort(a->worst, a->worst_count, sizeof *a->worst, furthest_first);
}

/* ---- rows ---- */

/* The units of a level, group by group, and the groups' rows. */
struct grouping {
    const struct unit **units;
    size_t *starts; /* of row first_row + k: units[starts[k]] .. */
    size_t groups, first_row;
};

/* Fills the row of a group, whose units are in the images' order. */
static int fill_row(const struct unit *const *units, size_t n, const struct bootstrap *how,
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
        status = stats_bootstrap_ratio(sums, counts, row->images, how, &row->model[k], err);
    }
    row->words = n;
    free(sums);
    return status;
}

/* Each thread takes whole rows, as there are many small ones. */
static int fill_rows(const struct measuring *m, const struct grouping *g, struct error *err)
{
    int failed = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : failed)
    for (size_t k = 0; k < g->groups; k++) {
        struct error own;
        failed += fill_row(g->units + g->starts[k], g->starts[k + 1] - g->starts[k],
                           &m->options->bootstrap, &m->out->rows[g->first_row + k], &own) != 0;
    }
    return failed ? error_set(err, "not enough memory for the bootstrap") : 0;
}

static void add_row(struct alignment *a, enum align_level level, const char *group)
{
    MEM_ROOM(a->rows, a->row_count, a->row_cap);
    a->rows[a->row_count++] = (struct align_row){.level = level, .group = mem_strdup(group)};
}

/* A unit with its group's name as the key to sort by; units of a group keep their order. */
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

static const char *group_of(const struct measuring *m, enum align_level level, const struct unit *u)
{
    if (level == ALIGN_BY_CLASS)
        return align_class_names[u->class];
    return level == ALIGN_BY_CATEGORY ? m->grounding->categories[u->category] : u->word;
}

static void group_units(const struct measuring *m, enum align_level level, struct grouping *out)
{
    const struct units *all = &m->units;
    struct keyed *keyed = mem_new(all->count, sizeof *keyed);
    size_t count = 0;
    *out = (struct grouping){.units = mem_new(all->count, sizeof *out->units),
                             .starts = mem_new(all->count + 1, sizeof *out->starts),
                             .first_row = m->out->row_count};
    for (size_t u = 0; u < all->count; u++)
        if (level == ALIGN_BY_CLASS || all->items[u].class == ALIGN_NOUN)
            keyed[count++] = (struct keyed){group_of(m, level, &all->items[u]), &all->items[u]};
    if (count > 0)
        qsort(keyed, count, sizeof *keyed, by_group);
    for (size_t k = 0; k < count; k++) {
        out->units[k] = keyed[k].unit;
        if (k > 0 && strcmp(keyed[k].group, keyed[k - 1].group) == 0)
            continue;
        out->starts[out->groups++] = k;
        add_row(m->out, level, keyed[k].group);
    }
    out->starts[out->groups] = count;
    free(keyed);
}

static int class_of_name(const char *name)
{
    int class = 0;
    while (class < ALIGN_CLASSES - 1 && strcmp(name, align_class_names[class]) != 0)
        class ++;
    return class;
}

/* Classes in the enum's order, other groups by their number of words. */
static int by_importance(const void *a, const void *b)
{
    const struct align_row *x = a, *y = b;
    if (x->level == ALIGN_BY_CLASS)
        return class_of_name(x->group) - class_of_name(y->group);
    if (x->words != y->words)
        return x->words > y->words ? -1 : 1;
    return strcmp(x->group, y->group);
}

static int add_level(struct measuring *m, enum align_level level, struct error *err)
{
    struct grouping grouping;
    group_units(m, level, &grouping);
    int status = fill_rows(m, &grouping, err);
    if (grouping.groups > 0)
        qsort(m->out->rows + grouping.first_row, grouping.groups, sizeof *m->out->rows,
              by_importance);
    free(grouping.units);
    free(grouping.starts);
    return status;
}

static int summarise(struct measuring *m, struct error *err)
{
    for (int level = 0; level < ALIGN_LEVELS; level++)
        if (add_level(m, (enum align_level)level, err) != 0)
            return -1;
    align_curve_measure(m->pairs.items, m->pairs.count, &m->out->curve);
    find_worst(&m->units, m->out);
    return 0;
}

int alignment_measure(const struct session *session, const struct grounding *grounding,
                      const struct align_options *options, const struct progress *progress,
                      struct alignment *out, struct error *err)
{
    struct measuring m = {
        .session = session, .grounding = grounding, .options = options, .out = out};
    *out = (struct alignment){.regions = session->R,
                              .counted = session->data->region_count != NULL,
                              .shows = session_shows(session)};
    if (session->matrix)
        return error_set(err,
                         "%s is a matrix of similarities: there is no attention to measure "
                         "against boxes",
                         session->name);
    if (!out->shows)
        return error_set(err,
                         "%s compares whole images with whole captions: it has no attention to "
                         "measure against boxes",
                         session->name);
    if (session->data->no_boxes)
        return error_set(err, "there are no boxes of the regions: %s", session->data->no_boxes);
    if (!session->data->boxes)
        return error_set(err, "the data folder has no boxes of the regions: it needs "
                              "SPLIT_boxes.npy (scanscope-formats(5))");
    int status = measure_all(&m, progress, err);
    if (status == 0)
        status = summarise(&m, err);
    for (size_t u = 0; u < m.units.count; u++)
        free(m.units.items[u].word);
    free(m.units.items);
    free(m.pairs.items);
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
