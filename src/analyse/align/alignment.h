/* alignment.h: how well the attention of a split's words matches the boxes of what they mean:
 * figures with their intervals, the best that the regions allow, and what meaningless attention
 * reaches.
 *
 * src/analyse/align/: annotated boxes (grounding*), one word's measures (align), a split's (this).
 */
#ifndef ANALYSE_ALIGN_ALIGNMENT_H
#define ANALYSE_ALIGN_ALIGNMENT_H

#include "analyse/align/align.h"
#include "analyse/align/grounding.h"
#include "evaluate/stats.h"
#include "retrieve/session/session.h"

/* The role of a word in its phrase. */
enum align_class {
    ALIGN_NOUN,     /* names the thing */
    ALIGN_MODIFIER, /* another word of its phrase */
    ALIGN_FUNCTION, /* a function word of its phrase (grounding.h) */
    ALIGN_CLASSES
};

extern const char *const align_class_names[ALIGN_CLASSES];

/* How words are grouped into rows. */
enum align_level {
    ALIGN_BY_CLASS,    /* each class */
    ALIGN_BY_CATEGORY, /* the nouns of each category */
    ALIGN_BY_WORD,     /* each noun */
    ALIGN_LEVELS
};

extern const char *const align_level_names[ALIGN_LEVELS];

struct align_options {
    double attended; /* a region is attended from this many times the uniform weight; usually 1 */
    struct bootstrap bootstrap;
};

/* Means over the words of a group. Intervals: bootstrap over images, each with all its words. */
struct align_row {
    enum align_level level;
    char *group; /* owned */
    size_t words, images;
    struct interval model[ALIGN_MEASURES];
    /* the same words with: uniform weights (averaged over orders); the attention of the caption's
     * other words instead of the word's own (averaged over all of them); the best weights */
    double uniform[ALIGN_MEASURES], shuffled[ALIGN_MEASURES], bound[ALIGN_MEASURES];
};

/* Precision and recall of all nouns' attention together at thresholds of weight. */
enum { ALIGN_THRESHOLDS = 9 };
struct align_curve {
    double threshold[ALIGN_THRESHOLDS]; /* in units of the uniform weight */
    double precision[ALIGN_THRESHOLDS], recall[ALIGN_THRESHOLDS];
    double ap;      /* average precision of all word-region pairs by weight */
    double uniform; /* the share of pairs that match: what meaningless weights reach */
    double bound;   /* 1 if any pair matches, else 0 */
};

/* The nouns of a caption: the mean share of their attention inside the boxes, and the largest share
 * possible. */
struct align_caption {
    size_t caption, nouns;
    double mass, bound;
};

/* The result; free with alignment_done. */
struct alignment {
    unsigned shows; /* session_shows: if they attend, the words' attention is measured */
    bool counted;   /* some images have fewer regions */
    size_t regions, captions, phrases;
    struct align_row *rows; /* classes, then categories and nouns, each by number of words */
    size_t row_count, row_cap;
    struct align_curve curve;
    struct align_caption
        *worst; /* captions with nouns, those furthest from what was possible first */
    size_t worst_count, worst_cap;
};

/* Measures the attention of each phrase's caption in its own image. Errors: the data folder has no
 * boxes, the model has no attention, no phrase fits a caption, no memory, "interrupted", those of
 * session_attention. */
int alignment_measure(const struct session *session, const struct grounding *grounding,
                      const struct align_options *options, const struct progress *progress,
                      struct alignment *out, struct error *err) MUST_USE;
void alignment_done(struct alignment *alignment);

/* A word with a region; the weight is in units of the uniform one. */
struct align_pair {
    float weight;
    bool match;
};

/* Computes precision and recall of n pairs at the thresholds, and their average precision (ties
 * count as one threshold). Sorts the pairs. */
void align_curve_measure(struct align_pair *pairs, size_t n, struct align_curve *out);

#endif
