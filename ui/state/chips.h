/* chips.h: the words of a caption as a strip of chips: where each is, for drawing and for the
 * mouse.
 */
#ifndef UI_STATE_CHIPS_H
#define UI_STATE_CHIPS_H

#include "ui/state/state.h"

struct chip {
    int line, col, width;
};

/* Moves on to the chip of `word` in a strip of `cols` columns; the words in order, from a zeroed
 * chip. */
void chip_next(const struct ask_words *words, size_t word, int cols, struct chip *chip);

/* The lines that the chips take. */
int chip_lines(const struct ask_words *words, int cols);

/* The first line shown if only `lines` fit: the selected word is among them. */
int chip_top(const struct ui *ui, int cols, int lines);

#endif
