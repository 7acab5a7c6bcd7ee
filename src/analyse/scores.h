/* scores.h: a source of the scores of images x captions, read in parts: a session, a saved matrix,
 * or the mean of several sources. */
#ifndef ANALYSE_SCORES_H
#define ANALYSE_SCORES_H

#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "retrieve/score/sims_file.h"
#include "retrieve/session/session.h"

/* Sources borrow what they read from, which must outlive them. */
struct score_source {
    size_t I, C;
    const struct caption_map *map; /* borrowed */
    /* As scores_part. */
    int (*part)(const struct score_source *source, size_t first_image, size_t images,
                size_t first_caption, size_t captions, float *sims, const struct progress *progress,
                struct error *err);
    const void *context;
};

/* Reads a part: images first_image .. and captions first_caption .. into sims: images x captions.
 * The same part gives the same bits. Errors: no memory, "interrupted", the session's. */
int scores_part(const struct score_source *source, size_t first_image, size_t images,
                size_t first_caption, size_t captions, float *sims, const struct progress *progress,
                struct error *err) MUST_USE;

/* Makes a source of a matrix in memory; sims: images x captions of the map. */
void scores_of_matrix(const float *sims, const struct caption_map *map, struct score_source *out);

/* Makes a source of a session whose captions are encoded. */
void scores_of_session(const struct session *session, struct score_source *out);

/* Makes a source of a file that was fitted to the map (sims_file_fit). */
void scores_of_file(const struct sims_file *file, const struct caption_map *map,
                    struct score_source *out);

/* Several sources of the same shape. */
struct score_mean {
    const struct score_source *members;
    size_t count;
};

/* Makes a source of their mean. */
void scores_of_mean(const struct score_mean *mean, struct score_source *out);

#endif
