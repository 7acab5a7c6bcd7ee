#include "ui/actions/start.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "ui/actions/prompt.h"
#include "ui/actions/requests.h"
#include "ui/actions/session.h"
#include "ui/work/recent.h"

/* Whether a field is one of this model's. All but the models is the same for both, and options are
 * those of whoever does not say them, or was given them: what was given may be why nothing is
 * asked. */
static bool is_of(const struct ui *ui, enum start_field field, int model)
{
    if (field == START_MODEL || field == START_SECOND)
        return (field == START_SECOND) == (model == 1);
    return !start_is_option(field) || start_asked(ui, field, model) ||
           ui->start.form[model].of[start_fields[field].source];
}

/* What was said of a model does not go for another one. */
static void forget_given(struct source *source)
{
    for (int field = SOURCE_GIVEN; field < SOURCE_FIELDS; field++)
        source_set(source, (enum source_field)field, NULL);
}

void start_set(struct ui *ui, enum start_field field, const char *text)
{
    for (int model = 0; model < MODELS; model++) {
        struct source *form = &ui->start.form[model];
        if (!is_of(ui, field, model))
            continue;
        source_set(form, start_fields[field].source, text);
        if (start_fields[field].source == SOURCE_MODEL)
            forget_given(form);
    }
    ui->start.question = false;
    ui->start.changes++;
    mem_replace(&ui->start.why, NULL);
}

char *start_whole_path(const struct ui *ui, const char *text)
{
    if (ui->home && text[0] == '~' && (text[1] == '/' || !text[1]))
        return file_join(ui->home, text[1] ? text + 2 : "");
    return file_join(ui->start.folder ? ui->start.folder : "/", text);
}

void start_set_path(struct ui *ui, enum start_field field, const char *text)
{
    char *path = start_whole_path(ui, text);
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = 0;
    start_set(ui, field, path);
    free(path);
}

void start_choose_split(struct ui *ui, const char *splits)
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

void start_next_split(struct ui *ui)
{
    const struct fitness *fitness = ui->start.fitness;
    const char *splits = fitness && fitness->splits ? fitness->splits : "";
    const char *now = start_value(ui, START_SPLIT), *next = splits;
    if (!*splits) {
        ui_say(ui, ROLE_ERROR, "No splits are known yet: choose a data folder");
        return;
    }
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

void start_enter(struct ui *ui)
{
    ui->start.known = true;
    recents_free(ui->start.recents);
    ui->start.recents = NULL;
    ui_go_to(ui, VIEW_START);
}

static void keep_session(const struct ui *ui, struct effects *effects)
{
    char name[17];
    if (!ui->catalogs[0])
        return;
    source_hash(ui->sources, (size_t)ui->models, name);
    struct effect *effect = effects_add(effects, EFFECT_KEEP);
    effect->text = session_text(ui);
    effect->name = mem_strdup(name);
}

/* Closes what is open and opens `count` other models, whose session begins as `saved` says (NULL:
 * empty). */
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
        session_apply(ui, saved, true);
    if (ui_query(ui)->text || ui->view != VIEW_SEARCH)
        prompt_close(ui, effects);
    else
        prompt_open(ui, PROMPT_CAPTION, "", effects);
    requests_open(ui, effects);
}

void start_load(struct ui *ui, struct effects *effects)
{
    size_t models = start_models(ui);
    if (!models || !start_has_data(ui)) {
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
    struct source sources[MODELS] = {0};
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

void start_ask(struct ui *ui, struct effects *effects)
{
    start_return(ui, NULL, effects);
    ui->start.question = true;
    ui->start.changes++; /* the files are looked at, for the form to know what is asked */
}

void start_select_question(struct ui *ui)
{
    const struct fitness *fitness = ui->start.fitness;
    if (!ui->start.question || !fitness || !fitness->asks)
        return;
    size_t total = start_rows(ui), item = 0;
    for (struct start_row row = start_row(ui, 0); item + 1 < total; row = start_row(ui, ++item))
        if (row.kind == START_ROW && start_is_option((enum start_field)row.index))
            break;
    list_total(&ui->lists[VIEW_START], total);
    list_select(&ui->lists[VIEW_START], item);
}

/* The choice after `now` of "a|b|c"; after the last, and for none, the first. The caller's to free.
 */
static char *next_choice(const char *choices, const char *now)
{
    const char *next = choices;
    for (const char *at = choices; *at;) {
        size_t n = strcspn(at, "|");
        bool here = n == strlen(now) && !strncmp(at, now, n);
        at += n + (at[n] == '|');
        if (here && *at)
            next = at;
    }
    return mem_strndup(next, strcspn(next, "|"));
}

void start_next_option(struct ui *ui, enum start_field field, struct effects *effects)
{
    const char *now = start_value(ui, field);
    if (field == START_ASSUME) {
        start_set(ui, field, *now ? NULL : "true");
        return;
    }
    size_t i = (size_t)field - START_OPTION, option = model_given_option(i);
    enum option_kind kind = model_option_kind(option);
    if (kind == OPTION_FLOAT) {
        char *command = mem_printf("option %s", model_given_name(i));
        prompt_open_command(ui, command, effects);
        free(command);
        return;
    }
    char *next = next_choice(kind == OPTION_BOOL ? "true|false" : model_option_value(option), now);
    start_set(ui, field, next);
    free(next);
}

void start_return(struct ui *ui, const char *why, struct effects *effects)
{
    effects_add(effects, EFFECT_CLOSE);
    prompt_close(ui, effects);
    ui_forget_session(ui, 0);
    start_enter(ui);
    mem_replace(&ui->start.why, why);
}
