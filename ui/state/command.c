#include "ui/state/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/state/view.h"

const struct ui_command *command_named(const struct command_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (!strcmp(table->rows[i].name, name))
            return &table->rows[i];
    return NULL;
}

void command_run(struct ui *ui, const char *text, struct effects *effects)
{
    char name[64];
    text += strspn(text, " \t:");
    size_t n = strcspn(text, " \t");
    snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), text);
    const struct ui_command *command = command_named(ui->commands, name);
    if (!command) {
        ui_say(ui, ROLE_ERROR, "No command \"%s\": ? lists them, Tab after : completes", name);
        return;
    }
    text += n;
    text += strspn(text, " \t");
    for (n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t');)
        n--; /* completion leaves a blank */
    char *args = mem_strndup(text, n);
    if (*args && !command->args)
        ui_say(ui, ROLE_ERROR, "%s takes nothing after its name", command->name);
    else
        command->run(ui, args, effects);
    free(args);
}

int command_choose(struct ui *ui, const char *args, const char *const *names, int n, int now)
{
    if (!*args)
        return (now + 1) % n;
    for (int i = 0; i < n; i++)
        if (!strcmp(names[i], args))
            return i;
    struct str choices = {0};
    for (int i = 0; i < n; i++)
        str_addf(&choices, "%s%s", i ? ", " : "", names[i]);
    ui_say(ui, ROLE_ERROR, "\"%s\" is not one of: %s", args, str_text(&choices));
    str_done(&choices);
    return -1;
}

bool command_set(struct ui *ui, enum setting_id id, const char *args)
{
    const struct setting *setting = &setting_table[id];
    int value = command_choose(ui, args, setting->names, setting->most + 1, setting_value(ui, id));
    if (value >= 0)
        setting_set(ui, id, value);
    return value >= 0;
}

unsigned command_mode(const struct ui *ui)
{
    return ui->prompt ? MODE_PROMPT : ui_view_ops(ui)->mode;
}
