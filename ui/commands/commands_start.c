#include "ui/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "ui/actions/browse.h"
#include "ui/actions/prompt.h"
#include "ui/actions/start.h"

void command_start(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    prompt_close(ui, effects);
    start_enter(ui);
}

/* Takes the next word of `text`, in double quotes if it has blanks; the caller's to free. NULL if
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

/* The field of the selected row; START_FIELDS if it is not one. */
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
        if (field == START_FIELDS || start_fields[field].kind == START_CHOICE) {
            ui_say(ui, ROLE_ERROR, "This row has no path: j and k move to one that does");
            return;
        }
        browse_field(ui, field);
    }
    if (ui->view != VIEW_FILES) {
        ui_say(ui, ROLE_ERROR, "Paths are chosen on the start screen: 0 goes there");
        return;
    }
    if (*args) {
        browse_take(ui, args);
        return;
    }
    const char *folder = ui->start.folder ? ui->start.folder : "";
    size_t n = strlen(folder);
    char *text = mem_printf("%s%s", folder, n && folder[n - 1] == '/' ? "" : "/");
    prompt_open(ui, PROMPT_PATH, text, effects);
    free(text);
}

void command_split(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    if (*args)
        start_set(ui, START_SPLIT, args);
    else
        start_next_split(ui);
}

void command_option(struct ui *ui, const char *args, struct effects *effects)
{
    struct model_given given = {0};
    struct error err;
    enum start_field field = selected_field(ui);
    if (!*args && field != START_FIELDS && start_is_option(field)) {
        start_next_option(ui, field, effects);
        return;
    }
    char *name = next_word(&args), *value = next_word(&args);
    size_t i = name ? model_given_find(name) : MODEL_GIVEN;
    if (i == MODEL_GIVEN)
        ui_say(ui, ROLE_ERROR,
               "Name an option, such as cross_attn, and its value, or go to its row");
    else if (value && model_given_set(&given, i, value, &err) != 0)
        ui_say(ui, ROLE_ERROR, "%s", err.text);
    else if (!start_asked(ui, START_OPTION + (enum start_field)i, 0) &&
             !start_asked(ui, START_OPTION + (enum start_field)i, 1))
        ui_say(ui, ROLE_ERROR, "The model says its %s itself", model_given_name(i));
    else
        start_set(ui, START_OPTION + (enum start_field)i, value);
    free(name);
    free(value);
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
    if (ui->view == VIEW_FILES)
        browse_parent(ui);
}

void command_enter_folder(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    char *folder = browse_selected(ui);
    if (folder)
        browse_folder(ui, folder);
    free(folder);
}
