#include "ui/state/state.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/state/view.h"
#include "ui/work/recent.h"

static void begin_session(struct ui *ui, int models)
{
    ui->session++;
    ui->models = ui->shown = models;
    ui->shown += models == 0;
    ui->together = models > 1;
    ui->side = 0;
    ui->view = ui->came_from = VIEW_SEARCH;
    ui->word = ui->word_next = ui->region = ui->row_next = ui->image_synced = -1;
    ui->worse_than = 1;
    for (int i = 0; i < SIDES; i++) {
        ui->sides[i].picture_shown = -1;
        ui->sides[i].model = i < models ? i : 0;
        ui->sides[i].query.caption = -1;
    }
}

void ui_init(struct ui *ui, int rows, int cols, int models, const struct view_ops *const *views,
             const struct command_table *commands, struct keymap *keymap)
{
    assert(models >= 0 && models <= MODELS);
    *ui = (struct ui){.views = views,
                      .commands = commands,
                      .keymap = keymap,
                      .rows = rows,
                      .cols = cols,
                      .cell_ratio = 2,
                      .depth = DEPTH_TRUE,
                      .depth_most = DEPTH_TRUE,
                      .symbols = SYMBOLS_BLOCK,
                      .theme = theme_named("dark"),
                      .prompt = true,
                      .graphics = WISH_CELLS,
                      .cache_mb = 64,
                      .mouse = true,
                      .box_count = 1};
    begin_session(ui, models);
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

static void thumbs_done(struct thumbs *thumbs)
{
    for (size_t i = 0; i < thumbs->images; i++)
        picture_free(thumbs->of[i]);
    free(thumbs->of);
    free(thumbs->waiting);
    *thumbs = (struct thumbs){0};
}

void snapshot_done(struct snapshot *snapshot)
{
    free(snapshot->text);
    free(snapshot->pins);
    for (int view = 0; view < VIEWS; view++)
        free(snapshot->filters[view]);
    *snapshot = (struct snapshot){0};
}

/* Frees a pointer of the state and clears it. */
#define DROP(pointer) (free(pointer), (pointer) = NULL)

static void session_done(struct ui *ui)
{
    for (int i = 0; i < SIDES; i++) {
        side_done(&ui->sides[i]);
        ui->sides[i] = (struct side){0};
    }
    for (int i = 0; i < VIEWS; i++) {
        list_done(&ui->lists[i]);
        ui->lists[i] = (struct list){0};
        DROP(ui->filters[i]);
    }
    for (int i = 0; i < MODELS; i++) {
        free(ui->surveys[i].of);
        ui->surveys[i] = (struct survey){0};
        source_done(&ui->sources[i]);
        ui->catalogs[i] = NULL;
    }
    for (; ui->undo_count > 0; ui->undo_count--)
        snapshot_done(&ui->undo[ui->undo_count - 1]);
    for (int i = 0; i < WORDS_KEPT; i++) {
        free(ui->words_kept[i].pins);
        ui->words_kept[i] = (struct word_memory){0};
    }
    thumbs_done(&ui->thumbs);
    DROP(ui->marks);
    DROP(ui->marks_next);
    DROP(ui->draft);
    DROP(ui->pins);
    DROP(ui->work.label);
}

void ui_forget_session(struct ui *ui, int models)
{
    session_done(ui);
    ui->mark_count = ui->marks_next_count = ui->pin_count = ui->exports = 0;
    ui->subject = ui->region_of = 0;
    ui->word_of = (struct pair){0};
    ui->zoom = ui->wrong = ui->leave_asked = false;
    begin_session(ui, models);
}

static void start_done(struct start *start)
{
    for (int i = 0; i < MODELS; i++)
        source_done(&start->form[i]);
    fitness_free(start->fitness);
    recents_free(start->recents);
    files_free(start->files);
    free(start->folder);
    free(start->listed);
    free(start->why);
}

void ui_done(struct ui *ui)
{
    session_done(ui);
    start_done(&ui->start);
    line_done(&ui->line);
    free(ui->first_commands);
    free(ui->message.text);
    free(ui->find);
    free(ui->fatal);
    free(ui->home);
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

const struct ui_query *ui_query(const struct ui *ui)
{
    return &ui->sides[ui->side].query;
}

void ui_each_side(struct ui *ui, void (*visit)(struct ui *ui, void *context), void *context)
{
    int active = ui->side;
    for (int side = 0; side < SIDES; side++)
        if (side == active || ui_compares(ui)) {
            ui->side = side;
            visit(ui, context);
        }
    ui->side = active;
}

const struct view_ops *ui_view_ops(const struct ui *ui)
{
    return ui->views[ui->view];
}

bool ui_shows(const struct ui *ui, enum view_id view)
{
    return ui->views[view]->bare || ui_catalog(ui);
}

/* Views that one looks into and comes back from. */
static bool is_aside(enum view_id view)
{
    return view == VIEW_HELP || view == VIEW_SETTINGS;
}

void ui_go_to(struct ui *ui, enum view_id view)
{
    if (ui->view == view)
        return;
    if (!ui_shows(ui, view)) {
        ui_say(ui, ROLE_ERROR,
               ui->models ? "The model is not open yet"
                          : "Nothing is open yet: choose a model and data");
        return;
    }
    if (is_aside(view) ? !is_aside(ui->view) : !ui_view_ops(ui)->bare)
        ui->came_from = ui->view;
    ui->view = view;
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

static const struct ranking *view_ranking(const struct ui *ui, const struct side *side)
{
    return ui->view == VIEW_SEARCH ? side->ranking : side->matches;
}

bool ui_other_place(const struct ui *ui, size_t place, size_t *there_out)
{
    const struct ranking *ranking = view_ranking(ui, ui_side_const(ui));
    const struct side *other = &ui->sides[!ui->side];
    const struct ranking *theirs = view_ranking(ui, other);
    const size_t *of = ui->view == VIEW_SEARCH ? other->rank_of : other->match_of;
    if (!ui_compares(ui) || !ranking || !theirs || !of || place >= ranking->count ||
        ranking->places[place].index >= theirs->count)
        return false;
    *there_out = of[ranking->places[place].index];
    return true;
}

size_t ui_in_common(const struct ui *ui, size_t n, size_t *n_out)
{
    const struct ranking *ranking = view_ranking(ui, ui_side_const(ui));
    size_t common = 0, there;
    *n_out = 0;
    for (size_t place = 0; ranking && place < n && place < ranking->count; place++) {
        if (!ui_other_place(ui, place, &there))
            return 0;
        common += there < n;
        ++*n_out;
    }
    return common;
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
    if (ui_catalog(ui) && ui_view_ops(ui)->pair)
        ui_view_ops(ui)->pair(ui, &pair);
    assert(!pair.set || pair.image < ui_catalog(ui)->images);
    return pair;
}

bool pair_same(const struct pair *a, const struct pair *b)
{
    return a->image == b->image && pair_same_caption(a, b);
}

bool pair_same_caption(const struct pair *a, const struct pair *b)
{
    return a->set == b->set && a->caption == b->caption && a->query == b->query;
}

const struct look *ui_look(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    struct pair pair = ui_pair(ui);
    return side->look && pair.set && pair_same(&pair, &side->looked) ? side->look : NULL;
}

bool ui_both_ways(const struct ui *ui)
{
    return ui_catalog(ui) && (ui_catalog(ui)->shows & UI_BOTH_WAYS) == UI_BOTH_WAYS;
}

enum look_way ui_way(const struct ui *ui)
{
    unsigned ways = ui_catalog(ui) ? ui_catalog(ui)->shows : 0;
    return ui_both_ways(ui) ? ui->way : ways & KIND_REGIONS_ON_WORDS ? LOOK_REGIONS : LOOK_WORDS;
}

bool ui_beside_another_kind(const struct ui *ui)
{
    const struct catalog *here = ui_catalog(ui), *there = ui->catalogs[ui->sides[!ui->side].model];
    return ui_compares(ui) && here && there && here->kind && there->kind &&
           strcmp(here->kind, there->kind) != 0;
}

const struct look_attention *ui_attention(const struct ui *ui)
{
    const struct look *look = ui_look(ui);
    const struct look_attention *attention = look ? &look->of[ui_way(ui)] : NULL;
    return attention && attention->weights ? attention : NULL;
}

bool ui_any_shows(const struct ui *ui, unsigned bits)
{
    bool open = false;
    for (int side = 0; side < SIDES; side++) {
        const struct catalog *catalog = ui->catalogs[ui->sides[side].model];
        if (!catalog || (side != ui->side && !ui_compares(ui)))
            continue;
        if (catalog->shows && (catalog->shows & bits) == bits)
            return true;
        open = true;
    }
    return !open;
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

static bool word_shown(const struct ui *ui, size_t word)
{
    return (ptrdiff_t)word == ui->word || (word < ui->pin_count && ui->pins[word]);
}

bool ui_weights(const struct ui *ui, float *weights_out)
{
    const struct look *look = ui_look(ui);
    const struct look_attention *attention = ui_attention(ui);
    size_t shown = 0;
    if (!attention)
        return false;
    memset(weights_out, 0, look->R * sizeof *weights_out);
    for (size_t w = 0; w < look->words.count; w++) {
        if (!word_shown(ui, w))
            continue;
        shown++;
        for (size_t r = 0; r < look->R; r++)
            weights_out[r] += attention->weights[w * look->R + r];
    }
    for (size_t r = 0; shown && r < look->R; r++)
        weights_out[r] /= (float)shown;
    return shown > 0;
}

enum graphics ui_graphics(const struct ui *ui)
{
    if (ui->depth == DEPTH_MONO || ui_compares(ui)) /* without colours; in one pane only */
        return GRAPHICS_CELLS;
    switch (ui->graphics) {
    case WISH_SIXEL:
        return GRAPHICS_SIXEL;
    case WISH_KITTY:
        return GRAPHICS_KITTY;
    case WISH_AUTO:
        return ui->speaks[GRAPHICS_KITTY]   ? GRAPHICS_KITTY
               : ui->speaks[GRAPHICS_SIXEL] ? GRAPHICS_SIXEL
                                            : GRAPHICS_CELLS;
    default:
        return GRAPHICS_CELLS;
    }
}

bool ui_graphics_possible(const struct ui *ui, const char *value)
{
    int wish = setting_named(SETTING_GRAPHICS, value);
    return wish == WISH_SIXEL   ? ui->speaks[GRAPHICS_SIXEL]
           : wish == WISH_KITTY ? ui->speaks[GRAPHICS_KITTY]
                                : wish >= 0;
}

/* The `n` regions of the largest weight, the largest first. */
static size_t strongest(const float *weights, size_t regions, size_t n, size_t *out)
{
    size_t found = 0;
    for (size_t r = 0; r < regions; r++) {
        size_t at = found < n ? found++ : n;
        for (; at > 0 && weights[r] > weights[out[at - 1]]; at--)
            if (at < n)
                out[at] = out[at - 1];
        if (at < n)
            out[at] = r;
    }
    return found;
}

size_t ui_word_frames(const struct ui *ui, struct word_frame out[PICTURE_FRAMES])
{
    const struct look *look = ui_look(ui);
    size_t n = 0, pinned = 0;
    for (size_t w = 0; w < ui->pin_count; w++)
        pinned += ui->pins[w];
    if (!pinned || !look || !ui_catalog(ui)->boxes || !ui_attention(ui) ||
        ui->overlay == OVERLAY_NONE || ui->box_count < 1)
        return 0;
    for (int pass = 0; pass < 2; pass++) /* the selected word comes second */
        for (size_t w = 0; w < look->words.count && n < PICTURE_FRAMES; w++)
            if (((ptrdiff_t)w == ui->word) == (pass == 1) && word_shown(ui, w)) {
                out[n].word = w;
                strongest(ui_attention(ui)->weights + w * look->R, look->R, 1, &out[n++].region);
            }
    return n;
}

size_t ui_framed(const struct ui *ui, size_t out[PICTURE_FRAMES])
{
    const struct look *look = ui_look(ui);
    if (!ui_catalog(ui) || !ui_catalog(ui)->boxes || !ui_attention(ui) ||
        ui->overlay == OVERLAY_NONE || ui->box_count < 1)
        return 0;
    float *weights = mem_new(look->R, sizeof *weights);
    bool any = ui_weights(ui, weights);
    size_t n = any ? strongest(weights, look->R, (size_t)ui->box_count, out) : 0;
    free(weights);
    return n;
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

void ui_mark(struct ui *ui, size_t caption)
{
    assert(caption < ui_catalog(ui)->captions);
    if (!ui->marks)
        ui->marks = mem_new(ui_catalog(ui)->captions, sizeof *ui->marks);
    ui->marks[caption] = !ui->marks[caption];
    ui->mark_count += ui->marks[caption] ? 1 : (size_t)-1;
}

const char *ui_caption_text(const struct ui *ui, const struct pair *pair)
{
    const struct catalog *catalog = ui_catalog(ui);
    if (pair->caption >= 0 && catalog && catalog->caption &&
        (size_t)pair->caption < catalog->captions)
        return catalog->caption[pair->caption];
    const struct ui_query *query = ui_query(ui);
    return query->text ? query->text : "";
}

const char *ui_split_caption(const struct ui *ui, size_t caption)
{
    const struct catalog *catalog = ui_catalog(ui);
    return catalog->caption ? catalog->caption[caption] : "";
}
