/* sgraf_rows.h: loops over rows of numbers that evaluation and training of SGRAF share. */
#ifndef MODEL_SGRAF_ROWS_H
#define MODEL_SGRAF_ROWS_H

#include <stddef.h>

/* What is added to norms; of a batch norm's variance; LeakyReLU's slope; the softmax's inverse
 * temperature. */
#define SGRAF_EPSILON 1e-8f
#define SGRAF_NORM_EPSILON 1e-5f
#define SGRAF_SLOPE 0.1f
#define SGRAF_LAMBDA 9.0f

/* a (W x ld) from raw scores s (W x ld): clipped l2 norm of each region's scores over the words,
 * then each word's softmax over the regions (Sec. 3.2). Columns from R on are read and become 0.
 * norm: ld floats, left with the norms of the clipped scores. */
void sgraf_attend(const float *s, size_t W, size_t R, size_t ld, float *norm, float *a);

/* a . b */
float sgraf_dot(const float *a, const float *b, size_t n);

/* row += bias, then l2-normalised; returns the length before. */
float sgraf_bias_normalise(float *row, const float *bias, size_t n);

/* x becomes (x / (|x| + eps) - y)^2; returns |x|. */
float sgraf_difference(float *x, const float *y, size_t n);

/* Softmax of n numbers, in place. */
void sgraf_softmax(float *x, size_t n);

/* out (S) = sum of weights[j] rows[j], n rows of S, ld apart. */
void sgraf_weighted(const float *weights, const float *rows, size_t n, size_t S, size_t ld,
                    float *out);

/* out[j] = query . rows[j] for n rows of S. */
void sgraf_dots(const float *query, const float *rows, size_t n, size_t S, float *out);

#endif
