#include "ui/screen/picture.h"

#include <assert.h>
#include <chafa.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static int at_least_one(float value, int most)
{
    int n = (int)lroundf(value);
    return n < 1 ? 1 : n > most ? most : n;
}

/* The columns and rows that a picture of width x height pixels takes in the room of `spec`; at
 * least 1 x 1. */
static void fit(const struct picture_spec *spec, int width, int height, int *cols_out,
                int *rows_out)
{
    assert(width > 0 && height > 0 && spec->cell_ratio > 0);
    int cols = spec->cols < 1 ? 1 : spec->cols, rows = spec->rows < 1 ? 1 : spec->rows;
    float aspect = (float)width / (float)height * spec->cell_ratio; /* columns per row */
    if ((float)rows * aspect <= (float)cols) {
        *cols_out = at_least_one((float)rows * aspect, cols);
        *rows_out = rows;
    } else {
        *cols_out = cols;
        *rows_out = at_least_one((float)cols / aspect, rows);
    }
}

static ChafaSymbolMap *symbol_map(enum symbols symbols)
{
    static const ChafaSymbolTags tags[] = {
        [SYMBOLS_ASCII] = CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_ASCII,
        [SYMBOLS_HALF] = CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_HHALF,
        [SYMBOLS_BLOCK] = CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_BLOCK | CHAFA_SYMBOL_TAG_BORDER,
        [SYMBOLS_SEXTANT] = CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_BLOCK |
                            CHAFA_SYMBOL_TAG_BORDER | CHAFA_SYMBOL_TAG_SEXTANT,
    };
    ChafaSymbolMap *map = chafa_symbol_map_new();
    chafa_symbol_map_add_by_tags(map, tags[symbols]);
    return map;
}

static ChafaCanvas *canvas_new(const struct picture_spec *spec, int cols, int rows)
{
    static const ChafaCanvasMode modes[] = {
        [DEPTH_MONO] = CHAFA_CANVAS_MODE_FGBG,
        [DEPTH_16] = CHAFA_CANVAS_MODE_INDEXED_16,
        [DEPTH_256] = CHAFA_CANVAS_MODE_INDEXED_240,
        [DEPTH_TRUE] = CHAFA_CANVAS_MODE_TRUECOLOR,
    };
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    ChafaSymbolMap *map = symbol_map(spec->symbols);
    chafa_canvas_config_set_geometry(config, cols, rows);
    chafa_canvas_config_set_canvas_mode(config, modes[spec->depth]);
    chafa_canvas_config_set_symbol_map(config, map);
    chafa_canvas_config_set_work_factor(config, 0.5f);
    chafa_canvas_config_set_bg_color(config, spec->back);
    /* Distances in RGB pick blotchy colours from a small palette. */
    if (spec->depth != DEPTH_TRUE)
        chafa_canvas_config_set_color_space(config, CHAFA_COLOR_SPACE_DIN99D);
    ChafaCanvas *canvas = chafa_canvas_new(config);
    chafa_symbol_map_unref(map);
    chafa_canvas_config_unref(config);
    return canvas;
}

static colour raw_colour(int raw, enum depth depth)
{
    if (raw < 0 || depth == DEPTH_MONO)
        return COLOUR_DEFAULT;
    return depth == DEPTH_TRUE ? COLOUR_HEX((uint32_t)raw & 0xffffff) : COLOUR_INDEX(raw & 255);
}

static struct picture *cells_of(const struct image *pixels, const struct picture_spec *spec)
{
    struct picture *picture = mem_new(1, sizeof *picture);
    fit(spec, pixels->width, pixels->height, &picture->cols, &picture->rows);
    picture->cells = mem_new((size_t)picture->cols * (size_t)picture->rows, sizeof *picture->cells);
    ChafaCanvas *canvas = canvas_new(spec, picture->cols, picture->rows);
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED, pixels->pixels,
                                 pixels->width, pixels->height, pixels->width * 4);
    struct picture_cell *cell = picture->cells;
    for (int row = 0; row < picture->rows; row++)
        for (int col = 0; col < picture->cols; col++, cell++) {
            int fg, bg;
            chafa_canvas_get_raw_colors_at(canvas, col, row, &fg, &bg);
            cell->code = chafa_canvas_get_char_at(canvas, col, row);
            cell->fg = raw_colour(fg, spec->depth);
            cell->bg = raw_colour(bg, spec->depth);
        }
    chafa_canvas_unref(canvas);
    return picture;
}

