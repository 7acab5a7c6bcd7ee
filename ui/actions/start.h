/* start.h: the start screen: the sessions of before, what is chosen for opening, the file browser.
 * Its part of the update; pure as all of it: folders and sessions come as events. */
#ifndef UI_ACTIONS_START_H
#define UI_ACTIONS_START_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* The rows of the form. Those from START_FEATURES on are shown only where something is chosen for
 * them: the command line or a session of before did. */
enum start_field {
    START_MODEL,
    START_SECOND,
    START_DATA,
    START_SPLIT,
    START_PHOTOS,
    START_VOCAB,
    START_FEATURES,
    START_CAPTIONS,
    START_TOKENS,
    START_MAPPING,
    START_FIELDS,
};

enum start_kind { START_FILE, START_FOLDER, START_CHOICE };

struct start_field_info {
    const char *label;
    const char *unset; /* what stands in its place while nothing is chosen */
    enum source_field source;
    enum start_kind kind;
};
extern const struct start_field_info start_fields[START_FIELDS];

/* What a row of the start screen is. */
enum start_row_kind { START_RECENT, START_ROW, START_LOAD };
struct start_row {
    enum start_row_kind kind;
    size_t index; /* of the recent session, or the field */
};
struct start_row start_row(const struct ui *ui, size_t item);
size_t start_rows(const struct ui *ui);

/* What is chosen for a field; "" where nothing is. */
const char *start_value(const struct ui *ui, enum start_field field);
void start_set(struct ui *ui, enum start_field field, const char *text);
void start_set_path(struct ui *ui, enum start_field field,
                    const char *text);    /* ~ and relative paths made whole */
size_t start_models(const struct ui *ui); /* that are chosen: up to MODELS */

/* Rows of the file browser: the folder above, where a folder is wanted this one, then the entries.
 */
enum files_row_kind { FILES_PARENT, FILES_THIS, FILES_ENTRY };
enum files_row_kind files_row(const struct ui *ui, size_t item, size_t *entry_out);

void start_enter(struct ui *ui); /* shows it; the sessions are asked for anew */
void start_browse(struct ui *ui, enum start_field field);
void start_folder(struct ui *ui, const char *folder); /* the browser goes there */
void start_typed(struct ui *ui, const char *text); /* a path is being typed: the browser follows */
void start_take(struct ui *ui, const char *text);  /* it is the field's */
void start_load(struct ui *ui, struct effects *effects);
void start_restore(struct ui *ui, size_t recent, struct effects *effects);

/* Back from an opening that came to nothing. */
void start_return(struct ui *ui, const char *why, struct effects *effects);

void start_want(struct ui *ui, struct effects *effects);

#endif
