/* Captions set aside: marking, going through them, taking them away. */
#include "ui/commands/commands.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/actions/update.h"
#include "ui/views/view_items.h"

/* The caption that the view's selection stands for; false where it is none of the split's. */
static bool selected_caption(const struct ui *ui, size_t *caption_out)
{
    struct pair pair = ui_pair(ui);
    *caption_out = (size_t)pair.caption;
    return pair.set && pair.caption >= 0;
}

void command_mark(struct ui *ui, const char *args, struct effects *effects)
{
    size_t caption;
    (void)args, (void)effects;
    if (!selected_caption(ui, &caption)) {
        ui_say(ui, ROLE_ERROR, "Only captions of the split can be marked");
        return;
    }
    update_mark(ui, caption);
    if (ui->marked_only)
        update_arrange(ui, ui->view);
    else if (ui->view == VIEW_FAILURES || ui->view == VIEW_CAPTIONS)
        list_move(ui_list(ui), 1);
    ui_say(ui, ROLE_DIM, "%zu marked; E saves their figures, W a file of them", ui->mark_count);
}

/* The caption of a row; false where the view's rows are none. */
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
    if (!ui->mark_count) {
        ui_say(ui, ROLE_ERROR, "No caption is marked: Space marks the selected one");
        return;
    }
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
    if (!ui->marked_only && !ui->mark_count) {
        ui_say(ui, ROLE_ERROR, "No caption is marked: Space marks the selected one");
        return;
    }
    ui->marked_only = !ui->marked_only;
    if (ui_catalog(ui)) {
        update_arrange(ui, VIEW_CAPTIONS);
        update_arrange(ui, VIEW_FAILURES);
    }
    ui_say(ui, ROLE_DIM,
           ui->marked_only ? "Only the marked captions; * shows all again" : "All captions");
}

void command_export_marked(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    if (!ui->mark_count) {
        ui_say(ui, ROLE_ERROR, "No caption is marked: Space marks the selected one");
        return;
    }
    for (size_t c = 0; c < ui_catalog(ui)->captions; c++) {
        if (!ui->marks[c])
            continue;
        struct request *request = update_request(ui, ui->side, REQUEST_EXPORT, effects);
        request->image = c / ui_catalog(ui)->per_image;
        request->caption = (ptrdiff_t)c;
        request->text = mem_strdup(ui_catalog(ui)->caption ? ui_catalog(ui)->caption[c] : "");
        request->picture.style = ui->overlay;
        request->picture.map = ui->map;
    }
    ui->exports = ui->mark_count;
    ui_say(ui, ROLE_DIM, "Exporting %zu figures ...", ui->mark_count);
}

/* A figure's line for `figure --batch`: the words of the caption over its own image, as they are
 * shown here. */
static void add_line(const struct ui *ui, size_t caption, struct str *out)
{
    json_t *line =
        json_pack("{s:s, s:I, s:s, s:s}", "kind", "words", "caption_index", (json_int_t)caption,
                  "style", ui_overlays[ui->overlay], "map", ui_maps[ui->map]);
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
    if (!ui->mark_count) {
        ui_say(ui, ROLE_ERROR, "No caption is marked: Space marks the selected one");
        return;
    }
    for (size_t c = 0; c < ui_catalog(ui)->captions; c++)
        if (ui->marks[c])
            add_line(ui, c, &text);
    effects_text(effects, EFFECT_SAVE, str_text(&text));
    effects->items[effects->count - 1].path = mem_strdup(*args ? args : "marks.jsonl");
    str_done(&text);
}
