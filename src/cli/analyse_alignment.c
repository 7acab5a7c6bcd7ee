/* analyse_alignment.c: whether words look at the boxes of what they mean. */
#include "cli/analyse.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/align/alignment.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"

static const char command_name[] = "analyse alignment";

struct alignment_command {
    struct cli_common common;
    struct analyse_out out;
    bool csv;
    const char *truth, *entities, *coco, *measure;
    int resamples, seed;
    double attended;
    enum align_measure shown;  /* --measure */
    struct session **sessions; /* one a model */
    struct alignment *alignments;
    size_t count;               /* of them */
    struct grounding grounding; /* of the last model opened: all have the same split */
    struct report report;
    struct analyse_pictures pictures;
};

/* ---- the annotation ----------------------------------------------------------------------------
 */

/* FOLDER/SPLIT_truth.json of drawn scenes where no annotation is named. */
static char *own_truth(const struct alignment_command *o, const struct dataset *data)
{
    char *name = mem_printf("%s_truth.json", data->split);
    char *path = o->common.data ? file_join(o->common.data, name) : NULL;
    free(name);
    if (path && file_exists(path))
        return path;
    free(path);
    return NULL;
}

static int read_grounding(struct alignment_command *o, const struct session *s, struct error *err)
{
    grounding_done(&o->grounding);
    if (o->coco)
        return grounding_read_coco(o->coco, s->data, s->compat, &o->grounding, err);
    if (o->entities)
        return grounding_read_entities(o->entities, s->data, s->compat, &o->grounding, err);
    char *path = o->truth ? mem_strdup(o->truth) : own_truth(o, s->data);
    if (!path)
        return error_set(err, "no boxes of phrases are known: give --entities DIR (Flickr30K "
                              "Entities), --coco FILE (instances_*.json) or --truth FILE (drawn "
                              "scenes)");
    int status = grounding_read_truth(path, s->data, &o->grounding, err);
    free(path);
    return status;
}

/* ---- measuring ---------------------------------------------------------------------------------
 */

static int measure_model(struct alignment_command *o, size_t model, struct error *err)
{
    struct session_spec spec;
    struct progress_line line;
    const struct align_options options = {
        .attended = o->attended,
        .bootstrap = {.resamples = (size_t)o->resamples, .seed = (uint64_t)o->seed}};
    if (cli_session_spec(&o->common, model, &spec, err) != 0 ||
        cli_session_open(&o->common, &spec, &o->sessions[model], err) != 0)
        return -1;
    const struct session *s = o->sessions[model];
    if (s->C == 0 || s->data->per_image == 0)
        return error_set(err, "there are no captions: give them with --captions FILE");
    if (read_grounding(o, s, err) != 0)
        return -1;
    progress_line_start(&line, "attention", o->common.quiet);
    int status =
        alignment_measure(s, &o->grounding, &options, &line.progress, &o->alignments[model], err);
    progress_line_end(&line);
    o->count += status == 0;
    return status;
}

/* ---- report ------------------------------------------------------------------------------------
 */

static const struct report_column class_columns[] = {
    {"words", REPORT_TEXT, 0, false},    {"measure", REPORT_TEXT, 0, false},
    {"value", REPORT_REAL, 3, false},    {"low", REPORT_REAL, 3, false},
    {"high", REPORT_REAL, 3, false},     {"uniform", REPORT_REAL, 3, false},
    {"shuffled", REPORT_REAL, 3, false}, {"bound", REPORT_REAL, 3, false},
    {NULL, REPORT_TEXT, 0, false},
};

static const struct report_column group_columns[] = {
    {"group", REPORT_TEXT, 0, false},    {"words", REPORT_COUNT, 0, false},
    {"value", REPORT_REAL, 3, false},    {"low", REPORT_REAL, 3, false},
    {"high", REPORT_REAL, 3, false},     {"uniform", REPORT_REAL, 3, false},
    {"shuffled", REPORT_REAL, 3, false}, {"bound", REPORT_REAL, 3, false},
    {NULL, REPORT_TEXT, 0, false},
};

/* Everything, for programs. */
static const struct report_column row_columns[] = {
    {"model", REPORT_TEXT, 0, false},    {"level", REPORT_TEXT, 0, false},
    {"group", REPORT_TEXT, 0, false},    {"words", REPORT_COUNT, 0, false},
    {"images", REPORT_COUNT, 0, false},  {"measure", REPORT_TEXT, 0, false},
    {"value", REPORT_REAL, 3, false},    {"low", REPORT_REAL, 3, false},
    {"high", REPORT_REAL, 3, false},     {"uniform", REPORT_REAL, 3, false},
    {"shuffled", REPORT_REAL, 3, false}, {"bound", REPORT_REAL, 3, false},
    {NULL, REPORT_TEXT, 0, false},
};

