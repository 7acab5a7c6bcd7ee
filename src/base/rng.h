/* rng.h: a seeded random generator (xoshiro256**), the same numbers on every machine. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* The whole state; it can be saved and put back. */
struct rng {
    uint64_t state[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_u64(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t n);       /* 0 .. n-1, unbiased; n > 0 */
double rng_unit(struct rng *rng);                      /* [0, 1) */
double rng_range(struct rng *rng, double a, double b); /* [a, b) */
double rng_normal(struct rng *rng);                    /* mean 0, variance 1 */
void rng_shuffle(struct rng *rng, size_t *items, size_t n);

#endif
