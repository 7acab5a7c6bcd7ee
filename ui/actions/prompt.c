#include "ui/actions/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void prompt_open(struct ui *ui, enum prompt_kind kind, const char *text, struct effects *effects)
{
    ui->prompt = true;
    ui->line.kind = kind;
    ui->line.selected = ui->line.row_chosen = false;
    ui->line.row = 0;
    struct effect *effect = effects_add(effects, EFFECT_LINE_OPEN);
    effect->number = kind;
    effect->text = mem_strdup(text ? text : "");
    mem_replace(&ui->line.text, effect->text);
    ui->line.point = strlen(effect->text);
}

void prompt_open_selected(struct ui *ui, enum prompt_kind kind, const char *text,
                          struct effects *effects)
{
    prompt_open(ui, kind, text, effects);
    ui->line.selected = text && *text;
}

void prompt_open_caption(struct ui *ui, struct effects *effects)
{
    prompt_open(ui, PROMPT_CAPTION, ui->draft ? ui->draft : ui_query(ui)->text, effects);
}

void prompt_open_command(struct ui *ui, const char *name, struct effects *effects)
{
    char *text = mem_printf("%s ", name);
    prompt_open(ui, PROMPT_COMMAND, text, effects);
    free(text);
}

void prompt_close(struct ui *ui, struct effects *effects)
{
    if (!ui->prompt)
        return;
    if (ui->line.kind == PROMPT_CAPTION)
        mem_replace(&ui->draft, ui->line.text);
    ui->prompt = false;
    mem_replace(&ui->line.label, NULL);
    mem_replace(&ui->line.completions, NULL);
    effects_add(effects, EFFECT_LINE_CLOSE);
}
