/* view.h: what a view is: a list of items, each of which may stand for a pair whose picture is
 * shown beside the list. ui/views fills a table of them, one per view_id. */
#ifndef UI_STATE_VIEW_H
#define UI_STATE_VIEW_H

#include "base/str.h"
#include "ui/screen/grid.h"
#include "ui/state/effect.h"
#include "ui/state/state.h"

struct view_ops {
    const char *name, *title;
    unsigned mode; /* which keys apply: command.h */
    bool tiles;    /* a contact sheet rather than rows */
    bool bare;     /* of the program rather than of a model: needs none */
    size_t (*total)(const struct ui *ui);
    /* The item as a line of text: what is searched, filtered and copied. */
    void (*text)(const struct ui *ui, size_t item, struct str *out);
    /* Whether an item is shown at all, before any filter; NULL: all are. */
    bool (*shows)(const struct ui *ui, size_t item);
    /* A row of the list; the pane is as large as the layout makes an item, without its thumbnail.
     */
    void (*draw)(const struct ui *ui, struct pane pane, size_t item, struct style base);
    /* The lines that a row of `cols` takes unfolded, as the selected one is; NULL: one. */
    int (*lines)(const struct ui *ui, size_t item, int cols);
    /* A line above the list with the names of its columns; NULL: none. And a click on column `col`
     * of its `cols`. */
    void (*header)(const struct ui *ui, struct pane pane);
    void (*header_click)(struct ui *ui, int cols, int col);
    /* What is shown in place of an empty list; NULL: nothing. */
    void (*empty)(const struct ui *ui, struct pane pane);
    void (*pair)(const struct ui *ui, struct pair *out);  /* NULL: the view has no picture */
    size_t (*thumb)(const struct ui *ui, size_t item);    /* an image; NULL: no thumbnails */
    void (*open)(struct ui *ui, struct effects *effects); /* Enter; NULL: the picture alone */
};

#endif
