/* query.h: asking: what the rankings are of. */
#ifndef UI_ACTIONS_QUERY_H
#define UI_ACTIONS_QUERY_H

#include "ui/state/state.h"

/* Makes `text` the query of the side, or of both if they go together; caption: the split's index,
 * or -1. */
void query_ask(struct ui *ui, const char *text, ptrdiff_t caption);

/* Asks a caption of the split and shows its ranking. */
void query_ask_caption(struct ui *ui, size_t caption);

/* Asks the pair's caption with `with` in place of the selected word ("": without it). Nothing if no
 * word is selected. */
void query_replace_word(struct ui *ui, const char *with);

/* Gives the other side this one's query and model, to keep beside the queries that follow. */
void query_keep(struct ui *ui);

#endif
