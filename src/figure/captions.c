#include "figure/kinds.h"

#include <math.h>
#include <stdio.h>

#include "figure/parts.h"

/* An image and its ranked captions beside it; below it where the page is narrow. */

struct column {
    double x, w;
};

/* Rank, a mark (filled green for a true caption, hollow red for others), the text, the score. */
static double caption_row(struct scene *scene, const struct figure_caption *caption, bool known,
                          struct column at, double y)
{
    const struct text_look look = {.size = 1};
    double font = scene->style.font_size, mark = fmin(0.6 * font, at.w / 8);
    char rank[32], score[32];
    snprintf(rank, sizeof rank, "%zu", caption->rank);
    snprintf(score, sizeof score, "%.3f", (double)caption->score);
    double rank_w = fmin(1.8 * font, at.w / 6), score_w = fmin(3.2 * font, at.w / 4);
    double text_x = at.x + rank_w + 2 * mark, line = 2 * font;
    double text_w = at.x + at.w - text_x - (scene->style.scores ? score_w : 0);
    struct text_block number = parts_line(scene, rank, 1, rank_w, line);
    struct text_block text = text_block(scene, caption->text, &look, text_w, 12);
    double base = fmax(number.baseline, text.baseline), height = text.h;
    struct box box = {at.x + rank_w + mark / 2, y + base - 0.9 * mark, mark, mark};
    if (known && caption->truth)
        scene_fill(scene, box, FRAME_GREEN);
    else if (known)
        scene_frame(scene, box, FRAME_RED, mark / 6, false);
    if (scene->style.scores) {
        struct text_block value = parts_line(scene, score, 1, score_w - mark, line);
        scene_text(scene, &value, at.x + at.w - value.w, y + base - value.baseline, INK_SOFT);
    }
    scene_text(scene, &number, at.x + rank_w - number.w, y + base - number.baseline, INK_SOFT);
    scene_text(scene, &text, text_x, y + base - text.baseline, INK);
    return y + fmax(height, line * 0.7) + 0.35 * font;
}

static bool truth_known(const struct figure_set *set)
{
    for (size_t i = 0; i < set->caption_count; i++)
        if (set->captions[i].truth)
            return true;
    return set->truth_rank > 0;
}

static double image_panel(struct scene *scene, const struct figure_image *image, double width,
                          double y)
{
    double w, h;
    figure_image_size(image, &w, &h);
    struct box cell = {SCENE_MARGIN, y, width, fmin(fmax(width * h / w, width / 4), 1.4 * width)};
    struct box at = parts_fit(image, cell);
    at.x = cell.x;
    at.y = cell.y;
    parts_picture(scene, at, &(struct picture){.image = image});
    return at.y + at.h;
}

int captions_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    const struct figure_set *set = &figure->sets[0];
    if (set->caption_count == 0)
        return error_set(err, "there is no caption to show");
    parts_note_missing(scene, &set->image);
    double width = parts_width(scene), gap = 2 * parts_gap(scene);
    bool beside = width > 26 * scene->style.font_size, known = truth_known(set);
    double picture_w = beside ? 0.38 * width : width, y = SCENE_MARGIN;
    struct column at = {SCENE_MARGIN, width};
    double bottom = image_panel(scene, &set->image, picture_w, y);
    if (beside) {
        at.x += picture_w + gap;
        at.w -= picture_w + gap;
    } else {
        y = bottom + gap;
    }
    for (size_t i = 0; i < set->caption_count; i++)
        y = caption_row(scene, &set->captions[i], known, at, y);
    y = fmax(y, bottom) + gap / 2;
    if (known && scene->style.footer)
        y = parts_small(scene, "filled green: a caption of the image; hollow red: of another one",
                        y);
    parts_finish(scene, &figure->info, set->image.id, false, y);
    return 0;
}
