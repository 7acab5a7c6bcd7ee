#include "train/train.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "base/progress.h"
#include "evaluate/evaluate.h"
#include "model/model_private.h"
#include "retrieve/session/session.h"
#include "train/batches.h"
#include "train/state.h"

/* A run in progress. */
struct run {
    const struct train_spec *spec;
    const struct model_options *options; /* the model's */
    struct model *model;
    struct trainer *trainer;
    struct session *training, *validation; /* of `training` only the captions are used */
    struct batches batches;
    struct train_state state;
    uint64_t dropout; /* seed of the epoch's masks: of step k, stream k */
    struct train_log log;
    char *last_saved;
};

static int tell(struct run *run, const struct train_event *event, struct error *err)
{
    if (run->spec->listen)
        run->spec->listen(run->spec->context, event);
    return train_log_write(&run->log, event, err);
}

static int note(struct run *run, const char *text, struct error *err)
{
    return tell(run, &(struct train_event){.kind = TRAIN_NOTE, .note = text}, err);
}

/* ---- beginning ---- */

/* The log of a run that was killed ends inside a line. */
static int note_cut_log(struct run *run, struct error *err)
{
    if (run->log.cut == 0)
        return 0;
    char *text = mem_printf("the log ended inside a line: %zu bytes were cut off", run->log.cut);
    int status = note(run, text, err);
    free(text);
    return status;
}

/* The position in an epoch is valid only for the captions and batches that it was saved with. */
static int check_position(struct run *run, struct error *err)
{
    struct train_state *s = &run->state;
    int64_t captions = (int64_t)run->batches.captions, size = (int64_t)run->batches.size;
    bool same = s->captions == captions && s->batch_size == size;
    s->captions = captions;
    s->batch_size = size;
    if (s->batch == 0 || same)
        return 0;
    s->batch = 0;
    return note(run, "the training split or the batch size has changed: the epoch starts over",
                err);
}

static bool same_image_repeats(const struct dataset *data)
{
    size_t fewest, most;
    caption_map_described(&data->map, &fewest, &most);
    return most > 1;
}

/* Whether captions of the same image are negatives; it is told where it is not a matter of course.
 */
static int decide_negatives(struct run *run, bool whole, struct error *err)
{
    const struct dataset *data = run->spec->training;
    if (run->spec->negatives != TRAIN_NEGATIVES_DEFAULT)
        run->state.masked = run->spec->negatives == TRAIN_NEGATIVES_MASKED;
    else if (!whole)
        run->state.masked = data->map.stated;
    run->batches.mask = run->state.masked;
    if (!same_image_repeats(data) || (!data->map.stated && !run->state.masked))
        return 0;
    return note(run,
                run->state.masked ? "captions of the same image are no negatives of each other "
                                    "(--same-image-negatives no)"
                                  : "captions of the same image are negatives of each other "
                                    "(--same-image-negatives yes)",
                err);
}

static int resume(struct run *run, bool *whole_out, struct error *err)
{
    bool whole;
    *whole_out = false;
    if (!run->spec->resume)
        return 0;
    run->last_saved = mem_strdup(run->spec->resume->path);
    if (train_state_load(run->spec->resume, run->model, run->trainer, &run->state, &whole, err) !=
        0)
        return -1;
    *whole_out = whole;
    if (!whole && note(run,
                       "the checkpoint has no optimiser state: training continues from its "
                       "parameters with fresh moments",
                       err) != 0)
        return -1;
    return check_position(run, err);
}

/* Options that decide which parameters there are. */
static int check_shape(const struct checkpoint *resumed, const struct model_options *has,
                       const struct model_options *wanted, struct error *err)
{
    static const char *const names[] = {"family",      "img_dim", "word_dim",   "embed_size",
                                        "num_layers",  "bi_gru",  "vocab_size", "precomp_enc_type",
                                        "module_name", "sim_dim", "sgr_step"};
    for (size_t n = 0; n < COUNTOF(names); n++) {
        char a[64], b[64];
        size_t i = model_option_find(names[n]);
        if (!model_option_applies(has, i))
            continue;
        model_option_text(has, i, a, sizeof a);
        model_option_text(wanted, i, b, sizeof b);
        if (strcmp(a, b) != 0)
            return error_at(
                err, resumed->path, -1,
                "this model has %s %s, not %s; omit --%s, or train anew without --resume", names[n],
                a, b, names[n]);
    }
    return 0;
}

