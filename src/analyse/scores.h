/* scores.h: where the scores of images x captions come from, a part at a time: a session, a matrix
 * that was saved, or the mean of several of those. */
#ifndef ANALYSE_SCORES_H
#define ANALYSE_SCORES_H

#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "io/array/npy.h"
#include "retrieve/session/session.h"

struct score_source {
    size_t I, C, per_image; /* captions per_image * i .. belong to image i */
    /* Images first_image .. and captions first_caption .. of it: sims images x captions. The same
     * part gives the same bits. */
    int (*part)(const struct score_source *source, size_t first_image, size_t images,
                size_t first_caption, size_t captions, float *sims, const struct progress *progress,
                struct error *err);
    const void *context;
};

int scores_part(const struct score_source *source, size_t first_image, size_t images,
                size_t first_caption, size_t captions, float *sims, const struct progress *progress,
                struct error *err) MUST_USE;

/* A whole matrix in memory, I x C; borrowed. */
void scores_of_matrix(const float *sims, size_t I, size_t C, size_t per_image,
                      struct score_source *out);

/* A session, borrowed; its captions must be encoded. */
void scores_of_session(const struct session *session, struct score_source *out);

/* A file of similarities, images x captions: a plain .npy, which stays mapped, or the reference's
 * pickled dict {'npts', 'sims'}, which is read. Errors: no such file, no matrix. */
struct score_file;
int scores_file_open(const char *path, struct score_file **out, struct error *err) MUST_USE;
void scores_file_free(struct score_file *file);
/* Errors: the matrix is not I x C. */
int scores_of_file(const struct score_file *file, size_t I, size_t C, size_t per_image,
                   struct score_source *out, struct error *err) MUST_USE;

/* The mean of several, borrowed. All must be of one shape. */
struct score_mean {
    const struct score_source *members;
    size_t count;
};
void scores_of_mean(const struct score_mean *mean, struct score_source *out);

#endif
