/* bench.h: what the sections of `scanscope bench` share: sizes, made-up data, the machine's limits,
 * results. A section is a function and a row in the table of bench.c. */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include <jansson.h>

#include "cli/cli.h"
#include "retrieve/score/score.h"

/* Sizes of what is made up: the usual ones, or (--quick) small ones that only show that all works.
 */
struct bench_sizes {
    size_t R, F, D, E, V; /* regions an image, features, joint and word embedding, vocabulary */
    size_t score_images, score_captions, query_images, encode_images, encode_captions, train_pairs,
        index_images;
    size_t gemm, copy_floats; /* for the machine's limits */
    int rounds;               /* of which the best counts */
};

enum { BENCH_SHORTEST = 8, BENCH_LONGEST = 20 }; /* words of a caption */

/* The machine's rates: the best seen so far. */
struct bench_limits {
    double sgemm_gflops; /* of BLAS */
    double gemm_gflops;  /* of the program's products (model/kernels/gemm.h) */
    double copy_gbs, read_gbs;
};

/* A made-up split of unit vectors, embedded. */
struct bench_split {
    struct embedded_images images, halves; /* the same images; halves: for bfloat16 */
    struct embedded_captions captions;
    size_t *starts; /* the captions' */
    float *sims;    /* for scores, as large as the section needs */
};

struct bench {
    struct cli_common common;
    const struct bench_sizes *sizes;
    const char *variant; /* --variant, or NULL: all */
    struct bench_limits limits;
    json_t *json; /* results: a list of flat objects a section */
};

/* The paper's four variants. */
struct bench_variant {
    const char *name;
    struct attn_options options;
};
enum { BENCH_VARIANTS = 4 };
#define BENCH_VARIANT_NAMES                                                                        \
    "t2i-LogSumExp|t2i-Mean|i2t-LogSumExp|i2t-Mean" /* on the command line */
extern const struct bench_variant bench_variants[BENCH_VARIANTS];

/* ---- bench_made.c: made-up data, the same in every run ---- */

/* n rows of length D, each of them about 1 long; row i is that of seed + i. */
void bench_fill_units(float *rows, size_t n, size_t D, uint64_t seed);
/* Words of C captions, BENCH_SHORTEST to `longest` each: starts C + 1, the caller's to free. */
size_t *bench_starts(size_t C, size_t longest);
/* So many word ids beyond the special ones, the caller's to free. */
int32_t *bench_ids(size_t words, size_t V);
/* Options of a model of these sizes, both directions, with the variant's attention. */
void bench_model_options(const struct bench_sizes *sizes, const struct bench_variant *variant,
                         struct model_options *out);

/* bench_split_done frees what they make, also after an error. */
int bench_split_images(const struct bench_sizes *sizes, size_t I, struct bench_split *out,
                       struct error *err) MUST_USE;
/* After the images; nothing where the machine has no bfloat16. */
int bench_split_bf16(struct bench_split *out, struct error *err) MUST_USE;
int bench_split_captions(const struct bench_sizes *sizes, size_t C, struct bench_split *out,
                         struct error *err) MUST_USE;
void bench_split_done(struct bench_split *split);

/* ---- bench_limits.c ---- */

/* Each raises the limits where this time is better than all before. */
int bench_measure_sgemm(const struct bench_sizes *sizes, struct bench_limits *limits,
                        struct error *err) MUST_USE;
int bench_measure_memory(const struct bench_sizes *sizes, struct bench_limits *limits,
                         struct error *err) MUST_USE;
void bench_best_of(double *best, double rate);

/* ---- bench.c ---- */

/* Whether the variant is to be measured. */
bool bench_wants(const struct bench *b, const struct bench_variant *variant);

/* Takes the reference to `result`. */
void bench_add(struct bench *b, const char *section, json_t *result);

/* ---- the sections ---- */

int bench_score(struct bench *b, struct error *err) MUST_USE;
int bench_query(struct bench *b, struct error *err) MUST_USE;
int bench_encode(struct bench *b, struct error *err) MUST_USE;
int bench_train(struct bench *b, struct error *err) MUST_USE;
int bench_index(struct bench *b, struct error *err) MUST_USE;
int bench_ui(struct bench *b, struct error *err) MUST_USE;

#endif
