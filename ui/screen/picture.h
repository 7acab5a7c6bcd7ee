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

/* The picture that is wanted. */
struct picture_spec {
    int cols, rows; /* the room for it; it keeps its proportions inside */
    enum overlay_style style;
    enum colour_map map;
    enum depth depth;
    enum symbols symbols;
    float cell_ratio;            /* height / width of a cell; usually 2 */
    uint32_t back;               /* 0xRRGGBB, behind transparent pixels */
    enum graphics graphics;      /* what is wanted in addition to cells */
    int cell_width, cell_height; /* pixels, unless that is GRAPHICS_CELLS */
    /* Regions to frame in the pixels, strongest first, and the selected one (-1: none); over cells
     * the view draws frames. Colours 0xRRGGBB: for the strongest, the others, the selected one. */
    int frame_count;
    int16_t frames[PICTURE_FRAMES];
    int16_t region;
    uint32_t frame_colours[3];
    /* The size that the data says the photograph has; thumbnails are kept under it. 0: unknown. */
    int data_width, data_height;
};

struct picture_cell {
    uint32_t code;
    colour fg, bg;
};

struct picture {
    int cols, rows;
    struct picture_cell *cells; /* rows x cols; NULL if the photograph cannot be shown */
    char *pixels;               /* escape sequences that draw it; NULL if only cells were wanted */
    size_t pixels_size;
    enum graphics graphics;
    unsigned stamp;              /* different for every picture with pixels; 0 without */
    char *error;                 /* why it cannot be shown, else NULL */
    char *note;                  /* what is remarkable of the photograph, else NULL */
    int full_width, full_height; /* of the photograph: the boxes' units */
};

/* Draws a photograph for the terminal. `figure` has its pixels and boxes; weights: one per region,
 * or NULL to omit the overlay. The picture is the caller's to free. Errors: no memory. */
int picture_make(const struct figure_image *figure, const float *weights,
                 const struct picture_spec *spec, struct picture **out, struct error *err) MUST_USE;

/* A picture that only says why it cannot be shown; the caller's to free. */
struct picture *picture_failed(const char *why);

/* NULL is fine. */
void picture_free(struct picture *picture);

#endif
