#include "model/kernels/order_near.h"

#include <math.h>

#include "base/arena.h"
#include "base/simd.h"
#include "model/kernels/family_kernel.h"

/* Differences reach this, in units; their squares' sum reaches its square and some more. */
static const double widest = 32700;

static size_t padded(size_t D)
{
    return (D + FAMILY_NEAR_UNIT - 1) / FAMILY_NEAR_UNIT * FAMILY_NEAR_UNIT;
}

static void carve(size_t I, size_t C, size_t D, struct arena *arena, struct order_near *out)
{
    out->D = padded(D);
    out->v = arena_take(arena, I * out->D, sizeof *out->v);
    out->e = arena_take(arena, C * out->D, sizeof *out->e);
    out->v_loss = arena_take(arena, I, sizeof *out->v_loss);
    out->e_loss = arena_take(arena, C, sizeof *out->e_loss);
}

size_t order_near_size(size_t I, size_t C, size_t D)
{
    struct arena arena = {0};
    struct order_near near;
    if (!family_kernel()->order_near)
        return 0;
    carve(I, C, D, &arena, &near);
    return (arena.used + sizeof(float) - 1) / sizeof(float);
}

SIMD_CLONES static double square_of(const float *row, size_t D)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t d = 0; d < D; d++)
        sum += (double)row[d] * (double)row[d];
    return sum;
}

/* Of the longest row; infinite or NaN if a row has such values. */
static double longest(const float *rows, size_t n, size_t D)
{
    double most = 0;
    bool finite = true;
#pragma omp parallel for schedule(static) reduction(max : most) reduction(&& : finite)
    for (size_t i = 0; i < n; i++) {
        double square = square_of(rows + i * D, D);
        finite = finite && isfinite(square);
        most = square > most ? square : most;
    }
    return finite ? sqrt(most) : INFINITY;
}

/* Returns the sum of the squared remainders, in units. */
SIMD_CLONES static double round_row(const float *row, size_t D, double scale, uint16_t *out)
{
    const double rounder = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to an integer */
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t d = 0; d < D; d++) {
        double x = (double)row[d] * scale, n = (x + rounder) - rounder;
        sum += (x - n) * (x - n);
        out[d] = (uint16_t)((int)n + 32768);
    }
    return sum;
}

static void round_rows(const float *rows, size_t n, size_t D, double scale, uint16_t *out,
                       float *loss)
{
    size_t ld = padded(D);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i++) {
        double square = round_row(rows + i * D, D, scale, out + i * ld);
        loss[i] = (float)(1.000001 * sqrt(square) / scale);
        for (size_t d = D; d < ld; d++)
            out[i * ld + d] = 0;
    }
}

bool order_near_init(const float *v, size_t I, const float *e, size_t C, size_t D, float *room,
                     struct order_near *out)
{
    struct arena arena = {(char *)room, 0};
    double scale = widest / (longest(v, I, D) + longest(e, C, D));
    if (!isfinite(scale) || !(scale > 0) || (double)D > widest)
        return false;
    carve(I, C, D, &arena, out);
    out->unit = (float)(1 / scale);
    out->rounding = ((float)D / 4 + 16) * 6e-8f;
    round_rows(v, I, D, scale, out->v, out->v_loss);
    round_rows(e, C, D, scale, out->e, out->e_loss);
    return true;
}

/* Scores come in units of the integers. */
SIMD_CLONES static void bound_row(const struct order_near *near, float v_loss, const float *e_loss,
                                  size_t n, float *scores, float *bounds)
{
    const float tiny = 1e-17f; /* squares too small for a float */
    float unit = near->unit, rounding = near->rounding;
#pragma omp simd
    for (size_t c = 0; c < n; c++) {
        float loss = v_loss + e_loss[c], score = scores[c] * unit;
        scores[c] = score;
        bounds[c] = 1.001f * (loss + rounding * (loss - score)) + tiny;
    }
}

void order_near_tile(const struct order_near *near, size_t i, size_t n, size_t c, size_t m,
                     float *scores, float *bounds, size_t ld)
{
    size_t D = near->D;
    family_kernel()->order_near(near->v + i * D, n, near->e + c * D, m, D, scores, ld);
    for (size_t a = 0; a < n; a++)
        bound_row(near, near->v_loss[i + a], near->e_loss + c, m, scores + a * ld, bounds + a * ld);
}
