#include "ui/state/start_form.h"

#include "ui/work/recent.h"

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
};

const char *start_value(const struct ui *ui, enum start_field field)
{
    const struct source *form = &ui->start.form[field == START_SECOND];
    const char *value = form->of[start_fields[field].source];
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
    return field < START_FEATURES || *start_value(ui, (enum start_field)field);
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
