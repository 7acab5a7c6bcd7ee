/* family_steps: some training steps of a small model, without dropout, for
 * tests/train/family_torch.py to repeat with PyTorch: writes the checkpoints before and after,
 * Adam's state included, the batches, and each step's loss and norm of the gradient to FOLDER.
 *
 *   family_steps FOLDER [same] [even] NAME=VALUE ...
 *
 * Images have 2 to REGIONS regions, captions 2 to WORDS words: with one, what BFAN keeps of it is
 * undecided.
 *
 * same: pairs of the same image are no negatives; even: all images have REGIONS regions. The others
 * are options of the model; a switch is on with the value true. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "io/array/npy.h"
#include "model/model_private.h"
#include "train/state.h"

enum { STEPS = 3, PAIRS = 7, REGIONS = 5, F = 10, D = 12, E = 6, V = 20, WORDS = 9 };

/* A step's pairs; pair 4 is of the image of pair 1. */
struct pairs {
    size_t regions[PAIRS + 1], words[PAIRS + 1], image[PAIRS];
    float features[PAIRS * REGIONS * F];
    int32_t ids[PAIRS * WORDS];
};

static const char *folder;

static void check(int status, const struct error *err)
{
    if (status == 0)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void fill(struct rng *rng, bool even, struct pairs *out)
{
    *out = (struct pairs){0};
    for (size_t i = 0; i < PAIRS; i++) {
        out->image[i] = i == 4 ? 1 : i;
        out->regions[i + 1] = out->regions[i] + (even ? REGIONS : 2 + rng_below(rng, REGIONS - 1));
        out->words[i + 1] = out->words[i] + 2 + rng_below(rng, WORDS - 1);
    }
    for (size_t i = 0; i < out->regions[PAIRS] * F; i++)
        out->features[i] = (float)rng_normal(rng);
    for (size_t i = 0; i < out->words[PAIRS]; i++)
        out->ids[i] = (int32_t)rng_below(rng, V);
}

static char *path_of(const char *name, int step, const char *ending)
{
    char *file = mem_printf("%s%d%s", name, step, ending), *path = file_join(folder, file);
    free(file);
    return path;
}

static void save(const char *name, int step, int ndim, const size_t *shape, const float *values)
{
    struct error err;
    char *path = path_of(name, step, ".npy");
    check(npy_save(path, NPY_F32, ndim, shape, values, &err), &err);
    free(path);
}

static void save_counts(const char *name, int step, size_t n, const size_t *values)
{
    float *as_floats = mem_new(n, sizeof *as_floats);
    for (size_t i = 0; i < n; i++)
        as_floats[i] = (float)values[i];
    save(name, step, 1, &n, as_floats);
    free(as_floats);
}

static void save_pairs(const struct pairs *p, int step)
{
    size_t ids[PAIRS * WORDS];
    for (size_t i = 0; i < p->words[PAIRS]; i++)
        ids[i] = (size_t)p->ids[i];
    save("features", step, 2, (size_t[]){p->regions[PAIRS], F}, p->features);
    save_counts("regions", step, PAIRS + 1, p->regions);
    save_counts("starts", step, PAIRS + 1, p->words);
    save_counts("ids", step, p->words[PAIRS], ids);
}

static void save_model(const struct model *model, struct trainer *trainer, int step)
{
    struct error err;
    struct train_state state = {.epoch = 1, .iterations = step};
    char *path = path_of("model", step, ".pth.tar");
    check(train_state_save(path, model, trainer, &state, &err), &err);
    free(path);
}

static void set_options(int argc, char **argv, struct model_options *o, bool *same, bool *even)
{
    struct error err;
    model_options_default(o);
    o->img_dim = F;
    o->embed_size = D;
    o->word_dim = E;
    o->vocab_size = V;
    o->kind.sgraf.R = REGIONS;
    for (int i = 2; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        *same |= strcmp(argv[i], "same") == 0;
        *even |= strcmp(argv[i], "even") == 0;
        if (!value)
            continue;
        *value = '\0';
        check(model_options_set(o, argv[i], value + 1, &err), &err);
    }
}

int main(int argc, char **argv)
{
    struct model_options options;
    struct error err;
    struct model *model;
    struct trainer *trainer;
    struct pairs pairs;
    struct rng rng;
    float losses[STEPS], norms[STEPS];
    bool same = false, even = false;
    if (argc < 2)
        return 2;
    folder = argv[1];
    set_options(argc, argv, &options, &same, &even);
    rng_seed(&rng, 17);
    check(model_new(&options, 5, &model, &err), &err);
    check(trainer_new(model, &trainer, &err), &err);
    save_model(model, NULL, 0);
    for (int step = 0; step < STEPS; step++) {
        struct step_result result;
        fill(&rng, even, &pairs);
        save_pairs(&pairs, step);
        struct batch batch = {.n = PAIRS,
                              .features = pairs.features,
                              .region_starts = pairs.regions,
                              .ids = pairs.ids,
                              .starts = pairs.words,
                              .image = same ? pairs.image : NULL};
        check(trainer_step(trainer, &batch, options.learning_rate, &result, &err), &err);
        losses[step] = (float)result.loss;
        norms[step] = (float)result.gradient_norm;
    }
    save("losses", 0, 1, (size_t[]){STEPS}, losses);
    save("norms", 0, 1, (size_t[]){STEPS}, norms);
    save_model(model, trainer, STEPS);
    trainer_free(trainer);
    model_free(model);
    return 0;
}
