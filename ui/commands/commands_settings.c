/* The view of settings. */
#include "ui/commands/commands.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/state/setting_rows.h"

void command_settings(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui_go_to(ui, VIEW_SETTINGS);
}

static void step(struct ui *ui, int by, struct effects *effects)
{
    size_t item;
    struct str value = {0};
    if (ui->view != VIEW_SETTINGS || !ui_selected(ui, VIEW_SETTINGS, &item)) {
        ui_say(ui, ROLE_ERROR, "Settings are changed in their view: , shows it");
        return;
    }
    const struct ui_command *command = setting_row(ui, item);
    setting_row_step(ui, command, by, &value);
    if (value.length)
        command->run(ui, str_text(&value), effects);
    str_done(&value);
}

void command_previous_value(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    step(ui, -1, effects);
}

void command_next_value(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    step(ui, 1, effects);
}
