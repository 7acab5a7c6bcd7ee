/* eval_members.c: the similarities of an ensemble: each member is a session of its own (its own
 * checkpoint, options and vocabulary) or a matrix from a file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/eval.h"
#include "io/array/npy.h"
#include "io/torch/objarray.h"

/* ---- members ----------------------------------------------------------------------------------
 */

static const char *member_name(const struct eval *e, size_t member)
{
    return e->common.models.items[member];
}

bool eval_is_matrix(const struct eval *e, size_t member)
{
    const char *dot = strrchr(file_name(member_name(e, member)), '.');
    return dot && strcmp(dot, ".npy") == 0;
}

/* How many folds of how many images the options ask for. */
static int plan_folds(struct eval *e, size_t I, struct error *err)
{
    const char *split = e->common.split ? e->common.split : "test";
    size_t folds = (size_t)e->folds, size = (size_t)e->fold_size;
    if (e->fold5 && I < EVAL_FOLDS * EVAL_FOLD_IMAGES)
        return error_set(
            err,
            "--fold5 averages five folds of 1000 images, and the split '%s' has %zu: use "
            "COCO's 5000 with -s testall, or leave --fold5 out",
            split, I);
    if (folds > I || size > I)
        return error_set(err, "the split '%s' has %zu images, too few for %s %zu", split, I,
                         folds ? "--folds" : "--fold-size", folds ? folds : size);
    e->part_images = e->fold5 ? EVAL_FOLD_IMAGES : folds ? I / folds : size ? size : I;
    e->parts = e->fold5 ? EVAL_FOLDS : folds ? folds : I / e->part_images;
    return 0;
}

static void note_left_out(const struct eval *e)
{
    size_t used = eval_images(e);
    if (!e->fold5 && used < e->I && !e->common.quiet)
        fprintf(stderr,
                "scanscope eval: %zu folds of %zu images; the last %zu images are left out\n",
                e->parts, e->part_images, e->I - used);
}

static int scores_get(const struct eval *e, struct member_scores *out, struct error *err)
{
    static const char what[] = "the similarities";
    size_t pairs = e->parts * eval_part_size(e);
    if (mem_alloc(&out->sims, pairs, sizeof *out->sims, what, err) != 0 ||
        mem_alloc(&out->bounds, pairs, sizeof *out->bounds, what, err) != 0)
        return -1;
    return mem_alloc(&out->truth, eval_captions(e), sizeof *out->truth, what, err);
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
    if (plan_folds(e, I, err) != 0)
        return -1;
    e->I = I;
    e->C = C;
    e->per_image = per_image;
    e->part_captions = e->parts > 1 || e->part_images < I ? e->part_images * per_image : C;
    size_t pairs = 0;
    if (C < eval_captions(e))
        return error_set(err, "%s needs %zu captions, the split has %zu",
                         e->fold5 ? "--fold5" : "this many folds", eval_captions(e), C);
    if (!mem_mul(eval_images(e), e->part_captions, &pairs))
        return error_set(err, "too many pairs");
    note_left_out(e);
    if (scores_get(e, &e->sum, err) != 0)
        return -1;
    return exact_true_pairs(e->part_images, e->part_captions, per_image, &e->truth, err);
}

struct session_block eval_part(const struct eval *e, size_t p)
{
    return (struct session_block){.first_image = p * e->part_images,
                                  .images = e->part_images,
                                  .first_caption = p * e->part_captions,
                                  .captions = e->part_captions};
}

/* Whether more than the ranks of the truths is made of the scores: then every pair's own is wanted.
 */
static bool wants_all(const struct eval *e)
{
    return e->save_sims || e->metrics || e->qrels || e->run || e->ranks_file;
}

/* Every pair's own score: the list of all pairs is as the matrix lies. */
static int score_own(const struct eval *e, const struct session_block *part, float *sims,
                     struct error *err)
{
    struct exact_list all = {0};
    int status = exact_all_pairs(part->images, part->captions, &all, err);
    struct score_list pairs = {all.starts, all.captions};
    struct progress_line line;
    progress_line_start(&line, "scoring", e->common.quiet);
    if (status == 0)
        status = session_score_pairs(e->session, part, &pairs, sims, &line.progress, err);
    progress_line_end(&line);
    exact_list_free(&all);
    return status;
}

static int score_near(const struct eval *e, const struct session_block *part, float *sims,
                      float *bounds, bool *wide_out, struct error *err)
{
    struct progress_line line;
    progress_line_start(&line, "scoring", e->common.quiet);
    int status =
        session_score_approx(e->session, part, sims, bounds, wide_out, &line.progress, err);
    progress_line_end(&line);
    return status;
}

static int score_part(const struct eval *e, size_t p, const struct member_scores *into,
                      bool *wide_out, struct error *err)
{
    struct session_block part = eval_part(e, p);
    struct score_list truth = {e->truth.starts, e->truth.captions};
    float *sims = into->sims + p * eval_part_size(e), *bounds = into->bounds + (sims - into->sims);
    memset(bounds, 0, eval_part_size(e) * sizeof *bounds);
    int status = wants_all(e) ? score_own(e, &part, sims, err)
                              : score_near(e, &part, sims, bounds, wide_out, err);
    return status == 0 ? session_score_pairs(e->session, &part, &truth,
                                             into->truth + p * e->part_captions, NULL, err)
                       : -1;
}