static int open_model(struct run *run, struct error *err)
{
    const struct train_spec *spec = run->spec;
    int status = spec->resume ? model_from_checkpoint(spec->resume, &spec->given, &run->model, err)
                              : model_new(&spec->options, spec->seed, &run->model, err);
    if (status == 0 && spec->resume)
        status = check_shape(spec->resume, &run->model->options, &spec->options, err);
    if (status != 0)
        return -1;
    model_set_options(run->model, &spec->options);
    run->options = &run->model->options;
    return trainer_new(run->model, &run->trainer, err);
}

/* A kind with a number for each place of a region wants all places filled. */
static int check_counts(const struct run *run, const struct dataset *data, struct error *err)
{
    const struct kind_options *kind = &run->options->kind;
    if (!kind->kind || kind->kind->training->regions == 0)
        return 0;
    for (size_t i = 0; i < data->images; i++)
        if (dataset_regions_of(data, i) != kind->sgraf.R)
            return error_set(err,
                             "%s: image %zu has %zu regions; %s normalises each place of a region "
                             "over a batch and needs %zu in every image: extract a fixed number, "
                             "or train another family",
                             data->features->path, i, dataset_regions_of(data, i), kind->kind->name,
                             kind->sgraf.R);
    return 0;
}

static int check_split(const struct run *run, const struct dataset *data, struct error *err)
{
    if (data->feature_size != (size_t)run->options->img_dim)
        return error_set(err, "%s has features of size %zu; the model takes %d (img_dim)",
                         data->features->path, data->feature_size, run->options->img_dim);
    if (data->captions == 0)
        return error_set(err, "%s: the split %s has no captions", data->folder, data->split);
    if (check_counts(run, data, err) != 0)
        return -1;
    return model_check_features(run->model, data->source, data->features->path, err);
}

static int open_data(struct run *run, struct error *err)
{
    const struct train_spec *spec = run->spec;
    if (!model_features(run->model))
        model_set_features(run->model, spec->training->source);
    if (check_split(run, spec->training, err) != 0 ||
        check_split(run, spec->validation, err) != 0 ||
        session_borrow(run->model, spec->vocab, spec->training, spec->compat, &run->training,
                       err) != 0 ||
        session_borrow(run->model, spec->vocab, spec->validation, spec->compat, &run->validation,
                       err) != 0)
        return -1;
    return batches_init(spec->training, run->training->ids, run->training->starts,
                        (size_t)run->options->batch_size, &run->batches, err);
}

static size_t count_parameters(const struct params *params)
{
    size_t sum = 0;
    for (size_t i = 0; i < params->list_count; i++)
        sum += params->list[i].count;
    return sum;
}

static int begin(struct run *run, struct error *err)
{
    struct train_event event = {.kind = TRAIN_BEGIN};
    event.begin = (struct train_begin){
        .options = run->options,
        .images = run->spec->training->images,
        .captions = run->batches.captions,
        .parameters = count_parameters(&run->model->params),
        .batches = batches_count(&run->batches),
        .seed = run->spec->seed,
        .threads = omp_get_max_threads(),
        .epoch = run->state.epoch,
        .batch = run->state.batch,
        .iteration = run->state.iterations,
        .resumed = run->spec->resume ? run->spec->resume->path : NULL,
    };
    return tell(run, &event, err);
}

/* What a kind makes of data that are not those its published code was written for. */
static int tell_kind(struct run *run, struct error *err)
{
    const struct kind_options *kind = &run->options->kind;
    char *text = NULL;
    int status = 0;
    if (!kind->kind)
        return 0;
    size_t published = kind->kind->training->regions;
    if (kind->kind->pools && run->spec->training->regions > 1)
        text = mem_printf("%s has one vector per image: the mean of its regions' features",
                          kind->kind->name);
    else if (published && kind->sgraf.R != published)
        text = mem_printf("%s is made for %zu regions per image; the published code has %zu, which "
                          "must be changed there to load this model",
                          kind->kind->name, kind->sgraf.R, published);
    if (text)
        status = note(run, text, err);
    free(text);
    return status;
}

