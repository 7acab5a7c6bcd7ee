/* word_units.h: the numbers below the words of a pair, and what they are. A line says so of
 * all models but those that pool words or regions, as SCAN, and of those beside another kind. */
#ifndef UI_STATE_WORD_UNITS_H
#define UI_STATE_WORD_UNITS_H

#include "ui/state/state.h"

/* A word's number: its similarity; if a region is selected, the weight between the two; without
 * attention, what the word adds to the score. False if it is not known. */
bool word_units_number(const struct ui *ui, const struct look *look, size_t word, float *out);

/* Fills how warm a word is, 0 .. 1. */
float word_units_heat(const struct ui *ui, const struct look *look, size_t word);

/* The line; NULL if there is nothing to explain. The caller's to free. */
char *word_units_text(const struct ui *ui);

/* How many rows of `cols` it takes. */
int word_units_rows(const struct ui *ui, int cols);

/* Whether each word has a weight of its own in the score. */
bool word_units_weighted(const struct ui *ui);

#endif
