#include "figure/kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "figure/bars.h"
#include "figure/page.h"

/* words: the figure of the paper: the photograph, then one panel per word; or, where the model has
 * no attention, what each word contributes to the score. compare: several of them. */

static size_t words_shown(const struct scene *scene, const struct figure_set *set)
{
    size_t most = (size_t)scene->style.max_words;
    return most && most < set->word_count ? most : set->word_count;
}

/* The value that a panel of the set shows in full; 0: its own largest. Kinds of models have no
 * scale in common. */
static float common_scale(const struct scene *scene, const struct figure *figure,
                          const struct figure_set *of)
{
    const struct figure_style *style = &scene->style;
    float largest = 0;
    if (style->scale == SCALE_PAIR)
        return 0;
    if (style->scale == SCALE_ABSOLUTE && style->combine != COMBINE_RANK)
        return 1;
    for (size_t s = 0; s < figure->set_count; s++) {
        const struct figure_set *set = &figure->sets[s];
        bool counts = page_same_kind(set, of) && figure_set_attends(set);
        for (size_t i = 0; counts && i < words_shown(scene, set); i++)
            largest = fmaxf(
                largest, scene_overlay_largest(&set->image, set->words[i].weights, style->combine));
    }
    return largest;
}

/* ---- a panel ---- */

static size_t heavier(const struct figure_image *image, const float *weights, size_t region)
{
    size_t count = 0;
    for (size_t r = 0; r < image->regions; r++)
        count += weights[r] > weights[region] || (weights[r] == weights[region] && r < region);
    return count;
}

/* Frames the next strongest regions with at least a fifth of the largest weight, with lines the
 * thicker the larger the weight; more of them would hide the picture. */
static void region_frames(struct scene *scene, const struct figure_image *image,
                          const float *weights, ptrdiff_t strongest, struct box at)
{
    for (size_t r = 0; r < image->regions; r++) {
        double share = weights[r] / fmax(weights[strongest], 1e-30);
        struct box box;
        if (share >= 0.2 && (ptrdiff_t)r != strongest && heavier(image, weights, r) < PAGE_FRAMES &&
            page_region(image, r, at, &box))
            scene_frame(scene, box, FRAME_YELLOW, 0.2 + 0.6 * share, false);
    }
}

static void word_panel(struct scene *scene, const struct figure_set *set,
                       const struct figure_word *word, struct box cell, float scale_to)
{
    const struct figure_image *image = &set->image;
    struct box at = page_fit(image, cell), strongest = at;
    page_picture(scene, at,
                 &(struct picture){.image = image,
                                   .weights = word->weights,
                                   .overlay = scene->style.overlay,
                                   .scale_to = scale_to});
    ptrdiff_t best = overlay_strongest(word->weights, image->regions);
    if (scene->style.overlay == OVERLAY_FADE) /* a faded picture has no visible edge */
        scene_frame(scene, at, FRAME_HAIR, 0.3, false);
    if (best >= 0 && scene->style.overlay == OVERLAY_BOXES)
        region_frames(scene, image, word->weights, best, at);
    if (best >= 0 && page_region(image, (size_t)best, at, &strongest))
        page_region_frame(scene, strongest);
    else
        strongest = at;
    struct str text = {0};
    str_add(&text, word->text);
    if (best >= 0)
        page_add_name(scene, image, (size_t)best, ": ", page_tag_size(scene, cell),
                      page_tag_room(scene, cell), &text);
    page_tag(scene, text.text, word->unknown ? TAG_GREY : TAG_BLUE, strongest, cell);
    str_done(&text);
}

/* ---- all panels ---- */

/* The height of a bar below each panel, for the weights of nodes; 0: there are none. */
static double strip_height(const struct scene *scene, const struct figure_set *set)
{
    return set->nodes_are ? 1.1 * scene->style.font_size : 0;
}

static float largest_node(const struct figure_set *set)
{
    float largest = set->node;
    for (size_t i = 0; i < set->word_count; i++)
        largest = fmaxf(largest, set->words[i].node);
    return largest > 0 ? largest : 1;
}

