#include "ui/views/view_items.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/update.h"
#include "ui/commands/command.h"

struct style item_style(const struct ui *ui, struct style base, enum role role)
{
    struct style style = ui_style(ui, role);
    if (base.bg != COLOUR_DEFAULT || (base.attr & ATTR_REVERSE)) {
        style.bg = base.bg;
        style.attr |= base.attr & ATTR_REVERSE;
        if (role == ROLE_DIM && base.fg != COLOUR_DEFAULT)
            style.fg = base.fg;
    }
    return style;
}

int item_digits(size_t n)
{
    return snprintf(NULL, 0, "%zu", n);
}

/* ---- text to image: items are places of the ranking --------------------------------------------
 */

size_t search_total(const struct ui *ui)
{
    const struct ranking *ranking = ui_side_const(ui)->ranking;
    return ranking ? ranking->count : 0;
}

static const struct place *search_place(const struct ui *ui, size_t item)
{
    return &ui_side_const(ui)->ranking->places[item];
}

/* An image's first caption; "" where there is none. */
static const char *first_caption(const struct catalog *catalog, size_t image)
{
    size_t at = image * catalog->per_image;
    return catalog->caption && catalog->per_image && at < catalog->captions ? catalog->caption[at]
                                                                            : "";
}

void search_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct place *place = search_place(ui, item);
    const struct catalog *catalog = ui_catalog(ui);
    str_addf(out, "%zu\t%.6f\t%s%s\t%s", item + 1, (double)place->score, catalog->id[place->index],
             place->truth ? "\ttrue" : "", first_caption(catalog, place->index));
}

/* How much higher or lower than on the other side. */
static int moved(const struct ui *ui, struct pane pane, int col, size_t item, struct style base)
{
    size_t there;
    if (!ui_other_place(ui, item, &there))
        return col;
    if (there == item)
        return pane_put(pane, 0, col, item_style(ui, base, ROLE_DIM), "=");
    return there > item
               ? pane_putf(pane, 0, col, item_style(ui, base, ROLE_GOOD), "▲%zu", there - item)
               : pane_putf(pane, 0, col, item_style(ui, base, ROLE_ERROR), "▼%zu", item - there);
}

static void place_line(const struct ui *ui, struct pane pane, size_t item,
                       const struct place *place, size_t count, struct style base, const char *name)
{
    char rank[32];
    snprintf(rank, sizeof rank, "%*zu", item_digits(count), item + 1);
    int col = pane_put(pane, 0, 0, item_style(ui, base, ROLE_STRONG), rank);
    col = pane_putf(pane, 0, col + 2, base, "%.4f", (double)place->score);
    if (ui_compares(ui))
        col = moved(ui, pane, col + 1, item, base);
    if (place->truth)
        col = pane_put(pane, 0, col + 1, item_style(ui, base, ROLE_TRUTH),
                       pane.box.rows > 1 ? "✓ true" : "✓");
    if (name)
        pane_fit(pane, 0, col + (place->truth ? 1 : 3),
                 pane.box.cols - col - (place->truth ? 1 : 3), item_style(ui, base, ROLE_DIM),
                 name);
}

static void tile_line(const struct ui *ui, struct pane pane, size_t item, const struct place *place,
                      struct style base)
{
    int col = pane_putf(pane, 0, 0, base, "%zu", item + 1);
    col = pane_putf(pane, 0, col + 1, item_style(ui, base, ROLE_DIM), "%.3f", (double)place->score);
    if (place->truth)
        pane_put(pane, 0, col + 1, item_style(ui, base, ROLE_TRUTH), "✓");
}

void search_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct catalog *catalog = ui_catalog(ui);
    const struct place *place = search_place(ui, item);
    const char *id = catalog->id[place->index];
    if (ui->sheet && pane.box.rows == 1 && pane.box.cols < 30) {
        tile_line(ui, pane, item, place, base);
        return;
    }
    bool one = pane.box.rows < 2;
    place_line(ui, pane, item, place, search_total(ui), base, one ? id : NULL);
    if (one)
        return;
    pane_fit(pane, 1, 0, pane.box.cols, item_style(ui, base, ROLE_DIM), id);
    view_wrap(pane, 2, 0, pane.box.cols, pane.box.rows - 2, item_style(ui, base, ROLE_DIM),
              first_caption(catalog, place->index));
}

static int centred(struct pane pane, int row, struct style style, const char *text)
{
    int width = grapheme_columns(text), col = (pane.box.cols - width) / 2;
    pane_fit(pane, row, col > 0 ? col : 0, width < pane.box.cols ? width : pane.box.cols, style,
             text);
    return row + 1;
}

