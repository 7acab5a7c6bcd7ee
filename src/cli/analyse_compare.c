/* analyse_compare.c: two models, or ensembles, on one split. */
#include "cli/analyse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/compare.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"

enum { SIDES = 2 };

struct compare_command {
    struct analysis a;     /* its models: those of A, then those of B */
    struct cli_list sides; /* as given */
    const char *queries, *direction;
    double level;
    /* the result */
    size_t first[SIDES], count[SIDES];
    char **names;        /* owned: the paths of the models */
    char *labels[SIDES]; /* of --name, or NULL */
    struct analyse_model models[SIDES];
    struct sweep sweeps[SIDES];
    size_t *rows, row_count; /* queries listed: images, then I + captions */
};

/* ---- "a.pth,b.pth" ---- */

/* An existing file is one model, even if its name has a comma. False if a name is empty. */
static bool split_side(struct compare_command *o, int side)
{
    struct cli_list *models = &o->a.common.models;
    const char *text = o->sides.items[side];
    bool whole = true;
    o->first[side] = models->count;
    while (*text) {
        size_t n = file_exists(text) ? strlen(text) : strcspn(text, ",");
        o->names = mem_grow(o->names, models->count + 1, sizeof *o->names);
        models->items = mem_grow(models->items, models->count + 1, sizeof *models->items);
        o->names[models->count] = mem_strndup(text, n);
        models->items[models->count] = o->names[models->count];
        models->count++;
        whole &= n > 0;
        text += n + (text[n] == ',');
    }
    o->count[side] = models->count - o->first[side];
    return whole && o->count[side] > 0;
}

/* Models are called by their paths, one that is on both sides by the same name; --name names the
 * sides, which may be ensembles. */
static int name_sides(struct compare_command *o, struct error *err)
{
    struct cli_common *common = &o->a.common;
    size_t count = common->models.count, distinct = 0;
    const char **paths = mem_new(count, sizeof *paths);
    size_t *of = mem_new(count, sizeof *of);
    char **names = mem_new(count, sizeof *names);
    for (size_t m = 0; m < count; m++) {
        while (of[m] < distinct && strcmp(paths[of[m]], common->models.items[m]) != 0)
            of[m]++;
        if (of[m] == distinct)
            paths[distinct++] = common->models.items[m];
    }
    naming_files(paths, distinct, names);
    common->model_names = mem_new(count, sizeof *common->model_names);
    for (size_t m = 0; m < count; m++)
        common->model_names[m] = mem_strdup(names[of[m]]);
    for (size_t d = 0; d < distinct; d++)
        free(names[d]);
    free(names);
    free(of);
    free(paths);
    return cli_given_names(&common->names, SIDES, o->labels, err);
}

/* ---- queries ---- */

static const struct sweep_query *query_of(const struct compare_command *o, int side, size_t row)
{
    const struct sweep *sweep = &o->sweeps[side];
    return row < sweep->I ? &sweep->images[row] : &sweep->captions[row - sweep->I];
}

static bool is_listed(const struct compare_command *o, size_t row)
{
    size_t a = query_of(o, 0, row)->rank, b = query_of(o, 1, row)->rank;
    bool image = row < o->sweeps[0].I;
    if (o->direction && strcmp(o->direction, "both") != 0 &&
        strcmp(o->direction, image ? "i2t" : "t2i") != 0)
        return false;
    if (!o->queries || strcmp(o->queries, "changed") == 0)
        return a != b;
    return strcmp(o->queries, "won") == 0    ? b == 0 && a > 0
           : strcmp(o->queries, "lost") == 0 ? a == 0 && b > 0
           : strcmp(o->queries, "both") == 0 ? a > 0 && b > 0
                                             : true;
}

/* The largest change of rank first. */
static int by_change(const void *a, const void *b, void *context)
{
    const struct compare_command *o = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    double cx = fabs(compare_rank_change(query_of(o, 0, x), query_of(o, 1, x)));
    double cy = fabs(compare_rank_change(query_of(o, 0, y), query_of(o, 1, y)));
    return cx != cy ? (cx > cy ? -1 : 1) : (x > y) - (x < y);
}

static void list_rows(struct compare_command *o)
{
    size_t all = o->sweeps[0].I + o->sweeps[0].C;
    o->rows = mem_new(all, sizeof *o->rows);
    for (size_t r = 0; r < all; r++)
        if (is_listed(o, r))
            o->rows[o->row_count++] = r;
    qsort_r(o->rows, o->row_count, sizeof *o->rows, by_change, o);
}

/* ---- report ---- */

