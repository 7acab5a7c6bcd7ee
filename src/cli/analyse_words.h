/* analyse_words.h: the parts of `analyse words`. */
#ifndef CLI_ANALYSE_WORDS_H
#define CLI_ANALYSE_WORDS_H

#include "cli/analyse.h"

struct words_command {
    struct cli_common common;
    struct analyse_out out;
    const char *caption_index, *csv, *counts, *caption_ids;
    struct cli_list positives;
    int sample, seed, neighbours, worse_than;
    double nowhere, similar, alike, overlap;
    /* the answer */
    struct analyse_split split;
    struct analyse_model model;
    struct sweep sweep;
    struct report report;
    struct analyse_pictures pictures;
};

/* Each adds its tables to the report. */
int analyse_words_caption(struct words_command *o, size_t caption, struct error *err) MUST_USE;
int analyse_words_sample(struct words_command *o, struct error *err) MUST_USE;
void analyse_words_hubs(struct words_command *o);
int analyse_words_duplicates(struct words_command *o, struct error *err) MUST_USE;
void analyse_words_suspects(struct words_command *o);
void analyse_words_near_misses(struct words_command *o);
int analyse_words_positives(struct words_command *o, struct error *err) MUST_USE;

/* Cells that several tables have. */
void analyse_words_cell_caption(struct words_command *o,
                                size_t caption); /* its text; SIZE_MAX: nothing */
void analyse_words_cell_image(struct words_command *o, size_t image); /* its id */

#endif
