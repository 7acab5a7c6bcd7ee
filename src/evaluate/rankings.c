/* rankings.c: each query's ranking in turn, and what is written of it. */
#include "evaluate/rankings.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/annotation/trec.h"
#include "retrieve/score/rank.h"

/* ---- queries ---- */

/* A query of a fold with its scores of all items of the fold. */
struct query_scores {
    bool i2t;
    size_t fold, index, items; /* index: in the fold */
    const float *scores;
};

enum { BLOCK = 16 }; /* captions whose columns are gathered at a time */

/* Called for each query in the split's order, images (that have captions) before captions. */
typedef int (*query_visit)(void *context, const struct query_scores *query, struct error *err);

static int visit_images(const struct rankings *r, size_t fold, query_visit visit, void *context,
                        struct error *err)
{
    const struct folds *f = r->folds;
    const float *sims = r->sims + folds_first_pair(f, fold);
    size_t captions = folds_captions_of(f, fold);
    int status = 0;
    for (size_t i = 0; status == 0 && i < f->images; i++) {
        struct query_scores q = {true, fold, i, captions, sims + i * captions};
        if (caption_map_count(&f->maps[fold], i) > 0)
            status = visit(context, &q, err);
    }
    return status;
}

/* Columns, a block of them copied at a time. */
static int visit_captions(const struct rankings *r, size_t fold, float *columns, query_visit visit,
                          void *context, struct error *err)
{
    const struct folds *f = r->folds;
    const float *sims = r->sims + folds_first_pair(f, fold);
    size_t captions = folds_captions_of(f, fold);
    int status = 0;
    for (size_t first = 0; status == 0 && first < captions; first += BLOCK) {
        size_t n = captions - first < BLOCK ? captions - first : BLOCK;
        for (size_t i = 0; i < f->images; i++)
            for (size_t k = 0; k < n; k++)
                columns[k * f->images + i] = sims[i * captions + first + k];
        for (size_t k = 0; status == 0 && k < n; k++) {
            struct query_scores q = {false, fold, first + k, f->images, columns + k * f->images};
            status = visit(context, &q, err);
        }
    }
    return status;
}

static int visit_all(const struct rankings *r, query_visit visit, void *context, struct error *err)
{
    float *columns = NULL;
    assert(r->names->I == r->folds->I && r->names->C == r->folds->C);
    int status = mem_alloc(&columns, BLOCK * r->folds->images, sizeof *columns, "the scores", err);
    for (size_t p = 0; status == 0 && p < r->folds->count; p++)
        status = visit_images(r, p, visit, context, err);
    for (size_t p = 0; status == 0 && p < r->folds->count; p++)
        status = visit_captions(r, p, columns, visit, context, err);
    free(columns);
    return status;
}

/* The names of a fold's images or captions. */
static char *const *names_of(const struct rankings *r, bool captions, size_t fold)
{
    return captions ? r->names->caption + r->folds->starts[fold]
                    : r->names->image + fold * r->folds->images;
}

/* ---- the run ---- */

/* Whether the names can stand in a run of both directions. */
static int check_names(const struct split_names *n, struct error *err)
{
    struct split_index index;
    if (split_index_make(n, &index, err) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; status == 0 && i < n->I; i++)
        status = trec_check_name(n->image[i], err);
    for (size_t c = 0; status == 0 && c < n->C; c++) {
        status = trec_check_name(n->caption[c], err);
        if (status == 0 && idmap_find(&index.images, n->caption[c], NULL))
            status = error_set(err,
                               "the id '%s' is a caption's and an image's; a run of both "
                               "directions needs them apart: use the captions' default ids",
                               n->caption[c]);
    }
    split_index_done(&index);
    return status;
}

struct run_writer {
    const struct rankings *rankings;
    FILE *stream;
    size_t depth;
    struct ranked *best;
    size_t *order;
};

