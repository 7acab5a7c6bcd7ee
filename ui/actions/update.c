#include "ui/actions/update.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/answers.h"
#include "ui/actions/browse.h"
#include "ui/actions/find.h"
#include "ui/actions/keys.h"
#include "ui/actions/mouse.h"
#include "ui/actions/prompt.h"
#include "ui/actions/query.h"
#include "ui/actions/requests.h"
#include "ui/actions/start.h"
#include "ui/actions/undo.h"
#include "ui/actions/words.h"
#include "ui/state/command.h"
#include "ui/state/layout.h"
#include "ui/state/palette.h"
#include "ui/state/view.h"

static void on_key(struct ui *ui, struct event *event, struct effects *effects)
{
    keys_take(ui, event->key, event->time, effects);
}

static void on_paste(struct ui *ui, struct event *event, struct effects *effects)
{
    if (!ui->prompt)
        prompt_open(ui, PROMPT_CAPTION, "", effects);
    else if (ui->line.selected)
        prompt_open(ui, ui->line.kind, "", effects);
    effects_text(effects, EFFECT_LINE_INSERT, event->text);
}

static void on_resize(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    ui->rows = event->rows;
    ui->cols = event->cols;
    if (event->cell_ratio > 0)
        ui->cell_ratio = event->cell_ratio;
    if (event->cell_width > 0 && event->cell_height > 0) {
        ui->cell_width = event->cell_width;
        ui->cell_height = event->cell_height;
    }
}

static void on_line(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    struct line *line = &ui->line;
    bool changed = !line->text || strcmp(line->text, event->text) != 0;
    if (changed) {
        line->row = 0;
        line->row_chosen = false;
    }
    free(line->text);
    free(line->label);
    free(line->unknown);
    line->text = event->text;
    line->label = event->label;
    line->unknown = event->unknown;
    line->unknown_count = event->unknown_count;
    line->point = event->point;
    event->text = event->label = NULL;
    event->unknown = NULL;
    if (changed && ui->prompt && line->kind == PROMPT_FIND)
        find_typed(ui, line->text);
    if (ui->prompt && line->kind == PROMPT_PATH)
        browse_typed(ui, line->text);
}

static bool blank(const char *text)
{
    return text[strspn(text, " \t")] == 0;
}

static void on_line_done(struct ui *ui, struct event *event, struct effects *effects)
{
    const char *text = event->text;
    char *command = NULL;
    if (ui->line.kind == PROMPT_CAPTION && blank(text)) {
        ui_say(ui, ROLE_ERROR, "The caption is empty: type what the image shows, then Enter");
        return;
    }
    if (ui->line.kind == PROMPT_COMMAND) {
        mem_replace(&ui->line.text, text);
        command = palette_enter(ui, text);
    }
    prompt_close(ui, effects);
    switch (ui->line.kind) {
    case PROMPT_CAPTION:
        mem_replace(&ui->draft, NULL);
        query_ask(ui, text, -1);
        ui_go_to(ui, VIEW_SEARCH);
        break;
    case PROMPT_COMMAND:
        if (!blank(command))
            command_run(ui, command, effects);
        break;
    case PROMPT_FIND:
        if (!blank(text))
            mem_replace(&ui->find, text);
        list_select(ui_list(ui), ui->find_from);
        if (ui->find)
            find_row(ui, ui->find, 1);
        break;
    case PROMPT_FILTER:
        if (!find_filter(ui, text)) { /* to be mended where the mistake is */
            prompt_open(ui, PROMPT_FILTER, text, effects);
        }
        break;
    case PROMPT_WORD:
        query_replace_word(ui, text);
        break;
    default:
        browse_take(ui, text);
    }
    free(command);
}

static void on_completions(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    mem_replace(&ui->line.completions, event->text);
}

static void on_resumed(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)ui, (void)event;
    effects_add(effects, EFFECT_REPAINT);
}

/* What the terminal reports about itself may come late, at any time. */
static void on_terminal(struct ui *ui, struct event *event, struct effects *effects)
{
    memcpy(ui->speaks, event->speaks, sizeof ui->speaks);
    if (ui->cell_width <= 0 && event->cell_width > 0 && event->cell_height > 0) {
        ui->cell_width = event->cell_width;
        ui->cell_height = event->cell_height;
    }
    if (!event->theme || ui->theme_set || event->theme == ui->theme)
        return;
    ui->theme = event->theme;
    effects_add(effects, EFFECT_REPAINT);
}

