#include "figure/page.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"

#define LABEL_SIZE 0.9
static const struct text_look label_look = {.size = LABEL_SIZE};
static const struct text_look small_look = {.size = 0.8};

double page_gap(const struct scene *scene)
{
    return fmin(0.6 * scene->style.font_size, page_width(scene) / 40);
}

double page_width(const struct scene *scene)
{
    return scene->width - 2 * SCENE_MARGIN;
}

double page_paragraph(struct scene *scene, const char *text, double size, uint32_t colour, double y)
{
    struct scene_text_block block = scene_text_block(scene, text, &(struct text_look){.size = size},
                                                     page_width(scene), TEXT_LINES);
    struct box at = scene_text(scene, &block, SCENE_MARGIN, y, colour);
    return at.y + at.h;
}

double page_line_width(struct scene *scene, const char *text, double size, double most)
{
    struct scene_text_block block = page_line(scene, text, size, most, 1e6);
    double width = block.w;
    scene_text_block_done(&block);
    return width;
}

double page_title(struct scene *scene, const char *text, double y)
{
    if (!text || !*text)
        return y;
    return page_paragraph(scene, text, 1.125, INK, y) + page_gap(scene);
}

/* ---- cells ---- */

static double line_height(struct scene *scene, const struct text_look *look)
{
    struct scene_text_block block = scene_text_block(scene, "Xg", look, page_width(scene), 1);
    double height = block.h;
    scene_text_block_done(&block);
    return height;
}

/* Four, or fewer if a panel would be narrower than about six characters. */
static int columns_for(const struct scene *scene, size_t count)
{
    enum { USUAL = 4 };
    int columns = scene->style.columns;
    if (columns <= 0) {
        double smallest = 5 * scene->style.font_size;
        columns = (int)fmin(USUAL, fmax(1, page_width(scene) / smallest));
    }
    return (int)fmin(columns, fmax(1, (double)count));
}

struct grid page_grid(struct scene *scene, size_t count, double aspect, bool labels)
{
    struct grid grid = {.columns = columns_for(scene, count)};
    double gap = fmin(page_gap(scene), page_width(scene) / (4.0 * grid.columns));
    grid.gap = gap;
    grid.cell_w = (page_width(scene) - (grid.columns - 1) * gap) / grid.columns;
    grid.cell_h = fmin(fmax(grid.cell_w / aspect, grid.cell_w / 4), 1.6 * grid.cell_w);
    grid.label_h = labels ? line_height(scene, &label_look) + 1 : 0;
    return grid;
}

struct box page_cell(const struct grid *grid, size_t index, double y)
{
    size_t row = index / (size_t)grid->columns, column = index % (size_t)grid->columns;
    return (struct box){SCENE_MARGIN + (double)column * (grid->cell_w + grid->gap),
                        y + (double)row * (grid->cell_h + grid->label_h + grid->gap), grid->cell_w,
                        grid->cell_h};
}

double page_grid_height(const struct grid *grid, size_t count)
{
    size_t rows = (count + (size_t)grid->columns - 1) / (size_t)grid->columns;
    return (double)rows * (grid->cell_h + grid->label_h + grid->gap);
}

/* ---- pictures ---- */

struct box page_fit(const struct figure_image *image, struct box cell)
{
    enum { HAIR = 1 };
    double w, h;
    figure_image_size(image, &w, &h);
    double scale = fmin(cell.w / w, cell.h / h);
    double width = fmin(fmax(w * scale, HAIR), cell.w),
           height = fmin(fmax(h * scale, HAIR), cell.h);
    return (struct box){cell.x + (cell.w - width) / 2, cell.y + (cell.h - height) / 2, width,
                        height};
}

bool page_region(const struct figure_image *image, size_t r, struct box at, struct box *out)
{
    assert(image->boxes && r < image->regions);
    double w, h;
    figure_image_size(image, &w, &h);
    const float *b = image->boxes + 4 * r;
    double x0 = fmax(b[0] / w, 0), y0 = fmax(b[1] / h, 0);
    double x1 = fmin(b[2] / w, 1), y1 = fmin(b[3] / h, 1);
    if (!(isfinite(b[0]) && isfinite(b[1]) && isfinite(b[2]) && isfinite(b[3])))
        return false;
    *out = (struct box){at.x + x0 * at.w, at.y + y0 * at.h, (x1 - x0) * at.w, (y1 - y0) * at.h};
    return x1 > x0 && y1 > y0;
}

