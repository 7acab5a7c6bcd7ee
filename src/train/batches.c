#include "train/batches.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Room for a batch, and the result of reading it. */
struct slot {
    size_t index;
    int status;
    struct error err;
    struct batch batch;
    size_t *image; /* of each caption */
    float *features;
    int32_t *ids;
    size_t *region_starts, *starts;
};

static const size_t none = (size_t)-1;

/* One slot is the caller's, the other the thread's. */
struct batch_reader {
    struct slot slots[2], *mine, *its;
    pthread_t thread;
    bool started; /* if the system has no thread left, batches are read when requested */
    pthread_mutex_t lock;
    pthread_cond_t news; /* a batch is requested, is ready, or the reader is to end */
    /* under the lock */
    const struct batches *wanted; /* batch its->index of these is to be read; NULL: none */
    bool ending;
};

static size_t batch_length(const struct batches *b, size_t index)
{
    size_t left = b->captions - index * b->size;
    return left < b->size ? left : b->size;
}

/* ---- reading ---- */

/* An image's padding is overwritten by the next image. */
static int fill(const struct batches *b, struct slot *slot, struct error *err)
{
    size_t n = batch_length(b, slot->index), F = b->data->feature_size;
    const size_t *order = b->order + slot->index * b->size;
    for (size_t i = 0; i < n; i++) {
        size_t start = b->starts[order[i]], words = b->starts[order[i] + 1] - start;
        size_t image = caption_map_image(&b->data->map, order[i]), regions = slot->region_starts[i];
        if (dataset_features(b->data, image, 1, slot->features + regions * F, err) != 0)
            return -1;
        slot->image[i] = image;
        slot->region_starts[i + 1] = regions + dataset_regions_of(b->data, image);
        memcpy(slot->ids + slot->starts[i], b->ids + start, words * sizeof *b->ids);
        slot->starts[i + 1] = slot->starts[i] + words;
    }
    slot->batch = (struct batch){.n = n,
                                 .features = slot->features,
                                 .region_starts = slot->region_starts,
                                 .ids = slot->ids,
                                 .starts = slot->starts,
                                 .image = b->mask ? slot->image : NULL};
    return 0;
}

static void *read_ahead(void *context)
{
    struct batch_reader *r = context;
    pthread_mutex_lock(&r->lock);
    while (!r->ending) {
        const struct batches *b = r->wanted;
        if (!b) {
            pthread_cond_wait(&r->news, &r->lock);
            continue;
        }
        pthread_mutex_unlock(&r->lock);
        r->its->status = fill(b, r->its, &r->its->err);
        pthread_mutex_lock(&r->lock);
        r->wanted = NULL;
        pthread_cond_signal(&r->news);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* Waits until the thread is idle: then both slots and the order are the caller's. */
static void wait_idle(struct batch_reader *r)
{
    if (!r->started)
        return;
    pthread_mutex_lock(&r->lock);
    while (r->wanted)
        pthread_cond_wait(&r->news, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

static void request(struct batches *b, size_t index)
{
    struct batch_reader *r = b->reader;
    if (!r->started || index >= batches_count(b))
        return;
    pthread_mutex_lock(&r->lock);
    r->its->index = index;
    r->wanted = b;
    pthread_cond_signal(&r->news);
    pthread_mutex_unlock(&r->lock);
}

/* ---- beginning and end ---- */

static size_t longest_caption(const struct batches *b)
{
    size_t most = 0;
    for (size_t c = 0; c < b->captions; c++)
        if (b->starts[c + 1] - b->starts[c] > most)
            most = b->starts[c + 1] - b->starts[c];
    return most;
}

static int get_slot(const struct batches *b, struct slot *slot, struct error *err)
{
    size_t image = b->data->regions * b->data->feature_size;
    slot->index = none;
    slot->starts = mem_new(b->size + 1, sizeof *slot->starts);
    slot->image = mem_new(b->size, sizeof *slot->image);
    slot->region_starts = mem_new(b->size + 1, sizeof *slot->region_starts);
    if (mem_alloc(&slot->features, b->size * image, sizeof(float), "a batch's features", err) != 0)
        return -1;
    return mem_alloc(&slot->ids, b->size * longest_caption(b), sizeof(int32_t), "a batch's words",
                     err);
}

/* Signals (Ctrl-C) go to the thread that runs the steps. */
static void start(struct batch_reader *r)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r->started = pthread_create(&r->thread, NULL, read_ahead, r) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int batches_init(const struct dataset *data, const int32_t *ids, const size_t *starts, size_t size,
                 struct batches *out, struct error *err)
{
    *out = (struct batches){
        .data = data, .ids = ids, .starts = starts, .captions = data->captions, .size = size};
    if (out->captions < 2)
        return error_set(err, "%s: %zu captions; training needs at least two", data->folder,
                         out->captions);
    if (out->size > out->captions)
        out->size = out->captions;
    struct batch_reader *r = out->reader = mem_new(1, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->news, NULL);
    r->mine = &r->slots[0];
    r->its = &r->slots[1];
    out->order = mem_new(out->captions, sizeof *out->order);
    if (get_slot(out, r->mine, err) != 0 || get_slot(out, r->its, err) != 0) {
        batches_done(out);
        return -1;
    }
    start(r);
    return 0;
}

static void stop(struct batch_reader *r)
{
    if (!r->started)
        return;
    pthread_mutex_lock(&r->lock);
    r->ending = true;
    pthread_cond_signal(&r->news);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
}

void batches_done(struct batches *batches)
{
    struct batch_reader *r = batches->reader;
    if (r) {
        stop(r);
        for (size_t i = 0; i < 2; i++) {
            free(r->slots[i].features);
            free(r->slots[i].ids);
            free(r->slots[i].starts);
            free(r->slots[i].image);
            free(r->slots[i].region_starts);
        }
        pthread_cond_destroy(&r->news);
        pthread_mutex_destroy(&r->lock);
        free(r);
    }
    free(batches->order);
    *batches = (struct batches){0};
}

/* ---- epochs ---- */

void batches_shuffle(struct batches *batches, struct rng *rng)
{
    wait_idle(batches->reader);
    batches->reader->its->index = none; /* what was read ahead belongs to the old order */
    for (size_t c = 0; c < batches->captions; c++)
        batches->order[c] = c;
    rng_shuffle(rng, batches->order, batches->captions);
}

size_t batches_count(const struct batches *batches)
{
    size_t left = batches->captions % batches->size;
    return batches->captions / batches->size + (left > 1 ? 1 : 0);
}

int batches_read(struct batches *batches, size_t index, struct batch *out, struct error *err)
{
    struct batch_reader *r = batches->reader;
    wait_idle(r);
    struct slot *slot = r->its;
    if (slot->index != index) {
        slot->index = index;
        slot->status = fill(batches, slot, &slot->err);
    }
    r->its = r->mine;
    r->mine = slot;
    if (slot->status != 0) {
        *err = slot->err;
        slot->index = none;
        return -1;
    }
    *out = slot->batch;
    request(batches, index + 1);
    return 0;
}
