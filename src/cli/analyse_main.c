/* analyse_main.c: the steps that every kind of analysis takes: options, report, page, explorer. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "base/naming.h"
#include "cli/analyse.h"
#include "cli/figure_request.h"
#include "figure/gather.h"
#include "io/array/npy.h"
#include "ui/loop/explore.h"
#include "ui/work/backend_session.h"

/* ---- figures ---- */

/* PNG files in a temporary folder: 0.png, 1.png, ... */
struct pictures {
    char *folder; /* NULL before the first */
    size_t count;
};

static int make_folder(struct pictures *pictures, struct error *err)
{
    const char *place = getenv("TMPDIR");
    if (pictures->folder)
        return 0;
    char *folder = mem_printf("%s/scanscope-XXXXXX", place && *place ? place : "/tmp");
    if (!mkdtemp(folder)) {
        error_errno(err, folder, "make");
        free(folder);
        return -1;
    }
    pictures->folder = folder;
    return 0;
}

static int draw_figure(const struct figure_sessions *all, const struct analyse_figure *figure,
                       const char *path, struct error *err)
{
    const struct figure_style style = {
        .original_first = true, .names = true, .dpi = 110, .scores = true, .columns = 6};
    const struct session *session = all->items[0];
    const struct figure_request request = {
        .kind = figure->kind,
        .caption_index = figure->caption == SIZE_MAX ? -1 : (long)figure->caption,
        .image = figure->image == SIZE_MAX ? NULL : session->data->id[figure->image]};
    struct figure_data data = {0};
    int side = figure_photo_side(&style), status;
    data.figure.kind = figure->kind;
    if (figure->kind == FIGURE_FAILURES) /* of this caption only */
        status = gather_failure(session, figure->caption, 5, side, &data,
                                figure_data_sets(&data, 1), err);
    else
        status = figure_request_answer(&request, all, side, &data, err);
    if (status == 0)
        status = figure_write(&data.figure, &style, path, NULL, err);
    figure_data_done(&data);
    return status;
}

/* A figure that cannot be drawn, as without photographs, becomes a line that says why. */
static int add_figure(struct analysis *a, const struct analyse_figure *figure,
                      struct pictures *pictures, struct error *err)
{
    const struct figure_sessions all = {(struct session *const *)a->drawn, a->drawn_count};
    struct error why;
    if (make_folder(pictures, err) != 0)
        return -1;
    char *path = mem_printf("%s/%zu.png", pictures->folder, pictures->count);
    if (draw_figure(&all, figure, path, &why) == 0) {
        pictures->count++;
        report_picture(&a->report, path, figure->title);
    } else {
        char *reason = naming_hide_paths(why.text);
        report_line(&a->report, "%s: no figure: %s", figure->title, reason);
        free(reason);
    }
    free(path);
    return 0;
}

static int add_figures(const struct analyse_kind *kind, struct analysis *a,
                       struct pictures *pictures, struct error *err)
{
    size_t limit = (size_t)a->figures, count = a->figure_count < limit ? a->figure_count : limit;
    int status = 0;
    assert(a->drawn_count > 0);
    for (size_t m = 0; m < a->drawn_count; m++)
        if (count > 0 && !a->drawn[m]) {
            report_line(&a->report, "No figures: a matrix of similarities has no attention.");
            return 0;
        }
    for (size_t k = 0; k < count && status == 0; k++) {
        struct analyse_figure figure = kind->figure(a, k);
        status = add_figure(a, &figure, pictures, err);
        free(figure.title);
    }
    return status;
}

static void pictures_done(struct pictures *pictures)
{
    for (size_t f = 0; f < pictures->count; f++) {
        char *path = mem_printf("%s/%zu.png", pictures->folder, f);
        unlink(path);
        free(path);
    }
    if (pictures->folder)
        rmdir(pictures->folder);
    free(pictures->folder);
}

/* ---- running ---- */

static int write_page(const struct analyse_kind *kind, struct analysis *a, struct error *err)
{
    struct pictures pictures = {0};
    int status = add_figures(kind, a, &pictures, err);
    if (status == 0)
        status = report_save_html(&a->report, a->html, err);
    pictures_done(&pictures);
    return status;
}

static int run(const struct analyse_kind *kind, struct analysis *a, struct error *err)
{
    if (kind->run(a, err) != 0)
        return -1;
    if (a->open)
        return 0;
    notes_add_all(&a->report.notes, &a->common.notes);
    notes_add_all(&a->report.head, &a->common.said);
    if (a->csv_table)
        report_print_csv(&a->report, a->csv_table);
    else
        (a->json ? report_print_json : report_print_text)(&a->report);
    return a->html ? write_page(kind, a, err) : 0;
}

static int check(const struct analyse_kind *kind, struct analysis *a, struct error *err)
{
    if (a->json && (a->csv || a->csv_table))
        return error_set(err, "give one of --csv and --json");
    if (a->row && !a->open)
        return error_set(err, "--row goes with --open");
    if (a->resamples < 1 || a->seed < 1)
        return error_set(err, "--resamples and --seed are at least 1");
    return kind->check(a, err);
}

static int name_models(struct analysis *a, struct error *err)
{
    return a->common.model_names ? 0 : cli_name_models(&a->common, err);
}

static void analysis_done(struct analysis *a)
{
    report_done(&a->report);
    lexicon_done(&a->split.lexicon);
    dataset_free(a->split.own);
    vocab_free(a->split.own_vocab);
    cli_common_done(&a->common);
}

int analyse_main(const struct analyse_kind *kind, const struct cli_option *options,
                 struct analysis *a, int argc, char **argv)
{
    struct cli_usage usage = kind->usage;
    struct error err;
    int status;
    usage.options = options;
    if (cli_parse(&usage, argc, argv, NULL, &status)) {
        interrupt_catch();
        if (check(kind, a, &err) != 0 || name_models(a, &err) != 0)
            status = cli_usage_error(usage.command, "%s", err.text);
        else
            status = run(kind, a, &err) == 0 ? EXIT_DONE : cli_fail(usage.command, &err);
    }
    kind->done(a);
    analysis_done(a);
    return status;
}

/* ---- the explorer ---- */

int analyse_row(const struct analysis *a, size_t count, size_t *index_out, struct error *err)
{
    *index_out = a->row ? (size_t)a->row - 1 : 0;
    if (*index_out < count)
        return 0;
    return error_set(err, "--open: there is no row %zu: %zu queries are listed", *index_out + 1,
                     count);
}

static int explore_sources(const struct analysis *a, const size_t *models, size_t count,
                           struct source *out, struct error *err)
{
    for (size_t m = 0; m < count; m++) {
        struct session_spec spec;
        if (cli_session_spec(&a->common, models[m], &spec, err) != 0)
            return -1;
        backend_session_source(&spec, &out[m]);
    }
    return 0;
}

int analyse_explore(const struct analysis *a, const size_t *models, size_t count, size_t caption,
                    size_t image, struct error *err)
{
    struct source sources[MODELS] = {0};
    char *ask =
        image != SIZE_MAX ? mem_printf("matches %zu", image) : mem_printf("captions %zu", caption);
    const char *const commands[] = {"failures", ask};
    const struct explore_options options = {.sources = sources,
                                            .source_count = count,
                                            .bf16 = cli_wants_bf16(&a->common),
                                            .commands = commands,
                                            .command_count = 2};
    assert(count <= MODELS);
    int status = explore_sources(a, models, count, sources, err);
    if (status == 0)
        status = explore_run(&options, err);
    for (size_t m = 0; m < MODELS; m++)
        source_done(&sources[m]);
    free(ask);
    return status;
}
