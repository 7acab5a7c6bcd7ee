/* Keys and looks: what may also stand in the configuration file. */
#include "ui/commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/commands/command.h"
#include "ui/screen/theme.h"

/* The key that begins `args`, and what follows it; 0 where there is none, which is said. */
static ui_key take_key(struct ui *ui, const char **args)
{
    size_t n = strcspn(*args, " \t");
    ui_key key = key_parse(*args, n);
    if (!key)
        ui_say(ui, ROLE_ERROR,
               "\"%.*s\" names no key; keys are written a, Ctrl-A, Alt-a, F5, PageDown", (int)n,
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
    int symbols = ui_choose(ui, args, ui_symbols, UI_SYMBOLS, (int)ui->symbols);
    if (symbols < 0)
        return;
    ui->symbols = (enum symbols)symbols;
    ui_say(ui, ROLE_DIM, "Symbols: %s", ui_symbols[symbols]);
    ui->ascii = ui->symbols == SYMBOLS_ASCII;
    effects_add(effects, EFFECT_REPAINT);
}

void command_graphics(struct ui *ui, const char *args, struct effects *effects)
{
    int wish = ui_choose(ui, args, ui_graphics_names, WISHES, (int)ui->graphics);
    if (wish < 0)
        return;
    ui->graphics = (enum graphics_wish)wish;
    ui_say(ui, ROLE_DIM, "Pictures: %s%s", ui_graphics_names[wish],
           wish == WISH_AUTO && ui_graphics(ui) == GRAPHICS_CELLS
               ? " (cells: the terminal does not say that it can more)"
               : "");
    effects_add(effects, EFFECT_REPAINT);
}

void command_thumbnails(struct ui *ui, const char *args, struct effects *effects)
{
    enum { MOST = 100000 };
    char *end;
    long n = strtol(args, &end, 10);
    if (!*args) {
        ui_say(ui, ROLE_DIM, "Thumbnails kept on disk: %d MB at most", ui->cache_mb);
        return;
    }
    if (*end || n < 0 || n > MOST) {
        ui_say(ui, ROLE_ERROR, "\"%s\" is no number of megabytes from 0 to %d", args, MOST);
        return;
    }
    ui->cache_mb = (int)n;
    effects_add(effects, EFFECT_CACHE)->number = ui->cache_mb;
    ui_say(ui, ROLE_DIM,
           n ? "Thumbnails kept on disk: %ld MB at most" : "No thumbnails are kept on disk", n);
}

/* "on", "off" or the other one; false for anything else, which is said. */
static bool switch_to(struct ui *ui, const char *args, bool *value)
{
    static const char *const names[] = {"off", "on"};
    int chosen = ui_choose(ui, args, names, 2, *value);
    if (chosen >= 0)
        *value = chosen != 0;
    return chosen >= 0;
}

void command_sheet(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    if (switch_to(ui, args, &ui->sheet))
        ui->zoom = false;
}

void command_regions(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    switch_to(ui, args, &ui->regions);
}

void command_words(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    switch_to(ui, args, &ui->word_table);
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
    if (!switch_to(ui, args, &ui->mouse))
        return;
    effects_add(effects, EFFECT_MOUSE)->number = ui->mouse;
    ui_say(ui, ROLE_DIM, ui->mouse ? "Mouse: on" : "Mouse: off, the terminal selects text");
}