static void on_leave(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)event;
    ui->leaving = true;
    effects_add(effects, EFFECT_QUIT);
}

static void on_note(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    ui_say(ui, ROLE_TEXT, "%s", event->text);
}

static void on_mouse(struct ui *ui, struct event *event, struct effects *effects)
{
    mouse_update(ui, event, effects);
}

/* Moves the other side to the same image, or caption, as the one the keys act on. */
static void follow(struct ui *ui)
{
    int active = ui->side;
    size_t item;
    if (!ui_compares(ui) || !ui_selected(ui, ui->view, &item))
        return;
    bool images = ui->view == VIEW_SEARCH;
    const struct side *from = &ui->sides[active], *to = &ui->sides[!active];
    const struct ranking *ranking = images ? from->ranking : from->matches;
    const size_t *of = images ? to->rank_of : to->match_of;
    struct list *list = &ui->sides[!active].lists[ui->view];
    size_t row = of ? list_row(list, of[ranking->places[item].index]) : list->count;
    if (row < list->count)
        list_select(list, row);
}

static void settle_list(struct ui *ui, enum view_id view)
{
    list_total(ui_list_of(ui, view), ui_shows(ui, view) ? ui->views[view]->total(ui) : 0);
}

static void settle_rankings(struct ui *ui, void *context)
{
    (void)context;
    for (int view = 0; view < VIEW_RANKED; view++)
        settle_list(ui, (enum view_id)view);
}

static void scroll(struct ui *ui, void *context)
{
    (void)context;
    struct layout layout;
    layout_make(ui, &layout);
    list_scroll(ui_list(ui), layout_page(&layout), (size_t)layout.across);
}

/* A new caption has its own words, and a new image its own regions. */
static void settle_pair(struct ui *ui)
{
    struct pair pair = ui_pair(ui);
    const struct look *look = ui_look(ui);
    if (!pair.set) /* the help, say: it is all there afterwards */
        return;
    if (!pair_same_caption(&pair, &ui->word_of)) {
        words_keep(ui);
        ui->word_of = look ? pair : (struct pair){0};
        if (look)
            answers_first_word(ui, look);
    }
    if (pair.image != ui->region_of)
        ui->region = -1;
    ui->region_of = pair.image;
}

void update_settle(struct ui *ui)
{
    for (int view = VIEW_RANKED; view < VIEWS; view++)
        settle_list(ui, (enum view_id)view);
    ui_each_side(ui, settle_rankings, NULL);
    follow(ui);
    settle_pair(ui);
    ui_each_side(ui, scroll, NULL);
    assert(ui->side >= 0 && ui->side < SIDES && ui->shown >= 1 && ui->shown <= SIDES);
}

void ui_start(struct ui *ui, struct effects *effects)
{
    if (!ui->models) {
        ui->prompt = false;
        start_enter(ui);
    } else if (ui->draft) { /* the command line gave a caption */
        query_ask(ui, ui->draft, -1);
        mem_replace(&ui->draft, NULL);
        ui->prompt = false;
    } else if (ui->first_commands) {
        ui->prompt = false;
    } else {
        prompt_open(ui, PROMPT_CAPTION, "", effects);
    }
    effects_add(effects, EFFECT_CACHE)->number = ui->cache_mb;
    requests_open(ui, effects);
    update_settle(ui);
    requests_needed(ui, effects);
}

void ui_update(struct ui *ui, struct event *event, struct effects *effects)
{
    static void (*const handlers[])(struct ui *, struct event *, struct effects *) = {
        [EVENT_KEY] = on_key,
        [EVENT_PASTE] = on_paste,
        [EVENT_MOUSE] = on_mouse,
        [EVENT_RESIZE] = on_resize,
        [EVENT_LINE] = on_line,
        [EVENT_LINE_DONE] = on_line_done,
        [EVENT_COMPLETIONS] = on_completions,
        [EVENT_RESUMED] = on_resumed,
        [EVENT_TERMINAL] = on_terminal,
        [EVENT_LEAVE] = on_leave,
        [EVENT_NOTE] = on_note,
    };
    struct snapshot before;
    undo_snapshot(ui, &before);
    if (event->kind < EVENT_OPENED)
        handlers[event->kind](ui, event, effects);
    else
        answers_take(ui, event, effects);
    update_settle(ui);
    requests_needed(ui, effects);
    undo_note(ui, &before);
}
