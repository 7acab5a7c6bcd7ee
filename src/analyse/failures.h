/* failures.h: every query of a split as a row: how its truth was ranked, and properties of the
 * query. Rows can be selected by a condition (where.h), sorted, and grouped.
 *
 * `analyse failures` makes rows of a sweep; the explorer fills in a row per caption of its own and
 * reads it through failures_value, so that a condition means the same in both. What each field is,
 * by its name in a condition:
 *
 *   query        the number of the caption (t2i) or image (i2t) in the split, from 0
 *   direction    "t2i": a caption searches for its image; "i2t": an image searches for the best of
 *                its captions, and that caption is the row's
 *   rank         of the truth among all answers, from 1; among equal scores the lower index is
 *                first, NaN is last (evaluate/evaluate.h, plus 1)
 *   score        of the truth
 *   wrong_score  of the best answer that is not true: another image, or a caption of another image;
 *                NaN if there is none or all are NaN
 *   margin       score - wrong_score, in double precision: negative if the truth is not first
 *   length       words of the row's caption as the model's tokenizer splits it, without <start> and
 *                <end>
 *   unknown      those of them that the vocabulary lacks (all that become <unk>)
 *   frequency    how often the caption's rarest word occurs (lexicon_rarest): in the captions given
 *                with --counts or the folder's train_caps.txt, else in the split's; 0 if it has
 * none words        those words with single blanks between; ~ finds whole words caption      the
 * caption as in its file (if there is none: as words); ~ finds any part image        the id of the
 * query image, or of the caption's image
 *
 * An image without captions has length, unknown and frequency 0 and empty texts. */
#ifndef ANALYSE_FAILURES_H
#define ANALYSE_FAILURES_H

#include "analyse/lexicon.h"
#include "analyse/sweep.h"
#include "analyse/where.h"

/* A query; the numbers are those of the fields above. */
struct failure {
    bool image;                 /* i2t: an image is the query; else t2i */
    size_t query;               /* image or caption */
    size_t caption;             /* whose words the row has; SIZE_MAX: an image without captions */
    size_t rank;                /* from 1 */
    double score;               /* of the truth */
    double wrong_score, margin; /* of the best wrong answer; score - wrong_score */
    size_t wrong;               /* the best wrong answer: caption or image; SIZE_MAX if none */
    size_t length, unknown, frequency;
    const char *words, *text, *id; /* borrowed; the first two NULL without a caption */
};

/* The rows of a split. */
struct failures {
    const struct dataset *data;    /* borrowed */
    const struct lexicon *lexicon; /* borrowed */
    struct failure *rows;          /* count */
    size_t count;
    char **words; /* C: of each caption, joined */
};

/* The fields of a row, for conditions and sorting. */
enum failure_field {
    FAILURE_QUERY,
    FAILURE_DIRECTION,
    FAILURE_RANK,
    FAILURE_SCORE,
    FAILURE_MARGIN,
    FAILURE_WRONG_SCORE,
    FAILURE_LENGTH,
    FAILURE_UNKNOWN,
    FAILURE_FREQUENCY,
    FAILURE_WORDS,
    FAILURE_CAPTION,
    FAILURE_IMAGE,
    FAILURE_FIELDS
};
extern const struct where_field failures_fields[FAILURE_FIELDS + 1];

/* The row of a query (image or caption) that `q` was the outcome of; its words are borrowed: the
 * caption's (lexicon_join), NULL without one. */
struct failure failures_row(const struct dataset *data, const struct lexicon *lexicon,
                            const char *words, const struct sweep_query *q, bool image,
                            size_t query);

/* Makes the rows of the chosen directions, images first. Free with failures_done; `data` and
 * `lexicon` must outlive it. */
void failures_build(const struct sweep *sweep, const struct dataset *data,
                    const struct lexicon *lexicon, bool i2t, bool t2i, struct failures *out);
void failures_done(struct failures *failures);

/* A field (enum failure_field) of a `struct failure`: a where_get. Texts are the row's. */
struct where_value failures_value(const void *failure, size_t field);

/* Selects the rows for which `where` is true (NULL: all) and sorts them by a field: the worst first
 * (large ranks, lengths and unknown words; small scores, margins and frequencies; texts and queries
 * in ascending order), `reverse` the other way round; NaN is last either way. Returns the count;
 * *order_out, the rows' numbers, is the caller's to free. */
size_t failures_select(const struct failures *failures, const struct where *where,
                       enum failure_field sort, bool reverse, size_t **order_out);

/* ---- groups ---- */

enum failure_group { GROUP_WORD, GROUP_LENGTH, GROUP_FREQUENCY, GROUP_UNKNOWN, FAILURE_GROUPS };

/* Queries with something in common: a word (a query is in the group of each of its words), their
 * length, the frequency of their rarest word, or the number of unknown words. */
struct query_group {
    char *name; /* owned */
    bool image; /* i2t */
    size_t count;
    double r1, r5, r10; /* per cent */
    double median_rank; /* evaluate_median_rank */
    double mean_margin; /* margins that are NaN are omitted */
};

/* Groups the `count` rows whose numbers are in `order`; omits groups of fewer than `least`. Words
 * are sorted by R@1, the worst first and the larger of equals first; other groups in natural order.
 * Returns the number of groups; free them with failures_groups_free. */
size_t failures_group(const struct failures *failures, const size_t *order, size_t count,
                      enum failure_group by, size_t least, struct query_group **out);
void failures_groups_free(struct query_group *groups, size_t count);

#endif
