#include "ui/actions/start.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "ui/actions/answers.h"
#include "ui/actions/update.h"
#include "ui/state/recent.h"
#include "ui/views/views.h"

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

/* ---- the form -----------------------------------------------------------------------------------
 */

const char *start_value(const struct ui *ui, enum start_field field)
{
    const struct source *form = &ui->start.form[field == START_SECOND];
    const char *value = form->of[start_fields[field].source];
    return value ? value : "";
}

/* All but the model is the same for both. */
void start_set(struct ui *ui, enum start_field field, const char *text)
{
    for (int model = 0; model < MODELS; model++) {
        bool its = field == START_SECOND ? model == 1 : field != START_MODEL || model == 0;
        if (its)
            source_set(&ui->start.form[model], start_fields[field].source, text);
    }
    ui->start.changes++;
    mem_replace(&ui->start.why, NULL);
}

size_t start_models(const struct ui *ui)
{
    return *start_value(ui, START_MODEL) ? *start_value(ui, START_SECOND) ? MODELS : 1 : 0;
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

/* ---- what it wants of the worker
 * ------------------------------------------------------------------ */

void start_enter(struct ui *ui)
{
    ui->start.known = true;
    recents_free(ui->start.recents);
    ui->start.recents = NULL;
    if (ui->view != VIEW_START)
        update_view(ui, VIEW_START);
}

static void want_fit(struct ui *ui, struct effects *effects)
{
    struct start *start = &ui->start;
    if (start->fitted == start->changes)
        return;
    start->fitted = start->changes;
    struct request *request = update_request(ui, 0, REQUEST_FIT, effects);
    request->source_count = *start_value(ui, START_SECOND) ? MODELS : 1;
    request->sources = mem_new(request->source_count, sizeof *request->sources);
    for (size_t i = 0; i < request->source_count; i++)
        source_copy(&request->sources[i], &start->form[i]);
}

static void want_files(struct ui *ui, struct effects *effects)
{
    struct start *start = &ui->start;
    if (!start->folder || (start->listed && !strcmp(start->listed, start->folder)))
        return;
    mem_replace(&start->listed, start->folder);
    update_request(ui, 0, REQUEST_FILES, effects)->path = mem_strdup(start->folder);
}

void start_want(struct ui *ui, struct effects *effects)
{
    if (ui->view == VIEW_START && !ui->start.recents && !ui->sides[0].awaited[REQUEST_RECENT])
        update_request(ui, 0, REQUEST_RECENT, effects);
    if (ui->view == VIEW_START)
        want_fit(ui, effects);
    if (ui->view == VIEW_FILES)
        want_files(ui, effects);
}

void answer_recent(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    recents_free(ui->start.recents);
    ui->start.recents = event->recents;
    event->recents = NULL;
    list_keep_all(&ui->lists[VIEW_START]);
    list_select(&ui->lists[VIEW_START], 0);
}

/* The split that is evaluated as a rule; failing that the first. */
static void choose_split(struct ui *ui, const char *splits)
{
    static const char *const liked[] = {"test", "testall", "dev"};
    char *first = mem_strndup(splits, strcspn(splits, ", "));
    const char *best = first;
    for (size_t i = COUNTOF(liked); i-- > 0;) {
        const char *at = strstr(splits, liked[i]);
        size_t n = strlen(liked[i]);
        bool whole = at && (at == splits || at[-1] == ' ') && (!at[n] || at[n] == ',');
        best = whole ? liked[i] : best;
    }
    if (*best)
        start_set(ui, START_SPLIT, best);
    free(first);
}

void answer_fit(struct ui *ui, struct event *event, struct effects *effects)
{
    (void)effects;
    fitness_free(ui->start.fitness);
    ui->start.fitness = event->fitness;
    event->fitness = NULL;
    const char *splits = ui->start.fitness->splits;
    if (splits && !*start_value(ui, START_SPLIT))
        choose_split(ui, splits);
}

/* ---- the file browser
 * ----------------------------------------------------------------------------- */

static bool folder_wanted(const struct ui *ui)
{
    return start_fields[ui->start.field].kind == START_FOLDER;
}

enum files_row_kind files_row(const struct ui *ui, size_t item, size_t *entry_out)
{
    *entry_out = 0;
    if (item == 0)
        return FILES_PARENT;
    if (folder_wanted(ui) && item == 1)
        return FILES_THIS;
    *entry_out = item - 1 - folder_wanted(ui);
    return FILES_ENTRY;
}

/* What is typed as it is from anywhere; the caller's to free. */
static char *whole_path(const struct ui *ui, const char *text)
{
    if (ui->home && text[0] == '~' && (text[1] == '/' || !text[1]))
        return file_join(ui->home, text[1] ? text + 2 : "");
    return file_join(ui->start.folder ? ui->start.folder : "/", text);
}

void start_folder(struct ui *ui, const char *folder)
{
    mem_replace(&ui->start.folder, *folder ? folder : "/");
}

/* Begins where the field's file is, or where one was last. */
void start_browse(struct ui *ui, enum start_field field)
{
    const char *value = start_value(ui, field);
    ui->start.field = (int)field;
    if (*value) {
        char *folder = file_folder(value);
        start_folder(ui, folder);
        free(folder);
    }
    mem_replace(&ui->start.listed, NULL); /* it may have changed since */
    update_view(ui, VIEW_FILES);
}

/* Of the listed folder, only what begins like the last part of what is typed. */
static void keep_typed(struct ui *ui, const char *text)
{
    const struct files *files = ui->start.files;
    const char *rest = file_name(text);
    size_t n = strlen(rest), count = 0, total = views[VIEW_FILES].total(ui);
    size_t *kept = mem_new(total, sizeof *kept);
    for (size_t item = 0; item < total; item++) {
        size_t entry;
        if (files_row(ui, item, &entry) == FILES_ENTRY &&
            !strncmp(files->items[entry].name, rest, n))
            kept[count++] = item;
    }
    list_total(&ui->lists[VIEW_FILES], total);
    if (n && count) {
        list_keep(&ui->lists[VIEW_FILES], kept, count);
    } else {
        list_keep_all(&ui->lists[VIEW_FILES]);
        free(kept);
    }
}

void start_typed(struct ui *ui, const char *text)
{
    char *path = whole_path(ui, text),
         *folder = mem_strndup(path, (size_t)(file_name(path) - path));
    size_t n = strlen(folder);
    if (n > 1)
        folder[n - 1] = 0;
    if (ui->view == VIEW_FILES && text[0] != '\0') {
        start_folder(ui, folder);
        keep_typed(ui, path);
    }
    free(folder);
    free(path);
}

void start_set_path(struct ui *ui, enum start_field field, const char *text)
{
    char *path = whole_path(ui, text);
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = 0;
    start_set(ui, field, path);
    free(path);
}

void start_take(struct ui *ui, const char *text)
{
    if (*text)
        start_set_path(ui, (enum start_field)ui->start.field, text);
    if (*text && ui->start.field == START_DATA)
        start_set(ui, START_SPLIT, NULL); /* the new folder's are others */
    list_keep_all(&ui->lists[VIEW_FILES]);
    ui->view = VIEW_START;
}

/* Where the browser goes to a folder itself, the row it came from is selected; else the first. */
void answer_files(struct ui *ui, struct event *event, struct effects *effects)
{
    struct list *list = &ui->lists[VIEW_FILES];
    char *from = mem_strdup(ui->start.files ? ui->start.files->folder : "");
    (void)effects;
    files_free(ui->start.files);
    struct files *files = ui->start.files = event->files;
    event->files = NULL;
    mem_replace(&ui->start.folder, files->folder);
    mem_replace(&ui->start.listed, files->folder);
    if (files->error)
        ui_say(ui, ROLE_ERROR, "%s", files->error);
    free(ui->filters[VIEW_FILES]);
    ui->filters[VIEW_FILES] = NULL;
    list_keep_all(list);
    size_t total = views[VIEW_FILES].total(ui), entry;
    list_total(list, total);
    list_select(list, 0);
    for (size_t item = 0; item < total; item++)
        if (files_row(ui, item, &entry) == FILES_ENTRY &&
            !strcmp(files->items[entry].name, file_name(from)))
            list_select(list, item);
    if (ui->prompt && ui->line.kind == PROMPT_PATH && ui->line.text)
        keep_typed(ui, ui->line.text);
    free(from);
}

/* ---- opening
 * -------------------------------------------------------------------------------------- */

static void keep_session(struct ui *ui, struct effects *effects)
{
    char name[17];
    if (!ui->catalogs[0])
        return;
    source_hash(ui->sources, (size_t)ui->models, name);
    struct effect *effect = effects_add(effects, EFFECT_KEEP);
    effect->text = saved_text(ui);
    effect->name = mem_strdup(name);
}

/* What is open makes room for `count` other models, whose session begins as `saved` says (NULL:
 * anew). */
static void change_to(struct ui *ui, const struct source *sources, size_t count,
                      const struct saved *saved, struct effects *effects)
{
    keep_session(ui, effects);
    effects_add(effects, EFFECT_CLOSE);
    ui_forget_session(ui, (int)count);
    for (size_t i = 0; i < count; i++)
        source_copy(&ui->sources[i], &sources[i]);
    mem_replace(&ui->start.why, NULL);
    if (saved)
        saved_apply(saved, true, ui);
    if (ui_query(ui)->text || ui->view != VIEW_SEARCH)
        update_prompt_close(ui, effects);
    else
        update_prompt_open(ui, PROMPT_CAPTION, "", effects);
    update_open(ui, effects);
}

void start_load(struct ui *ui, struct effects *effects)
{
    size_t models = start_models(ui);
    bool data = *start_value(ui, START_DATA) || *start_value(ui, START_FEATURES);
    if (!models || !data) {
        ui_say(ui, ROLE_ERROR, models ? "Choose a data folder first" : "Choose a model first");
        return;
    }
    if (*start_value(ui, START_DATA) && !*start_value(ui, START_SPLIT)) {
        ui_say(ui, ROLE_ERROR, "Choose a split first: s goes through those of the data folder");
        return;
    }
    change_to(ui, ui->start.form, models, NULL, effects);
}

void start_restore(struct ui *ui, size_t recent, struct effects *effects)
{
    const struct saved *saved = ui->start.recents->items[recent].saved;
    struct source sources[MODELS] = {{{0}, false, false}};
    size_t count = saved_sources(saved, sources);
    if (count == 0) {
        ui_say(ui, ROLE_ERROR, "This session names no model");
        return;
    }
    for (size_t i = 0; i < MODELS; i++)
        source_copy(&ui->start.form[i], &sources[i]);
    if (count < MODELS) { /* what both share */
        source_copy(&ui->start.form[1], &sources[0]);
        source_set(&ui->start.form[1], SOURCE_MODEL, NULL);
    }
    ui->start.changes++;
    change_to(ui, sources, count, saved, effects);
    for (size_t i = 0; i < count; i++)
        source_done(&sources[i]);
}

void start_return(struct ui *ui, const char *why, struct effects *effects)
{
    effects_add(effects, EFFECT_CLOSE);
    update_prompt_close(ui, effects);
    ui_forget_session(ui, 0);
    start_enter(ui);
    mem_replace(&ui->start.why, why);
}
