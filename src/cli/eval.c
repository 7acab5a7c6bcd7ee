/* eval.c: recalls of one model, or of several whose similarity matrices are averaged. Each model is
 * a session of its own: its own checkpoint, options and vocabulary. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "io/npy.h"
#include "io/objarray.h"
#include "retrieve/evaluate.h"
#include "retrieve/exact.h"

enum { FOLDS = 5, FOLD_IMAGES = 1000 };

/* Similarities and how far each can be off its pair's own score; the true pairs' own ones. */
struct member_scores {
    float *sims, *bounds; /* parts x part_images x part_captions */
    float *truth;         /* parts x part_captions */
};

struct eval {
    struct cli_common common;
    bool fold5;
    const char *save_sims;
    /* what all members of the ensemble share */
    size_t I, C, per_image;
    /* the matrix in parts that are scored each by themselves: the whole, or the folds' diagonal
     * blocks */
    size_t parts, part_images, part_captions;
    struct member_scores sum, one; /* of all members so far, of one */
    struct exact_list truth;       /* the true pairs of a part */
    struct session *session;       /* of the member `open` */
    size_t open;
    struct exact_share share;
    bool bf16; /* a member was scored in bfloat16 */
};

/* ---- members ----------------------------------------------------------------------------------
 */

static const char *member_name(const struct eval *e, size_t member)
{
    return e->common.models.items[member];
}

static bool is_matrix(const char *path)
{
    const char *dot = strrchr(file_name(path), '.');
    return dot && strcmp(dot, ".npy") == 0;
}

static size_t part_size(const struct eval *e)
{
    return e->part_images * e->part_captions;
}

static int scores_get(const struct eval *e, struct member_scores *out, struct error *err)
{
    const char *what = "the similarities";
    return mem_get(&out->sims, e->parts * part_size(e), sizeof *out->sims, what, err) == 0 &&
                   mem_get(&out->bounds, e->parts * part_size(e), sizeof *out->bounds, what, err) ==
                       0 &&
                   mem_get(&out->truth, e->parts * e->part_captions, sizeof *out->truth, what,
                           err) == 0
               ? 0
               : -1;
}

static void scores_free(struct member_scores *scores)
{
    free(scores->sims);
    free(scores->bounds);
    free(scores->truth);
}

static int plan_parts(struct eval *e, const char *name, size_t I, size_t C, size_t per_image,
                      struct error *err)
{
    if (per_image == 0 || C == 0)
        return error_set(
            err, "there are no captions: give them with --captions FILE or --token-ids FILE");
    if (e->sum.sims && (I != e->I || C != e->C))
        return error_set(
            err,
            "%s has %zu images x %zu captions, the models before it %zu x %zu: they must "
            "be of the same split",
            name, I, C, e->I, e->C);
    if (e->sum.sims)
        return 0;
    if (e->fold5 && I < FOLDS * FOLD_IMAGES)
        return error_set(
            err,
            "--fold5 averages five folds of 1000 images, and the split '%s' has %zu: use "
            "COCO's 5000 with -s testall, or leave --fold5 out",
            e->common.split ? e->common.split : "test", I);
    e->I = I;
    e->C = C;
    e->per_image = per_image;
    e->parts = e->fold5 ? FOLDS : 1;
    e->part_images = e->fold5 ? FOLD_IMAGES : I;
    e->part_captions = e->fold5 ? FOLD_IMAGES * per_image : C;
    size_t pairs = 0;
    if (e->fold5 && C < FOLDS * e->part_captions)
        return error_set(err, "--fold5 needs %zu captions, the split has %zu",
                         FOLDS * e->part_captions, C);
    if (!mem_mul(e->parts * e->part_images, e->part_captions, &pairs))
        return error_set(err, "too many pairs");
    return scores_get(e, &e->sum, err) == 0 &&
                   exact_truth(e->part_images, e->part_captions, per_image, &e->truth, err) == 0
               ? 0
               : -1;
}

static struct session_part part_of(const struct eval *e, size_t p)
{
    return (struct session_part){.first_image = p * e->part_images,
                                 .images = e->part_images,
                                 .first_caption = p * e->part_captions,
                                 .captions = e->part_captions};
}

static struct score_list list_of(const struct exact_list *list)
{
    return (struct score_list){list->starts, list->captions};
}

/* Scores of part p that decide most ranks. Where the matrix is written every pair's own score is
 * wanted anyhow, and nothing is known before. */