static const struct report_column recall_columns[] = {
    {"direction", REPORT_TEXT, 0, false},
    {"k", REPORT_COUNT, 0, false},
    {"a", REPORT_REAL, 1, false},
    {"b", REPORT_REAL, 1, false},
    {"difference", REPORT_REAL, 2, false},
    {"low", REPORT_REAL, 2, false},
    {"high", REPORT_REAL, 2, false},
    {"p_bootstrap", REPORT_REAL, 4, false},
    {"won", REPORT_COUNT, 0, false},
    {"lost", REPORT_COUNT, 0, false},
    {"p_mid", REPORT_REAL, 4, false},
    {"p_exact", REPORT_REAL, 4, true},
    {"chi2", REPORT_REAL, 3, true},
    {"p_chi2", REPORT_REAL, 4, true},
    {"p_chi2_corrected", REPORT_REAL, 4, true},
    {NULL, REPORT_TEXT, 0, false},
};

static const struct report_column overlap_columns[] = {
    {"direction", REPORT_TEXT, 0, false},
    {"k", REPORT_COUNT, 0, false},
    {"both_fail", REPORT_COUNT, 0, false},
    {"only_a_fails", REPORT_COUNT, 0, false},
    {"only_b_fails", REPORT_COUNT, 0, false},
    {"overlap", REPORT_REAL, 3, false},
    {NULL, REPORT_TEXT, 0, false},
};

