/* parts.h: what the kinds of figures are put together from: title, grid of panels, frames and tags
 * on a picture, colour bar, footer. Each part takes the y where it begins and returns where it
 * ends. */
#ifndef FIGURE_PAGE_H
#define FIGURE_PAGE_H

#include "figure/scene.h"

/* Colours of the figures. Frames that tell true from false differ in line style too. */
enum {
    INK = 0x1a1a1a,
    INK_SOFT = 0x6e6e6e,
    TAG_BLUE = 0x1f4e9e,
    TAG_GREY = 0x6b6b6b,
    FRAME_RED = 0xe31a1c,
    FRAME_GREEN = 0x118844,
    FRAME_YELLOW = 0xffd21f,
    FRAME_HAIR = 0xb5b5b5,
    PAPER_GREY = 0xe9e9e9,
};

/* More than a text of any sense takes, even on a page of 20 mm; only then it is cut. */
enum { TEXT_LINES = 200 };

/* Regions that OVERLAY_BOXES frames on a panel, at most. */
enum { PAGE_FRAMES = 5 };

/* Space between panels, and between parts. */
double page_gap(const struct scene *scene);

/* Width between the margins. */
double page_width(const struct scene *scene);

/* The caption; nothing where it is NULL or empty. */
double page_title(struct scene *scene, const char *text, double y);

/* Equal cells in rows over the page's width. */
struct grid {
    int columns;
    double gap, cell_w, cell_h, label_h; /* of the picture; of the line below it, 0: none */
};

/* Cells for `count` pictures of that aspect (width / height); the height stays between a quarter of
 * and 1.6 times the width. */
struct grid page_grid(struct scene *scene, size_t count, double aspect, bool labels);
struct box page_cell(const struct grid *grid, size_t index, double y);
double page_grid_height(const struct grid *grid, size_t count);

/* The largest box of the picture's shape in the cell, centred, at least a hair wide. */
struct box page_fit(const struct figure_image *image, struct box cell);

/* Where region r lies on the picture drawn at `at`, cut to it; false where it is not on it. */
bool page_region(const struct figure_image *image, size_t r, struct box at, struct box *out);

/* The thin red frame; thinner on a region so small that the frame would fill it. */
void page_region_frame(struct scene *scene, struct box at);

/* The text in one line of at most width x height: set smaller where it must be, and with an
 * ellipsis where smaller is not enough. */
struct scene_text_block page_line(struct scene *scene, const char *text, double size, double width,
                                  double height);

/* A photograph, or a grey panel with the reason why there is none. */
void page_picture(struct scene *scene, struct box at, const struct picture *picture);

/* White text on a coloured tag at the upper left corner of `near` (above it where there is room),
 * kept inside `cell`. */
void page_tag(struct scene *scene, const char *text, uint32_t colour, struct box near,
              struct box cell);

/* "(a) " where letters are on, the next one of the figure: (z) is followed by (aa). */
void page_letter(struct scene *scene, struct str *out);

/* One line below a panel: its letter, `left` in ink, `right` in grey. */
void page_label(struct scene *scene, const struct grid *grid, struct box cell, const char *left,
                const char *right);

/* "0 [bar] 1  what it shows". `top` is the value at its end; see scene_bar for `pure`. */
double page_colour_bar(struct scene *scene, const char *what, float top, bool pure, double y);

/* Errors where attention cannot be shown on the picture for want of boxes; says how to get them. */
int page_need_boxes(const struct figure_image *image, struct error *err) MUST_USE;

/* Notes that the photograph is missing, where it is. */
void page_note_missing(struct scene *scene, const struct figure_image *image);

/* Black or white, what reads better on the colour. */
uint32_t page_ink_on(uint32_t colour);

/* The colour between two, t in 0..1. */
uint32_t page_mix(uint32_t from, uint32_t to, double t);

/* Small grey lines. */
double page_fine_print(struct scene *scene, const char *text, double y);

/* States what the overlay shows: "Brightness: sum of the weights of the regions over a pixel,
 * scaled to each panel's largest". `full` is the value that is shown in full, 0: each panel's own.
 */
void page_state_overlay(struct scene *scene, float full);

/* The footer, where the style wants one: the scene's statement (where `state`; a colour bar may
 * have said it already), `legend` (NULL: none), image, model; then the end of the page. */
void page_finish(struct scene *scene, const struct figure_info *info, const char *image_id,
                 const char *legend, bool state, double y);

#endif
