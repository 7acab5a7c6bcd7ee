#include "figure/kinds.h"

#include <math.h>
#include <stdio.h>

#include "figure/page.h"

/* matrix: words x regions, each weight a cell; above each column the region cut out of the
 * photograph or, without boxes, only its number. */

struct frame {
    double left, top, cell_w, cell_h; /* of the cells */
    double name_h;                    /* of the regions' names above them; 0: none */
};

#define NAME_SIZE 0.65

static float scale_of(const struct scene *scene, const struct figure_set *set)
{
    float largest = 0;
    if (scene->style.scale == SCALE_ABSOLUTE)
        return 1;
    for (size_t w = 0; w < set->word_count; w++)
        for (size_t r = 0; r < set->region_count; r++)
            largest = fmaxf(largest, page_weight(set, w, set->regions[r]));
    return largest;
}

static double label_width(struct scene *scene, const struct figure_set *set)
{
    double widest = 0, most = 0.3 * page_width(scene);
    for (size_t i = 0; i < set->word_count; i++)
        widest = fmax(widest, page_line_width(scene, set->words[i].text, 0.9, most));
    return fmin(widest, most);
}

/* A region as a part of its image (crop), and an image of the region's shape; false if it cannot be
 * shown. */
static bool region_shape(const struct figure_image *image, size_t region, struct box *crop,
                         struct figure_image *shape)
{
    const struct box unit = {0, 0, 1, 1};
    double w, h;
    if (!image->boxes || !image->pixels || !page_region(image, region, unit, crop))
        return false;
    figure_image_size(image, &w, &h);
    *shape = (struct figure_image){.box_width = (int)fmax(1, crop->w * w),
                                   .box_height = (int)fmax(1, crop->h * h)};
    return true;
}

/* Height of the tallest region in a column of `width`, at most square. */
static double crops_height(const struct figure_set *set, double width)
{
    double height = 0;
    for (size_t i = 0; i < set->region_count; i++) {
        struct figure_image shape;
        struct box crop, cell = {0, 0, width, width};
        if (region_shape(&set->image, set->regions[i], &crop, &shape))
            height = fmax(height, page_fit(&shape, cell).h);
    }
    return height;
}

/* The height of a line of names, if there are any and columns are wide enough to read them. */
static double names_height(struct scene *scene, const struct figure_set *set, double width)
{
    bool any = false;
    for (size_t i = 0; set->image.names && i < set->region_count; i++)
        any |= set->image.names[set->regions[i]] != NULL;
    return any && scene->style.names && width >= 2.5 * scene->style.font_size
               ? NAME_SIZE * 1.5 * scene->style.font_size
               : 0;
}

/* What the region was taken for, cut if it has to be. */
static void column_name(struct scene *scene, const struct figure_image *image, size_t region,
                        struct box line)
{
    struct str text = {0};
    if (line.h <= 0 || !image->names[region])
        return;
    page_add_name(scene, image, region, "", NAME_SIZE, line.w, &text);
    struct scene_text_block block =
        page_line(scene, text.length ? text.text : image->names[region], NAME_SIZE, line.w, line.h);
    scene_text(scene, &block, line.x + (line.w - block.w) / 2, line.y, INK_SOFT);
    str_done(&text);
}

/* The region itself, as large as the column allows, below its number and name. */
static void column_head(struct scene *scene, const struct figure_set *set, size_t column,
                        const struct frame *frame, double crops_h)
{
    struct figure_image shape;
    struct box crop,
        cell = {frame->left + (double)column * frame->cell_w + 0.5, 0, frame->cell_w - 1, crops_h};
    char number[32];
    cell.y = frame->top - crops_h - (crops_h > 0);
    snprintf(number, sizeof number, "%zu", set->regions[column]);
    struct scene_text_block block = page_line(scene, number, 0.75, cell.w, scene->style.font_size);
    double above = cell.y - 1 - frame->name_h;
    scene_text(scene, &block, cell.x + (cell.w - block.w) / 2, above - block.h, INK_SOFT);
    column_name(scene, &set->image, set->regions[column],
                (struct box){cell.x, above, cell.w, frame->name_h});
    if (region_shape(&set->image, set->regions[column], &crop, &shape))
        scene_picture(scene, page_fit(&shape, cell),
                      &(struct picture){.image = &set->image, .crop = crop});
}

static void word_row(struct scene *scene, const struct figure_set *set, size_t word,
                     const struct frame *frame, float scale)
{
    const double lap =
        0.4; /* below the next cell, or the paper would show through at the soft edge */
    double y = frame->top + (double)word * frame->cell_h, room = frame->left - SCENE_MARGIN - 3;
    struct scene_text_block block =
        page_line(scene, set->words[word].text, 0.9, room, frame->cell_h);
    scene_text(scene, &block, frame->left - 3 - block.w, y + (frame->cell_h - block.h) / 2,
               set->words[word].unknown ? INK_SOFT : INK);
    for (size_t r = 0; r < set->region_count; r++) {
        uint8_t rgb[3];
        colour_map_at(scene->style.map,
                      page_weight(set, word, set->regions[r]) / fmaxf(scale, 1e-30f), rgb);
        double more_x = r + 1 < set->region_count ? lap : 0;
        double more_y = word + 1 < set->word_count ? lap : 0;
        struct box cell = {frame->left + (double)r * frame->cell_w, y, frame->cell_w + more_x,
                           frame->cell_h + more_y};
        scene_fill(scene, cell, (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2]);
    }
}

int matrix_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    const struct figure_set *set = &figure->sets[0];
    if (set->word_count == 0 || set->region_count == 0)
        return error_set(err, "there is no %s to show", set->word_count ? "region" : "word");
    if (page_need_attention(set, err) != 0)
        return -1;
    page_note_missing(scene, &set->image);
    double y = page_title(scene, set->query, SCENE_MARGIN);
    double label = label_width(scene, set) + 3;
    struct frame frame = {.left = SCENE_MARGIN + label};
    frame.cell_w = fmin((page_width(scene) - label) / (double)set->region_count,
                        fmax(46, page_width(scene) / 8));
    frame.cell_h =
        fmax(fmin(frame.cell_w, 1.9 * scene->style.font_size), 1.2 * scene->style.font_size);
    double crops_h = crops_height(set, frame.cell_w - 1);
    frame.name_h = names_height(scene, set, frame.cell_w);
    frame.top = y + scene->style.font_size + 2 + frame.name_h + crops_h + (crops_h > 0);
    float scale = scale_of(scene, set);
    for (size_t r = 0; r < set->region_count; r++)
        column_head(scene, set, r, &frame, crops_h);
    for (size_t w = 0; w < set->word_count; w++)
        word_row(scene, set, w, &frame, scale);
    y = frame.top + (double)set->word_count * frame.cell_h + page_gap(scene);
    str_add(&scene->statement, scene->style.scale == SCALE_ABSOLUTE
                                   ? "attention weight (1: all of a word's attention)"
                                   : "attention weight, scaled to the largest shown");
    y = page_colour_bar(scene, scene->statement.text, scale > 0 ? scale : 1, true, y);
    page_finish_sets(scene, figure, set->image.id, false, y);
    return 0;
}
