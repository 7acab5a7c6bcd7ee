/* test_stats.c: the statistics against published values, worked examples, full enumeration, and
 * scipy if it is installed. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/ascending.h"
#include "base/rng.h"
#include "evaluate/stats.h"

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g is not %.17g (+- %g)", a, b, tolerance);
}

/* Fagerland et al. 2013, table 1 (Bentur et al.'s airway hyper-responsiveness, 1 and 7 discordant
 * pairs): z^2 = 4.50, p 0.034, corrected 0.077, exact 0.070, mid-p 0.039. */
static void test_mcnemar_published(void **state)
{
    (void)state;
    struct mcnemar m;
    stats_mcnemar(1, 7, &m);
    assert_near(m.chi2, 4.5, 1e-12);
    assert_near(m.chi2_p, 0.0339, 5e-5);
    assert_near(m.corrected_p, 0.0771, 5e-5);
    assert_near(m.exact_p, 0.0703, 5e-5);
    assert_near(m.mid_p, 0.0391, 5e-5);
    struct mcnemar swapped;
    stats_mcnemar(7, 1, &swapped);
    assert_near(swapped.mid_p, m.mid_p, 0);
    assert_near(swapped.exact_p, m.exact_p, 0);
}

/* b = 3, c = 3: P(X <= 3) of 6 is 42/64, so 1; P(X = 3) is 20/64. b = 0, c = 4: 2/16, minus 1/16.
 */
static void test_mcnemar_worked(void **state)
{
    (void)state;
    struct mcnemar m;
    stats_mcnemar(3, 3, &m);
    assert_near(m.exact_p, 1, 0);
    assert_near(m.mid_p, 1 - 10.0 / 64, 1e-12);
    assert_near(m.chi2, 0, 0);
    assert_near(m.corrected_p, 1, 0);
    stats_mcnemar(0, 4, &m);
    assert_near(m.exact_p, 2.0 / 16, 1e-12);
    assert_near(m.mid_p, 1.0 / 16, 1e-12);
    assert_near(m.corrected, 9.0 / 4, 1e-12);
    stats_mcnemar(0, 0, &m);
    assert_true(m.exact_p == 1 && m.mid_p == 1 && m.chi2_p == 1 && m.corrected_p == 1);
    stats_mcnemar(20000, 20400, &m); /* 2^-40400 is not a double: it needs the logarithms */
    assert_near(m.exact_p, m.corrected_p, 1e-4);
}

/* The example of scipy.stats.skew's documentation; symmetric values; none. */
static void test_skewness(void **state)
{
    (void)state;
    const double published[] = {2, 8, 0, 4, 1, 9, 9, 0}, symmetric[] = {1, 2, 3, 4, 5};
    const double equal[] = {0.1, 0.1, 0.1};
    assert_near(stats_skewness(published, 8), 0.2650554122698573, 1e-12);
    assert_near(stats_skewness(symmetric, 5), 0, 1e-12);
    assert_true(isnan(stats_skewness(equal, 3)) && isnan(stats_skewness(equal, 0)));
}

static void test_quantile(void **state)
{
    (void)state;
    const double sorted[] = {1, 2, 4, 8};
    assert_near(stats_quantile(sorted, 4, 0.5), 3, 0);
    assert_near(stats_quantile(sorted, 4, 0.25), 1.75, 1e-12);
    assert_near(stats_quantile(sorted, 4, 1), 8, 0);
    assert_near(stats_quantile(sorted, 4, 0), 1, 0);
    assert_true(isnan(stats_quantile(sorted, 0, 0.5)));
}

/* The interval of many random resamples of five values is that of all 5^5. */
static void test_bootstrap_enumerated(void **state)
{
    (void)state;
    const double values[] = {0.1, 0.9, 0.35, 0.6, 0.2}, weights[] = {1, 3, 2, 1, 4};
    double means[3125], ratios[3125];
    for (int r = 0; r < 3125; r++) {
        double sum = 0, top = 0, below = 0;
        for (int i = 0, left = r; i < 5; i++, left /= 5) {
            sum += values[left % 5];
            top += values[left % 5] * weights[left % 5];
            below += weights[left % 5];
        }
        means[r] = sum / 5;
        ratios[r] = top / below;
    }
    qsort(means, 3125, sizeof *means, ascending_double);
    qsort(ratios, 3125, sizeof *ratios, ascending_double);
    struct bootstrap how = {.resamples = 40000, .level = 0.9, .seed = 7};
    struct interval mean, ratio;
    struct error err;
    double products[5];
    for (int i = 0; i < 5; i++)
        products[i] = values[i] * weights[i];
    assert_done(stats_bootstrap_mean(values, 5, &how, &mean, &err), err);
    assert_done(stats_bootstrap_ratio(products, weights, 5, &how, &ratio, &err), err);
    assert_near(mean.value, 0.43, 1e-12);
    assert_near(mean.low, stats_quantile(means, 3125, 0.05), 0.01);
    assert_near(mean.high, stats_quantile(means, 3125, 0.95), 0.01);
    assert_near(ratio.low, stats_quantile(ratios, 3125, 0.05), 0.01);
    assert_near(ratio.high, stats_quantile(ratios, 3125, 0.95), 0.01);
}

