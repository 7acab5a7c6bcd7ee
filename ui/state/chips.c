#include "ui/state/chips.h"

#include "ui/screen/grapheme.h"

static int chip_width(const char *word)
{
    int columns = grapheme_columns(word);
    return (columns > 5 ? columns : 5) + 2;
}

void chip_next(const struct ask_words *words, size_t word, int cols, struct chip *chip)
{
    int width = chip_width(words->text[word]);
    if (word > 0)
        chip->col += chip->width + 1;
    if (word > 0 && chip->col + width > cols) {
        chip->line++;
        chip->col = 0;
    }
    chip->width = width > cols ? cols : width;
}

int chip_lines(const struct ask_words *words, int cols)
{
    struct chip chip = {0};
    for (size_t w = 0; w < words->count; w++)
        chip_next(words, w, cols, &chip);
    return chip.line + 1;
}

int chip_top(const struct ui *ui, int cols, int lines)
{
    const struct ask_words *words = ui_words(ui);
    struct chip chip = {0};
    if (!words || ui->word < 0)
        return 0;
    for (size_t w = 0; w <= (size_t)ui->word && w < words->count; w++)
        chip_next(words, w, cols, &chip);
    return chip.line >= lines ? chip.line - lines + 1 : 0;
}
