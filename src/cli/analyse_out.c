/* analyse_out.c: the figures of an analysis, and the way into the explorer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/analyse.h"
#include "cli/figure_request.h"
#include "figure/gather.h"
#include "ui/loop/explore.h"
#include "ui/work/backend_session.h"

/* ---- figures ----------------------------------------------------------------------------------
 */

static int make_folder(struct analyse_pictures *pictures, struct error *err)
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
        .original_first = true, .dpi = 110, .scores = true, .columns = 6};
    const struct session *session = all->items[0];
    const struct figure_request request = {
        .kind = figure->kind,
        .caption_index = figure->caption == SIZE_MAX ? -1 : (long)figure->caption,
        .image = figure->image == SIZE_MAX ? NULL : session->data->id[figure->image]};
    struct figure_data data = {0};
    int side = figure_photo_side(&style), status;
    data.figure.kind = figure->kind;
    if (figure->kind == FIGURE_FAILURES) /* of this caption alone */
        status = gather_failure(session, figure->caption, 5, side, &data,
                                figure_data_sets(&data, 1), err);
    else
        status = figure_request_answer(&request, all, side, &data, err);
    if (status == 0)
        status = figure_write(&data.figure, &style, path, NULL, err);
    figure_data_done(&data);
    return status;
}

int analyse_draw(const struct session *const *sessions, size_t session_count,
                 const struct analyse_figure *figures, size_t count,
                 struct analyse_pictures *pictures, struct report *report, struct error *err)
{
    struct figure_sessions all = {(struct session *const *)sessions, session_count};
    for (size_t m = 0; m < session_count; m++)
        if (count > 0 && !sessions[m]) {
            report_line(report, "No figures: a matrix of similarities has no attention to show.");
            return 0;
        }
    for (size_t f = 0; f < count; f++) {
        struct error why;
        if (make_folder(pictures, err) != 0)
            return -1;
        char *path = mem_printf("%s/%zu.png", pictures->folder, pictures->count);
        if (draw_figure(&all, &figures[f], path, &why) == 0) {
            pictures->count++;
            report_picture(report, path, figures[f].title);
        } else {
            report_line(report, "%s: no figure: %s", figures[f].title, why.text);
        }
        free(path);
    }
    return 0;
}

void analyse_pictures_done(struct analyse_pictures *pictures)
{
    for (size_t f = 0; f < pictures->count; f++) {
        char *path = mem_printf("%s/%zu.png", pictures->folder, f);
        unlink(path);
        free(path);
    }
    if (pictures->folder)
        rmdir(pictures->folder);
    free(pictures->folder);
    *pictures = (struct analyse_pictures){0};
}

/* ---- the explorer -----------------------------------------------------------------------------
 */

static int explore_sources(const struct cli_common *common, const size_t *models, size_t count,
                           struct source *out, struct error *err)
{
    for (size_t m = 0; m < count; m++) {
        struct session_spec spec;
        if (cli_session_spec(common, models[m], &spec, err) != 0)
            return -1;
        if (analyse_is_matrix(spec.model))
            return error_set(err,
                             "--open: %s is a matrix of similarities; the explorer needs the "
                             "model",
                             spec.model);
        backend_session_source(&spec, &out[m]);
    }
    return 0;
}

int analyse_explore(const struct cli_common *common, const size_t *models, size_t count,
                    size_t caption, size_t image, struct error *err)
{
    struct source sources[MODELS] = {0};
    char *ask =
        image != SIZE_MAX ? mem_printf("matches %zu", image) : mem_printf("captions %zu", caption);
    const char *const commands[] = {"failures", ask};
    const struct explore_options options = {.sources = sources,
                                            .source_count = count,
                                            .bf16 = cli_wants_bf16(common),
                                            .commands = commands,
                                            .command_count = 2};
    int status = explore_sources(common, models, count, sources, err);
    if (status == 0)
        status = explore_run(&options, err);
    for (size_t m = 0; m < MODELS; m++)
        source_done(&sources[m]);
    free(ask);
    return status;
}
