#include "figure/kinds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "figure/page.h"

/* strip: a query and its k best images, best first: rows of pictures of one height. failures: a
 * strip per query. */

static const char legend[] = "Solid green: the true image; dashed red: others";

/* Width over height as shown: very long images are letterboxed. */
static double shown_aspect(const struct figure_image *image)
{
    double w, h;
    figure_image_size(image, &w, &h);
    return fmin(fmax(w / h, 0.5), 2);
}

/* Width of the widest line below a panel: "(aa) 12", and the score if it is shown. */
static double label_width(struct scene *scene, const struct figure_set *set)
{
    double widest = 0;
    for (size_t i = 0; i < set->result_count; i++) {
        char text[96];
        int n = snprintf(text, sizeof text, "%s%zu", scene->style.letters ? "(aa) " : "",
                         set->results[i].rank);
        if (scene->style.scores)
            snprintf(text + n, sizeof text - (size_t)n, " %.3f", (double)set->results[i].score);
        widest = fmax(widest, page_line_width(scene, text, 0.9, 1e6));
    }
    return widest;
}

/* The panels of a set: each is as wide as its picture, and at least `least`, for the line below it.
 */
struct panels {
    const struct figure_set *set;
    size_t columns;
    double width, gap, least;
};

static double panel_width(const struct panels *p, size_t index, double height)
{
    return fmax(height * shown_aspect(&p->set->results[index].image), p->least);
}

/* Height at which the panels from..to-1 fill the width, which grows with it: found by bisection. */
static double row_height(const struct panels *p, size_t from, size_t to)
{
    enum { STEPS = 40 };
    double low = 0, high = 2 * p->width, room = p->width - (double)(to - from - 1) * p->gap;
    for (int step = 0; step < STEPS; step++) {
        double middle = (low + high) / 2, sum = 0;
        for (size_t i = from; i < to; i++)
            sum += panel_width(p, i, middle);
        if (sum <= room)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* All rows get the smallest height at which one is full, so that ranks compare at a glance; a
 * single column may be as wide as the page. */
static double common_height(const struct panels *p)
{
    size_t count = p->set->result_count;
    double height = p->width / (p->columns == 1 && count > 1 ? 1 : 2);
    for (size_t i = 0; i < count; i += p->columns)
        height = fmin(height, row_height(p, i, i + p->columns < count ? i + p->columns : count));
    return height;
}

/* Grey on both sides of the picture, not below it: pictures are drawn first. */
static void letterbox(struct scene *scene, struct box cell, struct box at)
{
    double side = at.x - cell.x, top = at.y - cell.y;
    if (side > 0.01) {
        scene_fill(scene, (struct box){cell.x, cell.y, side, cell.h}, PAPER_GREY);
        scene_fill(scene, (struct box){at.x + at.w, cell.y, side, cell.h}, PAPER_GREY);
    }
    if (top > 0.01) {
        scene_fill(scene, (struct box){cell.x, cell.y, cell.w, top}, PAPER_GREY);
        scene_fill(scene, (struct box){cell.x, at.y + at.h, cell.w, top}, PAPER_GREY);
    }
}

/* There are no frames if the true image is unknown. */
static void result_panel(struct scene *scene, const struct figure_result *result, struct box cell,
                         bool known)
{
    double line = fmax(0.5, fmin(1.3, cell.h / 40));
    struct box at = page_fit(&result->image, cell);
    letterbox(scene, cell, at);
    page_picture(scene, result->image.pixels ? at : cell,
                 &(struct picture){.image = &result->image});
    if (known)
        scene_frame(scene, cell, result->truth ? FRAME_GREEN : FRAME_RED, line, !result->truth);
}

static void result_label(struct scene *scene, const struct grid *grid, struct box cell,
                         const struct figure_result *result)
{
    char rank[32];
    snprintf(rank, sizeof rank, "%zu", result->rank);
    page_label(scene, grid, cell, rank, &result->score);
}

static bool truth_shown(const struct figure_set *set)
{
    for (size_t i = 0; i < set->result_count; i++)
        if (set->results[i].truth)
            return true;
    return false;
}

static bool truth_known(const struct figure_set *set)
{
    return set->truth_rank > 0 || truth_shown(set);
}

/* The rows of a strip, from y on; returns where they end. */
static double strip_rows(struct scene *scene, const struct figure_set *set, double y)
{
    struct grid grid = page_grid(scene, set->result_count, 1, true);
    size_t columns = (size_t)grid.columns;
    struct panels panels = {.set = set,
                            .columns = columns,
                            .width = page_width(scene),
                            .gap = grid.gap,
                            .least = fmin(label_width(scene, set), 0.999 * grid.cell_w)};
    double gap = grid.gap, height = common_height(&panels);
    double x = SCENE_MARGIN;
    bool known = truth_known(set);
    for (size_t i = 0; i < set->result_count; i++) {
        const struct figure_result *result = &set->results[i];
        if (i && i % columns == 0) {
            x = SCENE_MARGIN;
            y += height + grid.label_h + gap;
        }
        struct box cell = {x, y, panel_width(&panels, i, height), height}, picture = cell;
        picture.w = fmin(cell.w, height * shown_aspect(&result->image));
        result_panel(scene, result, picture, known);
        result_label(scene, &grid, cell, result);
        x += cell.w + gap;
    }
    return y + height + grid.label_h + gap;
}

/* One row of up to six panels, else rows as equal as possible, with room for the lines below the
 * pictures. */
static int balanced_columns(struct scene *scene, const struct figure_set *set)
{
    enum { MOST = 6 };
    double fit = page_width(scene) / fmax(label_width(scene, set) + page_gap(scene), 1);
    size_t most = (size_t)fmin(MOST, fmax(1, floor(fit))), count = set->result_count;
    size_t rows = (count + most - 1) / most;
    return (int)((count + rows - 1) / rows);
}

int strip_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    const struct figure_set *set = &figure->sets[0];
    if (set->result_count == 0)
        return error_set(err, "there is no result to show");
    for (size_t i = 0; i < set->result_count; i++)
        page_note_missing(scene, &set->results[i].image);
    if (scene->style.columns <= 0)
        scene->style.columns = balanced_columns(scene, set);
    double y = page_title(scene, set->query, SCENE_MARGIN);
    y = strip_rows(scene, set, y);
    if (!truth_shown(set) && set->truth_rank) {
        char line[64];
        snprintf(line, sizeof line, "The true image has rank %zu.", set->truth_rank);
        y = page_fine_print(scene, line, y);
    }
    page_finish(scene, &figure->info, NULL, truth_known(set) ? legend : NULL, false, y);
    return 0;
}

/* ---- failures ---- */

static double failure(struct scene *scene, const struct figure_set *set, int chosen, double y)
{
    y = page_paragraph(scene, set->query ? set->query : "", 1, INK, y);
    if (chosen <= 0)
        scene->style.columns = balanced_columns(scene, set);
    return strip_rows(scene, set, y + page_gap(scene) / 2) + page_gap(scene);
}

int strip_failures_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    double y = page_title(scene, figure->info.caption, SCENE_MARGIN);
    bool any = false;
    int chosen = scene->style.columns;
    for (size_t s = 0; s < figure->set_count; s++) {
        const struct figure_set *set = &figure->sets[s];
        for (size_t i = 0; i < set->result_count; i++)
            page_note_missing(scene, &set->results[i].image);
        if (set->result_count)
            y = failure(scene, set, chosen, y);
        any = any || set->result_count;
    }
    if (!any)
        return error_set(err, "there is no query to show");
    page_finish(scene, &figure->info, NULL, legend, false, y);
    return 0;
}
