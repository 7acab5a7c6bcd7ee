#include "ui/commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/find.h"
#include "ui/actions/prompt.h"
#include "ui/actions/query.h"
#include "ui/actions/undo.h"
#include "ui/state/command.h"
#include "ui/state/region_table.h"
#include "ui/state/view.h"

enum { MANY_BOXES = 5 };

/* The overlays in the order in which the key goes through them: frames alone are of the strongest
 * region, or of several. */
static const char *const styles[] = {"fade", "heat", "boxes", "top", "none"};
enum { STYLE_BOXES = 2, STYLE_TOP, STYLE_NONE, STYLES };

static int style_now(const struct ui *ui)
{
    if (ui->overlay == OVERLAY_NONE)
        return STYLE_NONE;
    return ui->overlay != OVERLAY_BOXES ? (int)ui->overlay
           : ui->box_count > 1          ? STYLE_TOP
                                        : STYLE_BOXES;
}

void command_overlay(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    int before = style_now(ui), style = command_choose(ui, args, styles, STYLES, before);
    if (style < 0)
        return;
    ui->overlay = style < STYLE_BOXES   ? (enum overlay_style)style
                  : style == STYLE_NONE ? OVERLAY_NONE
                                        : OVERLAY_BOXES;
    if (style == STYLE_TOP)
        ui->box_count = ui->box_count > 1 ? ui->box_count : MANY_BOXES;
    else if (style == STYLE_BOXES || before == STYLE_TOP)
        ui->box_count = 1;
    const struct catalog *catalog = ui_catalog(ui);
    if (!ui_any_shows(ui, 0))
        region_table_said(ui);
    else if (catalog && !catalog->boxes && ui->overlay != OVERLAY_NONE)
        ui_say(ui, ROLE_ERROR,
               "This split has no boxes, so attention cannot be shown on pictures%s%s: r lists the "
               "regions",
               catalog->no_boxes ? " - " : "", catalog->no_boxes ? catalog->no_boxes : "");
    else
        ui_say(ui, ROLE_DIM, "Overlay: %s", styles[style]);
}

void command_map(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    if (!command_set(ui, SETTING_MAP, args))
        return;
    ui->overlay = OVERLAY_HEAT;
    if (ui_any_shows(ui, 0))
        ui_say(ui, ROLE_DIM, "Colour map: %s", setting_text(ui, SETTING_MAP));
    else
        region_table_said(ui);
}

void command_boxes(struct ui *ui, const char *args, struct effects *effects)
{
    int most = setting_table[SETTING_BOXES].most;
    (void)effects;
    char *end;
    long n = strtol(args, &end, 10);
    if (*end || n < 0) {
        ui_say(ui, ROLE_ERROR, "\"%s\" is not a number of frames, 0 to %d", args, most);
        return;
    }
    if (!*args)
        n = ui->box_count == 1 ? MANY_BOXES : ui->box_count == 0;
    setting_set(ui, SETTING_BOXES, n > most ? most : (int)n);
    if (ui_any_shows(ui, 0))
        ui_say(ui, ROLE_DIM, "Frames: %d", ui->box_count);
    else
        region_table_said(ui);
}

void command_direction(struct ui *ui, const char *args, struct effects *effects)
{
    static const char *const alone[] = {"the words attend to regions",
                                        "the regions attend to words"};
    const struct catalog *catalog = ui_catalog(ui);
    (void)effects;
    if (!ui_any_shows(ui, UI_BOTH_WAYS)) {
        if (region_table_said(ui))
            ui_say(ui, ROLE_WARNING, "%s: only %s", catalog->variant, alone[ui_way(ui)]);
    } else if (command_set(ui, SETTING_WAY, args)) {
        ui_say(ui, ROLE_DIM, "Attention of the %s", setting_text(ui, SETTING_WAY));
    }
}

void command_open(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    if (ui_list(ui)->count == 0)
        return;
    if (ui_view_ops(ui)->open)
        ui_view_ops(ui)->open(ui, effects);
    else
        ui->zoom = !ui->zoom;
}

