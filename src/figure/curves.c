#include "figure/kinds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "figure/page.h"

/* curves: plots of lines, named at their right ends, or bars; no frame, few ticks. */

/* Colours that the colour-blind can distinguish (Okabe and Ito); from the fifth on, lines are
 * dashed as well. */
static const uint32_t colours[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xe69f00};
enum { COLOURS = COUNTOF(colours), TICKS = 5, MOST_TICKS = 20 };

struct axes {
    struct box box; /* inside the axes */
    double x0, x1, y0, y1;
    double gap; /* between the numbers of the y axis and the axis */
    bool log_x;
};

static const struct text_look tick_look = {.size = 0.8};
static const struct text_look name_look = {.size = 0.9};

/* ---- ranges ---- */

/* 1, 2 or 5 times a power of ten, so that about TICKS of them make `span`. */
static double nice_step(double span)
{
    double rough = span / TICKS, power = pow(10, floor(log10(rough))), part = rough / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

/* Not NaN, and not so large that everything else would be flat. */
static bool drawable(double value)
{
    return fabs(value) < 1e15;
}

static void widen(double value, double *low, double *high)
{
    if (!drawable(value))
        return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

static struct axes ranges(const struct figure_plot *plot)
{
    struct axes a = {.x0 = INFINITY,
                     .x1 = -INFINITY,
                     .y0 = INFINITY,
                     .y1 = -INFINITY,
                     .log_x = plot->log_x && !plot->bars};
    for (size_t s = 0; s < plot->series_count; s++)
        for (size_t i = 0; i < plot->series[s].count; i++) {
            if (!a.log_x || plot->series[s].x[i] > 0)
                widen(plot->series[s].x[i], &a.x0, &a.x1);
            widen(plot->series[s].y[i], &a.y0, &a.y1);
        }
    if (!(a.x0 < a.x1)) {
        double middle = isfinite(a.x0) ? a.x0 : 1;
        a.x0 = a.log_x ? middle / 2 : middle - 1;
        a.x1 = a.log_x ? middle * 2 : middle + 1;
    }
    a.y1 = fmax(isfinite(a.y1) ? a.y1 : 1, plot->y_top);
    a.y0 = isfinite(a.y0) && (a.y0 < 0 || a.y0 > 0.6 * a.y1) && !plot->bars ? a.y0 : 0;
    a.y1 = a.y1 > a.y0 ? a.y1 : a.y0 + 1;
    double step = nice_step(a.y1 - a.y0);
    a.y0 = step * floor(a.y0 / step + 1e-9);
    a.y1 = step * ceil(a.y1 / step - 1e-9);
    if (plot->bars) {
        a.x0 -= 0.6;
        a.x1 += 0.6;
    }
    return a;
}

static bool on_x_axis(const struct axes *a, double x)
{
    return drawable(x) && (x > 0 || !a->log_x);
}

static double place_x(const struct axes *a, double x)
{
    double t = a->log_x ? log(x / a->x0) / log(a->x1 / a->x0) : (x - a->x0) / (a->x1 - a->x0);
    return a->box.x + t * a->box.w;
}

static double place_y(const struct axes *a, double y)
{
    return a->box.y + a->box.h * (1 - (y - a->y0) / (a->y1 - a->y0));
}

static void segment(struct scene *scene, double x0, double y0, double x1, double y1,
                    uint32_t colour, double width)
{
    double *points = mem_new(4, sizeof *points);
    points[0] = x0, points[1] = y0, points[2] = x1, points[3] = y1;
    scene_line(scene, points, 2, colour, width, false);
}

/* ---- ticks ---- */

static void y_ticks(struct scene *scene, const struct axes *a, double left)
{
    double step = nice_step(a->y1 - a->y0), high = a->box.h * step / (a->y1 - a->y0);
    for (int i = 0; i <= MOST_TICKS && a->y0 + i * step <= a->y1 + step / 1e6; i++) {
        char text[32];
        double value = a->y0 + i * step, y = place_y(a, value);
        snprintf(text, sizeof text, "%.6g", fabs(value) < step / 1e6 ? 0 : value);
        struct scene_text_block block = page_line(scene, text, tick_look.size, 0.8 * left, high);
        segment(scene, a->box.x, y, a->box.x + a->box.w, y, i ? 0xe4e4e4 : INK_SOFT, i ? 0.4 : 0.5);
        scene_text(scene, &block, a->box.x - a->gap - block.w, y - block.h / 2, INK_SOFT);
    }
}

/* A tick's name below the axis, omitted if it would touch the one before. */
static void x_tick(struct scene *scene, const struct axes *a, const char *text, double x,
                   double *free_from)
{
    struct scene_text_block block =
        page_line(scene, text, tick_look.size, page_width(scene) / 2, 1e6);
    double left =
        fmin(fmax(x - block.w / 2, a->box.x - a->gap), scene->width - SCENE_MARGIN - block.w);
    if (left < *free_from) {
        scene_text_block_done(&block);
        return;
    }
    *free_from = left + block.w + 2;
    segment(scene, x, a->box.y + a->box.h, x, a->box.y + a->box.h + 1.5, INK_SOFT, 0.5);
    scene_text(scene, &block, left, a->box.y + a->box.h + 2.5, INK_SOFT);
}

static void log_ticks(struct scene *scene, const struct axes *a)
{
    static const int parts[] = {1, 2, 5};
    double free_from = 0;
    for (double power = pow(10, floor(log10(a->x0))); power <= a->x1; power *= 10)
        for (int i = 0; i < 3; i++) {
            double value = parts[i] * power;
            char text[32];
            snprintf(text, sizeof text, "%.6g", value);
            if (value >= a->x0 * 0.999 && value <= a->x1 * 1.001)
                x_tick(scene, a, text, place_x(a, value), &free_from);
        }
}

static void linear_ticks(struct scene *scene, const struct axes *a)
{
    double step = nice_step(a->x1 - a->x0), free_from = 0;
    double first = step * ceil(a->x0 / step - 1e-9);
    for (int i = 0; i <= MOST_TICKS && first + i * step <= a->x1 + step / 1e6; i++) {
        char text[32];
        double value = first + i * step;
        snprintf(text, sizeof text, "%.6g", fabs(value) < step / 1e6 ? 0 : value);
        x_tick(scene, a, text, place_x(a, value), &free_from);
    }
}

static void named_ticks(struct scene *scene, const struct figure_plot *plot, const struct axes *a)
{
    double free_from = 0;
    for (size_t i = 0; plot->series_count && i < plot->series[0].count; i++)
        if (on_x_axis(a, plot->series[0].x[i]))
            x_tick(scene, a, plot->ticks[i], place_x(a, plot->series[0].x[i]), &free_from);
}

/* ---- data ---- */

static void draw_line(struct scene *scene, const struct figure_series *series, const struct axes *a,
                      size_t index)
{
    double *points = mem_new(2 * series->count + 2, sizeof *points);
    size_t count = 0;
    for (size_t i = 0; i < series->count; i++) {
        if (!drawable(series->y[i]) || !on_x_axis(a, series->x[i]))
            continue;
        points[2 * count] = place_x(a, series->x[i]);
        points[2 * count++ + 1] = place_y(a, series->y[i]);
    }
    if (count)
        scene_line(scene, points, count, colours[index % COLOURS], 1, index >= 4);
    else
        free(points);
}

static void draw_bars(struct scene *scene, const struct figure_plot *plot, const struct axes *a)
{
    double unit = a->box.w / (a->x1 - a->x0), width = 0.8 * unit / (double)plot->series_count;
    for (size_t s = 0; s < plot->series_count; s++)
        for (size_t i = 0; i < plot->series[s].count; i++) {
            double y = place_y(a, plot->series[s].y[i]), foot = a->box.y + a->box.h;
            double x = place_x(a, plot->series[s].x[i]) - 0.4 * unit + (double)s * width;
            if (drawable(plot->series[s].y[i]) && drawable(plot->series[s].x[i]) && y < foot)
                scene_fill(scene, (struct box){x, y, 0.94 * width, foot - y}, colours[s % COLOURS]);
        }
}

/* ---- names ---- */

struct name {
    struct scene_text_block block;
    double y; /* of its middle */
    uint32_t colour;
};

static int compare_names(const void *a, const void *b)
{
    double x = ((const struct name *)a)->y, y = ((const struct name *)b)->y;
    return (x > y) - (x < y);
}

/* Moves names apart, downwards, then back up from the bottom. */
static void spread(struct name *names, size_t count, double top, double bottom)
{
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        double least = i ? names[i - 1].y + names[i - 1].block.h / 2 : top;
        names[i].y = fmax(names[i].y, least + names[i].block.h / 2);
    }
    for (size_t i = count; i-- > 0;) {
        double most = i + 1 < count ? names[i + 1].y - names[i + 1].block.h / 2 : bottom;
        names[i].y = fmin(names[i].y, most - names[i].block.h / 2);
    }
}

static double last_y(const struct figure_series *series, const struct axes *a)
{
    for (size_t i = series->count; i-- > 0;)
        if (drawable(series->y[i]))
            return place_y(a, series->y[i]);
    return a->box.y;
}

static void draw_names(struct scene *scene, const struct figure_plot *plot, const struct axes *a,
                       double width, double bottom)
{
    struct name *names = mem_new(plot->series_count, sizeof *names);
    for (size_t s = 0; s < plot->series_count; s++)
        names[s] = (struct name){
            .block =
                page_line(scene, plot->series[s].name ? plot->series[s].name : "", name_look.size,
                          width, (bottom - a->box.y) / (double)plot->series_count),
            .y = plot->bars ? a->box.y : last_y(&plot->series[s], a),
            .colour = colours[s % COLOURS]};
    spread(names, plot->series_count, a->box.y, bottom);
    for (size_t s = 0; s < plot->series_count; s++)
        scene_text(scene, &names[s].block, a->box.x + a->box.w + 4,
                   names[s].y - names[s].block.h / 2, names[s].colour);
    free(names);
}

static double names_width(struct scene *scene, const struct figure_plot *plot, double most)
{
    double widest = 0;
    for (size_t s = 0; s < plot->series_count; s++)
        widest =
            fmax(widest, page_line_width(scene, plot->series[s].name ? plot->series[s].name : "",
                                         name_look.size, most));
    return plot->series_count > 1 ? widest : 0;
}

/* ---- a plot ---- */

static double line_of(struct scene *scene, const struct text_look *look)
{
    struct scene_text_block block = scene_text_block(scene, "Xg", look, 1e6, 1);
    double height = block.h;
    scene_text_block_done(&block);
    return height;
}

/* The title and the y axis' label, measured. */
struct head {
    struct scene_text_block title, label;
    double h;
};

static struct head head_of(struct scene *scene, const struct figure_plot *plot, double width)
{
    struct head head = {0};
    struct str title = {0};
    page_letter(scene, &title);
    str_add(&title, plot->title ? plot->title : "");
    if (title.length) {
        head.title =
            scene_text_block(scene, title.text, &(struct text_look){.size = 1}, width, TEXT_LINES);
        head.h = head.title.h + 1;
    }
    str_done(&title);
    if (plot->y_label) {
        head.label = scene_text_block(scene, plot->y_label, &tick_look, width, TEXT_LINES);
        head.h += head.label.h;
    }
    return head;
}

/* It ends at `bottom`, so that the axes of a row are aligned. */
static void draw_head(struct scene *scene, struct head *head, double x, double bottom)
{
    double y = bottom - head->h;
    if (head->title.layout)
        y += scene_text(scene, &head->title, x, y, INK).h + 1;
    if (head->label.layout)
        scene_text(scene, &head->label, x, y, INK_SOFT);
}

/* The plot below its head: `cell` does not include that. */
static void draw_plot(struct scene *scene, const struct figure_plot *plot, struct box cell)
{
    struct axes a = ranges(plot);
    double tick = line_of(scene, &tick_look), left = fmin(3.2 * tick, cell.w / 4);
    double names = names_width(scene, plot, cell.w / 3);
    double top = cell.y + tick / 2 + 2;
    double below = tick + 4 + (plot->x_label ? tick + 1 : 0);
    a.box = (struct box){cell.x + left, top, cell.w - left - (names > 0 ? names + 5 : tick / 2),
                         fmax(cell.y + cell.h - below - top, 10)};
    a.gap = 0.1 * left;
    y_ticks(scene, &a, left);
    if (plot->ticks)
        named_ticks(scene, plot, &a);
    else if (a.log_x)
        log_ticks(scene, &a);
    else
        linear_ticks(scene, &a);
    if (plot->bars)
        draw_bars(scene, plot, &a);
    for (size_t s = 0; s < plot->series_count && !plot->bars; s++)
        draw_line(scene, &plot->series[s], &a, s);
    if (names > 0)
        draw_names(scene, plot, &a, names, a.box.y + a.box.h);
    if (plot->x_label) {
        struct scene_text_block block =
            scene_text_block(scene, plot->x_label, &tick_look, cell.w - left, 1);
        double middle = a.box.x + (a.box.w - block.w) / 2, most = cell.x + cell.w - block.w;
        scene_text(scene, &block, fmin(fmax(middle, a.box.x), most), a.box.y + a.box.h + tick + 4,
                   INK_SOFT);
    }
}

/* `cell` is that of the first plot, at the top of the row; returns where the row ends. */
static double row_of_plots(struct scene *scene, const struct figure_plot *plots, size_t count,
                           struct box cell, double gap)
{
    struct head *heads = mem_new(count, sizeof *heads);
    double highest = 0;
    for (size_t i = 0; i < count; i++) {
        heads[i] = head_of(scene, &plots[i], cell.w);
        highest = fmax(highest, heads[i].h);
    }
    cell.y += highest;
    for (size_t i = 0; i < count; i++) {
        draw_head(scene, &heads[i], cell.x, cell.y);
        draw_plot(scene, &plots[i], cell);
        cell.x += cell.w + gap;
    }
    free(heads);
    return cell.y + cell.h;
}

int curves_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    if (figure->plot_count == 0)
        return error_set(err, "there is no curve to show");
    double y = page_title(scene, figure->info.caption, SCENE_MARGIN), gap = 3 * page_gap(scene);
    double font = scene->style.font_size, width = page_width(scene);
    size_t columns = scene->style.columns > 0 ? (size_t)scene->style.columns
                                              : (size_t)fmax(1, floor(width / (28 * font)));
    columns = columns < figure->plot_count ? columns : figure->plot_count;
    double cell_w = (width - (double)(columns - 1) * gap) / (double)columns;
    double cell_h = fmax(0.55 * cell_w, 11 * font);
    for (size_t i = 0; i < figure->plot_count; i += columns) {
        size_t count = columns < figure->plot_count - i ? columns : figure->plot_count - i;
        y = row_of_plots(scene, &figure->plots[i], count,
                         (struct box){SCENE_MARGIN, y, cell_w, cell_h}, gap) +
            gap;
    }
    page_finish(scene, &figure->info, NULL, NULL, false, y);
    return 0;
}
