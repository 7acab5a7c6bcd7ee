#include "ui/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/find.h"
#include "ui/actions/prompt.h"
#include "ui/state/layout.h"

/* The distance: the argument, or 1. */
static ptrdiff_t steps(const char *args)
{
    long n = strtol(args, NULL, 10);
    return n < 1 ? 1 : n > 1000000 ? 1000000 : n;
}

static void move(struct ui *ui, ptrdiff_t lines)
{
    struct layout layout;
    layout_make(ui, &layout);
    list_move(ui_list(ui), lines * layout.across);
}

void command_down(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    move(ui, steps(args));
}

void command_up(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    move(ui, -steps(args));
}

static void page(struct ui *ui, int direction)
{
    struct layout layout;
    layout_make(ui, &layout);
    size_t n = layout_page(&layout);
    ptrdiff_t rows = n > (size_t)layout.across ? (ptrdiff_t)n - layout.across : (ptrdiff_t)n;
    list_move(ui_list(ui), direction * (rows ? rows : 1));
}

void command_page_down(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    page(ui, 1);
}

void command_page_up(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    page(ui, -1);
}

void command_first(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    list_select(ui_list(ui), 0);
}

void command_last(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    struct list *list = ui_list(ui);
    list_select(list, list->count);
}

void command_next_word(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    const struct ask_words *words = ui_words(ui);
    if (words && ui->word + 1 < (ptrdiff_t)words->count)
        ui->word++;
}

void command_previous_word(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (ui->word >= 0)
        ui->word--;
}

static bool in_sheet(const struct ui *ui)
{
    struct layout layout;
    layout_make(ui, &layout);
    return layout.across > 1;
}

void command_right(struct ui *ui, const char *args, struct effects *effects)
{
    if (in_sheet(ui))
        list_move(ui_list(ui), 1);
    else
        command_next_word(ui, args, effects);
}

void command_left(struct ui *ui, const char *args, struct effects *effects)
{
    if (in_sheet(ui))
        list_move(ui_list(ui), -1);
    else
        command_previous_word(ui, args, effects);
}

static const struct ranking *shown_ranking(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    return ui->view == VIEW_SEARCH    ? side->ranking
           : ui->view == VIEW_MATCHES ? side->matches
                                      : NULL;
}

void command_truth(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    const struct ranking *ranking = shown_ranking(ui);
    struct list *list = ui_list(ui);
    for (size_t step = 1; ranking && step <= list->count; step++) {
        size_t row = (list->selected + step) % list->count;
        if (!ranking->places[list_item(list, row)].truth)
            continue;
        list_select(list, row);
        ui_say(ui, ROLE_TRUTH, "The truth is at rank %zu of %zu", list_item(list, row) + 1,
               ranking->count);
        return;
    }
    ui_say(ui, ROLE_ERROR, "No ground truth is known for this query");
}

void command_find(struct ui *ui, const char *args, struct effects *effects)
{
    if (!*args) {
        prompt_open(ui, PROMPT_FIND, "", effects);
        return;
    }
    mem_replace(&ui->find, args);
    find_row(ui, ui->find, 1);
}

static void find_again(struct ui *ui, int direction)
{
    if (ui->find)
        find_row(ui, ui->find, direction);
    else
        ui_say(ui, ROLE_ERROR, "Nothing to find again: / asks for a text");
}

void command_find_next(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    find_again(ui, 1);
}

void command_find_previous(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    find_again(ui, -1);
}

void command_filter(struct ui *ui, const char *args, struct effects *effects)
{
    if (*args)
        find_filter(ui, args);
    else
        prompt_open(ui, PROMPT_FILTER, ui->filters[ui->view], effects);
}

/* The image of an id, with or without its suffix, or by its beginning; else of a row number. The
 * number of images if there is none. */
static size_t find_image(const struct catalog *catalog, const char *id)
{
    size_t n = strlen(id), begins = catalog->images;
    char *end;
    for (size_t i = 0; i < catalog->images; i++) {
        const char *at = catalog->id[i];
        if (strncmp(at, id, n) != 0)
            continue;
        if (!at[n] || (at[n] == '.' && !strchr(at + n + 1, '.')))
            return i;
        begins = begins < catalog->images ? begins : i;
    }
    size_t row = strtoul(id, &end, 10);
    return begins < catalog->images || *end || row >= catalog->images ? begins : row;
}

void command_image(struct ui *ui, const char *args, struct effects *effects)
{
    const struct catalog *catalog = ui_catalog(ui);
    if (!*args) {
        prompt_open_command(ui, "image", effects);
        return;
    }
    size_t image = catalog ? find_image(catalog, args) : 0;
    if (!catalog || image >= catalog->images) {
        ui_say(ui, ROLE_ERROR, "No image id begins with \"%s\": / also searches the captions",
               args);
        return;
    }
    struct list *list = ui_list_of(ui, VIEW_IMAGES);
    if (ui->view == VIEW_MATCHES) {
        ui->subject = image;
        return;
    }
    ui_go_to(ui, VIEW_IMAGES);
    if (list_row(list, image) >= list->count)
        find_filter(ui, "");
    list_select(list, list_row(list, image));
}
