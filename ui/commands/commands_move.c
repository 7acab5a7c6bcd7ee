#include "ui/commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/find.h"
#include "ui/actions/prompt.h"
#include "ui/state/layout.h"

static void move(struct ui *ui, ptrdiff_t lines)
{
    struct layout layout;
    layout_make(ui, &layout);
    list_move(ui_list(ui), lines * layout.across);
}

/* Moves `args` lines (none: 1) in a direction. */
static void move_by(struct ui *ui, const char *args, int direction)
{
    char *end;
    long n = *args ? strtol(args, &end, 10) : 1;
    if (*args && (*end || n < 1))
        ui_say(ui, ROLE_ERROR, "\"%s\" is not a number of rows", args);
    else
        move(ui, direction * (n > 1000000 ? 1000000 : n));
}

void command_down(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    move_by(ui, args, 1);
}

void command_up(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    move_by(ui, args, -1);
}

/* `halves` of a page: two are a page but for a line, which stays in sight. */
static void page(struct ui *ui, int halves)
{
    struct layout layout;
    layout_make(ui, &layout);
    size_t lines = layout_page(&layout) / (size_t)layout.across;
    ptrdiff_t by = halves == 1 || halves == -1 ? (ptrdiff_t)lines / 2 : (ptrdiff_t)lines - 1;
    by = (by > 1 ? by : 1) * layout.across;
    list_move(ui_list(ui), halves > 0 ? by : -by);
}

void command_page_down(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    page(ui, 2);
}

void command_page_up(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    page(ui, -2);
}

void command_half_page_down(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    page(ui, 1);
}

void command_half_page_up(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    page(ui, -1);
}

/* Goes to row `args` (from 1), to `otherwise` without one. */
static void to_row(struct ui *ui, const char *args, size_t otherwise)
{
    char end;
    size_t row = otherwise;
    if (*args && (sscanf(args, "%zu %c", &row, &end) != 1 || *args == '-' || row == 0)) {
        ui_say(ui, ROLE_ERROR, "\"%s\" is not a row: they are numbered from 1 to %zu", args,
               ui_list(ui)->count);
        return;
    }
    list_select(ui_list(ui), *args ? row - 1 : otherwise);
}

void command_first(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    to_row(ui, args, 0);
}

void command_last(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    to_row(ui, args, ui_list(ui)->count);
}

/* Selects the row that is `part` halves down the screen. */
static void on_screen(struct ui *ui, size_t part)
{
    struct layout layout;
    struct list *list = ui_list(ui);
    layout_make(ui, &layout);
    size_t page = layout_page(&layout), left = list->count - list->top;
    page = page < left ? page : left;
    list_select(list, list->top + (page ? page - 1 : 0) * part / 2);
}

void command_screen_top(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    on_screen(ui, 0);
}

void command_screen_middle(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    on_screen(ui, 1);
}

void command_screen_bottom(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    on_screen(ui, 2);
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
        ui->find_from = ui_list(ui)->selected;
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