static void welcome(const struct ui *ui, struct pane pane)
{
    const struct catalog *catalog = ui_catalog(ui);
    char line[512];
    int row = pane.box.rows > 14 ? pane.box.rows / 2 - 7 : 0;
    row = centred(pane, row, ui_style(ui, ROLE_STRONG), "scanscope") + 1;
    snprintf(line, sizeof line, "%s · %s", catalog->model, catalog->variant);
    row = centred(pane, row, ui_style(ui, ROLE_TEXT), line);
    snprintf(line, sizeof line, "%s: %zu images of %zu regions, %zu captions", catalog->data,
             catalog->images, catalog->regions, catalog->captions);
    row = centred(pane, row, ui_style(ui, ROLE_DIM), line) + 1;
    row = centred(pane, row, ui_style(ui, ROLE_PROMPT), "Type a caption and press Enter.");
    row = centred(pane, row, ui_style(ui, ROLE_DIM),
                  "Esc leaves the prompt; then 3 shows the images, 4 the captions, ? all keys") +
          1;
    size_t step = catalog->captions / 6 + 1;
    for (size_t c = 0; catalog->caption && c < catalog->captions && row < pane.box.rows; c += step)
        row = centred(pane, row, ui_style(ui, ROLE_DIM), catalog->caption[c]);
}

void search_empty(const struct ui *ui, struct pane pane)
{
    if (!ui_query(ui)->number)
        welcome(ui, pane);
    else if (ui_awaits(ui, REQUEST_RANK))
        centred(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM), "Ranking …");
}

void search_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    if (!ui_selected(ui, VIEW_SEARCH, &item) || ui_side_const(ui)->ranked != ui_query(ui)->number)
        return;
    *out = (struct pair){true, search_place(ui, item)->index, ui_query(ui)->caption,
                         ui_query(ui)->number};
}

size_t search_thumb(const struct ui *ui, size_t item)
{
    return search_place(ui, item)->index;
}

/* ---- image to text: items are places of the ranking of captions ---------------------------------
 */

static const struct ranking *matches_ranking(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    return side->matches && side->matched == ui->subject + 1 ? side->matches : NULL;
}

size_t matches_total(const struct ui *ui)
{
    const struct ranking *ranking = matches_ranking(ui);
    return ranking ? ranking->count : 0;
}

static const char *caption_of(const struct catalog *catalog, size_t caption)
{
    return catalog->caption ? catalog->caption[caption] : "(only its word ids are known)";
}

void matches_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct place *place = &matches_ranking(ui)->places[item];
    str_addf(out, "%zu\t%.6f\t%s%s", item + 1, (double)place->score,
             caption_of(ui_catalog(ui), place->index), place->truth ? "\ttrue" : "");
}

void matches_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct ranking *ranking = matches_ranking(ui);
    const struct place *place = &ranking->places[item];
    char rank[32];
    snprintf(rank, sizeof rank, "%*zu", item_digits(ranking->count), item + 1);
    int col = pane_put(pane, 0, 0, item_style(ui, base, ROLE_STRONG), rank);
    col = pane_putf(pane, 0, col + 1, base, "%.4f ", (double)place->score);
    if (ui_compares(ui))
        col = moved(ui, pane, col, item, base) + 1;
    if (place->truth)
        pane_put(pane, 0, col, item_style(ui, base, ROLE_TRUTH), "✓");
    if (ui_marked(ui, place->index))
        pane_put(pane, 0, col + 1, item_style(ui, base, ROLE_KEY), "●");
    pane_fit(pane, 0, col + 2, pane.box.cols - col - 2,
             place->truth ? item_style(ui, base, ROLE_TRUTH) : base,
             caption_of(ui_catalog(ui), place->index));
}

void matches_empty(const struct ui *ui, struct pane pane)
{
    if (ui_awaits(ui, REQUEST_CAPTIONS))
        centred(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM), "Ranking the captions …");
}

void matches_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    const struct ranking *ranking = matches_ranking(ui);
    if (ranking && ui_selected(ui, VIEW_MATCHES, &item))
        *out = (struct pair){true, ui->subject, (ptrdiff_t)ranking->places[item].index, 0};
}

static void ask_caption(struct ui *ui, size_t caption)
{
    const struct catalog *catalog = ui_catalog(ui);
    update_query(ui, caption_of(catalog, caption), (ptrdiff_t)caption);
    update_view(ui, VIEW_SEARCH);
}

