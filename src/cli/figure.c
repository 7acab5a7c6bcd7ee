/* figure.c: `scanscope figure`: figures of sessions, or of saved data, to files. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "cli/figure_batch.h"
#include "figure/figure_file.h"
#include "figure/gather.h"
#include "figure/style.h"

static const char command_name[] = "figure";

enum { MODELS = 8 };

/* Each option sets the field of the style that has its name; "no-" before the name sets it to
 * false. What was given stays text until figure_style_set. */
static const struct cli_option style_options[] = {
    {"style", 0, CLI_TEXT, "fade|heat|boxes|none",
     "fade to white where attention is low, a heat map, or frames (default: fade)", NULL},
    {"map", 0, CLI_TEXT, "viridis|cividis|magma|inferno|grey",
     "colours of a heat map (default: viridis)", NULL},
    {"combine", 0, CLI_TEXT, "sum|max|rank",
     "a pixel's value from the regions that cover it: the sum of their weights, the largest, or "
     "the "
     "sum of 50 (k - rank)^2 (default: sum)",
     NULL},
    {"scale", 0, CLI_TEXT, "pair|figure|absolute",
     "scale to each panel's largest value, the figure's largest, or 1 (default: pair)", NULL},
    {"width", 0, CLI_TEXT, "WIDTH",
     "85mm, 3.3in, column (3.25in) or text (6.875in) (default: text)", NULL},
    {"dpi", 0, CLI_TEXT, "N", "dots per inch of a PNG (default: 300)", NULL},
    {"columns", 0, CLI_TEXT, "N", "panels per row (default: 4; strip: up to 6)", NULL},
    {"max-words", 0, CLI_TEXT, "N", "only the first N words", NULL},
    {"font", 0, CLI_TEXT, "NAME", "font family (default: DejaVu Sans)", NULL},
    {"font-size", 0, CLI_TEXT, "POINTS", "font size (default: 8)", NULL},
    {"no-original", 0, CLI_SWITCH, NULL, "omit the photograph without overlay", NULL},
    {"no-names", 0, CLI_SWITCH, NULL, "omit what a detector took the regions for", NULL},
    {"scores", 0, CLI_SWITCH, NULL, "similarities below the panels", NULL},
    {"letters", 0, CLI_SWITCH, NULL, "(a), (b), ... below the panels", NULL},
    {"footer", 0, CLI_SWITCH, NULL, "a line that states the scaling, the image and the model",
     NULL},
};
enum { STYLE_OPTIONS = COUNTOF(style_options) };

struct options {
    struct cli_common common;
    struct cli_list captions, logs;
    const char *image, *words, *regions, *direction, *output;
    int caption_index, top, rows; /* caption_index -1: not given */
    struct {
        const char *text;
        bool on;
    } style[STYLE_OPTIONS]; /* what was given of style_options */
    bool data;
    const char *batch, *html;
    struct cli_list operands;
};

/* ---- style ---- */

static int apply_style(const void *options, struct figure_style *style, struct error *err)
{
    const struct options *o = options;
    for (size_t i = 0; i < STYLE_OPTIONS; i++) {
        bool off = strncmp(style_options[i].name, "no-", 3) == 0;
        const char *field = style_options[i].name + (off ? 3 : 0);
        const char *value = o->style[i].on ? (off ? "false" : "true") : o->style[i].text;
        if (value && figure_style_set(style, field, value, err) != 0)
            return -1;
    }
    return 0;
}

/* ---- writing ---- */

/* Notes to stderr, one per line; `line_number` 0: not of a batch. */
static void print_notes(const struct options *o, const struct notes *notes, size_t line_number)
{
    for (size_t i = 0; i < notes->lines.count && !o->common.quiet; i++) {
        fprintf(stderr, "scanscope %s: ", command_name);
        if (line_number)
            fprintf(stderr, "line %zu: ", line_number);
        fprintf(stderr, "%s\n", notes->lines.items[i]);
    }
}

