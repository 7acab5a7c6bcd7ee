/* answers.h: the handlers of the worker's events; part of update.c. */
#ifndef UI_ACTIONS_ANSWERS_H
#define UI_ACTIONS_ANSWERS_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

void answer_opened(struct ui *ui, struct event *event, struct effects *effects);
void answer_progress(struct ui *ui, struct event *event, struct effects *effects);
void answer_ranked(struct ui *ui, struct event *event, struct effects *effects);
void answer_looked(struct ui *ui, struct event *event, struct effects *effects);
void answer_picture(struct ui *ui, struct event *event, struct effects *effects);
void answer_thumb(struct ui *ui, struct event *event, struct effects *effects);
void answer_nothing(struct ui *ui, struct event *event, struct effects *effects);
void answer_exported(struct ui *ui, struct event *event, struct effects *effects);
void answer_surveyed(struct ui *ui, struct event *event, struct effects *effects);
void answer_failed(struct ui *ui, struct event *event, struct effects *effects);

/* Two pairs of the same caption. */
bool answer_same_caption(const struct pair *a, const struct pair *b);

/* The word that is selected when a look at a new caption comes. */
ptrdiff_t answer_first_word(struct ui *ui, const struct look *look);

void answer_files(struct ui *ui, struct event *event, struct effects *effects);
void answer_recent(struct ui *ui, struct event *event, struct effects *effects);
void answer_fit(struct ui *ui, struct event *event, struct effects *effects);

#endif