/* A panel's bar (NULL: of the whole pair) and what is below it. */
static void below_panel(struct scene *scene, const struct figure_set *set, const struct grid *grid,
                        const struct figure_word *word, struct box cell)
{
    double strip = strip_height(scene, set), node = (double)(word ? word->node : set->node);
    struct grid label = *grid;
    if (strip > 0)
        bars_strip(scene, word ? NULL : "whole", node, node / (double)largest_node(set),
                   (struct box){cell.x, cell.y + cell.h, cell.w, strip});
    label.label_h -= strip;
    cell.h += strip;
    page_label(scene, &label, cell, NULL, word ? &word->similarity : NULL);
}

static double panels(struct scene *scene, const struct figure_set *set, float scale, double y)
{
    const struct figure_style *style = &scene->style;
    double w, h;
    figure_image_size(&set->image, &w, &h);
    size_t first = style->original_first, count = words_shown(scene, set);
    struct grid grid = page_grid(scene, count + first, w / h, style->scores || style->letters);
    grid.label_h += strip_height(scene, set);
    if (first) {
        struct box cell = page_cell(&grid, 0, y);
        page_picture(scene, page_fit(&set->image, cell), &(struct picture){.image = &set->image});
        below_panel(scene, set, &grid, NULL, cell);
    }
    for (size_t i = 0; i < count; i++) {
        struct box cell = page_cell(&grid, i + first, y);
        word_panel(scene, set, &set->words[i], cell, scale);
        below_panel(scene, set, &grid, &set->words[i], cell);
    }
    return y + page_grid_height(&grid, count + first);
}

/* ---- without attention ---- */

/* The photograph, at most `width` wide; returns where it ends. */
static double photograph(struct scene *scene, const struct figure_set *set, double width, double y)
{
    double w, h;
    figure_image_size(&set->image, &w, &h);
    struct grid grid = page_grid(scene, 1, w / h, scene->style.letters);
    struct box cell = {SCENE_MARGIN, y, width, fmin(fmax(width * h / w, width / 4), 1.4 * width)};
    struct box at = page_fit(&set->image, cell);
    at.x = cell.x;
    at.y = cell.y;
    page_picture(scene, at, &(struct picture){.image = &set->image});
    page_label(scene, &grid, at, NULL, NULL);
    return at.y + at.h + grid.label_h;
}

/* The photograph and, beside it or on a narrow page below it, a bar per word. */
static double shares(struct scene *scene, const struct figure_set *set, double y)
{
    double width = page_width(scene), gap = 2 * page_gap(scene), bottom = y, x = SCENE_MARGIN;
    bool beside = width > 26 * scene->style.font_size;
    size_t count = words_shown(scene, set);
    struct bar *bars = mem_new(count, sizeof *bars);
    for (size_t i = 0; i < count; i++)
        bars[i] =
            (struct bar){set->words[i].text, (double)set->words[i].share, set->words[i].unknown};
    if (scene->style.original_first) {
        double picture_w = beside ? 0.38 * width : width;
        bottom = photograph(scene, set, picture_w, y);
        x += beside ? picture_w + gap : 0;
        y = beside ? y : bottom + gap;
    }
    double end = bars_place(scene, bars, count, true, x, y, SCENE_MARGIN + width - x);
    free(bars);
    return fmax(bottom, end) + gap / 2;
}

static double set_panels(struct scene *scene, const struct figure *figure,
                         const struct figure_set *set, double y)
{
    if (!figure_set_attends(set))
        return shares(scene, set, y);
    return panels(scene, set, common_scale(scene, figure, set), y);
}

/* ---- below them ---- */

static bool any_unknown(const struct scene *scene, const struct figure *figure)
{
    for (size_t s = 0; s < figure->set_count; s++)
        for (size_t i = 0; i < words_shown(scene, &figure->sets[s]); i++)
            if (figure->sets[s].words[i].unknown)
                return true;
    return false;
}