static int write_figure(struct options *o, const struct figure *figure,
                        const struct figure_style *style, struct error *err)
{
    struct notes notes = {0};
    int status = figure_write(figure, style, o->output, &notes, err);
    if (figure->info.notes)
        cli_notes(&o->common, figure->info.notes);
    print_notes(o, &notes, 0);
    notes_done(&notes);
    if (status != 0 || !o->data)
        return status;
    return figure_save_beside(figure, style, o->output, err);
}

/* ---- from sessions ---- */

/* What the figures need of the sessions. */
struct need {
    bool several, vocab, captions;
};

/* Adds what a figure needs. */
static void need_for(const struct figure_request *request, struct need *need)
{
    need->several |= request->kind == FIGURE_COMPARE || request->kind == FIGURE_CURVES;
    need->vocab |= request->caption_count > 0;
    need->captions |= figure_request_needs_captions(request->kind);
}

static int open_sessions(struct options *o, const struct need *need,
                         struct session *sessions[MODELS], size_t *count, struct error *err)
{
    size_t wanted = need->several && o->common.models.count > 1 ? o->common.models.count : 1;
    if (wanted > MODELS)
        return error_set(err, "%zu models are too many for a figure: give %d at most", wanted,
                         MODELS);
    for (*count = 0; *count < wanted; ++*count) {
        struct session_spec spec;
        if (cli_session_spec(&o->common, *count, &spec, err) != 0)
            return -1;
        spec.need_vocab = need->vocab;
        spec.encode_captions = need->captions;
        if (cli_session_open(&o->common, &spec, &sessions[*count], err) != 0)
            return -1;
    }
    return 0;
}

static int draw_request(struct options *o, const struct figure_request *request,
                        const struct figure_style *style, struct error *err)
{
    struct session *sessions[MODELS] = {NULL};
    struct figure_data data = {0};
    size_t count = 0;
    struct need need = {0};
    int status = -1;
    need_for(request, &need);
    if (open_sessions(o, &need, sessions, &count, err) == 0) {
        struct figure_sessions all = {sessions, count};
        if (figure_request_answer(request, &all, figure_photo_side(style), &data, err) == 0)
            status = write_figure(o, &data.figure, style, err);
        for (size_t i = 0; i < count; i++)
            cli_session_notes(&o->common, sessions[i]);
    }
    figure_data_done(&data);
    for (size_t i = 0; i < MODELS; i++)
        session_free(sessions[i]);
    return status;
}

/* ---- many ---- */

/* All notes, then what failed; returns the exit status. */
static int report(struct options *o, const struct batch *batch)
{
    size_t failed = 0;
    for (size_t i = 0; i < batch->count; i++) {
        cli_notes(&o->common, &batch->jobs[i].remarks);
        print_notes(o, &batch->jobs[i].notes, batch->jobs[i].line);
        failed += batch->jobs[i].failed;
    }
    if (failed)
        fprintf(stderr, "scanscope %s: %zu of %zu figures failed:\n", command_name, failed,
                batch->count);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->jobs[i].failed)
            fprintf(stderr, "  %s line %zu: %s\n", o->batch, batch->jobs[i].line,
                    batch->jobs[i].err.text);
    return failed ? EXIT_FAILED : EXIT_DONE;
}

/* What the options say of the model, over what was said in the explorer. */
static int add_given(const struct cli_common *common, struct model_given *given, struct error *err)
{
    struct model_given own;
    if (cli_given(common, 0, &own, err) != 0)
        return -1;
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        if (*own.value[i])
            memcpy(given->value[i], own.value[i], sizeof own.value[i]);
    given->assume_defaults |= own.assume_defaults;
    return 0;
}