static const struct report_column curve_columns[] = {
    {"threshold", REPORT_REAL, 2, false},
    {"precision", REPORT_REAL, 3, false},
    {"recall", REPORT_REAL, 3, false},
    {NULL, REPORT_TEXT, 0, false},
};

static const struct report_column worst_columns[] = {
    {"mass", REPORT_REAL, 3, false},   {"bound", REPORT_REAL, 3, false},
    {"nouns", REPORT_COUNT, 0, false}, {"query", REPORT_COUNT, 0, false},
    {"image", REPORT_TEXT, 0, false},  {"caption", REPORT_TEXT, 0, false},
    {NULL, REPORT_TEXT, 0, false},
};

static void report_figures(struct report *report, const struct align_row *row, int m)
{
    report_cell_number(report, row->model[m].value);
    report_cell_number(report, row->model[m].low);
    report_cell_number(report, row->model[m].high);
    report_cell_number(report, row->uniform[m]);
    report_cell_number(report, row->shuffled[m]);
    report_cell_number(report, row->bound[m]);
}

/* "NAME" of the first model, "NAME.2" of the second: keys of tables are distinct. */
static void begin_table(struct alignment_command *o, size_t model, const char *key,
                        const char *heading, const struct report_column *columns, size_t shown)
{
    char *own = model ? mem_printf("%s.%zu", key, model + 1) : mem_strdup(key);
    report_table(&o->report, own, heading, columns, shown);
    free(own);
}

static void report_classes(struct alignment_command *o, size_t model)
{
    const struct alignment *a = &o->alignments[model];
    begin_table(o, model, "classes",
                "Words of annotated phrases, with 95 % intervals (bootstrap over images); what "
                "uniform attention and the other words' attention reach, and the best that these "
                "regions allow",
                class_columns, 0);
    for (size_t r = 0; r < a->row_count && a->rows[r].level == ALIGN_BY_CLASS; r++)
        for (int m = 0; m < ALIGN_MEASURES; m++) {
            char *group = mem_printf("%zu %s", a->rows[r].words, a->rows[r].group);
            report_cell_text(&o->report, m == 0 ? group : "");
            report_cell_text(&o->report, align_names[m]);
            report_figures(&o->report, &a->rows[r], m);
            free(group);
        }
}

static void report_groups(struct alignment_command *o, size_t model, enum align_level level,
                          const char *key, const char *what)
{
    const struct alignment *a = &o->alignments[model];
    char *heading = mem_printf("%s, %s:", what, align_names[o->shown]);
    begin_table(o, model, key, heading, group_columns, (size_t)o->out.top);
    for (size_t r = 0; r < a->row_count; r++) {
        if (a->rows[r].level != level)
            continue;
        report_cell_text(&o->report, a->rows[r].group);
        report_cell_index(&o->report, a->rows[r].words);
        report_figures(&o->report, &a->rows[r], (int)o->shown);
    }
    free(heading);
}

static void report_curve(struct alignment_command *o, size_t model)
{
    const struct align_curve *c = &o->alignments[model].curve;
    char *heading = mem_printf("Attention of all nouns together above a threshold, in uniform "
                               "weights; average precision %.3f, without sense %.3f, at most %.0f",
                               c->ap, c->uniform, c->bound);
    begin_table(o, model, "curve", heading, curve_columns, 0);
    for (int t = 0; t < ALIGN_THRESHOLDS; t++) {
        report_cell_number(&o->report, c->threshold[t]);
        report_cell_number(&o->report, c->precision[t]);
        report_cell_number(&o->report, c->recall[t]);
    }
    free(heading);
}

static void report_worst(struct alignment_command *o, size_t model)
{
    const struct alignment *a = &o->alignments[model];
    const struct dataset *data = o->sessions[model]->data;
    begin_table(o, model, "worst",
                "Captions whose nouns look furthest from their boxes (mass inside, and the most "
                "possible):",
                worst_columns, (size_t)o->out.top);
    for (size_t k = 0; k < a->worst_count; k++) {
        const struct align_caption *c = &a->worst[k];
        report_cell_number(&o->report, c->mass);
        report_cell_number(&o->report, c->bound);
        report_cell_index(&o->report, c->nouns);
        report_cell_index(&o->report, c->caption);
        report_cell_text(&o->report, data->id[c->caption / data->per_image]);
        report_cell_text(&o->report, data->caption ? data->caption[c->caption] : NULL);
    }
}

