/* page.h: the parts of which figures are composed: title, grid of panels, frames and tags on a
 * picture, colour bar, footer. A part takes the y where it begins and returns where it ends.
 * Lengths are points. */
#ifndef FIGURE_PAGE_H
#define FIGURE_PAGE_H

#include "figure/scene.h"

/* Colours. Frames of true and false images also differ in line style. */
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

/* More than any sensible text takes, even on a page of 20 mm; a longer one is cut. */
enum { TEXT_LINES = 200 };

/* The most regions that OVERLAY_BOXES frames on a panel. */
enum { PAGE_FRAMES = 5 };

/* The space between panels, and between parts. */
double page_gap(const struct scene *scene);

/* The width between the margins. */
double page_width(const struct scene *scene);

/* Places a text across the page, `size` times the font size, and returns where it ends. */
double page_paragraph(struct scene *scene, const char *text, double size, uint32_t colour,
                      double y);

/* The width of page_line's text, at most `most`. */
double page_line_width(struct scene *scene, const char *text, double size, double most);

/* Places the title; nothing if it is NULL or empty. */
double page_title(struct scene *scene, const char *text, double y);

/* Equal cells in rows over the width of the page. */
struct grid {
    int columns;
    double gap, cell_w, cell_h,
        label_h; /* cell_*: of the picture; label_h: of the line below it, 0: none */
};

/* A grid for `count` pictures of that aspect (width / height), whose height is 1/4 to 1.6 of the
 * width; its cell number `index` if it begins at y; and its height. */
struct grid page_grid(struct scene *scene, size_t count, double aspect, bool labels);
struct box page_cell(const struct grid *grid, size_t index, double y);
double page_grid_height(const struct grid *grid, size_t count);

/* The largest box of the image's shape in the cell, centred, at least a point wide and high. */
struct box page_fit(const struct figure_image *image, struct box cell);

/* Where region r lies on the picture drawn at `at`, clipped to it; false if it lies outside. */
bool page_region(const struct figure_image *image, size_t r, struct box at, struct box *out);

/* Adds what region r was taken for after `before`, if the style shows names, it is known, and the
 * line still fits into `width` at `size` times the font size; else nothing is added. */
void page_add_name(struct scene *scene, const struct figure_image *image, size_t r,
                   const char *before, double size, double width, struct str *text);

/* The size and width of page_tag's text in a cell. */
double page_tag_size(const struct scene *scene, struct box cell);
double page_tag_room(const struct scene *scene, struct box cell);

/* Draws the thin red frame of a region, thinner if it would fill a small region. */
void page_region_frame(struct scene *scene, struct box at);

/* The text in one line of at most width x height: set smaller if necessary, and cut with an
 * ellipsis if that is not enough. */
struct scene_text_block page_line(struct scene *scene, const char *text, double size, double width,
                                  double height);

/* Places a photograph, or a grey panel that says that there is none. */
void page_picture(struct scene *scene, struct box at, const struct picture *picture);

/* Places white text on a coloured tag at the upper left corner of `near` (above it if there is
 * room), inside `cell`. */
void page_tag(struct scene *scene, const char *text, uint32_t colour, struct box near,
              struct box cell);

/* Adds the figure's next letter, as "(a) ", if letters are on: (aa) follows (z). */
void page_letter(struct scene *scene, struct str *out);

/* Places the line below a panel: its letter, `left` (NULL: none) in black, the score (NULL: none)
 * in grey if the style shows scores. */
void page_label(struct scene *scene, const struct grid *grid, struct box cell, const char *left,
                const float *score);

/* Places "0 [bar] 1  what it shows". `top` is the value at the bar's end; `pure`: see scene_bar. */
double page_colour_bar(struct scene *scene, const char *what, float top, bool pure, double y);

/* Checks that the image has boxes. Errors: it has none, with how to get them. */
int page_need_boxes(const struct figure_image *image, struct error *err) MUST_USE;

/* Checks that the set's words have weights. Errors: they have none. */
int page_need_attention(const struct figure_set *set, struct error *err) MUST_USE;

/* Notes it if the photograph is missing. */
void page_note_missing(struct scene *scene, const struct figure_image *image);

/* A word's weight on a region; 0 if it is negative or not finite. */
float page_weight(const struct figure_set *set, size_t word, size_t region);

/* Black or white, whichever reads better on the colour. */
uint32_t page_ink_on(uint32_t colour);

/* The colour between two: `from` at t = 0, `to` at 1. */
uint32_t page_mix(uint32_t from, uint32_t to, double t);

/* Places small grey text. */
double page_fine_print(struct scene *scene, const char *text, double y);

/* Sets the scene's statement to what the overlay shows: "Brightness: sum of the weights of the
 * regions over a pixel, scaled to each panel's largest". `full` is the value that is shown in full,
 * 0: each panel's largest; with `mixed`, the largest of the models of a kind. */
void page_state_overlay(struct scene *scene, float full, bool mixed);

/* Places the footer, if the style has one: the scene's statement (if `state`; a colour bar may have
 * stated it), `legend` (NULL: none), image, model; and ends the page. */
void page_finish(struct scene *scene, const struct figure_info *info, const char *image_id,
                 const char *legend, bool state, double y);

/* page_finish, with what the sets' numbers mean (weights_are, nodes_are, shares_are, several kinds
 * of models) in the footer or, without one, in small grey text; and in the statement. */
void page_finish_sets(struct scene *scene, const struct figure *figure, const char *image_id,
                      bool state, double y);

/* Whether two sets, or not all of a figure's, are of the same kind of model. */
bool page_same_kind(const struct figure_set *a, const struct figure_set *b);
bool page_mixed(const struct figure *figure);

#endif