static int paint(const struct figure_image *figure, const float *weights,
                 const struct picture_spec *spec, struct image *out, struct error *err)
{
    const struct image *pixels = figure->pixels;
    float *values;
    if (mem_alloc(&values, (size_t)pixels->width * (size_t)pixels->height, sizeof *values,
                  "the attention map", err) != 0)
        return -1;
    overlay_values(figure, weights, pixels->width, pixels->height, values);
    int status = overlay_paint(figure, values, spec->style, spec->map, out, err);
    free(values);
    return status;
}

/* Draws the regions' frames into the picture. */
static void frame_regions(const struct figure_image *figure, const struct picture_spec *spec,
                          struct image *out)
{
    float x = (float)out->width / (float)(figure->box_width ? figure->box_width : 1);
    float y = (float)out->height / (float)(figure->box_height ? figure->box_height : 1);
    int thick = 1 + (out->width + out->height) / 400;
    for (int i = spec->frame_count; i-- > -1;) {
        ptrdiff_t region = i >= 0 ? spec->frames[i] : spec->region;
        if (region < 0 || (size_t)region >= figure->regions)
            continue;
        const float *box = figure->boxes + 4 * region;
        float scaled[4] = {box[0] * x, box[1] * y, box[2] * x, box[3] * y};
        pixels_frame(out, scaled, i == 0 ? thick + 1 : thick,
                     spec->frame_colours[i < 0 ? 2 : i > 0]);
    }
}

static int add_pixels(const struct figure_image *figure, const struct image *shown,
                      const struct picture_spec *spec, struct picture *picture, struct error *err)
{
    static atomic_uint stamps;
    size_t size = (size_t)shown->width * (size_t)shown->height * 4;
    struct image framed = *shown;
    struct str out = {0};
    if (mem_alloc(&framed.pixels, size, 1, "the picture", err) != 0)
        return -1;
    memcpy(framed.pixels, shown->pixels, size);
    if (figure->boxes)
        frame_regions(figure, spec, &framed);
    pixels_encode(&framed, spec->graphics, picture->cols, picture->rows, spec->cell_width,
                  spec->cell_height, &out);
    free(framed.pixels);
    picture->pixels_size = out.length;
    picture->pixels = str_take(&out);
    picture->graphics = spec->graphics;
    picture->stamp = atomic_fetch_add(&stamps, 1) + 1;
    return 0;
}

int picture_make(const struct figure_image *figure, const float *weights,
                 const struct picture_spec *spec, struct picture **out, struct error *err)
{
    bool overlay =
        weights && figure->boxes && (spec->style == OVERLAY_FADE || spec->style == OVERLAY_HEAT);
    struct image painted = {0};
    if (overlay && paint(figure, weights, spec, &painted, err) != 0)
        return -1;
    const struct image *shown = overlay ? &painted : figure->pixels;
    int status = 0;
    *out = cells_of(shown, spec);
    (*out)->full_width = figure->box_width;
    (*out)->full_height = figure->box_height;
    if (spec->graphics != GRAPHICS_CELLS)
        status = add_pixels(figure, shown, spec, *out, err);
    image_done(&painted);
    if (status != 0) {
        picture_free(*out);
        *out = NULL;
    }
    return status;
}

struct picture *picture_failed(const char *why)
{
    struct picture *picture = mem_new(1, sizeof *picture);
    picture->error = mem_strdup(why);
    return picture;
}

void picture_free(struct picture *picture)
{
    if (!picture)
        return;
    free(picture->cells);
    free(picture->pixels);
    free(picture->error);
    free(picture->note);
    free(picture);
}
