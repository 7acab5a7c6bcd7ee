/* ui/work: what the explorer computes: requests, the thread that answers them by a backend's
 * operations, and the events that come back.
 *
 * worker.h: the thread. It takes requests, calls the backends, posts events, and never touches the
 * state. A new request replaces an older one of the same kind and side, even one in progress, which
 * stops at its next step. What the user looks at comes first: requests are taken in the order of
 * enum request_kind. */
#ifndef UI_WORK_WORKER_H
#define UI_WORK_WORKER_H

#include <stdbool.h>

#include "ui/work/backend.h"
#include "ui/work/event.h"
#include "ui/work/request.h"

/* Opens the backend of a model, which becomes the worker's. Called on the worker's thread, like the
 * next. Errors: those of the files. */
typedef int worker_open(void *context, const struct source *source, int model,
                        const struct progress *progress, struct backend **out, struct error *err);

/* Looks at what is chosen for opening; fills `out`. */
typedef void worker_fit(void *context, const struct source *sources, size_t count,
                        struct fitness *out);

/* What the worker works with. */
struct worker_host {
    worker_open *open;
    worker_fit *fit;            /* NULL: nothing is reported */
    void *context;              /* of open and fit */
    const char *session_folder; /* recent sessions are listed from here; NULL: none. Borrowed */
    const char *cache_folder;   /* thumbnails are kept here; NULL: nowhere. Borrowed */
};

struct worker;

/* Starts the thread; the host is copied. NULL on failure. Errors: no thread. */
struct worker *worker_new(const struct worker_host *host, struct error *err) MUST_USE;

/* Stops what is in progress, waits for the thread, frees the backends. NULL is fine. */
void worker_free(struct worker *worker);

/* Queues a request and takes over what it owns; the caller's becomes zero. */
void worker_ask(struct worker *worker, struct request *request);

/* Drops all queued requests and stops what is in progress. */
void worker_cancel(struct worker *worker);

/* The same, and closes what is open: the thread frees it as soon as it has stopped. From now on
 * there is no backend until one is opened. */
void worker_close(struct worker *worker);

/* Bounds the thumbnails on disk, in bytes; 0, as at first: none are kept. */
void worker_cache_bound(struct worker *worker, size_t bytes);

/* A descriptor that is readable while events wait. */
int worker_fd(const struct worker *worker);

/* Takes the next event, which becomes the caller's; false if none waits. */
bool worker_take(struct worker *worker, struct event *out);

/* Waits for an event; false if none will come, because nothing is in progress. */
bool worker_wait(struct worker *worker);

/* The backend of a model, for `knows`, `complete` and `photo_path`; NULL unless it is open. Valid
 * until worker_close or worker_free. */
const struct backend *worker_backend(struct worker *worker, int model);

#endif
