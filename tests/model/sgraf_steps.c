/* sgraf_steps: three steps of gradient descent on SGRAF's similarity module, from random values,
 * for tests/model/sgraf_torch.py to repeat with PyTorch: writes the tensors before and after (with
 * their names), the batch, the weights of the loss, and each step's scores to FOLDER.
 *
 *   sgraf_steps SGR|SAF FOLDER */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "io/array/npy.h"
#include "model/sgraf_train.h"

enum { I = 6, C = 7, R = 5, D = 12, S = 8, STEPS = 3 };

static const float rate = 0.5f;
static const char *folder;

static void save(const char *name, int ndim, const size_t *shape, const float *data)
{
    struct error err;
    char *file = mem_printf("%s.npy", name), *path = file_join(folder, file);
    if (npy_save(path, NPY_F32, ndim, shape, data, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    free(file);
    free(path);
}

static void save_block(const struct sgraf_layout *l, const float *block, const char *when)
{
    for (size_t i = 0; i < l->tensor_count; i++) {
        const struct sgraf_tensor *t = &l->tensors[i];
        char *name = mem_printf("%s.%s", when, t->name);
        save(name, t->ndim, t->shape, block + t->offset);
        free(name);
    }
}

static void random_block(const struct sgraf_layout *l, struct rng *rng, float *block)
{
    for (size_t i = 0; i < l->tensor_count; i++) {
        const struct sgraf_tensor *t = &l->tensors[i];
        double scale = t->ndim == 2 ? 1.5 / sqrt((double)t->shape[1]) : 0.3;
        for (size_t j = 0; j < t->count; j++)
            block[t->offset + j] = t->kind == SGRAF_COUNTER ? 0
                                   : strstr(t->name, "var") ? (float)rng_range(rng, 0.5, 2)
                                                            : (float)(scale * rng_normal(rng));
    }
}

static float *random_rows(struct rng *rng, size_t n)
{
    float *rows = mem_new(n, sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = (float)(rng_normal(rng) / sqrt((double)D));
    return rows;
}

int main(int argc, char **argv)
{
    static const size_t words[C + 1] = {0, 3, 8, 10, 17, 18, 22, 28};
    size_t regions[I + 1], N = words[C], threads = (size_t)omp_get_max_threads();
    struct sgraf_layout l;
    struct sgraf_acts acts;
    struct arena arena = {0};
    struct rng rng;
    if (argc != 3)
        return 2;
    folder = argv[2];
    sgraf_layout_init(
        &(struct sgraf_options){strcmp(argv[1], "SAF") == 0 ? SGRAF_SAF : SGRAF_SGR, D, S, R, 3},
        &l);
    rng_seed(&rng, 31);
    for (size_t i = 0; i <= I; i++)
        regions[i] = i * R;
    struct sgraf_shape shape = {I, C, regions, words};
    float *block = mem_new(l.count, sizeof *block), *gradients = mem_new(l.count, sizeof *block);
    float *v = random_rows(&rng, (size_t)I * R * D), *e = random_rows(&rng, N * D);
    float *dv = mem_new((size_t)I * R * D, sizeof *dv), *de = mem_new(N * D, sizeof *de);
    float scores[I * C], dscores[I * C], lengths[C];
    random_block(&l, &rng, block);
    for (size_t i = 0; i < I * C; i++)
        dscores[i] = (float)rng_range(&rng, -1, 1);
    for (size_t c = 0; c < C; c++)
        lengths[c] = (float)(words[c + 1] - words[c]);
    save_block(&l, block, "before");
    save("regions", 3, (size_t[]){I, R, D}, v);
    save("words", 2, (size_t[]){N, D}, e);
    save("lengths", 1, (size_t[]){C}, lengths);
    save("weights", 2, (size_t[]){I, C}, dscores);
    sgraf_acts_carve(&l, &shape, threads, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    sgraf_acts_carve(&l, &shape, threads, &arena, &acts);
    for (int step = 0; step < STEPS; step++) {
        char name[32];
        memset(gradients, 0, l.count * sizeof *gradients);
        sgraf_train_forward(&l, block, &shape, v, e, NULL, block, &acts, scores);
        sgraf_train_backward(&l, block, &shape, v, e, NULL, dscores, &acts, gradients, dv, de);
        for (size_t i = 0; i < l.count; i++)
            block[i] -= rate * gradients[i];
        snprintf(name, sizeof name, "scores%d", step);
        save(name, 2, (size_t[]){I, C}, scores);
    }
    save("dregions", 3, (size_t[]){I, R, D}, dv);
    save("dwords", 2, (size_t[]){N, D}, de);
    save_block(&l, block, "after");
    free(block);
    free(gradients);
    free(v);
    free(e);
    free(dv);
    free(de);
    free(arena.base);
    return 0;
}
