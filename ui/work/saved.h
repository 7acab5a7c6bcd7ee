/* saved.h: a session file (JSON), for reading: models and data, query, position, appearance, marks.
 * ui/actions/session.h applies it and writes it. */
#ifndef UI_WORK_SAVED_H
#define UI_WORK_SAVED_H

#include "base/error.h"
#include "ui/work/request.h"
#include "ui/work/source.h"

struct saved;

/* Reads a session; *out is the caller's to saved_free. Errors: missing, not JSON, not a session of
 * scanscope explore. */
int saved_load(const char *path, struct saved **out, struct error *err) MUST_USE;

/* Frees it; NULL is fine. */
void saved_free(struct saved *saved);

/* Fills `out` with its models and data and returns how many there are; each is the caller's to
 * source_done. */
size_t saved_sources(const struct saved *saved, struct source out[MODELS]);

/* Whether it is a session on these models and data. */
bool saved_is_of(const struct saved *saved, const struct source *sources, size_t count);

/* The text under a key; NULL if absent or not a text. Borrowed until saved_free. */
const char *saved_string(const struct saved *saved, const char *key);

/* The integer under a key; `otherwise` if absent or not an integer. */
ptrdiff_t saved_number(const struct saved *saved, const char *key, ptrdiff_t otherwise);

/* Whether there is a true under a key. */
bool saved_flag(const struct saved *saved, const char *key);

/* The integers of the array under a key that are not negative: fills *out, the caller's to free,
 * and returns how many there are. */
size_t saved_numbers(const struct saved *saved, const char *key, size_t **out);

#endif
