/* analyse_alignment.c: whether words attend to the boxes of what they mean. */
#include "cli/analyse.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/align/alignment.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/kind.h"

struct alignment_command {
    struct analysis a;
    const char *truth, *entities, *coco, *measure;
    double attended;
    enum align_measure shown; /* --measure */
    /* the result */
    struct session **sessions; /* one per model */
    struct alignment *alignments;
    size_t count;               /* of them measured */
    struct grounding grounding; /* of the last model opened: all have the same split */
};

/* ---- the annotation ---- */

/* FOLDER/SPLIT_truth.json of drawn scenes, for when no annotation is given. NULL if absent. */
static char *own_truth(const struct alignment_command *o, const struct dataset *data)
{
    char *name = mem_printf("%s_truth.json", data->split);
    char *path = o->a.common.data ? file_join(o->a.common.data, name) : NULL;
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
        return error_set(err, "no boxes of phrases are given: use --entities DIR (Flickr30K "
                              "Entities), --coco FILE (instances_*.json) or --truth FILE (drawn "
                              "scenes)");
    int status = grounding_read_truth(path, s->data, &o->grounding, err);
    free(path);
    return status;
}

/* ---- measuring ---- */

static int measure_model(struct alignment_command *o, size_t model, struct error *err)
{
    struct session_spec spec;
    struct progress_line line;
    const struct align_options options = {
        .attended = o->attended,
        .bootstrap = {.resamples = (size_t)o->a.resamples, .seed = (uint64_t)o->a.seed}};
    if (cli_session_spec(&o->a.common, model, &spec, err) != 0 ||
        cli_session_open(&o->a.common, &spec, &o->sessions[model], err) != 0)
        return -1;
    const struct session *s = o->sessions[model];
    if (s->C == 0)
        return error_set(err, "there are no captions: give them with --captions FILE");
    if (read_grounding(o, s, err) != 0)
        return -1;
    progress_line_start(&line, "attention", o->a.common.quiet);
    int status =
        alignment_measure(s, &o->grounding, &options, &line.progress, &o->alignments[model], err);
    progress_line_end(&line);
    o->count += status == 0;
    return status;
}

/* ---- report ---- */

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
    const struct interval *value = &row->model[m];
    ANALYSE_CELLS(report, value->value, value->low, value->high, row->uniform[m], row->shuffled[m],
                  row->bound[m]);
}

/* The key is "NAME" for the first model, "NAME.2" for the second: tables need distinct keys. */
static void begin_table(struct alignment_command *o, size_t model, const char *key,
                        const char *heading, const struct report_column *columns, size_t shown)
{
    char *own = model ? mem_printf("%s.%zu", key, model + 1) : mem_strdup(key);
    report_table(&o->a.report, own, heading, columns, shown);
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
            report_cell_text(&o->a.report, m == 0 ? group : "");
            report_cell_text(&o->a.report, align_names[m]);
            report_figures(&o->a.report, &a->rows[r], m);
            free(group);
        }
}

static void report_groups(struct alignment_command *o, size_t model, enum align_level level,
                          const char *key, const char *what)
{
    const struct alignment *a = &o->alignments[model];
    char *heading = mem_printf("%s, %s:", what, align_names[o->shown]);
    begin_table(o, model, key, heading, group_columns, (size_t)o->a.top);
    for (size_t r = 0; r < a->row_count; r++) {
        if (a->rows[r].level != level)
            continue;
        report_cell_text(&o->a.report, a->rows[r].group);
        report_cell_index(&o->a.report, a->rows[r].words);
        report_figures(&o->a.report, &a->rows[r], (int)o->shown);
    }
    free(heading);
}

static void report_curve(struct alignment_command *o, size_t model)
{
    const struct align_curve *c = &o->alignments[model].curve;
    char *heading = mem_printf("Attention of all nouns together above a threshold, in uniform "
                               "weights; average precision %.3f, by chance %.3f, at most %.0f",
                               c->ap, c->uniform, c->bound);
    begin_table(o, model, "curve", heading, curve_columns, 0);
    for (int t = 0; t < ALIGN_THRESHOLDS; t++)
        ANALYSE_CELLS(&o->a.report, c->threshold[t], c->precision[t], c->recall[t]);
    free(heading);
}

