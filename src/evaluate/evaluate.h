/* evaluate.h: recalls as the reference computes them. */
#ifndef EVALUATE_EVALUATE_H
#define EVALUATE_EVALUATE_H

#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "retrieve/session/session.h"

struct recalls {
    double r1, r5, r10, median, mean; /* recalls per cent; ranks start at 1 */
};

/* sims: I x C (row an image or one fold's), captions per_image * i .. belong to image i.
 * i2t: the best rank of an image's captions; t2i: the rank of a caption's image. ranks_out NULL or
 * I / C entries, 0 = best. Equal scores rank as numpy's argsort()[::-1] on distinct values would;
 * ties: the lower index is better; NaN is last. */
void evaluate_i2t(const float *sims, size_t I, size_t C, size_t per_image, struct recalls *out,
                  size_t *ranks_out);
void evaluate_t2i(const float *sims, size_t I, size_t C, size_t per_image, struct recalls *out,
                  size_t *ranks_out);

/* Of n ranks, 0 = best, n > 0; sorts them. */
void evaluate_ranks(size_t *ranks, size_t n, struct recalls *out);

/* Both directions, and their sum of recalls. */
struct evaluation {
    struct recalls i2t, t2i;
    double rsum;
};

void evaluate(const float *sims, size_t I, size_t C, size_t per_image, struct evaluation *out);

/* The same with the ranks, I and C of them. */
void evaluate_with_ranks(const float *sims, size_t I, size_t C, size_t per_image,
                         struct evaluation *out, size_t *i2t_ranks_out, size_t *t2i_ranks_out);

/* The mean of several evaluations (folds). */
void evaluate_mean(const struct evaluation *folds, size_t n, struct evaluation *out);

/* The whole matrix of a session: sims I x C. Captions must be encoded. */
int session_score_all(const struct session *session, float *sims, const struct progress *progress,
                      struct error *err) MUST_USE;

/* Images first_image .. and captions first_caption .. of it: sims images x captions. */
int session_score_block(const struct session *session, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err) MUST_USE;

#endif
