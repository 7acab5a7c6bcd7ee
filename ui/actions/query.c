#include "ui/actions/query.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

static void ask_side(struct ui *ui, int side, const char *text, ptrdiff_t caption)
{
    struct ui_query *query = &ui->sides[side].query;
    mem_replace(&query->text, text);
    query->caption = caption;
    query->number = ui->queries;
    list_keep_all(&ui->sides[side].lists[VIEW_SEARCH]);
}

void query_ask(struct ui *ui, const char *text, ptrdiff_t caption)
{
    char *copy = mem_strdup(text); /* it may be one that is replaced */
    ui->queries++;
    for (int side = 0; side < SIDES; side++)
        if (side == ui->side || ui->together)
            ask_side(ui, side, copy, caption);
    free(copy);
    mem_replace(&ui->filters[VIEW_SEARCH], NULL); /* the rows mean something else now */
    list_keep_all(ui_list_of(ui, VIEW_SEARCH));
    list_select(ui_list_of(ui, VIEW_SEARCH), 0);
}

void query_ask_caption(struct ui *ui, size_t caption)
{
    query_ask(ui, ui_split_caption(ui, caption), (ptrdiff_t)caption);
    ui_go_to(ui, VIEW_SEARCH);
}

void query_keep(struct ui *ui)
{
    const struct side *from = ui_side(ui);
    struct side *to = &ui->sides[!ui->side];
    mem_replace(&to->query.text, from->query.text);
    to->query.number = from->query.number;
    to->query.caption = from->query.caption;
    to->model = from->model;
    ui->together = false;
    ui->shown = SIDES;
}

void query_replace_word(struct ui *ui, const char *with)
{
    const struct ask_words *words = ui_words(ui);
    struct str text = {0};
    ptrdiff_t word = ui->word;
    if (!words || word < 0 || (size_t)word >= words->count)
        return;
    for (size_t w = 0; w < words->count; w++) {
        const char *piece = (ptrdiff_t)w == word ? with : words->text[w];
        str_addf(&text, "%s%s", text.length && *piece ? " " : "", piece);
    }
    if (ui->view != VIEW_SEARCH) { /* a caption of the split becomes a query first */
        struct pair pair = ui_pair(ui);
        query_ask(ui, ui_caption_text(ui, &pair), pair.caption);
        ui_go_to(ui, VIEW_SEARCH);
    }
    if (ui->models == 1)
        query_keep(ui);
    query_ask(ui, str_text(&text), -1);
    ui->word_next = word;
    str_done(&text);
}
