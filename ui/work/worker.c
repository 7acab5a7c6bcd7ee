#include "ui/work/worker.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "ui/work/recent.h"
#include "ui/work/serve.h"

enum { NICENESS = 5 };

struct worker {
    struct worker_host host;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked, posted; /* signalled to the thread; to worker_wait */
    int wake;                     /* eventfd */
    /* under the lock */
    struct request slots[REQUESTS][SIDES];
    bool full[REQUESTS][SIDES];
    struct request *exports;
    size_t export_count, export_cap;
    struct event *events;
    size_t event_count, event_cap;
    struct backend *backends[MODELS];
    struct backend *closing[MODELS]; /* to be freed by the thread, which may be using them */
    bool busy, ending;
    enum request_kind now;
    int now_side;
    /* read by the thread at each step of its work */
    atomic_bool give_up, put_off; /* drop the request; do it later, since another is urgent */
    atomic_size_t cache_bytes;    /* the bound of the thumbnails on disk */
    /* the thread's own */
    struct serve_photos photos;
    double reported; /* when progress was last reported */
};

static void post_locked(struct worker *worker, const struct event *event)
{
    uint64_t one = 1;
    MEM_ROOM(worker->events, worker->event_count, worker->event_cap);
    worker->events[worker->event_count++] = *event;
    if (write(worker->wake, &one, sizeof one) < 0)
        return; /* the counter is full, so it is readable anyway */
}

static void post(struct worker *worker, const struct event *event)
{
    pthread_mutex_lock(&worker->lock);
    post_locked(worker, event);
    pthread_cond_signal(&worker->posted);
    pthread_mutex_unlock(&worker->lock);
}

static struct event answer(const struct request *request, enum event_kind kind)
{
    return (struct event){
        .kind = kind, .side = request->side, .serial = request->serial, .request = request->kind};
}

struct report {
    struct worker *worker;
    const struct request *request;
    const char *label;
};

/* Posts progress, at most 30 times a second. */
static bool report_progress(void *context, uint64_t done, uint64_t total)
{
    struct report *report = context;
    struct worker *worker = report->worker;
    if (atomic_load(&worker->give_up) || atomic_load(&worker->put_off))
        return false;
    double now = progress_clock();
    if (now - worker->reported < 1.0 / 30)
        return true;
    worker->reported = now;
    struct event event = answer(report->request, EVENT_PROGRESS);
    event.text = mem_strdup(report->label);
    event.done = done;
    event.total = total;
    post(worker, &event);
    return true;
}

static int open_model(struct worker *worker, const struct request *request,
                      const struct progress *progress, struct event *event, struct error *err)
{
    struct backend *backend = NULL;
    if (worker->host.open(worker->host.context, request->sources, request->side, progress, &backend,
                          err) != 0)
        return -1;
    pthread_mutex_lock(&worker->lock);
    bool wanted = !atomic_load(&worker->give_up);
    if (wanted)
        worker->backends[request->side] = backend;
    pthread_mutex_unlock(&worker->lock);
    if (!wanted) {
        backend_free(backend);
        return error_set(err, "interrupted");
    }
    *event = answer(request, EVENT_OPENED);
    event->catalog = &backend->catalog;
    return 0;
}

/* Answers a request that needs no model; false if it needs one. */
static bool look_around(struct worker *worker, const struct request *request, struct event *event)
{
    switch (request->kind) {
    case REQUEST_FILES:
        *event = answer(request, EVENT_FILES);
        event->files = files_list(request->path);
        return true;
    case REQUEST_RECENT:
        *event = answer(request, EVENT_RECENT);
        event->recents = recent_list(worker->host.session_folder);
        return true;
    case REQUEST_FIT:
        *event = answer(request, EVENT_FIT);
        event->fitness = mem_new(1, sizeof *event->fitness);
        if (worker->host.fit)
            worker->host.fit(worker->host.context, request->sources, request->source_count,
                             event->fitness);
        return true;
    default:
        return false;
    }
}

