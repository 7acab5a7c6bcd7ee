/* figure_file.h: what a figure was drawn from, beside it: as JSON, from which the same figure is
 * drawn again without model or features, and as CSV for other programs. See scanscope-formats(5).
 */
#ifndef FIGURE_FIGURE_FILE_H
#define FIGURE_FIGURE_FILE_H

#include "figure/figure_data.h"

/* Floats are written so that they are read back the same. */
int figure_save_json(const struct figure *figure, const struct figure_style *style,
                     const char *path, struct error *err) MUST_USE;

/* A line a weight, a result, a caption or a point. */
int figure_save_csv(const struct figure *figure, const char *path, struct error *err) MUST_USE;

/* Both, beside the figure's own file, under its name with another ending. */
int figure_save_beside(const struct figure *figure, const struct figure_style *style,
                       const char *figure_path, struct error *err) MUST_USE;

/* The figure and its style; the photographs are loaded from `photo_folder` (NULL: from where they
 * were, else beside the file). `out` is zeroed before; the style's font is out's. Errors: no such
 * file, no JSON, not a figure's, a field that is missing or of the wrong kind, with its place. */
int figure_load_json(const char *path, const char *photo_folder, struct figure_data *out,
                     struct figure_style *style, struct error *err) MUST_USE;

#endif
