/* Help: the items are the commands. */
#include "ui/views/view_private.h"

#include "ui/state/keymap.h"

static size_t help_total(const struct ui *ui)
{
    return ui->commands->count;
}

static void help_text(const struct ui *ui, size_t item, struct str *out)
{
    keymap_keys(ui->keymap, &ui->commands->rows[item], out);
    str_addf(out, "\t%s\t%s", ui->commands->rows[item].name, ui->commands->rows[item].help);
}

static void help_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct ui_command *command = &ui->commands->rows[item];
    struct str keys = {0};
    int wide = pane.box.cols >= 70;
    keymap_keys(ui->keymap, command, &keys);
    int col = 0;
    if (wide)
        col = pane_fit(pane, 0, 0, 13, view_style(ui, base, ROLE_STRONG),
                       command->group ? command->group : "");
    col = pane_fit(pane, 0, col, 16, view_style(ui, base, ROLE_KEY), str_text(&keys));
    if (wide)
        col = pane_fit(pane, 0, col, 16, base, command->name);
    pane_fit(pane, 0, col, pane.box.cols - col, view_style(ui, base, ROLE_DIM), command->help);
    str_done(&keys);
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
                                   .draw = help_draw,
                                   .open = help_open};
