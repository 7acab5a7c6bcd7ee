/* tinydata: writes a folder that a tiny model learns in a second: tinydata DIR [F [V]]
 *
 * Every picture shows four of ten things; a region's feature is its thing's direction plus noise,
 * and its five captions name the things in changing order. F features a region (16), a vocabulary
 * of V words (14). Splits train (24 pictures) and dev (8). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/array/npy.h"

enum { THINGS = 10, REGIONS = 4, MOST_F = 4096 };

static const char *const things[THINGS] = {"dog",  "cat",   "tree", "car", "boat",
                                           "bird", "house", "ball", "man", "horse"};

static float directions[THINGS][MOST_F];

static void choose(struct rng *rng, size_t *out)
{
    size_t all[THINGS];
    for (size_t i = 0; i < THINGS; i++)
        all[i] = i;
    rng_shuffle(rng, all, THINGS);
    memcpy(out, all, REGIONS * sizeof *out);
}

static void add_captions(struct rng *rng, size_t *shown, struct str *captions)
{
    for (int c = 0; c < 5; c++) {
        rng_shuffle(rng, shown, REGIONS);
        size_t n = 2 + rng_below(rng, REGIONS - 1);
        for (size_t i = 0; i < n; i++)
            str_addf(captions, "%s%s", i ? " " : "", things[shown[i]]);
        str_add(captions, "\n");
    }
}

static int write_text(const char *folder, const char *name, const struct str *text,
                      struct error *err)
{
    char *path = file_join(folder, name);
    int status = file_write(path, text->text, text->length, err);
    free(path);
    return status;
}

static int write_split(const char *folder, const char *split, size_t images, size_t F,
                       struct rng *rng, struct error *err)
{
    float *features = mem_new(images * REGIONS * F, sizeof *features);
    struct str captions = {0}, name = {0};
    for (size_t i = 0; i < images; i++) {
        size_t shown[REGIONS];
        choose(rng, shown);
        for (size_t r = 0; r < REGIONS; r++)
            for (size_t f = 0; f < F; f++)
                features[(i * REGIONS + r) * F + f] =
                    directions[shown[r]][f] + 0.3f * (float)rng_normal(rng);
        add_captions(rng, shown, &captions);
    }
    str_addf(&name, "%s/%s_ims.npy", folder, split);
    const size_t shape[] = {images, REGIONS, F};
    int status = npy_save(name.text, NPY_F32, 3, shape, features, err);
    str_clear(&name);
    str_addf(&name, "%s_caps.txt", split);
    if (status == 0)
        status = write_text(folder, name.text, &captions, err);
    str_done(&captions);
    str_done(&name);
    free(features);
    return status;
}

static int write_vocab(const char *folder, size_t V, struct error *err)
{
    static const char *const special[] = {"<pad>", "<start>", "<end>", "<unk>"};
    struct str text = {0};
    str_add(&text, "{\"word2idx\": {");
    for (size_t i = 0; i < V; i++) {
        str_add(&text, i ? ", " : "");
        if (i < 4 + THINGS)
            str_addf(&text, "\"%s\": %zu", i < 4 ? special[i] : things[i - 4], i);
        else
            str_addf(&text, "\"other%zu\": %zu", i, i);
    }
    str_addf(&text, "}, \"idx\": %zu}\n", V);
    int status = write_text(folder, "vocab.json", &text, err);
    str_done(&text);
    return status;
}

int main(int argc, char **argv)
{
    struct error err;
    struct rng rng;
    size_t F = argc > 2 ? strtoul(argv[2], NULL, 10) : 16;
    size_t V = argc > 3 ? strtoul(argv[3], NULL, 10) : 4 + THINGS;
    if (argc < 2 || F == 0 || F > MOST_F || V < 4 + THINGS) {
        fputs("usage: tinydata DIR [F [V]]\n", stderr);
        return 2;
    }
    rng_seed(&rng, 7);
    for (size_t i = 0; i < THINGS; i++)
        for (size_t f = 0; f < F; f++)
            directions[i][f] = (float)rng_normal(&rng);
    if (file_make_folder(argv[1], &err) != 0 ||
        write_split(argv[1], "train", 24, F, &rng, &err) != 0 ||
        write_split(argv[1], "dev", 8, F, &rng, &err) != 0 || write_vocab(argv[1], V, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}
