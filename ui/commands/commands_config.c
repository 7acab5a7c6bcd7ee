#include "ui/commands/commands.h"

#include "ui/actions/prompt.h"
#include "ui/screen/theme.h"
#include "ui/state/keymap.h"
#include "ui/state/setting_rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the key that begins `args`; 0, reported in the status line, if it is not one. */
static ui_key take_key(struct ui *ui, const char **args)
{
    size_t n = strcspn(*args, " \t");
    ui_key key = key_parse(*args, n);
    if (!key)
        ui_say(ui, ROLE_ERROR,
               "\"%.*s\" is not a key; keys are written a, Ctrl-A, Alt-a, F5, PageDown", (int)n,
               *args);
    *args += n + strspn(*args + n, " \t");
    return key;
}

void command_bind(struct ui *ui, const char *args, struct effects *effects)
{
    char name[64];
    if (!*args) {
        prompt_open_command(ui, "bind", effects);
        return;
    }
    ui_key key = take_key(ui, &args);
    if (!key)
        return;
    size_t n = strcspn(args, " \t");
    snprintf(name, sizeof name, "%.*s", (int)n, args);
    const struct ui_command *command = command_named(ui->commands, name);
    args += n + strspn(args + n, " \t");
    if (!command) {
        ui_say(ui, ROLE_ERROR, "No command \"%s\" to bind the key to: ? lists them", name);
        return;
    }
    unsigned modes = command->modes & MODE_ANY;
    keymap_bind(ui->keymap, key, modes ? modes : MODE_VIEW, command, args);
}

void command_unbind(struct ui *ui, const char *args, struct effects *effects)
{
    if (!*args) {
        prompt_open_command(ui, "unbind", effects);
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
    int depth = command_choose(ui, args, names, *args ? 4 : most + 1, now);
    if (depth < 0)
        return;
    if (depth > (int)ui->depth_most) {
        ui_say(ui, ROLE_ERROR, "This terminal shows no more colours than \"%s\"",
               depth_name(ui->depth_most));
        return;
    }
    ui->depth = (enum depth)depth;
    ui_say(ui, ROLE_DIM, "Colours: %s", names[depth]);
    effects_add(effects, EFFECT_REPAINT);
}

void command_symbols(struct ui *ui, const char *args, struct effects *effects)
{
    if (!command_set(ui, SETTING_SYMBOLS, args))
        return;
    ui_say(ui, ROLE_DIM, "Symbols: %s", setting_text(ui, SETTING_SYMBOLS));
    ui->ascii = ui->symbols == SYMBOLS_ASCII;
    effects_add(effects, EFFECT_REPAINT);
}

void command_graphics(struct ui *ui, const char *args, struct effects *effects)
{
    struct str next = {0};
    if (!*args) /* the next that the terminal can */
        setting_row_step(ui, command_named(ui->commands, "graphics"), 1, &next);
    bool set = command_set(ui, SETTING_GRAPHICS, *args ? args : str_text(&next));
    str_done(&next);
    if (!set)
        return;
    if (!ui->asked && ui->graphics != WISH_CELLS) {
        ui->asked = true;
        effects_add(effects, EFFECT_ASK);
    }
    bool cannot = ui->graphics == WISH_AUTO && ui_graphics(ui) == GRAPHICS_CELLS;
    bool forced = !ui_graphics_possible(ui, setting_text(ui, SETTING_GRAPHICS));
    ui_say(ui, forced ? ROLE_WARNING : ROLE_DIM, "Pictures: %s%s",
           setting_text(ui, SETTING_GRAPHICS),
           cannot   ? " (cells: the terminal does not report any other)"
           : forced ? ", which the terminal did not say it can show"
                    : "");
    effects_add(effects, EFFECT_REPAINT);
}

void command_thumbnails(struct ui *ui, const char *args, struct effects *effects)
{
    int most = setting_table[SETTING_THUMBNAILS].most;
    char *end;
    long n = strtol(args, &end, 10);
    if (!*args) {
        ui_say(ui, ROLE_DIM, "Thumbnails kept on disk: at most %d MB", ui->cache_mb);
        return;
    }
    if (*end || n < 0 || n > most) {
        ui_say(ui, ROLE_ERROR, "\"%s\" is not a number of megabytes from 0 to %d", args, most);
        return;
    }
    setting_set(ui, SETTING_THUMBNAILS, (int)n);
    effects_add(effects, EFFECT_CACHE)->number = ui->cache_mb;
    ui_say(ui, ROLE_DIM,
           n ? "Thumbnails kept on disk: at most %ld MB" : "No thumbnails are kept on disk", n);
}

void command_sheet(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    if (command_set(ui, SETTING_SHEET, args))
        ui->zoom = false;
}

void command_regions(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    command_set(ui, SETTING_REGIONS, args);
}

void command_words(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    command_set(ui, SETTING_WORD_TABLE, args);
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
    if (!command_set(ui, SETTING_MOUSE, args))
        return;
    effects_add(effects, EFFECT_MOUSE)->number = ui->mouse;
    ui_say(ui, ROLE_DIM, ui->mouse ? "Mouse: on" : "Mouse: off, the terminal selects text");
}
