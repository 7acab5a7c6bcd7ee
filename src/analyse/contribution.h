/* contribution.h: what each word of a caption contributes: the score and the rank of the caption's
 * image without it (leave one out), and, if the model has attention, where in that image it
 * attends.
 */
#ifndef ANALYSE_CONTRIBUTION_H
#define ANALYSE_CONTRIBUTION_H

#include "analyse/lexicon.h"
#include "retrieve/session/session.h"

/* A word at a place in a caption. */
struct word_use {
    size_t caption, place;     /* the place: from 0, after <start> */
    uint32_t word;             /* of the lexicon */
    float score, without;      /* of the caption's image, with all words and without this one */
    size_t rank, rank_without; /* of that image, from 1 */
    float entropy;   /* of its attention over the regions, 0..1: H / log R; NaN with one region,
                        or without attention */
    float strongest; /* the largest weight, of a sum of 1; NaN without attention */
    size_t region;   /* the one with that weight */
};

/* Measures the words of n captions of the split, in order; captions of one word are omitted
 * (without it nothing remains). `lexicon` must be that of the split. *out (*count_out uses) is the
 * caller's to free. Errors: no memory, "interrupted". */
int contribution_measure(const struct session *session, const struct lexicon *lexicon,
                         const size_t *captions, size_t n, const struct progress *progress,
                         struct word_use **out, size_t *count_out, struct error *err) MUST_USE;

/* The entropy H / log n of n weights, which need not sum to one: 0 if all is on one, 1 if spread
 * evenly or all zero; NaN if n < 2. */
double contribution_entropy(const float *weights, size_t n);

/* All uses of a word. */
struct word_summary {
    uint32_t word;
    size_t uses;
    double change;       /* mean of score - without */
    double helps, hurts; /* shares of uses whose rank is worse, better without it */
    double rank_change;  /* mean of log(rank_without / rank) */
    double entropy;      /* mean; NaN if one is */
    double nowhere; /* share of uses whose entropy is at least `nowhere`; NaN without attention */
};

/* Summarises the uses by word, the word that adds most first. Returns the number of words; *out is
 * the caller's to free. */
size_t contribution_by_word(const struct word_use *uses, size_t count, double nowhere,
                            struct word_summary **out);

#endif
