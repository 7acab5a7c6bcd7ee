/* scene.h: a figure as a list of things at places: what the kinds of figures lay out and what the
 * renderers draw, on whatever surface. Lengths are points (1/72 inch), y grows downwards, colours
 * are 0xRRGGBB. Every text is measured before it is placed, so that nothing overlaps or is cut. */
#ifndef FIGURE_SCENE_H
#define FIGURE_SCENE_H

#include <pango/pango.h>

#include "figure/figure.h"

struct box {
    double x, y, w, h;
};

enum item_kind { ITEM_PICTURE, ITEM_FILL, ITEM_FRAME, ITEM_TEXT, ITEM_LINE, ITEM_BAR };

/* What of an image fills the item's box and what is laid over it. */
struct picture {
    const struct figure_image *image;
    const float *weights; /* NULL: no overlay (but the spotlight's) */
    enum overlay_style overlay;
    float scale_to; /* the value that is shown in full; 0: the largest of this picture */
    bool spotlight; /* all but region `region` is dimmed; no weights then */
    size_t region;
    struct box crop; /* the part of the image that is shown, of 1 x 1; w 0: all of it */
};

struct item {
    enum item_kind kind;
    struct box box;
    uint32_t colour;
    double width; /* FRAME, LINE: of the stroke, which lies inside a frame's box */
    bool dashed;
    bool pure; /* BAR: the map as it is, not as a heat map over a photograph shows it */
    struct picture picture;
    PangoLayout *layout; /* TEXT */
    double *points;      /* LINE: x y, ... */
    size_t point_count;
};

struct scene {
    struct figure_style style; /* nothing is 0 or NULL any more */
    double pixels_per_point;   /* what text is measured for */
    double width, height;      /* of the page */
    PangoContext *text;
    struct item *items;
    size_t count, cap;
    struct str *notes;    /* may be NULL */
    struct str statement; /* what the colours or brightnesses stand for and how they are scaled */
    size_t panels;        /* lettered so far */
    bool unknown_glyphs;  /* noted already */
};

enum { SCENE_MARGIN = 2 }; /* keeps strokes at the edge whole */

/* An empty page of the style's width. `scale` is pixels a point (1 for PDF and SVG). Errors: no
 * font at all. */
int scene_init(struct scene *scene, const struct figure_style *style, double scale,
               struct str *notes, struct error *err) MUST_USE;
void scene_done(struct scene *scene);

/* The style with its zeros replaced by what they stand for. */
struct figure_style figure_style_filled(const struct figure_style *style);

/* A line for the user. */
void scene_note(struct scene *scene, const char *format, ...) PRINTF_LIKE(2, 3);

void scene_picture(struct scene *scene, struct box box, const struct picture *picture);
void scene_fill(struct scene *scene, struct box box, uint32_t colour);
void scene_frame(struct scene *scene, struct box box, uint32_t colour, double width, bool dashed);
/* The colour map from left to right; not `pure`: as a heat map shows it over mid-grey. */
void scene_bar(struct scene *scene, struct box box, bool pure);
/* Takes over `points` (count pairs). */
void scene_line(struct scene *scene, double *points, size_t count, uint32_t colour, double width,
                bool dashed);

struct text_look {
    double size;          /* times the style's font size */
    PangoAlignment align; /* within max_width, where the text has several lines */
};

/* A text that is measured and not yet placed. */
struct scene_text_block {
    PangoLayout *layout;
    double w, h, baseline; /* baseline of the first line below the top */
};

/* Wraps `text` (any bytes) at max_width, words broken where they must be; cut with an ellipsis
 * where it would take more than max_lines. The block goes to scene_text, or to
 * scene_text_block_done. */
struct scene_text_block scene_text_block(struct scene *scene, const char *text,
                                         const struct text_look *look, double max_width,
                                         int max_lines);
void scene_text_block_done(struct scene_text_block *block);

/* Places the block with its upper left corner at x, y. */
struct box scene_text(struct scene *scene, struct scene_text_block *block, double x, double y,
                      uint32_t colour);

/* The largest value of a word's overlay on an image: what SCALE_FIGURE compares. */
float scene_overlay_largest(const struct figure_image *image, const float *weights,
                            enum overlay_combine combine);

/* Width and height that the boxes refer to; 1 x 1 where nothing is known. */
void figure_image_size(const struct figure_image *image, double *width_out, double *height_out);

/* True where every text and picture lies on the page and no two texts overlap; the tests ask this
 * of every layout. */
int scene_check(const struct scene *scene, struct error *err) MUST_USE;

#endif