void matches_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    (void)effects;
    if (ui_selected(ui, VIEW_MATCHES, &item))
        ask_caption(ui, matches_ranking(ui)->places[item].index);
}

/* ---- the images --------------------------------------------------------------------------------
 */

size_t images_total(const struct ui *ui)
{
    return ui_catalog(ui)->images;
}

void images_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct catalog *catalog = ui_catalog(ui);
    str_add(out, catalog->id[item]);
    for (size_t i = 0; catalog->caption && i < catalog->per_image; i++) {
        size_t caption = item * catalog->per_image + i;
        if (caption < catalog->captions)
            str_addf(out, "\t%s", catalog->caption[caption]);
    }
}

void images_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    pane_fit(pane, 0, 0, pane.box.cols, item_style(ui, base, ROLE_DIM), ui_catalog(ui)->id[item]);
}

size_t images_thumb(const struct ui *ui, size_t item)
{
    (void)ui;
    return item;
}

void images_open(struct ui *ui, struct effects *effects)
{
    command_run(ui, "matches", effects);
}

/* ---- the split's captions ----------------------------------------------------------------------
 */

size_t captions_total(const struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    return catalog->caption ? catalog->captions : 0;
}

void captions_text(const struct ui *ui, size_t item, struct str *out)
{
    str_add(out, ui_catalog(ui)->caption[item]);
}

void captions_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    char number[32];
    snprintf(number, sizeof number, "%*zu", item_digits(captions_total(ui)), item);
    int col = pane_put(pane, 0, 0, item_style(ui, base, ROLE_DIM), number);
    if (ui_marked(ui, item))
        pane_put(pane, 0, col, item_style(ui, base, ROLE_KEY), "●");
    pane_fit(pane, 0, col + 2, pane.box.cols - col - 2, base, ui_catalog(ui)->caption[item]);
}

void captions_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    const struct catalog *catalog = ui_catalog(ui);
    if (!ui_selected(ui, VIEW_CAPTIONS, &item) || !catalog->per_image)
        return;
    size_t image = item / catalog->per_image;
    if (image < catalog->images)
        *out = (struct pair){true, image, (ptrdiff_t)item, 0};
}

void captions_arrange(struct ui *ui)
{
    const char *filter = ui->filters[VIEW_CAPTIONS];
    size_t total = captions_total(ui), count = 0;
    struct list *list = ui_list_of(ui, VIEW_CAPTIONS);
    if (!filter && !ui->marked_only) {
        list_keep_all(list);
        return;
    }
    size_t *kept = mem_new(total, sizeof *kept);
    for (size_t c = 0; c < total; c++)
        if ((!ui->marked_only || ui_marked(ui, c)) &&
            (!filter || text_has(ui_catalog(ui)->caption[c], filter)))
            kept[count++] = c;
    list_keep(list, kept, count);
}

void captions_empty(const struct ui *ui, struct pane pane)
{
    centred(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM),
            ui->marked_only ? "No marked caption here: * shows all" : "");
}

void captions_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    (void)effects;
    if (ui_selected(ui, VIEW_CAPTIONS, &item))
        ask_caption(ui, item);
}

/* ---- help: items are commands ------------------------------------------------------------------
 */

size_t help_total(const struct ui *ui)
{
    (void)ui;
    return ui_command_count;
}

void help_text(const struct ui *ui, size_t item, struct str *out)
{
    keymap_keys(ui->keymap, &ui_commands[item], out);
    str_addf(out, "\t%s\t%s", ui_commands[item].name, ui_commands[item].help);
}

void help_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct ui_command *command = &ui_commands[item];
    struct str keys = {0};
    int wide = pane.box.cols >= 70;
    keymap_keys(ui->keymap, command, &keys);
    int col = 0;
    if (wide)
        col = pane_fit(pane, 0, 0, 13, item_style(ui, base, ROLE_STRONG),
                       command->group ? command->group : "");
    col = pane_fit(pane, 0, col, 16, item_style(ui, base, ROLE_KEY), str_text(&keys));
    if (wide)
        col = pane_fit(pane, 0, col, 16, base, command->name);
    pane_fit(pane, 0, col, pane.box.cols - col, item_style(ui, base, ROLE_DIM), command->help);
    str_done(&keys);
}

/* Enter runs the selected command where one came from. */
void help_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    if (!ui_selected(ui, VIEW_HELP, &item))
        return;
    ui->view = ui->came_from;
    ui_commands[item].run(ui, "", effects);
}
