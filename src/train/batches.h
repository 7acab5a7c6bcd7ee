/* batches.h: the captions of a split in shuffled order, in batches with their images' features.
 *
 * Two batches are in memory: the one at work, and the next one, which a thread of its own reads out
 * of the mapped features (and so from the disk) while the step runs. What is read depends on the
 * order alone, never on which of the two threads was faster. */
#ifndef TRAIN_BATCHES_H
#define TRAIN_BATCHES_H

#include "base/rng.h"
#include "io/dataset/dataset.h"
#include "train/trainer.h"

struct batch_reader;

struct batches {
    const struct dataset *data;
    const int32_t *ids;   /* words of all captions, as session_read_captions leaves them */
    const size_t *starts; /* captions + 1 */
    size_t captions, size;
    size_t *order; /* the captions of this epoch */
    struct batch_reader *reader;
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

/* Batch `index` of this epoch, inside a buffer that stays as it is until the next call; then begins
 * to read the one behind it. Errors as dataset_features, of this batch only: what is wrong with the
 * next one is said when that is asked for. */
int batches_read(struct batches *batches, size_t index, struct batch *out,
                 struct error *err) MUST_USE;

#endif
