#include "ui/state/palette.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/mem.h"
#include "ui/state/keymap.h"

/* What fingers used to other programs type. */
static const struct {
    const char *typed, *name;
} aliases[] = {{"q", "quit"}, {"q!", "quit"}, {"qa", "quit"}, {"wq", "quit"}, {"h", "help"}};

/* How well a command matches; from BY_NAME on it is one that Enter may run. */
enum { BY_HELP = 1, BY_NAME, INSIDE, WORD, BEGINS, ALIAS, EXACT };

static const char *alias_of(const char *typed)
{
    for (size_t i = 0; i < COUNTOF(aliases); i++)
        if (!strcmp(aliases[i].typed, typed))
            return aliases[i].name;
    return NULL;
}

/* Whether the letters come in this order, the first one first. */
static bool subsequence(const char *name, const char *typed)
{
    if (tolower((unsigned char)*name) != tolower((unsigned char)*typed))
        return false;
    for (; *name && *typed; name++)
        typed += tolower((unsigned char)*name) == tolower((unsigned char)*typed);
    return !*typed;
}

static int match(const struct ui *ui, const struct ui_command *command, const char *typed)
{
    const char *name = command->name, *alias = alias_of(typed), *inside = strcasestr(name, typed);
    if (command_named(ui->commands, name) != command)
        return 0; /* a further row of its keys */
    if (!strcasecmp(name, typed))
        return EXACT;
    if (alias && !strcmp(alias, name))
        return ALIAS;
    if (inside)
        return inside == name ? BEGINS : inside[-1] == '-' ? WORD : INSIDE;
    if (subsequence(name, typed))
        return BY_NAME;
    return strlen(typed) > 2 && strcasestr(command->help, typed) ? BY_HELP : 0;
}

static void find_commands(const struct ui *ui, const char *typed, struct palette *out)
{
    for (int how = EXACT; how > 0; how--)
        for (size_t i = 0; i < ui->commands->count && out->count < PALETTE_MOST; i++)
            if (match(ui, &ui->commands->rows[i], typed) == how) {
                out->sure |= how >= BY_NAME && *typed;
                out->commands[out->count++] = &ui->commands->rows[i];
            }
}

/* The choices of "[fade|heat|none]" that match. */
static void find_choices(const char *args, const char *typed, struct palette *out)
{
    if (!args || !strchr(args, '|'))
        return;
    for (int pass = 0; pass < 2; pass++) /* those that begin so come first */
        for (const char *at = args + strspn(args, "["); *at && *at != ']';) {
            size_t length = strcspn(at, "|]");
            char choice[PALETTE_CHOICE];
            snprintf(choice, sizeof choice, "%.*s", (int)length, at);
            bool begins = !strncasecmp(choice, typed, strlen(typed));
            if (out->count < PALETTE_CHOICES &&
                (pass == 0 ? begins : !begins && strcasestr(choice, typed)))
                memcpy(out->choices[out->count++], choice, sizeof choice);
            at += length + (at[length] == '|');
        }
}

void palette_make(const struct ui *ui, struct palette *out)
{
    const char *text = ui->line.text ? ui->line.text : "";
    char name[64];
    *out = (struct palette){0};
    text += strspn(text, " :");
    size_t n = strcspn(text, " ");
    snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), text);
    if (text[n]) {
        out->command = command_named(ui->commands, name);
        if (out->command)
            find_choices(out->command->args, text + n + strspn(text + n, " "), out);
    } else {
        find_commands(ui, name, out);
    }
    out->selected = ui->line.row < out->count ? ui->line.row : out->count ? out->count - 1 : 0;
}

char *palette_enter(const struct ui *ui, const char *text)
{
    struct palette palette;
    palette_make(ui, &palette);
    if (palette.command && palette.count && ui->line.row_chosen)
        return mem_printf("%s %s", palette.command->name, palette.choices[palette.selected]);
    bool best = palette.sure || (palette.count && ui->line.row_chosen);
    if (!palette.command && best)
        return mem_strdup(palette.commands[palette.selected]->name);
    return mem_strdup(text);
}

char *palette_tab(const struct ui *ui)
{
    struct palette palette;
    palette_make(ui, &palette);
    if (!palette.count)
        return NULL;
    if (palette.command)
        return mem_printf("%s %s", palette.command->name, palette.choices[palette.selected]);
    const struct ui_command *command = palette.commands[palette.selected];
    return mem_printf("%s%s", command->name, command->args ? " " : "");
}
