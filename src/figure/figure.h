/* figure.h: figures as in the paper: a photograph under a word's attention, grids of those, strips
 * of ranked images; laid out as a scene (scene.h) and drawn with cairo and pango. It knows nothing
 * of models: all numbers are passed in. What a figure points to belongs to the caller and is only
 * read. */
#ifndef FIGURE_FIGURE_H
#define FIGURE_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/str.h"
#include "io/image/image.h"

/* ---- overlays (overlay.c) ---- */

enum overlay_style { OVERLAY_FADE, OVERLAY_HEAT, OVERLAY_BOXES, OVERLAY_NONE };
enum colour_map { MAP_VIRIDIS, MAP_CIVIDIS, MAP_MAGMA, MAP_INFERNO, MAP_GREY };

/* Scales boxes (regions x 4) that are fractions of an image to its width and height. */
void figure_scale_boxes(const float *fractions, size_t regions, double width, double height,
                        float *out);

/* An image with its regions. The boxes are in pixels of an image of box_width x box_height, which
 * may differ from the size of `pixels`; if those are 0, the photograph's full size is meant. */
struct figure_image {
    const struct image *pixels; /* NULL: a grey panel is shown; `missing` says why */
    const char *missing;
    const char *id;
    const char *path;     /* of the photograph's file; NULL: none */
    const float *boxes;   /* regions x 4: x1 y1 x2 y2; NULL: none */
    const char *no_boxes; /* why there are none, if there is a reason */
    size_t regions;
    int box_width, box_height;
    const char *const *names; /* regions: what a detector took each for, or NULL; NULL: not known */
    const float *confidences; /* regions, 0 .. 1; NULL: not known */
};

/* Adds what region r was taken for, "person 0.93"; false, and nothing is added, if that is not
 * known. */
bool figure_region_name(const struct figure_image *image, size_t r, struct str *out);

/* How a pixel gets its value from the regions that cover it. SUM: the sum of their weights (as in
 * SCAN's figures). MAX: the largest weight (RCAR's). RANK: the sum of lambda (k - rank)^2 over
 * them, lambda 50, rank 0 the largest of the k weights and equal weights ranked in the regions'
 * order (VSRN's). */
enum overlay_combine { COMBINE_SUM, COMBINE_MAX, COMBINE_RANK };

/* The overlay before scaling: `weights` is regions, `values` height x width. Returns the largest
 * value, 0 if no pixel is covered. A box covers the pixels whose centres lie inside it, scaled from
 * box_width x box_height; one thinner than a pixel covers the pixels that contain its middle. Boxes
 * that are empty, not finite or outside cover nothing; weights that are negative or not finite
 * count as 0, so values are finite and not negative. */
float overlay_raw(const struct figure_image *image, const float *weights,
                  enum overlay_combine combine, int width, int height, float *values);

/* values / largest, at most 1, in place; all 0 if `largest` is 0. */
void overlay_scale(float *values, size_t count, float largest);

/* The overlay of the paper: a pixel's brightness is the sum of the weights of the regions that
 * cover it, scaled to the largest. `weights` is regions, `values` height x width in 0..1, of any
 * size (usually that of the decoded pixels). Explorer, figures and tests share it: overlay_raw with
 * COMBINE_SUM, then overlay_scale. */
void overlay_values(const struct figure_image *image, const float *weights, int width, int height,
                    float *values);

/* The photograph under the overlay: opaque RGBA of the size of its pixels, as are `values`. FADE
 * goes linearly to white as the value goes to 0; HEAT is the colour map, OVERLAY_HEAT_ALPHA opaque,
 * over the photograph in grey; BOXES and NONE are the photograph unchanged (`values` may be NULL).
 * `out` is the caller's to image_done. Errors: no photograph, not enough memory. */
#define OVERLAY_HEAT_ALPHA 0.65f
int overlay_paint(const struct figure_image *image, const float *values, enum overlay_style style,
                  enum colour_map map, struct image *out, struct error *err) MUST_USE;

/* The same into `pixels`, height x width x 4 as `in`. */
void overlay_paint_to(const struct image *in, const float *values, enum overlay_style style,
                      enum colour_map map, uint8_t *pixels);

/* The grey of an RGB pixel under a heat map. */
static inline uint8_t overlay_grey(const uint8_t rgb[3])
{
    return (uint8_t)((77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2] + 128) >> 8);
}

/* RGB of a colour map at t in 0..1 (clamped; NaN is 0). */
void colour_map_at(enum colour_map map, float t, uint8_t rgb[3]);

/* The map's name, as "viridis", and the map of a name. Errors: unknown name; the known ones are
 * listed. */
const char *colour_map_name(enum colour_map map);
int colour_map_named(const char *name, enum colour_map *out, struct error *err) MUST_USE;

/* The region with the largest of `weights` (regions); -1: none. */
ptrdiff_t overlay_strongest(const float *weights, size_t regions);

/* ---- what a figure shows ---- */

/* A word and its attention weights over the regions of the image. */
struct figure_word {
    const char *text;
    const float *weights; /* regions; NULL: the model has no attention */
    float similarity;
    float share;  /* where weights is NULL: what the word contributes to the score */
    float node;   /* where the set has nodes: the weight of the word's similarity in the score */
    bool unknown; /* not in the vocabulary */
};

/* One of a query's ranked images. */
struct figure_result {
    struct figure_image image;
    float score;
    bool truth;
    size_t rank; /* 1 = best */
};

/* What the values of a figure's panels are scaled to. PAIR: each panel to its own largest. FIGURE:
 * all to the largest in the figure. ABSOLUTE: to 1, all of a word's attention; but with
 * COMBINE_RANK, whose values are not weights, it is as FIGURE. */