/* How many words of a split the vocabulary lacks, and what is doubtful about it. */
static int tell_words(struct run *run, const struct session *split, struct error *err)
{
    const struct notes *notes = &split->notes;
    int status = 0;
    if (split->unknown.words > 0) {
        char *words = unknown_words_text(&split->unknown);
        char *line = mem_printf("split %s: %s", split->data->split, words);
        status = note(run, line, err);
        free(line);
        free(words);
    }
    for (size_t i = 0; status == 0 && i < notes->lines.count; i++)
        status = note(run, notes->lines.items[i], err);
    return status;
}

static int run_open(struct run *run, struct error *err)
{
    bool whole;
    rng_seed(&run->state.rng,
             run->spec->seed ^ 0x5ca45c09e0000001u); /* other numbers than the parameters' */
    if (open_model(run, err) != 0 || open_data(run, err) != 0 ||
        file_make_folder(run->options->model_name, err) != 0 ||
        train_log_open(run->options->logger_name, run->spec->resume != NULL, &run->log, err) != 0 ||
        note_cut_log(run, err) != 0 || resume(run, &whole, err) != 0)
        return -1;
    run->state.captions = (int64_t)run->batches.captions;
    run->state.batch_size = (int64_t)run->batches.size;
    if (begin(run, err) != 0 || tell_kind(run, err) != 0 ||
        decide_negatives(run, whole, err) != 0 || tell_words(run, run->training, err) != 0)
        return -1;
    return tell_words(run, run->validation, err);
}

static void run_close(struct run *run)
{
    train_log_close(&run->log);
    batches_done(&run->batches);
    session_free(run->training);
    session_free(run->validation);
    trainer_free(run->trainer);
    model_free(run->model);
    free(run->last_saved);
}

/* ---- saving ---- */

static int save(struct run *run, const char *name, bool whole, struct error *err)
{
    char *file = mem_printf("%s%s", name, run->spec->suffix ? run->spec->suffix : ".pth.tar");
    char *path = file_join(run->options->model_name, file);
    free(file);
    int status = train_state_save(path, run->model, whole ? run->trainer : NULL, &run->state, err);
    if (status != 0 || !whole) {
        free(path);
        return status;
    }
    free(run->last_saved);
    run->last_saved = path;
    return 0;
}

/* ---- the loop ---- */

static double learning_rate(const struct model_options *o, int64_t epoch)
{
    return o->learning_rate * pow(0.1, (double)(epoch / o->lr_update));
}

static bool go_on(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return !interrupt_seen();
}

/* Recalls of the validation split with the model as it is now; no embeddings are kept. */
static int validate(struct session *session, struct evaluation *out, struct error *err)
{
    struct progress progress = {go_on, NULL};
    float *sims = NULL;
    int status = session_encode(session, &progress, err);
    if (status == 0)
        status = mem_alloc(&sims, session->I * session->C, sizeof *sims, "similarities", err);
    if (status == 0)
        status = session_score_all(session, sims, &progress, err);
    if (status == 0)
        evaluate(sims, &session->data->map, out);
    session_forget_embeddings(session);
    free(sims);
    return status;
}

/* Validates and reports it. An interruption is an error; interrupt_seen() tells the two apart. */
static int run_validation(struct run *run, double *rsum_out, struct error *err)
{
    struct train_event event = {.kind = TRAIN_VALIDATION};
    double started = progress_clock();
    event.validation.epoch = run->state.epoch;
    event.validation.iteration = run->state.iterations;
    if (validate(run->validation, &event.validation.evaluation, err) != 0)
        return -1;
    event.validation.seconds = progress_clock() - started;
    *rsum_out = event.validation.evaluation.rsum;
    return tell(run, &event, err);
}

static int run_step(struct run *run, double *loss_out, struct error *err)
{
    struct train_event event = {.kind = TRAIN_STEP};
    struct train_step *s = &event.step;
    struct batch batch;
    struct step_result result;
    struct rng dropout;
    double started = progress_clock();
    s->learning_rate = learning_rate(run->options, run->state.epoch);
    if (batches_read(&run->batches, (size_t)run->state.batch, &batch, err) != 0)
        return -1;
    rng_seed_stream(&dropout, run->dropout, (uint64_t)run->state.batch);
    batch.rng = &dropout;
    if (trainer_step(run->trainer, &batch, s->learning_rate, &result, err) != 0)
        return -1;
    s->epoch = run->state.epoch;
    s->batch = run->state.batch++;
    s->iteration = ++run->state.iterations;
    s->batches = batches_count(&run->batches);
    s->pairs = batch.n;
    s->loss = result.loss;
    s->gradient_norm = result.gradient_norm;
    s->seconds = progress_clock() - started;
    *loss_out += result.loss;
    return tell(run, &event, err);
}

