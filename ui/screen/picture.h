/* picture.h: photographs as terminal cells, by libchafa. */
#ifndef UI_SCREEN_PICTURE_H
#define UI_SCREEN_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "figure/figure.h"
#include "ui/screen/colour.h"
#include "ui/screen/pixels.h"

enum symbols { SYMBOLS_ASCII, SYMBOLS_HALF, SYMBOLS_BLOCK, SYMBOLS_SEXTANT };

enum { PICTURE_FRAMES = 36 };

/* How a picture is wanted. */
struct picture_spec {
    int cols, rows; /* room for it; the picture keeps its proportions inside */
    enum overlay_style style;
    enum colour_map map;
    enum depth depth;
    enum symbols symbols;
    float cell_ratio;            /* height / width of a cell; 2 as a rule */
    uint32_t back;               /* 0xRRGGBB behind what is transparent */
    enum graphics graphics;      /* what it is made of beside cells */
    int cell_width, cell_height; /* pixels, where that is not cells */
    /* Regions framed in the pixels, the strongest first, and the selected one (-1: none); frames
     * over cells are drawn by the view. Colours 0xRRGGBB: of the strongest, of the others, of the
     * selected one. */
    int frame_count;
    int16_t frames[PICTURE_FRAMES];
    int16_t region;
    uint32_t frame_colours[3];
};

struct picture_cell {
    uint32_t code;
    colour fg, bg;
};

struct picture {
    int cols, rows;
    struct picture_cell *cells; /* rows x cols; NULL where the photograph could not be shown */
    char *pixels; /* escape sequences that draw it; NULL where only cells were wanted */
    size_t pixels_size;
    enum graphics graphics;
    unsigned stamp;              /* no two pictures with pixels have the same; 0 without */
    char *error;                 /* why not, else NULL */
    int full_width, full_height; /* of the photograph: what the boxes refer to */
};

/* The columns and rows of a width x height picture in the room of `spec`; at least 1 x 1. */
void picture_fit(const struct picture_spec *spec, int width, int height, int *cols_out,
                 int *rows_out);

/* `figure` holds pixels and boxes; weights: one a region, or NULL for the photograph as it is. */
int picture_make(const struct figure_image *figure, const float *weights,
                 const struct picture_spec *spec, struct picture **out, struct error *err) MUST_USE;

/* One that says why there is none. */
struct picture *picture_failed(const char *why);
void picture_free(struct picture *picture);

#endif
