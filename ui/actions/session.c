#include "ui/actions/session.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ui/actions/query.h"
#include "ui/state/view.h"

/* A flag that is absent is off; other settings that are absent, or out of range, stay. */
static void apply_settings(struct ui *ui, const struct saved *saved)
{
    for (int i = 0; i < SETTINGS; i++) {
        enum setting_id id = (enum setting_id)i;
        const struct setting *setting = &setting_table[i];
        ptrdiff_t value = setting->kind == SETTING_FLAG ? saved_flag(saved, setting->name)
                          : setting->kind == SETTING_NAME
                              ? setting_named(id, saved_string(saved, setting->name))
                              : saved_number(saved, setting->name, -1);
        if (setting->kept && value >= 0 && value <= setting->most)
            setting_set(ui, id, (int)value);
    }
}

static void apply_place(struct ui *ui, const struct saved *saved)
{
    const char *view = saved_string(saved, "view"), *query = saved_string(saved, "query");
    for (int i = 0; i < VIEWS; i++)
        if (view && !strcmp(ui->views[i]->name, view) && !ui->views[i]->bare)
            ui->view = (enum view_id)i;
    ptrdiff_t subject = saved_number(saved, "subject", 0);
    ui->subject = subject < 0 ? 0 : (size_t)subject;
    if (!query)
        return;
    query_ask(ui, query, saved_number(saved, "caption", -1));
    ui->row_next = saved_number(saved, "row", 0);
    ui->word_next = saved_number(saved, "word", -1);
}

void session_apply(struct ui *ui, const struct saved *saved, bool all)
{
    apply_settings(ui, saved);
    if (!all)
        return;
    apply_place(ui, saved);
    free(ui->marks_next);
    ui->marks_next_count = saved_numbers(saved, "marks", &ui->marks_next);
}

static json_t *models_of(const struct ui *ui)
{
    json_t *models = json_array();
    for (int i = 0; i < ui->models; i++) {
        const struct source *source = &ui->sources[i];
        json_t *model = json_object();
        for (int field = 0; field < SOURCE_FIELDS; field++)
            if (source->of[field])
                json_object_set_new(model, source_name((enum source_field)field),
                                    json_string(source->of[field]));
        json_object_set_new(model, "py3bytes", json_boolean(source->py3bytes));
        json_object_set_new(model, "no_index", json_boolean(source->no_index));
        json_object_set_new(model, "given_shared", json_boolean(source->given_shared));
        json_array_append_new(models, model);
    }
    return models;
}

static json_t *marks_of(const struct ui *ui)
{
    json_t *marks = json_array();
    const struct catalog *catalog = ui->catalogs[0];
    for (size_t c = 0; catalog && ui->marks && c < catalog->captions; c++)
        if (ui->marks[c])
            json_array_append_new(marks, json_integer((json_int_t)c));
    return marks;
}

static json_t *setting_of(const struct ui *ui, enum setting_id id)
{
    if (setting_table[id].kind == SETTING_FLAG)
        return json_boolean(setting_value(ui, id));
    return setting_table[id].kind == SETTING_NAME ? json_string(setting_text(ui, id))
                                                  : json_integer(setting_value(ui, id));
}

char *session_text(const struct ui *ui)
{
    const struct ui_query *query = ui_query(ui);
    const struct list *list = ui_list_const(ui, VIEW_SEARCH);
    /* views of the program are not part of the session */
    enum view_id view = ui_view_ops(ui)->bare ? ui->came_from : ui->view;
    json_t *root = json_object();
    json_object_set_new(root, "models", models_of(ui));
    json_object_set_new(root, "view", json_string(ui->views[view]->name));
    if (query->text) {
        json_object_set_new(root, "query", json_string(query->text));
        json_object_set_new(root, "caption", json_integer(query->caption));
        json_object_set_new(root, "row", json_integer((json_int_t)list->selected));
        json_object_set_new(root, "word", json_integer(ui->word));
    }
    json_object_set_new(root, "subject", json_integer((json_int_t)ui->subject));
    for (int i = 0; i < SETTINGS; i++)
        if (setting_table[i].kept)
            json_object_set_new(root, setting_table[i].name, setting_of(ui, (enum setting_id)i));
    json_object_set_new(root, "marks", marks_of(ui));
    char *text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    return text;
}
