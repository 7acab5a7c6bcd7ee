#include "model/kernels/raw_norm.h"

#include <math.h>

#include "base/simd.h"
#include "model/kernels/vecmath.h"

#define INLINE static inline __attribute__((always_inline))

static const float epsilon = 1e-8f;

INLINE float leaky(float s)
{
    return s > 0 ? s : 0.1f * s;
}

INLINE float leaky_slope(float s)
{
    return s > 0 ? 1.0f : 0.1f;
}

INLINE float sign(float s)
{
    return s > 0 ? 1.0f : s < 0 ? -1.0f : 0.0f;
}

/* Each pair below works on one row of one segment: `width` scores, a multiple of SEGMENT_STEP, of
 * which all but the first n are padding. `clip` is a constant once inlined. */

INLINE void l2_forward(const float *s, size_t width, size_t n, int clip, float *x)
{
    (void)n;
    float square = 0;
#pragma omp simd reduction(+ : square)
    for (size_t j = 0; j < width; j++) {
        x[j] = clip ? leaky(s[j]) : s[j];
        square += x[j] * x[j];
    }
    float divisor = sqrtf(square) + epsilon;
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        x[j] /= divisor;
}

/* With N = |f|, x = f/(N + e): df = (dx - x (x.dx) (N + e)/N) / (N + e). */
INLINE void l2_backward(const float *s, const float *x, size_t width, int clip, float *dx)
{
    float square = 0, along = 0;
#pragma omp simd reduction(+ : square, along)
    for (size_t j = 0; j < width; j++) {
        float f = clip ? leaky(s[j]) : s[j];
        square += f * f;
        along += x[j] * dx[j];
    }
    float norm = sqrtf(square), scale = norm > 0 ? 1 / (norm + epsilon) : 0;
    along *= norm > 0 ? (norm + epsilon) / norm : 0;
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        dx[j] = (dx[j] - along * x[j]) * scale * (clip ? leaky_slope(s[j]) : 1.0f);
}

INLINE void l1_forward(const float *s, size_t width, size_t n, int clip, float *x)
{
    (void)n;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < width; j++) {
        x[j] = clip ? leaky(s[j]) : s[j];
        sum += fabsf(x[j]);
    }
    float divisor = sum + epsilon;
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        x[j] /= divisor;
}

/* With N = sum |f|, x = f/(N + e): df = (dx - sign(f) (x.dx)) / (N + e). */
INLINE void l1_backward(const float *s, const float *x, size_t width, int clip, float *dx)
{
    float sum = 0, along = 0;
#pragma omp simd reduction(+ : sum, along)
    for (size_t j = 0; j < width; j++) {
        sum += fabsf(clip ? leaky(s[j]) : s[j]);
        along += x[j] * dx[j];
    }
    float scale = sum > 0 ? 1 / (sum + epsilon) : 0;
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        dx[j] = (dx[j] - along * sign(s[j])) * scale * (clip ? leaky_slope(s[j]) : 1.0f);
}

INLINE void softmax_forward(const float *s, size_t width, size_t n, int clip, float *x)
{
    (void)clip;
    float most = s[0], sum = 0;
#pragma omp simd reduction(max : most)
    for (size_t j = 0; j < n; j++)
        most = s[j] > most ? s[j] : most;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < width; j++) {
        x[j] = j < n ? vec_expf(s[j] - most) : 0;
        sum += x[j];
    }
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        x[j] /= sum;
}

INLINE void softmax_backward(const float *s, const float *x, size_t width, int clip, float *dx)
{
    (void)s, (void)clip;
    float along = 0;
#pragma omp simd reduction(+ : along)
    for (size_t j = 0; j < width; j++)
        along += x[j] * dx[j];
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        dx[j] = x[j] * (dx[j] - along);
}

INLINE void plain_forward(const float *s, size_t width, size_t n, int clip, float *x)
{
    (void)n;
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        x[j] = clip ? leaky(s[j]) : s[j];
}

INLINE void plain_backward(const float *s, const float *x, size_t width, int clip, float *dx)
{
    (void)x;
#pragma omp simd
    for (size_t j = 0; j < width; j++)
        dx[j] *= clip ? leaky_slope(s[j]) : 1.0f;
}

/* Columns of segment i, written so that the compiler sees a multiple of SEGMENT_STEP. */
INLINE size_t width_of(const struct segments *g, size_t i)
{
    return (g->begin[i + 1] - g->begin[i]) / SEGMENT_STEP * SEGMENT_STEP;
}

/* The two loops around a pair, for a whole tile. */
#define TILE(name, pair, clip)                                                                     \
    SIMD_CLONES static void name##_tile(size_t K, size_t n, const struct segments *g,              \
                                        const float *s, float *x)                                  \
    {                                                                                              \
        for (size_t k = 0; k < K; k++)                                                             \
            for (size_t i = 0; i < g->count; i++) {                                                \
                size_t at = k * n + g->begin[i];                                                   \
                pair##_forward(s + at, width_of(g, i), g->length[i], clip, x + at);                \
            }                                                                                      \
    }                                                                                              \
    SIMD_CLONES static void name##_tile_backward(size_t K, size_t n, const struct segments *g,     \
                                                 const float *s, const float *x, float *dx)        \
    {                                                                                              \
        for (size_t k = 0; k < K; k++)                                                             \
            for (size_t i = 0; i < g->count; i++) {                                                \
                size_t at = k * n + g->begin[i];                                                   \
                pair##_backward(s + at, x + at, width_of(g, i), clip, dx + at);                    \
            }                                                                                      \
    }

TILE(softmax, softmax, 0)
TILE(l2norm, l2, 0)
TILE(clipped_l2norm, l2, 1)
TILE(l1norm, l1, 0)
TILE(clipped_l1norm, l1, 1)
TILE(clipped, plain, 1)
TILE(no_norm, plain, 0)

static const struct {
    void (*forward)(size_t K, size_t n, const struct segments *g, const float *s, float *x);
    void (*backward)(size_t K, size_t n, const struct segments *g, const float *s, const float *x,
                     float *dx);
} modes[] = {
    [RAW_SOFTMAX] = {softmax_tile, softmax_tile_backward},
    [RAW_L2NORM] = {l2norm_tile, l2norm_tile_backward},
    [RAW_CLIPPED_L2NORM] = {clipped_l2norm_tile, clipped_l2norm_tile_backward},
    [RAW_L1NORM] = {l1norm_tile, l1norm_tile_backward},
    [RAW_CLIPPED_L1NORM] = {clipped_l1norm_tile, clipped_l1norm_tile_backward},
    [RAW_CLIPPED] = {clipped_tile, clipped_tile_backward},
    [RAW_NO_NORM] = {no_norm_tile, no_norm_tile_backward},
};

void raw_norm_forward(enum raw_norm mode, size_t K, size_t n, const struct segments *segments,
                      const float *s, float *x)
{
    modes[mode].forward(K, n, segments, s, x);
}

void raw_norm_backward(enum raw_norm mode, size_t K, size_t n, const struct segments *segments,
                       const float *s, const float *x, float *dx)
{
    modes[mode].backward(K, n, segments, s, x, dx);
}
