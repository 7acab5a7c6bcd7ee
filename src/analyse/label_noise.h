/* doubt.h: where the annotation rather than the model may be wrong. */
#ifndef ANALYSE_LABEL_NOISE_H
#define ANALYSE_LABEL_NOISE_H

#include "analyse/duplicates.h"
#include "analyse/sweep.h"

/* A caption that may belong to another image: its own is not among the first, while the other
 * captions of that image find it. */
struct suspect {
    size_t caption;
    size_t rank;     /* of its image, from 1 */
    double siblings; /* median rank of the image's other captions; NaN where there is none */
    double times;    /* rank / siblings: how many times worse; without siblings, than the median */
};

/* Captions whose rank is more than `worse_than` and at least twice that of the siblings, the most
 * times worse first. The caller's to free. */
size_t label_noise_suspects(const struct sweep *sweep, size_t worse_than, struct suspect **out);

/* A wrong answer that may be right: it is ranked before the truth, and a caption that belongs to it
 * says much the same. */
struct near_miss {
    bool image; /* an image was asked, the answer is a caption; else the other way round */
    size_t query, answer;
    size_t rank;    /* of the truth, from 1 */
    size_t twin;    /* t2i: the answer's caption that is most like the query; i2t: the query's
                       caption that is most like the answer */
    double overlap; /* of the two captions' words, as duplicates_overlap */
};

/* Of all queries whose truth is not first; overlap at least `least`, the largest first. */
size_t label_noise_near_misses(const struct sweep *sweep, const struct lexicon *lexicon,
                               double least, struct near_miss **out);

#endif
