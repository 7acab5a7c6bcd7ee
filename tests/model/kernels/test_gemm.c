/* Matrix products against sums in double, on odd shapes, inside larger arrays; equal bits whatever
 * the number of threads. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/kernels/gemm_private.h"
#include "tests/support/testing.h"

/* A product with room around every row, and what it should be. */
struct bed {
    struct gemm_job job;
    float *a, *b, *c, *start;
    double *expected;
    size_t c_count;
};

enum { MARGIN = 3 };

static float *random_floats(struct rng *rng, size_t n)
{
    float *x = mem_new(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)rng_range(rng, -1, 1);
    return x;
}

static double naive(const struct gemm_job *j, size_t row, size_t column)
{
    double sum = j->add ? (double)j->c.data[row * j->c.ld + column] : 0;
    for (size_t k = 0; k < j->K; k++) {
        float a = j->a.data[j->a_transposed ? k * j->a.ld + row : row * j->a.ld + k];
        float b = j->b.data[j->b_transposed ? column * j->b.ld + k : k * j->b.ld + column];
        sum += (double)a * (double)b;
    }
    return sum;
}

static void bed_init(struct bed *bed, struct rng *rng, size_t M, size_t N, size_t K, int kind,
                     bool add)
{
    struct gemm_job j = {kind == 2, kind == 1, add, M, N, K, {0}, {0}, {0}, NULL};
    j.a.ld = (j.a_transposed ? M : K) + MARGIN;
    j.b.ld = (j.b_transposed ? K : N) + MARGIN;
    j.c.ld = N + MARGIN;
    bed->c_count = M * j.c.ld;
    j.a.data = bed->a = random_floats(rng, (j.a_transposed ? K : M) * j.a.ld);
    j.b.data = bed->b = random_floats(rng, (j.b_transposed ? N : K) * j.b.ld);
    j.c.data = bed->c = random_floats(rng, bed->c_count);
    bed->start = mem_new(bed->c_count, sizeof *bed->start);
    memcpy(bed->start, bed->c, bed->c_count * sizeof *bed->c);
    bed->expected = mem_new(M * N, sizeof *bed->expected);
    for (size_t i = 0; i < M * N; i++)
        bed->expected[i] = naive(&j, i / N, i % N);
    bed->job = j;
}

static void bed_done(struct bed *bed)
{
    free(bed->a);
    free(bed->b);
    free(bed->c);
    free(bed->start);
    free(bed->expected);
}

/* The result is right, and nothing around it was touched. */
static void assert_right(const struct bed *bed, const char *what)
{
    const struct gemm_job *j = &bed->job;
    for (size_t i = 0; i < bed->c_count; i++) {
        size_t row = i / j->c.ld, column = i % j->c.ld;
        if (column >= j->N) {
            assert_memory_equal(&bed->c[i], &bed->start[i], sizeof bed->c[i]);
            continue;
        }
        double want = bed->expected[row * j->N + column];
        if (!(fabs((double)bed->c[i] - want) <= 3e-7 * ((double)j->K + 4)))
            fail_msg("%s %zu x %zu x %zu: (%zu, %zu) is %g, not %g", what, j->M, j->N, j->K, row,
                     column, (double)bed->c[i], want);
    }
}

static void run(struct bed *bed, void (*multiply)(const struct gemm_job *job), const char *what)
{
    memcpy(bed->c, bed->start, bed->c_count * sizeof *bed->c);
    multiply(&bed->job);
    assert_right(bed, what);
}

static void run_public(struct bed *bed, int kind)
{
    static void (*const multiply[])(size_t, size_t, size_t, struct matrix_const,
                                    struct matrix_const, bool,
                                    struct matrix) = {gemm_nn, gemm_nt, gemm_tn};
    const struct gemm_job *j = &bed->job;
    memcpy(bed->c, bed->start, bed->c_count * sizeof *bed->c);
    multiply[kind](j->M, j->N, j->K, j->a, j->b, j->add, j->c);
    assert_right(bed, "the product in use");
}

/* With b packed once, as for many products. */
static void run_factor(struct bed *bed, enum gemm_factor_use use)
{
    const struct gemm_job *j = &bed->job;
    struct gemm_factor factor;
    float *room = mem_new(gemm_factor_size(j->N, j->K, use), sizeof *room);
    memcpy(bed->c, bed->start, bed->c_count * sizeof *bed->c);
    gemm_factor_pack(j->N, j->K, j->b_transposed, j->b, use, room, &factor);
    gemm_factor_multiply(j->M, j->a, &factor, j->add, j->c);
    assert_right(bed, "the packed factor");
    free(room);
}

/* Shapes around the edges of tiles (12 x 32) and blocks (256), and one that several threads share.
 */
