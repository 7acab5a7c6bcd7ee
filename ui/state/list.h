/* list.h: rows to move along: a total of items, of which a filter may keep some, in an order. */
#ifndef UI_STATE_LIST_H
#define UI_STATE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    size_t total; /* items there are */
    size_t *kept; /* the items shown, in order; NULL: all, as they are */
    size_t count; /* rows */
    size_t selected, top;
};

/* There are `total` items now; a filter is dropped where the number changed. */
void list_total(struct list *list, size_t total);

/* Shows `count` of the items; takes `kept` over. The selected item stays selected where it is still
 * there. */
void list_keep(struct list *list, size_t *kept, size_t count);
void list_keep_all(struct list *list);

/* The item of a row (row < count). */
size_t list_item(const struct list *list, size_t row);

/* The row of an item; `count` where it is not shown. */
size_t list_row(const struct list *list, size_t item);

/* Moves by rows, stopping at either end. */
void list_move(struct list *list, ptrdiff_t by);
void list_select(struct list *list, size_t row);

/* Scrolls so that the selected row is visible among `page` rows (a multiple of `step`, whole lines
 * of tiles). */
void list_scroll(struct list *list, size_t page, size_t step);
void list_done(struct list *list);

#endif
