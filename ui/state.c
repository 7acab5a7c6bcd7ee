#include "ui/state.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/views.h"

const char *const ui_overlays[UI_OVERLAYS] = {"fade", "heat", "boxes", "none"};
const char *const ui_maps[UI_MAPS] = {"viridis", "cividis", "magma", "inferno", "grey"};

const char *const ui_symbols[UI_SYMBOLS] = {"ascii", "half", "block", "sextant"};
const char *const ui_sorts[SORTS] = {"worst", "best", "order", "text"};

void ui_init(struct ui *ui, int rows, int cols, int models, struct keymap *keymap)
{
    *ui = (struct ui){.rows = rows,
                      .cols = cols,
                      .cell_ratio = 2,
                      .depth = DEPTH_TRUE,
                      .depth_most = DEPTH_TRUE,
                      .symbols = SYMBOLS_BLOCK,
                      .theme = theme_named("dark"),
                      .models = models,
                      .shown = models,
                      .together = models > 1,
                      .prompt = true,
                      .mouse = true,
                      .word = -1,
                      .word_next = -1,
                      .region = -1,
                      .row_next = -1,
                      .worse_than = 1,
                      .box_count = 1,
                      .keymap = keymap};
    for (int i = 0; i < SIDES; i++) {
        ui->sides[i].picture_shown = -1;
        ui->sides[i].model = i < models ? i : 0;
        ui->sides[i].query.caption = -1;
    }
}

static void side_done(struct side *side)
{
    ranking_free(side->ranking);
    ranking_free(side->matches);
    look_free(side->look);
    free(side->query.text);
    free(side->rank_of);
    free(side->match_of);
    for (int i = 0; i < VIEW_RANKED; i++)
        list_done(&side->lists[i]);
    for (int i = 0; i < PICTURES_KEPT; i++)
        picture_free(side->pictures[i].picture);
}

static void line_done(struct line *line)
{
    free(line->text);
    free(line->label);
    free(line->unknown);
    free(line->completions);
}

void ui_done(struct ui *ui)
{
    for (int i = 0; i < SIDES; i++)
        side_done(&ui->sides[i]);
    for (int i = 0; i < VIEWS; i++) {
        list_done(&ui->lists[i]);
        free(ui->filters[i]);
    }
    for (size_t i = 0; i < ui->thumbs.images; i++)
        picture_free(ui->thumbs.of[i]);
    for (int i = 0; i < MODELS; i++) {
        free(ui->surveys[i].ranks);
        free(ui->surveys[i].best);
    }
    free(ui->marks);
    free(ui->marks_next);
    for (size_t i = 0; i < ui->undo_count; i++)
        free(ui->undo[i].text);
    free(ui->thumbs.of);
    free(ui->thumbs.waiting);
    line_done(&ui->line);
    free(ui->draft);
    free(ui->begin);
    free(ui->pins);
    free(ui->message.text);
    free(ui->work.label);
    free(ui->find);
    free(ui->fatal);
    *ui = (struct ui){0};
}

struct side *ui_side(struct ui *ui)
{
    return &ui->sides[ui->side];
}

const struct side *ui_side_const(const struct ui *ui)
{
    return &ui->sides[ui->side];
}

const struct catalog *ui_catalog(const struct ui *ui)
{
    return ui->catalogs[ui->sides[ui->side].model];
}

const struct asked *ui_query(const struct ui *ui)
{
    return &ui->sides[ui->side].query;
}

struct list *ui_list_of(struct ui *ui, enum view_id view)
{
    return (int)view < VIEW_RANKED ? &ui->sides[ui->side].lists[view] : &ui->lists[view];
}

const struct list *ui_list_const(const struct ui *ui, enum view_id view)
{
    return (int)view < VIEW_RANKED ? &ui->sides[ui->side].lists[view] : &ui->lists[view];
}

struct list *ui_list(struct ui *ui)
{
    return ui_list_of(ui, ui->view);
}

