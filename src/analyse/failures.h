/* failures.h: every query of a split as a row: what became of its truth, and what the query is
 * like. Rows can be chosen by a condition (where.h), sorted, and put into groups. */
#ifndef ANALYSE_FAILURES_H
#define ANALYSE_FAILURES_H

#include "analyse/lexicon.h"
#include "analyse/sweep.h"
#include "analyse/where.h"

/* A query. Of an image, `caption` is the best of its own: that one's words are the row's. */
struct failure {
    bool image;                 /* an image asks for captions; else a caption asks for images */
    size_t query;               /* image or caption */
    size_t caption;             /* whose words the row has; SIZE_MAX: an image without captions */
    size_t rank;                /* of the truth, from 1 */
    double score;               /* of the truth */
    double wrong_score, margin; /* of the best wrong answer; score - wrong_score */
    size_t wrong;               /* the best wrong answer: caption or image; SIZE_MAX: none */
    size_t length, unknown, frequency; /* words; those unknown; uses of the rarest word */
};

/* All rows; the split's parts are borrowed. */
struct failures {
    const struct dataset *data;
    const struct lexicon *lexicon;
    struct failure *rows;
    size_t count;
    char **words; /* of the captions, joined */
};

/* The rows' columns, for conditions and sorting. */
enum failure_field {
    FAILURE_QUERY,
    FAILURE_DIRECTION, /* "i2t" or "t2i" */
    FAILURE_RANK,
    FAILURE_SCORE,
    FAILURE_MARGIN,
    FAILURE_WRONG_SCORE,
    FAILURE_LENGTH,
    FAILURE_UNKNOWN,
    FAILURE_FREQUENCY,
    FAILURE_WORDS,
    FAILURE_CAPTION,
    FAILURE_IMAGE, /* the id of the query, or of the caption's image */
    FAILURE_FIELDS
};
extern const struct where_field failures_fields[FAILURE_FIELDS + 1];

/* Rows of the directions wanted. Free with failures_done. */
void failures_build(const struct sweep *sweep, const struct dataset *data,
                    const struct lexicon *lexicon, bool i2t, bool t2i, struct failures *out);
void failures_done(struct failures *failures);

void failures_values(const struct failures *failures, const struct failure *row,
                     struct where_value values[FAILURE_FIELDS]);

/* Numbers of the rows that `where` (NULL: all) is true of, in the order of a field: the worst first
 * (large ranks, lengths and unknown words, small scores, margins and frequencies; texts and queries
 * in their order), `reverse` the other way round. Returns the count; the caller's to free. */
size_t failures_select(const struct failures *failures, const struct where *where,
                       enum failure_field sort, bool reverse, size_t **order_out);

/* ---- groups -----------------------------------------------------------------------------------
 */

enum failure_group { GROUP_WORD, GROUP_LENGTH, GROUP_FREQUENCY, GROUP_UNKNOWN, FAILURE_GROUPS };

/* Queries that have something in common: a word (a query is in the group of each of its words), how
 * long they are, how frequent their rarest word is, how many words are unknown. */
struct query_group {
    char *name;
    bool image; /* of image queries */
    size_t count;
    double r1, r5, r10;              /* per cent */
    double median_rank, mean_margin; /* margins that are not known are left out */
};

/* Groups of the rows `order` of at least `least` queries: words by the share of queries answered
 * first, the worst first, of equal ones the larger first; else in the natural order. */
size_t failures_group(const struct failures *failures, const size_t *order, size_t count,
                      enum failure_group by, size_t least, struct query_group **out);
void failures_groups_free(struct query_group *groups, size_t count);

#endif