/* Opens what the options name, else the first model that the explorer's session names. */
static int open_for(struct options *o, const struct batch *batch, struct session *sessions[MODELS],
                    size_t *count, struct error *err)
{
    struct need need = {0};
    bool any = false;
    for (size_t i = 0; i < batch->count; i++)
        if (figure_batch_needs_session(&batch->jobs[i])) {
            need_for(&batch->jobs[i].request, &need);
            any = true;
        }
    if (!any)
        return 0;
    if (!batch->session || o->common.models.count || o->common.data)
        return open_sessions(o, &need, sessions, count, err);
    struct session_spec spec;
    if (figure_batch_session_spec(batch, &spec, err) != 0 ||
        add_given(&o->common, &spec.given, err) != 0 ||
        cli_session_open(&o->common, &spec, &sessions[0], err) != 0)
        return -1;
    *count = 1;
    return 0;
}

static int draw_jobs(struct options *o, const struct batch_options *options, struct batch *batch,
                     struct error *err)
{
    struct session *sessions[MODELS] = {NULL};
    size_t count = 0;
    int status = open_for(o, batch, sessions, &count, err);
    if (status == 0) {
        struct figure_sessions all = {sessions, count};
        struct progress_line line;
        cli_set_threads(&o->common);
        interrupt_catch();
        progress_line_start(&line, "drawing", o->common.quiet);
        figure_batch_draw(batch, &all, options, &line.progress);
        progress_line_end(&line);
    }
    for (size_t i = 0; i < MODELS; i++)
        session_free(sessions[i]);
    return status;
}

static int draw_batch(struct options *o)
{
    struct batch_options options = {.style = apply_style,
                                    .context = o,
                                    .folder = o->output,
                                    .images = o->common.images,
                                    .save_data = o->data,
                                    .page = o->html != NULL};
    struct batch batch;
    struct error err;
    int status = EXIT_FAILED;
    if (o->output && file_make_folder(o->output, &err) != 0)
        return cli_fail(command_name, &err);
    if (figure_batch_read(o->batch, &options, &batch, &err) != 0 ||
        draw_jobs(o, &options, &batch, &err) != 0)
        status = cli_fail(command_name, &err);
    else
        status = report(o, &batch);
    if (batch.count && o->html &&
        figure_batch_save_html(&batch, file_name(o->batch), o->html, &err) != 0)
        status = cli_fail(command_name, &err);
    figure_batch_done(&batch);
    return status;
}

/* ---- from data ---- */

static bool is_data(const char *operand)
{
    const char *dot = strrchr(operand, '.');
    return dot && strcasecmp(dot, ".json") == 0;
}

static int redraw(struct options *o, const char *path, struct error *err)
{
    struct figure_data data = {0};
    struct figure_style style;
    int status = -1;
    if (figure_load_json(path, o->common.images, &data, &style, err) == 0 &&
        apply_style(o, &style, err) == 0)
        status = write_figure(o, &data.figure, &style, err);
    figure_data_done(&data);
    return status;
}

static int draw_logs(struct options *o, const struct figure_style *style, struct error *err)
{
    struct figure_data data = {0};
    int status = gather_logs(o->logs.items, o->logs.count, &data, err);
    cli_notes(&o->common, &data.notes);
    if (status == 0)
        status = write_figure(o, &data.figure, style, err);
    figure_data_done(&data);
    return status;
}

/* ---- the command ---- */

/* Whether options say what to show, which a batch and saved data say themselves. */
static bool chooses_content(const struct options *o)
{
    return o->captions.count || o->logs.count || o->caption_index >= 0 || o->image || o->words ||
           o->regions || o->direction || o->top || o->rows;
}

/* Options that would be ignored are wrong usage: the reason; NULL if there are none. */
static const char *contradiction(const struct options *o)
{
    const char *what = o->batch ? NULL : o->operands.items[0];
    if (o->html && !o->batch)
        return "--html makes a page of a batch: give --batch FILE too";
    if (o->batch && chooses_content(o))
        return "the lines of a batch say what its figures show, not options";
    if (what && is_data(what) && chooses_content(o))
        return "a data file says what it shows: only style options change it";
    if (what && o->logs.count && strcmp(what, "curves") != 0)
        return "a log is drawn as curves: scanscope figure curves --log FILE";
    return NULL;
}