bool figure_region_name(const struct figure_image *image, size_t r, struct str *out)
{
    if (!image->names || !image->names[r])
        return false;
    str_add(out, image->names[r]);
    if (image->confidences && isfinite(image->confidences[r]))
        str_addf(out, " %.2f", (double)image->confidences[r]);
    return true;
}

void page_add_name(struct scene *scene, const struct figure_image *image, size_t r,
                   const char *before, double size, double width, struct str *text)
{
    struct str longer = {0};
    str_addf(&longer, "%s%s", str_text(text), before);
    if (scene->style.names && figure_region_name(image, r, &longer) &&
        page_line_width(scene, longer.text, size, 1e6) <= width) {
        str_clear(text);
        str_add(text, longer.text);
    }
    str_done(&longer);
}

void page_region_frame(struct scene *scene, struct box at)
{
    scene_frame(scene, at, FRAME_RED, fmax(0.25, fmin(0.8, fmin(at.w, at.h) / 6)), false);
}

/* The reason is in the notes: a file name does not help the figure's readers. */
static void missing_text(struct scene *scene, struct box at, const char *id)
{
    double pad = fmin(3, at.w / 10), line = line_height(scene, &small_look);
    int lines = (int)((at.h - 2 * pad) / line);
    struct str text = {0};
    if (lines < 1 || at.w < 4 * line)
        return;
    str_addf(&text, "no photograph%s%s", lines > 1 && id ? " of " : "", lines > 1 && id ? id : "");
    struct text_look look = small_look;
    look.align = PANGO_ALIGN_CENTER;
    struct scene_text_block block =
        scene_text_block(scene, text.text, &look, at.w - 2 * pad, lines);
    scene_text(scene, &block, at.x + (at.w - block.w) / 2, at.y + (at.h - block.h) / 2, INK_SOFT);
    str_done(&text);
}

void page_picture(struct scene *scene, struct box at, const struct picture *picture)
{
    if (picture->image->pixels || picture->weights || picture->spotlight) {
        scene_picture(scene, at, picture);
        return;
    }
    scene_fill(scene, at, PAPER_GREY);
    missing_text(scene, at, picture->image->id);
}

struct scene_text_block page_line(struct scene *scene, const char *text, double size, double width,
                                  double height)
{
    static const double smaller[] = {1, 0.89, 0.78};
    enum { STEPS = COUNTOF(smaller) };
    struct text_look look = {.size = size};
    struct scene_text_block block = {0};
    for (int i = 0; i < STEPS; i++) {
        scene_text_block_done(&block);
        look.size = size * smaller[i];
        block = scene_text_block(scene, text, &look, 1e6, 1);
        if (block.w <= width && block.h <= height)
            return block;
    }
    if (block.h > height)
        look.size *= height / block.h;
    scene_text_block_done(&block);
    return scene_text_block(scene, text, &look, width, 1);
}

double page_tag_size(const struct scene *scene, struct box cell)
{
    return fmin(fmax(cell.w / (14 * scene->style.font_size), 0.7), 0.9);
}

static double tag_pad(const struct scene *scene, struct box cell)
{
    return fmin(0.3 * page_tag_size(scene, cell) * scene->style.font_size,
                fmin(cell.w, cell.h) / 8);
}

double page_tag_room(const struct scene *scene, struct box cell)
{
    return cell.w - 2 * tag_pad(scene, cell);
}

