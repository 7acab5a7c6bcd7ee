/* Help: the items are the commands; those of the view that it was opened from, or all. */
#include "ui/views/view_private.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/state/keymap.h"

enum { GROUP_COLS = 11, KEYS_COLS = 16, NAME_COLS = 17, NARROW = 70 };

static size_t help_total(const struct ui *ui)
{
    return ui->commands->count;
}

static void help_text(const struct ui *ui, size_t item, struct str *out)
{
    keymap_keys(ui->keymap, &ui->commands->rows[item], out);
    str_addf(out, "\t%s\t%s", ui->commands->rows[item].name, ui->commands->rows[item].help);
}

static bool help_shows(const struct ui *ui, size_t item)
{
    unsigned mode = ui->views[ui->came_from]->mode;
    return ui->help_all || (ui->commands->rows[item].modes & mode & MODE_ANY);
}

/* The item that names a command's group. */
static size_t group_of(const struct ui *ui, size_t item)
{
    while (item > 0 && !ui->commands->rows[item].group)
        item--;
    return item;
}

/* The group of the first row of each; else "". */
static const char *group_text(const struct ui *ui, size_t item)
{
    const struct list *list = ui_list_const(ui, VIEW_HELP);
    size_t row = list_row(list, item), group = group_of(ui, item);
    bool first = row == list->top || row >= list->count || row == 0 ||
                 group_of(ui, list_item(list, row - 1)) != group;
    return first ? ui->commands->rows[group].group : "";
}

static char *explanation(const struct ui_command *command)
{
    return mem_printf("%s%s%s", command->args ? command->args : "", command->args ? "  " : "",
                      command->help);
}

/* Where it begins: after the name, or on a narrow screen below the keys. */
static int help_col(int cols)
{
    return cols < NARROW ? 0 : GROUP_COLS + KEYS_COLS + NAME_COLS;
}

static int help_lines(const struct ui *ui, size_t item, int cols)
{
    char *text = explanation(&ui->commands->rows[item]);
    int col = help_col(cols), lines = view_wrap_lines(text, cols - col) + (col == 0);
    free(text);
    return lines;
}

static void help_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct ui_command *command = &ui->commands->rows[item];
    struct style dim = view_style(ui, base, ROLE_DIM);
    struct str keys = {0};
    char *text = explanation(command);
    bool wide = pane.box.cols >= NARROW, unfolded = pane.box.rows > 1;
    int col = 0, under = help_col(pane.box.cols);
    keymap_keys(ui->keymap, command, &keys);
    if (wide)
        col = pane_fit(pane, 0, 0, GROUP_COLS - 1, view_style(ui, base, ROLE_STRONG),
                       group_text(ui, item)) +
              1;
    int room = pane.box.cols < KEYS_COLS * 2 ? pane.box.cols / 2 : KEYS_COLS;
    col = pane_fit(pane, 0, col, room - 1, view_style(ui, base, ROLE_KEY), str_text(&keys)) + 1;
    if (wide || unfolded)
        col = pane_fit(pane, 0, col, wide ? NAME_COLS : pane.box.cols - col, base, command->name);
    if (unfolded)
        view_wrap(pane, !wide, under, pane.box.cols - under, pane.box.rows - !wide, dim, text);
    else
        pane_fit(pane, 0, col, pane.box.cols - col, dim, text);
    str_done(&keys);
    free(text);
}

static void help_empty(const struct ui *ui, struct pane pane)
{
    view_wrap(pane, pane.box.rows / 2, 2, pane.box.cols - 4, 2, ui_style(ui, ROLE_DIM),
              "No key of this view: ? shows every command");
}

/* Enter runs the selected command in the view that the help was opened from. */
static void help_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    if (!ui_selected(ui, VIEW_HELP, &item))
        return;
    ui->view = ui->came_from;
    ui->commands->rows[item].run(ui, "", effects);
}

const struct view_ops view_help = {.name = "help",
                                   .title = "Help",
                                   .mode = MODE_HELP,
                                   .bare = true,
                                   .total = help_total,
                                   .text = help_text,
                                   .shows = help_shows,
                                   .draw = help_draw,
                                   .lines = help_lines,
                                   .empty = help_empty,
                                   .open = help_open};
