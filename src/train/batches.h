/* batches.h: the captions of a split in shuffled order, in batches with their images' features. */
#ifndef TRAIN_BATCHES_H
#define TRAIN_BATCHES_H

#include "base/rng.h"
#include "io/dataset.h"
#include "train/step.h"

struct batches {
    const struct dataset *data;
    const int32_t *ids;   /* words of all captions, as session_read_captions leaves them */
    const size_t *starts; /* captions + 1 */
    size_t captions, size;
    size_t *order; /* the captions of this epoch */
    float *features;
    int32_t *batch_ids;
    size_t *batch_starts;
    int *failed; /* one a pair */
};

/* Borrows data, ids and starts. Errors: fewer than two captions, not enough memory. */
int batches_init(const struct dataset *data, const int32_t *ids, const size_t *starts, size_t size,
                 struct batches *out, struct error *err) MUST_USE;
void batches_done(struct batches *batches);

/* A new epoch's order, which depends on the generator alone. */
void batches_shuffle(struct batches *batches, struct rng *rng);

/* Batches of an epoch. The last one may be smaller; a single caption left over has no negative to
 * learn from and is left out. */
size_t batches_count(const struct batches *batches);

/* Batch `index` of this epoch, inside buffers that the next call uses again. Errors as
 * dataset_features. */
int batches_read(struct batches *batches, size_t index, struct batch *out,
                 struct error *err) MUST_USE;

#endif