static int perform(struct worker *worker, struct request *request, struct event *event,
                   struct error *err)
{
    static const char *const labels[REQUESTS] = {
        [REQUEST_OPEN] = "Opening",
        [REQUEST_FILES] = "Listing",
        [REQUEST_RECENT] = "Listing recent sessions",
        [REQUEST_FIT] = "Checking the files",
        [REQUEST_RANK] = "Ranking the images",
        [REQUEST_CAPTIONS] = "Ranking the captions",
        [REQUEST_LOOK] = "Computing attention",
        [REQUEST_PICTURE] = "Drawing",
        [REQUEST_EXPORT] = "Exporting",
        [REQUEST_THUMBS] = "Thumbnails",
        [REQUEST_SURVEY] = "Ranking every caption",
    };
    struct report report = {worker, request, labels[request->kind]};
    struct progress progress = {report_progress, &report};
    worker->reported = progress_clock();
    if (request->kind == REQUEST_OPEN)
        return open_model(worker, request, &progress, event, err);
    if (look_around(worker, request, event))
        return 0;
    pthread_mutex_lock(&worker->lock);
    struct backend *backend = worker->backends[request->model];
    pthread_mutex_unlock(&worker->lock);
    if (!backend)
        return error_set(err, "no model is open");
    *event = answer(request, EVENT_FAILED);
    return serve_request(backend, &worker->photos, request, &progress, event, err);
}

/* Answers a request, or a part of it; the rest goes back to its slot. */
static void work(struct worker *worker, struct request *request)
{
    struct event event = {0};
    struct error err = {.text = "failed"};
    int status = perform(worker, request, &event, &err);
    if (status != 0) {
        event_done(&event);
        event = answer(request, EVENT_FAILED);
        event.text = mem_strdup(err.text);
        event.question = err.question;
    }
    pthread_mutex_lock(&worker->lock);
    bool newer = worker->full[request->kind][request->side];
    bool more =
        event.kind == EVENT_THUMB || (event.kind == EVENT_SURVEYED && event.done < event.total);
    bool later = worker->put_off && status != 0;
    bool awaited = !atomic_load(&worker->give_up) && !worker->ending;
    if (awaited && !later) /* if something urgent came, this is done again afterwards */
        post_locked(worker, &event);
    else
        event_done(&event);
    if ((more || later) && !newer && awaited) {
        worker->slots[request->kind][request->side] = *request;
        worker->full[request->kind][request->side] = true;
        *request = (struct request){0};
    }
    worker->busy = false;
    pthread_cond_signal(&worker->posted);
    pthread_mutex_unlock(&worker->lock);
    request_done(request);
}

/* Takes the next request, in order of kind; called with the lock held. */
static bool take_locked(struct worker *worker, struct request *out)
{
    for (int kind = 0; kind < REQUESTS; kind++) {
        if (kind == REQUEST_EXPORT && worker->export_count > 0) {
            *out = worker->exports[0];
            memmove(worker->exports, worker->exports + 1,
                    --worker->export_count * sizeof *worker->exports);
            return true;
        }
        for (int side = 0; side < SIDES; side++)
            if (worker->full[kind][side]) {
                *out = worker->slots[kind][side];
                worker->slots[kind][side] = (struct request){0};
                worker->full[kind][side] = false;
                return true;
            }
    }
    return false;
}

/* Keys come first: this thread, and those that it starts to compute with, give way to the drawing
 * one. (On Linux each thread has its niceness, and inherits it.) */
static void give_way(void)
{
    if (setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS) < 0)
        return; /* not vital */
}

