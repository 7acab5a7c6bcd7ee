/* fc.h: the fully connected layer of the image encoder, v = W x + b (eq. 8 of the paper), its
 * weight normalisation W = g v / |v|, and l2 normalisation of rows; each with its backward.
 *
 * rows = I * R. Gradients are added to what is there, except where it says "overwritten". */
#ifndef MODEL_FC_H
#define MODEL_FC_H

#include <stddef.h>

/* out (rows x D) = x (rows x F) W' (W is D x F) + b (D). */
void fc_forward(const float *x, size_t rows, size_t F, size_t D, const float *W, const float *b,
                float *out);

/* From dout (rows x D): dW (D x F) and db (D). The features need no gradient. */
void fc_backward(const float *x, const float *dout, size_t rows, size_t F, size_t D, float *dW,
                 float *db);

/* W (n) = g v / |v|, the norm over the whole matrix. */
void fc_weight_norm_forward(const float *v, float g, size_t n, float *W);

/* From dW (n): dv (n) and *dg. */
void fc_weight_norm_backward(const float *v, float g, size_t n, const float *dW, float *dv,
                             float *dg);

/* Each row x of `rows` (n x D) becomes x / (|x| + 1e-8), in place; norm_out: NULL or n, |x|. */
void fc_l2norm_forward(float *rows, size_t n, size_t D, float *norm_out);

/* y (n x D) and norm (n) as fc_l2norm_forward left them; dy is overwritten with dx. A row of zeros
 * gets 0. */
void fc_l2norm_backward(const float *y, const float *norm, size_t n, size_t D, float *dy);

/* sum (D) += the sum of the n rows, columns apart. */
void fc_sum_rows(const float *rows, size_t n, size_t ld, size_t D, float *sum);

#endif