static void report_worst(struct alignment_command *o, size_t model)
{
    const struct alignment *a = &o->alignments[model];
    const struct dataset *data = o->sessions[model]->data;
    begin_table(o, model, "worst",
                "Captions whose nouns attend least to their boxes (mass inside, and the most "
                "possible):",
                worst_columns, (size_t)o->a.top);
    for (size_t k = 0; k < a->worst_count; k++) {
        const struct align_caption *c = &a->worst[k];
        ANALYSE_CELLS(&o->a.report, c->mass, c->bound, c->nouns, c->caption);
        report_cell_text(&o->a.report, data->id[caption_map_image(&data->map, c->caption)]);
        report_cell_text(&o->a.report, data->caption ? data->caption[c->caption] : NULL);
    }
}

static void report_rows(struct alignment_command *o)
{
    report_table(&o->a.report, "rows", "All figures", row_columns, 0);
    for (size_t model = 0; model < o->count; model++) {
        const struct alignment *a = &o->alignments[model];
        for (size_t r = 0; r < a->row_count; r++)
            for (int m = 0; m < ALIGN_MEASURES; m++) {
                report_cell_text(&o->a.report, o->a.common.model_names[model]);
                report_cell_text(&o->a.report, align_level_names[a->rows[r].level]);
                report_cell_text(&o->a.report, a->rows[r].group);
                report_cell_index(&o->a.report, a->rows[r].words);
                report_cell_index(&o->a.report, a->rows[r].images);
                report_cell_text(&o->a.report, align_keys[m]);
                report_figures(&o->a.report, &a->rows[r], m);
            }
    }
}

/* Whose attention is measured; of a model with both, the words'. */
static const char *attention_name(unsigned shows)
{
    return shows & KIND_WORDS_ON_REGIONS ? "t2i" : "i2t";
}

static void report_model(struct alignment_command *o, size_t model)
{
    const struct alignment *a = &o->alignments[model];
    struct report *report = &o->a.report;
    const char *name = o->a.common.model_names[model], *attention = attention_name(a->shows);
    size_t number = model + 1;
    const struct kind_model *kind = model_kind(o->sessions[model]->model);
    const char *label = kind ? kind->options.kind->label(&kind->options) : NULL;
    report_line(report,
                "%s (%s%s%s): %zu phrases with boxes in %zu captions, %s%zu regions per image",
                name, label ? label : "", label ? ", " : "", attention, a->phrases, a->captions,
                a->counted ? "up to " : "", a->regions);
    report_string(report, name, "models.%zu.name", number);
    report_string(report, attention, "models.%zu.attention", number);
    if (label)
        report_string(report, label, "models.%zu.kind", number);
    report_number(report, (double)a->regions, "models.%zu.regions", number);
    report_number(report, (double)a->captions, "models.%zu.captions", number);
    report_number(report, (double)a->phrases, "models.%zu.phrases", number);
    report_number(report, a->curve.ap, "models.%zu.curve_ap", number);
    report_number(report, a->curve.uniform, "models.%zu.curve_uniform", number);
    report_number(report, a->curve.bound, "models.%zu.curve_bound", number);
    report_classes(o, model);
    report_groups(o, model, ALIGN_BY_CATEGORY, "categories", "Nouns by category");
    report_groups(o, model, ALIGN_BY_WORD, "words", "Nouns");
    report_curve(o, model);
    report_worst(o, model);
}

static void report_annotation(struct alignment_command *o)
{
    const struct grounding *g = &o->grounding;
    report_title(&o->a.report, "Attention against boxes");
    report_number(&o->a.report, o->a.resamples, "resamples");
    report_number(&o->a.report, o->a.seed, "seed");
    report_number(&o->a.report, o->attended, "attended");
    report_number(&o->a.report, (double)g->phrase_count, "annotation.phrases");
    report_number(&o->a.report, (double)g->without_boxes, "annotation.without_boxes");
    report_number(&o->a.report, (double)g->outside, "annotation.outside");
    report_number(&o->a.report, (double)g->missing, "annotation.missing");
    if (g->without_boxes + g->outside + g->missing > 0)
        report_line(&o->a.report,
                    "Skipped: %zu phrases without a box, %zu boxes outside their picture or "
                    "without area, %zu images without annotation",
                    g->without_boxes, g->outside, g->missing);
}

