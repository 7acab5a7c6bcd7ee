#include "ui/state/start_form.h"

#include "ui/work/recent.h"

#define FIELD(context, name, label, need)                                                          \
    [START_OPTION + MODEL_GIVEN_##                                                                 \
        name] = {label, NULL, SOURCE_GIVEN + MODEL_GIVEN_##name, START_CHOICE},

const struct start_field_info start_fields[START_FIELDS] = {
    [START_MODEL] = {"Model", "choose a checkpoint", SOURCE_MODEL, START_FILE},
    [START_SECOND] = {"2nd model", "none: one model is shown", SOURCE_MODEL, START_FILE},
    [START_DATA] = {"Data", "choose a folder of features", SOURCE_DATA, START_FOLDER},
    [START_SPLIT] = {"Split", "of the data folder", SOURCE_SPLIT, START_CHOICE},
    [START_PHOTOS] = {"Photos", "as the data folder says", SOURCE_PHOTOS, START_FOLDER},
    [START_VOCAB] = {"Vocabulary", "as the data folder or the model says", SOURCE_VOCAB,
                     START_FILE},
    [START_FEATURES] = {"Features", "", SOURCE_FEATURES, START_FILE},
    [START_CAPTIONS] = {"Captions", "", SOURCE_CAPTIONS, START_FILE},
    [START_TOKENS] = {"Token ids", "", SOURCE_TOKENS, START_FILE},
    [START_MAPPING] = {"Id mapping", "", SOURCE_MAPPING, START_FILE},
    MODEL_GIVEN_ROWS(FIELD, )[START_ASSUME] = {"Defaults", NULL, SOURCE_ASSUME, START_CHOICE},
};

bool start_is_option(enum start_field field)
{
    return field >= START_OPTION && field < START_FIELDS;
}

bool start_asked(const struct ui *ui, enum start_field field, int model)
{
    const struct fitness *fitness = ui->start.fitness;
    unsigned unsaid = fitness ? fitness->unsaid[model] : 0;
    return field == START_ASSUME ? unsaid != 0 : unsaid >> (field - START_OPTION) & 1;
}

const char *start_value(const struct ui *ui, enum start_field field)
{
    const struct source *form = &ui->start.form[field == START_SECOND];
    const char *value = form->of[start_fields[field].source];
    if (!value && start_is_option(field))
        value = ui->start.form[1].of[start_fields[field].source];
    return value ? value : "";
}

size_t start_models(const struct ui *ui)
{
    return *start_value(ui, START_MODEL) ? *start_value(ui, START_SECOND) ? MODELS : 1 : 0;
}

bool start_has_data(const struct ui *ui)
{
    return *start_value(ui, START_DATA) || *start_value(ui, START_FEATURES);
}

static bool field_shown(const struct ui *ui, size_t field)
{
    enum start_field f = (enum start_field)field;
    return f < START_FEATURES || *start_value(ui, f) ||
           (start_is_option(f) && (start_asked(ui, f, 0) || start_asked(ui, f, 1)));
}

size_t start_rows(const struct ui *ui)
{
    size_t count = ui->start.recents ? ui->start.recents->count : 0;
    for (size_t field = 0; field < START_FIELDS; field++)
        count += field_shown(ui, field);
    return count + 1;
}

struct start_row start_row(const struct ui *ui, size_t item)
{
    size_t recents = ui->start.recents ? ui->start.recents->count : 0;
    if (item < recents)
        return (struct start_row){START_RECENT, item};
    item -= recents;
    for (size_t field = 0; field < START_FIELDS; field++)
        if (field_shown(ui, field) && item-- == 0)
            return (struct start_row){START_ROW, field};
    return (struct start_row){START_LOAD, 0};
}

/* Rows of the browser before the entries. */
static size_t rows_before(const struct ui *ui)
{
    return start_fields[ui->start.field].kind == START_FOLDER ? 2 : 1;
}

enum start_file_kind start_file(const struct ui *ui, size_t item, size_t *entry_out)
{
    size_t before = rows_before(ui);
    *entry_out = item < before ? 0 : item - before;
    return item == 0 ? START_FILE_PARENT : item < before ? START_FILE_THIS : START_FILE_ENTRY;
}

size_t start_files(const struct ui *ui)
{
    return ui->start.files ? rows_before(ui) + ui->start.files->count : 0;
}
