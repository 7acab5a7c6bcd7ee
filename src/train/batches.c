#include "train/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t longest_caption(const struct batches *b)
{
    size_t most = 0;
    for (size_t c = 0; c < b->captions; c++)
        if (b->starts[c + 1] - b->starts[c] > most)
            most = b->starts[c + 1] - b->starts[c];
    return most;
}

int batches_init(const struct dataset *data, const int32_t *ids, const size_t *starts, size_t size,
                 struct batches *out, struct error *err)
{
    size_t image = data->regions * data->feature_size;
    *out = (struct batches){
        .data = data, .ids = ids, .starts = starts, .captions = data->captions, .size = size};
    if (out->captions < 2)
        return error_set(err, "%s: %zu captions; training needs at least two", data->folder,
                         out->captions);
    if (out->size > out->captions)
        out->size = out->captions;
    out->order = mem_new(out->captions, sizeof *out->order);
    out->batch_starts = mem_new(out->size + 1, sizeof *out->batch_starts);
    out->failed = mem_new(out->size, sizeof *out->failed);
    if (mem_get(&out->features, out->size * image, sizeof(float), "a batch's features", err) != 0 ||
        mem_get(&out->batch_ids, out->size * longest_caption(out), sizeof(int32_t),
                "a batch's words", err) != 0) {
        batches_done(out);
        return -1;
    }
    return 0;
}

void batches_done(struct batches *batches)
{
    free(batches->order);
    free(batches->batch_starts);
    free(batches->batch_ids);
    free(batches->features);
    free(batches->failed);
    *batches = (struct batches){0};
}

void batches_shuffle(struct batches *batches, struct rng *rng)
{
    for (size_t c = 0; c < batches->captions; c++)
        batches->order[c] = c;
    rng_shuffle(rng, batches->order, batches->captions);
}

size_t batches_count(const struct batches *batches)
{
    size_t left = batches->captions % batches->size;
    return batches->captions / batches->size + (left > 1 ? 1 : 0);
}

static int read_features(struct batches *b, const size_t *order, size_t n, struct error *err)
{
    size_t image = b->data->regions * b->data->feature_size;
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < n; i++)
        b->failed[i] = dataset_features(b->data, order[i] / b->data->per_image, 1,
                                        b->features + i * image, NULL);
    for (size_t i = 0; i < n; i++) /* again, for its words */
        if (b->failed[i] && dataset_features(b->data, order[i] / b->data->per_image, 1,
                                             b->features + i * image, err) != 0)
            return -1;
    return 0;
}

int batches_read(struct batches *batches, size_t index, struct batch *out, struct error *err)
{
    struct batches *b = batches;
    const size_t *order = b->order + index * b->size;
    size_t left = b->captions - index * b->size, n = left < b->size ? left : b->size;
    if (read_features(b, order, n, err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        size_t start = b->starts[order[i]], words = b->starts[order[i] + 1] - start;
        memcpy(b->batch_ids + b->batch_starts[i], b->ids + start, words * sizeof *b->ids);
        b->batch_starts[i + 1] = b->batch_starts[i] + words;
    }
    *out = (struct batch){n, b->data->regions, b->features, b->batch_ids, b->batch_starts};
    return 0;
}