/* What is given and not used is said. */
static void note_unused(struct options *o, const struct figure_request *request)
{
    struct notes notes = {0};
    size_t models = o->common.models.count;
    bool several = request->kind == FIGURE_COMPARE || request->kind == FIGURE_CURVES;
    figure_request_unused(request, o->logs.count, &notes);
    if (request->kind == FIGURE_CURVES && o->logs.count && models)
        notes_add(&notes, "the curves are of the logs, not of the models (-m)");
    else if (request->kind == FIGURE_COMPARE && models > 1 && request->caption_count > 1)
        notes_add(&notes, "several models are compared, on the first caption only");
    else if (models > 1 && !several)
        notes_add(&notes, "a figure of %s shows one model: the first of %zu",
                  figure_kind_name(request->kind), models);
    cli_notes(&o->common, &notes);
    notes_done(&notes);
}

static int run(struct options *o)
{
    struct figure_style style = {.original_first = true, .names = true};
    struct figure_request request = {.captions = o->captions.items,
                                     .caption_count = o->captions.count,
                                     .caption_index = o->caption_index,
                                     .image = o->image,
                                     .words = o->words,
                                     .regions = o->regions,
                                     .top = o->top,
                                     .rows = o->rows};
    struct error err;
    if (o->operands.count != !o->batch)
        return cli_usage_error(command_name,
                               "give one kind of figure, such as 'words', or one data file%s",
                               o->batch ? ", or --batch FILE alone" : "");
    if (o->direction && gather_direction_named(o->direction, &request.direction, &err) != 0)
        return cli_usage_error(command_name, "%s", err.text);
    if (apply_style(o, &style, &err) != 0 || cli_name_models(&o->common, &err) != 0)
        return cli_usage_error(command_name, "%s", err.text);
    if (contradiction(o))
        return cli_usage_error(command_name, "%s", contradiction(o));
    if (o->batch)
        return draw_batch(o);
    if (!o->output)
        return cli_usage_error(command_name, "name the figure's file: -o FILE.png, .pdf or .svg");
    const char *what = o->operands.items[0];
    if (is_data(what))
        return redraw(o, what, &err) == 0 ? EXIT_DONE : cli_fail(command_name, &err);
    if (figure_kind_named(what, &request.kind, &err) != 0)
        return cli_usage_error(command_name, "%s", err.text);
    note_unused(o, &request);
    if (request.kind == FIGURE_CURVES && o->logs.count)
        return draw_logs(o, &style, &err) == 0 ? EXIT_DONE : cli_fail(command_name, &err);
    return draw_request(o, &request, &style, &err) == 0 ? EXIT_DONE : cli_fail(command_name, &err);
}

static const char about[] =
    "Draws a figure. Kinds: words (the photograph, then one panel per word of the caption with "
    "its attention, the strongest region framed and labelled), regions (one panel per region with "
    "the words that go with it), strip (a caption and its best images, the true one in a solid "
    "green frame, others in dashed red), captions (an image and its best captions), matrix (words "
    "x regions), compare (two models, or two captions), failures (captions whose image ranks "
    "worst), curves (recall at k and ranks). A FILE.json written by --save-data is drawn again "
    "without model or features. The same input gives the same bytes.";

