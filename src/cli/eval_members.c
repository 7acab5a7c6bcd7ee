/* eval_members.c: the similarities of an ensemble: each member is a session of its own (its own
 * checkpoint, options and vocabulary) or a matrix from a file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/eval.h"
#include "io/npy.h"
#include "io/objarray.h"

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

static int plan_parts(struct eval *e, const char *name, size_t I, size_t C, size_t per_image,
                      struct error *err)
{
    if (per_image == 0 || C == 0)
        return error_set(
            err, "there are no captions: give them with --captions FILE or --token-ids FILE");
    if (e->sum && (I != e->I || C != e->C))
        return error_set(
            err,
            "%s has %zu images x %zu captions, the models before it %zu x %zu: they must "
            "be of the same split",
            name, I, C, e->I, e->C);
    if (e->sum)
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
    return mem_get(&e->sum, pairs, sizeof(float), "the similarities", err);
}

/* The member's similarities go to `into`, part after part. */
static int score_session(struct eval *e, const struct session *session, float *into,
                         struct error *err)
{
    struct progress_line line;
    progress_line_start(&line, "scoring", e->common.quiet);
    int status = 0;
    for (size_t p = 0; p < e->parts && status == 0; p++)
        status =
            session_score_part(session, p * e->part_images, e->part_images, p * e->part_captions,
                               e->part_captions, into + p * eval_part_size(e), &line.progress, err);
    progress_line_end(&line);
    return status;
}

/* The first member is scored straight into the sum; those after it are added. */
static int member_room(struct eval *e, size_t member, float **into, struct error *err)
{
    *into = member == 0 ? e->sum : e->one;
    if (*into)
        return 0;
    if (mem_get(&e->one, e->parts * eval_part_size(e), sizeof(float), "the similarities", err) != 0)
        return -1;
    *into = e->one;
    return 0;
}

static int add_model(struct eval *e, size_t member, struct error *err)
{
    struct session_spec spec;
    struct session *session = NULL;
    float *into = NULL;
    if (cli_session_spec(&e->common, member, &spec, err) != 0)
        return -1;
    spec.encode_captions = true;
    if (cli_session_open(&e->common, &spec, &session, err) != 0)
        return -1;
    const struct dataset *data = session->data;
    if (data->note && !e->common.quiet && member == 0)
        fprintf(stderr, "scanscope eval: %s\n", data->note);
    int status = plan_parts(e, spec.model, session->I, session->C, data->per_image, err);
    if (status == 0 && eval_needs_names(e) && !e->image_id)
        status = eval_take_split(e, session, err);
    if (status == 0)
        status = member_room(e, member, &into, err);
    if (status == 0)
        status = score_session(e, session, into, err);
    session_free(session);
    return status;
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
    if (e->sum)
        return e->per_image;
    return shape[0] > 0 && shape[1] % shape[0] == 0 ? shape[1] / shape[0] : 0;
}

static void copy_parts(const struct eval *e, const float *sims, float *into)
{
    for (size_t p = 0; p < e->parts; p++)
        for (size_t i = 0; i < e->part_images; i++)
            memcpy(into + p * eval_part_size(e) + i * e->part_captions,
                   sims + (p * e->part_images + i) * e->C + p * e->part_captions,
                   e->part_captions * sizeof *into);
}

static int add_matrix(struct eval *e, size_t member, struct error *err)
{
    const char *path = member_name(e, member);
    float *sims = NULL, *into = NULL;
    size_t shape[2] = {0};
    int status = read_matrix(path, &sims, shape, err);
    if (status == 0)
        status = check_matrix(path, sims, shape, err);
    if (status == 0 && matrix_per_image(e, shape) == 0)
        status = error_at(err, path, -1, "%zu x %zu is no matrix of images x captions", shape[0],
                          shape[1]);
    if (status == 0)
        status = plan_parts(e, path, shape[0], shape[1], matrix_per_image(e, shape), err);
    if (status == 0)
        status = member_room(e, member, &into, err);
    if (status == 0)
        copy_parts(e, sims, into);
    free(sims);
    return status;
}

/* The first member's scores are in the sum already. */
static void add_weighted(struct eval *e, size_t member)
{
    float weight = (float)e->weights[member];
    size_t pairs = e->parts * eval_part_size(e);
    for (size_t k = 0; k < pairs; k++)
        e->sum[k] = member == 0 ? weight * e->sum[k] : e->sum[k] + weight * e->one[k];
}

static int add_member(struct eval *e, size_t member, struct error *err)
{
    if ((is_matrix(member_name(e, member)) ? add_matrix : add_model)(e, member, err) != 0)
        return -1;
    if (e->members)
        eval_rank(e, member == 0 ? e->sum : e->one, NULL, &e->members[member]);
    if (e->common.models.count > 1)
        add_weighted(e, member);
    return 0;
}

int eval_members(struct eval *e, struct error *err)
{
    size_t members = e->common.models.count;
    double total = 0;
    if (members == 0)
        return error_set(err, "no model: give a checkpoint with -m FILE");
    if (e->ci && members > 1)
        e->members = mem_new(members, sizeof *e->members);
    for (size_t m = 0; m < members; m++) {
        if (add_member(e, m, err) != 0)
            return -1;
        total += e->weights[m];
    }
    for (size_t k = 0; members > 1 && k < e->parts * eval_part_size(e); k++)
        e->sum[k] /= (float)total;
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