static const size_t shapes[][3] = {
    {1, 1, 1},     {2, 3, 5},     {11, 31, 15},  {12, 32, 16},   {13, 33, 17},    {24, 64, 256},
    {25, 65, 257}, {36, 14, 100}, {37, 255, 33}, {40, 257, 300}, {130, 150, 270}, {150, 520, 40},
};

static void test_shapes(void **state)
{
    struct rng rng;
    int threads = omp_get_max_threads();
    (void)state;
    rng_seed(&rng, 21);
    printf("# seed 21; products here are %s\n", gemm_has_own_kernel() ? "our own" : "BLAS's");
    omp_set_num_threads(3);
    for (size_t s = 0; s < COUNTOF(shapes); s++)
        for (int kind = 0; kind < 6; kind++) {
            struct bed bed;
            bed_init(&bed, &rng, shapes[s][0], shapes[s][1], shapes[s][2], kind % 3, kind / 3);
            run(&bed, gemm_blas, "BLAS");
            for (size_t k = 0; gemm_kernel_at(k); k++)
                run(&bed, gemm_kernel_at(k)->multiply, gemm_kernel_at(k)->name);
            run_public(&bed, kind % 3);
            if (kind % 3 != 2)
                for (int use = 0; use < 2; use++)
                    run_factor(&bed, (enum gemm_factor_use)use);
            bed_done(&bed);
        }
    omp_set_num_threads(threads);
}

static void test_nothing(void **state)
{
    float a = 2, b = 3, c = 5;
    struct matrix_const x = {&a, 1}, y = {&b, 1};
    struct matrix z = {&c, 1};
    (void)state;
    gemm_nn(0, 1, 1, x, y, false, z);
    gemm_nt(1, 0, 1, x, y, false, z);
    gemm_tn(1, 1, 0, x, y, false, z);
    assert_true(c == 5);
}

static float *copy_of_result(const struct bed *bed)
{
    float *out = mem_new(bed->c_count, sizeof *out);
    memcpy(out, bed->c, bed->c_count * sizeof *out);
    return out;
}

static void check_threads(const struct gemm_kernel *kernel, struct bed *bed)
{
    omp_set_num_threads(1);
    run(bed, kernel->multiply, "one thread");
    float *one = copy_of_result(bed);
    for (int n = 2; n <= 5; n++) {
        omp_set_num_threads(n);
        run(bed, kernel->multiply, "several threads");
        assert_memory_equal(bed->c, one, bed->c_count * sizeof *one);
    }
    free(one);
}

static void test_threads(void **state)
{
    struct rng rng;
    struct bed bed;
    int threads = omp_get_max_threads();
    (void)state;
    if (!gemm_kernel_at(0))
        skip();
    rng_seed(&rng, 22);
    for (int kind = 0; kind < 3; kind++) {
        bed_init(&bed, &rng, 301, 203, 520, kind, true);
        for (size_t k = 0; gemm_kernel_at(k); k++)
            check_threads(gemm_kernel_at(k), &bed);
        bed_done(&bed);
    }
    omp_set_num_threads(threads);
}

/* A row alone has the bits that it has among others. */
static void test_rows_alike(void **state)
{
    struct rng rng;
    struct bed bed;
    struct gemm_factor factor;
    (void)state;
    if (!gemm_rows_alike())
        skip();
    rng_seed(&rng, 24);
    bed_init(&bed, &rng, 29, 70, 301, 1, false);
    const struct gemm_job *j = &bed.job;
    float *room = mem_new(gemm_factor_size(j->N, j->K, GEMM_ROWS_ALIKE), sizeof *room);
    gemm_factor_pack(j->N, j->K, true, j->b, GEMM_ROWS_ALIKE, room, &factor);
    gemm_factor_multiply(j->M, j->a, &factor, false, j->c);
    float *all = copy_of_result(&bed);
    for (size_t i = 0; i < j->M; i++) {
        struct matrix_const row = {j->a.data + i * j->a.ld, j->a.ld};
        gemm_factor_multiply(1, row, &factor, false, j->c);
        assert_memory_equal(j->c.data, all + i * j->c.ld, j->N * sizeof *all);
    }
    free(all);
    free(room);
    bed_done(&bed);
}

/* Not a number stays one, and stays in its row. */
static void test_nan(void **state)
{
    struct rng rng;
    struct bed bed;
    (void)state;
    rng_seed(&rng, 23);
    bed_init(&bed, &rng, 40, 70, 50, 1, false);
    bed.a[7 * bed.job.a.ld + 49] = NAN;
    gemm_nt(40, 70, 50, bed.job.a, bed.job.b, false, bed.job.c);
    for (size_t i = 0; i < 40; i++)
        for (size_t j = 0; j < 70; j++)
            assert_int_equal(isnan(bed.c[i * bed.job.c.ld + j]) != 0, i == 7);
    bed_done(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),  cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_rows_alike),
        cmocka_unit_test(test_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
