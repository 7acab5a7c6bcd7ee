/* view_items.h: the items of each view, for the table in views.c; as struct view_ops has them. */
#ifndef UI_VIEWS_VIEW_ITEMS_H
#define UI_VIEWS_VIEW_ITEMS_H

#include "ui/views/views.h"

#define VIEW_ITEMS(view)                                                                           \
    size_t view##_total(const struct ui *ui);                                                      \
    void view##_text(const struct ui *ui, size_t item, struct str *out);                           \
    void view##_draw(const struct ui *ui, struct pane pane, size_t item, struct style base);       \
    void view##_empty(const struct ui *ui, struct pane pane);                                      \
    void view##_pair(const struct ui *ui, struct pair *out);                                       \
    size_t view##_thumb(const struct ui *ui, size_t item);                                         \
    void view##_open(struct ui *ui, struct effects *effects)

VIEW_ITEMS(search);
VIEW_ITEMS(matches);
VIEW_ITEMS(images);
VIEW_ITEMS(captions);
VIEW_ITEMS(failures);
VIEW_ITEMS(help);
VIEW_ITEMS(start);
VIEW_ITEMS(files);

void captions_arrange(struct ui *ui);
void failures_arrange(struct ui *ui);
bool failures_has(const struct ui *ui, size_t caption); /* it is one, of those that are ranked */
void failures_header(const struct ui *ui, struct pane pane);
void failures_header_click(struct ui *ui, int cols,
                           int col); /* on column `col` of a header of `cols` */

/* Recalls so far, into the status line; returns the column after. */
int failures_summary(const struct ui *ui, struct pane pane, int col);

/* `role` on a row's own background. */
struct style item_style(const struct ui *ui, struct style base, enum role role);
int item_digits(size_t n);

#undef VIEW_ITEMS

#endif
