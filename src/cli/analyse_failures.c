/* analyse_failures.c: every query of a split with the rank of its truth. */
#include "cli/analyse.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/failures.h"
#include "base/mem.h"

struct failures_command {
    struct analysis a;
    const char *where, *sort, *group, *direction;
    bool reverse;
    int least;
    /* the result */
    struct where *condition;
    struct analyse_model model;
    struct sweep sweep;
    struct failures failures;
    size_t *order, count; /* numbers of the rows selected, sorted */
};

/* ---- rows ---- */

static const struct report_column row_columns[] = {
    {"direction", REPORT_TEXT, 0, false},    {"query", REPORT_COUNT, 0, false},
    {"rank", REPORT_COUNT, 0, false},        {"score", REPORT_REAL, 4, false},
    {"margin", REPORT_REAL, 4, false},       {"length", REPORT_COUNT, 0, false},
    {"unknown", REPORT_COUNT, 0, false},     {"frequency", REPORT_COUNT, 0, true},
    {"unknown_words", REPORT_TEXT, 0, true}, {"image", REPORT_TEXT, 0, false},
    {"wrong", REPORT_COUNT, 0, true},        {"wrong_score", REPORT_REAL, 4, true},
    {"wrong_answer", REPORT_TEXT, 0, false}, {"caption", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

/* The words of a caption that are not in the vocabulary; the caller's to free. NULL if none. */
static char *unknown_words(const struct lexicon *lexicon, size_t caption)
{
    struct str text = {0};
    for (size_t w = lexicon->starts[caption]; w < lexicon->starts[caption + 1]; w++)
        if (lexicon->unknown[lexicon->words[w]])
            str_addf(&text, "%s%s", text.length ? " " : "", lexicon->text[lexicon->words[w]]);
    return str_take(&text);
}

/* What was answered instead of the truth: an image's id, or a caption; the caller's to free. */
static char *wrong_answer(const struct failures_command *o, const struct failure *row)
{
    if (row->wrong == SIZE_MAX)
        return NULL;
    return row->image ? analyse_caption(&o->a, row->wrong)
                      : mem_strdup(o->a.split.data->id[row->wrong]);
}

static void report_row(struct failures_command *o, const struct failure *row)
{
    struct report *report = &o->a.report;
    const struct lexicon *lexicon = &o->a.split.lexicon;
    char *wrong = wrong_answer(o, row);
    char *unknown =
        row->caption == SIZE_MAX ? mem_strdup("") : unknown_words(lexicon, row->caption);
    report_cell_text(report, analyse_direction(row->image));
    ANALYSE_CELLS(report, row->query, row->rank, row->score, row->margin, row->length, row->unknown,
                  row->frequency);
    report_cell_text(report, unknown);
    report_cell_text(report, row->id);
    report_cell_index(report, row->wrong);
    report_cell_number(report, row->wrong_score);
    report_cell_text(report, wrong);
    report_cell_text(report, row->text ? row->text : "");
    free(wrong);
    free(unknown);
}

static void report_rows(struct failures_command *o)
{
    char *heading = mem_printf("Queries%s%s, by %s:", o->where ? " where " : "",
                               o->where ? o->where : "", o->sort);
    report_table(&o->a.report, "rows", heading, row_columns, (size_t)o->a.top);
    for (size_t k = 0; k < o->count; k++)
        report_row(o, &o->failures.rows[o->order[k]]);
    free(heading);
}

/* ---- groups ---- */

static const char *const group_names[FAILURE_GROUPS] = {"word", "length", "frequency", "unknown"};

static const struct report_column group_columns[] = {
    {"direction", REPORT_TEXT, 0, false},   {"queries", REPORT_COUNT, 0, false},
    {"r1", REPORT_REAL, 1, false},          {"r5", REPORT_REAL, 1, false},
    {"r10", REPORT_REAL, 1, false},         {"median_rank", REPORT_REAL, 1, false},
    {"mean_margin", REPORT_REAL, 4, false}, {"group", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

static void report_groups(struct failures_command *o)
{
    enum failure_group by = GROUP_WORD;
    while (strcmp(group_names[by], o->group) != 0)
        by++;
    struct query_group *groups;
    size_t least = o->least ? (size_t)o->least : by == GROUP_WORD ? 5 : 1;
    size_t count = failures_group(&o->failures, o->order, o->count, by, least, &groups);
    char *heading = mem_printf("By %s (groups of at least %zu):", o->group, least);
    report_table(&o->a.report, "groups", heading, group_columns, (size_t)o->a.top);
    for (size_t g = 0; g < count; g++) {
        const struct query_group *group = &groups[g];
        report_cell_text(&o->a.report, analyse_direction(group->image));
        ANALYSE_CELLS(&o->a.report, group->count, group->r1, group->r5, group->r10,
                      group->median_rank, group->mean_margin);
        report_cell_text(&o->a.report, group->name);
    }
    failures_groups_free(groups, count);
    free(heading);
}

/* ---- the command ---- */

static struct analyse_figure figure(const struct analysis *a, size_t k)
{
    const struct failures_command *o = (const struct failures_command *)a;
    const struct failure *row = &o->failures.rows[o->order[k]];
    return (struct analyse_figure){.kind = row->image ? FIGURE_CAPTIONS : FIGURE_FAILURES,
                                   .caption = row->caption,
                                   .image = row->image ? row->query : SIZE_MAX,
                                   .title = mem_printf("%s %zu: the truth is at rank %zu",
                                                       row->image ? "image" : "caption", row->query,
                                                       row->rank)};
}

static int find_failures(struct failures_command *o, struct error *err)
{
    if (analyse_open_model(&o->a, 0, o->a.common.models.count, &o->model, err) != 0 ||
        analyse_read_words(&o->a, err) != 0 ||
        analyse_sweep(&o->a, &o->model, 1, &o->sweep, err) != 0)
        return -1;
    bool i2t = !o->direction || strcmp(o->direction, "t2i") != 0;
    bool t2i = !o->direction || strcmp(o->direction, "i2t") != 0;
    failures_build(&o->sweep, o->a.split.data, &o->a.split.lexicon, i2t, t2i, &o->failures);
    o->count = failures_select(&o->failures, o->condition,
                               (enum failure_field)where_field_named(failures_fields, o->sort),
                               o->reverse, &o->order);
    return 0;
}

static int open_row(const struct failures_command *o, struct error *err)
{
    size_t at;
    if (analyse_row(&o->a, o->count, &at, err) != 0)
        return -1;
    const struct failure *row = &o->failures.rows[o->order[at]];
    return analyse_explore(&o->a, (const size_t[]){0}, 1, row->image ? SIZE_MAX : row->query,
                           row->image ? row->query : SIZE_MAX, err);
}

static int run(struct analysis *a, struct error *err)
{
    struct failures_command *o = (struct failures_command *)a;
    if (find_failures(o, err) != 0)
        return -1;
    if (a->open)
        return open_row(o, err);
    analyse_report_model(a, "Failures", &o->model);
    analyse_report_recalls(&a->report, &o->sweep);
    report_number(&a->report, (double)o->count, "selected");
    report_line(&a->report, "%zu of %zu queries selected", o->count, o->failures.count);
    (o->group ? report_groups : report_rows)(o);
    a->figure_count = o->count;
    a->drawn[0] = o->model.session;
    a->drawn_count = 1;
    return 0;
}

static int check(struct analysis *a, struct error *err)
{
    struct failures_command *o = (struct failures_command *)a;
    struct error why;
    if (o->where && where_parse(o->where, failures_fields, &o->condition, &why) != 0)
        return error_set(err, "--where, %s", why.text);
    if (where_field_named(failures_fields, o->sort) < 0) {
        char *names = where_field_names(failures_fields);
        error_set(err, "--sort takes %s, not '%s'", names, o->sort);
        free(names);
        return -1;
    }
    if (a->csv)
        a->csv_table = o->group ? "groups" : "rows";
    return 0;
}

static void done(struct analysis *a)
{
    struct failures_command *o = (struct failures_command *)a;
    free(o->order);
    failures_done(&o->failures);
    sweep_done(&o->sweep);
    analyse_model_done(&o->model);
    where_free(o->condition);
}

static const struct analyse_kind kind = {
    .usage =
        {.command = "analyse failures",
         .synopsis = "-m MODEL [-m MODEL ...] -d DIR [options]",
         .about =
             "Lists every query of a split with the rank and score of its truth, the margin to "
             "the best wrong answer, its length, its unknown words, and how often its rarest "
             "word occurs. A caption searches for its image, an image for the best of its "
             "captions; that caption's words are the row's. Several models make an ensemble, "
             "as in eval; a matrix of similarities (.npy, .npz) may replace a model.",
         .examples =
             "  scanscope analyse failures -m assets/demo/model.pth.tar -d assets/demo -k 5 \\\n"
             "    --where 'rank > 3 and words ~ \"red\"' --sort margin\n"
             "  scanscope analyse failures -m assets/demo/model.pth.tar -d assets/demo \\\n"
             "    --direction t2i --group word\n"},
    .check = check,
    .run = run,
    .figure = figure,
    .done = done,
};

int analyse_failures(int argc, char **argv)
{
    struct failures_command o = {.a = {ANALYSE_DEFAULTS, .top = 20}, .sort = "rank"};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.a.common),
        CLI_NAME_OPTION(&o.a.common),
        ANALYSE_OUT_OPTIONS(&o.a, "20"),
        {"csv", 0, CLI_SWITCH, NULL, "print CSV", &o.a.csv},
        {"direction", 0, CLI_TEXT, "i2t|t2i|both",
         "queries: images that search for captions, or captions that search for images (default: "
         "both)",
         &o.direction},
        {"where", 0, CLI_TEXT, "CONDITION",
         "only queries for which it is true, such as 'rank > 10 and words ~ \"red\"'", &o.where},
        {"sort", 0, CLI_TEXT, "FIELD", "the worst in this field first (default: rank)", &o.sort},
        {"reverse", 0, CLI_SWITCH, NULL, "the best first", &o.reverse},
        {"group", 0, CLI_TEXT, "word|length|frequency|unknown",
         "recalls of groups of queries instead of the queries", &o.group},
        {"min", 0, CLI_INT, "N", "groups of at least N queries (default: 5 for words, else 1)",
         &o.least},
        ANALYSE_COUNTS_OPTION(&o.a),
        {"open", 0, CLI_SWITCH, NULL, "open the explorer at the first row", &o.a.open},
        {"row", 0, CLI_INT, "N", "with --open: at row N, counted from 1", &o.a.row},
        {0},
    };
    return analyse_main(&kind, options, &o.a, argc, argv);
}
