/* scene.h: a figure as a list of placed items, which the kinds of figures lay out and the renderers
 * draw. Lengths are points (1/72 inch), y grows downwards, colours are 0xRRGGBB. Text is measured
 * before it is placed, so that nothing overlaps or is cut. */
#ifndef FIGURE_SCENE_H
#define FIGURE_SCENE_H

#include <pango/pango.h>

#include "base/notes.h"
#include "figure/figure.h"

struct box {
    double x, y, w, h;
};

enum item_kind { ITEM_PICTURE, ITEM_FILL, ITEM_FRAME, ITEM_TEXT, ITEM_LINE, ITEM_BAR };

/* The part of an image that fills the item's box, and its overlay. */
struct picture {
    const struct figure_image *image;
    const float *weights; /* regions; NULL: no overlay (except a spotlight's) */
    enum overlay_style overlay;
    float scale_to; /* the value that is shown in full; 0: this picture's largest */
    bool spotlight; /* all but region `region` is dimmed, and there are no weights */
    size_t region;
    struct box crop; /* the part that is shown, of an image of 1 x 1; w 0: all of it */
};

struct item {
    enum item_kind kind;
    struct box box;
    uint32_t colour;
    double width; /* FRAME, LINE: of the stroke, which is inside a frame's box */
    bool dashed;
    bool pure; /* BAR: the plain map, not as a heat map shows it over grey */
    struct picture picture;
    PangoLayout *layout; /* TEXT */
    double *points;      /* LINE: x y, ... */
    size_t point_count;
};

struct scene {
    struct figure_style style; /* filled in: nothing that has a default is 0 or NULL */
    double pixels_per_point;   /* the scale that text is measured for */
    double width, height;      /* of the page */
    PangoContext *text;
    struct item *items;
    size_t count, cap;
    struct notes *notes;  /* may be NULL */
    struct str statement; /* what colours or brightness mean and how they are scaled */
    size_t panels;        /* lettered so far */
    bool unknown_glyphs;  /* already noted */
};

enum { SCENE_MARGIN = 2 }; /* so that strokes at the edge are whole */

/* An empty page of the style's width; the caller's to scene_done. `scale` is pixels per point (1
 * for PDF and SVG); `notes` is borrowed. Errors: no font is installed. */
int scene_init(struct scene *scene, const struct figure_style *style, double scale,
               struct notes *notes, struct error *err) MUST_USE;

/* Frees what the scene owns. */
void scene_done(struct scene *scene);

/* The style with its zeros replaced by the defaults. */
struct figure_style figure_style_filled(const struct figure_style *style);

/* Adds a line to the notes, if there are any. */
void scene_note(struct scene *scene, const char *format, ...) PRINTF_LIKE(2, 3);

/* Place a picture, a filled box, or a frame. What `picture` points to is borrowed. */
void scene_picture(struct scene *scene, struct box box, const struct picture *picture);
void scene_fill(struct scene *scene, struct box box, uint32_t colour);
void scene_frame(struct scene *scene, struct box box, uint32_t colour, double width, bool dashed);

/* Places the colour map from left to right; not `pure`: as a heat map shows it over mid-grey. */
void scene_bar(struct scene *scene, struct box box, bool pure);

/* Places a line through `points`, count x 2, which the scene then owns. */
void scene_line(struct scene *scene, double *points, size_t count, uint32_t colour, double width,
                bool dashed);

struct text_look {
    double size;          /* times the style's font size */
    PangoAlignment align; /* within max_width, of a text of several lines */
};

/* A text that is measured but not yet placed. */
struct scene_text_block {
    PangoLayout *layout;
    double w, h, baseline; /* baseline of the first line below the top */
};

/* Wraps `text` (any bytes) at max_width, breaking words that are longer; cuts it with an ellipsis
 * after max_lines. The block is the caller's to pass to scene_text or to scene_text_block_done. */
struct scene_text_block scene_text_block(struct scene *scene, const char *text,
                                         const struct text_look *look, double max_width,
                                         int max_lines);
void scene_text_block_done(struct scene_text_block *block);

/* Places the block with its upper left corner at x, y; the scene then owns it. */
struct box scene_text(struct scene *scene, struct scene_text_block *block, double x, double y,
                      uint32_t colour);

/* The largest value of a word's overlay on an image: what SCALE_FIGURE compares. */
float scene_overlay_largest(const struct figure_image *image, const float *weights,
                            enum overlay_combine combine);

/* Width and height that the boxes refer to, else the photograph's; 4 x 3 if unknown. */
void figure_image_size(const struct figure_image *image, double *width_out, double *height_out);

/* Checks that every item lies on the page and that no two texts overlap, for the tests of layouts.
 * Errors: what does not. */
int scene_check(const struct scene *scene, struct error *err) MUST_USE;

#endif
