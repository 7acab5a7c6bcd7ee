/* words.h: the selected word and the pins of captions that were looked at before. */
#ifndef UI_ACTIONS_WORDS_H
#define UI_ACTIONS_WORDS_H

#include "ui/state/state.h"

/* Remembers the word and the pins of ui->word_of, and selects none. The oldest of WORDS_KEPT is
 * forgotten. */
void words_keep(struct ui *ui);

/* Remembers a word and pins (taken over) for a caption that is to be looked at. */
void words_remember(struct ui *ui, const struct pair *caption, ptrdiff_t word, bool *pins,
                    size_t pin_count);

/* Selects what was remembered of ui->word_of, a caption of `count` words; false if nothing is. */
bool words_recall(struct ui *ui, size_t count);

#endif
