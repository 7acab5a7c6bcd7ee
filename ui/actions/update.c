#include "ui/actions/update.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "ui/actions/answers.h"
#include "ui/actions/mouse.h"
#include "ui/actions/start.h"
#include "ui/commands/command.h"
#include "ui/state/undo.h"
#include "ui/views/layout.h"
#include "ui/views/view_items.h"
#include "ui/views/views.h"

/* The rows mean something else now. */
static void forget_filter(struct ui *ui, enum view_id view)
{
    mem_replace(&ui->filters[view], NULL);
    list_keep_all(ui_list_of(ui, view));
    list_select(ui_list_of(ui, view), 0);
}

static void ask_side(struct ui *ui, int side, const char *text, ptrdiff_t caption)
{
    struct asked *query = &ui->sides[side].query;
    mem_replace(&query->text, text);
    query->caption = caption;
    query->number = ui->queries;
    list_keep_all(&ui->sides[side].lists[VIEW_SEARCH]);
}

void update_query(struct ui *ui, const char *text, ptrdiff_t caption)
{
    char *copy = mem_strdup(text); /* it may be one that is replaced */
    ui->queries++;
    for (int side = 0; side < SIDES; side++)
        if (side == ui->side || ui->together)
            ask_side(ui, side, copy, caption);
    free(copy);
    forget_filter(ui, VIEW_SEARCH);
}

void update_view(struct ui *ui, enum view_id view)
{
    if (ui->view == view)
        return;
    if (!ui_shows(ui, view)) {
        ui_say(ui, ROLE_ERROR,
               ui->models ? "The model is not open yet"
                          : "Nothing is open yet: choose a model and data");
        return;
    }
    if (view == VIEW_HELP || !views[ui->view].bare)
        ui->came_from = ui->view;
    ui->view = view;
}

void update_prompt_open(struct ui *ui, enum prompt_kind kind, const char *text,
                        struct effects *effects)
{
    ui->prompt = true;
    ui->line.kind = kind;
    struct effect *effect = effects_add(effects, EFFECT_LINE_OPEN);
    effect->number = kind;
    effect->text = mem_strdup(text ? text : "");
    mem_replace(&ui->line.text, effect->text);
    ui->line.point = strlen(effect->text);
}

void update_prompt_close(struct ui *ui, struct effects *effects)
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

static void on_key(struct ui *ui, struct event *event, struct effects *effects)
{
    char name[KEY_NAME_MAX];
    const struct binding *binding = keymap_find(ui->keymap, ui_mode(ui), event->key);
    const struct ui_command *command = binding ? binding->command : NULL;
    mem_replace(&ui->message.text, NULL);
    mem_replace(&ui->line.completions, NULL);
    if (!command || strcmp(command->name, "cancel") != 0)
        ui->leave_asked = false;
    if (command) {
        command->run(ui, binding->args ? binding->args : "", effects);
    } else if (ui->prompt) {
        effects_add(effects, EFFECT_LINE_KEY)->key = event->key;
    } else {
        key_text(event->key, name);
        ui_say(ui, ROLE_DIM, "%s does nothing here; ? shows all keys", name);
    }
}

static void on_paste(struct ui *ui, struct event *event, struct effects *effects)
{
    if (!ui->prompt)
        update_prompt_open(ui, PROMPT_CAPTION, "", effects);
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
    if (ui->prompt && line->kind == PROMPT_PATH)
        start_typed(ui, line->text);
}

static bool blank(const char *text)
{
    return text[strspn(text, " \t")] == 0;
}

static void done_caption(struct ui *ui, const char *text, struct effects *effects)
{
    if (blank(text)) {
        ui_say(ui, ROLE_ERROR, "The caption is empty: type what the image shows, then Enter");
        return;
    }
    update_prompt_close(ui, effects);
    mem_replace(&ui->draft, NULL);
    update_query(ui, text, -1);
    update_view(ui, VIEW_SEARCH);
}

static void done_command(struct ui *ui, const char *text, struct effects *effects)
{
    update_prompt_close(ui, effects);
    if (!blank(text))
        command_run(ui, text, effects);
}

static void done_find(struct ui *ui, const char *text, struct effects *effects)
{
    update_prompt_close(ui, effects);
    if (!blank(text))
        mem_replace(&ui->find, text);
    if (ui->find)
        update_find(ui, ui->find, 1);
}

static void done_filter(struct ui *ui, const char *text, struct effects *effects)
{
    update_prompt_close(ui, effects);
    update_filter(ui, text);
}

static void done_word(struct ui *ui, const char *text, struct effects *effects)
{
    update_prompt_close(ui, effects);
    update_word(ui, text);
}

static void done_path(struct ui *ui, const char *text, struct effects *effects)
{
    update_prompt_close(ui, effects);
    start_take(ui, text);
}

