#include "ui/state/setting_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/screen/theme.h"

/* A setting's command takes choices, or a number; keys are bound otherwise. */
static bool is_row(const struct ui_command *command)
{
    return (command->modes & MODE_CONFIG) && command->args && command->args[0] == '[';
}

size_t setting_rows(const struct ui *ui)
{
    size_t count = 0;
    for (size_t i = 0; i < ui->commands->count; i++)
        count += is_row(&ui->commands->rows[i]);
    return count;
}

const struct ui_command *setting_row(const struct ui *ui, size_t row)
{
    size_t i = 0;
    while (!is_row(&ui->commands->rows[i]) || row-- > 0)
        i++;
    return &ui->commands->rows[i];
}

/* The setting that a command sets; SETTINGS if the state has it elsewhere. */
static enum setting_id setting_of(const struct ui_command *command)
{
    int i = 0;
    if (!strcmp(command->name, "words"))
        return SETTING_WORD_TABLE;
    while (i < SETTINGS && strcmp(setting_table[i].name, command->name) != 0)
        i++;
    return (enum setting_id)i;
}

void setting_row_value(const struct ui *ui, const struct ui_command *command, struct str *out)
{
    enum setting_id id = setting_of(command);
    if (!strcmp(command->name, "theme"))
        str_add(out, theme_name(ui->theme));
    else if (id == SETTINGS)
        str_add(out, depth_name(ui->depth));
    else if (id == SETTING_OVERLAY && ui->overlay == OVERLAY_BOXES && ui->box_count > 1)
        str_add(out, "top");
    else if (setting_table[id].kind == SETTING_NUMBER)
        str_addf(out, "%d", setting_value(ui, id));
    else
        str_add(out, setting_text(ui, id));
}

/* Whether the terminal can do what the choice asks for. */
static bool possible(const struct ui *ui, const struct ui_command *command, const char *choice)
{
    enum depth depth;
    if (!strcmp(command->name, "colours"))
        return depth_named(choice, &depth) && depth <= ui->depth_most;
    return strcmp(command->name, "graphics") != 0 || ui_graphics_possible(ui, choice);
}

static void step_number(const struct ui *ui, enum setting_id id, int by, struct str *out)
{
    int step = id == SETTING_THUMBNAILS ? 16 : 1, value = setting_value(ui, id) + by * step;
    value = value < 0 ? 0 : value;
    str_addf(out, "%d", value < setting_table[id].most ? value : setting_table[id].most);
}

void setting_row_step(const struct ui *ui, const struct ui_command *command, int by,
                      struct str *out)
{
    enum { MOST = 16 };
    const char *choices[MOST], *at = command->args + 1;
    char *copy = mem_strdup(at), *rest;
    struct str now = {0};
    int count = 0, here = 0;
    setting_row_value(ui, command, &now);
    if (!strchr(at, '|'))
        step_number(ui, setting_of(command), by, out);
    else
        for (char *choice = strtok_r(copy, "|]", &rest); choice && count < MOST;
             choice = strtok_r(NULL, "|]", &rest))
            if (possible(ui, command, choice)) {
                here = strcmp(choice, str_text(&now)) ? here : count;
                choices[count++] = choice;
            }
    if (count > 0)
        str_add(out, choices[(here + count + by % count) % count]);
    str_done(&now);
    free(copy);
}