void page_tag(struct scene *scene, const char *text, uint32_t colour, struct box near,
              struct box cell)
{
    double size = page_tag_size(scene, cell), pad = tag_pad(scene, cell);
    struct scene_text_block block =
        page_line(scene, text, size, cell.w - 2 * pad, cell.h - 0.4 * pad);
    struct box tag = {.w = block.w + 2 * pad, .h = block.h + 0.4 * pad};
    tag.x = fmin(fmax(near.x, cell.x), cell.x + cell.w - tag.w);
    if (near.y - tag.h >= cell.y)
        tag.y = near.y - tag.h;
    else if (near.y + near.h + tag.h <= cell.y + cell.h && near.h < 4 * tag.h)
        tag.y = near.y + near.h; /* inside, it would hide most of a low region */
    else
        tag.y = near.y;
    tag.y = fmax(fmin(tag.y, cell.y + cell.h - tag.h), cell.y);
    scene_fill(scene, tag, colour);
    scene_text(scene, &block, tag.x + pad, tag.y + 0.2 * pad, 0xffffff);
}

void page_letter(struct scene *scene, struct str *out)
{
    char letters[16];
    int at = sizeof letters;
    if (!scene->style.letters)
        return;
    for (size_t n = ++scene->panels; n > 0; n = (n - 1) / 26)
        letters[--at] = (char)('a' + (n - 1) % 26);
    str_addf(out, "(%.*s) ", (int)sizeof letters - at, letters + at);
}

void page_label(struct scene *scene, const struct grid *grid, struct box cell, const char *left,
                const float *score)
{
    struct str text = {0};
    double y = cell.y + cell.h + 1, room = cell.w, height = grid->label_h - 1;
    if (grid->label_h <= 0)
        return;
    if (score && scene->style.scores) {
        char number[32];
        snprintf(number, sizeof number, "%.3f", (double)*score);
        struct scene_text_block block = page_line(scene, number, LABEL_SIZE, cell.w, height);
        room = cell.w - block.w - 3;
        scene_text(scene, &block, cell.x + cell.w - block.w, y, INK_SOFT);
    }
    page_letter(scene, &text);
    str_add(&text, left ? left : "");
    if (text.length && room > scene->style.font_size) {
        struct scene_text_block block = page_line(scene, text.text, LABEL_SIZE, room, height);
        scene_text(scene, &block, cell.x, y, INK);
    }
    str_done(&text);
}

/* ---- weights, colours, checks ---- */

float page_weight(const struct figure_set *set, size_t word, size_t region)
{
    float weight = set->words[word].weights[region];
    return isfinite(weight) && weight > 0 ? weight : 0;
}

uint32_t page_mix(uint32_t from, uint32_t to, double t)
{
    uint32_t mixed = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        double a = from >> shift & 255, b = to >> shift & 255;
        mixed |= (uint32_t)(a + (b - a) * t + 0.5) << shift;
    }
    return mixed;
}

uint32_t page_ink_on(uint32_t colour)
{
    uint8_t rgb[] = {(uint8_t)(colour >> 16), (uint8_t)(colour >> 8), (uint8_t)colour};
    return overlay_grey(rgb) > 140 ? INK : 0xffffff;
}

int page_need_boxes(const struct figure_image *image, struct error *err)
{
    if (image->boxes && image->regions)
        return 0;
    if (image->no_boxes)
        return error_set(err,
                         "image %s has no boxes, so attention cannot be shown on the picture: %s",
                         image->id ? image->id : "?", image->no_boxes);
    return error_set(err,
                     "image %s has no boxes, so attention cannot be shown on the picture: put "
                     "SPLIT_boxes.npy (images x regions x 4, in pixels) and "
                     "SPLIT_img_sizes.npy next to the features; 'scanscope convert' makes them "
                     "from bottom-up TSV files",
                     image->id ? image->id : "?");
}

void page_note_missing(struct scene *scene, const struct figure_image *image)
{
    if (!image->pixels)
        scene_note(scene, "no photograph for image %s: %s", image->id ? image->id : "?",
                   image->missing ? image->missing : "none given");
}

/* ---- below the panels ---- */

