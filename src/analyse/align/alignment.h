/* alignment.h: the attention of a split's words against the boxes of what they mean, in figures
 * with their intervals, the best that the regions allow, and what attention without sense would
 * reach. */
#ifndef ANALYSE_ALIGN_ALIGNMENT_H
#define ANALYSE_ALIGN_ALIGNMENT_H

#include "analyse/align/align.h"
#include "analyse/align/grounding.h"
#include "evaluate/stats.h"
#include "retrieve/session/session.h"

/* What a word of a phrase is. */
enum align_class {
    ALIGN_NOUN,     /* what names the thing */
    ALIGN_MODIFIER, /* other words of its phrase */
    ALIGN_FUNCTION, /* function words of its phrase (grounding.h) */
    ALIGN_CLASSES
};

extern const char *const align_class_names[ALIGN_CLASSES];

/* How rows are put together. */
enum align_level {
    ALIGN_BY_CLASS,    /* each class */
    ALIGN_BY_CATEGORY, /* the nouns of each category */
    ALIGN_BY_WORD,     /* each noun */
    ALIGN_LEVELS
};

extern const char *const align_level_names[ALIGN_LEVELS];

struct align_options {
    double attended; /* a region is attended at this many times the uniform weight; 1 as a rule */
    struct bootstrap bootstrap;
};

/* Means over the words of a group. The intervals resample images, with all their words. */
struct align_row {
    enum align_level level;
    char *group; /* owned */
    size_t words, images;
    struct interval model[ALIGN_MEASURES];
    /* the same words: weights all alike (averaged over orders); the attention of the caption's
     * other words in place of the word's own (averaged over them all); the most that the regions
     * allow */
    double uniform[ALIGN_MEASURES], shuffled[ALIGN_MEASURES], bound[ALIGN_MEASURES];
};

/* Precision and recall of all nouns' attention together, cut at thresholds. */
enum { ALIGN_THRESHOLDS = 9 };
struct align_curve {
    double threshold[ALIGN_THRESHOLDS]; /* in uniform weights */
    double precision[ALIGN_THRESHOLDS], recall[ALIGN_THRESHOLDS];
    double ap;      /* average precision of all word-region pairs by weight */
    double uniform; /* the share of pairs that match: what weights without sense reach */
    double bound;   /* 1 where any pair matches */
};

/* The nouns of a caption: the mean share of attention inside the boxes, and the most that was
 * possible. */
struct align_caption {
    size_t caption, nouns;
    double mass, bound;
};

struct alignment {
    bool t2i;
    size_t regions, captions, phrases;
    struct align_row *rows; /* classes, then categories and nouns, each by number of words */
    size_t row_count, row_cap;
    struct align_curve curve;
    struct align_caption
        *worst; /* captions with nouns, the furthest from what was possible first */
    size_t worst_count, worst_cap;
};

/* Attention of each phrase's caption on its own image. The session's folder has boxes. Errors: no
 * boxes, no phrase that fits the captions, what scoring gives, "interrupted". */
int alignment_measure(const struct session *session, const struct grounding *grounding,
                      const struct align_options *options, const struct progress *progress,
                      struct alignment *out, struct error *err) MUST_USE;
void alignment_done(struct alignment *alignment);

/* Precision and recall of n pairs at the thresholds, and their average precision. weights are in
 * uniform weights; they are sorted, match with them. A tie counts as one threshold. */
struct align_pair {
    float weight;
    bool match;
};
void align_curve_measure(struct align_pair *pairs, size_t n, struct align_curve *out);

#endif
