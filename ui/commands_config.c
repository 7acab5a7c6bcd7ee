/* Keys and looks: what may also stand in the configuration file. */
#include "ui/commands.h"

#include <stdio.h>
#include <string.h>

#include "ui/command.h"
#include "ui/theme.h"

/* The key that begins `args`, and what follows it; 0 where there is none, which is said. */
static ui_key take_key(struct ui *ui, const char **args)
{
    size_t n = strcspn(*args, " \t");
    ui_key key = key_parse(*args, n);
    if (!key)
        ui_say(ui, ROLE_ERROR, "\"%.*s\" names no key; keys are written a, Ctrl-A, Alt-a, F5, PageDown", (int)n,
               *args);
    *args += n + strspn(*args + n, " \t");
    return key;
}

void command_bind(struct ui *ui, const char *args, struct effects *effects)
{
    char name[64];
    if (!*args) {
        ui_ask_args(ui, "bind", effects);
        return;
    }
    ui_key key = take_key(ui, &args);
    if (!key)
        return;
    size_t n = strcspn(args, " \t");
    snprintf(name, sizeof name, "%.*s", (int)n, args);
    const struct ui_command *command = command_named(name);
    args += n + strspn(args + n, " \t");
    if (!command) {
        ui_say(ui, ROLE_ERROR, "No command \"%s\" to bind the key to: ? lists them", name);
        return;
    }
    unsigned modes = command->modes & ~(unsigned)MODE_CONFIG;
    keymap_bind(ui->keymap, key, modes ? modes : MODE_VIEW, command, args);
}

void command_unbind(struct ui *ui, const char *args, struct effects *effects)
{
    if (!*args) {
        ui_ask_args(ui, "unbind", effects);
        return;
    }
    ui_key key = take_key(ui, &args);
    if (key)
        keymap_bind(ui->keymap, key, MODE_ANY, NULL, NULL);
}

void command_colours(struct ui *ui, const char *args, struct effects *effects)
{
    static const char *const names[] = {"none", "16", "256", "truecolor"};
    int most = (int)ui->depth_most, now = *args ? (int)ui->depth : (int)ui->depth % (most + 1);
    int depth = ui_choose(ui, args, names, *args ? 4 : most + 1, now);
    if (depth < 0)
        return;
    if (depth > (int)ui->depth_most) {
        ui_say(ui, ROLE_ERROR, "This terminal shows no more colours than \"%s\"", depth_name(ui->depth_most));
        return;
    }
    ui->depth = (enum depth)depth;
    ui_say(ui, ROLE_DIM, "Colours: %s", names[depth]);
    effects_add(effects, EFFECT_REPAINT);
}

void command_symbols(struct ui *ui, const char *args, struct effects *effects)
{
    int symbols = ui_choose(ui, args, ui_symbols, UI_SYMBOLS, (int)ui->symbols);
    if (symbols < 0)
        return;
    ui->symbols = (enum symbols)symbols;
    ui_say(ui, ROLE_DIM, "Symbols: %s", ui_symbols[symbols]);
    ui->ascii = ui->symbols == SYMBOLS_ASCII;
    effects_add(effects, EFFECT_REPAINT);
}

void command_theme(struct ui *ui, const char *args, struct effects *effects)
{
    const struct theme *theme = *args ? theme_named(args) : theme_next(ui->theme);
    if (!theme) {
        ui_say(ui, ROLE_ERROR, "No theme \"%s\": dark, light, mono", args);
        return;
    }
    ui->theme = theme;
    ui->theme_set = true;
    ui_say(ui, ROLE_DIM, "Theme: %s", theme_name(theme));
    effects_add(effects, EFFECT_REPAINT);
}

void command_mouse(struct ui *ui, const char *args, struct effects *effects)
{
    ui->mouse = *args ? !strcmp(args, "on") : !ui->mouse;
    effects_add(effects, EFFECT_MOUSE)->number = ui->mouse;
    ui_say(ui, ROLE_DIM, ui->mouse ? "Mouse: on" : "Mouse: off, the terminal selects text");
}
