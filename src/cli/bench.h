/* bench.h: what the sections of `scanscope bench` share: sizes, made-up data, the machine's limits,
 * results. A section is a function and a row in the table of bench.c. */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "cli/cli.h"
#include "retrieve/score/score.h"

/* Sizes of the made-up data: the usual ones, or (--quick) small ones that only show that all works.
 */
struct bench_sizes {
    size_t R, F, D, E, V; /* regions per image, features, joint and word embedding, vocabulary */
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

/* A made-up split of vectors about 1 long, embedded. */
struct bench_split {
    struct embedded_images images, halves; /* the same images; halves: for bfloat16 */
    struct embedded_captions captions;
    size_t *starts; /* the captions' */
    float *sims;    /* for scores, as large as the section needs */
};

/* A field of a result: a text, or a number that is an integer or not. Strings are static. */
struct bench_field {
    const char *name, *text; /* text NULL: a number */
    double number;
    bool whole;
};
#define BENCH_TEXT(field, value)                                                                   \
    (struct bench_field)                                                                           \
    {                                                                                              \
        .name = (field), .text = (value)                                                           \
    }
#define BENCH_COUNT(field, value)                                                                  \
    (struct bench_field)                                                                           \
    {                                                                                              \
        .name = (field), .number = (double)(value), .whole = true                                  \
    }
#define BENCH_REAL(field, value)                                                                   \
    (struct bench_field)                                                                           \
    {                                                                                              \
        .name = (field), .number = (value)                                                         \
    }

enum { BENCH_FIELDS = 10 };

struct bench_result {
    const char
        *section; /* the pointer that is in the table of bench.c or equal to its neighbours' */
    struct bench_field fields[BENCH_FIELDS];
    size_t count;
};

struct bench_results {
    struct bench_result *items; /* those of a section one after the other */
    size_t count, cap;
};

struct bench {
    struct cli_common common;
    const struct bench_sizes *sizes;
    const char *variant; /* --variant, or NULL: all */
    struct bench_limits limits;
    struct bench_results results;
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

/* Whether --variant, if given, is this one. */
bool bench_wants(const struct bench *b, const struct bench_variant *variant);

/* Fills n rows of length D, each about 1 long; row i is that of seed + i. */
void bench_fill_units(float *rows, size_t n, size_t D, uint64_t seed);

/* The words of C captions, BENCH_SHORTEST to `longest` each: starts C + 1, the caller's to free. */
size_t *bench_starts(size_t C, size_t longest);

/* That many word ids of a vocabulary of V, none of them special; the caller's to free. */
int32_t *bench_ids(size_t words, size_t V);

/* Options of a model of these sizes, with a GRU in both directions and the variant's attention. */
void bench_model_options(const struct bench_sizes *sizes, const struct bench_variant *variant,
                         struct model_options *out);

/* Makes I images, with Gram matrices. Errors: not enough memory. bench_split_done frees what these
 * three make, also after an error. */
int bench_split_images(const struct bench_sizes *sizes, size_t I, struct bench_split *out,
                       struct error *err) MUST_USE;
/* After the images: makes halves of them, if the machine has bfloat16. Errors: not enough memory.
 */
int bench_split_bf16(struct bench_split *out, struct error *err) MUST_USE;
/* Makes C captions, with Gram matrices. Errors: not enough memory. */
int bench_split_captions(const struct bench_sizes *sizes, size_t C, struct bench_split *out,
                         struct error *err) MUST_USE;
void bench_split_done(struct bench_split *split);

/* ---- bench_limits.c ---- */

/* Measure BLAS's product and our own, and memory; they raise the limits if a rate is better than
 * all before. Errors: not enough memory. */
int bench_measure_sgemm(const struct bench_sizes *sizes, struct bench_limits *limits,
                        struct error *err) MUST_USE;
int bench_measure_memory(const struct bench_sizes *sizes, struct bench_limits *limits,
                         struct error *err) MUST_USE;

/* Raises *best to `rate` if that is larger. */
void bench_best_of(double *best, double rate);

/* ---- bench_results.c ---- */

/* Adds a result to a section: at most BENCH_FIELDS fields, texts first; they are copied. */
void bench_add(struct bench *b, const char *section, const struct bench_field *fields,
               size_t count);
void bench_results_done(struct bench_results *results);

/* Prints the results to stdout: one per line, or as JSON with an array of objects per section and
 * the fields of the machine in an object of their own. */
void bench_print_text(const struct bench_results *results);
void bench_print_json(const struct bench_results *results, const struct bench_field *machine,
                      size_t count);

/* ---- the sections ---- */

/* Each measures its part and adds results. Errors: not enough memory, "interrupted", for index also
 * those of its files. */
int bench_score(struct bench *b, struct error *err) MUST_USE;
int bench_query(struct bench *b, struct error *err) MUST_USE;
int bench_family(struct bench *b, struct error *err) MUST_USE;
int bench_encode(struct bench *b, struct error *err) MUST_USE;
int bench_train(struct bench *b, struct error *err) MUST_USE;
int bench_index(struct bench *b, struct error *err) MUST_USE;

#endif
