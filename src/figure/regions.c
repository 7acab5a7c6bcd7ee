#include "figure/kinds.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "figure/bars.h"
#include "figure/page.h"

/* regions: one panel per region: the photograph dimmed except for the region, and below it the
 * caption with each word tinted by its weight: the words that the region attends to (i-t models),
 * or that attend to the region. */

static float largest_of(const struct figure_set *set, size_t region)
{
    float largest = 0;
    for (size_t i = 0; i < set->word_count; i++)
        largest = fmaxf(largest, page_weight(set, i, region));
    return largest;
}

static float common_scale(const struct scene *scene, const struct figure_set *set)
{
    float largest = 0;
    if (scene->style.scale == SCALE_PAIR)
        return 0;
    if (scene->style.scale == SCALE_ABSOLUTE)
        return 1;
    for (size_t i = 0; i < set->region_count; i++)
        largest = fmaxf(largest, largest_of(set, set->regions[i]));
    return largest;
}

/* ---- the tinted caption ---- */

/* The place of the next word, in lines of the cell's width. */
struct flow {
    struct box cell;
    double x, y, line;
};

static void flow_next(struct flow *flow, double width)
{
    if (flow->x > flow->cell.x && flow->x + width > flow->cell.x + flow->cell.w) {
        flow->x = flow->cell.x;
        flow->y += flow->line;
    }
}

/* Places the words (only measures them if `scale` is negative); returns their height. */
static double flow_words(struct scene *scene, const struct figure_set *set, size_t region,
                         struct box cell, float scale)
{
    double size = 0.85, pad = fmin(0.18 * scene->style.font_size, cell.w / 8);
    struct flow flow = {.cell = cell, .x = cell.x, .y = cell.y};
    for (size_t i = 0; i < set->word_count; i++) {
        const char *text = set->words[i].text;
        double room = fmax(cell.w - 2 * pad, 0.5), line = 1.6 * size * scene->style.font_size;
        struct scene_text_block block = page_line(scene, text, size, room, line);
        struct box tint = {0, 0, block.w + 2 * pad, line};
        flow.line = line + 0.5;
        flow_next(&flow, tint.w);
        tint.x = flow.x;
        tint.y = flow.y;
        flow.x += tint.w + 0.5;
        if (scale < 0) {
            scene_text_block_done(&block);
            continue;
        }
        double share = fmin(1, page_weight(set, i, region) / fmax(scale, 1e-30));
        uint32_t colour = page_mix(0xffffff, TAG_BLUE, share);
        scene_fill(scene, tint, colour);
        scene_text(scene, &block, tint.x + pad, tint.y + (line - block.h) / 2, page_ink_on(colour));
    }
    return flow.y + flow.line - cell.y;
}

/* ---- panels ---- */

static void region_panel(struct scene *scene, const struct figure_set *set, size_t region,
                         struct box cell)
{
    const struct figure_image *image = &set->image;
    struct box at = page_fit(image, cell), box;
    struct str name = {0};
    page_picture(scene, at, &(struct picture){.image = image, .spotlight = true, .region = region});
    scene_frame(scene, at, FRAME_HAIR, 0.3, false);
    str_addf(&name, "%zu", region);
    page_add_name(scene, image, region, " ", page_tag_size(scene, cell), page_tag_room(scene, cell),
                  &name);
    if (!page_region(image, region, at, &box))
        box = at;
    else
        page_region_frame(scene, box);
    page_tag(scene, name.text, TAG_BLUE, box, cell);
    str_done(&name);
}

static double panels(struct scene *scene, const struct figure_set *set, float scale, double y)
{
    const struct figure_style *style = &scene->style;
    double w, h;
    figure_image_size(&set->image, &w, &h);
    struct grid grid = page_grid(scene, set->region_count, w / h,
                                 style->letters || (style->scores && set->region_similarity));
    struct box below = {.w = grid.cell_w};
    double label = grid.label_h, words = flow_words(scene, set, 0, below, -1) + 2;
    grid.label_h += words; /* so much farther apart are the rows */
    for (size_t i = 0; i < set->region_count; i++) {
        size_t region = set->regions[i];
        struct box cell = page_cell(&grid, i, y);
        region_panel(scene, set, region, cell);
        struct box text = {cell.x, cell.y + cell.h + 2, cell.w, 0};
        flow_words(scene, set, region, text, scale > 0 ? scale : largest_of(set, region));
        const float *score = set->region_similarity ? &set->region_similarity[region] : NULL;
        struct grid line = {.label_h = label};
        cell.h += words;
        page_label(scene, &line, cell, NULL, score);
    }
    return y + page_grid_height(&grid, set->region_count);
}

static void state_tint(struct scene *scene, float scale)
{
    struct str *out = &scene->statement;
    str_add(out, "Tint: a word's weight, ");
    if (scene->style.scale == SCALE_PAIR)
        str_add(out, "scaled to each region's largest");
    else if (scene->style.scale == SCALE_ABSOLUTE)
        str_add(out, "not scaled (full blue: 1)");
    else
        str_addf(out, "scaled to the largest in the figure, %.3g", (double)scale);
}

/* Below the panels, how much of the score is made of each word. */
static double nodes(struct scene *scene, const struct figure_set *set, double y)
{
    if (!set->nodes_are)
        return y;
    struct bar *bars = mem_new(set->word_count + 1, sizeof *bars);
    bars[0] = (struct bar){"whole pair", (double)set->node, true};
    for (size_t i = 0; i < set->word_count; i++)
        bars[i + 1] = (struct bar){set->words[i].text, (double)set->words[i].node, false};
    double width = fmin(page_width(scene), 40 * scene->style.font_size);
    y = bars_place(scene, bars, set->word_count + 1, false, SCENE_MARGIN, y + page_gap(scene),
                   width);
    free(bars);
    return y + page_gap(scene);
}

int regions_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    const struct figure_set *set = &figure->sets[0];
    if (set->region_count == 0 || set->word_count == 0)
        return error_set(err, "there is no %s to show", set->word_count ? "region" : "word");
    if (page_need_attention(set, err) != 0 || page_need_boxes(&set->image, err) != 0)
        return -1;
    page_note_missing(scene, &set->image);
    double y = page_title(scene, set->query, SCENE_MARGIN);
    float scale = common_scale(scene, set);
    y = panels(scene, set, scale, y);
    state_tint(scene, scale);
    y = nodes(scene, set, y);
    page_finish_sets(scene, figure, set->image.id, true, y);
    return 0;
}
