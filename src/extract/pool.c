#include "extract/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "base/mem.h"
#include "base/progress.h"
#include "extract/command_line.h"
#include "extract/process.h"
#include "io/image/image.h"

enum { LOST_MOST = 20, POLL_MS = 500, SIDE_CHECKED = 64 };

enum worker_state { WORKER_IDLE, WORKER_GREETING, WORKER_READY, WORKER_BUSY };

struct worker {
    enum worker_state state;
    struct process process;
    size_t photo; /* if busy */
    int width, height;
    double deadline;
};

struct pool {
    const struct pool_spec *spec;
    const struct sink *sink;
    char **words;
    struct record_hello hello; /* of the first process */
    bool begun;
    struct worker *workers;
    size_t next;   /* photograph */
    bool *tried;   /* by a process that died */
    size_t *again; /* photographs to be tried once more */
    size_t again_count;
    int lost; /* processes in a row, without a photograph in between */
};

/* ---- processes ---- */

static int start_worker(struct pool *p, struct worker *w, struct error *err)
{
    w->state = WORKER_GREETING;
    w->deadline = progress_clock() + p->spec->timeout;
    return process_start(&w->process, p->words, err);
}

static int fail_photo(struct pool *p, size_t photo, const char *reason, struct error *err)
{
    return p->sink->fail(p->sink->context, photo, reason, err);
}

/* The process is of no use any more, in the middle of a photograph. */
static int lose_worker(struct pool *p, struct worker *w, const char *reason, bool retry,
                       struct error *err)
{
    size_t photo = w->photo;
    char *how = process_stop(&w->process);
    char *why = reason ? mem_printf("the extractor was stopped: %s", reason)
                       : mem_printf("the extractor %s", how);
    int status = 0;
    w->state = WORKER_IDLE;
    if (++p->lost >= LOST_MOST)
        status = error_set(err, "%d processes of the extractor in a row were lost; the last: %s",
                           LOST_MOST, why);
    else if (retry && !p->tried[photo]) {
        p->tried[photo] = true;
        p->again[p->again_count++] = photo;
    } else
        status = fail_photo(p, photo, why, err);
    free(how);
    free(why);
    return status;
}

/* It ended, or took too long, before it greeted: there is no hope that others will not. */
static int fail_start(struct pool *p, struct worker *w, const char *reason, struct error *err)
{
    char *how = process_stop(&w->process);
    w->state = WORKER_IDLE;
    error_set(err, "the extractor '%s' does not work: %s%s%s", p->spec->command,
              reason ? reason : "it ", reason ? "; it " : "", how);
    free(how);
    return -1;
}

/* ---- what a process says ---- */

static int take_hello(struct pool *p, struct worker *w, const char *line, size_t length,
                      struct error *err)
{
    struct record_hello hello;
    struct error why;
    if (record_parse_hello(line, length, &hello, &why) != 0)
        return fail_start(p, w, why.text, err);
    w->state = WORKER_READY;
    if (!p->begun) {
        p->hello = hello;
        p->begun = true;
        return p->sink->begin(p->sink->context, &p->hello, err);
    }
    bool same = record_hello_same(&p->hello, &hello);
    record_hello_done(&hello);
    return same ? 0 : fail_start(p, w, "it greets otherwise than before", err);
}

static int take_record(struct pool *p, struct worker *w, const char *line, size_t length,
                       struct error *err)
{
    struct record record;
    struct error why;
    struct record_wanted wanted = {.path = p->sink->photos[w->photo].path,
                                   .width = w->width,
                                   .height = w->height,
                                   .regions = p->sink->regions,
                                   .hello = &p->hello};
    enum record_verdict verdict = record_parse(line, length, &wanted, &record, &why);
    if (verdict == RECORD_NONSENSE)
        return lose_worker(p, w, why.text, true, err);
    w->state = WORKER_READY;
    p->lost = 0;
    if (verdict == RECORD_REFUSED)
        return fail_photo(p, w->photo, why.text, err);
    int status = p->sink->take(p->sink->context, w->photo, &record, err);
    record_done(&record);
    return status;
}

static int take_line(struct pool *p, struct worker *w, struct error *err)
{
    size_t length;
    const char *line = process_line(&w->process, &length);
    if (!line)
        return 0;
    if (w->state == WORKER_READY) { /* nothing was asked: it is out of step */
        free(process_stop(&w->process));
        w->state = WORKER_IDLE;
        return 0;
    }
    int status = w->state == WORKER_GREETING ? take_hello(p, w, line, length, err)
                                             : take_record(p, w, line, length, err);
    if (w->state == WORKER_READY)
        process_drop_line(&w->process, length);
    return status;
}

static int take_end(struct pool *p, struct worker *w, struct error *err)
{
    bool flood = w->process.line.length > RECORD_LINE_MAX;
    if (w->state == WORKER_GREETING)
        return fail_start(p, w, NULL, err);
    if (w->state == WORKER_BUSY)
        return lose_worker(p, w, flood ? "a line of it does not end" : NULL, !flood, err);
    free(process_stop(&w->process));
    w->state = WORKER_IDLE;
    return 0;
}

static int check_time(struct pool *p, struct worker *w, double now, struct error *err)
{
    char *reason;
    int status = 0;
    if ((w->state != WORKER_GREETING && w->state != WORKER_BUSY) || now < w->deadline)
        return 0;
    reason = mem_printf("no answer in %g s", p->spec->timeout);
    status = w->state == WORKER_GREETING ? fail_start(p, w, reason, err)
                                         : lose_worker(p, w, reason, false, err);
    free(reason);
    return status;
}

