/* Undo of what changed the view: which view it is, what was asked, how it is shown. Moving along
 * rows and words is no such change, but the place is kept with it. */
#include "ui/state/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/update.h"
#include "ui/commands/commands.h"

void snapshot_take(const struct ui *ui, struct snapshot *out)
{
    const struct asked *query = ui_query(ui);
    *out = (struct snapshot){.view = ui->view,
                             .came_from = ui->came_from,
                             .subject = ui->subject,
                             .number = query->number,
                             .caption = query->caption,
                             .text = mem_strdup(query->text),
                             .word = ui->word,
                             .zoom = ui->zoom,
                             .wide = ui->wide,
                             .sheet = ui->sheet,
                             .regions = ui->regions,
                             .word_table = ui->word_table,
                             .shown = ui->shown,
                             .side = ui->side,
                             .together = ui->together,
                             .overlay = ui->overlay,
                             .map = ui->map,
                             .boxes = ui->box_count};
    for (int view = 0; view < VIEWS; view++)
        out->rows[view] = ui_list_const(ui, (enum view_id)view)->selected;
}

void snapshot_done(struct snapshot *snapshot)
{
    free(snapshot->text);
    *snapshot = (struct snapshot){0};
}

bool snapshot_differs(const struct snapshot *a, const struct snapshot *b)
{
    return a->view != b->view || (a->number != b->number && a->number) ||
           a->subject != b->subject || a->zoom != b->zoom || a->wide != b->wide ||
           a->sheet != b->sheet || a->regions != b->regions || a->word_table != b->word_table ||
           a->shown != b->shown || a->together != b->together || a->overlay != b->overlay ||
           a->map != b->map || a->boxes != b->boxes;
}

void undo_push(struct ui *ui, struct snapshot *snapshot)
{
    if (ui->undo_count == UNDO_KEPT) {
        snapshot_done(&ui->undo[0]);
        memmove(ui->undo, ui->undo + 1, --ui->undo_count * sizeof *ui->undo);
    }
    ui->undo[ui->undo_count++] = *snapshot;
    *snapshot = (struct snapshot){0};
}

void command_undo(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (ui->undo_count == 0) {
        ui_say(ui, ROLE_ERROR, "Nothing to undo");
        return;
    }
    struct snapshot *to = &ui->undo[--ui->undo_count];
    ui->view = to->view;
    ui->came_from = to->came_from;
    ui->subject = to->subject;
    ui->zoom = to->zoom;
    ui->wide = to->wide;
    ui->sheet = to->sheet;
    ui->regions = to->regions;
    ui->word_table = to->word_table;
    ui->shown = to->shown;
    ui->side = to->side;
    ui->together = to->together;
    ui->overlay = to->overlay;
    ui->map = to->map;
    ui->box_count = to->boxes;
    bool asked_again = to->number && to->number != ui_query(ui)->number;
    if (asked_again) {
        update_query(ui, to->text, to->caption);
        ui->row_next = (ptrdiff_t)to->rows[VIEW_SEARCH];
        ui->word_next = to->word;
    }
    for (int view = asked_again ? VIEW_MATCHES : 0; view < VIEWS; view++)
        list_select(ui_list_of(ui, (enum view_id)view), to->rows[view]);
    snapshot_done(to);
    ui->undone = true;
}