static int score_part(const struct eval *e, const struct session_part *part, float *sims,
                      float *bounds, bool *wide_out, const struct progress *progress,
                      struct error *err)
{
    if (!e->save_sims)
        return session_score_near(e->session, part, sims, bounds, wide_out, progress, err);
    for (size_t k = 0; k < part_size(e); k++)
        bounds[k] = INFINITY;
    return 0;
}

/* The member's scores go to `into`, part after part. */
static int score_session(struct eval *e, size_t member, struct member_scores *into,
                         struct error *err)
{
    struct progress_line line;
    struct score_list truth = list_of(&e->truth);
    int status = 0;
    bool wide = false, any = false;
    progress_line_start(&line, "scoring", e->common.quiet);
    for (size_t p = 0; p < e->parts && status == 0; p++) {
        struct session_part part = part_of(e, p);
        status = score_part(e, &part, into->sims + p * part_size(e),
                            into->bounds + p * part_size(e), &wide, &line.progress, err);
        if (status == 0)
            status = session_score_some(e->session, &part, &truth,
                                        into->truth + p * e->part_captions, NULL, err);
        any = any || wide;
    }
    progress_line_end(&line);
    e->bf16 = e->bf16 || e->session->half;
    if (any && !e->common.quiet)
        fprintf(
            stderr,
            "scanscope eval: %s: the bounds of bf16 are wider than its scores differ; scored in "
            "f32\n",
            member_name(e, member));
    return status;
}

/* The first member is scored straight into the sum; those after it are added. */
static int member_room(struct eval *e, size_t member, struct member_scores **into,
                       struct error *err)
{
    *into = member == 0 ? &e->sum : &e->one;
    return (*into)->sims ? 0 : scores_get(e, *into, err);
}

/* The session of a member; opening another closes it. */
static int open_member(struct eval *e, size_t member, struct error *err)
{
    struct session_spec spec;
    if (e->session && e->open == member)
        return 0;
    session_free(e->session);
    e->session = NULL;
    e->open = member;
    if (cli_session_spec(&e->common, member, &spec, err) != 0)
        return -1;
    spec.encode_captions = true;
    return cli_session_open(&e->common, &spec, &e->session, err);
}

static int add_model(struct eval *e, size_t member, struct error *err)
{
    struct member_scores *into;
    if (open_member(e, member, err) != 0)
        return -1;
    const struct session *session = e->session;
    const struct dataset *data = session->data;
    if (data->note && !e->common.quiet && member == 0)
        fprintf(stderr, "scanscope eval: %s\n", data->note);
    if (plan_parts(e, member_name(e, member), session->I, session->C, data->per_image, err) != 0 ||
        member_room(e, member, &into, err) != 0)
        return -1;
    return score_session(e, member, into, err);
}

/* A plain I x C array, or the reference's pickled dict {'npts', 'sims'}. */
static int read_matrix(const char *path, float **sims_out, size_t shape_out[2], struct error *err)
{
    struct npy *file = NULL;
    size_t npts = 0;
    if (npy_open(path, NULL, &file, err) != 0)
        return -1;
    int status = 0;
    if (file->type == NPY_OBJECT) {
        status =
            objarray_results(file->data, file->data_size, path, sims_out, shape_out, &npts, err);
    } else if (file->ndim != 2 || file->count == 0) {
        status = error_at(err, path, -1, "holds no matrix of similarities, images x captions");
    } else {
        memcpy(shape_out, file->shape, 2 * sizeof *shape_out);
        status = mem_get(sims_out, file->count, sizeof(float), "the similarities", err);
        if (status == 0)
            npy_rows_f32(file, 0, file->shape[0], *sims_out);
    }
    npy_free(file);
    return status;
}

static int check_matrix(const char *path, const float *sims, const size_t shape[2],
                        struct error *err)
{
    for (size_t k = 0; k < shape[0] * shape[1]; k++)
        if (!isfinite(sims[k]))
            return error_at(err, path, -1,
                            "image %zu, caption %zu: a similarity is NaN or infinite; compute "
                            "them again",
                            k / shape[1], k % shape[1]);
    return 0;
}

/* Captions an image: as the split of the models before says, else from the shape. */
static size_t matrix_per_image(const struct eval *e, const size_t shape[2])
{
    if (e->sum.sims)
        return e->per_image;
    return shape[0] > 0 && shape[1] % shape[0] == 0 ? shape[1] / shape[0] : 0;
}

