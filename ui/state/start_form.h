/* start_form.h: the rows of the start screen (recent sessions, what is chosen for opening) and of
 * its file browser. */
#ifndef UI_STATE_START_FORM_H
#define UI_STATE_START_FORM_H

#include "ui/state/state.h"

/* The rows of the form. Those from START_FEATURES on are shown only if something is chosen for
 * them, by the command line or by a recent session; options also if a model does not say them. */
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
    START_OPTION, /* and on: what a model does not say, by model_given_name */
    START_ASSUME = START_OPTION + MODEL_GIVEN,
    START_FIELDS,
};

/* Whether a field is one of those from START_OPTION on; whether the user was asked for it, since
 * this model does not say it. */
bool start_is_option(enum start_field field);
bool start_asked(const struct ui *ui, enum start_field field, int model);

enum start_kind { START_FILE, START_FOLDER, START_CHOICE };

struct start_field_info {
    const char *label;
    const char *unset; /* shown while nothing is chosen */
    enum source_field source;
    enum start_kind kind;
};
extern const struct start_field_info start_fields[START_FIELDS];

/* What is chosen for a field; "" if nothing is. Borrowed. */
const char *start_value(const struct ui *ui, enum start_field field);

/* How many models are chosen: up to MODELS. */
size_t start_models(const struct ui *ui);

/* Whether data are chosen: a folder, or features. */
bool start_has_data(const struct ui *ui);

/* What a row of the start screen is; how many there are. */
enum start_row_kind { START_RECENT, START_ROW, START_LOAD };
struct start_row {
    enum start_row_kind kind;
    size_t index; /* of the recent session, or the field */
};
struct start_row start_row(const struct ui *ui, size_t item);
size_t start_rows(const struct ui *ui);

/* What a row of the file browser is: the parent folder, then this folder if a folder is to be
 * chosen, then the entries (*entry_out: the index). How many there are. */
enum start_file_kind { START_FILE_PARENT, START_FILE_THIS, START_FILE_ENTRY };
enum start_file_kind start_file(const struct ui *ui, size_t item, size_t *entry_out);
size_t start_files(const struct ui *ui);

#endif
