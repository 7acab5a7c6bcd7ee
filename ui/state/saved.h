/* saved.h: a session as a file (JSON): which model and data, what was asked, where one was, how it
 * looked, what was marked. Written when the explorer is left, read when it comes back. */
#ifndef UI_STATE_SAVED_H
#define UI_STATE_SAVED_H

#include "base/error.h"
#include "ui/state/state.h"
#include "ui/work/source.h"

struct saved;

/* Errors: missing, not JSON, not a session of ours. */
int saved_load(const char *path, struct saved **out, struct error *err) MUST_USE;
void saved_free(struct saved *saved);

/* The models and data that it is of: how many, into `out`, which the caller frees by source_done.
 */
size_t saved_sources(const struct saved *saved, struct source out[MODELS]);

/* What was asked last; NULL where nothing was. Belongs to `saved`. */
const char *saved_query(const struct saved *saved);

/* True where it is of these models and data. */
bool saved_is_of(const struct saved *saved, const struct source *sources, size_t count);

/* Puts the looks back; with `all`, what was asked, where one was and what was marked too. Before
 * the models are open. */
void saved_apply(const struct saved *saved, bool all, struct ui *ui);

/* The session as it is, as the text of a file; the caller's to free. */
char *saved_text(const struct ui *ui);

#endif