static const struct report_column query_columns[] = {
    {"direction", REPORT_TEXT, 0, false}, {"query", REPORT_COUNT, 0, false},
    {"rank_a", REPORT_COUNT, 0, false},   {"rank_b", REPORT_COUNT, 0, false},
    {"score_a", REPORT_REAL, 4, false},   {"score_b", REPORT_REAL, 4, false},
    {"image", REPORT_TEXT, 0, false},     {"caption", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

static void report_recall(struct report *report, const char *direction, size_t k,
                          const struct compared_recall *r)
{
    const struct interval *d = &r->difference.difference;
    const struct mcnemar *m = &r->mcnemar;
    report_cell_text(report, direction);
    ANALYSE_CELLS(report, k, r->a, r->b, d->value, d->low, d->high, r->difference.p,
                  r->only_a_fails, r->only_b_fails, m->mid_p, m->exact_p, m->chi2, m->chi2_p,
                  m->corrected_p);
}

static void report_overlap(struct report *report, const char *direction, size_t k,
                           const struct compared_recall *r)
{
    report_cell_text(report, direction);
    ANALYSE_CELLS(report, k, r->both_fail, r->only_a_fails, r->only_b_fails, r->overlap);
}

static void report_direction(struct report *report, const char *direction,
                             const struct comparison *c)
{
    report_number(report, c->mean_rank_a, "ranks.%s.mean_rank_a", direction);
    report_number(report, c->mean_rank_b, "ranks.%s.mean_rank_b", direction);
    report_number(report, c->reciprocal_a, "ranks.%s.reciprocal_a", direction);
    report_number(report, c->reciprocal_b, "ranks.%s.reciprocal_b", direction);
    report_number(report, c->reciprocal.difference.value, "ranks.%s.reciprocal_difference",
                  direction);
    report_number(report, c->reciprocal.difference.low, "ranks.%s.reciprocal_low", direction);
    report_number(report, c->reciprocal.difference.high, "ranks.%s.reciprocal_high", direction);
    report_number(report, c->reciprocal.p, "ranks.%s.reciprocal_p", direction);
    report_number(report, (double)c->better, "ranks.%s.better", direction);
    report_number(report, (double)c->worse, "ranks.%s.worse", direction);
    report_number(report, (double)c->same, "ranks.%s.same", direction);
    report_line(report,
                "%s: B ranks the truth better in %zu queries, worse in %zu, the same in %zu; mean "
                "rank %.1f -> %.1f, reciprocal %.4f -> %.4f (p %.4f)",
                direction, c->better, c->worse, c->same, c->mean_rank_a, c->mean_rank_b,
                c->reciprocal_a, c->reciprocal_b, c->reciprocal.p);
}

static void report_rsum(struct report *report, const struct compared_rsum *r)
{
    const struct interval *d = &r->difference.difference;
    report_number(report, r->a, "rsum.a");
    report_number(report, r->b, "rsum.b");
    report_number(report, d->value, "rsum.difference");
    report_number(report, d->low, "rsum.low");
    report_number(report, d->high, "rsum.high");
    report_number(report, r->difference.p, "rsum.p");
    report_line(report, "rsum: A %.1f, B %.1f, A - B %+.2f [%+.2f, %+.2f], p %.4f", r->a, r->b,
                d->value, d->low, d->high, r->difference.p);
}

static void report_tables(struct report *report, const struct comparison both[2], double level)
{
    static const char *const directions[] = {"i2t", "t2i"};
    char *heading = mem_printf("Recall at k, A minus B with its %.3g %% interval (bootstrap over "
                               "images); won, lost: queries that only B, only A answers; McNemar's "
                               "mid-p",
                               100 * level);
    report_table(report, "recalls", heading, recall_columns, 0);
    for (int d = 0; d < 2; d++)
        for (int t = 0; t < COMPARE_CUTOFFS; t++)
            report_recall(report, directions[d], compare_cutoffs[t], &both[d].at[t]);
    report_table(report, "overlap",
                 "Queries whose truth is not in the first k; overlap: failures of both / of either",
                 overlap_columns, 0);
    for (int d = 0; d < 2; d++)
        for (int t = 0; t < COMPARE_CUTOFFS; t++)
            report_overlap(report, directions[d], compare_cutoffs[t], &both[d].at[t]);
    free(heading);
}

static void report_queries(struct compare_command *o)
{
    struct report *report = &o->a.report;
    size_t I = o->sweeps[0].I;
    char *heading = mem_printf("Queries (%s), the largest change of rank first:",
                               o->queries ? o->queries : "changed");
    report_table(report, "queries", heading, query_columns, (size_t)o->a.top);
    for (size_t k = 0; k < o->row_count; k++) {
        size_t row = o->rows[k];
        const struct sweep_query *a = query_of(o, 0, row), *b = query_of(o, 1, row);
        size_t caption = row < I ? a->truth : row - I;
        report_cell_text(report, analyse_direction(row < I));
        ANALYSE_CELLS(report, row < I ? row : row - I, a->rank + 1, b->rank + 1, a->score,
                      b->score);
        analyse_cell_image(&o->a,
                           row < I ? row : caption_map_image(&o->a.split.data->map, caption));
        analyse_cell_caption(&o->a, caption);
    }
    free(heading);
}

/* ---- the command ---- */

static int compare(struct compare_command *o, struct error *err)
{
    const struct sweep *a = &o->sweeps[0], *b = &o->sweeps[1];
    const struct bootstrap how = {
        .resamples = (size_t)o->a.resamples, .level = o->level, .seed = (uint64_t)o->a.seed};
    struct comparison both[2];
    struct compared_rsum rsum;
    struct report *report = &o->a.report;
    if (compare_queries(a->images, b->images, a->I, NULL, &how, &both[0], err) != 0 ||
        compare_queries(a->captions, b->captions, a->C, a->map, &how, &both[1], err) != 0 ||
        compare_rsums(a, b, &how, &rsum, err) != 0)
        return -1;
    report_title(report, "%s and %s", o->models[0].label, o->models[1].label);
    report_line(report, "A: %s", o->models[0].label);
    report_line(report, "B: %s", o->models[1].label);
    report_string(report, o->models[0].label, "a");
    report_string(report, o->models[1].label, "b");
    report_string(report, o->a.split.data->split, "split");
    report_number(report, (double)how.resamples, "resamples");
    report_number(report, (double)how.seed, "seed");
    report_number(report, how.level, "level");
    report_rsum(report, &rsum);
    report_direction(report, "i2t", &both[0]);
    report_direction(report, "t2i", &both[1]);
    report_tables(report, both, how.level);
    report_queries(o);
    return 0;
}

/* What the words attend to in the true image, with both models. */
static struct analyse_figure figure(const struct analysis *a, size_t k)
{
    const struct compare_command *o = (const struct compare_command *)a;
    size_t row = o->rows[k], I = o->sweeps[0].I;
    const struct sweep_query *with_a = query_of(o, 0, row), *with_b = query_of(o, 1, row);
    return (struct analyse_figure){
        .kind = FIGURE_COMPARE,
        .caption = row < I ? with_a->truth : row - I,
        .image = SIZE_MAX,
        .title = mem_printf("%s %zu: the truth is at rank %zu with A, %zu with B",
                            row < I ? "image" : "caption", row < I ? row : row - I,
                            with_a->rank + 1, with_b->rank + 1)};
}

static int open_row(const struct compare_command *o, struct error *err)
{
    size_t at, I = o->sweeps[0].I;
    if (analyse_row(&o->a, o->row_count, &at, err) != 0)
        return -1;
    for (int side = 0; side < SIDES; side++)
        if (o->count[side] > 1 && !o->a.common.quiet)
            fprintf(stderr,
                    "scanscope analyse compare: the explorer shows only the first model of %s\n",
                    o->models[side].label);
    size_t row = o->rows[at];
    return analyse_explore(&o->a, o->first, SIDES, row < I ? SIZE_MAX : row - I,
                           row < I ? row : SIZE_MAX, err);
}

static int run(struct analysis *a, struct error *err)
{
    struct compare_command *o = (struct compare_command *)a;
    for (int side = 0; side < SIDES; side++)
        if (analyse_open_model(a, o->first[side], o->count[side], &o->models[side], err) != 0)
            return -1;
    for (int side = 0; side < SIDES; side++)
        if (o->labels[side])
            mem_replace(&o->models[side].label, o->labels[side]);
    if (analyse_read_words(a, err) != 0)
        return -1;
    for (int side = 0; side < SIDES; side++) {
        if (analyse_sweep(a, &o->models[side], 0, &o->sweeps[side], err) != 0)
            return -1;
        a->drawn[side] = o->models[side].session;
    }
    list_rows(o);
    a->drawn_count = SIDES;
    a->figure_count = o->row_count;
    return a->open ? open_row(o, err) : compare(o, err);
}

static int check(struct analysis *a, struct error *err)
{
    struct compare_command *o = (struct compare_command *)a;
    if (o->sides.count != SIDES)
        return error_set(err, "give two models, or ensembles: -m A.pth.tar -m B.pth.tar, or "
                              "-m A1,A2 -m B1,B2");
    if (!(o->level > 0 && o->level < 1))
        return error_set(err, "--level is more than 0 and less than 1");
    for (int side = 0; side < SIDES; side++)
        if (!split_side(o, side))
            return error_set(err, "a model's name is empty");
    if (name_sides(o, err) != 0)
        return -1;
    a->csv_table = a->csv ? "queries" : NULL;
    return 0;
}

static void done(struct analysis *a)
{
    struct compare_command *o = (struct compare_command *)a;
    free(o->rows);
    for (int side = 0; side < SIDES; side++) {
        sweep_done(&o->sweeps[side]);
        free(o->labels[side]);
        analyse_model_done(&o->models[side]);
    }
    for (size_t m = 0; m < a->common.models.count; m++)
        free(o->names[m]);
    free(o->names);
    cli_list_done(&o->sides);
}

static const struct analyse_kind kind = {
    .usage = {.command = "analyse compare",
              .synopsis = "-m A[,A2...] -m B[,B2...] -d DIR [options]",
              .about =
                  "Compares two models, or ensembles, on one split: differences of the recalls "
                  "with bootstrap intervals and McNemar's test, the queries won and lost, changes "
                  "of rank, and to what extent both fail at the same queries.",
              .examples =
                  "  scanscope eval -m assets/demo/model.pth.tar -d assets/demo \\\n"
                  "    --save-sims sims.npy\n"
                  "  scanscope analyse compare -m sims.npy -m assets/demo/model.pth.tar \\\n"
                  "    -d assets/demo -k 5\n"},
    .check = check,
    .run = run,
    .figure = figure,
    .done = done,
};

int analyse_compare(int argc, char **argv)
{
    struct compare_command o = {.a = {ANALYSE_DEFAULTS, .top = 20}, .level = 0.95};
    const struct cli_option options[] = {
        {"model", 'm', CLI_LIST, "FILE[,FILE...]",
         "first A, then B: a checkpoint, a matrix (.npy, .npz), or the members of an ensemble",
         &o.sides},
        CLI_MATRIX_OPTION(&o.a.common),
        CLI_DATA_OPTIONS(&o.a.common),
        CLI_NAME_OPTION(&o.a.common),
        CLI_RUN_OPTIONS(&o.a.common),
        CLI_INDEX_FOLDER_OPTION(&o.a.common),
        {"no-index", 0, CLI_SWITCH, NULL, "neither use nor keep image embeddings in a file",
         &o.a.common.no_index},
        ANALYSE_OUT_OPTIONS(&o.a, "20"),
        {"csv", 0, CLI_SWITCH, NULL, "print the queries as CSV", &o.a.csv},
        {"queries", 0, CLI_TEXT, "changed|won|lost|both|all",
         "which to list: those whose rank changed, those that only B (won) or only A (lost) "
         "answers "
         "first, or those that neither does (both) (default: changed)",
         &o.queries},
        {"direction", 0, CLI_TEXT, "i2t|t2i|both", "which queries to list (default: both)",
         &o.direction},
        ANALYSE_BOOTSTRAP_OPTIONS(&o.a),
        {"level", 0, CLI_REAL, "SHARE", "confidence level of the intervals (default: 0.95)",
         &o.level},
        {"open", 0, CLI_SWITCH, NULL,
         "open the explorer with both models side by side, at the first row", &o.a.open},
        {"row", 0, CLI_INT, "N", "with --open: at row N, counted from 1", &o.a.row},
        {0},
    };
    return analyse_main(&kind, options, &o.a, argc, argv);
}
