/* Text to image: the items are places of the ranking. */
#include "ui/views/view_private.h"

#include <stdio.h>
#include <string.h>

static const char matrix_only[] = "A matrix only has scores of the split's captions: 4 lists them.";

static size_t search_total(const struct ui *ui)
{
    const struct ranking *ranking = ui_side_const(ui)->ranking;
    return ranking ? ranking->count : 0;
}

static const struct place *search_place(const struct ui *ui, size_t item)
{
    return &ui_side_const(ui)->ranking->places[item];
}

/* An image's first caption; "" if there is none. */
static const char *first_caption(const struct catalog *catalog, size_t image)
{
    const struct caption_map *map = &catalog->map;
    return catalog->caption && caption_map_count(map, image) > 0
               ? catalog->caption[caption_map_nth(map, image, 0)]
               : "";
}

static void search_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct place *place = search_place(ui, item);
    const struct catalog *catalog = ui_catalog(ui);
    str_addf(out, "%zu\t%.6f\t%s%s\t%s", item + 1, (double)place->score, catalog->id[place->index],
             place->truth ? "\ttrue" : "", first_caption(catalog, place->index));
}

static void place_line(const struct ui *ui, struct pane pane, size_t item,
                       const struct place *place, size_t count, struct style base, const char *name)
{
    char rank[32];
    snprintf(rank, sizeof rank, "%*zu", view_digits(count), item + 1);
    int col = pane_put(pane, 0, 0, view_style(ui, base, ROLE_STRONG), rank);
    col = pane_putf(pane, 0, col + 2, base, "%.4f", (double)place->score);
    if (ui_compares(ui))
        col = view_moved(ui, pane, col + 1, item, base);
    if (place->truth)
        col = pane_put(pane, 0, col + 1, view_style(ui, base, ROLE_TRUTH),
                       pane.box.rows > 1 ? "✓ true" : "✓");
    if (name)
        pane_fit(pane, 0, col + (place->truth ? 1 : 3),
                 pane.box.cols - col - (place->truth ? 1 : 3), view_style(ui, base, ROLE_DIM),
                 name);
}

static void tile_line(const struct ui *ui, struct pane pane, size_t item, const struct place *place,
                      struct style base)
{
    int col = pane_putf(pane, 0, 0, base, "%zu", item + 1);
    col = pane_putf(pane, 0, col + 1, view_style(ui, base, ROLE_DIM), "%.3f", (double)place->score);
    if (place->truth)
        pane_put(pane, 0, col + 1, view_style(ui, base, ROLE_TRUTH), "✓");
}

static void search_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
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
    pane_fit(pane, 1, 0, pane.box.cols, view_style(ui, base, ROLE_DIM), id);
    view_wrap(pane, 2, 0, pane.box.cols, pane.box.rows - 2, view_style(ui, base, ROLE_DIM),
              first_caption(catalog, place->index));
}

/* In as many lines as it takes, so that nothing is cut, where there is room for them. */
static int centred_lines(struct pane pane, int row, struct style style, const char *text)
{
    if (pane.box.rows <= 14)
        return view_centred(pane, row, style, text);
    while (*text && pane.box.cols > 0) {
        char line[512];
        size_t cut = grapheme_line(text, pane.box.cols);
        snprintf(line, sizeof line, "%.*s", (int)(cut < sizeof line ? cut : sizeof line - 1), text);
        row = view_centred(pane, row, style, line);
        text += cut;
        text += strspn(text, " ");
    }
    return row;
}

static void welcome(const struct ui *ui, struct pane pane)
{
    const struct catalog *catalog = ui_catalog(ui);
    char line[512];
    int row = pane.box.rows > 14 ? pane.box.rows / 2 - 7 : 0;
    row = view_centred(pane, row, ui_style(ui, ROLE_STRONG), "scanscope") + 1;
    snprintf(line, sizeof line, "%s · %s", catalog->model, catalog->variant);
    row = view_centred(pane, row, ui_style(ui, ROLE_TEXT), line);
    snprintf(line, sizeof line, "%s: %zu images of %s%zu region%s, %zu captions", catalog->data,
             catalog->images, catalog->region_count ? "up to " : "", catalog->regions,
             catalog->regions == 1 ? "" : "s", catalog->captions);
    row = centred_lines(pane, row, ui_style(ui, ROLE_DIM), line);
    if (catalog->unknown)
        row = centred_lines(pane, row, ui_style(ui, ROLE_DIM), catalog->unknown);
    row++;
    row = centred_lines(pane, row, ui_style(ui, ROLE_PROMPT),
                        ui_catalog(ui)->scores_only ? matrix_only
                                                    : "Type a caption and press Enter.");
    row = centred_lines(
              pane, row, ui_style(ui, ROLE_DIM),
              "Esc leaves the prompt; then 3 shows the images, 4 the captions, ? all keys") +
          1;
    size_t step = catalog->captions / 6 + 1;
    for (size_t c = 0; catalog->caption && c < catalog->captions && row < pane.box.rows; c += step)
        row = view_centred(pane, row, ui_style(ui, ROLE_DIM), catalog->caption[c]);
}

static void search_empty(const struct ui *ui, struct pane pane)
{
    if (!ui_query(ui)->number)
        welcome(ui, pane);
    else if (ui_awaits(ui, REQUEST_RANK))
        view_centred(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM), "Ranking …");
    else if (ui_catalog(ui)->scores_only)
        centred_lines(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM), matrix_only);
    else
        centred_lines(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM),
                      "This caption is not ranked.");
}

static void search_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    if (!ui_selected(ui, VIEW_SEARCH, &item) || ui_side_const(ui)->ranked != ui_query(ui)->number)
        return;
    *out = (struct pair){true, search_place(ui, item)->index, ui_query(ui)->caption,
                         ui_query(ui)->number};
}

static size_t search_thumb(const struct ui *ui, size_t item)
{
    return search_place(ui, item)->index;
}

const struct view_ops view_search = {.name = "search",
                                     .title = "Text→image",
                                     .mode = MODE_SEARCH,
                                     .total = search_total,
                                     .text = search_text,
                                     .draw = search_draw,
                                     .empty = search_empty,
                                     .pair = search_pair,
                                     .thumb = search_thumb};