/* "0 [bar] top"; returns the x where it ends. The bar is narrowed to make room for the numbers. */
static double bar_and_numbers(struct scene *scene, float top, bool pure, double y,
                              double *height_out)
{
    char number[32];
    snprintf(number, sizeof number, "%.3g", (double)top);
    double room = page_width(scene), gap = fmin(page_gap(scene) / 2, room / 20);
    double line = line_height(scene, &small_look);
    struct scene_text_block low = page_line(scene, "0", small_look.size, room / 6, line);
    struct scene_text_block high = page_line(scene, number, small_look.size, room / 2, line);
    double width = fmin(fmin(90, room / 3), room - low.w - high.w - 2 * gap);
    struct box bar = {SCENE_MARGIN + low.w + gap, y + 0.2 * line, width, 0.6 * line};
    double x = bar.x + bar.w + gap, end = x + high.w;
    scene_text(scene, &low, SCENE_MARGIN, y, INK);
    scene_bar(scene, bar, pure);
    scene_text(scene, &high, x, y, INK);
    *height_out = line;
    return end;
}

double page_colour_bar(struct scene *scene, const char *what, float top, bool pure, double y)
{
    double gap = page_gap(scene), line, right = scene->width - SCENE_MARGIN;
    double x = bar_and_numbers(scene, top, pure, y, &line) + 2 * gap;
    if (right - x < 12 * scene->style.font_size) { /* no room next to it */
        x = SCENE_MARGIN;
        y += line + gap / 2;
    }
    struct scene_text_block text =
        scene_text_block(scene, what, &small_look, right - x, TEXT_LINES);
    double height = fmax(line, text.h);
    scene_text(scene, &text, x, y, INK);
    return y + height + gap;
}

double page_fine_print(struct scene *scene, const char *text, double y)
{
    return page_paragraph(scene, text, small_look.size, INK_SOFT, y) + page_gap(scene) / 2;
}

void page_state_overlay(struct scene *scene, float full, bool mixed)
{
    static const char *const combine[] = {
        [COMBINE_SUM] = "sum of the weights of the regions over a pixel",
        [COMBINE_MAX] = "largest weight of the regions over a pixel",
        [COMBINE_RANK] = "sum of 50 (k - rank)\xc2\xb2 of the regions over a pixel",
    };
    const struct figure_style *style = &scene->style;
    struct str *out = &scene->statement;
    str_clear(out);
    if (style->overlay == OVERLAY_NONE)
        return;
    if (style->overlay == OVERLAY_BOXES) {
        str_addf(out, "Frames: the %d strongest regions with a fifth of the largest weight or more",
                 PAGE_FRAMES);
        return;
    }
    str_addf(out, "%s: %s, ", style->overlay == OVERLAY_HEAT ? "Attention" : "Brightness",
             combine[style->combine]);
    if (style->scale == SCALE_PAIR)
        str_add(out, "scaled to each panel's largest");
    else if (style->scale == SCALE_ABSOLUTE && style->combine != COMBINE_RANK)
        str_add(out, "not scaled (1: all of a word's attention)");
    else if (mixed)
        str_add(out, "scaled to the largest of each kind of model");
    else
        str_addf(out, "scaled to the largest in the figure, %.3g", (double)full);
}

static void add_sentence(struct str *out, const char *text)
{
    if (text && *text)
        str_addf(out, "%s%s.", out->length ? " " : "", text);
}

static void footer_text(const struct scene *scene, const struct figure_info *info,
                        const char *image_id, const char *legend, bool state, struct str *out)
{
    add_sentence(out, state ? str_text(&scene->statement) : NULL);
    add_sentence(out, legend);
    if (image_id)
        str_addf(out, "%sImage %s.", out->length ? " " : "", image_id);
    if (info->model)
        str_addf(out, "%sModel %s.", out->length ? " " : "", info->model);
    if (info->has_score)
        str_addf(out, "%sSimilarity %.4f.", out->length ? " " : "", (double)info->score);
}

void page_finish(struct scene *scene, const struct figure_info *info, const char *image_id,
                 const char *legend, bool state, double y)
{
    if (scene->style.footer) {
        struct str text = {0};
        footer_text(scene, info, image_id, legend, state, &text);
        if (text.length)
            page_fine_print(scene, text.text, y);
        str_done(&text);
    }
    double bottom = 0;
    for (size_t i = 0; i < scene->count; i++)
        bottom = fmax(bottom, scene->items[i].box.y + scene->items[i].box.h);
    scene->height = bottom + SCENE_MARGIN;
}
