/* Training steps replayed from the reference's initial parameters: losses, gradient norms and final
 * parameters. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/model_private.h"
#include "model/xattn_train.h"
#include "tests/support/even_starts.h"
#include "tests/support/fixture.h"
#include "tests/support/testing.h"
#include "train/trainer.h"

enum { MOST = 256 };

/* One line of train_batches.txt as a batch. */
struct replay {
    size_t captions[MOST], n, region_starts[MOST + 1], starts[MOST + 1];
    float *features;
    int32_t *ids;
};

static void read_line(struct replay *r, char *line)
{
    char *end, *at = line;
    r->n = 0;
    for (long c = strtol(at, &end, 10); end != at && r->n < MOST; c = strtol(at, &end, 10)) {
        r->captions[r->n++] = (size_t)c;
        at = end;
    }
}

static struct batch fill_batch(const struct fixture *f, struct replay *r)
{
    size_t image = f->R * f->F, word = 0;
    for (size_t i = 0; i < r->n; i++) {
        size_t c = r->captions[i], n = f->starts[c + 1] - f->starts[c];
        memcpy(r->features + i * image, f->features + c / 5 * image, image * sizeof(float));
        memcpy(r->ids + word, f->ids + f->starts[c], n * sizeof *r->ids);
        r->starts[i] = word;
        word += n;
    }
    r->starts[r->n] = word;
    even_starts(r->n, f->R, r->region_starts);
    return (struct batch){r->n, r->features, r->region_starts, r->ids, r->starts, NULL, NULL};
}

static double largest_difference(const struct model *a, const struct model *b)
{
    double most = 0;
    for (size_t i = 0; i < a->params.count; i++)
        most = fmax(most, fabs((double)a->params.data[i] - b->params.data[i]));
    return most;
}

/* At step 18 of t2i_lse the reference chose between two hardest negatives whose scores are 6e-8
 * apart, half a unit in the last place: a BLAS that rounds differently may choose the other, and
 * parameters then end up to 2.2e-4 away. */
static double tolerance(const struct fixture *f)
{
    return strcmp(f->name, "t2i_lse") == 0 ? 2.5e-4 : 2e-4;
}

static void replay_fixture(const struct fixture *f, FILE *lines)
{
    struct error err;
    struct model *model = fixture_model(f, "model_init.pth.tar");
    struct model *final = fixture_model(f, "model.pth.tar");
    struct trainer *trainer;
    struct replay r = {.features = mem_new(MOST * f->R * f->F, sizeof(float)),
                       .ids = mem_new(MOST * 64, sizeof(int32_t))};
    double loss_off = 0, norm_off = 0;
    char line[4096];
    assert_done(trainer_new(model, &trainer, &err), err);
    for (size_t step = 0; fgets(line, sizeof line, lines); step++) {
        struct step_result result;
        read_line(&r, line);
        struct batch batch = fill_batch(f, &r);
        assert_done(trainer_step(trainer, &batch, 0.0002, &result, &err), err);
        double loss = fixture_number(f, "train_loss", step);
        double norm = fixture_number(f, "train_grad_norm_before_clip", step);
        double off = fabs(result.loss - loss) / loss;
        assert_true(off < (step == 0 ? 1e-5 : 1e-3));
        loss_off = fmax(loss_off, off);
        if (step == 0)
            assert_true(fabs(result.gradient_norm - norm) / norm < 1e-3);
        norm_off = fmax(norm_off, fabs(result.gradient_norm - norm) / norm);
    }
    double off = largest_difference(model, final);
    printf(
        "# %s: losses off by %.1e, gradient norms by %.1e (relative), final parameters by %.1e\n",
        f->name, loss_off, norm_off, off);
    if (off >= 2e-4 && strcmp(f->name, "t2i_lse") == 0)
        printf("# t2i_lse: took the other hardest negative at step 18\n");
    assert_true(off < tolerance(f));
    trainer_free(trainer);
    model_free(model);
    model_free(final);
    free(r.features);
    free(r.ids);
}

static void test_replay(void **state)
{
    (void)state;
    size_t replayed = 0;
    for (size_t i = 0; fixture_names[i]; i++) {
        struct fixture f;
        fixture_open(fixture_names[i], &f);
        if (json_array_size(json_object_get(f.expected, "train_loss")) > 0) {
            char *path = fixture_path(&f, "train_batches.txt");
            FILE *lines = fopen(path, "r");
            assert_non_null(lines);
            replay_fixture(&f, lines);
            fclose(lines);
            free(path);
            replayed++;
        }
        fixture_close(&f);
    }
    assert_int_equal(replayed, 5);
}

/* The forward pass of training gives the same scores as everything else. */
static void test_scores(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_names[i]; i++) {
        struct fixture f;
        struct error err;
        fixture_open(fixture_names[i], &f);
        struct model *model = fixture_model(&f, "model.pth.tar");
        struct npy *sims = fixture_array(&f, "sims.npy");
        const struct attn_options *options = &model->options.attn;
        size_t D = (size_t)model->options.embed_size;
        float *v = mem_new(f.I * f.R * D, sizeof *v), *e = mem_new(f.words * D, sizeof *e);
        float *scores = mem_new(f.I * f.C, sizeof *scores);
        model_encode_regions(model, f.features, f.I * f.R, v);
        assert_done(model_encode_words(model, f.ids, f.starts, f.C, e, &err), err);
        size_t *region_starts = even_starts(f.I, f.R, mem_new(f.I + 1, sizeof *region_starts));
        struct xattn_shape shape = {f.I, f.C, D, region_starts, f.starts};
        struct arena arena = {0};
        struct xattn_acts acts;
        xattn_acts_carve(options, &shape, false, 64, &arena, &acts);
        char *block = arena.base = mem_new(arena.used, 1);
        arena.used = 0;
        xattn_acts_carve(options, &shape, false, 64, &arena, &acts);
        xattn_forward(options, &shape, v, e, &acts, scores);
        double most = 0;
        for (size_t k = 0; k < f.I * f.C; k++)
            most = fmax(most, fabs((double)scores[k] - npy_direct_f32(sims)[k]));
        printf("# %s: scores off by %.1e\n", f.name, most);
        assert_true(most < (options->agg_func == AGG_SUM ? 2e-4 : 2e-5));
        free(block);
        free(region_starts);
        free(v);
        free(e);
        free(scores);
        npy_free(sims);
        model_free(model);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