bool ui_compares(const struct ui *ui)
{
    return ui->shown > 1 && (int)ui->view < VIEW_RANKED;
}

bool ui_selected(const struct ui *ui, enum view_id view, size_t *item_out)
{
    const struct list *list = ui_list_const(ui, view);
    if (list->selected >= list->count)
        return false;
    *item_out = list_item(list, list->selected);
    return true;
}

struct pair ui_pair(const struct ui *ui)
{
    struct pair pair = {0};
    if (ui_catalog(ui) && views[ui->view].pair)
        views[ui->view].pair(ui, &pair);
    return pair;
}

bool pair_same(const struct pair *a, const struct pair *b)
{
    return a->set == b->set && a->image == b->image && a->caption == b->caption &&
           a->query == b->query;
}

const struct look *ui_look(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    struct pair pair = ui_pair(ui);
    return side->look && pair.set && pair_same(&pair, &side->looked) ? side->look : NULL;
}

const struct ask_words *ui_words(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    const struct look *look = ui_look(ui);
    if (look)
        return &look->words;
    struct pair pair = ui_pair(ui);
    if (ui->view == VIEW_SEARCH && side->ranking && side->ranked == side->query.number)
        return &side->ranking->words;
    bool same = side->look && pair.set && pair.caption == side->looked.caption &&
                pair.query == side->looked.query;
    return same ? &side->look->words : NULL;
}

const struct picture *ui_picture(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    struct pair pair = ui_pair(ui);
    if (side->picture_shown < 0 || !pair.set)
        return NULL;
    const struct picture_slot *slot = &side->pictures[side->picture_shown];
    return slot->key.image == pair.image ? slot->picture : NULL;
}

struct picture *ui_thumb(const struct ui *ui, size_t image)
{
    return image < ui->thumbs.images ? ui->thumbs.of[image] : NULL;
}

static bool word_shown(const struct ui *ui, size_t word)
{
    return (ptrdiff_t)word == ui->word || (word < ui->pin_count && ui->pins[word]);
}

bool ui_weights(const struct ui *ui, float *weights_out)
{
    const struct look *look = ui_look(ui);
    size_t shown = 0;
    if (!look)
        return false;
    memset(weights_out, 0, look->R * sizeof *weights_out);
    for (size_t w = 0; w < look->words.count; w++) {
        if (!word_shown(ui, w))
            continue;
        shown++;
        for (size_t r = 0; r < look->R; r++)
            weights_out[r] += look->weights[w * look->R + r];
    }
    for (size_t r = 0; shown && r < look->R; r++)
        weights_out[r] /= (float)shown;
    return shown > 0;
}

void ui_say(struct ui *ui, enum role role, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    free(ui->message.text);
    ui->message = (struct message){mem_strdup(text), role};
}

bool ui_awaits(const struct ui *ui, enum request_kind kind)
{
    for (int i = 0; i < SIDES; i++)
        if (ui->sides[i].awaited[kind])
            return true;
    return false;
}

bool ui_idle(const struct ui *ui)
{
    for (int kind = 0; kind < REQUESTS; kind++)
        if (ui_awaits(ui, (enum request_kind)kind))
            return false;
    return true;
}

struct style ui_style(const struct ui *ui, enum role role)
{
    return theme_style(ui->theme, ui->depth, role);
}

const struct survey *ui_survey(const struct ui *ui)
{
    return &ui->surveys[ui_side_const(ui)->model];
}

bool ui_marked(const struct ui *ui, size_t caption)
{
    return ui->marks && caption < ui_catalog(ui)->captions && ui->marks[caption];
}

const char *ui_caption_text(const struct ui *ui, const struct pair *pair)
{
    const struct catalog *catalog = ui_catalog(ui);
    if (pair->caption >= 0 && catalog && catalog->caption &&
        (size_t)pair->caption < catalog->captions)
        return catalog->caption[pair->caption];
    const struct asked *query = ui_query(ui);
    return query->text ? query->text : "";
}
