#include "ui/actions/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/query.h"

void undo_snapshot(const struct ui *ui, struct snapshot *out)
{
    const struct ui_query *query = ui_query(ui);
    *out = (struct snapshot){.session = ui->session,
                             .undo_count = ui->undo_count,
                             .view = ui->view,
                             .came_from = ui->came_from,
                             .subject = ui->subject,
                             .side = ui->side,
                             .number = query->number,
                             .caption = query->caption,
                             .text = mem_strdup(query->text),
                             .word = ui->word};
    for (int view = 0; view < VIEWS; view++)
        out->rows[view] = ui_list_const(ui, (enum view_id)view)->selected;
    for (int i = 0; i < SETTINGS; i++)
        out->settings[i] = setting_value(ui, (enum setting_id)i);
}

/* Whether the view has changed since, not only the position in it. */
static bool differs(const struct ui *ui, const struct snapshot *before)
{
    bool asked = before->number && before->number != ui_query(ui)->number;
    bool changed = before->view != ui->view || asked || before->subject != ui->subject;
    for (int i = 0; i < SETTINGS; i++)
        changed |=
            setting_table[i].undone && before->settings[i] != setting_value(ui, (enum setting_id)i);
    return changed;
}

void undo_note(struct ui *ui, struct snapshot *before)
{
    bool undone = before->undo_count > ui->undo_count, closed = before->session != ui->session;
    if (undone || closed || !differs(ui, before)) {
        free(before->text);
        return;
    }
    if (ui->undo_count == UNDO_KEPT) {
        free(ui->undo[0].text);
        memmove(ui->undo, ui->undo + 1, --ui->undo_count * sizeof *ui->undo);
    }
    ui->undo[ui->undo_count++] = *before;
}

bool undo_back(struct ui *ui)
{
    if (ui->undo_count == 0)
        return false;
    struct snapshot *to = &ui->undo[--ui->undo_count];
    ui->view = to->view;
    ui->came_from = to->came_from;
    ui->subject = to->subject;
    ui->side = to->side;
    for (int i = 0; i < SETTINGS; i++)
        if (setting_table[i].undone)
            setting_set(ui, (enum setting_id)i, to->settings[i]);
    bool asked_again = to->number && to->number != ui_query(ui)->number;
    if (asked_again) {
        query_ask(ui, to->text, to->caption);
        ui->row_next = (ptrdiff_t)to->rows[VIEW_SEARCH];
        ui->word_next = to->word;
    }
    for (int view = asked_again ? VIEW_MATCHES : 0; view < VIEWS; view++)
        list_select(ui_list_of(ui, (enum view_id)view), to->rows[view]);
    free(to->text);
    return true;
}
