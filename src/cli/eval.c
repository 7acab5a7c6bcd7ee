/* eval.c: recalls of one model, or of several whose similarities are averaged: the options, and
 * what they ask of src/evaluate. */
#include "cli/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "evaluate/rankings.h"
#include "io/array/npy.h"

enum { FOLD5_COUNT = 5, FOLD5_SIZE = 1000 };

/* ---- members ---- */

static const char *split_of(const struct eval *e)
{
    return e->common.split ? e->common.split : "test";
}

static bool needs_names(const struct eval *e)
{
    return e->qrels || e->run || e->ranks_file || e->by_length || e->caption_ids;
}

/* The hook that opens a member; the names are those of the first session. */
static int open_member(void *context, size_t member, struct session **out, struct error *err)
{
    struct eval *e = context;
    struct session_spec spec;
    if (cli_session_spec(&e->common, member, &spec, err) != 0)
        return -1;
    spec.encode_captions = true;
    if (cli_session_open(&e->common, &spec, out, err) != 0)
        return -1;
    int status = 0;
    const struct unknown_words *unknown = &(*out)->unknown;
    if (unknown_words_share(unknown) >= unknown_words_share(&e->unknown) && unknown->words > 0)
        e->unknown = *unknown;
    if ((*out)->C == 0)
        status = error_set(
            err, "there are no captions: give them with --captions FILE or --token-ids FILE");
    else if (needs_names(e) && !e->names.image)
        status = split_names_of_session(*out, e->caption_ids, &e->names, err);
    if (status != 0) {
        session_free(*out);
        *out = NULL;
    }
    return status;
}

static const struct progress *begin_stage(void *context, const char *stage)
{
    struct eval *e = context;
    progress_line_start(&e->line, stage, e->common.quiet);
    return &e->line.progress;
}

static void end_stage(void *context)
{
    progress_line_end(&((struct eval *)context)->line);
}

static void note_hook(void *context, const char *text)
{
    cli_note(&((struct eval *)context)->common, "%s", text);
}

/* Models are opened when their turn comes. */
static struct ensemble_member *list_members(const struct eval *e)
{
    const struct cli_list *models = &e->common.models;
    struct ensemble_member *members = mem_new(models->count, sizeof *members);
    for (size_t m = 0; m < models->count; m++)
        members[m] = (struct ensemble_member){.name = models->items[m],
                                              .file = sims_file_is_named(models->items[m])};
    return members;
}

static struct split_files files_of(const struct eval *e)
{
    return (struct split_files){.folder = e->common.data,
                                .split = split_of(e),
                                .captions = e->common.captions,
                                .features = e->common.ims,
                                .caption_ids = e->caption_ids,
                                .compat = cli_token_compat(e->common.token_compat)};
}

static int score(struct eval *e, struct error *err)
{
    struct split_files files = files_of(e);
    size_t models = e->common.models.count;
    if (models == 0)
        return error_set(err, "no model: give a checkpoint with -m FILE");
    struct sims_reading reading;
    if (sims_reading_parse(e->common.matrix, &reading, err) != 0)
        return -1;
    struct ensemble_member *members = list_members(e);
    struct ensemble_spec spec = {
        .members = members,
        .count = models,
        .weights = e->weights,
        .files = &files,
        .reading = reading,
        .folds = {e->fold5 ? FOLD5_COUNT : (size_t)e->folds,
                  e->fold5 ? FOLD5_SIZE : (size_t)e->fold_size},
        .every_pair = e->save_sims || e->metrics || e->qrels || e->run || e->ranks_file,
        .member_ranks = e->ci && models > 1,
        .hooks = {open_member, begin_stage, end_stage, note_hook, e},
    };
    int status = ensemble_evaluate(&spec, &e->ensemble, err);
    free(members);
    return status;
}

/* ---- what is made of the scores ---- */

