#include "ui/actions/words.h"

#include <stdlib.h>

/* Where a caption is remembered; the next place if it is not. */
static struct word_memory *place_of(struct ui *ui, const struct pair *caption)
{
    for (size_t i = 0; i < WORDS_KEPT; i++)
        if (ui->words_kept[i].of.set && pair_same_caption(&ui->words_kept[i].of, caption))
            return &ui->words_kept[i];
    return &ui->words_kept[ui->words_next];
}

void words_remember(struct ui *ui, const struct pair *caption, ptrdiff_t word, bool *pins,
                    size_t pin_count)
{
    struct word_memory *place = place_of(ui, caption);
    if (place == &ui->words_kept[ui->words_next])
        ui->words_next = (ui->words_next + 1) % WORDS_KEPT;
    free(place->pins);
    *place = (struct word_memory){*caption, word, pins, pin_count};
}

void words_keep(struct ui *ui)
{
    if (ui->word_of.set)
        words_remember(ui, &ui->word_of, ui->word, ui->pins, ui->pin_count);
    else
        free(ui->pins);
    ui->pins = NULL;
    ui->pin_count = 0;
    ui->word = -1;
    ui->word_of = (struct pair){0};
}

bool words_recall(struct ui *ui, size_t count)
{
    struct word_memory *place = place_of(ui, &ui->word_of);
    if (!place->of.set || !pair_same_caption(&place->of, &ui->word_of) ||
        place->word >= (ptrdiff_t)count || place->pin_count > count)
        return false;
    ui->word = place->word;
    free(ui->pins);
    ui->pins = place->pins;
    ui->pin_count = place->pin_count;
    *place = (struct word_memory){0};
    return true;
}
