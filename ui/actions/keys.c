#include "ui/actions/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/prompt.h"
#include "ui/actions/undo.h"
#include "ui/state/keymap.h"
#include "ui/state/palette.h"
#include "ui/state/view.h"

enum { COUNT_MOST = 10000000, TIMES_MOST = 1000 };

/* Digits that also lead to views are a count if the next key follows this soon. */
#define QUICK_SECONDS 0.4

static bool printable(ui_key key)
{
    return key >= ' ' && key < K_FIRST && key != 127;
}

/* ---- counts ---- */

/* Views that the count's digits led to are left again. */
static void take_back(struct ui *ui)
{
    for (int i = 0; i < ui->count.digits && ui->view != ui->count.view && ui->undo_count > 0; i++)
        undo_back(ui);
}

static bool quick(const struct ui *ui, double time)
{
    return time - ui->count.time <= QUICK_SECONDS;
}

enum digit { NO_DIGIT, VIEW_DIGIT, ONLY_DIGIT };

/* Takes a digit into the count. VIEW_DIGIT: its command is still to be run. */
static enum digit count_digit(struct ui *ui, ui_key key, const struct ui_command *command,
                              double time)
{
    struct count *count = &ui->count;
    bool view = command && (command->modes & MODE_DIGIT);
    if (count->digits && !count->sure && !quick(ui, time))
        *count = (struct count){0};
    if (ui->prompt || key < '0' || key > '9' || (!count->digits && command && !view))
        return NO_DIGIT;
    if (!count->digits)
        count->view = ui->view;
    count->n = count->n * 10 + (key - '0');
    count->n = count->n < COUNT_MOST ? count->n : COUNT_MOST;
    count->time = time;
    count->sure |= !view;
    count->digits++;
    if (!count->sure)
        return VIEW_DIGIT;
    take_back(ui);
    ui_say(ui, ROLE_DIM, "%zu: then j, G or another key that moves", count->n);
    return ONLY_DIGIT;
}

/* What the command makes of the count: MODE_COUNT, MODE_TIMES, or 0 if there is none. */
static unsigned use_of_count(const struct ui *ui, const struct binding *binding, double time)
{
    const struct count *count = &ui->count;
    unsigned modes = binding->command->modes;
    if (!count->digits || binding->args || (!count->sure && !quick(ui, time)))
        return 0;
    if (count->sure || count->digits > 1)
        return modes & (MODE_COUNT | MODE_TIMES);
    /* G, not End: only that is typed in one go */
    return modes & MODE_ROW && binding->key < K_FIRST ? MODE_COUNT : 0;
}

static void run(struct ui *ui, const struct binding *binding, double time, struct effects *effects)
{
    const struct ui_command *command = binding->command;
    unsigned use = use_of_count(ui, binding, time);
    size_t n = ui->count.n, times = use & MODE_TIMES ? n < TIMES_MOST ? n : TIMES_MOST : 1;
    char text[32] = "";
    if (use)
        take_back(ui);
    if (use & MODE_COUNT)
        snprintf(text, sizeof text, "%zu", n);
    for (size_t i = 0; i < times; i++)
        command->run(ui, *text ? text : binding->args ? binding->args : "", effects);
}

/* ---- the prompt ---- */

/* The first key in a prompt whose text is selected: one that types or deletes replaces it. False:
 * the key is still to be given to the line. */
static bool replace_selected(struct ui *ui, ui_key key, struct effects *effects)
{
    static const ui_key deletes[] = {K_BACKSPACE, K_DELETE, K_CTRL | 'u', K_CTRL | 'w',
                                     K_CTRL | 'k'};
    ui->line.selected = false;
    if (printable(key))
        prompt_open(ui, ui->line.kind, "", effects);
    for (size_t i = 0; i < sizeof deletes / sizeof *deletes; i++)
        if (key == deletes[i]) {
            prompt_open(ui, ui->line.kind, "", effects);
            return true;
        }
    return false;
}

/* Keys of the palette: the arrows select, Tab completes. False: the key is the line's. */
static bool palette_key(struct ui *ui, ui_key key, struct effects *effects)
{
    struct palette palette;
    if (ui->line.kind != PROMPT_COMMAND || ui->line.label ||
        (key != K_UP && key != K_DOWN && key != K_TAB && key != (K_TAB | K_SHIFT)))
        return false;
    if (key == K_TAB) {
        char *text = palette_tab(ui);
        if (text)
            prompt_open(ui, PROMPT_COMMAND, text, effects);
        free(text);
        return text != NULL;
    }
    palette_make(ui, &palette);
    if (key == K_DOWN)
        ui->line.row = palette.selected + (palette.selected + 1 < palette.count);
    else
        ui->line.row = palette.selected - (palette.selected > 0);
    ui->line.row_chosen = true;
    return true;
}

static void to_line(struct ui *ui, ui_key key, struct effects *effects)
{
    if (palette_key(ui, key, effects))
        return;
    if (!ui->line.selected || !replace_selected(ui, key, effects))
        effects_add(effects, EFFECT_LINE_KEY)->key = key;
}

void keys_take(struct ui *ui, ui_key key, double time, struct effects *effects)
{
    char name[KEY_NAME_MAX];
    const struct binding *binding = keymap_find(ui->keymap, command_mode(ui), key);
    const struct ui_command *command = binding ? binding->command : NULL;
    mem_replace(&ui->message.text, NULL);
    mem_replace(&ui->line.completions, NULL);
    if (!command || strcmp(command->name, "cancel") != 0)
        ui->leave_asked = false;
    bool again = ui->count.second && key == 'g'; /* of 10gg: the first has moved there */
    ui->count.second = false;
    enum digit digit = again ? NO_DIGIT : count_digit(ui, key, command, time);
    bool second = ui->count.digits > 0 && key == 'g';
    if (again || digit == ONLY_DIGIT) {
        return;
    } else if (command) {
        run(ui, binding, time, effects);
    } else if (ui->prompt) {
        to_line(ui, key, effects);
    } else {
        key_text(key, name);
        ui_say(ui, ROLE_DIM, "%s does nothing here; ? shows all keys", name);
    }
    if (digit == NO_DIGIT)
        ui->count = (struct count){.second = second};
}
