/* region_table.h: an image's regions in the order of the weight that the shown words give them. */
#ifndef UI_STATE_REGION_TABLE_H
#define UI_STATE_REGION_TABLE_H

#include "ui/state/state.h"

struct region_table {
    size_t count;
    float *weights; /* by region */
    size_t *order;  /* heaviest first */
};

/* Makes the table. False, with nothing to free, until the look at the pair has come. */
bool region_table_make(const struct ui *ui, struct region_table *out);
void region_table_done(struct region_table *regions);

/* What region of the shown image was taken for, "person 0.93", the caller's to free; NULL if that
 * is not known. */
char *region_table_name(const struct ui *ui, ptrdiff_t region);

/* The row of a region in that order; `count` for none (-1). */
size_t region_table_row(const struct region_table *regions, ptrdiff_t region);

/* The first row shown if `rows` fit: the selected region is among them. */
size_t region_table_top(const struct region_table *regions, ptrdiff_t region, size_t rows);

/* The region in row `row` of the table as drawn in `lines` lines, its heading included; -1 if there
 * is none. */
ptrdiff_t region_table_shown(const struct ui *ui, int lines, size_t row);

/* The smallest region that covers a point, given in fractions of the picture's width and height; -1
 * if none does. */
ptrdiff_t region_table_at(const struct ui *ui, float x, float y);

/* Whether the model attends to regions; if not, that is said in the status line. */
bool region_table_said(struct ui *ui);

#endif
