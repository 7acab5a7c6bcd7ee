/* common.c: from the common options to an open session. */
#include "cli/cli.h"

#include <cblas.h>
#include <jansson.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"
#include "base/utf8.h"

void cli_set_threads(const struct cli_common *common)
{
    if (common->threads <= 0)
        return;
    omp_set_num_threads(common->threads);
    openblas_set_num_threads(common->threads);
}

bool cli_wants_bf16(const struct cli_common *common)
{
    return common->precision && strcmp(common->precision, "bf16") == 0;
}

enum token_compat cli_token_compat(const char *name)
{
    return name && strcmp(name, "py3bytes") == 0 ? TOKENS_PY3BYTES : TOKENS_STANDARD;
}

void cli_common_done(struct cli_common *common)
{
    for (size_t i = 0; common->model_names && i < common->models.count; i++)
        free(common->model_names[i]);
    free(common->model_names);
    cli_list_done(&common->models);
    cli_list_done(&common->vocabs);
    cli_list_done(&common->names);
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        cli_list_done(&common->given[i]);
    notes_done(&common->notes);
    notes_done(&common->said);
    str_done(&common->opened);
}

/* A line on stderr, whatever the text holds. */
static void print_note(const char *speaker, const char *text)
{
    char *clean = utf8_clean(text, strlen(text));
    fprintf(stderr, "%s: %s\n", speaker, clean);
    free(clean);
}

void cli_print_notes(const char *command, const struct notes *notes)
{
    char *speaker = mem_printf("scanscope %s", command);
    for (size_t i = 0; i < notes->lines.count; i++)
        print_note(speaker, notes->lines.items[i]);
    free(speaker);
}

static void add_note(struct cli_common *common, const char *text)
{
    if (notes_has(&common->notes, text))
        return;
    notes_add(&common->notes, "%s", text);
    if (!common->quiet)
        print_note("scanscope", text);
}

void cli_notes(struct cli_common *common, const struct notes *notes)
{
    for (size_t i = 0; i < notes->lines.count; i++)
        add_note(common, notes->lines.items[i]);
}

void cli_session_notes(struct cli_common *common, const struct session *session)
{
    struct notes notes = {0};
    session_notes(session, &notes);
    cli_notes(common, &notes);
    notes_done(&notes);
}

void cli_note(struct cli_common *common, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    add_note(common, text);
    free(text);
}

void cli_notes_json(struct json_out *out, const struct cli_common *common)
{
    json_out_open(out, "notes", '[');
    for (size_t i = 0; i < common->notes.lines.count; i++)
        json_out_text(out, NULL, common->notes.lines.items[i]);
    json_out_close(out, ']');
}

struct json_t *cli_notes_tree(const struct cli_common *common)
{
    return json_out_tree_texts(&common->notes.lines);
}

void cli_opened(struct cli_common *common, const char *name, const struct model_options *options)
{
    struct json_out out = {.text = &common->opened};
    str_add(&common->opened, common->opened.length ? ", " : "");
    json_out_open(&out, NULL, '{');
    json_out_text(&out, "model", name);
    model_options_json(options, &out);
    json_out_close(&out, '}');
    model_given_notes(options, name, &common->said);
    common->assumed |= options->assumed != 0;
}

static char *models_text(const struct cli_common *common)
{
    return mem_printf("[%s]", str_text(&common->opened));
}

void cli_models_json(struct json_out *out, const struct cli_common *common)
{
    char *text = models_text(common);
    json_out_raw(out, "models", text);
    free(text);
}

struct json_t *cli_models_tree(const struct cli_common *common)
{
    char *text = models_text(common);
    json_t *tree = json_loads(text, 0, NULL);
    free(text);
    return tree;
}

/* Notes of the index, printed above the progress line. */
struct say_context {
    const struct cli_common *common;
    struct progress_line *line;
};

static void say(void *context, const char *text)
{
    const struct say_context *c = context;
    progress_line_end(c->line);
    if (!c->common->quiet)
        fprintf(stderr, "scanscope: %s\n", text);
}

/* ---- what is given of a model ---- */

struct cli_option cli_given_option(struct cli_common *common, size_t i)
{
    static char names[MODEL_GIVEN][32], helps[MODEL_GIVEN][160];
    const char *help;
    bool takes_value;
    size_t index = model_given_option(i);
    snprintf(names[i], sizeof names[i], "%s", model_option_name(index, &takes_value, &help));
    for (char *c = names[i]; *c; c++)
        *c = *c == '_' ? '-' : *c;
    snprintf(helps[i], sizeof helps[i], "%s%s", help,
             i == 0 ? ", for models whose checkpoint does not say; this and the next options once "
                      "for all of them, or once per model"
                    : ", if the checkpoint does not say");
    return (struct cli_option){names[i],
                               0,
                               takes_value ? CLI_LIST : CLI_SWITCH,
                               model_option_value(index),
                               helps[i],
                               takes_value ? (void *)&common->given[i]
                                           : (void *)&common->given_on[i]};
}

