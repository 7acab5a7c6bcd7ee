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

enum { FOLDS = 5, FOLD_IMAGES = 1000 };

struct eval {
    struct cli_common common;
    bool fold5;
    const char *save_sims;
    /* what all members of the ensemble share */
    size_t I, C, per_image;
    /* the matrix in parts that are scored each by themselves: the whole, or the folds' diagonal
     * blocks */
    size_t parts, part_images, part_captions;
    float *sum, *one; /* parts x part_images x part_captions */
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
    return mem_get(&e->sum, pairs, sizeof(float), "the similarities", err);
}

static size_t part_size(const struct eval *e)
{
    return e->part_images * e->part_captions;
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
                               e->part_captions, into + p * part_size(e), &line.progress, err);
    progress_line_end(&line);
    return status;
}

/* The first member is scored straight into the sum; those after it are added. */
static int member_room(struct eval *e, size_t member, float **into, struct error *err)
{
    *into = member == 0 ? e->sum : e->one;
    if (*into)
        return 0;
    if (mem_get(&e->one, e->parts * part_size(e), sizeof(float), "the similarities", err) != 0)
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
            memcpy(into + p * part_size(e) + i * e->part_captions,
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

static int add_members(struct eval *e, struct error *err)
{
    size_t members = e->common.models.count;
    if (members == 0)
        return error_set(err, "no model: give a checkpoint with -m FILE");
    for (size_t m = 0; m < members; m++) {
        if ((is_matrix(member_name(e, m)) ? add_matrix : add_model)(e, m, err) != 0)
            return -1;
        for (size_t k = 0; m > 0 && k < e->parts * part_size(e); k++)
            e->sum[k] += e->one[k];
    }
    for (size_t k = 0; members > 1 && k < e->parts * part_size(e); k++)
        e->sum[k] /= (float)members;
    return 0;
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

static void print_json(const struct evaluation *mean, const struct evaluation *folds, size_t n)
{
    print_json_evaluation(mean);
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
        evaluate(e->sum + p * part_size(e), e->part_images, e->part_captions, e->per_image,
                 &folds[p]);
    evaluation_mean(folds, e->parts, &mean);
    if (e->save_sims &&
        npy_save(e->save_sims, NPY_F32, 2, (size_t[]){e->I, e->C}, e->sum, err) != 0)
        return -1;
    (e->common.json ? print_json : print_text)(&mean, folds, e->parts);
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
    status =
        add_members(&e, &err) == 0 && report(&e, &err) == 0 ? EXIT_DONE : cli_fail("eval", &err);
out:
    free(e.sum);
    free(e.one);
    cli_common_done(&e.common);
    return status;
}
