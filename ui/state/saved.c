#include "ui/state/saved.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "ui/actions/update.h"
#include "ui/views/views.h"

struct saved {
    json_t *root;
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

int saved_load(const char *path, struct saved **out, struct error *err)
{
    json_error_t why;
    if (!file_exists(path))
        return error_at(err, path, -1, "is missing");
    json_t *root = json_load_file(path, 0, &why);
    if (!root)
        return error_set(err, "%s: line %d: %s", path, why.line, why.text);
    if (!json_is_array(json_object_get(root, "models"))) {
        json_decref(root);
        return error_at(err, path, -1, "is no session of scanscope explore");
    }
    *out = mem_new(1, sizeof **out);
    (*out)->root = root;
    return 0;
}

void saved_free(struct saved *saved)
{
    if (!saved)
        return;
    json_decref(saved->root);
    free(saved);
}

size_t saved_sources(const struct saved *saved, struct source out[MODELS])
{
    const json_t *models = json_object_get(saved->root, "models");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(models) && count < MODELS; i++) {
        const json_t *model = json_array_get(models, i);
        struct source source = {.py3bytes = json_is_true(json_object_get(model, "py3bytes")),
                                .no_index = json_is_true(json_object_get(model, "no_index"))};
        for (int field = 0; field < SOURCE_FIELDS; field++)
            source_set(&source, (enum source_field)field, text_of(model, source_names[field]));
        if (source.of[SOURCE_MODEL])
            out[count++] = source;
        else
            source_done(&source);
    }
    return count;
}

const char *saved_query(const struct saved *saved)
{
    return text_of(saved->root, "query");
}

bool saved_is_of(const struct saved *saved, const struct source *sources, size_t count)
{
    struct source mine[MODELS];
    size_t n = saved_sources(saved, mine);
    bool same = n == count;
    for (size_t i = 0; i < n; i++) {
        same = same && source_same(&mine[i], &sources[i]);
        source_done(&mine[i]);
    }
    return same;
}

/* The index of a name among n; -1 where it is none of them. */
static int named(const json_t *root, const char *key, const char *const *names, int n)
{
    const char *name = text_of(root, key);
    for (int i = 0; name && i < n; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

static ptrdiff_t number(const json_t *root, const char *key, ptrdiff_t otherwise)
{
    const json_t *value = json_object_get(root, key);
    return json_is_integer(value) ? (ptrdiff_t)json_integer_value(value) : otherwise;
}

static void apply_looks(const json_t *root, struct ui *ui)
{
    int overlay = named(root, "overlay", ui_overlays, UI_OVERLAYS);
    int map = named(root, "map", ui_maps, UI_MAPS);
    int sort = named(root, "sort", ui_sorts, SORTS);
    ptrdiff_t boxes = number(root, "boxes", ui->box_count);
    ui->overlay = overlay < 0 ? ui->overlay : (enum overlay_style)overlay;
    ui->map = map < 0 ? ui->map : (enum colour_map)map;
    ui->sort = sort < 0 ? ui->sort : (enum sort)sort;
    ui->box_count = boxes < 0 || boxes > 36 ? ui->box_count : (int)boxes;
    ui->sheet = json_is_true(json_object_get(root, "sheet"));
    ui->regions = json_is_true(json_object_get(root, "regions"));
    ui->word_table = json_is_true(json_object_get(root, "word_table"));
}

static void apply_marks(const json_t *root, struct ui *ui)
{
    const json_t *marks = json_object_get(root, "marks");
    size_t n = json_array_size(marks);
    ui->marks_next = mem_new(n, sizeof *ui->marks_next);
    for (size_t i = 0; i < n; i++) {
        json_int_t caption = json_integer_value(json_array_get(marks, i));
        if (caption >= 0)
            ui->marks_next[ui->marks_next_count++] = (size_t)caption;
    }
}

static void apply_place(const json_t *root, struct ui *ui)
{
    const char *view = text_of(root, "view"), *query = text_of(root, "query");
    for (int i = 0; i < VIEWS; i++)
        if (view && !strcmp(views[i].name, view) && !views[i].bare)
            ui->view = (enum view_id)i;
    ptrdiff_t subject = number(root, "subject", 0);
    ui->subject = subject < 0 ? 0 : (size_t)subject;
    if (!query)
        return;
    update_query(ui, query, number(root, "caption", -1));
    ui->row_next = number(root, "row", 0);
    ui->word_next = number(root, "word", -1);
}

void saved_apply(const struct saved *saved, bool all, struct ui *ui)
{
    apply_looks(saved->root, ui);
    if (!all)
        return;
    apply_place(saved->root, ui);
    apply_marks(saved->root, ui);
}

static json_t *models_of(const struct ui *ui)
{
    json_t *models = json_array();
    for (int i = 0; i < ui->models; i++) {
        const struct source *source = &ui->sources[i];
        json_t *model = json_object();
        for (int field = 0; field < SOURCE_FIELDS; field++)
            if (source->of[field])
                json_object_set_new(model, source_names[field], json_string(source->of[field]));
        json_object_set_new(model, "py3bytes", json_boolean(source->py3bytes));
        json_object_set_new(model, "no_index", json_boolean(source->no_index));
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

/* Where one is in the session; views about other things than it are none of its places. */
static enum view_id place_of(const struct ui *ui)
{
    return views[ui->view].bare ? ui->came_from : ui->view;
}

char *saved_text(const struct ui *ui)
{
    const struct asked *query = ui_query(ui);
    const struct list *list = ui_list_const(ui, VIEW_SEARCH);
    enum view_id view = place_of(ui);
    json_t *root = json_object();
    json_object_set_new(root, "models", models_of(ui));
    json_object_set_new(root, "view", json_string(views[view].name));
    if (query->text) {
        json_object_set_new(root, "query", json_string(query->text));
        json_object_set_new(root, "caption", json_integer(query->caption));
        json_object_set_new(root, "row", json_integer((json_int_t)list->selected));
        json_object_set_new(root, "word", json_integer(ui->word));
    }
    json_object_set_new(root, "subject", json_integer((json_int_t)ui->subject));
    json_object_set_new(root, "overlay", json_string(ui_overlays[ui->overlay]));
    json_object_set_new(root, "map", json_string(ui_maps[ui->map]));
    json_object_set_new(root, "sort", json_string(ui_sorts[ui->sort]));
    json_object_set_new(root, "boxes", json_integer(ui->box_count));
    json_object_set_new(root, "sheet", json_boolean(ui->sheet));
    json_object_set_new(root, "regions", json_boolean(ui->regions));
    json_object_set_new(root, "word_table", json_boolean(ui->word_table));
    json_object_set_new(root, "marks", marks_of(ui));
    char *text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    return text;
}
