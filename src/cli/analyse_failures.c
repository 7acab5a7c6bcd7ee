/* analyse_failures.c: every query of a split with what became of its truth. */
#include "cli/analyse.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/failures.h"
#include "base/interrupt.h"
#include "base/mem.h"

static const char command_name[] = "analyse failures";

struct failures_command {
    struct cli_common common;
    struct analyse_out out;
    const char *where, *sort, *group, *direction, *counts;
    bool reverse, csv;
    int least, row;
    /* the answer */
    struct where *condition;
    struct analyse_split split;
    struct analyse_model model;
    struct sweep sweep;
    struct failures failures;
    size_t *order, count;
    struct report report;
    struct analyse_pictures pictures;
};

/* ---- rows -------------------------------------------------------------------------------------
 */

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

/* The words of a caption that the vocabulary lacks, the caller's to free. */
static char *unknown_words(const struct lexicon *lexicon, size_t caption)
{
    struct str text = {0};
    for (size_t w = lexicon->starts[caption]; w < lexicon->starts[caption + 1]; w++)
        if (lexicon->unknown[lexicon->words[w]])
            str_addf(&text, "%s%s", text.length ? " " : "", lexicon->text[lexicon->words[w]]);
    return str_take(&text);
}

/* What was answered in the truth's place: an image's id, or a caption. */
static char *wrong_answer(const struct failures_command *o, const struct failure *row)
{
    if (row->wrong == SIZE_MAX)
        return NULL;
    return row->image ? analyse_caption(&o->split, row->wrong)
                      : mem_strdup(o->split.data->id[row->wrong]);
}

static void report_row(struct failures_command *o, const struct failure *row)
{
    struct report *report = &o->report;
    char *wrong = wrong_answer(o, row);
    char *unknown =
        row->caption == SIZE_MAX ? mem_strdup("") : unknown_words(&o->split.lexicon, row->caption);
    report_cell_text(report, row->image ? "i2t" : "t2i");
    report_cell_index(report, row->query);
    report_cell_index(report, row->rank);
    report_cell_number(report, row->score);
    report_cell_number(report, row->margin);
    report_cell_index(report, row->length);
    report_cell_index(report, row->unknown);
    report_cell_index(report, row->frequency);
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
    report_table(&o->report, "rows", heading, row_columns, (size_t)o->out.top);
    for (size_t k = 0; k < o->count; k++)
        report_row(o, &o->failures.rows[o->order[k]]);
    free(heading);
}

/* ---- groups -----------------------------------------------------------------------------------
 */

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
    report_table(&o->report, "groups", heading, group_columns, (size_t)o->out.top);
    for (size_t g = 0; g < count; g++) {
        report_cell_text(&o->report, groups[g].image ? "i2t" : "t2i");
        report_cell_index(&o->report, groups[g].count);
        report_cell_number(&o->report, groups[g].r1);
        report_cell_number(&o->report, groups[g].r5);
        report_cell_number(&o->report, groups[g].r10);
        report_cell_number(&o->report, groups[g].median_rank);
        report_cell_number(&o->report, groups[g].mean_margin);
        report_cell_text(&o->report, groups[g].name);
    }
    failures_groups_free(groups, count);
    free(heading);
}

/* ---- the command ------------------------------------------------------------------------------
 */

static int draw(struct failures_command *o, struct error *err)
{
    size_t count = o->count < (size_t)o->out.figures ? o->count : (size_t)o->out.figures;
    struct analyse_figure *figures = mem_new(count, sizeof *figures);
    for (size_t k = 0; k < count; k++) {
        const struct failure *row = &o->failures.rows[o->order[k]];
        figures[k] = (struct analyse_figure){.kind = row->image ? FIGURE_CAPTIONS : FIGURE_FAILURES,
                                             .caption = row->caption,
                                             .image = row->image ? row->query : SIZE_MAX,
                                             .title = mem_printf("%s %zu: the truth is at rank %zu",
                                                                 row->image ? "image" : "caption",
                                                                 row->query, row->rank)};
    }
    int status = analyse_draw(&o->model.session, 1, figures, count, &o->pictures, &o->report, err);
    for (size_t k = 0; k < count; k++)
        free(figures[k].title);
    free(figures);
    return status;
}

static int print(struct failures_command *o, struct error *err)
{
    if (o->csv)
        report_print_csv(&o->report, o->group ? "groups" : "rows");
    else
        (o->out.json ? report_print_json : report_print_text)(&o->report);
    if (!o->out.html)
        return 0;
    return draw(o, err) == 0 ? report_save_html(&o->report, o->out.html, err) : -1;
}

static int open_row(const struct failures_command *o, struct error *err)
{
    size_t at = o->row ? (size_t)o->row - 1 : 0;
    if (at >= o->count)
        return error_set(err, "--open: there is no row %zu: %zu queries are listed", at + 1,
                         o->count);
    const struct failure *row = &o->failures.rows[o->order[at]];
    const size_t first = 0;
    return analyse_explore(&o->common, &first, 1, row->image ? SIZE_MAX : row->query,
                           row->image ? row->query : SIZE_MAX, err);
}