/* For an ensemble of matrices alone, from the folder's text files, if an option names one. */
static int complete_names(struct eval *e, struct error *err)
{
    const struct folds *f = &e->ensemble.folds;
    struct split_files files = files_of(e);
    if (needs_names(e) && !e->names.image &&
        split_names_of_files(&files, &f->map, &e->names, err) != 0)
        return -1;
    if (e->by_length && !e->names.words)
        return error_set(err, "--by-length needs the captions: give a folder with -d DIR, or "
                              "--captions FILE");
    return 0;
}

static int measure_own(struct eval *e, struct error *err)
{
    const struct folds *f = &e->ensemble.folds;
    struct relevance own[2] = {{0}};
    int status = 0;
    for (int i2t = 0; status == 0 && i2t < 2; i2t++)
        status = metrics_relevance_of_split(&f->map, i2t, &own[i2t], err);
    if (status == 0)
        status = folds_metrics(f, e->ensemble.sims, own, NULL, e->own_metrics, err);
    metrics_relevance_done(&own[0]);
    metrics_relevance_done(&own[1]);
    return status;
}

static int measure_judged(struct eval *e, struct error *err)
{
    struct judgements *j = &e->judged;
    if (judgements_load(e->qrels, &e->names, j, err) != 0)
        return -1;
    if (j->outside > 0)
        cli_note(&e->common, "%zu of %zu judgements name items outside the split", j->outside,
                 j->lines);
    return folds_metrics(&e->ensemble.folds, e->ensemble.sims, j->relevance,
                         e->complete ? j->queries : NULL, e->judged_metrics, err);
}

static const struct folds_ranks *ranks_of(const struct eval *e, size_t member)
{
    const struct ensemble *all = &e->ensemble;
    return member < all->members ? &all->member_ranks[member] : &all->ranks;
}

/* Recalls of members a and b, image to text first. */
static int compare(struct eval *e, size_t a, size_t b, const struct bootstrap *how,
                   struct error *err)
{
    for (int i2t = 1; i2t >= 0; i2t--)
        for (int k = 0; k < CONFIDENCE_RECALLS; k++) {
            struct eval_difference *d = &e->differences[e->difference_count++];
            *d = (struct eval_difference){.a = a, .b = b, .k = confidence_at[k], .i2t = i2t};
            if (confidence_compare(&e->ensemble.folds, ranks_of(e, a), ranks_of(e, b), i2t, d->k,
                                   how, &d->found, err) != 0)
                return -1;
        }
    struct eval_rsum_difference *sum = &e->rsum_differences[e->rsum_difference_count++];
    *sum = (struct eval_rsum_difference){.a = a, .b = b};
    return confidence_compare_rsum(&e->ensemble.folds, ranks_of(e, a), ranks_of(e, b), how,
                                   &sum->found, err);
}

/* Intervals; of several models also every difference between two, and from each to the ensemble. */
static int measure_confidence(struct eval *e, struct error *err)
{
    const struct ensemble *all = &e->ensemble;
    struct bootstrap how = {.resamples = (size_t)e->resamples, .seed = (uint64_t)e->seed};
    if (confidence_recalls(&all->folds, &all->ranks, &how, e->intervals, err) != 0 ||
        confidence_rsum(&all->folds, &all->ranks, &how, &e->rsum_interval, err) != 0)
        return -1;
    if (!all->member_ranks)
        return 0;
    e->differences =
        mem_new(all->members * (all->members + 1) * CONFIDENCE_RECALLS, sizeof *e->differences);
    e->rsum_differences =
        mem_new(all->members * (all->members + 1) / 2, sizeof *e->rsum_differences);
    for (size_t a = 0; a < all->members; a++)
        for (size_t b = a + 1; b <= all->members; b++)
            if (compare(e, a, b, &how, err) != 0)
                return -1;
    return 0;
}

static int measure_lengths(struct eval *e, struct error *err)
{
    (void)err;
    e->length_count = evaluate_by_length(e->names.words, e->ensemble.ranks.t2i,
                                         folds_captions(&e->ensemble.folds), &e->lengths);
    return 0;
}

/* ---- files ---- */

