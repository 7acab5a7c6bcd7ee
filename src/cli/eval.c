/* eval.c: recalls of one model, or of several whose similarity matrices are averaged: the options
 * and the reference's lines. */
#include "cli/eval_qrels.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "io/array/npy.h"

/* ---- ranks ------------------------------------------------------------------------------------
 */

void eval_rank(const struct eval *e, const float *sims, struct evaluation *folds_out,
               struct eval_ranks *ranks_out)
{
    *ranks_out = (struct eval_ranks){
        .i2t = mem_new(eval_images(e), sizeof *ranks_out->i2t),
        .t2i = mem_new(eval_captions(e), sizeof *ranks_out->t2i),
    };
    for (size_t p = 0; p < e->parts; p++) {
        struct evaluation fold;
        evaluate_with_ranks(sims + p * eval_part_size(e), e->part_images, e->part_captions,
                            e->per_image, &fold, ranks_out->i2t + p * e->part_images,
                            ranks_out->t2i + p * e->part_captions);
        if (folds_out)
            folds_out[p] = fold;
    }
}

void eval_ranks_done(struct eval_ranks *ranks)
{
    free(ranks->i2t);
    free(ranks->t2i);
    *ranks = (struct eval_ranks){0};
}

/* ---- the reference's lines --------------------------------------------------------------------
 */

static double mean_recall(const struct recalls *r)
{
    return (r->r1 + r->r5 + r->r10) / 3;
}

static void print_recalls(const char *label, const struct recalls *r, const char *comma)
{
    printf("%s: %.1f%s %.1f%s %.1f%s %.1f%s %.1f\n", label, r->r1, comma, r->r5, comma, r->r10,
           comma, r->median, comma, r->mean);
}

/* The reference's rsum of five folds is six times the mean of the i2t recalls; ours is the sum. */
static void print_text(const struct evaluation *mean, const struct evaluation *folds, size_t n)
{
    for (size_t f = 0; n > 1 && f < n; f++) {
        print_recalls("Image to text", &folds[f].i2t, ",");
        print_recalls("Text to image", &folds[f].t2i, ",");
        printf("rsum: %.1f ar: %.1f ari: %.1f\n", folds[f].rsum, mean_recall(&folds[f].i2t),
               mean_recall(&folds[f].t2i));
    }
    if (n > 1)
        puts("-----------------------------------\nMean metrics: ");
    printf("rsum: %.1f\n", mean->rsum);
    printf("Average i2t Recall: %.1f\n", mean_recall(&mean->i2t));
    print_recalls("Image to text", &mean->i2t, "");
    printf("Average t2i Recall: %.1f\n", mean_recall(&mean->t2i));
    print_recalls("Text to image", &mean->t2i, "");
}

static void print_json_recalls(const char *name, const struct recalls *r)
{
    printf("\"%s\": [%.17g, %.17g, %.17g, %.17g, %.17g]", name, r->r1, r->r5, r->r10, r->median,
           r->mean);
}

static void print_json_evaluation(const struct evaluation *e)
{
    putchar('{');
    print_json_recalls("i2t", &e->i2t);
    fputs(", ", stdout);
    print_json_recalls("t2i", &e->t2i);
    printf(", \"rsum\": %.17g", e->rsum);
}

/* All but the closing brace. */
static void print_json(const struct eval *e)
{
    print_json_evaluation(&e->mean);
    if (e->bf16)
        printf(", \"rescored\": %.17g", eval_share_again(e));
    const struct evaluation *folds = e->fold;
    size_t n = e->parts;
    for (size_t f = 0; n > 1 && f < n; f++) {
        fputs(f == 0 ? ", \"folds\": [" : ", ", stdout);
        print_json_evaluation(&folds[f]);
        fputs(f + 1 < n ? "}" : "}]", stdout);
    }
}

