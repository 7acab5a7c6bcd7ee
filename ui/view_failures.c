/* Every caption of the split with the rank of its image: the list of what the model gets wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/update.h"
#include "ui/view_items.h"

size_t failures_total(const struct ui *ui)
{
    return ui_catalog(ui)->captions;
}

static const char *caption_of(const struct ui *ui, size_t caption)
{
    const struct catalog *catalog = ui_catalog(ui);
    return catalog->caption ? catalog->caption[caption] : "";
}

static int in_order(const struct ui *ui, size_t a, size_t b)
{
    const size_t *ranks = ui_survey(ui)->ranks;
    int by_text = ui->sort == SORT_TEXT ? strcmp(caption_of(ui, a), caption_of(ui, b)) : 0;
    if (by_text)
        return by_text;
    if (ui->sort == SORT_WORST && ranks[a] != ranks[b])
        return ranks[a] > ranks[b] ? -1 : 1;
    if (ui->sort == SORT_BEST && ranks[a] != ranks[b])
        return ranks[a] < ranks[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int compare(const void *a, const void *b, void *ui)
{
    return in_order(ui, *(const size_t *)a, *(const size_t *)b);
}

void failures_arrange(struct ui *ui)
{
    const struct survey *survey = ui_survey(ui);
    const char *filter = ui->filters[VIEW_FAILURES];
    size_t *kept = mem_new(survey->done + 1, sizeof *kept), count = 0;
    for (size_t c = 0; c < survey->done; c++)
        if (survey->ranks[c] >= ui->worse_than && (!filter || strcasestr(caption_of(ui, c), filter)))
            kept[count++] = c;
    qsort_r(kept, count, sizeof *kept, compare, ui);
    struct list *list = ui_list_of(ui, VIEW_FAILURES);
    bool at_first = list->selected == 0; /* who has not moved wants the worst, whatever comes in */
    list_keep(list, kept, count);
    if (at_first)
        list_select(list, 0);
}

void failures_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct survey *survey = ui_survey(ui);
    const struct catalog *catalog = ui_catalog(ui);
    str_addf(out, "%zu\t%s\t%s\t%s", survey->ranks[item] + 1, caption_of(ui, item),
             catalog->id[item / catalog->per_image], catalog->id[survey->best[item]]);
}

void failures_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    char rank[32];
    snprintf(rank, sizeof rank, "%*zu", item_digits(ui_catalog(ui)->images),
             ui_survey(ui)->ranks[item] + 1);
    int col = pane_put(pane, 0, 0, item_style(ui, base, ROLE_STRONG), rank) + 1;
    if (ui_marked(ui, item))
        pane_put(pane, 0, col, item_style(ui, base, ROLE_KEY), "●");
    pane_fit(pane, 0, col + 2, pane.box.cols - col - 2, base, caption_of(ui, item));
}

void failures_empty(const struct ui *ui, struct pane pane)
{
    const struct survey *survey = ui_survey(ui);
    const char *text = survey->done < survey->total ? "Ranking every caption …"
                       : ui->filters[VIEW_FAILURES]  ? "No failure has this text: & with nothing shows all"
                                                     : "No caption has its image at such a rank";
    view_wrap(pane, pane.box.rows / 2, 2, pane.box.cols - 4, 2, ui_style(ui, ROLE_DIM), text);
}

void failures_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    const struct survey *survey = ui_survey(ui);
    if (!ui_selected(ui, VIEW_FAILURES, &item) || item >= survey->done)
        return;
    size_t image = ui->wrong ? survey->best[item] : item / ui_catalog(ui)->per_image;
    *out = (struct pair){true, image, (ptrdiff_t)item, 0};
}

void failures_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    (void)effects;
    if (!ui_selected(ui, VIEW_FAILURES, &item))
        return;
    update_query(ui, caption_of(ui, item), (ptrdiff_t)item);
    update_view(ui, VIEW_SEARCH);
}

int failures_summary(const struct ui *ui, struct pane pane, int col)
{
    static const size_t tops[] = {1, 5, 10};
    const struct survey *survey = ui_survey(ui);
    struct style dim = ui_style(ui, ROLE_DIM);
    for (size_t t = 0; survey->done && t < sizeof tops / sizeof *tops; t++) {
        size_t hits = 0;
        for (size_t c = 0; c < survey->done; c++)
            hits += survey->ranks[c] < tops[t];
        col = pane_putf(pane, 0, col, dim, "R@%zu ", tops[t]);
        col = pane_putf(pane, 0, col, ui_style(ui, ROLE_TEXT), "%.1f  ",
                        100.0 * (double)hits / (double)survey->done);
    }
    if (survey->done < survey->total)
        col = pane_putf(pane, 0, col, dim, "(%zu of %zu ranked)", survey->done, survey->total);
    return col;
}
