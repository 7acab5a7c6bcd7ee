#include "analyse/scores.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int scores_part(const struct score_source *source, size_t first_image, size_t images,
                size_t first_caption, size_t captions, float *sims, const struct progress *progress,
                struct error *err)
{
    return source->part(source, first_image, images, first_caption, captions, sims, progress, err);
}

/* ---- matrices ---- */

static int matrix_part(const struct score_source *source, size_t first_image, size_t images,
                       size_t first_caption, size_t captions, float *sims,
                       const struct progress *progress, struct error *err)
{
    const float *from = (const float *)source->context + first_image * source->C + first_caption;
    for (size_t i = 0; i < images; i++)
        memcpy(sims + i * captions, from + i * source->C, captions * sizeof *sims);
    return progress_step(progress, images * captions, images * captions)
               ? 0
               : error_set(err, "interrupted");
}

void scores_of_matrix(const float *sims, const struct caption_map *map, struct score_source *out)
{
    *out = (struct score_source){map->images, map->captions, map, matrix_part, sims};
}

/* ---- sessions ---- */

static int session_part(const struct score_source *source, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err)
{
    return session_score_block(source->context, first_image, images, first_caption, captions, sims,
                               progress, err);
}

void scores_of_session(const struct session *session, struct score_source *out)
{
    *out =
        (struct score_source){session->I, session->C, &session->data->map, session_part, session};
}

/* ---- files ---- */

static int file_part(const struct score_source *source, size_t first_image, size_t images,
                     size_t first_caption, size_t captions, float *sims,
                     const struct progress *progress, struct error *err)
{
    const struct sims_file *file = source->context;
#pragma omp parallel for
    for (size_t i = 0; i < images; i++)
        sims_file_part(file, first_image + i, 1, first_caption, captions, sims + i * captions);
    return progress_step(progress, images * captions, images * captions)
               ? 0
               : error_set(err, "interrupted");
}

void scores_of_file(const struct sims_file *file, const struct caption_map *map,
                    struct score_source *out)
{
    *out = (struct score_source){map->images, map->captions, map, file_part, file};
}

/* ---- means ---- */

static void add(float *sum, const float *one, size_t n)
{
    for (size_t k = 0; k < n; k++)
        sum[k] += one[k];
}

/* As in eval: the sum in the members' order, then the division. */
static int mean_part(const struct score_source *source, size_t first_image, size_t images,
                     size_t first_caption, size_t captions, float *sims,
                     const struct progress *progress, struct error *err)
{
    const struct score_mean *mean = source->context;
    size_t n = images * captions;
    float *one = NULL;
    int status = mem_alloc(&one, n, sizeof *one, "similarities", err);
    for (size_t m = 0; m < mean->count && status == 0; m++) {
        status = scores_part(&mean->members[m], first_image, images, first_caption, captions,
                             m == 0 ? sims : one, progress, err);
        if (m > 0 && status == 0)
            add(sims, one, n);
    }
    for (size_t k = 0; mean->count > 1 && k < n; k++)
        sims[k] /= (float)mean->count;
    free(one);
    return status;
}

void scores_of_mean(const struct score_mean *mean, struct score_source *out)
{
    assert(mean->count > 0);
    const struct score_source *first = &mean->members[0];
    *out = (struct score_source){first->I, first->C, first->map, mean_part, mean};
}
