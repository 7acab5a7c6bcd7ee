/* The settings with their values. */
#include "ui/views/view_private.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/state/setting_rows.h"

enum { NAME_COLS = 13, VALUE_COLS = 12, NARROW = 60 };

static void settings_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct ui_command *command = setting_row(ui, item);
    str_addf(out, "%s ", command->name);
    setting_row_value(ui, command, out);
    str_addf(out, "\t%s", command->help);
}

/* Where the explanation begins: beside the value, or on a narrow screen below it. */
static int help_col(int cols)
{
    return cols < NARROW ? 0 : NAME_COLS + VALUE_COLS;
}

static char *help_of(const struct ui_command *command)
{
    return mem_printf("%s  %s", command->args, command->help);
}

static int settings_lines(const struct ui *ui, size_t item, int cols)
{
    char *help = help_of(setting_row(ui, item));
    int col = help_col(cols), lines = view_wrap_lines(help, cols - col) + (col == 0);
    free(help);
    return lines;
}

static void settings_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct ui_command *command = setting_row(ui, item);
    struct str value = {0};
    struct style dim = view_style(ui, base, ROLE_DIM);
    char *help = help_of(command);
    setting_row_value(ui, command, &value);
    int col = pane_fit(pane, 0, 0, NAME_COLS - 1, base, command->name) + 1;
    col = pane_fit(pane, 0, col, VALUE_COLS - 1, view_style(ui, base, ROLE_KEY), str_text(&value));
    int under = help_col(pane.box.cols);
    if (pane.box.rows > 1)
        view_wrap(pane, under == 0, under, pane.box.cols - under, pane.box.rows - (under == 0), dim,
                  help);
    else if (pane.box.cols - col > 1)
        pane_fit(pane, 0, col + 1, pane.box.cols - col - 1, dim, help);
    str_done(&value);
    free(help);
}

static void settings_open(struct ui *ui, struct effects *effects)
{
    command_run(ui, "next-value", effects);
}

const struct view_ops view_settings = {.name = "settings",
                                       .title = "Settings",
                                       .mode = MODE_SETTINGS,
                                       .bare = true,
                                       .total = setting_rows,
                                       .text = settings_text,
                                       .draw = settings_draw,
                                       .lines = settings_lines,
                                       .open = settings_open};
