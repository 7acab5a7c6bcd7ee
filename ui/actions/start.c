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
    prompt_close(ui, effects);
    ui_forget_session(ui, 0);
    start_enter(ui);
    mem_replace(&ui->start.why, why);
}
