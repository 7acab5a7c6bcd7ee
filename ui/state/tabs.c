#include "ui/state/tabs.h"

#include <stdio.h>

#include "ui/screen/grapheme.h"
#include "ui/state/view.h"

enum {
    MODEL_COLS = 24, /* at least, for the model's name */
    NAME_COLS = 10,  /* the program's name */
    TABS_FROM = 50,  /* a narrower title has no tabs */
};

void tab_text(const struct ui *ui, enum view_id view, char out[64])
{
    const struct view_ops *ops = ui->views[view];
    if (ops->bare)
        snprintf(out, 64, "%s", ops->title);
    else
        snprintf(out, 64, "%d %s", (int)view + 1, ops->title);
}

static int tab_width(const struct ui *ui, enum view_id view)
{
    char text[64];
    tab_text(ui, view, text);
    return grapheme_columns(text);
}

int tabs_place(const struct ui *ui, struct tab out[VIEWS])
{
    int col = NAME_COLS + 2, width = 0;
    for (int i = 0; i < VIEW_HELP; i++)
        width += tab_width(ui, (enum view_id)i) + 2;
    bool open = ui_catalog(ui) || !ui_view_ops(ui)->bare;
    bool all = open && width + MODEL_COLS <= ui->cols - col;
    for (int i = 0; i < VIEWS; i++) {
        bool here = ui->view == (enum view_id)i;
        out[i] = (struct tab){0};
        if (ui->cols < TABS_FROM || (!here && (!all || ui->views[i]->bare)))
            continue;
        out[i] = (struct tab){col, tab_width(ui, (enum view_id)i)};
        col += out[i].width + 2;
    }
    return col;
}

int tab_at(const struct ui *ui, int col)
{
    struct tab tabs[VIEWS];
    tabs_place(ui, tabs);
    for (int i = 0; i < VIEWS; i++)
        if (col >= tabs[i].col && col < tabs[i].col + tabs[i].width)
            return i;
    return -1;
}