/* A matrix is what it is: its bounds stay zero. */
static void copy_parts(const struct eval *e, const float *sims, struct member_scores *into)
{
    for (size_t p = 0; p < e->parts; p++) {
        float *part = into->sims + p * part_size(e);
        for (size_t i = 0; i < e->part_images; i++)
            memcpy(part + i * e->part_captions,
                   sims + (p * e->part_images + i) * e->C + p * e->part_captions,
                   e->part_captions * sizeof *part);
        for (size_t i = 0; i < e->part_images; i++)
            for (size_t k = e->truth.starts[i]; k < e->truth.starts[i + 1]; k++)
                into->truth[p * e->part_captions + k] = part[i * e->part_captions + k];
    }
    memset(into->bounds, 0, e->parts * part_size(e) * sizeof *into->bounds);
}

static int load_matrix(const struct eval *e, size_t member, float **sims_out, size_t shape_out[2],
                       struct error *err)
{
    const char *path = member_name(e, member);
    int status = read_matrix(path, sims_out, shape_out, err);
    if (status == 0)
        status = check_matrix(path, *sims_out, shape_out, err);
    if (status == 0 && matrix_per_image(e, shape_out) == 0)
        status = error_at(err, path, -1, "%zu x %zu is no matrix of images x captions",
                          shape_out[0], shape_out[1]);
    return status;
}

static int add_matrix(struct eval *e, size_t member, struct error *err)
{
    float *sims = NULL;
    struct member_scores *into = NULL;
    size_t shape[2] = {0};
    int status = load_matrix(e, member, &sims, shape, err);
    if (status == 0)
        status = plan_parts(e, member_name(e, member), shape[0], shape[1],
                            matrix_per_image(e, shape), err);
    if (status == 0)
        status = member_room(e, member, &into, err);
    if (status == 0)
        copy_parts(e, sims, into);
    free(sims);
    return status;
}

static void add_floats(float *to, const float *from, size_t n)
{
    for (size_t k = 0; k < n; k++)
        to[k] += from[k];
}

static void divide(float *x, size_t n, size_t by)
{
    for (size_t k = 0; by > 1 && k < n; k++)
        x[k] /= (float)by;
}

/* Averages, as rounded as those of the pairs' own scores will be: the bounds leave room for that.
 */
static void average(struct eval *e, size_t members)
{
    size_t n = e->parts * part_size(e);
    for (size_t k = 0; members > 1 && k < n; k++)
        e->sum.bounds[k] += 1.2e-7f * (float)members * (fabsf(e->sum.sims[k]) + e->sum.bounds[k]);
    divide(e->sum.sims, n, members);
    divide(e->sum.bounds, n, members);
    divide(e->sum.truth, e->parts * e->part_captions, members);
}

static int add_members(struct eval *e, struct error *err)
{
    size_t members = e->common.models.count;
    if (members == 0)
        return error_set(err, "no model: give a checkpoint with -m FILE");
    for (size_t m = 0; m < members; m++) {
        if ((is_matrix(member_name(e, m)) ? add_matrix : add_model)(e, m, err) != 0)
            return -1;
        if (m > 0) {
            add_floats(e->sum.sims, e->one.sims, e->parts * part_size(e));
            add_floats(e->sum.bounds, e->one.bounds, e->parts * part_size(e));
            add_floats(e->sum.truth, e->one.truth, e->parts * e->part_captions);
        }
    }
    average(e, members);
    return 0;
}

/* ---- the pairs that ranks hang on --------------------------------------------------------------
 */

/* Own scores of the listed pairs of part p under one member. */
static int list_model(struct eval *e, size_t member, size_t p, const struct exact_list *list,
                      float *scores, struct error *err)
{
    struct progress_line line;
    struct session_part part = part_of(e, p);
    struct score_list pairs = list_of(list);
    if (open_member(e, member, err) != 0)
        return -1;
    progress_line_start(&line, "deciding", e->common.quiet);
    int status = session_score_some(e->session, &part, &pairs, scores, &line.progress, err);
    progress_line_end(&line);
    return status;
}

static int list_matrix(struct eval *e, size_t member, size_t p, const struct exact_list *list,
                       float *scores, struct error *err)
{
    float *sims = NULL;
    size_t shape[2];
    if (load_matrix(e, member, &sims, shape, err) != 0)
        return -1;
    for (size_t i = 0; i < e->part_images; i++)
        for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
            scores[k] =
                sims[(p * e->part_images + i) * e->C + p * e->part_captions + list->captions[k]];
    free(sims);
    return 0;
}

