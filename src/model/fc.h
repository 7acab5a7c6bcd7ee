/* fc.h: the fully connected layer of the image encoder, v = W x + b (eq. 8 of the paper), its
 * weight normalisation W = g v / |v|, and l2 normalisation of rows; each with its backward pass.
 *
 * rows = I * R. Gradients are added to their targets unless it says "overwritten". */
#ifndef MODEL_FC_H
#define MODEL_FC_H

#include <stddef.h>

/* out (rows x D) = x (rows x F) W' (W is D x F) + b (D). */
void fc_forward(const float *x, size_t rows, size_t F, size_t D, const float *W, const float *b,
                float *out);

/* Adds to dW (D x F) and db (D) from dout (rows x D) and x (rows x F). The features need no
 * gradient. */
void fc_backward(const float *x, const float *dout, size_t rows, size_t F, size_t D, float *dW,
                 float *db);

/* W (n) = g v / |v|, the norm over the whole matrix. */
void fc_weight_norm_forward(const float *v, float g, size_t n, float *W);

/* Adds to dv (n) and *dg from dW (n): dg = dW.v/|v|, dv = g/|v| (dW - (dW.v/|v|^2) v). */
void fc_weight_norm_backward(const float *v, float g, size_t n, const float *dW, float *dv,
                             float *dg);

/* Each row x of `rows` (n x D) becomes x / (|x| + 1e-8), in place; norm_out: |x| of each (n), NULL
 * to skip. */
void fc_l2norm_forward(float *rows, size_t n, size_t D, float *norm_out);

/* y (n x D) and norm (n) as left by fc_l2norm_forward; dy (n x D) is overwritten with dx, 0 for a
 * row of zeros. */
void fc_l2norm_backward(const float *y, const float *norm, size_t n, size_t D, float *dy);

/* sum (D) += the n rows, each of length D and ld apart. The order of summation is fixed. */
void fc_sum_rows(const float *rows, size_t n, size_t ld, size_t D, float *sum);

/* Rows of n numbers: sum += a; out = scale a; a . b, summed in double. */
void fc_add_row(const float *a, size_t n, float *sum);
void fc_scale_row(const float *a, float scale, size_t n, float *out);
double fc_dot(const float *a, const float *b, size_t n);

#endif
