#include "ui/actions/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/find.h"
#include "ui/actions/query.h"
#include "ui/actions/words.h"
#include "ui/state/view.h"

static bool *pins_copy(const struct ui *ui)
{
    bool *pins = ui->pin_count ? mem_new(ui->pin_count, sizeof *pins) : NULL;
    if (pins)
        memcpy(pins, ui->pins, ui->pin_count * sizeof *pins);
    return pins;
}

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
                             .word = ui->word,
                             .region = ui->region,
                             .marked_only = ui->marked_only,
                             .wrong = ui->wrong,
                             .reversed = ui->reversed,
                             .sort = ui->sort,
                             .worse_than = ui->worse_than,
                             .word_of = ui->word_of,
                             .pins = pins_copy(ui),
                             .pin_count = ui->pin_count};
    for (int view = 0; view < VIEWS; view++) {
        out->rows[view] = ui_list_const(ui, (enum view_id)view)->selected;
        out->filters[view] = mem_strdup(ui->filters[view]);
    }
    for (int i = 0; i < SETTINGS; i++)
        out->settings[i] = setting_value(ui, (enum setting_id)i);
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && !strcmp(a, b));
}

/* Whether the pins of the same caption have changed. */
static bool pins_differ(const struct ui *ui, const struct snapshot *before)
{
    size_t n = before->pin_count > ui->pin_count ? before->pin_count : ui->pin_count;
    if (!before->word_of.set || !pair_same_caption(&before->word_of, &ui->word_of))
        return false;
    for (size_t w = 0; w < n; w++)
        if ((w < before->pin_count && before->pins[w]) != (w < ui->pin_count && ui->pins[w]))
            return true;
    return false;
}

/* Whether the view has changed since, not only the position in it. The help is no such change. */
static bool differs(const struct ui *ui, const struct snapshot *before)
{
    bool asked = before->number && before->number != ui_query(ui)->number;
    bool changed = before->view != ui->view || asked || before->subject != ui->subject ||
                   before->marked_only != ui->marked_only || before->wrong != ui->wrong ||
                   before->reversed != ui->reversed || before->sort != ui->sort ||
                   before->worse_than != ui->worse_than || pins_differ(ui, before);
    for (int view = 0; view < VIEWS; view++)
        changed |= !same_text(before->filters[view], ui->filters[view]);
    for (int i = 0; i < SETTINGS; i++)
        changed |=
            setting_table[i].undone && before->settings[i] != setting_value(ui, (enum setting_id)i);
    return changed;
}

void undo_note(struct ui *ui, struct snapshot *before)
{
    bool undone = before->undo_count > ui->undo_count, closed = before->session != ui->session;
    if (undone || closed || !differs(ui, before)) {
        snapshot_done(before);
        return;
    }
    if (ui->undo_count == UNDO_KEPT) {
        snapshot_done(&ui->undo[0]);
        memmove(ui->undo, ui->undo + 1, --ui->undo_count * sizeof *ui->undo);
    }
    ui->undo[ui->undo_count++] = *before;
}

/* The lists as they were narrowed then. A query's ranking that is asked again has no filter yet. */
static void restore_lists(struct ui *ui, struct snapshot *to, bool asked_again)
{
    ui->marked_only = to->marked_only;
    ui->wrong = to->wrong;
    ui->reversed = to->reversed;
    ui->sort = to->sort;
    ui->worse_than = to->worse_than;
    for (int view = 0; view < VIEWS; view++) {
        if (view == VIEW_SEARCH && asked_again)
            continue;
        mem_replace(&ui->filters[view], NULL);
        if (!ui_shows(ui, (enum view_id)view) ||
            ui->views[view]->total(ui) != ui_list_of(ui, (enum view_id)view)->total)
            continue; /* its rows are still to come */
        mem_replace(&ui->filters[view], to->filters[view]);
        find_arrange(ui, (enum view_id)view);
    }
    for (int view = asked_again ? VIEW_MATCHES : 0; view < VIEWS; view++)
        list_select(ui_list_of(ui, (enum view_id)view), to->rows[view]);
}

/* The word, the pins and the region of the same caption. */
static void restore_words(struct ui *ui, struct snapshot *to)
{
    if (!to->word_of.set || !pair_same_caption(&to->word_of, &ui->word_of))
        return;
    free(ui->pins);
    ui->pins = to->pins;
    ui->pin_count = to->pin_count;
    ui->word = to->word;
    ui->region = to->region;
    to->pins = NULL;
}

/* The word and the pins that a query which is asked again had. */
static void ask_again_words(struct ui *ui, struct snapshot *to)
{
    struct pair its = {.set = true, .caption = to->caption, .query = ui_query(ui)->number};
    if (to->word_of.query != to->number) {
        ui->word_next = to->word;
        return;
    }
    words_remember(ui, &its, to->word, to->pins, to->pin_count);
    to->pins = NULL;
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
        ask_again_words(ui, to);
    }
    restore_lists(ui, to, asked_again);
    restore_words(ui, to);
    snapshot_done(to);
    return true;
}