static void report_rows(struct alignment_command *o)
{
    report_table(&o->report, "rows", "All figures", row_columns, 0);
    for (size_t model = 0; model < o->count; model++) {
        const struct alignment *a = &o->alignments[model];
        for (size_t r = 0; r < a->row_count; r++)
            for (int m = 0; m < ALIGN_MEASURES; m++) {
                report_cell_text(&o->report, o->common.models.items[model]);
                report_cell_text(&o->report, align_level_names[a->rows[r].level]);
                report_cell_text(&o->report, a->rows[r].group);
                report_cell_index(&o->report, a->rows[r].words);
                report_cell_index(&o->report, a->rows[r].images);
                report_cell_text(&o->report, align_keys[m]);
                report_figures(&o->report, &a->rows[r], m);
            }
    }
}

static void report_model(struct alignment_command *o, size_t model)
{
    const struct alignment *a = &o->alignments[model];
    const char *name = o->common.models.items[model];
    char *key = mem_printf("models.%zu.", model + 1), text[64];
    const struct {
        const char *name;
        double value;
    } values[] = {{"regions", (double)a->regions},     {"captions", (double)a->captions},
                  {"phrases", (double)a->phrases},     {"curve_ap", a->curve.ap},
                  {"curve_uniform", a->curve.uniform}, {"curve_bound", a->curve.bound}};
    report_line(&o->report, "%s (%s): %zu phrases with boxes in %zu captions, %zu regions an image",
                name, a->t2i ? "t2i" : "i2t", a->phrases, a->captions, a->regions);
    snprintf(text, sizeof text, "%sname", key);
    report_string(&o->report, text, name);
    snprintf(text, sizeof text, "%sattention", key);
    report_string(&o->report, text, a->t2i ? "t2i" : "i2t");
    for (size_t v = 0; v < COUNTOF(values); v++) {
        snprintf(text, sizeof text, "%s%s", key, values[v].name);
        report_number(&o->report, text, values[v].value);
    }
    free(key);
    report_classes(o, model);
    report_groups(o, model, ALIGN_BY_CATEGORY, "categories", "Nouns by category");
    report_groups(o, model, ALIGN_BY_WORD, "words", "Nouns");
    report_curve(o, model);
    report_worst(o, model);
}

static void report_annotation(struct alignment_command *o)
{
    const struct grounding *g = &o->grounding;
    report_title(&o->report, "Attention against boxes");
    report_number(&o->report, "resamples", o->resamples);
    report_number(&o->report, "seed", o->seed);
    report_number(&o->report, "attended", o->attended);
    report_number(&o->report, "annotation.phrases", (double)g->phrase_count);
    report_number(&o->report, "annotation.without_boxes", (double)g->without_boxes);
    report_number(&o->report, "annotation.outside", (double)g->outside);
    report_number(&o->report, "annotation.missing", (double)g->missing);
    if (g->without_boxes + g->outside + g->missing > 0)
        report_line(&o->report,
                    "Passed over: %zu phrases without a box, %zu boxes outside their picture or "
                    "without area, %zu images without annotation",
                    g->without_boxes, g->outside, g->missing);
}

static void build_report(struct alignment_command *o)
{
    report_annotation(o);
    for (size_t model = 0; model < o->count; model++)
        report_model(o, model);
    if (o->csv || o->out.json)
        report_rows(o);
}

/* ---- the command -------------------------------------------------------------------------------
 */

/* What the words of the worst captions look at, with the first model. */
static int draw(struct alignment_command *o, struct error *err)
{
    const struct alignment *a = &o->alignments[0];
    const struct session *const sessions[] = {o->sessions[0]};
    size_t count =
        a->worst_count < (size_t)o->out.figures ? a->worst_count : (size_t)o->out.figures;
    struct analyse_figure *figures = mem_new(count, sizeof *figures);
    for (size_t k = 0; k < count; k++)
        figures[k] = (struct analyse_figure){
            .kind = FIGURE_WORDS,
            .caption = a->worst[k].caption,
            .image = SIZE_MAX,
            .title = mem_printf("caption %zu: %.3f of its nouns' attention inside, %.3f possible",
                                a->worst[k].caption, a->worst[k].mass, a->worst[k].bound)};
    int status = analyse_draw(sessions, 1, figures, count, &o->pictures, &o->report, err);
    for (size_t k = 0; k < count; k++)
        free(figures[k].title);
    free(figures);
    return status;
}