/* An epoch's steps, from the state's position on; *loss_out: their mean loss. */
static int run_steps(struct run *run, double *loss_out, struct error *err)
{
    size_t count = batches_count(&run->batches), done = 0;
    double sum = 0, rsum;
    for (; (size_t)run->state.batch < count && !interrupt_seen(); done++) {
        if (run_step(run, &sum, err) != 0)
            return -1;
        bool between = run->state.iterations % run->options->val_step == 0;
        if (between && run_validation(run, &rsum, err) != 0 && !interrupt_seen())
            return -1;
    }
    *loss_out = done ? sum / (double)done : NAN;
    return 0;
}

/* After an epoch: validation, checkpoint, the best so far. */
static int end_epoch(struct run *run, double loss, double started, struct error *err)
{
    struct train_event event = {.kind = TRAIN_EPOCH};
    struct train_state *s = &run->state, before = *s;
    struct train_epoch *e = &event.epoch;
    if (run_validation(run, &e->rsum, err) != 0)
        return -1;
    e->epoch = s->epoch++;
    s->batch = 0;
    e->best = e->rsum > s->best_rsum;
    s->best_rsum = fmax(s->best_rsum, e->rsum);
    char *name = mem_printf("checkpoint_%lld", (long long)e->epoch);
    int status = save(run, name, true, err);
    if (status == 0 && e->best)
        status = save(run, "model_best", false, err);
    free(name);
    if (status != 0) {
        *s = before;
        return -1;
    }
    e->iteration = s->iterations;
    e->loss = loss;
    e->best_rsum = s->best_rsum;
    e->seconds = progress_clock() - started;
    e->checkpoint = run->last_saved;
    return tell(run, &event, err);
}

/* One epoch, or the rest of it. Until the epoch is saved as done, the state keeps the generator as
 * it was at its beginning, so that a run resumed inside the epoch shuffles alike. */
static int run_epoch(struct run *run, struct error *err)
{
    double loss, started = progress_clock();
    struct rng rng = run->state.rng;
    batches_shuffle(&run->batches, &rng);
    struct rng next = rng; /* the generator goes on as if there were no dropout */
    run->dropout = rng_u64(&next);
    if (run_steps(run, &loss, err) != 0)
        return -1;
    if (interrupt_seen())
        return 0;
    struct rng before = run->state.rng;
    run->state.rng = rng;
    int status = end_epoch(run, loss, started, err);
    if (status == 0)
        return 0;
    run->state.rng = before;
    return interrupt_seen() ? 0 : -1;
}

static int run_all(struct run *run, char **saved_out, struct error *err)
{
    if (run->state.epoch >= run->options->num_epochs)
        return note(run, "all epochs are done; give a larger --num_epochs to continue", err);
    while (run->state.epoch < run->options->num_epochs && !interrupt_seen())
        if (run_epoch(run, err) != 0)
            return -1;
    if (run->state.epoch >= run->options->num_epochs)
        return 0;
    if (save(run, "checkpoint_interrupted", true, err) != 0)
        return -1;
    *saved_out = mem_strdup(run->last_saved);
    return 0;
}

/* Adds from where a failed run can be resumed. */
static void add_last_saved(const struct run *run, struct error *err)
{
    struct error before = *err;
    if (run->last_saved)
        error_set(err, "%s (epoch %lld, batch %lld; the last checkpoint is %s)", before.text,
                  (long long)run->state.epoch, (long long)run->state.batch, run->last_saved);
}

int train_run(const struct train_spec *spec, char **saved_out, struct error *err)
{
    struct run run = {.spec = spec};
    *saved_out = NULL;
    int status = run_open(&run, err);
    if (status == 0) {
        status = run_all(&run, saved_out, err);
        if (status != 0)
            add_last_saved(&run, err);
    }
    run_close(&run);
    return status;
}