static double below(struct scene *scene, const struct figure *figure, double y)
{
    const struct figure_set *attends = NULL;
    for (size_t s = figure->set_count; s-- > 0;)
        if (figure_set_attends(&figure->sets[s]))
            attends = &figure->sets[s];
    float scale = attends ? common_scale(scene, figure, attends) : 0;
    bool mixed = page_mixed(figure), heat = attends && scene->style.overlay == OVERLAY_HEAT;
    if (attends)
        page_state_overlay(scene, scale, mixed);
    if (heat)
        y = page_colour_bar(scene, str_text(&scene->statement), scale > 0 && !mixed ? scale : 1,
                            false, y);
    if (any_unknown(scene, figure))
        y = page_fine_print(scene,
                            attends ? "grey tag: the vocabulary does not have the word"
                                    : "grey: the vocabulary does not have the word",
                            y);
    return y;
}

static int check_set(struct scene *scene, const struct figure_set *set, struct error *err)
{
    if (set->word_count == 0 && !set->shares_are) /* a matrix has none */
        return error_set(err, "there is no word to show");
    if (figure_set_attends(set) && page_need_boxes(&set->image, err) != 0)
        return -1;
    page_note_missing(scene, &set->image);
    size_t shown = words_shown(scene, set);
    if (shown < set->word_count)
        scene_note(scene, "the first %zu of %zu words are shown", shown, set->word_count);
    return 0;
}

int words_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    const struct figure_set *set = &figure->sets[0];
    if (check_set(scene, set, err) != 0)
        return -1;
    double y = page_title(scene, set->query, SCENE_MARGIN);
    y = set_panels(scene, figure, set, y);
    y = below(scene, figure, y);
    page_finish_sets(scene, figure, set->image.id, scene->style.overlay != OVERLAY_HEAT, y);
    return 0;
}

/* ---- compare ---- */

/* Whether all sets have the same text in the member at that offset. */
static bool same_text(const struct figure *figure, size_t offset)
{
    const char *first = *(const char *const *)((const char *)&figure->sets[0] + offset);
    for (size_t s = 1; s < figure->set_count; s++) {
        const char *text = *(const char *const *)((const char *)&figure->sets[s] + offset);
        if (!first || !text || strcmp(first, text) != 0)
            return false;
    }
    return true;
}

/* "A  the model or the caption  0.531". */
static double set_heading(struct scene *scene, const struct figure_set *set, size_t index,
                          bool queries, double y)
{
    struct str text = {0};
    str_addf(&text, "%c", (int)('A' + index % 26));
    if (set->label)
        str_addf(&text, "   %s", set->label);
    if (queries && set->query)
        str_addf(&text, "   %s", set->query);
    if (set->model_kind)
        str_addf(&text, "   %s", set->model_kind);
    if (set->has_score)
        str_addf(&text, "   %.4f", (double)set->score);
    if (set->rank)
        str_addf(&text, "   rank %zu of %zu", set->rank, set->rank_of);
    y = page_paragraph(scene, text.text, 1, INK, y);
    str_done(&text);
    return y + page_gap(scene) / 2;
}

int words_compare_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    bool same = same_text(figure, offsetof(struct figure_set, query));
    bool same_image = same_text(figure, offsetof(struct figure_set, image.id));
    for (size_t s = 0; s < figure->set_count; s++)
        if (check_set(scene, &figure->sets[s], err) != 0)
            return -1;
    double y = page_title(scene, same ? figure->sets[0].query : NULL, SCENE_MARGIN);
    for (size_t s = 0; s < figure->set_count; s++) {
        y = set_heading(scene, &figure->sets[s], s, !same, y);
        y = set_panels(scene, figure, &figure->sets[s], y) + page_gap(scene);
    }
    y = below(scene, figure, y);
    page_finish_sets(scene, figure, same_image ? figure->sets[0].image.id : NULL,
                     scene->style.overlay != OVERLAY_HEAT, y);
    return 0;
}
