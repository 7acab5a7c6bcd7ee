/* What is opened: the start screen and its file browser. */
#include "ui/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/actions/start.h"
#include "ui/actions/update.h"
#include "ui/views/view_items.h"

void command_start(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    update_prompt_close(ui, effects);
    start_enter(ui);
}

/* The next word of `text`, in double quotes where it has blanks; the caller's to free. NULL where
 * there is none. */
static char *next_word(const char **text)
{
    *text += strspn(*text, " \t");
    bool quoted = **text == '"';
    const char *from = *text + quoted;
    size_t n = strcspn(from, quoted ? "\"" : " \t");
    *text = from + n + (quoted && from[n]);
    return n ? mem_strndup(from, n) : NULL;
}

/* "MODEL DATA [SPLIT]" into the form. */
static void take_words(struct ui *ui, const char *args)
{
    static const enum start_field fields[] = {START_MODEL, START_DATA, START_SPLIT};
    start_set(ui, START_SPLIT, "test");
    for (size_t i = 0; i < COUNTOF(fields); i++) {
        char *word = next_word(&args);
        ui->start.field = (int)fields[i];
        if (word && fields[i] == START_SPLIT)
            start_set(ui, START_SPLIT, word);
        else if (word)
            start_set_path(ui, fields[i], word);
        free(word);
    }
}

void command_load(struct ui *ui, const char *args, struct effects *effects)
{
    if (*args)
        take_words(ui, args);
    start_load(ui, effects);
}

/* The field of the selected row; START_FIELDS where it is none. */
static enum start_field selected_field(const struct ui *ui)
{
    size_t item;
    if (ui->view != VIEW_START || !ui_selected(ui, VIEW_START, &item))
        return START_FIELDS;
    struct start_row row = start_row(ui, item);
    return row.kind == START_ROW ? (enum start_field)row.index : START_FIELDS;
}

void command_path(struct ui *ui, const char *args, struct effects *effects)
{
    enum start_field field = selected_field(ui);
    if (ui->view == VIEW_START) {
        if (field == START_FIELDS || field == START_SPLIT) {
            ui_say(ui, ROLE_ERROR, "This row has no path: j and k move to one that has");
            return;
        }
        start_browse(ui, field);
    }
    if (ui->view != VIEW_FILES) {
        ui_say(ui, ROLE_ERROR, "Paths are chosen on the start screen: 0 goes there");
        return;
    }
    if (*args) {
        start_take(ui, args);
        return;
    }
    const char *folder = ui->start.folder ? ui->start.folder : "";
    size_t n = strlen(folder);
    char *text = mem_printf("%s%s", folder, n && folder[n - 1] == '/' ? "" : "/");
    update_prompt_open(ui, PROMPT_PATH, text, effects);
    free(text);
}

void command_split(struct ui *ui, const char *args, struct effects *effects)
{
    const char *splits =
        ui->start.fitness && ui->start.fitness->splits ? ui->start.fitness->splits : "";
    const char *now = start_value(ui, START_SPLIT);
    (void)effects;
    if (*args) {
        start_set(ui, START_SPLIT, args);
        return;
    }
    if (!*splits) {
        ui_say(ui, ROLE_ERROR, "No splits are known yet: choose a data folder");
        return;
    }
    const char *next = splits;
    for (const char *at = splits; *at; at += strspn(at, ", ")) {
        size_t n = strcspn(at, ", ");
        bool here = n == strlen(now) && !strncmp(at, now, n);
        at += n;
        if (here && *at)
            next = at + strspn(at, ", ");
    }
    char *name = mem_strndup(next, strcspn(next, ", "));
    start_set(ui, START_SPLIT, name);
    free(name);
}

void command_clear(struct ui *ui, const char *args, struct effects *effects)
{
    enum start_field field = selected_field(ui);
    (void)args, (void)effects;
    if (field == START_FIELDS)
        ui_say(ui, ROLE_ERROR, "There is nothing to clear in this row");
    else
        start_set(ui, field, NULL);
}

void command_parent(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (ui->view != VIEW_FILES || !ui->start.folder)
        return;
    char *folder = file_folder(ui->start.folder);
    start_folder(ui, folder);
    free(folder);
}

/* The selected folder's path; NULL where the row is none. The caller's to free. */
static char *selected_folder(const struct ui *ui)
{
    size_t item, entry;
    const struct files *files = ui->start.files;
    if (ui->view != VIEW_FILES || !ui_selected(ui, VIEW_FILES, &item) ||
        files_row(ui, item, &entry) != FILES_ENTRY || !files->items[entry].folder)
        return NULL;
    return file_join(files->folder, files->items[entry].name);
}

void command_enter_folder(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    char *folder = selected_folder(ui);
    if (folder)
        start_folder(ui, folder);
    free(folder);
}

/* ---- Enter
 * ---------------------------------------------------------------------------------------- */

void start_open(struct ui *ui, struct effects *effects)
{
    size_t item;
    if (!ui_selected(ui, VIEW_START, &item))
        return;
    struct start_row row = start_row(ui, item);
    if (row.kind == START_RECENT)
        start_restore(ui, row.index, effects);
    else if (row.kind == START_LOAD)
        start_load(ui, effects);
    else if (row.index == START_SPLIT)
        command_split(ui, "", effects);
    else
        start_browse(ui, (enum start_field)row.index);
}

/* A folder is chosen at once where it is what is looked for: one of features, or the last level is
 * asked for. */
void files_open(struct ui *ui, struct effects *effects)
{
    const struct files *files = ui->start.files;
    size_t item, entry;
    if (!files || !ui_selected(ui, VIEW_FILES, &item))
        return;
    switch (files_row(ui, item, &entry)) {
    case FILES_PARENT:
        command_parent(ui, "", effects);
        return;
    case FILES_THIS:
        start_take(ui, files->folder);
        return;
    default:
        break;
    }
    const struct file_entry *chosen = &files->items[entry];
    bool wanted = ui->start.field == START_DATA && chosen->splits;
    char *path = file_join(files->folder, chosen->name);
    bool file_wanted = start_fields[ui->start.field].kind == START_FILE;
    if (chosen->folder ? wanted : file_wanted)
        start_take(ui, path);
    else if (chosen->folder)
        start_folder(ui, path);
    else
        ui_say(ui, ROLE_ERROR,
               "A folder is wanted here: \"this folder\" chooses the one that is listed");
    free(path);
}