static int save_sims(struct eval *e, struct error *err)
{
    const struct folds *f = &e->ensemble.folds;
    return npy_save(e->save_sims, NPY_F32, 2, (size_t[]){f->I, f->C}, e->ensemble.sims, err);
}

/* Writes the rankings, or the ranks of the truths. */
static int save_ranked(struct eval *e, const char *path, bool run, struct error *err)
{
    struct rankings rankings = {&e->ensemble.folds, e->ensemble.sims, &e->names,
                                e->common.assumed ? "scanscope-assumed" : NULL, &e->common.said};
    struct file_out out;
    if (file_out_open(path, &out, err) != 0)
        return -1;
    int status = run ? rankings_write_run(&rankings, (size_t)e->run_depth, out.stream, err)
                     : rankings_write_ranks(&rankings, &e->ensemble.ranks, out.stream, err);
    if (status == 0)
        return file_out_commit(&out, err);
    file_out_abort(&out);
    return -1;
}

static int save_run(struct eval *e, struct error *err)
{
    return save_ranked(e, e->run, true, err);
}

static int save_ranks(struct eval *e, struct error *err)
{
    return save_ranked(e, e->ranks_file, false, err);
}

/* ---- the command ---- */

static int evaluate_all(struct eval *e, struct error *err)
{
    const struct {
        bool wanted;
        int (*run)(struct eval *e, struct error *err);
    } steps[] = {
        {true, score},
        {true, complete_names},
        {e->save_sims, save_sims},
        {e->qrels, measure_judged},
        {e->run, save_run},
        {e->ranks_file, save_ranks},
        {e->metrics, measure_own},
        {e->ci, measure_confidence},
        {e->by_length, measure_lengths},
    };
    for (size_t i = 0; i < COUNTOF(steps); i++)
        if (steps[i].wanted && steps[i].run(e, err) != 0)
            return -1;
    return 0;
}

/* What is wrong with the options together, or NULL. */
static const char *conflict(const struct eval *e)
{
    if (e->fold5 + (e->folds > 0) + (e->fold_size > 0) > 1)
        return "--fold5, --folds and --fold-size exclude each other";
    if ((e->fold5 || e->folds || e->fold_size) && e->save_sims)
        return "--save-sims excludes folds: only they are scored, not the whole matrix";
    if (e->complete && !e->qrels)
        return "--complete is about the queries of a qrels file: give --qrels FILE too";
    if (e->resamples == 0)
        return "--resamples takes a number above 0";
    if (e->seed < 1)
        return "--seed takes a number above 0";
    return NULL;
}

static bool next_weight(const char **text, double *out)
{
    char *end;
    *out = strtod(*text, &end);
    if (end == *text || (*end && *end != ','))
        return false;
    *text = end + (*end == ',');
    return *end != ',' || **text;
}

/* --weights into e->weights, one per model. */
static int parse_weights(struct eval *e, struct error *err)
{
    size_t members = e->common.models.count, n = 0;
    double weight;
    if (!e->weight_text)
        return 0;
    e->weights = mem_new(members, sizeof *e->weights);
    for (const char *text = e->weight_text; n == 0 || *text; n++) {
        if (!next_weight(&text, &weight))
            return error_set(err, "--weights takes numbers between commas, such as 2,1, not '%s'",
                             e->weight_text);
        if (n < members)
            e->weights[n] = weight;
    }
    if (n != members)
        return error_set(err, "--weights has %zu numbers for %zu models (-m): give one each", n,
                         members);
    return ensemble_check_weights(e->weights, members, err) == 0 ? 0
                                                                 : error_prefix(err, "--weights");
}

static int run(struct eval *e)
{
    struct error err;
    const char *wrong = conflict(e);
    if (wrong)
        return cli_usage_error("eval", "%s", wrong);
    struct sims_reading reading;
    if (parse_weights(e, &err) != 0 || sims_reading_parse(e->common.matrix, &reading, &err) != 0 ||
        cli_name_models(&e->common, &err) != 0)
        return cli_usage_error("eval", "%s", err.text);
    interrupt_catch();
    if (evaluate_all(e, &err) != 0)
        return cli_fail("eval", &err);
    if (e->ensemble.bf16)
        cli_note(&e->common, "bf16: %.2f %% of the pairs scored again in f32",
                 100 * ensemble_share_again(&e->ensemble));
    (e->common.json ? eval_print_json : eval_print_text)(e);
    return EXIT_DONE;
}