/* ---- what a process is given ---- */

/* Checks that a photograph is whole, which many libraries do not, and how large it is. */
static int look_at(const char *path, struct worker *w, struct error *err)
{
    struct image image;
    if (image_load(path, SIDE_CHECKED, &image, err) != 0)
        return -1;
    w->width = image.full_width;
    w->height = image.full_height;
    image_done(&image);
    return 0;
}

static bool work_is_left(struct pool *p)
{
    while (p->next < p->sink->count && !p->sink->photos[p->next].wanted)
        p->next++;
    return p->next < p->sink->count || p->again_count > 0;
}

static bool next_photo(struct pool *p, size_t *photo_out)
{
    if (!work_is_left(p))
        return false;
    *photo_out = p->next < p->sink->count ? p->next++ : p->again[--p->again_count];
    return true;
}

static int give(struct pool *p, struct worker *w, struct error *err)
{
    struct error why;
    size_t photo;
    while (next_photo(p, &photo)) {
        if (look_at(p->sink->photos[photo].path, w, &why) != 0) {
            if (fail_photo(p, photo, why.text, err) != 0)
                return -1;
            continue;
        }
        w->photo = photo;
        w->state = WORKER_BUSY;
        w->deadline = progress_clock() + p->spec->timeout;
        return process_tell(&w->process, p->sink->photos[photo].path)
                   ? 0
                   : lose_worker(p, w, NULL, true, err);
    }
    return 0;
}

/* ---- the loop ---- */

/* Gives everyone work. Before the first greeting there is one process. Returns how many work. */
static int employ(struct pool *p, int *busy_out, struct error *err)
{
    *busy_out = 0;
    for (int i = 0; i < p->spec->workers; i++) {
        struct worker *w = &p->workers[i];
        bool may = p->begun ? work_is_left(p) : i == 0;
        if (w->state == WORKER_IDLE && may && start_worker(p, w, err) != 0)
            return -1;
        if (w->state == WORKER_READY && p->begun && give(p, w, err) != 0)
            return -1;
        *busy_out += w->state == WORKER_GREETING || w->state == WORKER_BUSY;
    }
    return 0;
}

static int wait_for_news(struct pool *p, struct pollfd *polled)
{
    double now = progress_clock(), soonest = now + POLL_MS / 1000.0;
    for (int i = 0; i < p->spec->workers; i++) {
        const struct worker *w = &p->workers[i];
        bool runs = w->state != WORKER_IDLE;
        if ((w->state == WORKER_GREETING || w->state == WORKER_BUSY) && w->deadline < soonest)
            soonest = w->deadline;
        polled[2 * i] = (struct pollfd){runs ? w->process.out : -1, POLLIN, 0};
        polled[2 * i + 1] = (struct pollfd){runs ? w->process.err : -1, POLLIN, 0};
    }
    int ms = soonest > now ? (int)((soonest - now) * 1000) + 1 : 0;
    return poll(polled, 2 * (nfds_t)p->spec->workers, ms);
}

static int hear(struct pool *p, const struct pollfd *polled, struct error *err)
{
    for (int i = 0; i < p->spec->workers; i++) {
        struct worker *w = &p->workers[i];
        if (w->state == WORKER_IDLE)
            continue;
        bool news = polled[2 * i].revents || polled[2 * i + 1].revents;
        bool more = !news || process_listen(&w->process, RECORD_LINE_MAX);
        if (take_line(p, w, err) != 0 ||
            (!more && w->state != WORKER_IDLE && take_end(p, w, err) != 0) ||
            check_time(p, w, progress_clock(), err) != 0)
            return -1;
    }
    return 0;
}

static int run(struct pool *p, struct error *err)
{
    struct pollfd *polled = mem_new(2 * (size_t)p->spec->workers, sizeof *polled);
    int status, busy;
    while ((status = employ(p, &busy, err)) == 0 && (busy > 0 || work_is_left(p))) {
        int said = wait_for_news(p, polled);
        if (interrupt_seen())
            status = error_set(err, "interrupted");
        else if (said < 0 && errno != EINTR)
            status = error_errno(err, p->spec->command, "wait for the extractor");
        else if (said >= 0)
            status = hear(p, polled, err);
        if (status != 0)
            break;
    }
    free(polled);
    return status;
}

int pool_run(const struct pool_spec *spec, const struct sink *sink, struct error *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    struct pool p = {.spec = spec, .sink = sink};
    if (command_line_words(spec->command, &p.words, err) != 0)
        return -1;
    p.workers = mem_new((size_t)spec->workers, sizeof *p.workers);
    p.tried = mem_new(sink->count, sizeof *p.tried);
    p.again = mem_new(sink->count, sizeof *p.again);
    char *regions = mem_printf("%zu", sink->regions);
    setenv("SCANSCOPE_REGIONS", regions, 1);
    free(regions);
    sigaction(SIGPIPE, &ignore, &before);
    int status = run(&p, err);
    for (int i = 0; i < spec->workers; i++)
        if (p.workers[i].state != WORKER_IDLE)
            free(process_stop(&p.workers[i].process));
    sigaction(SIGPIPE, &before, NULL);
    record_hello_done(&p.hello);
    command_line_free(p.words);
    free(p.workers);
    free(p.tried);
    free(p.again);
    return status;
}