static int report(struct eval *e, struct error *err)
{
    e->fold = mem_new(e->parts, sizeof *e->fold);
    eval_rank(e, e->sum.sims, e->fold, &e->ranks);
    evaluate_mean(e->fold, e->parts, &e->mean);
    if (e->save_sims &&
        npy_save(e->save_sims, NPY_F32, 2, (size_t[]){e->I, e->C}, e->sum.sims, err) != 0)
        return -1;
    if ((e->qrels && eval_read_qrels(e, e->judged, err) != 0) || eval_write_files(e, err) != 0)
        return -1;
    if (e->bf16 && !e->common.quiet)
        fprintf(stderr, "scanscope eval: bf16: %.2f %% of the pairs scored again in f32\n",
                100 * eval_share_again(e));
    if (e->common.json)
        print_json(e);
    else
        print_text(&e->mean, e->fold, e->parts);
    int status = eval_tables(e, err);
    if (e->common.json)
        puts("}");
    return status;
}

/* ---- the command ------------------------------------------------------------------------------
 */

/* What is wrong with the options together, or NULL. */
static const char *conflict(const struct eval *e)
{
    if (e->fold5 + (e->folds > 0) + (e->fold_size > 0) > 1)
        return "--fold5, --folds and --fold-size exclude each other";
    if (e->fold5 && e->save_sims)
        return "--save-sims goes without --fold5, which scores the folds only";
    if ((e->folds || e->fold_size) && e->save_sims)
        return "--save-sims goes without folds, of which only they are scored";
    if (e->resamples == 0)
        return "--resamples takes a number above 0";
    return NULL;
}

static int run(struct eval *e)
{
    struct error err;
    const char *wrong = conflict(e);
    if (wrong)
        return cli_usage_error("eval", "%s", wrong);
    if (!eval_parse_weights(e, &err))
        return cli_usage_error("eval", "%s", err.text);
    interrupt_catch();
    return eval_members(e, &err) == 0 && eval_decide(e, &err) == 0 && report(e, &err) == 0
               ? EXIT_DONE
               : cli_fail("eval", &err);
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
}

static void eval_done(struct eval *e)
{
    for (size_t m = 0; e->members && m < e->common.models.count; m++)
        eval_ranks_done(&e->members[m]);
    free(e->members);
    eval_ranks_done(&e->ranks);
    metrics_relevance_done(&e->judged[0]);
    metrics_relevance_done(&e->judged[1]);
    free_names(e->image_id, e->I);
    free_names(e->caption_id, e->C);
    free(e->words);
    free(e->weights);
    free(e->fold);
    eval_scores_free(e);
    cli_common_done(&e->common);
}

int cli_eval(int argc, char **argv)
{
    struct eval e = {.run_depth = 1000, .resamples = 2000};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&e.common),
        CLI_JSON_OPTION(&e.common),
        {"weights", 0, CLI_TEXT, "W,W,...", "weights of the models' similarities (default: equal)",
         &e.weight_text},
        {"fold5", 0, CLI_SWITCH, NULL, "average five folds of 1000 images (COCO, split testall)",
         &e.fold5},
        {"folds", 0, CLI_INT, "N", "average N folds of equal size", &e.folds},
        {"fold-size", 0, CLI_INT, "N", "average folds of N images", &e.fold_size},
        {"metrics", 0, CLI_SWITCH, NULL, "mAP@R, R-precision and nDCG beside the recalls",
         &e.metrics},
        {"qrels", 0, CLI_TEXT, "FILE",
         "the same for the relevant items that a TREC qrels file gives", &e.qrels},
        {"caption-ids", 0, CLI_TEXT, "FILE",
         "ids of the captions, one a line (default: IMAGE#0, IMAGE#1, ...)", &e.caption_id_file},
        {"ci", 0, CLI_SWITCH, NULL,
         "bootstrap intervals of the recalls; of several models, the differences between them",
         &e.ci},
        {"resamples", 0, CLI_INT, "N", "resamples of --ci (default: 2000)", &e.resamples},
        {"by-length", 0, CLI_SWITCH, NULL, "recalls of captions by their number of words",
         &e.by_length},
        {"ranks", 0, CLI_TEXT, "FILE", "write the rank of each query's truth as CSV",
         &e.ranks_file},
        {"run", 0, CLI_TEXT, "FILE", "write the rankings as a TREC run, for trec_eval", &e.run},
        {"run-depth", 0, CLI_INT, "N", "items a query in it (default: 1000; 0: all)", &e.run_depth},
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
            "its own options and vocabulary, and the similarities are averaged; a .npy matrix may "
            "stand in place of a model.",
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