static int write_query(void *context, const struct query_scores *q, struct error *err)
{
    struct run_writer *w = context;
    const char *name = names_of(w->rankings, !q->i2t, q->fold)[q->index];
    size_t n = rank_top(q->scores, q->items, w->depth ? w->depth : q->items, w->best);
    for (size_t k = 0; k < n; k++) {
        w->order[k] = w->best[k].index;
        if (!isfinite(w->best[k].score))
            return error_set(err,
                             "%s '%s': a similarity is NaN or infinite, which a run cannot hold",
                             q->i2t ? "image" : "caption", name);
    }
    trec_run_write(w->stream, name, names_of(w->rankings, q->i2t, q->fold), q->scores, w->order, n,
                   w->rankings->tag ? w->rankings->tag : "scanscope");
    return 0;
}

int rankings_write_run(const struct rankings *rankings, size_t depth, FILE *stream,
                       struct error *err)
{
    const struct folds *f = rankings->folds;
    size_t captions = folds_captions(f), most = captions > f->images ? captions : f->images;
    if (check_names(rankings->names, err) != 0)
        return -1;
    struct run_writer w = {.rankings = rankings,
                           .stream = stream,
                           .depth = depth,
                           .best = mem_new(most, sizeof *w.best),
                           .order = mem_new(most, sizeof *w.order)};
    int status = visit_all(rankings, write_query, &w, err);
    free(w.best);
    free(w.order);
    return status;
}

/* ---- ranks ---- */

struct rank_writer {
    const struct rankings *rankings;
    const struct folds_ranks *ranks;
    struct str text;
    FILE *stream;
};

/* The query's best-ranked truth in its fold. */
static size_t truth_of(const struct folds *f, const struct query_scores *q)
{
    const struct caption_map *map = &f->maps[q->fold];
    if (!q->i2t)
        return caption_map_image(map, q->index);
    size_t best = caption_map_nth(map, q->index, 0);
    for (size_t k = 1; k < caption_map_count(map, q->index); k++) {
        size_t caption = caption_map_nth(map, q->index, k);
        if (rank_better((struct ranked){caption, q->scores[caption]},
                        (struct ranked){best, q->scores[best]}))
            best = caption;
    }
    return best;
}

static void add_item(struct str *text, const char *name, float score)
{
    str_add_csv(text, name);
    str_addf(text, isfinite(score) ? ",%.9g" : ",", (double)score);
}

static int write_rank(void *context, const struct query_scores *q, struct error *err)
{
    (void)err;
    struct rank_writer *w = context;
    const struct folds *f = w->rankings->folds;
    const struct split_names *names = w->rankings->names;
    char *const *items = names_of(w->rankings, q->i2t, q->fold);
    size_t number = (q->i2t ? q->fold * f->images : f->starts[q->fold]) + q->index;
    size_t truth = truth_of(f, q), first = rank_best(q->scores, q->items);
    str_clear(&w->text);
    str_addf(&w->text, "%s,%zu,", q->i2t ? "i2t" : "t2i", number);
    str_add_csv(&w->text, q->i2t ? names->image[number] : names->caption[number]);
    str_add(&w->text, ",");
    if (!q->i2t && names->words)
        str_addf(&w->text, "%zu", names->words[number]);
    str_addf(&w->text, ",%zu,", (q->i2t ? w->ranks->i2t : w->ranks->t2i)[number] + 1);
    add_item(&w->text, items[truth], q->scores[truth]);
    str_add(&w->text, ",");
    add_item(&w->text, items[first], q->scores[first]);
    fprintf(w->stream, "%s\n", w->text.text);
    return 0;
}

int rankings_write_ranks(const struct rankings *rankings, const struct folds_ranks *ranks,
                         FILE *stream, struct error *err)
{
    struct rank_writer w = {.rankings = rankings, .ranks = ranks, .stream = stream};
    for (size_t i = 0; rankings->notes && i < rankings->notes->lines.count; i++)
        fprintf(stream, "# %s\n", rankings->notes->lines.items[i]);
    fputs("direction,query,id,words,rank,truth,truth_score,first,first_score\n", stream);
    int status = visit_all(rankings, write_rank, &w, err);
    str_done(&w.text);
    return status;
}