void command_back(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    (void)effects;
    ui->find_shown = false;
    bool aside = ui->view == VIEW_HELP || ui->view == VIEW_SETTINGS;
    if (ui->region >= 0 && !aside)
        ui->region = -1;
    else if ((ui->zoom || ui->wide) && !aside)
        ui->zoom = ui->wide = false;
    else if (ui->filters[ui->view])
        find_filter(ui, "");
    else if (aside)
        ui->view = ui->came_from;
    else if (ui->view == VIEW_FILES)
        ui->view = VIEW_START;
    else if (ui->view == VIEW_START)
        ui_go_to(ui, ui->views[ui->came_from]->bare ? VIEW_SEARCH : ui->came_from);
    else if (ui->view != VIEW_SEARCH)
        ui_go_to(ui, VIEW_SEARCH);
    else
        ui_say(ui, ROLE_DIM, "q leaves scanscope, i types a caption, ? shows the keys");
}

void command_view_search(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui_go_to(ui, VIEW_SEARCH);
}

/* The number `args` of `count` things; false, reported in the status line, if it is not one. */
static bool take_number(struct ui *ui, const char *args, const char *what, size_t count,
                        size_t *out)
{
    char end;
    if (sscanf(args, "%zu %c", out, &end) == 1 && *args != '-' && *out < count)
        return true;
    ui_say(ui, ROLE_ERROR, "No %s %s: the split has %zu, counted from 0", what, args, count);
    return false;
}

void command_view_matches(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    const struct catalog *catalog = ui_catalog(ui);
    struct pair pair = ui_pair(ui);
    size_t image = ui->subject;
    if (ui->view == VIEW_IMAGES)
        ui_selected(ui, VIEW_IMAGES, &image);
    else if (pair.set)
        image = pair.image;
    if (!catalog || catalog->captions == 0) {
        ui_say(ui, ROLE_ERROR, "This split has no captions to rank");
        return;
    }
    if (*args && !take_number(ui, args, "image", catalog->images, &image))
        return;
    ui->subject = image;
    ui_go_to(ui, VIEW_MATCHES);
}

void command_view_images(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    struct pair pair = ui_pair(ui);
    struct list *list = ui_list_of(ui, VIEW_IMAGES);
    if (pair.set && (ptrdiff_t)pair.image != ui->image_synced) { /* else it is as it was left */
        list_select(list, list_row(list, pair.image));
        ui->image_synced = (ptrdiff_t)pair.image;
    }
    ui_go_to(ui, VIEW_IMAGES);
}

void command_view_captions(struct ui *ui, const char *args, struct effects *effects)
{
    const struct catalog *catalog = ui_catalog(ui);
    size_t caption;
    (void)effects;
    if (!catalog || !catalog->captions || (!*args && !catalog->caption)) {
        ui_say(ui, ROLE_ERROR, "This split has no captions");
    } else if (!*args) {
        ui_go_to(ui, VIEW_CAPTIONS);
    } else if (take_number(ui, args, "caption", catalog->captions, &caption)) {
        query_ask_caption(ui, caption);
    }
}

void command_undo(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (!undo_back(ui))
        ui_say(ui, ROLE_ERROR, "Nothing to undo");
}

void command_help(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    prompt_close(ui, effects);
    bool again = ui->view == VIEW_HELP;
    ui->help_all = again && !ui->help_all;
    ui_go_to(ui, VIEW_HELP);
    mem_replace(&ui->filters[VIEW_HELP], NULL);
    find_arrange(ui, VIEW_HELP);
    if (!again)
        list_select(ui_list_of(ui, VIEW_HELP), 0);
}

void command_zoom(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->zoom = !ui->zoom;
    ui->wide = false;
}

void command_wide(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->wide = !ui->wide;
    ui->zoom = false;
}

void command_pin(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    const struct ask_words *words = ui_words(ui);
    if (!ui_any_shows(ui, 0)) {
        region_table_said(ui);
        return;
    }
    if (!words || ui->word < 0 || (size_t)ui->word >= words->count) {
        ui_say(ui, ROLE_ERROR, "No word is selected: Right moves to one");
        return;
    }
    if (ui->pin_count < words->count) {
        ui->pins = mem_grow(ui->pins, words->count, sizeof *ui->pins);
        memset(ui->pins + ui->pin_count, 0, (words->count - ui->pin_count) * sizeof *ui->pins);
        ui->pin_count = words->count;
    }
    ui->pins[ui->word] = !ui->pins[ui->word];
}

void command_unpin(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->pin_count = 0;
}
