/* rng.h: a seeded random number generator (xoshiro256**), the same numbers on every machine. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* The whole state; it can be saved and restored. */
struct rng {
    uint64_t state[4];
};

/* Sets the state from a seed. */
void rng_seed(struct rng *rng, uint64_t seed);

/* Sets the state to stream number n of a seed: for work that is done in pieces, in any order. The
 * streams of all seeds differ; those of `seed + n` would be the same for seed 1, n 1 as for seed 2,
 * n 0. */
void rng_seed_stream(struct rng *rng, uint64_t seed, uint64_t n);

/* The next number, uniform over: all 64-bit integers; 0 .. n-1 (unbiased; n > 0); [0, 1); [a, b).
 */
uint64_t rng_u64(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t n);
double rng_unit(struct rng *rng);
double rng_range(struct rng *rng, double a, double b);

/* The next number of mean 0 and variance 1, normally distributed. */
double rng_normal(struct rng *rng);

/* Puts n items in random order. */
void rng_shuffle(struct rng *rng, size_t *items, size_t n);

#endif
