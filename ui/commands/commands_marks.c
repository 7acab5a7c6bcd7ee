#include "ui/commands/commands.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/actions/find.h"
#include "ui/actions/requests.h"

/* The caption that the view's selection stands for; false if it is not one of the split's. */
static bool selected_caption(const struct ui *ui, size_t *caption_out)
{
    struct pair pair = ui_pair(ui);
    *caption_out = (size_t)pair.caption;
    return pair.set && pair.caption >= 0;
}

/* False, reported in the status line, if no caption is marked. */
static bool any_marked(struct ui *ui)
{
    if (!ui->mark_count)
        ui_say(ui, ROLE_ERROR, "No caption is marked: Space marks the selected one");
    return ui->mark_count > 0;
}

void command_mark(struct ui *ui, const char *args, struct effects *effects)
{
    size_t caption;
    (void)args, (void)effects;
    if (!selected_caption(ui, &caption)) {
        ui_say(ui, ROLE_ERROR, "Only captions of the split can be marked");
        return;
    }
    ui_mark(ui, caption);
    if (ui->marked_only)
        find_arrange(ui, ui->view);
    else if (ui->view == VIEW_FAILURES || ui->view == VIEW_CAPTIONS)
        list_move(ui_list(ui), 1);
    ui_say(ui, ROLE_DIM, "%zu marked; E saves their figures, W writes a file of them",
           ui->mark_count);
}

/* The caption of a row; false if the view's rows are not captions. */
static bool row_caption(const struct ui *ui, size_t row, size_t *caption_out)
{
    size_t item = list_item(ui_list_const(ui, ui->view), row);
    const struct ranking *matches = ui_side_const(ui)->matches;
    if (ui->view == VIEW_MATCHES)
        *caption_out = matches->places[item].index;
    else
        *caption_out = item;
    return ui->view == VIEW_MATCHES || ui->view == VIEW_CAPTIONS || ui->view == VIEW_FAILURES;
}

static void step(struct ui *ui, int by)
{
    struct list *list = ui_list(ui);
    size_t caption;
    if (!any_marked(ui))
        return;
    for (size_t i = 1, n = list->count; i <= n; i++) {
        size_t row = (list->selected + (by > 0 ? i : n - i)) % n;
        if (!row_caption(ui, row, &caption))
            break;
        if (!ui_marked(ui, caption))
            continue;
        list_select(list, row);
        return;
    }
    ui_say(ui, ROLE_ERROR, "No row here is marked; 4 shows all captions");
}

void command_next_mark(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    step(ui, 1);
}

void command_previous_mark(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    step(ui, -1);
}

void command_only_marked(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (!ui->marked_only && !any_marked(ui))
        return;
    ui->marked_only = !ui->marked_only;
    if (ui_catalog(ui)) {
        find_arrange(ui, VIEW_CAPTIONS);
        find_arrange(ui, VIEW_FAILURES);
    }
    ui_say(ui, ROLE_DIM,
           ui->marked_only ? "Only the marked captions; * shows all again" : "All captions");
}

void command_export_marked(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    if (!any_marked(ui))
        return;
    for (size_t c = 0; c < ui_catalog(ui)->captions; c++)
        if (ui->marks[c])
            requests_figure(ui, caption_map_image(&ui_catalog(ui)->map, c), (ptrdiff_t)c,
                            ui_split_caption(ui, c), effects);
    ui->exports = ui->mark_count;
    ui_say(ui, ROLE_DIM, "Exporting %zu figures ...", ui->mark_count);
}

/* A line for `figure --batch`: the words of the caption over its own image, as shown here. */
static void add_line(const struct ui *ui, size_t caption, struct str *out)
{
    json_t *line =
        json_pack("{s:s, s:I, s:s, s:s}", "kind", "words", "caption_index", (json_int_t)caption,
                  "style", setting_text(ui, SETTING_OVERLAY), "map", setting_text(ui, SETTING_MAP));
    if (ui_both_ways(ui))
        json_object_set_new(line, "direction", json_string(setting_text(ui, SETTING_WAY)));
    char *name = mem_printf("caption-%zu.png", caption);
    json_object_set_new(line, "output", json_string(name));
    char *text = json_dumps(line, 0);
    str_addf(out, "%s\n", text);
    free(text);
    free(name);
    json_decref(line);
}

void command_save_marks(struct ui *ui, const char *args, struct effects *effects)
{
    struct str text = {0};
    if (!any_marked(ui))
        return;
    for (size_t c = 0; c < ui_catalog(ui)->captions; c++)
        if (ui->marks[c])
            add_line(ui, c, &text);
    effects_text(effects, EFFECT_SAVE, str_text(&text))->path =
        mem_strdup(*args ? args : "marks.jsonl");
    str_done(&text);
}
