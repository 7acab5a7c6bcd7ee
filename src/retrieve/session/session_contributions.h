/* share.h: what each word of a caption adds to the score of a pair. */
#ifndef RETRIEVE_SESSION_SESSION_CONTRIBUTIONS_H
#define RETRIEVE_SESSION_SESSION_CONTRIBUTIONS_H

#include "retrieve/session/session.h"

/* In i2t a caption of more words (<start>, <end> included) is not asked: the pair is attended anew
 * once a word. */
enum { SESSION_CONTRIBUTION_WORDS = 128 };

/* The similarities of a pair made into its score (eqs. 6 and 7 of the paper; Max and Sum as in the
 * reference), -inf where there are none. */
float session_pool_similarity(enum agg_func agg, float lambda_lse, const float *similarity,
                              size_t n);

/* What each of the W words (<start> and <end> included) adds to the pair's score under `agg`,
 * whichever the model was trained with: contribution_measure[W]. `attention` is the pair's own.
 * t2i, Sum and Mean: the word's similarity, over W for Mean; the contribution_measure add up to the
 * score. t2i, LogSumExp and Max: the score less what it would be without that word. i2t pools
 * regions, so that no word has a part of its own: the score less that of the same word embeddings
 * when the regions cannot attend to that one. A caption's only word adds the whole score. Errors:
 * no memory; i2t: more than SESSION_CONTRIBUTION_WORDS words. */
int session_word_contributions(const struct session *session, size_t image,
                               const struct query *query, const struct attention *attention,
                               enum agg_func agg, float *contribution_measure,
                               struct error *err) MUST_USE;

#endif
