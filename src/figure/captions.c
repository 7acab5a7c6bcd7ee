#include "figure/kinds.h"

#include <math.h>
#include <stdio.h>

#include "figure/page.h"

/* captions: an image with its ranked captions next to it, or below it on a narrow page. */

struct column {
    double x, w;
};

/* A caption's texts, measured. In a narrow column `text` goes below the others. */
struct row {
    struct scene_text_block rank, text, score;
    double rank_w, mark, text_x;
    bool narrow;
};

static struct row measure_row(struct scene *scene, const struct figure_caption *caption,
                              struct column at)
{
    const struct text_look look = {.size = 1};
    double font = scene->style.font_size, line = 2 * font;
    struct row row = {.narrow = at.w < 16 * font, .mark = fmin(0.6 * font, at.w / 8)};
    char rank[32], score[32];
    snprintf(rank, sizeof rank, "%zu", caption->rank);
    snprintf(score, sizeof score, "%.3f", (double)caption->score);
    row.rank_w = fmin(1.8 * font, at.w / 5);
    row.rank = page_line(scene, rank, 1, row.rank_w, line);
    double taken = row.rank_w + 2.4 * row.mark;
    if (scene->style.scores)
        row.score = page_line(scene, score, 1, fmin(4 * font, at.w - taken), line);
    double beside = at.w - taken - (scene->style.scores ? fmax(row.score.w, 2.8 * font) + font : 0);
    row.text_x = at.x + (row.narrow ? 0 : taken);
    row.text =
        scene_text_block(scene, caption->text, &look, row.narrow ? at.w : beside, TEXT_LINES);
    return row;
}

/* Rank, a mark (filled green for a true caption, hollow red for others), the text, the score. */
static double caption_row(struct scene *scene, const struct figure_caption *caption, bool known,
                          struct column at, double y)
{
    struct row row = measure_row(scene, caption, at);
    double font = scene->style.font_size, mark = row.mark;
    double base =
        y + fmax(fmax(row.rank.baseline, row.score.baseline), row.narrow ? 0 : row.text.baseline);
    double text_y = row.narrow ? y + fmax(row.rank.h, row.score.h) : base - row.text.baseline;
    double end = text_y + row.text.h;
    struct box box = {at.x + row.rank_w + mark / 2, base - 0.9 * mark, mark, mark};
    if (known && caption->truth)
        scene_fill(scene, box, FRAME_GREEN);
    else if (known)
        scene_frame(scene, box, FRAME_RED, mark / 6, false);
    if (row.score.layout)
        scene_text(scene, &row.score, at.x + at.w - row.score.w, base - row.score.baseline,
                   INK_SOFT);
    scene_text(scene, &row.rank, at.x + row.rank_w - row.rank.w, base - row.rank.baseline,
               INK_SOFT);
    scene_text(scene, &row.text, row.text_x, text_y, INK);
    return fmax(end, y + 1.4 * font) + 0.35 * font;
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
    struct box at = page_fit(image, cell);
    at.x = cell.x;
    at.y = cell.y;
    page_picture(scene, at, &(struct picture){.image = image});
    return at.y + at.h;
}

int captions_layout(struct scene *scene, const struct figure *figure, struct error *err)
{
    const struct figure_set *set = &figure->sets[0];
    if (set->caption_count == 0)
        return error_set(err, "there is no caption to show");
    page_note_missing(scene, &set->image);
    double width = page_width(scene), gap = 2 * page_gap(scene);
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
    page_finish(scene, &figure->info, set->image.id,
                known ? "Filled green: a caption of the image; hollow red: of another one" : NULL,
                false, y);
    return 0;
}
