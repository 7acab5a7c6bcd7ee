/* worker.h: the thread that computes. It takes requests, calls the backends, posts events, and
 * never touches the state. The newest request of a kind and side replaces an older one, also one
 * that is being worked on: that stops at its next step. What the user looks at first comes first:
 * ranking before attention before pictures before thumbnails. */
#ifndef UI_WORK_WORKER_H
#define UI_WORK_WORKER_H

#include <stdbool.h>

#include "ui/work/backend.h"
#include "ui/work/event.h"
#include "ui/work/request.h"

/* Opens the backend of a model (called on the worker's thread). */
typedef int worker_open(void *context, const struct source *source, int model,
                        const struct progress *progress, struct backend **out, struct error *err);

/* Looks at what may be opened (on the worker's thread). */
typedef void worker_fit(void *context, const struct source *sources, size_t count,
                        struct fitness *out);

/* What the worker works with. */
struct worker_host {
    worker_open *open;
    worker_fit *fit; /* NULL: nothing is known */
    void *context;
    const char *cache_folder; /* where thumbnails are kept, NULL: nowhere */
    const char
        *session_folder; /* where the sessions of before are (ui/state/recent.h), NULL: nowhere */
};

struct worker;

/* NULL with the error filled where the system gives no thread. */
struct worker *worker_new(const struct worker_host *host, struct error *err) MUST_USE;

/* Stops what is under way, waits for the thread, frees the backends. */
void worker_free(struct worker *worker);

/* Takes the request over (the caller's becomes zero). */
void worker_ask(struct worker *worker, struct request *request);

/* Drops everything that waits and stops what is under way. */
void worker_cancel(struct worker *worker);

/* As worker_cancel; what is open is closed by the thread as soon as it has stopped. From now on
 * there is no backend until one is opened. */
void worker_close(struct worker *worker);

/* Thumbnails on disk may take so many bytes; 0, as at first: none are kept. */
void worker_cache_bound(struct worker *worker, size_t bytes);

/* Readable while events wait. */
int worker_fd(const struct worker *worker);

/* The next event, the caller's; false where none waits. */
bool worker_take(struct worker *worker, struct event *out);

/* Waits until an event is there; false where none will come because nothing is under way. */
bool worker_wait(struct worker *worker);

/* The backend of a model, for `knows` and `complete`; NULL until it is open. */
const struct backend *worker_backend(struct worker *worker, int model);

#endif
