#include "ui/state/list.h"

#include <assert.h>
#include <stdlib.h>

void list_total(struct list *list, size_t total)
{
    if (list->total == total)
        return;
    list->total = total;
    list_keep_all(list);
}

void list_keep(struct list *list, size_t *kept, size_t count)
{
    size_t item = list->selected < list->count ? list_item(list, list->selected) : 0;
    free(list->kept);
    list->kept = kept;
    list->count = count;
    size_t row = list_row(list, item);
    list_select(list, row < count ? row : 0);
}

void list_keep_all(struct list *list)
{
    list_keep(list, NULL, list->total);
}

size_t list_item(const struct list *list, size_t row)
{
    assert(row < list->count);
    return list->kept ? list->kept[row] : row;
}

size_t list_row(const struct list *list, size_t item)
{
    if (!list->kept)
        return item < list->count ? item : list->count;
    size_t row = 0;
    while (row < list->count && list->kept[row] != item)
        row++;
    return row;
}

void list_select(struct list *list, size_t row)
{
    list->selected = row < list->count ? row : list->count ? list->count - 1 : 0;
}

void list_move(struct list *list, ptrdiff_t by)
{
    if (by < 0 && (size_t)-by > list->selected)
        list_select(list, 0);
    else
        list_select(list, list->selected + (size_t)by);
}

void list_scroll(struct list *list, size_t page, size_t step)
{
    if (page < 1)
        page = 1;
    list->top -= list->top % step;
    if (list->selected < list->top)
        list->top = list->selected - list->selected % step;
    if (list->selected >= list->top + page)
        list->top = list->selected - list->selected % step + step - page;
    if (list->count <= page)
        list->top = 0;
    else if (list->top + page > list->count + step - 1)
        list->top = (list->count + step - 1 - page) / step * step;
}

void list_done(struct list *list)
{
    free(list->kept);
    *list = (struct list){0};
}
