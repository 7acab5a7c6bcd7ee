/* stats.h: how certain a difference is: bootstrap intervals, McNemar's test; means, quantiles,
 * skewness.
 *
 * Queries that share an image are not independent samples: if that matters, callers give one value
 * per image (its captions' mean). Resampling is seeded: resample b draws from stream b of the seed
 * (rng_seed_stream), so that the same call gives the same numbers on any number of threads, and
 * another seed gives other resamples. */
#ifndef EVALUATE_STATS_H
#define EVALUATE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The bootstrap's settings; zero means 2,000 resamples, 95 per cent. Without settings the seed
 * is 1. */
struct bootstrap {
    size_t resamples;
    double level; /* 0.95: the interval excludes 2.5 per cent on either side */
    uint64_t seed;
};

/* A value with its percentile interval (Efron & Tibshirani 1993, chapter 13). NaN if n is 0. */
struct interval {
    double value, low, high;
};

/* A difference a - b of means over the same n units, its interval, and the two-sided p of the
 * hypothesis that it is 0: the share of resampled differences that are as far from the observed one
 * as that is from 0, (1 + count) / (1 + resamples). */
struct paired {
    struct interval difference;
    double p;
};

/* Computes the mean of n values with its interval; `how` NULL: the defaults. Errors: no memory. */
int stats_bootstrap_mean(const double *values, size_t n, const struct bootstrap *how,
                         struct interval *out, struct error *err) MUST_USE;

/* Computes sum(numerator) / sum(denominator) over n units, resampled together: a mean over parts of
 * units of different sizes, as words of captions. `denominator` NULL: all ones. Resamples whose
 * denominator is 0 are omitted. Errors: no memory. */
int stats_bootstrap_ratio(const double *numerator, const double *denominator, size_t n,
                          const struct bootstrap *how, struct interval *out,
                          struct error *err) MUST_USE;

/* Computes the difference of means of a and b: n values each, of the same units in the same order.
 * Errors: no memory. */
int stats_bootstrap_paired(const double *a, const double *b, size_t n, const struct bootstrap *how,
                           struct paired *out, struct error *err) MUST_USE;

/* What units of several queries each, as images of captions, add to the mean over all queries, so
 * that the mean of out[] is that mean, and units can be resampled. sums, counts: n, of each unit's
 * queries. Where all units have the same number of queries it is their mean. Else queries count
 * alike, and not units: the mean is a ratio of sums, and a unit adds by how much it moves that
 * (linearised). Units without queries are left out; returns how many are in out. */
size_t stats_unit_shares(const double *sums, const size_t *counts, size_t n, double *out);

/* McNemar's test of two systems on the same queries: A alone answers only_a of them correctly, B
 * alone only_b. Exact: two-sided binomial, 2 P(X <= min) and at most 1; mid-p after Fagerland,
 * Lydersen and Laake (BMC Med Res Methodol 2013, 13:91); chi-square with one degree of freedom,
 * without and with Edwards' correction. p is 1 if there is no discordant pair. */
struct mcnemar {
    size_t only_a, only_b;
    double exact_p, mid_p;
    double chi2, chi2_p;
    double corrected, corrected_p;
};

/* Runs McNemar's test on the two counts. */
void stats_mcnemar(size_t only_a, size_t only_b, struct mcnemar *out);

/* The skewness m3 / m2^1.5 of n values, not corrected for bias (as scipy.stats.skew); NaN if all
 * are equal or n is 0. */
double stats_skewness(const double *values, size_t n);

/* The q-th quantile (0..1) of n values in ascending order, interpolated linearly between two of
 * them (numpy's default); NaN if n is 0. */
double stats_quantile(const double *sorted, size_t n, double q);

/* The mean of n values; NaN if n is 0. */
double stats_mean(const double *values, size_t n);

#endif