int cli_given(const struct cli_common *common, size_t model, struct model_given *out,
              struct error *err)
{
    size_t models = common->models.count;
    *out = (struct model_given){.assume_defaults = common->assume_defaults, .shared = models > 1};
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        const struct cli_list *values = &common->given[i];
        const char *value =
            values->count == 0 ? NULL : values->items[values->count == 1 ? 0 : model];
        if (values->count > 1 && values->count != models)
            return error_set(err,
                             "%zu values of --%s for %zu models: give it once, or once per "
                             "model",
                             values->count, model_given_name(i), models);
        if ((value || common->given_on[i]) && model_given_set(out, i, value, err) != 0)
            return -1;
    }
    return 0;
}

/* ---- sessions ---- */

/* A single --vocab is for all models; else there is one for each, in order. */
static const char *vocab_of(const struct cli_common *c, size_t model)
{
    size_t count = c->vocabs.count;
    if (count == 0)
        return NULL;
    return c->vocabs.items[count == 1 ? 0 : model];
}

/* ---- names ---- */

/* The model that "A=t-i" names, and the name; `next`: of one without letter. */
static size_t named_model(const char *given, size_t next, const char **name_out)
{
    bool letter = given[0] >= 'A' && given[0] <= 'Z' && given[1] == '=';
    *name_out = letter ? given + 2 : given;
    return letter ? (size_t)(given[0] - 'A') : next;
}

int cli_given_names(const struct cli_list *given, size_t count, char **names_out, struct error *err)
{
    size_t next = 0;
    for (size_t i = 0; i < count; i++)
        names_out[i] = NULL;
    for (size_t i = 0; i < given->count; i++) {
        const char *name;
        size_t model = named_model(given->items[i], next, &name);
        next = model + 1;
        if (model >= count)
            return error_set(err, "--name %s: there is no such model, but %zu (A is the first)",
                             given->items[i], count);
        if (!*name || names_out[model])
            return error_set(err, "--name %s: %s", given->items[i],
                             *name ? "the model has a name already" : "the name is empty");
        for (size_t k = 0; k < count; k++)
            if (names_out[k] && strcmp(names_out[k], name) == 0)
                return error_set(err, "--name %s: another model has this name", given->items[i]);
        names_out[model] = utf8_clean(name, strlen(name));
    }
    return 0;
}

int cli_name_models(struct cli_common *common, struct error *err)
{
    size_t count = common->models.count;
    char **given = mem_new(count, sizeof *given);
    common->model_names = mem_new(count, sizeof *common->model_names);
    naming_files(common->models.items, count, common->model_names);
    int status = cli_given_names(&common->names, count, given, err);
    for (size_t i = 0; i < count; i++)
        if (given[i]) {
            free(common->model_names[i]);
            common->model_names[i] = given[i];
        }
    free(given);
    return status;
}

/* ---- sessions ---- */

int cli_session_spec(const struct cli_common *common, size_t model, struct session_spec *out,
                     struct error *err)
{
    const struct cli_common *c = common;
    if (c->vocabs.count > 1 && c->vocabs.count != c->models.count)
        return error_set(err,
                         "%zu vocabularies for %zu models: give --vocab once, or once per model",
                         c->vocabs.count, c->models.count);
    *out = (struct session_spec){
        .model = model < c->models.count ? c->models.items[model] : NULL,
        .name = c->model_names && model < c->models.count ? c->model_names[model] : NULL,
        .vocab = vocab_of(c, model),
        .data = {.folder = c->data,
                 .split = c->split ? c->split : "test",
                 .features = c->ims,
                 .captions = c->captions,
                 .token_ids = c->token_ids,
                 .photos = c->images,
                 .id_mapping = c->id_mapping},
        .matrix = c->matrix,
        .compat = cli_token_compat(c->token_compat),
        .bf16 = cli_wants_bf16(c),
        .index = {.mode = c->no_index ? INDEX_OFF : INDEX_AUTO, .folder = c->index_folder},
    };
    if (cli_given(c, model, &out->given, err) != 0)
        return -1;
    if (!out->model)
        return error_set(err, "no model: give a checkpoint with -m FILE, or try: scanscope demo");
    if (!c->data && !c->ims)
        return error_set(err, "no data: give a folder with -d DIR (and -s SPLIT), or features with "
                              "--ims FILE");
    return 0;
}

static void opened_matrix(struct cli_common *common, const struct session *session)
{
    struct json_out out = {.text = &common->opened};
    str_add(&common->opened, common->opened.length ? ", " : "");
    json_out_open(&out, NULL, '{');
    json_out_text(&out, "model", session->name);
    json_out_text(&out, "matrix", sims_file_type(session->matrix));
    json_out_close(&out, '}');
}

int cli_session_open(struct cli_common *common, const struct session_spec *spec,
                     struct session **out, struct error *err)
{
    cli_set_threads(common);
    struct progress_line line;
    progress_line_start(&line, "encoding", common->quiet);
    struct session_spec with_notes = *spec;
    with_notes.index.say = say;
    with_notes.index.context = &(struct say_context){common, &line};
    int status = session_open(&with_notes, &line.progress, out, err);
    progress_line_end(&line);
    if (status == 0) {
        cli_session_notes(common, *out);
        if ((*out)->model)
            cli_opened(common, (*out)->name, model_options((*out)->model));
        else
            opened_matrix(common, *out);
    }
    return status;
}
