/* analyse_open.c: models, ensembles and the split that an analysis works on. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/analyse.h"

/* ---- members ---- */

static int check_captions(const struct dataset *data, struct error *err)
{
    if (data->captions > 0)
        return 0;
    return error_set(err,
                     "the split%s%s has no captions that belong to its images: give them with "
                     "--captions FILE or --token-ids FILE",
                     *data->split ? " " : "", data->split);
}

/* Notes the split: the session's, or, for a matrix, one opened for it. */
static int take_split(struct analysis *a, const struct session_spec *spec,
                      const struct session *session, struct error *err)
{
    struct analyse_split *split = &a->split;
    if (split->data)
        return 0;
    split->compat = spec->compat;
    if (!session && dataset_open(&spec->data, &split->own, err) != 0)
        return -1;
    split->data = session ? session->data : split->own;
    cli_notes(&a->common, &split->data->notes);
    return check_captions(split->data, err);
}

/* Without a session the vocabulary only finds unknown words, so it may be absent. */
static int take_vocab(struct analyse_split *split, const struct session_spec *spec,
                      const struct session *session, struct error *err)
{
    if (session && session->vocab && !split->vocab)
        split->vocab = session->vocab;
    if (split->vocab || session)
        return 0;
    char *path = spec->vocab ? mem_strdup(spec->vocab) : dataset_find_vocab(split->data);
    int status = path ? vocab_load(path, &split->own_vocab, err) : 0;
    split->vocab = split->own_vocab;
    free(path);
    return status;
}

static int fit_matrix(struct analysis *a, const struct session_spec *spec, struct sims_file *file,
                      struct score_source *out, struct error *err)
{
    const struct caption_map *map = &a->split.data->map;
    struct notes notes = {0};
    struct sims_reading reading;
    if (sims_reading_parse(spec->matrix, &reading, err) != 0)
        return -1;
    int status = sims_file_fit(file, map, &reading, &notes, err);
    cli_notes(&a->common, &notes);
    notes_done(&notes);
    scores_of_file(file, map, out);
    return status;
}

static int open_member(struct analysis *a, size_t index, struct analyse_model *model, size_t m,
                       struct error *err)
{
    struct session_spec spec;
    if (cli_session_spec(&a->common, index, &spec, err) != 0)
        return -1;
    spec.encode_captions = true;
    bool matrix = sims_file_is_named(spec.model);
    if (matrix ? sims_file_open(spec.model, &model->files[m], err) != 0
               : cli_session_open(&a->common, &spec, &model->sessions[m], err) != 0)
        return -1;
    struct session *session = model->sessions[m];
    if (take_split(a, &spec, session, err) != 0 || take_vocab(&a->split, &spec, session, err) != 0)
        return -1;
    const struct dataset *data = a->split.data;
    if (matrix)
        return fit_matrix(a, &spec, model->files[m], &model->members[m], err);
    if (session->I != data->images || session->C != data->captions)
        return error_set(err, "%s: %zu images x %zu captions, the models before it %zu x %zu",
                         spec.model, session->I, session->C, data->images, data->captions);
    scores_of_session(session, &model->members[m]);
    return 0;
}

static char *join_names(const struct cli_common *common, size_t first, size_t count)
{
    struct str text = {0};
    for (size_t m = 0; m < count; m++)
        str_addf(&text, "%s%s", m ? " + " : "", common->model_names[first + m]);
    return str_take(&text);
}

int analyse_open_model(struct analysis *a, size_t first, size_t count, struct analyse_model *out,
                       struct error *err)
{
    struct session_spec spec;
    *out = (struct analyse_model){0};
    if (cli_session_spec(&a->common, first, &spec, err) != 0) /* no model or no data given */
        return -1;
    *out = (struct analyse_model){.label = join_names(&a->common, first, count),
                                  .count = count,
                                  .sessions = mem_new(count, sizeof *out->sessions),
                                  .files = mem_new(count, sizeof *out->files),
                                  .members = mem_new(count, sizeof *out->members)};
    for (size_t m = 0; m < count; m++)
        if (open_member(a, first + m, out, m, err) != 0)
            return -1;
    for (size_t m = count; m-- > 0;)
        out->session = out->sessions[m] ? out->sessions[m] : out->session;
    out->mean = (struct score_mean){out->members, count};
    if (count == 1)
        out->source = out->members[0];
    else
        scores_of_mean(&out->mean, &out->source);
    return 0;
}

void analyse_model_done(struct analyse_model *model)
{
    for (size_t m = 0; m < model->count; m++) {
        session_free(model->sessions[m]);
        sims_file_free(model->files[m]);
    }
    free(model->sessions);
    free(model->files);
    free(model->members);
    free(model->label);
    *model = (struct analyse_model){0};
}

/* ---- words and scores ---- */

int analyse_read_words(struct analysis *a, struct error *err)
{
    struct analyse_split *split = &a->split;
    assert(split->data);
    return lexicon_read(split->data, split->vocab, split->compat, a->counts, &split->lexicon, err);
}

int analyse_sweep(const struct analysis *a, const struct analyse_model *model, size_t k,
                  struct sweep *out, struct error *err)
{
    struct progress_line line;
    cli_set_threads(&a->common);
    progress_line_start(&line, "scoring", a->common.quiet);
    int status = sweep_run(&model->source, k, 0, &line.progress, out, err);
    progress_line_end(&line);
    if (status == 0 && out->not_finite > 0 && !a->common.quiet)
        fprintf(stderr, "scanscope analyse: %s: %llu scores are NaN or infinite; NaN ranks last\n",
                model->label, (unsigned long long)out->not_finite);
    return status;
}
