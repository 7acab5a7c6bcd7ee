#include "analyse/scores.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/torch/objarray.h"

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

struct score_file {
    char *path;
    struct npy *mapped;
    float *sims; /* the pickled dict's matrix; NULL: read the mapped one */
    size_t shape[2];
};

void scores_file_free(struct score_file *file)
{
    if (!file)
        return;
    npy_free(file->mapped);
    free(file->sims);
    free(file->path);
    free(file);
}

static int read_file(struct score_file *file, struct error *err)
{
    struct npy *npy = file->mapped;
    size_t points = 0;
    if (npy->type == NPY_OBJECT)
        return objarray_results(npy->data, npy->data_size, file->path, &file->sims, file->shape,
                                &points, err);
    if (npy->ndim != 2 || npy->count == 0)
        return error_at(err, file->path, -1,
                        "is not a matrix of similarities, images x captions; eval --save-sims "
                        "writes one");
    memcpy(file->shape, npy->shape, sizeof file->shape);
    return 0;
}

int scores_file_open(const char *path, struct score_file **out, struct error *err)
{
    struct score_file *file = mem_new(1, sizeof *file);
    file->path = mem_strdup(path);
    int status = npy_open(path, NULL, &file->mapped, err);
    if (status == 0)
        status = read_file(file, err);
    if (status != 0) {
        scores_file_free(file);
        return -1;
    }
    *out = file;
    return 0;
}

static int file_part(const struct score_source *source, size_t first_image, size_t images,
                     size_t first_caption, size_t captions, float *sims,
                     const struct progress *progress, struct error *err)
{
    const struct score_file *file = source->context;
    float *row = NULL;
    if (file->sims) {
        struct score_source matrix = *source;
        matrix.context = file->sims;
        return matrix_part(&matrix, first_image, images, first_caption, captions, sims, progress,
                           err);
    }
    if (mem_alloc(&row, source->C, sizeof *row, "a row of similarities", err) != 0)
        return -1;
    for (size_t i = 0; i < images; i++) {
        npy_rows_f32(file->mapped, first_image + i, 1, row);
        memcpy(sims + i * captions, row + first_caption, captions * sizeof *sims);
    }
    free(row);
    return progress_step(progress, images * captions, images * captions)
               ? 0
               : error_set(err, "interrupted");
}

int scores_of_file(const struct score_file *file, const struct caption_map *map,
                   struct score_source *out, struct error *err)
{
    size_t I = map->images, C = map->captions;
    if (file->shape[0] != I || file->shape[1] != C)
        return error_at(err, file->path, -1,
                        "has %zu images x %zu captions, the split %zu x %zu: they must be of the "
                        "same split",
                        file->shape[0], file->shape[1], I, C);
    *out = (struct score_source){I, C, map, file_part, file};
    return 0;
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
