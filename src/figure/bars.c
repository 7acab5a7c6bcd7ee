#include "figure/bars.h"

#include <math.h>
#include <stdio.h>

#include "figure/page.h"

#define TEXT_SIZE 0.9
#define STRIP_SIZE 0.75

static void number_text(double value, bool sign, char out[32])
{
    if (!isfinite(value))
        snprintf(out, 32, "-");
    else
        snprintf(out, 32, sign ? "%+.4f" : "%.3f", value);
}

/* What the rows have in common. */
struct rows {
    double text_w, number_w, bar_x, bar_w, line;
    double low, high; /* the values at the ends of the bars' room */
    bool signs;
};

static double widest_number(struct scene *scene, const struct bar *bars, size_t count, bool signs,
                            double most)
{
    double widest = 0;
    char number[32];
    for (size_t i = 0; i < count; i++) {
        number_text(bars[i].value, signs, number);
        widest = fmax(widest, page_line_width(scene, number, TEXT_SIZE, most));
    }
    return fmin(widest, most);
}

static struct rows rows_of(struct scene *scene, const struct bar *bars, size_t count, bool signs,
                           double x, double width)
{
    struct rows rows = {.line = 1.4 * scene->style.font_size, .signs = signs};
    double gap = fmin(0.4 * scene->style.font_size, width / 20);
    for (size_t i = 0; i < count; i++) {
        double w = page_line_width(scene, bars[i].text, TEXT_SIZE, 0.35 * width);
        rows.text_w = fmax(rows.text_w, fmin(w, 0.35 * width));
        if (isfinite(bars[i].value)) {
            rows.low = fmin(rows.low, bars[i].value);
            rows.high = fmax(rows.high, bars[i].value);
        }
    }
    rows.number_w = widest_number(scene, bars, count, signs, 0.3 * width);
    rows.bar_x = x + rows.text_w + gap;
    rows.bar_w = fmax(width - rows.text_w - rows.number_w - 2 * gap, 0.1);
    return rows;
}

static void bar_of(struct scene *scene, const struct rows *rows, double value, double y)
{
    double range = fmax(rows->high - rows->low, 1e-30);
    double zero = rows->bar_x - rows->low / range * rows->bar_w;
    double end = rows->bar_x + (value - rows->low) / range * rows->bar_w;
    struct box box = {fmin(zero, end), y + 0.25 * rows->line, fabs(end - zero), 0.5 * rows->line};
    if (isfinite(value) && box.w > 0)
        scene_fill(scene, box, value < 0 ? FRAME_RED : TAG_BLUE);
}

double bars_place(struct scene *scene, const struct bar *bars, size_t count, bool signs, double x,
                  double y, double width)
{
    struct rows rows = rows_of(scene, bars, count, signs, x, width);
    for (size_t i = 0; i < count; i++, y += rows.line) {
        char number[32];
        number_text(bars[i].value, signs, number);
        struct scene_text_block text =
            page_line(scene, bars[i].text, TEXT_SIZE, rows.text_w, rows.line);
        scene_text(scene, &text, x + rows.text_w - text.w, y + (rows.line - text.h) / 2,
                   bars[i].soft ? INK_SOFT : INK);
        bar_of(scene, &rows, bars[i].value, y);
        text = page_line(scene, number, TEXT_SIZE, rows.number_w, rows.line);
        scene_text(scene, &text, x + width - text.w, y + (rows.line - text.h) / 2, INK_SOFT);
    }
    return y;
}

void bars_strip(struct scene *scene, const char *name, double value, double share, struct box at)
{
    char number[32];
    double gap = fmin(2, at.w / 20), x = at.x, right = at.x + at.w;
    number_text(value, false, number);
    struct scene_text_block text = page_line(scene, number, STRIP_SIZE, at.w / 2, at.h);
    right -= text.w + gap;
    scene_text(scene, &text, at.x + at.w - text.w, at.y + (at.h - text.h) / 2, INK_SOFT);
    if (name && page_line_width(scene, name, STRIP_SIZE, 1e6) <= (right - x) / 2) {
        text = page_line(scene, name, STRIP_SIZE, (right - x) / 2, at.h);
        double name_w = text.w;
        scene_text(scene, &text, x, at.y + (at.h - text.h) / 2, INK_SOFT);
        x += name_w + gap;
    }
    struct box bar = {x, at.y + 0.3 * at.h, (right - x) * fmin(fmax(share, 0), 1), 0.4 * at.h};
    if (isfinite(share) && bar.w > 0)
        scene_fill(scene, bar, TAG_BLUE);
}