static void eval_done(struct eval *e)
{
    ensemble_done(&e->ensemble);
    judgements_done(&e->judged);
    split_names_done(&e->names);
    free(e->differences);
    free(e->rsum_differences);
    free(e->lengths);
    free(e->weights);
    cli_common_done(&e->common);
}

/* Long for its table of options. */
int cli_eval(int argc, char **argv)
{
    struct eval e = {.run_depth = 1000, .resamples = 2000, .seed = 1};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&e.common),
        CLI_NAME_OPTION(&e.common),
        CLI_JSON_OPTION(&e.common),
        {"weights", 0, CLI_TEXT, "W,W,...", "weights of the models' similarities (default: equal)",
         &e.weight_text},
        {"fold5", 0, CLI_SWITCH, NULL, "average five folds of 1000 images (COCO, split testall)",
         &e.fold5},
        {"folds", 0, CLI_INT, "N", "average N folds of equal size", &e.folds},
        {"fold-size", 0, CLI_INT, "N", "average folds of N images", &e.fold_size},
        {"metrics", 0, CLI_SWITCH, NULL, "print mAP@R, R-precision and nDCG with the recalls",
         &e.metrics},
        {"qrels", 0, CLI_TEXT, "FILE", "the same for the relevant items given in a TREC qrels file",
         &e.qrels},
        {"complete", 0, CLI_SWITCH, NULL,
         "with --qrels: average over all of its queries, as trec_eval -c does", &e.complete},
        {"caption-ids", 0, CLI_TEXT, "FILE",
         "ids of the captions, one per line (default: IMAGE#0, IMAGE#1, ...)", &e.caption_ids},
        {"ci", 0, CLI_SWITCH, NULL,
         "bootstrap intervals of the recalls and, for several models, of their differences", &e.ci},
        {"resamples", 0, CLI_INT, "N", "resamples for --ci (default: 2000)", &e.resamples},
        {"seed", 0, CLI_INT, "N", "bootstrap seed for --ci (default: 1)", &e.seed},
        {"by-length", 0, CLI_SWITCH, NULL, "recalls of captions by their number of words",
         &e.by_length},
        {"ranks", 0, CLI_TEXT, "FILE", "write the rank of each query's truth as CSV",
         &e.ranks_file},
        {"run", 0, CLI_TEXT, "FILE", "write the rankings as a TREC run, for trec_eval", &e.run},
        {"run-depth", 0, CLI_INT, "N", "items per query in the run (default: 1000; 0: all)",
         &e.run_depth},
        {"save-sims", 0, CLI_TEXT, "FILE", "write the similarities, images x captions, as .npy",
         &e.save_sims},
        {0},
    };
    const struct cli_usage usage = {
        .command = "eval",
        .synopsis = "-m MODEL [-m MODEL ...] -d DIR [-s SPLIT] [options]",
        .about =
            "Ranks every caption for every image and every image for every caption, and prints the "
            "recalls as the reference does. Several models make an ensemble: each is opened with "
            "its own options and vocabulary, and the similarities are averaged; a matrix (.npy, or "
            ".npz with one array) may "
            "take the place of a model.",
        .examples =
            "  scanscope eval -m assets/demo/model.pth.tar -d assets/demo\n"
            "  scanscope eval -m assets/demo/model.pth.tar -d assets/demo --json\n"
            "  scanscope eval -m assets/demo/model.pth.tar -d assets/demo --ci --by-length\n",
        .options = options,
    };
    int status;
    if (cli_parse(&usage, argc, argv, NULL, &status))
        status = run(&e);
    eval_done(&e);
    return status;
}