static int run(struct alignment_command *o, struct error *err)
{
    size_t models = o->common.models.count;
    o->sessions = mem_new(models, sizeof *o->sessions);
    o->alignments = mem_new(models, sizeof *o->alignments);
    for (size_t m = 0; m < models; m++)
        if (measure_model(o, m, err) != 0)
            return -1;
    build_report(o);
    if (o->csv)
        report_print_csv(&o->report, "rows");
    else
        (o->out.json ? report_print_json : report_print_text)(&o->report);
    if (!o->out.html)
        return 0;
    return draw(o, err) == 0 ? report_save_html(&o->report, o->out.html, err) : -1;
}

static bool usage_is_right(struct alignment_command *o, int *status_out)
{
    int measure = o->measure ? align_find(o->measure) : ALIGN_POINTING;
    const char *wrong = NULL;
    if (o->common.models.count == 0)
        wrong = "give a model with -m FILE";
    else if ((o->truth != NULL) + (o->entities != NULL) + (o->coco != NULL) > 1)
        wrong = "give one of --truth, --entities and --coco";
    else if (o->csv && o->out.json)
        wrong = "give one of --csv and --json";
    else if (measure < 0)
        wrong =
            "--measure takes pointing, mass, recall_1, recall_5, recall_10, ap, precision, recall "
            "or f1";
    else if (o->resamples < 1 || o->seed < 1)
        wrong = "--resamples and --seed are at least 1";
    else if (!(o->attended > 0 && isfinite(o->attended)))
        wrong = "--attended is a number above 0";
    if (wrong)
        *status_out = cli_usage_error(command_name, "%s", wrong);
    o->shown = (enum align_measure)measure;
    return !wrong;
}

static void command_done(struct alignment_command *o)
{
    analyse_pictures_done(&o->pictures);
    report_done(&o->report);
    grounding_done(&o->grounding);
    for (size_t m = 0; o->alignments && m < o->common.models.count; m++) {
        alignment_done(&o->alignments[m]);
        session_free(o->sessions[m]);
    }
    free(o->alignments);
    free(o->sessions);
    cli_common_done(&o->common);
}

int analyse_alignment(int argc, char **argv)
{
    struct alignment_command o = {
        .out = {.top = 10, .figures = 6}, .resamples = 2000, .seed = 1, .attended = 1};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.common),
        {"entities", 0, CLI_TEXT, "DIR",
         "Flickr30K Entities: folder with Sentences and Annotations", &o.entities},
        {"coco", 0, CLI_TEXT, "FILE", "COCO's instances_*.json", &o.coco},
        {"truth", 0, CLI_TEXT, "FILE",
         "truth of drawn scenes (default: the folder's SPLIT_truth.json)", &o.truth},
        {"measure", 0, CLI_TEXT, "NAME",
         "what the tables of categories and words show: pointing, mass, recall_1, recall_5, "
         "recall_10, ap, precision, recall or f1 (default: pointing)",
         &o.measure},
        {"attended", 0, CLI_REAL, "X",
         "a region is attended from X times the uniform weight (default: 1)", &o.attended},
        ANALYSE_OUT_OPTIONS(&o.out, "10"),
        {"csv", 0, CLI_SWITCH, NULL, "print all figures as CSV", &o.csv},
        {"resamples", 0, CLI_INT, "N", "of the bootstrap (default: 2000)", &o.resamples},
        {"seed", 0, CLI_INT, "N", "of the bootstrap (default: 1)", &o.seed},
        {0},
    };
    const struct cli_usage usage = {
        .command = command_name,
        .synopsis = "-m MODEL -d DIR [-s SPLIT] [options]",
        .about =
            "Measures whether the words of a caption look at what they mean, where boxes of "
            "phrases are known: pointing game, share of the attention inside the boxes, recalls "
            "and average precision of the regions, attention precision, recall and F1; for "
            "nouns, other words of the phrases and function words, by category and by word. "
            "Beside each figure stand its interval, what attention without sense reaches, and "
            "the best that the given regions allow.",
        .examples = "  scanscope analyse alignment -m assets/demo/model.pth.tar -d assets/demo "
                    "-k 5\n",
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
