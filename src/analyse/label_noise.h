/* label_noise.h: queries for which the annotation, rather than the model, may be wrong. */
#ifndef ANALYSE_LABEL_NOISE_H
#define ANALYSE_LABEL_NOISE_H

#include "analyse/duplicates.h"
#include "analyse/sweep.h"

/* A caption that may belong to another image: its own image ranks low, while that image's other
 * captions find it. */
struct suspect {
    size_t caption;
    size_t rank;     /* of its image, from 1 */
    double siblings; /* median rank of the image's other captions; NaN if it has none */
    double times;    /* rank / siblings; without siblings, rank / the median of all */
};

/* Finds captions whose rank is above `worse_than` and at least twice that of the siblings, those
 * with the largest `times` first. Returns the count; *out is the caller's to free. */
size_t label_noise_suspects(const struct sweep *sweep, size_t worse_than, struct suspect **out);

/* A wrong answer that may be right: it ranks before the truth, and a caption that belongs to it
 * says much the same. */
struct near_miss {
    bool image; /* i2t: the query is an image, the answer a caption; else the other way round */
    size_t query, answer;
    size_t rank;    /* of the truth, from 1 */
    size_t twin;    /* t2i: the answer's caption that is most like the query; i2t: the query's
                       caption that is most like the answer */
    double overlap; /* of the two captions' words: duplicates_overlap */
};

/* Finds the near misses among all queries whose truth is not first: those with an overlap of at
 * least `least`, the largest first. Returns the count; *out is the caller's to free. */
size_t label_noise_near_misses(const struct sweep *sweep, const struct lexicon *lexicon,
                               double least, struct near_miss **out);

#endif