/* For a share of many the interval is the normal one, and a difference of 2.5 standard errors has
 * about the normal p. */
static void test_bootstrap_large(void **state)
{
    (void)state;
    enum { N = 2000 };
    double a[N], b[N], zero[N] = {0};
    struct bootstrap how = {.resamples = 8000};
    struct interval share;
    struct paired paired;
    struct error err;
    for (int i = 0; i < N; i++) {
        a[i] = i % 10 < 3;
        b[i] = 0;
    }
    assert_done(stats_bootstrap_mean(a, N, &how, &share, &err), err);
    double error = sqrt(0.21 / N);
    assert_near(share.value, 0.3, 1e-12);
    assert_near(share.low, 0.3 - 1.96 * error, 0.1 * error);
    assert_near(share.high, 0.3 + 1.96 * error, 0.1 * error);
    for (int i = 0; i < N; i++) /* 75 queries won, 45 lost: 30 / sqrt(120 - 0.45) = 2.744 */
        b[i] = a[i] = 0;
    for (int i = 0; i < 120; i++)
        (i < 75 ? a : b)[i] = 1;
    assert_done(stats_bootstrap_paired(a, b, N, &how, &paired, &err), err);
    assert_near(paired.difference.value, 0.015, 1e-12);
    assert_near(paired.p, erfc(2.744 / sqrt(2)), 0.003);
    assert_true(paired.difference.low > 0.002 && paired.difference.high < 0.028);
    assert_done(stats_bootstrap_paired(zero, zero, N, &how, &paired, &err), err);
    assert_near(paired.p, 1, 0);
}

static void test_bootstrap_edges(void **state)
{
    (void)state;
    struct interval out;
    struct paired paired;
    struct error err;
    const double one = 0.5, nothing = 0;
    assert_done(stats_bootstrap_mean(NULL, 0, NULL, &out, &err), err);
    assert_true(isnan(out.value) && isnan(out.low));
    assert_done(stats_bootstrap_paired(NULL, NULL, 0, NULL, &paired, &err), err);
    assert_true(isnan(paired.p));
    assert_done(stats_bootstrap_mean(&one, 1, NULL, &out, &err), err);
    assert_true(out.value == 0.5 && out.low == 0.5 && out.high == 0.5);
    assert_done(stats_bootstrap_ratio(&one, &nothing, 1, NULL, &out, &err), err);
    assert_true(isnan(out.value));
}

/* The same seed gives the same numbers, another seed others. */
static void test_bootstrap_seeded(void **state)
{
    (void)state;
    double values[100];
    struct rng rng;
    struct interval a, b, c;
    struct error err;
    rng_seed(&rng, 3);
    for (int i = 0; i < 100; i++)
        values[i] = rng_normal(&rng);
    assert_done(stats_bootstrap_mean(values, 100, NULL, &a, &err), err);
    assert_done(stats_bootstrap_mean(values, 100, NULL, &b, &err), err);
    assert_done(stats_bootstrap_mean(values, 100, &(struct bootstrap){.seed = 99999}, &c, &err),
                err);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(a.low != c.low && fabs(a.low - c.low) < 0.05);
}

/* Few resamples, whose extremes are the interval: neighbouring seeds have none in common. */
static void test_bootstrap_neighbours(void **state)
{
    (void)state;
    double values[100];
    struct rng rng;
    struct interval before = {0}, now;
    struct error err;
    rng_seed(&rng, 3);
    for (int i = 0; i < 100; i++)
        values[i] = rng_normal(&rng);
    for (uint64_t seed = 0; seed < 50; seed++, before = now) {
        struct bootstrap how = {.resamples = 10, .level = 0.999999, .seed = seed};
        assert_done(stats_bootstrap_mean(values, 100, &how, &now, &err), err);
        assert_true(fabs(now.low - before.low) > 1e-6 && fabs(now.high - before.high) > 1e-6);
    }
}