static int find_failures(struct failures_command *o, struct error *err)
{
    if (analyse_open_model(&o->common, 0, o->common.models.count, &o->split, &o->model, err) != 0 ||
        analyse_read_words(&o->split, o->counts, err) != 0 ||
        analyse_sweep(&o->common, &o->model, 1, &o->sweep, err) != 0)
        return -1;
    bool i2t = !o->direction || strcmp(o->direction, "t2i") != 0;
    bool t2i = !o->direction || strcmp(o->direction, "i2t") != 0;
    failures_build(&o->sweep, o->split.data, &o->split.lexicon, i2t, t2i, &o->failures);
    o->count = failures_select(&o->failures, o->condition,
                               (enum failure_field)where_field_named(failures_fields, o->sort),
                               o->reverse, &o->order);
    return 0;
}

static int run(struct failures_command *o, struct error *err)
{
    if (find_failures(o, err) != 0)
        return -1;
    if (o->out.open)
        return open_row(o, err);
    report_title(&o->report, "Failures of %s", o->model.label);
    report_string(&o->report, "model", o->model.label);
    report_string(&o->report, "split", o->split.data->split);
    analyse_report_recalls(&o->report, "", &o->sweep);
    report_number(&o->report, "selected", (double)o->count);
    report_line(&o->report, "%zu of %zu queries selected", o->count, o->failures.count);
    (o->group ? report_groups : report_rows)(o);
    return print(o, err);
}

static bool usage_is_right(struct failures_command *o, int *status_out)
{
    struct error err;
    const char *wrong = NULL;
    if (o->csv && o->out.json)
        wrong = "give one of --csv and --json";
    else if (o->row && !o->out.open)
        wrong = "--row goes with --open";
    else if (o->where && where_parse(o->where, failures_fields, &o->condition, &err) != 0)
        return *status_out = cli_usage_error(command_name, "--where, %s", err.text), false;
    if (!wrong && where_field_named(failures_fields, o->sort) < 0) {
        char *names = where_field_names(failures_fields);
        error_set(&err, "--sort takes %s, not '%s'", names, o->sort);
        free(names);
        wrong = err.text;
    }
    if (wrong)
        *status_out = cli_usage_error(command_name, "%s", wrong);
    return !wrong;
}

static void command_done(struct failures_command *o)
{
    analyse_pictures_done(&o->pictures);
    report_done(&o->report);
    free(o->order);
    failures_done(&o->failures);
    sweep_done(&o->sweep);
    analyse_split_done(&o->split);
    analyse_model_done(&o->model);
    where_free(o->condition);
    cli_common_done(&o->common);
}

int analyse_failures(int argc, char **argv)
{
    struct failures_command o = {.out = {.top = 20, .figures = 6}, .sort = "rank"};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.common),
        ANALYSE_OUT_OPTIONS(&o.out, "20"),
        {"csv", 0, CLI_SWITCH, NULL, "print CSV", &o.csv},
        {"direction", 0, CLI_TEXT, "i2t|t2i|both",
         "images that ask for captions, captions that ask for images (default: both)",
         &o.direction},
        {"where", 0, CLI_TEXT, "CONDITION",
         "only queries of which that is true, as 'rank > 10 and words ~ \"red\"'", &o.where},
        {"sort", 0, CLI_TEXT, "FIELD", "the worst in that field first (default: rank)", &o.sort},
        {"reverse", 0, CLI_SWITCH, NULL, "the best first", &o.reverse},
        {"group", 0, CLI_TEXT, "word|length|frequency|unknown",
         "recalls of groups of queries in place of the queries", &o.group},
        {"min", 0, CLI_INT, "N", "groups of at least N queries (default: 5 for words, else 1)",
         &o.least},
        {"counts", 0, CLI_TEXT, "FILE",
         "captions in which words are counted for the frequency (default: the folder's "
         "train_caps.txt; without one, the split's own)",
         &o.counts},
        {"open", 0, CLI_SWITCH, NULL, "open the explorer at the first row", &o.out.open},
        {"row", 0, CLI_INT, "N", "open: at row N, counted from 1", &o.row},
        {0},
    };
    const struct cli_usage usage = {
        .command = command_name,
        .synopsis = "-m MODEL [-m MODEL ...] -d DIR [options]",
        .about = "Lists every query of a split with the rank and score of its truth, the margin to "
                 "the best wrong answer, its length, its unknown words, and how often its rarest "
                 "word was met. A caption asks for its image, an image for the best of its "
                 "captions: the words of that one are the row's. Several models make an ensemble, "
                 "as in eval; a .npy matrix of similarities may stand in place of a model.",
        .examples =
            "  scanscope analyse failures -m assets/demo/model.pth.tar -d assets/demo -k 5 \\\n"
            "    --where 'rank > 3 and words ~ \"red\"' --sort margin\n"
            "  scanscope analyse failures -m assets/demo/model.pth.tar -d assets/demo \\\n"
            "    --direction t2i --group word\n",
        .options = options,
    };
    struct error err;
    int status;
    if (cli_parse(&usage, argc, argv, NULL, &status) && usage_is_right(&o, &status)) {
        interrupt_catch();
        status = run(&o, &err) == 0 ? EXIT_DONE : cli_fail(command_name, &err);
    }
    command_done(&o);
    return status;
}
