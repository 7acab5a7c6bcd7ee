/* batches.h: the captions of a split in shuffled order, in batches with their images' features.
 *
 * Two batches are in memory: the current one, and the next one, which a separate thread reads from
 * the mapped features (and so from the disk) while the step runs. What is read depends on the order
 * alone, never on which thread was faster. */
#ifndef TRAIN_BATCHES_H
#define TRAIN_BATCHES_H

#include "base/rng.h"
#include "io/dataset/dataset.h"
#include "train/trainer.h"

struct batch_reader;

struct batches {
    const struct dataset *data;
    const int32_t *ids;   /* words of all captions, as in struct session */
    const size_t *starts; /* captions + 1 */
    size_t captions, size;
    bool mask;     /* pairs of the same image are no negatives: set before the first batch */
    size_t *order; /* the captions in the order of this epoch */
    struct batch_reader *reader;
};

/* Borrows data, ids and starts; `size` captions per batch. Errors: fewer than two captions, not
 * enough memory. */
int batches_init(const struct dataset *data, const int32_t *ids, const size_t *starts, size_t size,
                 struct batches *out, struct error *err) MUST_USE;
void batches_done(struct batches *batches);

/* Starts an epoch with a new order, which depends on the generator alone. */
void batches_shuffle(struct batches *batches, struct rng *rng);

/* The number of batches in an epoch. The last one may be smaller; a single remaining caption has no
 * negative to learn from and is omitted. */
size_t batches_count(const struct batches *batches);

/* Batch `index` of this epoch, borrowed until the next call; starts reading the one after it.
 * Errors: as dataset_features, for this batch only: what is wrong with the next one is reported
 * when it is requested. */
int batches_read(struct batches *batches, size_t index, struct batch *out,
                 struct error *err) MUST_USE;

#endif
