/* The start screen. */
#include "ui/views/view_private.h"

#include <string.h>

#include "base/file.h"
#include "ui/actions/browse.h"
#include "ui/actions/start.h"
#include "ui/work/recent.h"

enum { LABEL_COLS = 13, SHORT_LABEL_COLS = 7, NARROW = 50 };

/* A path with ~ for the home folder. */
static void put_path(const struct ui *ui, const char *path, struct str *out)
{
    size_t n = ui->home ? strlen(ui->home) : 0;
    bool inside = n > 1 && !strncmp(path, ui->home, n) && (path[n] == '/' || !path[n]);
    str_addf(out, "%s%s", inside ? "~" : "", inside ? path + n : path);
}

/* "model.pth.tar + other.pth.tar · f30k_precomp test" */
static void put_sources(const struct source *sources, size_t count, struct str *out)
{
    for (size_t i = 0; i < count; i++)
        str_addf(out, "%s%s", i ? " + " : "", file_name(sources[i].of[SOURCE_MODEL]));
    const char *data = sources[0].of[SOURCE_DATA], *features = sources[0].of[SOURCE_FEATURES];
    const char *split = sources[0].of[SOURCE_SPLIT];
    str_addf(out, " · %s", data ? file_name(data) : features ? file_name(features) : "");
    if (data && split)
        str_addf(out, " %s", split);
}

static void put_recent(const struct recent *recent, struct str *out)
{
    struct source sources[MODELS] = {0};
    size_t count = saved_sources(recent->saved, sources);
    if (count)
        put_sources(sources, count, out);
    if (saved_string(recent->saved, "query"))
        str_addf(out, " · %s", saved_string(recent->saved, "query"));
    for (size_t i = 0; i < count; i++)
        source_done(&sources[i]);
}

/* "i2t (cross_attn)", or what would be assumed. */
static void put_option(const struct ui *ui, enum start_field field, struct str *out)
{
    const struct fitness *fitness = ui->start.fitness;
    const char *value = start_value(ui, field);
    if (field == START_ASSUME) {
        str_add(out, *value ? "accepted for what the model does not say"
                            : "not accepted: what the model does not say is to be chosen");
        return;
    }
    size_t i = (size_t)field - START_OPTION;
    const char *otherwise = fitness ? fitness->taken[i] : "";
    if (*value)
        str_addf(out, "%s (%s)", value, model_given_name(i));
    else
        str_addf(out, "%s (%s) %s", otherwise, model_given_name(i),
                 *start_value(ui, START_ASSUME) ? "is assumed" : "would be assumed");
}

/* The contents of a row, next to its label. */
static void put_row(const struct ui *ui, const struct start_row *row, struct str *out)
{
    if (row->kind == START_RECENT)
        put_recent(&ui->start.recents->items[row->index], out);
    else if (row->kind == START_ROW && start_is_option((enum start_field)row->index))
        put_option(ui, (enum start_field)row->index, out);
    else if (row->kind == START_ROW && *start_value(ui, (enum start_field)row->index))
        put_path(ui, start_value(ui, (enum start_field)row->index), out);
    else if (row->kind == START_ROW)
        str_add(out, start_fields[row->index].unset);
}

static const char *label_of(const struct start_row *row)
{
    if (row->kind == START_RECENT)
        return row->index ? "" : "Recent";
    return row->kind == START_ROW ? start_fields[row->index].label : "Open";
}

static void start_text(const struct ui *ui, size_t item, struct str *out)
{
    struct start_row row = start_row(ui, item);
    str_addf(out, "%s\t", row.kind == START_RECENT ? "Recent" : label_of(&row));
    put_row(ui, &row, out);
}

/* The first reason against opening. */
static const char *first_reason(const struct fitness *fitness)
{
    size_t i = 0;
    while (fitness->lines[i].tone != FIT_BAD)
        i++;
    return fitness->lines[i].text;
}

/* Whether what is chosen can be opened, in a few words. */
static void draw_load(const struct ui *ui, struct pane pane, int col, struct style base)
{
    const struct start *start = &ui->start;
    bool chosen = start_models(ui) && start_has_data(ui);
    const char *text = "choose a model and data first";
    enum role role = ROLE_DIM;
    if (chosen && ui_awaits(ui, REQUEST_FIT)) {
        text = "checking the files …";
    } else if (chosen && start->fitness) {
        role = start->fitness->bad ? ROLE_WARNING : ROLE_GOOD;
        text = start->fitness->bad ? first_reason(start->fitness) : "✓ they fit together";
    }
    pane_fit(pane, 0, col, pane.box.cols - col, view_style(ui, base, role), text);
}

