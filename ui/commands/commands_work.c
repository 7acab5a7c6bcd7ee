#include "ui/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/actions/find.h"
#include "ui/actions/prompt.h"
#include "ui/actions/query.h"
#include "ui/actions/requests.h"
#include "ui/actions/start.h"
#include "ui/state/view.h"

void command_caption(struct ui *ui, const char *args, struct effects *effects)
{
    if (!*args) {
        prompt_open_caption(ui, effects);
        return;
    }
    query_ask(ui, args, -1);
    ui_go_to(ui, VIEW_SEARCH);
}

void command_change(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    prompt_open_selected(ui, PROMPT_CAPTION, ui->draft ? ui->draft : ui_query(ui)->text, effects);
}

void command_leave_prompt(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    if (ui->line.label) /* readline's search of the history is left first */
        effects_add(effects, EFFECT_LINE_KEY)->key = K_ESC;
    else {
        if (ui->line.kind == PROMPT_FIND) /* back to where the search began */
            find_typed(ui, "");
        prompt_close(ui, effects);
    }
}

void command_palette(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    prompt_open(ui, PROMPT_COMMAND, "", effects);
}

static void forget_work(struct ui *ui)
{
    for (int side = 0; side < SIDES; side++)
        memset(ui->sides[side].awaited, 0, sizeof ui->sides[side].awaited);
    if (ui->thumbs.images)
        memset(ui->thumbs.waiting, 0, ui->thumbs.images * sizeof *ui->thumbs.waiting);
    for (int model = 0; model < MODELS; model++)
        ui->surveys[model].wanted = false;
    mem_replace(&ui->work.label, NULL);
}

static bool scoring(const struct ui *ui)
{
    return ui_awaits(ui, REQUEST_RANK) || ui_awaits(ui, REQUEST_CAPTIONS) ||
           ui_awaits(ui, REQUEST_LOOK) || ui_awaits(ui, REQUEST_SURVEY) ||
           ui_awaits(ui, REQUEST_OPEN);
}

void command_cancel(struct ui *ui, const char *args, struct effects *effects)
{
    bool typed = ui->prompt && ui->line.text && *ui->line.text;
    (void)args;
    if (scoring(ui)) {
        bool opening = ui_awaits(ui, REQUEST_OPEN);
        forget_work(ui);
        effects_add(effects, EFFECT_CANCEL);
        ui_say(ui, ROLE_DIM, "Stopped");
        if (opening)
            start_return(ui, "Opening was stopped", effects);
    } else if (typed) {
        prompt_open(ui, ui->line.kind, "", effects);
    } else if (ui->prompt && ui->line.kind != PROMPT_CAPTION) {
        prompt_close(ui, effects);
    } else if (ui->leave_asked) {
        command_quit(ui, "", effects);
    } else {
        ui->leave_asked = true;
        ui_say(ui, ROLE_DIM, "Press Ctrl-C again to leave");
    }
}

void command_export(struct ui *ui, const char *args, struct effects *effects)
{
    struct pair pair = ui_pair(ui);
    if (!pair.set) {
        ui_say(ui, ROLE_ERROR, "There is nothing to export yet: type a caption, choose an image");
        return;
    }
    struct request *request =
        requests_figure(ui, pair.image, pair.caption, ui_caption_text(ui, &pair), effects);
    request->path = *args ? mem_strdup(args) : NULL;
    ui_say(ui, ROLE_DIM, "Exporting ...");
}

/* No more than terminals accept, and no half characters. */
static void copy(struct ui *ui, const char *text, struct effects *effects)
{
    size_t n = strlen(text), kept = n;
    if (n > COPY_BYTES)
        for (kept = COPY_BYTES; kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80;)
            kept--;
    char *part = mem_strndup(text, kept);
    effects_text(effects, EFFECT_COPY, part);
    if (kept < n)
        ui_say(ui, ROLE_WARNING, "Copied the first %zu of %zu bytes: terminals accept no more",
               kept, n);
    else
        ui_say(ui, ROLE_GOOD, "Copied: %s", text);
    free(part);
}

void command_copy(struct ui *ui, const char *args, struct effects *effects)
{
    size_t item;
    struct str text = {0};
    (void)args;
    if (!ui_selected(ui, ui->view, &item))
        return;
    ui_view_ops(ui)->text(ui, item, &text);
    copy(ui, str_text(&text), effects);
    str_done(&text);
}

/* The image that the view's selection stands for; false if there is none. */
static bool selected_image(const struct ui *ui, size_t *image_out)
{
    struct pair pair = ui_pair(ui);
    *image_out = pair.image;
    return pair.set || (ui->view == VIEW_IMAGES && ui_selected(ui, VIEW_IMAGES, image_out));
}

void command_copy_id(struct ui *ui, const char *args, struct effects *effects)
{
    size_t image;
    (void)args;
    if (selected_image(ui, &image))
        copy(ui, ui_catalog(ui)->id[image], effects);
}

void command_external(struct ui *ui, const char *args, struct effects *effects)
{
    size_t image;
    (void)args;
    if (selected_image(ui, &image))
        effects_add(effects, EFFECT_VIEW_FILE)->image = image;
}

void command_redraw(struct ui *ui, const char *args, struct effects *effects)
{
    (void)ui, (void)args;
    effects_add(effects, EFFECT_REPAINT);
}

void command_suspend(struct ui *ui, const char *args, struct effects *effects)
{
    (void)ui, (void)args;
    effects_add(effects, EFFECT_SUSPEND);
}

void command_quit(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    ui->leaving = true;
    effects_add(effects, EFFECT_QUIT);
}
