/* eval_files.c: what eval writes for other programs: a TREC run and a table of ranks. */
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/eval_qrels.h"
#include "io/annotation/trec.h"

/* ---- queries ----------------------------------------------------------------------------------
 */

/* A query of part `part`: its scores of all items of the part. `index` is its number in the
 * part. */
struct query_scores {
    size_t part, index, items;
    const float *scores;
    bool i2t;
};

enum { BLOCK = 16 }; /* captions whose columns are gathered at a time */

/* Called for each query in the split's order, images before captions. */
typedef int (*query_visit)(void *context, const struct query_scores *query, struct error *err);

static int visit_images(const struct eval *e, size_t part, query_visit visit, void *context,
                        struct error *err)
{
    const float *sims = e->sum.sims + part * eval_part_size(e);
    int status = 0;
    for (size_t i = 0; status == 0 && i < e->part_images; i++)
        status = visit(
            context,
            &(struct query_scores){part, i, e->part_captions, sims + i * e->part_captions, true},
            err);
    return status;
}

/* Columns, a block of them copied at a time. */
static int visit_captions(const struct eval *e, size_t part, float *columns, query_visit visit,
                          void *context, struct error *err)
{
    const float *sims = e->sum.sims + part * eval_part_size(e);
    int status = 0;
    for (size_t first = 0; status == 0 && first < e->part_captions; first += BLOCK) {
        size_t n = e->part_captions - first < BLOCK ? e->part_captions - first : BLOCK;
        for (size_t i = 0; i < e->part_images; i++)
            for (size_t k = 0; k < n; k++)
                columns[k * e->part_images + i] = sims[i * e->part_captions + first + k];
        for (size_t k = 0; status == 0 && k < n; k++)
            status = visit(context,
                           &(struct query_scores){part, first + k, e->part_images,
                                                  columns + k * e->part_images, false},
                           err);
    }
    return status;
}

static int visit_all(const struct eval *e, query_visit visit, void *context, struct error *err)
{
    float *columns = NULL;
    int status = mem_alloc(&columns, BLOCK * e->part_images, sizeof *columns, "the scores", err);
    for (size_t p = 0; status == 0 && p < e->parts; p++)
        status = visit_images(e, p, visit, context, err);
    for (size_t p = 0; status == 0 && p < e->parts; p++)
        status = visit_captions(e, p, columns, visit, context, err);
    free(columns);
    return status;
}

static char *const *names_of(const struct eval *e, bool captions, size_t part)
{
    return captions ? e->caption_id + part * e->part_captions : e->image_id + part * e->part_images;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

struct run_writer {
    const struct eval *eval;
    FILE *stream;
    size_t depth;
    struct ranked *best;
    size_t *order;
};

static int write_query(void *context, const struct query_scores *q, struct error *err)
{
    struct run_writer *w = context;
    const char *name = names_of(w->eval, !q->i2t, q->part)[q->index];
    size_t n = rank_top(q->scores, q->items, w->depth ? w->depth : q->items, w->best);
    for (size_t k = 0; k < n; k++) {
        w->order[k] = w->best[k].index;
        if (!isfinite(w->best[k].score))
            return error_set(err,
                             "%s '%s': a similarity is NaN or infinite, which a run cannot "
                             "hold",
                             q->i2t ? "image" : "caption", name);
    }
    trec_run_write(w->stream, name, names_of(w->eval, q->i2t, q->part), q->scores, w->order, n,
                   "scanscope");
    return 0;
}

static int write_run(const struct eval *e, struct error *err)
{
    struct file_out out;
    size_t most = e->part_captions > e->part_images ? e->part_captions : e->part_images;
    if (eval_check_names(e, err) != 0 || file_out_open(e->run, &out, err) != 0)
        return -1;
    struct run_writer w = {.eval = e,
                           .stream = out.stream,
                           .depth = (size_t)e->run_depth,
                           .best = mem_new(most, sizeof *w.best),
                           .order = mem_new(most, sizeof *w.order)};
    int status = visit_all(e, write_query, &w, err);
    free(w.best);
    free(w.order);
    if (status == 0)
        return file_out_commit(&out, err);
    file_out_abort(&out);
    return -1;
}

/* ---- ranks ------------------------------------------------------------------------------------
 */

struct rank_writer {
    const struct eval *eval;
    struct str text;
    FILE *stream;
};

/* The query's best-ranked truth in its part. */
static size_t truth_of(const struct eval *e, const struct query_scores *q)
{
    if (!q->i2t)
        return q->index / e->per_image;
    size_t best = q->index * e->per_image;
    for (size_t c = best + 1; c < (q->index + 1) * e->per_image && c < q->items; c++)
        if (q->scores[c] > q->scores[best] || isnan(q->scores[best]))
            best = c;
    return best;
}

static void add_score(struct str *text, float score)
{
    str_addf(text, isfinite(score) ? ",%.9g" : ",", (double)score);
}

static int write_rank(void *context, const struct query_scores *q, struct error *err)
{
    (void)err;
    struct rank_writer *w = context;
    const struct eval *e = w->eval;
    char *const *items = names_of(e, q->i2t, q->part);
    size_t number = q->part * (q->i2t ? e->part_images : e->part_captions) + q->index;
    size_t truth = truth_of(e, q);
    struct ranked first;
    rank_top(q->scores, q->items, 1, &first);
    str_clear(&w->text);
    str_addf(&w->text, "%s,%zu,", q->i2t ? "i2t" : "t2i", number);
    str_add_csv(&w->text, q->i2t ? e->image_id[number] : e->caption_id[number]);
    str_add(&w->text, ",");
    if (!q->i2t && e->words)
        str_addf(&w->text, "%zu", e->words[number]);
    str_addf(&w->text, ",%zu,", (q->i2t ? e->ranks.i2t : e->ranks.t2i)[number] + 1);
    str_add_csv(&w->text, items[truth]);
    add_score(&w->text, q->scores[truth]);
    str_add(&w->text, ",");
    str_add_csv(&w->text, items[first.index]);
    add_score(&w->text, first.score);
    fprintf(w->stream, "%s\n", w->text.text);
    return 0;
}

static int write_ranks(const struct eval *e, struct error *err)
{
    struct file_out out;
    if (file_out_open(e->ranks_file, &out, err) != 0)
        return -1;
    struct rank_writer w = {.eval = e, .stream = out.stream};
    fputs("direction,query,id,words,rank,truth,truth_score,first,first_score\n", out.stream);
    int status = visit_all(e, write_rank, &w, err);
    str_done(&w.text);
    if (status == 0)
        return file_out_commit(&out, err);
    file_out_abort(&out);
    return -1;
}

int eval_write_files(const struct eval *e, struct error *err)
{
    if (e->run && write_run(e, err) != 0)
        return -1;
    return e->ranks_file ? write_ranks(e, err) : 0;
}
