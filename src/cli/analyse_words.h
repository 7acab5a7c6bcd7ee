/* analyse_words.h: `analyse words` in two files: what words contribute (analyse_words.c), and what
 * the split itself does to the results (analyse_words_split.c). */
#ifndef CLI_ANALYSE_WORDS_H
#define CLI_ANALYSE_WORDS_H

#include "analyse/label_noise.h"
#include "cli/analyse.h"

struct words_command {
    struct analysis a;
    const char *caption_index, *caption_ids;
    struct cli_list positives;
    int sample, neighbours, worse_than;
    double nowhere, similar, alike, overlap; /* shares and a cosine, 0..1 */
    /* the result */
    size_t caption; /* --caption-index; SIZE_MAX: the whole split */
    struct analyse_model model;
    struct sweep sweep;
    struct suspect *suspects; /* owned */
    size_t suspect_count;
};

/* Adds the split's tables to the report, after the sweep: hubs, twins, suspects (kept in `o`), near
 * misses, and more right answers if an annotation is given. Errors: no memory, "interrupted", of
 * the annotation's files. */
int analyse_words_split(struct words_command *o, struct error *err) MUST_USE;

#endif