static void on_line_done(struct ui *ui, struct event *event, struct effects *effects)
{
    static void (*const done[PROMPTS])(struct ui *, const char *, struct effects *) = {
        [PROMPT_CAPTION] = done_caption, [PROMPT_COMMAND] = done_command, [PROMPT_FIND] = done_find,
        [PROMPT_FILTER] = done_filter,   [PROMPT_WORD] = done_word,       [PROMPT_PATH] = done_path,
    };
    done[ui->line.kind](ui, event->text, effects);
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

typedef void handler(struct ui *, struct event *, struct effects *);

static handler *const handlers[] = {
    [EVENT_KEY] = on_key,
    [EVENT_PASTE] = on_paste,
    [EVENT_MOUSE] = mouse_update,
    [EVENT_RESIZE] = on_resize,
    [EVENT_LINE] = on_line,
    [EVENT_LINE_DONE] = on_line_done,
    [EVENT_COMPLETIONS] = on_completions,
    [EVENT_RESUMED] = on_resumed,
    [EVENT_LEAVE] = on_leave,
    [EVENT_NOTE] = on_note,
    [EVENT_OPENED] = answer_opened,
    [EVENT_FILES] = answer_files,
    [EVENT_RECENT] = answer_recent,
    [EVENT_FIT] = answer_fit,
    [EVENT_PROGRESS] = answer_progress,
    [EVENT_RANKED] = answer_ranked,
    [EVENT_LOOKED] = answer_looked,
    [EVENT_PICTURE] = answer_picture,
    [EVENT_THUMB] = answer_thumb,
    [EVENT_THUMBS_DONE] = answer_nothing,
    [EVENT_EXPORTED] = answer_exported,
    [EVENT_SURVEYED] = answer_surveyed,
    [EVENT_FAILED] = answer_failed,
};

/* Worker's answers carry the number of their request: one that is not awaited any more is too late.
 * Thumbnails and progress come many to a request and do not end it. */
static bool too_late(struct ui *ui, const struct event *event)
{
    if (event->kind < EVENT_OPENED)
        return false;
    unsigned *awaited = &ui->sides[event->side].awaited[event->request];
    if (event->request == REQUEST_EXPORT ? !*awaited || event->serial > *awaited
                                         : event->serial != *awaited)
        return true;
    bool part = event->kind == EVENT_THUMB || event->kind == EVENT_PROGRESS ||
                (event->kind == EVENT_SURVEYED && event->done < event->total);
    if (part || event->serial != *awaited)
        return false;
    *awaited = 0;
    mem_replace(&ui->work.label, NULL);
    return false;
}

/* The other side stands on the same image, or caption, as the one the keys act on. */
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

static void settle_rankings(struct ui *ui)
{
    int active = ui->side;
    for (ui->side = 0; ui->side < SIDES; ui->side++)
        for (int view = 0; view < VIEW_RANKED; view++)
            list_total(ui_list_of(ui, (enum view_id)view),
                       ui_catalog(ui) ? views[view].total(ui) : 0);
    ui->side = active;
    follow(ui);
}

void update_settle(struct ui *ui)
{
    struct layout layout;
    for (int i = VIEW_RANKED; i < VIEWS; i++)
        list_total(&ui->lists[i], ui_shows(ui, (enum view_id)i) ? views[i].total(ui) : 0);
    settle_rankings(ui);
    struct pair pair = ui_pair(ui);
    if (!answer_same_caption(&pair, &ui->word_of)) {
        const struct look *look = ui_look(ui);
        free(ui->pins);
        ui->pins = NULL;
        ui->pin_count = 0;
        ui->word_of = look ? pair : (struct pair){0};
        ui->word = look ? answer_first_word(ui, look) : -1;
    }
    if (!pair.set || pair.image != ui->region_of)
        ui->region = -1;
    ui->region_of = pair.image;
    int active = ui->side;
    for (ui->side = 0; ui->side < SIDES; ui->side++) {
        layout_make(ui, &layout);
        list_scroll(ui_list(ui), layout_page(&layout), (size_t)layout.across);
    }
    ui->side = active;
}

void update_mark(struct ui *ui, size_t caption)
{
    if (!ui->marks)
        ui->marks = mem_new(ui_catalog(ui)->captions, sizeof *ui->marks);
    ui->marks[caption] = !ui->marks[caption];
    ui->mark_count += ui->marks[caption] ? 1 : (size_t)-1;
}

void update_open(struct ui *ui, struct effects *effects)
{
    for (int model = 0; model < ui->models; model++) {
        struct request *request = update_request(ui, model, REQUEST_OPEN, effects);
        request->sources = mem_new(1, sizeof *request->sources);
        request->source_count = 1;
        source_copy(request->sources, &ui->sources[model]);
    }
}

void ui_start(struct ui *ui, struct effects *effects)
{
    if (!ui->models) {
        ui->prompt = false;
        start_enter(ui);
    } else if (ui->draft) { /* a caption came with the command line */
        update_query(ui, ui->draft, -1);
        mem_replace(&ui->draft, NULL);
        ui->prompt = false;
    } else if (ui->begin) {
        ui->prompt = false;
    } else {
        update_prompt_open(ui, PROMPT_CAPTION, "", effects);
    }
    effects_add(effects, EFFECT_CACHE)->number = ui->cache_mb;
    update_open(ui, effects);
    update_settle(ui);
    ui_want(ui, effects);
}

void ui_update(struct ui *ui, struct event *event, struct effects *effects)
{
    struct snapshot before, after;
    if (too_late(ui, event))
        return;
    snapshot_take(ui, &before);
    handlers[event->kind](ui, event, effects);
    update_settle(ui);
    ui_want(ui, effects);
    snapshot_take(ui, &after);
    if (!ui->undone && snapshot_differs(&before, &after))
        undo_push(ui, &before);
    ui->undone = false;
    snapshot_done(&before);
    snapshot_done(&after);
}