/* Puts averages of the listed pairs' own scores into the matrix. */
static int decide_list(struct eval *e, size_t p, const struct exact_list *list, struct error *err)
{
    size_t n = list->starts[e->part_images], members = e->common.models.count;
    float *sum = NULL, *one = NULL;
    int status = mem_get(&sum, n, sizeof *sum, "the similarities", err);
    if (status == 0)
        status = mem_get(&one, n, sizeof *one, "the similarities", err);
    for (size_t m = 0; m < members && status == 0; m++) {
        bool matrix = is_matrix(member_name(e, m));
        status = (matrix ? list_matrix : list_model)(e, m, p, list, m ? one : sum, err);
        if (m > 0 && status == 0)
            add_floats(sum, one, n);
    }
    divide(sum, n, members);
    if (status == 0)
        exact_put(list, sum, e->part_images, e->part_captions, e->sum.sims + p * part_size(e));
    free(sum);
    free(one);
    return status;
}

static int decide_part(struct eval *e, size_t p, struct error *err)
{
    struct exact_list open;
    float *sims = e->sum.sims + p * part_size(e), *truth = e->sum.truth + p * e->part_captions;
    int status = exact_open(sims, e->sum.bounds + p * part_size(e), e->part_images,
                            e->part_captions, e->per_image, truth, &open, err);
    exact_put(&e->truth, truth, e->part_images, e->part_captions, sims);
    if (status == 0) {
        size_t n = open.starts[e->part_images];
        e->share.pairs += part_size(e);
        e->share.again += n + e->truth.starts[e->part_images];
        status = n > 0 ? decide_list(e, p, &open, err) : 0;
    }
    exact_list_free(&open);
    return status;
}

static int decide(struct eval *e, struct error *err)
{
    int status = 0;
    for (size_t p = 0; p < e->parts && status == 0; p++)
        status = decide_part(e, p, err);
    return status;
}

/* ---- results ----------------------------------------------------------------------------------
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

/* The reference's lines. Its rsum of five folds is six times the mean of the i2t recalls; ours is
 * the sum. */
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

static double share_again(const struct eval *e)
{
    return (double)e->share.again / (double)e->share.pairs;
}

static void print_json(const struct eval *e, const struct evaluation *mean,
                       const struct evaluation *folds, size_t n)
{
    print_json_evaluation(mean);
    if (e->bf16)
        printf(", \"rescored\": %.17g", share_again(e));
    for (size_t f = 0; n > 1 && f < n; f++) {
        fputs(f == 0 ? ", \"folds\": [" : ", ", stdout);
        print_json_evaluation(&folds[f]);
        fputs(f + 1 < n ? "}" : "}]", stdout);
    }
    puts("}");
}

static int report(const struct eval *e, struct error *err)
{
    struct evaluation folds[FOLDS], mean;
    for (size_t p = 0; p < e->parts; p++)
        evaluate(e->sum.sims + p * part_size(e), e->part_images, e->part_captions, e->per_image,
                 &folds[p]);
    evaluation_mean(folds, e->parts, &mean);
    if (e->save_sims &&
        npy_save(e->save_sims, NPY_F32, 2, (size_t[]){e->I, e->C}, e->sum.sims, err) != 0)
        return -1;
    if (e->bf16 && !e->common.quiet)
        fprintf(stderr, "scanscope eval: bf16: %.2f %% of the pairs scored again in f32\n",
                100 * share_again(e));
    if (e->common.json)
        print_json(e, &mean, folds, e->parts);
    else
        print_text(&mean, folds, e->parts);
    return 0;
}

int cmd_eval(int argc, char **argv)
{
    struct eval e = {0};
    const struct cli_option options[] = {
        CLI_COMMON_OPTIONS(&e.common),
        CLI_JSON_OPTION(&e.common),
        {"fold5", 0, CLI_SWITCH, NULL, "average five folds of 1000 images (COCO, split testall)",
         &e.fold5},
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
            "its "
            "own options and vocabulary, and the similarities are averaged; a .npy matrix may "
            "stand in "
            "place of a model.",
        .examples = "  scanscope eval -m assets/demo/model.pth.tar -d assets/demo\n"
                    "  scanscope eval -m assets/demo/model.pth.tar -d assets/demo --json\n",
        .options = options,
    };
    int status;
    struct error err;
    if (!cli_parse(&usage, argc, argv, NULL, &status))
        goto out;
    status = EXIT_USAGE;
    if (e.fold5 && e.save_sims) {
        status = cli_wrong("eval", "--save-sims goes without --fold5, which scores the folds only");
        goto out;
    }
    interrupt_catch();
    status = add_members(&e, &err) == 0 && decide(&e, &err) == 0 && report(&e, &err) == 0
                 ? EXIT_DONE
                 : cli_fail("eval", &err);
out:
    session_free(e.session);
    scores_free(&e.sum);
    scores_free(&e.one);
    exact_list_free(&e.truth);
    cli_common_done(&e.common);
    return status;
}
