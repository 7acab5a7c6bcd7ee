/* view_private.h: the views, and what they share in drawing. */
#ifndef UI_VIEWS_VIEW_PRIVATE_H
#define UI_VIEWS_VIEW_PRIVATE_H

#include "ui/screen/grid.h"
#include "ui/screen/picture.h"
#include "ui/state/command.h"
#include "ui/state/layout.h"
#include "ui/state/state.h"
#include "ui/state/view.h"

extern const struct view_ops view_search, view_matches, view_images, view_captions, view_failures,
    view_help, view_settings, view_start, view_files;

/* Parts of the screen, each drawn in its place of the layout. view_list: `active` if the keys act
 * on this side. */
void view_list(const struct ui *ui, struct grid *grid, const struct layout *layout, bool active);
void view_pair(const struct ui *ui, struct grid *grid, const struct layout *layout);
void view_prompt(const struct ui *ui, struct grid *grid, const struct layout *layout,
                 uint64_t *hints);

/* Puts hints into the columns from `from` on, right-aligned: those not yet in the set `shown`,
 * which they join, as far as they fit. view_hints_least: the columns of those that are never left
 * out. */
void view_hints(const struct ui *ui, struct pane pane, int from, uint64_t *shown);
int view_hints_least(const struct ui *ui);

/* Parts drawn in a pane of their own. */
void view_regions(const struct ui *ui, struct pane pane);
void view_word_table(const struct ui *ui, struct pane pane);
void view_fitness(const struct ui *ui, struct pane pane);

/* Puts the recalls so far into the status line; returns the column after them. */
int view_failures_summary(const struct ui *ui, struct pane pane, int col);

/* `role` on a row's own background. */
struct style view_style(const struct ui *ui, struct style base, enum role role);

/* The decimal digits of n. */
int view_digits(size_t n);

/* Puts text in the middle of a row; returns the next row. */
int view_centred(struct pane pane, int row, struct style style, const char *text);

/* Puts how much higher or lower the other side ranks an item; returns the column after it. */
int view_moved(const struct ui *ui, struct pane pane, int col, size_t item, struct style base);

/* Puts text over several rows, broken at blanks; returns how many it took. */
int view_wrap(struct pane pane, int row, int col, int width, int rows, struct style style,
              const char *text);

/* How many rows that takes. */
int view_wrap_lines(const char *text, int width);

/* Asks the selected caption, in a view whose items are captions of the split. */
void view_open_caption(struct ui *ui, struct effects *effects);

/* Puts a picture's cells. */
void view_cells(struct pane pane, int row, int col, const struct picture *picture);

#endif