/* scipy: skewness, binomial test, chi-square tail, the bootstrap's percentile interval. */
static const char script[] =
    "import sys; import numpy as np; from scipy import stats\n"
    "v = np.array([%s])\n"
    "b = stats.bootstrap((v,), np.mean, method='percentile', n_resamples=20000,\n"
    "                    random_state=1).confidence_interval\n"
    "print(stats.skew(v), stats.binomtest(12, 40).pvalue, stats.chi2.sf(6.4, 1), b.low, b.high)\n";

/* A Python that has scipy; NULL if there is none. */
static const char *find_python(void)
{
    static const char *const places[] = {"/usr/bin/python3", "python3"};
    for (int i = 0; i < 2; i++) {
        char command[100];
        snprintf(command, sizeof command, "%s -c 'import scipy.stats' >/dev/null 2>&1", places[i]);
        if (system(command) == 0)
            return places[i];
    }
    return NULL;
}

/* Units of 1, 3, 0 and 2 queries: the mean over the 6 is that of the shares; where all have two it
 * is each unit's own mean. */
static void test_unit_shares(void **state)
{
    (void)state;
    const double sums[] = {100, 150, 0, 50};
    double shares[4];
    assert_int_equal(stats_unit_shares(sums, (const size_t[]){1, 3, 0, 2}, 4, shares), 3);
    assert_near(stats_mean(shares, 3), 50, 1e-12);
    assert_near(shares[0], 50 + (100 - 50) / 2.0, 1e-12);
    assert_near(shares[1], 50 + (150 - 3 * 50) / 2.0, 1e-12);
    assert_near(shares[2], 50 + (50 - 2 * 50) / 2.0, 1e-12);
    assert_int_equal(stats_unit_shares(sums, (const size_t[]){2, 2, 0, 2}, 4, shares), 3);
    for (size_t u = 0; u < 3; u++)
        assert_near(shares[u], sums[u < 2 ? u : 3] / 2, 0);
}

static void test_scipy(void **state)
{
    (void)state;
    const char *python = find_python();
    if (!python) {
        fprintf(stderr, "# skipped: no Python with scipy (python3-scipy)\n");
        skip();
    }
    double values[60], theirs[5];
    char list[2000] = "", text[4000];
    struct rng rng;
    struct mcnemar m;
    struct interval mean;
    struct error err;
    rng_seed(&rng, 11);
    for (size_t i = 0, at = 0; i < 60; i++) {
        values[i] = exp(rng_normal(&rng));
        at += (size_t)snprintf(list + at, sizeof list - at, "%.17g,", values[i]);
    }
    int n = snprintf(text, sizeof text, "%s - <<'END'\n", python);
    n += snprintf(text + n, sizeof text - (size_t)n, script, list);
    snprintf(text + n, sizeof text - (size_t)n, "END\n");
    FILE *pipe = popen(text, "r");
    assert_non_null(pipe);
    int read = fscanf(pipe, "%lf %lf %lf %lf %lf", &theirs[0], &theirs[1], &theirs[2], &theirs[3],
                      &theirs[4]);
    pclose(pipe);
    assert_int_equal(read, 5);
    stats_mcnemar(12, 28, &m);
    assert_done(
        stats_bootstrap_mean(values, 60, &(struct bootstrap){.resamples = 20000}, &mean, &err),
        err);
    assert_near(stats_skewness(values, 60), theirs[0], 1e-12);
    assert_near(m.exact_p, theirs[1], 1e-12);
    assert_near(m.chi2_p, theirs[2], 1e-12);
    assert_near(mean.low, theirs[3], 0.02);
    assert_near(mean.high, theirs[4], 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mcnemar_published),
        cmocka_unit_test(test_mcnemar_worked),
        cmocka_unit_test(test_skewness),
        cmocka_unit_test(test_quantile),
        cmocka_unit_test(test_bootstrap_enumerated),
        cmocka_unit_test(test_bootstrap_large),
        cmocka_unit_test(test_bootstrap_edges),
        cmocka_unit_test(test_bootstrap_seeded),
        cmocka_unit_test(test_bootstrap_neighbours),
        cmocka_unit_test(test_unit_shares),
        cmocka_unit_test(test_scipy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
