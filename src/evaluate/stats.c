#include "evaluate/stats.h"

#include <math.h>
#include <stdlib.h>

#include "base/ascending.h"
#include "base/mem.h"
#include "base/rng.h"

size_t stats_unit_shares(const double *sums, const size_t *counts, size_t n, double *out)
{
    size_t units = 0, queries = 0, fewest = SIZE_MAX, most = 0;
    double sum = 0;
    for (size_t u = 0; u < n; u++) {
        if (counts[u] == 0)
            continue;
        units++;
        queries += counts[u];
        sum += sums[u];
        fewest = counts[u] < fewest ? counts[u] : fewest;
        most = counts[u] > most ? counts[u] : most;
    }
    double mean = sum / (double)queries, each = (double)queries / (double)units;
    for (size_t u = 0, k = 0; u < n; u++)
        if (counts[u] > 0)
            out[k++] = fewest == most ? sums[u] / each
                                      : mean + (sums[u] - (double)counts[u] * mean) / each;
    return units;
}

double stats_mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return n > 0 ? sum / (double)n : NAN;
}

double stats_quantile(const double *sorted, size_t n, double q)
{
    if (n == 0)
        return NAN;
    double at = q * (double)(n - 1);
    size_t below = (size_t)at;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

double stats_skewness(const double *values, size_t n)
{
    double mean = stats_mean(values, n), m2 = 0, m3 = 0;
    for (size_t i = 0; i < n; i++) {
        double d = values[i] - mean;
        m2 += d * d;
        m3 += d * d * d;
    }
    m2 /= (double)n;
    m3 /= (double)n;
    /* the spread of equal values may round to a little above 0 */
    if (n == 0 || m2 <= 1e-30 * mean * mean)
        return NAN;
    return m3 / pow(m2, 1.5);
}

/* ---- bootstrap ---- */

static struct bootstrap settled(const struct bootstrap *how)
{
    struct bootstrap b = how ? *how : (struct bootstrap){.seed = 1};
    b.resamples = b.resamples ? b.resamples : 2000;
    b.level = b.level > 0 ? b.level : 0.95;
    return b;
}

/* Resample number b: its sum(top) / sum(below), or, with `below` NULL, its mean of top. NaN if it
 * is 0 / 0.
 */
static double resample(const double *top, const double *below, size_t n, uint64_t seed, size_t b)
{
    struct rng rng;
    double sum = 0, weight = 0;
    rng_seed_stream(&rng, seed, b);
    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)rng_below(&rng, n);
        sum += top[k];
        weight += below ? below[k] : 1;
    }
    return weight != 0 ? sum / weight : NAN;
}

/* All resamples but those that are NaN, sorted; *count_out: how many. The caller's to free. */
static int resample_all(const double *top, const double *below, size_t n,
                        const struct bootstrap *how, double **out, size_t *count_out,
                        struct error *err)
{
    double *values = NULL;
    if (mem_alloc(&values, how->resamples, sizeof *values, "bootstrap resamples", err) != 0)
        return -1;
#pragma omp parallel for schedule(static)
    for (size_t b = 0; b < how->resamples; b++)
        values[b] = resample(top, below, n, how->seed, b);
    size_t kept = 0;
    for (size_t b = 0; b < how->resamples; b++)
        if (!isnan(values[b]))
            values[kept++] = values[b];
    qsort(values, kept, sizeof *values, ascending_double);
    *out = values;
    *count_out = kept;
    return 0;
}

static void interval_of(const double *sorted, size_t count, double level, struct interval *out)
{
    out->low = stats_quantile(sorted, count, (1 - level) / 2);
    out->high = stats_quantile(sorted, count, (1 + level) / 2);
}

int stats_bootstrap_ratio(const double *numerator, const double *denominator, size_t n,
                          const struct bootstrap *how, struct interval *out, struct error *err)
{
    struct bootstrap b = settled(how);
    double *values = NULL, top = 0, below = 0;
    size_t count = 0;
    *out = (struct interval){NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++) {
        top += numerator[i];
        below += denominator ? denominator[i] : 1;
    }
    if (n == 0 || below == 0)
        return 0;
    if (resample_all(numerator, denominator, n, &b, &values, &count, err) != 0)
        return -1;
    out->value = top / below;
    interval_of(values, count, b.level, out);
    free(values);
    return 0;
}

int stats_bootstrap_mean(const double *values, size_t n, const struct bootstrap *how,
                         struct interval *out, struct error *err)
{
    return stats_bootstrap_ratio(values, NULL, n, how, out, err);
}

/* The number of resampled differences at least as far from the observed one as that is from 0. */
static size_t as_far(const double *differences, size_t count, double observed)
{
    size_t far = 0;
    double limit = fabs(observed) * (1 - 1e-12); /* sums in another order differ by rounding */
    for (size_t b = 0; b < count; b++)
        far += fabs(differences[b] - observed) >= limit;
    return far;
}

int stats_bootstrap_paired(const double *a, const double *b, size_t n, const struct bootstrap *how,
                           struct paired *out, struct error *err)
{
    struct bootstrap settings = settled(how);
    double *each = NULL, *values = NULL;
    size_t count = 0;
    *out = (struct paired){{NAN, NAN, NAN}, NAN};
    if (n == 0)
        return 0;
    if (mem_alloc(&each, n, sizeof *each, "differences", err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        each[i] = a[i] - b[i];
    int status = resample_all(each, NULL, n, &settings, &values, &count, err);
    if (status == 0) {
        out->difference.value = stats_mean(each, n);
        interval_of(values, count, settings.level, &out->difference);
        out->p = (1 + (double)as_far(values, count, out->difference.value)) / (1 + (double)count);
    }
    free(each);
    free(values);
    return status;
}

/* ---- McNemar ---- */

/* The probability of k successes in n trials of probability one half. */
static double binomial_half(size_t n, size_t k)
{
    double ways = lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
    return exp(ways - (double)n * M_LN2);
}

/* P(X > x) for chi-square with one degree of freedom. */
static double chi2_tail(double x)
{
    return erfc(sqrt(x / 2));
}

void stats_mcnemar(size_t only_a, size_t only_b, struct mcnemar *out)
{
    size_t n = only_a + only_b, least = only_a < only_b ? only_a : only_b;
    *out = (struct mcnemar){.only_a = only_a,
                            .only_b = only_b,
                            .exact_p = 1,
                            .mid_p = 1,
                            .chi2_p = 1,
                            .corrected_p = 1};
    if (n == 0)
        return;
    double tail = 0, apart = fabs((double)only_a - (double)only_b);
    for (size_t k = 0; k <= least; k++)
        tail += binomial_half(n, k);
    out->exact_p = fmin(1, 2 * tail);
    /* half of the observed point's probability on both sides, or once if both are that point */
    out->mid_p =
        only_a == only_b ? 1 - 0.5 * binomial_half(n, least) : 2 * tail - binomial_half(n, least);
    out->chi2 = apart * apart / (double)n;
    out->chi2_p = chi2_tail(out->chi2);
    out->corrected = apart > 1 ? (apart - 1) * (apart - 1) / (double)n : 0;
    out->corrected_p = chi2_tail(out->corrected);
}