/* The member's scores go to `into`, part after part. */
static int score_session(struct eval *e, size_t member, const struct member_scores *into,
                         struct error *err)
{
    int status = 0;
    bool wide = false, any = false;
    for (size_t p = 0; p < e->parts && status == 0; p++) {
        status = score_part(e, p, into, &wide, err);
        any = any || wide;
    }
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

int eval_open_member(struct eval *e, size_t member, struct error *err)
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
    struct member_scores *into = NULL;
    if (eval_open_member(e, member, err) != 0)
        return -1;
    const struct session *session = e->session;
    const struct dataset *data = session->data;
    if (data->note && !e->common.quiet && member == 0)
        fprintf(stderr, "scanscope eval: %s\n", data->note);
    int status =
        plan_parts(e, member_name(e, member), session->I, session->C, data->per_image, err);
    if (status == 0 && eval_needs_names(e) && !e->image_id)
        status = eval_take_split(e, session, err);
    if (status == 0)
        status = member_room(e, member, &into, err);
    return status == 0 ? score_session(e, member, into, err) : status;
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
        status = mem_alloc(sims_out, file->count, sizeof(float), "the similarities", err);
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

/* A matrix is what it is: its bounds are zero. */
static void copy_parts(const struct eval *e, const float *sims, const struct member_scores *into)
{
    for (size_t p = 0; p < e->parts; p++) {
        float *part = into->sims + p * eval_part_size(e);
        for (size_t i = 0; i < e->part_images; i++)
            memcpy(part + i * e->part_captions,
                   sims + (p * e->part_images + i) * e->C + p * e->part_captions,
                   e->part_captions * sizeof *part);
        for (size_t i = 0; i < e->part_images; i++)
            for (size_t k = e->truth.starts[i]; k < e->truth.starts[i + 1]; k++)
                into->truth[p * e->part_captions + k] =
                    part[i * e->part_captions + e->truth.captions[k]];
    }
    memset(into->bounds, 0, e->parts * eval_part_size(e) * sizeof *into->bounds);
}

int eval_load_matrix(const struct eval *e, size_t member, float **sims_out, size_t shape_out[2],
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
    int status = eval_load_matrix(e, member, &sims, shape, err);
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

/* ---- the weighted mean ------------------------------------------------------------------------
 */

void eval_combine(const struct eval *e, size_t member, const float *one, size_t n, float *sum)
{
    float weight = (float)e->weights[member];
    for (size_t k = 0; e->common.models.count > 1 && k < n; k++)
        sum[k] = member == 0 ? weight * sum[k] : sum[k] + weight * one[k];
}

void eval_divide(const struct eval *e, size_t n, float *sum)
{
    double total = 0;
    for (size_t m = 0; m < e->common.models.count; m++)
        total += e->weights[m];
    for (size_t k = 0; e->common.models.count > 1 && k < n; k++)
        sum[k] /= (float)total;
}

/* Room for the roundings of the mean of near scores and of that of own ones: each is at most as
 * many units of the weighted magnitudes as there are operations. */
static void widen(const struct eval *e, const struct member_scores *scores)
{
    const float unit = 6e-8f, slack = 2 * unit * (float)(e->common.models.count + 3);
    size_t n = e->parts * eval_part_size(e);
    for (size_t k = 0; k < n; k++)
        scores->bounds[k] += slack * (fabsf(scores->sims[k]) + scores->bounds[k]);
}

static int add_member(struct eval *e, size_t member, struct error *err)
{
    struct member_scores *scores = member == 0 ? &e->sum : &e->one;
    size_t n = 0;
    if ((eval_is_matrix(e, member) ? add_matrix : add_model)(e, member, err) != 0)
        return -1;
    n = e->parts * eval_part_size(e);
    if (e->members && eval_member_ranks(e, member, scores, err) != 0)
        return -1;
    if (e->common.models.count == 1)
        return 0;
    widen(e, scores);
    eval_combine(e, member, scores->sims, n, e->sum.sims);
    eval_combine(e, member, scores->bounds, n, e->sum.bounds);
    eval_combine(e, member, scores->truth, eval_captions(e), e->sum.truth);
    return 0;
}

int eval_members(struct eval *e, struct error *err)
{
    size_t members = e->common.models.count;
    if (members == 0)
        return error_set(err, "no model: give a checkpoint with -m FILE");
    if (e->ci && members > 1)
        e->members = mem_new(members, sizeof *e->members);
    for (size_t m = 0; m < members; m++)
        if (add_member(e, m, err) != 0)
            return -1;
    eval_divide(e, e->parts * eval_part_size(e), e->sum.sims);
    eval_divide(e, e->parts * eval_part_size(e), e->sum.bounds);
    eval_divide(e, eval_captions(e), e->sum.truth);
    return eval_needs_names(e) && !e->image_id ? eval_take_split(e, NULL, err) : 0;
}

/* ---- weights ----------------------------------------------------------------------------------
 */

static bool next_weight(const char **text, double *out)
{
    char *end;
    *out = strtod(*text, &end);
    if (end == *text || !isfinite(*out) || *out < 0 || (*end && *end != ','))
        return false;
    *text = end + (*end == ',');
    return *end != ',' || **text;
}

bool eval_parse_weights(struct eval *e, struct error *err)
{
    size_t members = e->common.models.count, n = 0;
    double total = 0, weight;
    e->weights = mem_new(members, sizeof *e->weights);
    for (size_t m = 0; m < members; m++)
        e->weights[m] = 1;
    if (!e->weight_text)
        return true;
    for (const char *text = e->weight_text; n == 0 || *text; n++) {
        if (!next_weight(&text, &weight)) {
            error_set(err, "--weights takes numbers that are not negative, as 2,1, not '%s'",
                      e->weight_text);
            return false;
        }
        if (n < members)
            e->weights[n] = weight;
        total += weight;
    }
    if (n == members && total > 0)
        return true;
    if (n == members)
        error_set(err, "--weights are all 0");
    else
        error_set(err, "--weights has %zu numbers for %zu models (-m): give one each", n, members);
    return false;
}