enum figure_scale { SCALE_PAIR, SCALE_FIGURE, SCALE_ABSOLUTE };

/* How a figure is drawn. All zero is sensible. */
struct figure_style {
    enum overlay_style overlay;
    enum colour_map map;
    enum overlay_combine combine;
    enum figure_scale scale;
    double dpi;       /* dots per inch of a PNG; 0: 300 */
    double width_mm;  /* 0: FIGURE_TEXT_MM */
    int columns;      /* panels per row; 0: 4, fewer if panels would become tiny */
    int max_words;    /* 0: all */
    const char *font; /* family; NULL: DejaVu Sans, for the same figure everywhere */
    double font_size; /* points; 0: 8 */
    bool original_first, scores;
    bool letters; /* (a), (b), ... below the panels */
    bool footer;  /* a line that states the scaling, the image and the model */
    bool names;   /* regions with what a detector took them for, where there is room */
};

/* Widths of a two-column paper: one column is 3.25 in, the text 6.875 in. */
#define FIGURE_COLUMN_MM 82.55
#define FIGURE_TEXT_MM 174.625

/* A width such as "85mm", "8.5cm", "3.3in", "240pt", "column" or "text" in millimetres. Errors: not
 * a number, unknown unit, not between 5 mm and 2 m. */
int figure_width_named(const char *text, double *mm_out, struct error *err) MUST_USE;

/* The pixels of a photograph's longer side that a figure can show at most: the page's width. */
int figure_photo_side(const struct figure_style *style);

struct figure_info { /* for the file's metadata and the title */
    const char *caption, *model;
    const char *version; /* NULL: this program's */
    float score;
    bool has_score;
    const struct notes *notes; /* what is to be known about the data, in metadata; NULL: nothing */
};

/* One of an image's ranked captions. */
struct figure_caption {
    const char *text;
    float score;
    bool truth;
    size_t rank; /* 1 = best */
};

/* What belongs to one query (or image); a kind of figure uses what it needs. */
struct figure_set {
    const char *label; /* compare: what distinguishes this set, such as a model's name */
    const char *query; /* the caption */
    struct figure_image image;
    const struct figure_word *words;
    size_t word_count;
    const size_t *regions; /* regions, matrix: those to show, in order */
    size_t region_count;
    const float *region_similarity; /* image.regions, of i2t models; else NULL */
    const struct figure_caption *captions;
    size_t caption_count;
    const struct figure_result *results;
    size_t result_count;
    size_t truth_rank; /* of the true image, 1 = best; 0: unknown */
    float score;       /* of the query with the image */
    bool has_score;
    size_t rank, rank_of;    /* of the image for the query, 1 = best; 0: not known */
    const char *model_kind;  /* of another kind of model than SCAN: its name; scores of different
                                kinds are on different scales */
    const char *weights_are; /* what is to be known of the weights; NULL: nothing */
    const char *shares_are;  /* with shares: what they are */
    const char *nodes_are;   /* what the nodes' weights are; NULL: there are no nodes */
    float node;              /* the weight of the whole image's and caption's similarity */
};

/* Whether all of the set's words have weights: only then can their attention be drawn. */
bool figure_set_attends(const struct figure_set *set);

/* A line through points, or bars on them. */
struct figure_series {
    const char *name;
    const double *x, *y;
    size_t count;
};

/* Axes with what is drawn in them. */
struct figure_plot {
    const char *title, *x_label, *y_label;
    const struct figure_series *series;
    size_t series_count;
    bool bars;                /* side by side at x = 0, 1, 2, ..., which `ticks` names */
    bool log_x;               /* x > 0 */
    double y_top;             /* the y axis ends there at least; 0: where the data does */
    const char *const *ticks; /* names of the first series' points; NULL: numbers */
};

/* words: one panel per word; without attention the photograph and the words' shares, as bars.
 * regions: one panel per region with the words that it attends to (or that attend to it). strip: a
 * query and its best images. captions: an image and its best captions. matrix: words x regions.
 * compare: words for several sets, one below the other. failures: for each set the true image, then
 * the best ones. curves: plots. */
enum figure_kind {
    FIGURE_WORDS,
    FIGURE_REGIONS,
    FIGURE_STRIP,
    FIGURE_CAPTIONS,
    FIGURE_MATRIX,
    FIGURE_COMPARE,
    FIGURE_FAILURES,
    FIGURE_CURVES,
    FIGURE_KINDS
};

struct figure {
    enum figure_kind kind;
    const struct figure_set
        *sets; /* of all kinds but curves; several only of compare and failures */
    size_t set_count;
    const struct figure_plot *plots; /* curves */
    size_t plot_count;
    struct figure_info info;
};

/* The kind's name, as "words", and the kind of a name. Errors: unknown name; the known ones are
 * listed. */
const char *figure_kind_name(enum figure_kind kind);
int figure_kind_named(const char *name, enum figure_kind *out, struct error *err) MUST_USE;

/* ---- writing ---- */

/* Draws the figure to a file, whose ending says the format (.png, .pdf, .svg). `notes` (NULL to
 * skip) gets lines for the user: a missing photograph, a font that is not installed, words that are
 * omitted. The same input gives the same bytes. Errors: unknown ending, nothing to show, no boxes
 * (with what to do), no fonts, a style out of range, a picture of more than 32,767 pixels a side, a
 * file that cannot be written; no partial file is left. */
int figure_write(const struct figure *figure, const struct figure_style *style, const char *path,
                 struct notes *notes, struct error *err) MUST_USE;

/* figure_write of one image with one panel per word, info->caption as title. */
int figure_words(const struct figure_image *image, const struct figure_word *words, size_t count,
                 const struct figure_style *style, const struct figure_info *info, const char *path,
                 struct notes *notes, struct error *err) MUST_USE;

#endif
