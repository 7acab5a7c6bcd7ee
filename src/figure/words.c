#include "figure/kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/page.h"

/* words: the figure of the paper: the photograph, then one panel per word. compare: several of
 * them. */

static size_t words_shown(const struct scene *scene, const struct figure_set *set)
{
    size_t most = (size_t)scene->style.max_words;
    return most && most < set->word_count ? most : set->word_count;
}

/* The value that a panel shows in full; 0: its own largest. */
static float common_scale(const struct scene *scene, const struct figure *figure)
{
    const struct figure_style *style = &scene->style;
    float largest = 0;
    if (style->scale == SCALE_PAIR)
        return 0;
    if (style->scale == SCALE_ABSOLUTE && style->combine != COMBINE_RANK)
        return 1;
    for (size_t s = 0; s < figure->set_count; s++) {
        const struct figure_set *set = &figure->sets[s];
        for (size_t i = 0; i < words_shown(scene, set); i++)
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

static double panels(struct scene *scene, const struct figure_set *set, float scale, double y)
{
    const struct figure_style *style = &scene->style;
    double w, h;
    figure_image_size(&set->image, &w, &h);
    size_t first = style->original_first, count = words_shown(scene, set);
    struct grid grid = page_grid(scene, count + first, w / h, style->scores || style->letters);
    if (first) {
        struct box cell = page_cell(&grid, 0, y);
        page_picture(scene, page_fit(&set->image, cell), &(struct picture){.image = &set->image});
        page_label(scene, &grid, cell, NULL, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        struct box cell = page_cell(&grid, i + first, y);
        word_panel(scene, set, &set->words[i], cell, scale);
        page_label(scene, &grid, cell, NULL, &set->words[i].similarity);
    }
    return y + page_grid_height(&grid, count + first);
}

static bool any_unknown(const struct scene *scene, const struct figure *figure)
{
    for (size_t s = 0; s < figure->set_count; s++)
        for (size_t i = 0; i < words_shown(scene, &figure->sets[s]); i++)
            if (figure->sets[s].words[i].unknown)
                return true;
    return false;
}

static double below(struct scene *scene, const struct figure *figure, float scale, double y)
{
    page_state_overlay(scene, scale);
    if (scene->style.overlay == OVERLAY_HEAT)
        y = page_colour_bar(scene, str_text(&scene->statement), scale > 0 ? scale : 1, false, y);
    if (any_unknown(scene, figure))
        y = page_fine_print(scene, "grey tag: the vocabulary does not have the word", y);
    return y;
}

static int check_set(struct scene *scene, const struct figure_set *set, struct error *err)
{
    if (set->word_count == 0)
        return error_set(err, "there is no word to show");
    if (page_need_boxes(&set->image, err) != 0)
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
    float scale = common_scale(scene, figure);
    double y = page_title(scene, set->query, SCENE_MARGIN);
    y = panels(scene, set, scale, y);
    y = below(scene, figure, scale, y);
    page_finish(scene, &figure->info, set->image.id, NULL, scene->style.overlay != OVERLAY_HEAT, y);
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
    if (set->has_score)
        str_addf(&text, "   %.4f", (double)set->score);
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
    float scale = common_scale(scene, figure);
    double y = page_title(scene, same ? figure->sets[0].query : NULL, SCENE_MARGIN);
    for (size_t s = 0; s < figure->set_count; s++) {
        y = set_heading(scene, &figure->sets[s], s, !same, y);
        y = panels(scene, &figure->sets[s], scale, y) + page_gap(scene);
    }
    y = below(scene, figure, scale, y);
    page_finish(scene, &figure->info, same_image ? figure->sets[0].image.id : NULL, NULL,
                scene->style.overlay != OVERLAY_HEAT, y);
    return 0;
}
