/* session_contributions.h: what each word of a caption contributes to a pair's score. */
#ifndef RETRIEVE_SESSION_SESSION_CONTRIBUTIONS_H
#define RETRIEVE_SESSION_SESSION_CONTRIBUTIONS_H

#include "retrieve/session/session.h"

/* The longest caption (<start> and <end> included) for which i2t, and other kinds of models than
 * SCAN, compute contributions: they score the pair once per word. */
enum { SESSION_CONTRIBUTION_WORDS = 128 };

/* What each of the query's W words (<start> and <end> included) adds to the pair's score under
 * `agg`, whatever the model was trained with: contributions[W]. `attention` is the pair's own. t2i,
 * Sum and Mean: the word's similarity, divided by W for Mean; the contributions add up to the
 * score. t2i, LogSumExp and Max: the score minus what it would be without that word. i2t pools
 * regions, so no word has a share of its own: the score minus that of the same word embeddings when
 * the regions cannot attend to that one. Other kinds of models than SCAN: the score minus that of
 * the caption without the word, encoded anew, so that the other words' embeddings change as well;
 * `agg` means nothing to them, and `attention` may be NULL. The only word of a caption contributes
 * the whole score. Errors: not enough memory; not t2i: more than SESSION_CONTRIBUTION_WORDS words.
 */
int session_word_contributions(const struct session *session, size_t image,
                               const struct query *query, const struct attention *attention,
                               enum agg_func agg, float *contributions, struct error *err) MUST_USE;

#endif