/* Frees what worker_close set aside; called with the lock held, which it releases meanwhile. */
static void close_locked(struct worker *worker)
{
    for (int model = 0; model < MODELS; model++) {
        struct backend *backend = worker->closing[model];
        worker->closing[model] = NULL;
        if (!backend)
            continue;
        pthread_mutex_unlock(&worker->lock);
        serve_photos_forget(&worker->photos);
        backend_free(backend);
        pthread_mutex_lock(&worker->lock);
    }
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct request request;
    give_way();
    pthread_mutex_lock(&worker->lock);
    while (!worker->ending) {
        close_locked(worker);
        if (!take_locked(worker, &request)) {
            pthread_cond_wait(&worker->asked, &worker->lock);
            continue;
        }
        worker->busy = true;
        worker->now = request.kind;
        worker->now_side = request.side;
        atomic_store(&worker->give_up, false);
        atomic_store(&worker->put_off, false);
        pthread_mutex_unlock(&worker->lock);
        if (request.kind == REQUEST_THUMBS)
            cache_limit(&worker->photos.cache, atomic_load(&worker->cache_bytes));
        work(worker, &request);
        pthread_mutex_lock(&worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

struct worker *worker_new(const struct worker_host *host, struct error *err)
{
    struct worker *worker = mem_new(1, sizeof *worker);
    sigset_t all, before;
    assert(host->open);
    worker->host = *host;
    cache_open(&worker->photos.cache, host->cache_folder);
    worker->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->asked, NULL);
    pthread_cond_init(&worker->posted, NULL);
    /* The drawing thread handles signals, except for crashes, which go to the thread that crashed.
     */
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = worker->wake < 0 ? -1 : pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed)
        return worker;
    error_set(err, "cannot start the worker thread");
    if (worker->wake >= 0)
        close(worker->wake);
    serve_photos_done(&worker->photos);
    free(worker);
    return NULL;
}

/* Drops all requests, the current one too; called with the lock held. */
static void drop_all_locked(struct worker *worker)
{
    for (int kind = 0; kind < REQUESTS; kind++)
        for (int side = 0; side < SIDES; side++) {
            request_done(&worker->slots[kind][side]);
            worker->full[kind][side] = false;
        }
    for (size_t i = 0; i < worker->export_count; i++)
        request_done(&worker->exports[i]);
    worker->export_count = 0;
    atomic_store(&worker->give_up, true);
}

void worker_cancel(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    drop_all_locked(worker);
    pthread_mutex_unlock(&worker->lock);
}

void worker_cache_bound(struct worker *worker, size_t bytes)
{
    atomic_store(&worker->cache_bytes, bytes);
}

void worker_close(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    drop_all_locked(worker);
    for (int model = 0; model < MODELS; model++)
        if (worker->backends[model]) {
            worker->closing[model] = worker->backends[model];
            worker->backends[model] = NULL;
        }
    pthread_cond_signal(&worker->asked);
    pthread_mutex_unlock(&worker->lock);
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->ending = true;
    drop_all_locked(worker);
    pthread_cond_signal(&worker->asked);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    for (size_t i = 0; i < worker->event_count; i++)
        event_done(&worker->events[i]);
    for (int model = 0; model < MODELS; model++) {
        backend_free(worker->backends[model]);
        backend_free(worker->closing[model]);
    }
    serve_photos_done(&worker->photos);
    free(worker->events);
    free(worker->exports);
    close(worker->wake);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->asked);
    pthread_cond_destroy(&worker->posted);
    free(worker);
}

void worker_ask(struct worker *worker, struct request *request)
{
    assert(request->kind < REQUESTS && request->side >= 0 && request->side < SIDES);
    pthread_mutex_lock(&worker->lock);
    if (request->kind == REQUEST_EXPORT) {
        MEM_ROOM(worker->exports, worker->export_count, worker->export_cap);
        worker->exports[worker->export_count++] = *request;
    } else {
        struct request *slot = &worker->slots[request->kind][request->side];
        request_done(slot);
        *slot = *request;
        worker->full[request->kind][request->side] = true;
        if (worker->busy && worker->now == request->kind && worker->now_side == request->side)
            atomic_store(&worker->give_up, true);
        else if (worker->busy &&
                 (worker->now == REQUEST_SURVEY || worker->now == REQUEST_CAPTIONS) &&
                 request->kind < worker->now)
            atomic_store(&worker->put_off, true);
    }
    *request = (struct request){0};
    pthread_cond_signal(&worker->asked);
    pthread_mutex_unlock(&worker->lock);
}

int worker_fd(const struct worker *worker)
{
    return worker->wake;
}

bool worker_take(struct worker *worker, struct event *out)
{
    uint64_t count;
    pthread_mutex_lock(&worker->lock);
    bool there = worker->event_count > 0;
    if (there) {
        *out = worker->events[0];
        memmove(worker->events, worker->events + 1, --worker->event_count * sizeof *worker->events);
    }
    if (worker->event_count == 0 && read(worker->wake, &count, sizeof count) < 0)
        count = 0; /* nothing to read: it was not readable */
    pthread_mutex_unlock(&worker->lock);
    return there;
}

static bool pending_locked(const struct worker *worker)
{
    for (int kind = 0; kind < REQUESTS; kind++)
        for (int side = 0; side < SIDES; side++)
            if (worker->full[kind][side])
                return true;
    return worker->busy || worker->export_count > 0;
}

bool worker_wait(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (worker->event_count == 0 && pending_locked(worker))
        pthread_cond_wait(&worker->posted, &worker->lock);
    bool there = worker->event_count > 0;
    pthread_mutex_unlock(&worker->lock);
    return there;
}

const struct backend *worker_backend(struct worker *worker, int model)
{
    assert(model >= 0 && model < MODELS);
    pthread_mutex_lock(&worker->lock);
    const struct backend *backend = worker->backends[model];
    pthread_mutex_unlock(&worker->lock);
    return backend;
}