/* ---- the command ---- */

/* What the words of the worst captions attend to, with the first model. */
static struct analyse_figure figure(const struct analysis *a, size_t k)
{
    const struct align_caption *worst =
        &((const struct alignment_command *)a)->alignments[0].worst[k];
    return (struct analyse_figure){
        .kind = FIGURE_WORDS,
        .caption = worst->caption,
        .image = SIZE_MAX,
        .title = mem_printf("caption %zu: %.3f of its nouns' attention inside, %.3f possible",
                            worst->caption, worst->mass, worst->bound)};
}

static int run(struct analysis *a, struct error *err)
{
    struct alignment_command *o = (struct alignment_command *)a;
    size_t models = a->common.models.count;
    o->sessions = mem_new(models, sizeof *o->sessions);
    o->alignments = mem_new(models, sizeof *o->alignments);
    for (size_t m = 0; m < models; m++)
        if (measure_model(o, m, err) != 0)
            return -1;
    report_annotation(o);
    for (size_t m = 0; m < models; m++)
        report_model(o, m);
    if (a->csv || a->json)
        report_rows(o);
    a->figure_count = o->alignments[0].worst_count;
    a->drawn[0] = o->sessions[0];
    a->drawn_count = 1;
    return 0;
}

static int check(struct analysis *a, struct error *err)
{
    struct alignment_command *o = (struct alignment_command *)a;
    int measure = o->measure ? align_find(o->measure) : ALIGN_POINTING;
    if (a->common.models.count == 0)
        return error_set(err, "give a model with -m FILE");
    if ((o->truth != NULL) + (o->entities != NULL) + (o->coco != NULL) > 1)
        return error_set(err, "give one of --truth, --entities and --coco");
    if (measure < 0)
        return error_set(err, "--measure takes pointing, mass, recall_1, recall_5, recall_10, ap, "
                              "precision, recall or f1");
    if (!(o->attended > 0 && isfinite(o->attended)))
        return error_set(err, "--attended is a number above 0");
    o->shown = (enum align_measure)measure;
    a->csv_table = a->csv ? "rows" : NULL;
    return 0;
}

static void done(struct analysis *a)
{
    struct alignment_command *o = (struct alignment_command *)a;
    grounding_done(&o->grounding);
    for (size_t m = 0; o->alignments && m < a->common.models.count; m++) {
        alignment_done(&o->alignments[m]);
        session_free(o->sessions[m]);
    }
    free(o->alignments);
    free(o->sessions);
}

static const struct analyse_kind kind = {
    .usage =
        {.command = "analyse alignment",
         .synopsis = "-m MODEL -d DIR [-s SPLIT] [options]",
         .about =
             "Measures whether the words of a caption attend to what they mean, given boxes of "
             "phrases: pointing game, share of the attention inside the boxes, recalls and "
             "average precision of the regions, attention precision, recall and F1; for nouns, "
             "other words of the phrases and function words, by category and by word. Each figure "
             "comes with its interval, what meaningless attention reaches, and the best that the "
             "given regions allow.",
         .examples = "  scanscope analyse alignment -m assets/demo/model.pth.tar -d assets/demo "
                     "-k 5\n"},
    .check = check,
    .run = run,
    .figure = figure,
    .done = done,
};

int analyse_alignment(int argc, char **argv)
{
    struct alignment_command o = {.a = {ANALYSE_DEFAULTS, .top = 10}, .attended = 1};
    struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&o.a.common),
        CLI_NAME_OPTION(&o.a.common),
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
        ANALYSE_OUT_OPTIONS(&o.a, "10"),
        {"csv", 0, CLI_SWITCH, NULL, "print all figures as CSV", &o.a.csv},
        ANALYSE_BOOTSTRAP_OPTIONS(&o.a),
        {0},
    };
    cli_options_own(options); /* measure is VSE++'s too, which has no attention */
    return analyse_main(&kind, options, &o.a, argc, argv);
}
