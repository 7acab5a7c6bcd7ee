/* Image to text: the items are places of the ranking of captions. */
#include "ui/views/view_private.h"

#include <stdio.h>

#include "ui/actions/query.h"

static const struct ranking *matches_ranking(const struct ui *ui)
{
    const struct side *side = ui_side_const(ui);
    return side->matches && side->matched == ui->subject + 1 ? side->matches : NULL;
}

static size_t matches_total(const struct ui *ui)
{
    const struct ranking *ranking = matches_ranking(ui);
    return ranking ? ranking->count : 0;
}

static const char *caption_of(const struct catalog *catalog, size_t caption)
{
    return catalog->caption ? catalog->caption[caption] : "(only its word ids are known)";
}

static void matches_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct place *place = &matches_ranking(ui)->places[item];
    str_addf(out, "%zu\t%.6f\t%s%s", item + 1, (double)place->score,
             caption_of(ui_catalog(ui), place->index), place->truth ? "\ttrue" : "");
}

static void matches_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    const struct ranking *ranking = matches_ranking(ui);
    const struct place *place = &ranking->places[item];
    char rank[32];
    snprintf(rank, sizeof rank, "%*zu", view_digits(ranking->count), item + 1);
    int col = pane_put(pane, 0, 0, view_style(ui, base, ROLE_STRONG), rank);
    col = pane_putf(pane, 0, col + 1, base, "%.4f ", (double)place->score);
    if (ui_compares(ui))
        col = view_moved(ui, pane, col, item, base) + 1;
    if (place->truth)
        pane_put(pane, 0, col, view_style(ui, base, ROLE_TRUTH), "✓");
    if (ui_marked(ui, place->index))
        pane_put(pane, 0, col + 1, view_style(ui, base, ROLE_KEY), "●");
    pane_fit(pane, 0, col + 2, pane.box.cols - col - 2,
             place->truth ? view_style(ui, base, ROLE_TRUTH) : base,
             caption_of(ui_catalog(ui), place->index));
}

static void matches_empty(const struct ui *ui, struct pane pane)
{
    if (ui_awaits(ui, REQUEST_CAPTIONS))
        view_centred(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM), "Ranking the captions …");
}

static void matches_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    const struct ranking *ranking = matches_ranking(ui);
    if (ranking && ui_selected(ui, VIEW_MATCHES, &item))
        *out = (struct pair){true, ui->subject, (ptrdiff_t)ranking->places[item].index, 0};
}

static void matches_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    (void)effects;
    if (ui_selected(ui, VIEW_MATCHES, &item))
        query_ask_caption(ui, matches_ranking(ui)->places[item].index);
}

const struct view_ops view_matches = {.name = "matches",
                                      .title = "Image→text",
                                      .mode = MODE_MATCHES,
                                      .total = matches_total,
                                      .text = matches_text,
                                      .draw = matches_draw,
                                      .empty = matches_empty,
                                      .pair = matches_pair,
                                      .open = matches_open};
