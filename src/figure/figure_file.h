/* figure_file.h: the data of a figure in files: as JSON, from which the same figure is drawn again
 * without model or features, and as CSV for other programs. See scanscope-formats(5). */
#ifndef FIGURE_FIGURE_FILE_H
#define FIGURE_FIGURE_FILE_H

#include "figure/figure_data.h"

/* Writes the JSON; numbers are read back the same. Errors: the file cannot be written. */
int figure_save_json(const struct figure *figure, const struct figure_style *style,
                     const char *path, struct error *err) MUST_USE;

/* Writes the CSV: one line per weight, result, caption or point. Errors: the file cannot be
 * written. */
int figure_save_csv(const struct figure *figure, const char *path, struct error *err) MUST_USE;

/* Where figure_save_beside writes; both are the caller's to free. */
void figure_data_paths(const char *figure_path, char **json_out, char **csv_out);

/* Writes both next to the figure's own file, under its name with another ending. Errors: as above.
 */
int figure_save_beside(const struct figure *figure, const struct figure_style *style,
                       const char *figure_path, struct error *err) MUST_USE;

/* Reads the JSON: the figure and its style. Photographs are loaded from `photo_folder` (NULL: from
 * where they were, else from the file's folder). `out` is zeroed before, and the caller's to
 * figure_data_done, also after an error; the style's font is borrowed from it. Errors: no such
 * file, not JSON, not a figure's data, a field that is missing or of the wrong type, with its
 * place. */
int figure_load_json(const char *path, const char *photo_folder, struct figure_data *out,
                     struct figure_style *style, struct error *err) MUST_USE;

#endif