/* Puts the end of a path that does not fit: it says more than the beginning. */
static void fit_end(struct pane pane, int col, struct style style, const char *text)
{
    int room = pane.box.cols - col;
    size_t n = strlen(text), from = 0;
    while (from < n && grapheme_columns(text + from) > room - (from > 0))
        from += grapheme_next(text + from, n - from).bytes;
    if (from)
        col = pane_put(pane, 0, col, style, "…");
    pane_fit(pane, 0, col, pane.box.cols - col, style, text + from);
}

static void start_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    struct start_row row = start_row(ui, item);
    struct str text = {0};
    bool chosen = row.kind == START_ROW && *start_value(ui, (enum start_field)row.index);
    int label = pane.box.cols < NARROW ? SHORT_LABEL_COLS : LABEL_COLS;
    int col =
        pane_fit(pane, 0, 0, label - 1, view_style(ui, base, ROLE_STRONG), label_of(&row)) + 1;
    put_row(ui, &row, &text);
    if (row.kind == START_LOAD) {
        draw_load(ui, pane, col, base);
    } else if (row.kind == START_RECENT) {
        const char *when = ui->start.recents->items[row.index].when;
        int end = pane.box.cols - (pane.box.cols >= NARROW ? (int)strlen(when) + 1 : 0);
        pane_fit(pane, 0, col, end - col, base, str_text(&text));
        if (pane.box.cols >= NARROW)
            pane_put(pane, 0, end + 1, view_style(ui, base, ROLE_DIM), when);
    } else if (chosen) {
        fit_end(pane, col, base, str_text(&text));
    } else {
        pane_fit(pane, 0, col, pane.box.cols - col, view_style(ui, base, ROLE_DIM),
                 str_text(&text));
    }
    str_done(&text);
}

/* What is known of the choice; above it, why the last opening failed. */
void view_fitness(const struct ui *ui, struct pane pane)
{
    static const enum role roles[] = {
        [FIT_NOTE] = ROLE_DIM, [FIT_GOOD] = ROLE_GOOD, [FIT_BAD] = ROLE_ERROR};
    static const char *const signs[] = {[FIT_NOTE] = " ", [FIT_GOOD] = "✓", [FIT_BAD] = "✗"};
    const struct fitness *fitness = ui->start.fitness;
    int row = 0, room = pane.box.cols - 3;
    if (ui->start.why) {
        row += view_wrap(pane, 0, 1, room, pane.box.rows, ui_style(ui, ROLE_ERROR), ui->start.why);
        row++;
    }
    for (size_t i = 0; fitness && i < fitness->count && row < pane.box.rows; i++) {
        enum fit_tone tone = fitness->lines[i].tone;
        struct style style = ui_style(ui, roles[tone]);
        pane_put(pane, row, 1, style, signs[tone]);
        row +=
            view_wrap(pane, row, 3, room - 2, pane.box.rows - row, style, fitness->lines[i].text);
    }
    if (!fitness || (!fitness->count && !ui->start.why)) {
        view_wrap(pane, row, 1, room, pane.box.rows - row, ui_style(ui, ROLE_DIM),
                  "Enter chooses a row's file in a browser, i types its path. What is chosen is "
                  "checked here before it is opened.");
    }
}

static void start_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    if (!ui_selected(ui, VIEW_START, &item))
        return;
    struct start_row row = start_row(ui, item);
    if (row.kind == START_RECENT)
        start_restore(ui, row.index, effects);
    else if (row.kind == START_LOAD)
        start_load(ui, effects);
    else if (row.index == START_SPLIT)
        start_next_split(ui);
    else if (start_is_option((enum start_field)row.index))
        start_next_option(ui, (enum start_field)row.index, effects);
    else
        browse_field(ui, (enum start_field)row.index);
}

const struct view_ops view_start = {.name = "start",
                                    .title = "Start",
                                    .mode = MODE_START,
                                    .bare = true,
                                    .total = start_rows,
                                    .text = start_text,
                                    .draw = start_draw,
                                    .open = start_open};
