/* ticker.h: progress of work that several threads share: counts it, and calls the progress function
 * from one thread at a time. */
#ifndef RETRIEVE_SCORE_TICKER_H
#define RETRIEVE_SCORE_TICKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"

struct ticker {
    const struct progress *progress;
    uint64_t total;
    _Atomic uint64_t done;
    atomic_flag asking;
    atomic_bool stopped;
};

/* progress: borrowed. total: what `done` is to reach. */
static inline void ticker_init(struct ticker *t, const struct progress *progress, uint64_t total)
{
    t->progress = progress;
    t->total = total;
    atomic_init(&t->done, 0);
    atomic_init(&t->stopped, false);
    atomic_flag_clear(&t->asking);
}

/* Whether the progress function has said to stop. */
static inline bool ticker_stopped(struct ticker *t)
{
    return atomic_load_explicit(&t->stopped, memory_order_relaxed);
}

/* Notes that `n` more are done. */
static inline void ticker_add(struct ticker *t, uint64_t n)
{
    uint64_t done = atomic_fetch_add(&t->done, n) + n;
    if (atomic_flag_test_and_set(&t->asking))
        return;
    if (!ticker_stopped(t) && !progress_step(t->progress, done, t->total))
        atomic_store(&t->stopped, true);
    atomic_flag_clear(&t->asking);
}

/* 0, or -1 with the error "interrupted" if it was stopped. */
static inline int ticker_end(struct ticker *t, struct error *err)
{
    return ticker_stopped(t) ? error_set(err, "interrupted") : 0;
}

#endif
