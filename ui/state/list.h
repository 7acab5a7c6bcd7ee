/* list.h: rows to move along: items, of which a filter may keep some, in an order. */
#ifndef UI_STATE_LIST_H
#define UI_STATE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    size_t total;         /* items */
    size_t *kept;         /* the items shown, in order; NULL: all, in place */
    size_t count;         /* rows */
    size_t selected, top; /* rows; selected < count unless there are none */
};

/* Sets the number of items; if it changed, all are shown. */
void list_total(struct list *list, size_t total);

/* Shows `count` of the items; takes `kept` over. The selected item stays selected if it is still
 * shown. list_keep_all shows all. */
void list_keep(struct list *list, size_t *kept, size_t count);
void list_keep_all(struct list *list);

/* The item of a row (row < count). */
size_t list_item(const struct list *list, size_t row);

/* The row of an item; `count` if it is not shown. */
size_t list_row(const struct list *list, size_t item);

/* Selects a row, or the last one; list_move: `by` rows on, stopping at either end. */
void list_select(struct list *list, size_t row);
void list_move(struct list *list, ptrdiff_t by);

/* Scrolls so that the selected row is among the `page` rows shown, a multiple of `step`: whole
 * lines of tiles. */
void list_scroll(struct list *list, size_t page, size_t step);

/* Frees the rows; the list is empty again. */
void list_done(struct list *list);

#endif