static const char examples[] =
    "  scanscope figure words -m assets/demo/model.pth.tar -d assets/demo -s test "
    "--caption-index 3 --save-data -o words.png\n"
    "  scanscope figure words.json --style heat --map cividis --scale figure --width column "
    "-o heat.pdf\n"
    "  scanscope figure strip -m assets/demo/model.pth.tar -d assets/demo -s test "
    "--caption-index 3 -k 5 --scores --width column -o strip.pdf\n"
    "  scanscope figure compare -m assets/demo/model.pth.tar -d assets/demo "
    "--caption \"a white chair\" --caption \"a red house\" --letters --footer -o two.svg\n"
    "  scanscope figure regions -m assets/demo/model.pth.tar -d assets/demo "
    "--caption-index 3 --regions 0-3 --columns 2 --width 85mm -o regions.svg\n";

static const char *kind_name(size_t index)
{
    return index < FIGURE_KINDS ? figure_kind_name((enum figure_kind)index) : NULL;
}

/* As long as its table of options. */
static int parse_and_run(struct options *o, int argc, char **argv)
{
    const struct cli_option own[] = {
        CLI_COMMON_OPTIONS(&o->common),
        CLI_NAME_OPTION(&o->common),
        {"caption", 0, CLI_LIST, "TEXT", "the caption (compare: give two)", &o->captions},
        {"caption-index", 0, CLI_INT, "N", "caption N of the split, counted from 0",
         &o->caption_index},
        {"image", 0, CLI_TEXT, "ID",
         "the image (default: the caption's own with --caption-index, else the best)", &o->image},
        {"output", 'o', CLI_TEXT, "FILE", "the figure's file: .png, .pdf or .svg", &o->output},
        {"words", 0, CLI_TEXT, "LIST",
         "only these words: numbers from 1, ranges, or words (2,5-7,dog)", &o->words},
        {"regions", 0, CLI_TEXT, "LIST",
         "regions, matrix: only these, counted from 0 (default: the most attended)", &o->regions},
        {"direction", 0, CLI_TEXT, "words|regions",
         "words, regions, matrix, compare: whose attention, of a model with both such as BFAN "
         "(default: the words')",
         &o->direction},
        {"top", 'k', CLI_INT, "N", "strip, captions, failures: how many results (default: 5)",
         &o->top},
        {"rows", 0, CLI_INT, "N", "failures: how many captions (default: 6)", &o->rows},
        {"log", 0, CLI_LIST, "FILE",
         "curves: of training runs (their train.jsonl) instead of a model's ranks", &o->logs},
        {"save-data", 0, CLI_SWITCH, NULL,
         "also write the figure's data next to it, as .json and .csv", &o->data},
        {"batch", 0, CLI_TEXT, "FILE",
         "draw one figure per line, a JSON object with the fields kind, caption or captions, "
         "caption_index, image, words, regions, direction, top, rows, logs, data, output and those "
         "of the "
         "style; or one per caption marked in an explorer's session. -o is then a folder",
         &o->batch},
        {"html", 0, CLI_TEXT, "FILE",
         "batch: one page with all figures inside, to browse and share", &o->html},
    };
    enum { OWN = COUNTOF(own) };
    struct cli_option table[OWN + STYLE_OPTIONS + 1] = {{0}};
    const struct cli_usage usage = {.command = command_name,
                                    .synopsis = "KIND|FILE.json [options] -o FILE",
                                    .about = about,
                                    .examples = examples,
                                    .options = table,
                                    .kind = kind_name};
    int status;
    memcpy(table, own, sizeof own);
    for (size_t i = 0; i < STYLE_OPTIONS; i++) {
        table[OWN + i] = style_options[i];
        table[OWN + i].target =
            style_options[i].kind == CLI_SWITCH ? (void *)&o->style[i].on : &o->style[i].text;
    }
    return cli_parse(&usage, argc, argv, &o->operands, &status) ? run(o) : status;
}

int cli_figure(int argc, char **argv)
{
    struct options o = {.caption_index = -1};
    int status = parse_and_run(&o, argc, argv);
    cli_list_done(&o.captions);
    cli_list_done(&o.logs);
    cli_list_done(&o.operands);
    cli_common_done(&o.common);
    return status;
}
