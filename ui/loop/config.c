#include "ui/loop/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "ui/state/command.h"

static const struct ui_command *command_of(const struct ui *ui, const char *line)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " \t"), line);
    return command_named(ui->commands, name);
}

static int not_a_setting(const struct ui *ui, const char *name, struct error *err)
{
    struct str settings = {0};
    for (size_t i = 0; i < ui->commands->count; i++)
        if (ui->commands->rows[i].modes & MODE_CONFIG)
            str_addf(&settings, "%s%s", settings.length ? ", " : "", ui->commands->rows[i].name);
    error_set(err, "\"%s\" is not a setting; settings are %s", name, str_text(&settings));
    str_done(&settings);
    return -1;
}

/* On the screen such a command asks; here nobody would answer. */
static bool lacks_argument(const struct ui_command *command, const char *line)
{
    const char *args = line + strlen(command->name);
    return command->args && command->args[0] != '[' && args[strspn(args, " \t")] == '\0';
}

static int run_line(char *line, struct ui *ui, struct error *err)
{
    struct effects effects = {0};
    line[strcspn(line, "\r\n")] = 0;
    line += strspn(line, " \t");
    if (!*line || *line == '#')
        return 0;
    const struct ui_command *command = command_of(ui, line);
    if (!command)
        return error_set(err, "no command is called \"%.*s\"", (int)strcspn(line, " \t"), line);
    if (!(command->modes & MODE_CONFIG))
        return not_a_setting(ui, command->name, err);
    if (lacks_argument(command, line))
        return error_set(err, "%s needs: %s", command->name, command->args);
    command_run(ui, line, &effects);
    effects_done(&effects); /* there is no screen yet to perform them on */
    int status = 0;
    if (ui->message.text && ui->message.role == ROLE_ERROR)
        status = error_set(err, "%s", ui->message.text);
    free(ui->message.text);
    ui->message.text = NULL;
    return status;
}

/* Mapped first for its errors: a folder would open as a stream that reads as empty. */
static FILE *open_config(const char *path, struct error *err)
{
    struct file_map map;
    if (file_map_open(path, &map, err) != 0)
        return NULL;
    file_map_close(&map);
    FILE *file = fopen(path, "re");
    if (!file)
        error_errno(err, path, "open");
    return file;
}

int config_load(const char *path, struct ui *ui, struct error *err)
{
    FILE *file = open_config(path, err);
    char *line = NULL;
    size_t cap = 0;
    int status = 0;
    if (!file)
        return -1;
    for (int number = 1; status == 0 && getline(&line, &cap, file) > 0; number++) {
        status = run_line(line, ui, err);
        if (status != 0) {
            struct error reason = *err;
            error_set(err, "%s: line %d: %s", path, number, reason.text);
        }
    }
    free(line);
    fclose(file);
    return status;
}
