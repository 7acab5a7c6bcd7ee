/* The table of commands as people read it: `explore --keys`, and the manual page. */
#include <string.h>

#include "ui/commands/command.h"

/* Roff takes a hyphen for a dash, and a leading dot or quote for a request. */
static void add_roff(struct str *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        str_add(out, "\\&");
    for (; *text; text++) {
        if (*text == '-')
            str_add(out, "\\-");
        else if (*text == '\\')
            str_add(out, "\\e");
        else
            str_add_n(out, text, 1);
    }
}

static void add_roff_command(struct str *out, const struct ui_command *command, bool setting)
{
    str_add(out, ".TP\n.B ");
    add_roff(out, command->name);
    if (command->args) {
        str_add(out, " \\fR");
        add_roff(out, command->args);
    }
    str_add(out, "\n");
    if (*command->keys && !setting) {
        str_add(out, "(");
        add_roff(out, command->keys);
        str_add(out, ") ");
    }
    add_roff(out, command->help);
    str_addf(out, ".%s\n", !setting && command->modes & MODE_CONFIG ? " Also a setting." : "");
}

void command_table(bool roff, struct str *out)
{
    for (size_t i = 0; i < ui_command_count; i++) {
        const struct ui_command *command = &ui_commands[i];
        if (command->group && roff)
            str_addf(out, ".SS %s\n", command->group);
        else if (command->group)
            str_addf(out, "%s%s\n", i ? "\n" : "", command->group);
        if (roff)
            add_roff_command(out, command, false);
        else
            str_addf(out, "  %-17s %-16s %s\n", command->keys, command->name, command->help);
    }
}

void command_settings(struct str *out)
{
    for (size_t i = 0; i < ui_command_count; i++)
        if (ui_commands[i].modes & MODE_CONFIG)
            add_roff_command(out, &ui_commands[i], true);
}
