/* bottomup_child.c: a kind of file whose library may crash on a damaged file (libhdf5 does, LMDB
 * may) is read in a child process.
 *
 * The child runs the kind's functions on its copy of the reader. It waits for requests on a socket
 * and answers each with a reply and texts, and behind an image with what `next` gives, unasked, so
 * that it seldom waits; an image's numbers it leaves in memory that both share,
 * where its reader's arrays lie from the start, so that nothing of size is copied. The parent
 * checks all sizes, and what ends the child is an error of the file.
 *
 * Rules. The child is a fork without exec: neither the kind nor what it calls may start threads or
 * use OpenMP or BLAS, whose threads are not in the child; it writes nothing to stdout, and its
 * stderr (glibc's "double free", assertions) is thrown away but with a sanitizer.
 * Limits of the child: no core file; DATA_MORE bytes beyond what the parent had; `seconds` of
 * computing for each request, not of waiting, as a slow disk or Ctrl-Z is no damage. SIGINT and
 * SIGTERM are the parent's to handle; the child dies with it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/countof.h"
#include "base/mem.h"
#include "io/dataset/bottomup_private.h"

enum {
    MARK = 0x53435242,
    TEXT_MOST = 1 << 16, /* longer ones are cut: nothing allows them */
    REGIONS = BOTTOMUP_REGIONS_MAX,
    HAS_BOXES = 1,
    HAS_CLASSES = 2,
    HAS_CONFIDENCES = 4,
    NORMALISED = 8,
    INCIDENTAL = 16,
    OVER = 32,
    QUESTION = 64
};

static const uint64_t texts_most = (uint64_t)1 << 30, data_more = (uint64_t)4 << 30;

struct request {
    uint64_t load, feature_size; /* load: 0: next */
};

/* `where`, `notes` and `names` texts follow, each a number of 32 bits and as many bytes. */
struct reply {
    uint32_t mark, has;
    int32_t status, width, height;
    uint64_t regions, feature_size, done, total, notes, names;
    char id[ID_SIZE], error[sizeof((struct error *)NULL)->text];
};

struct shared {
    float features[(size_t)REGIONS * BOTTOMUP_FEATURES_MAX];
    float boxes[4 * REGIONS], confidences[REGIONS];
    int32_t classes[REGIONS];
};

struct state {
    struct shared *shared;
    pid_t pid; /* 0: none */
    int socket;
    bool ahead; /* the answer to the next `next` is on its way */
    uint64_t done, total, text_bytes;
};

static bool put(int to, const void *data, size_t size)
{
    const char *bytes = data;
    while (size > 0) {
        ssize_t n = send(to, bytes, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static bool get(int from, void *out, size_t size)
{
    char *bytes = out;
    while (size > 0) {
        ssize_t n = recv(from, bytes, size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* ---- the child ---- */

/* Lowers a soft limit. */
static void limit(int resource, rlim_t most)
{
    struct rlimit r;
    if (getrlimit(resource, &r) != 0 || (r.rlim_cur != RLIM_INFINITY && r.rlim_cur <= most))
        return;
    r.rlim_cur = r.rlim_max != RLIM_INFINITY && r.rlim_max < most ? r.rlim_max : most;
    setrlimit(resource, &r);
}

/* What Linux counts against RLIMIT_DATA: not a file's pages, which LMDB maps whole. */
static void limit_memory(void)
{
    uint64_t pages;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f)
        return;
    if (fscanf(f, "%*s %*s %*s %*s %*s %" SCNu64, &pages) == 1)
        limit(RLIMIT_DATA, (rlim_t)(pages * (uint64_t)sysconf(_SC_PAGESIZE) + data_more));
    fclose(f);
}

/* `before`: the limit that the program came with. */
static void limit_time(const struct rlimit *before, unsigned seconds)
{
    struct timespec used;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0)
        return;
    setrlimit(RLIMIT_CPU, before);
    limit(RLIMIT_CPU, (rlim_t)used.tv_sec + seconds + (used.tv_nsec > 0));
}

static void become_child(pid_t parent)
{
    static const int ends[] = {SIGXCPU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    const struct sigaction plain = {.sa_handler = SIG_DFL}, deaf = {.sa_handler = SIG_IGN};
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(1);
    sigaction(SIGINT, &deaf, NULL);
    sigaction(SIGTERM, &deaf, NULL);
    for (size_t i = 0; i < COUNTOF(ends); i++)
        sigaction(ends[i], &plain, NULL);
    limit(RLIMIT_CORE, 0);
    limit_memory();
#ifndef __SANITIZE_ADDRESS__
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
#endif
}

static void add_text(struct str *out, const char *text)
{
    uint32_t length = (uint32_t)strnlen(text, TEXT_MOST);
    str_add_n(out, (const char *)&length, sizeof length);
    str_add_n(out, text, length);
}

static uint32_t add_texts(struct str *out, const struct str_list *list, size_t from)
{
    for (size_t i = from; i < list->count; i++)
        add_text(out, list->items[i]);
    return (uint32_t)(list->count - from);
}

static void fill_image(struct reply *r, const struct bottomup_image *image)
{
    r->width = image->width;
    r->height = image->height;
    r->regions = image->regions;
    r->feature_size = image->feature_size;
    r->has |= (image->boxes ? HAS_BOXES : 0) | (image->classes ? HAS_CLASSES : 0) |
              (image->confidences ? HAS_CONFIDENCES : 0) | (image->normalised ? NORMALISED : 0) |
              (image->incidental ? INCIDENTAL : 0);
}

/* `told`: how many notes and names have been sent. */
static bool answer(int to, struct bottomup *reader, int status, const struct error *err,
                   size_t told[2])
{
    const struct bottomup_kind *kind = reader->kind;
    const struct notes *notes = kind->notes ? kind->notes(reader) : &reader->notes;
    struct reply r = {.mark = MARK, .status = status};
    struct str texts = {0};
    r.has = (reader->over ? OVER : 0) | (err->question ? QUESTION : 0);
    fill_image(&r, &reader->image);
    memcpy(r.id, reader->id, sizeof r.id);
    memcpy(r.error, err->text, sizeof r.error);
    if (status >= 0)
        kind->progress(reader, &r.done, &r.total);
    add_text(&texts, str_text(&reader->where));
    r.notes = add_texts(&texts, &notes->lines, told[0]);
    r.names = add_texts(&texts, &reader->class_names, told[1]);
    told[0] = notes->lines.count;
    told[1] = reader->class_names.count;
    bool done = put(to, &r, sizeof r) && put(to, texts.text, texts.length);
    str_done(&texts);
    return done;
}

static int work(struct bottomup *reader, const struct request *request, struct error *err)
{
    if (!request->load) {
        reader->id[0] = '\0';
        return reader->kind->next(reader, err);
    }
    reader->feature_size = (size_t)request->feature_size;
    reader->image = (struct bottomup_image){.id = reader->id, .where = str_text(&reader->where)};
    return reader->kind->load(reader, err);
}

/* Never returns. */
static void serve(struct bottomup *reader, struct shared *shared, int socket)
{
    const struct bottomup_apart *apart = reader->apart;
    struct request request = {0};
    struct error err = {0};
    struct rlimit before;
    size_t told[2] = {0, 0};
    getrlimit(RLIMIT_CPU, &before);
    reader->kind = apart->kind;
    reader->state = NULL;
    reader->features = shared->features;
    reader->feature_room = (size_t)REGIONS * BOTTOMUP_FEATURES_MAX;
    reader->boxes = shared->boxes;
    reader->box_room = (size_t)4 * REGIONS;
    reader->classes = shared->classes;
    reader->confidences = shared->confidences;
    reader->class_room = reader->confidence_room = REGIONS;
    limit_time(&before, apart->seconds);
    int status = reader->kind->open(reader, &err);
    while (answer(socket, reader, status, &err, told)) {
        bool ahead = request.load && status == 0 && !reader->over;
        request.load = 0;
        if (!ahead && !get(socket, &request, sizeof request))
            break;
        limit_time(&before, apart->seconds);
        err = (struct error){0};
        status = work(reader, &request, &err);
    }
    _exit(0);
}

/* ---- the parent ---- */

static void stop(struct state *s, int *status_out)
{
    if (s->pid > 0) {
        kill(s->pid, SIGKILL); /* changes nothing for one that has died */
        while (waitpid(s->pid, status_out, 0) < 0 && errno == EINTR)
            continue;
        close(s->socket);
    }
    s->pid = 0;
}

static void child_close(void *state)
{
    struct state *s = state;
    int unused;
    stop(s, &unused);
    munmap(s->shared, sizeof *s->shared);
    free(s);
}

/* Why there is no answer, or an answer that cannot be one. */
static int fail(struct bottomup *reader, bool answered, struct error *err)
{
    const struct bottomup_apart *apart = reader->apart;
    int status = 0;
    char image[ID_SIZE + 16] = "";
    stop(reader->state, &status);
    reader->over = true;
    if (*reader->id)
        snprintf(image, sizeof image, " (at image %s)", reader->id);
    if (!answered && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return error_at(err, reader->path, -1,
                        "damaged: the %s computed for more than %u seconds on it%s; copy or "
                        "download it again",
                        apart->library, apart->seconds, image);
    if (!answered && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return error_at(err, reader->path, -1,
                        "the process that read it%s was killed; is there enough memory?", image);
    return error_at(err, reader->path, -1,
                    "damaged: the %s crashed on it%s; copy or download it again", apart->library,
                    image);
}

static bool get_text(struct state *s, struct str *out)
{
    uint32_t length;
    char bytes[TEXT_MOST];
    if (!get(s->socket, &length, sizeof length) || length > sizeof bytes ||
        (s->text_bytes += length + 16) > texts_most || !get(s->socket, bytes, length))
        return false;
    str_clear(out);
    str_add_n(out, bytes, length);
    return true;
}

static bool get_texts(struct state *s, uint64_t count, struct str_list *list)
{
    struct str text = {0};
    bool good = true;
    for (uint64_t i = 0; i < count && (good = get_text(s, &text)); i++)
        str_list_add(list, mem_strdup(str_text(&text)));
    str_done(&text);
    return good;
}

static bool is_image(const struct reply *r)
{
    return r->width >= 0 && r->height >= 0 && r->regions > 0 && r->regions <= REGIONS &&
           r->feature_size > 0 && r->feature_size <= BOTTOMUP_FEATURES_MAX;
}

static void take_image(struct bottomup *reader, const struct reply *r)
{
    struct shared *shared = ((struct state *)reader->state)->shared;
    reader->image = (struct bottomup_image){
        .id = reader->id,
        .where = str_text(&reader->where),
        .width = r->width,
        .height = r->height,
        .regions = (size_t)r->regions,
        .feature_size = (size_t)r->feature_size,
        .boxes = r->has & HAS_BOXES ? shared->boxes : NULL,
        .normalised = r->has & NORMALISED,
        .incidental = r->has & INCIDENTAL,
        .features = shared->features,
        .classes = r->has & HAS_CLASSES ? shared->classes : NULL,
        .confidences = r->has & HAS_CONFIDENCES ? shared->confidences : NULL,
    };
}

/* Takes the answer to what was asked; `load`: an image is wanted. Returns the kind's status. */
static int take_answer(struct bottomup *reader, bool load, struct error *err)
{
    struct state *s = reader->state;
    struct reply r;
    if (!get(s->socket, &r, sizeof r))
        return fail(reader, false, err);
    if (r.mark != MARK || r.status < -1 || r.status > !load ||
        (load && r.status == 0 && !is_image(&r)) || !get_text(s, &reader->where) ||
        !get_texts(s, r.notes, &reader->notes.lines) ||
        !get_texts(s, r.names, &reader->class_names))
        return fail(reader, true, err);
    r.id[ID_SIZE - 1] = r.error[sizeof r.error - 1] = '\0';
    memcpy(reader->id, r.id, sizeof r.id);
    reader->over = r.has & OVER;
    if (r.status < 0) {
        error_set(err, "%s", r.error);
        if (err)
            err->question = r.has & QUESTION;
        return -1;
    }
    s->done = r.done;
    s->total = r.total;
    s->ahead = load && !reader->over;
    if (load)
        take_image(reader, &r);
    return r.status;
}

static int ask(struct bottomup *reader, bool load, struct error *err)
{
    struct state *s = reader->state;
    struct request request = {.load = load, .feature_size = reader->feature_size};
    if (s->pid == 0)
        return error_at(err, reader->path, -1,
                        "cannot be read on: the %s could not go on behind the damage",
                        reader->apart->library);
    bool asked = s->ahead;
    s->ahead = false;
    if (!asked && !put(s->socket, &request, sizeof request))
        return fail(reader, false, err);
    return take_answer(reader, load, err);
}

static int child_next(struct bottomup *reader, struct error *err)
{
    return ask(reader, false, err);
}

static int child_load(struct bottomup *reader, struct error *err)
{
    return ask(reader, true, err);
}

static void child_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    const struct state *s = reader->state;
    *done_out = s->done;
    *total_out = s->total;
}

static int child_open(struct bottomup *reader, struct error *err)
{
    int ends[2];
    pid_t parent = getpid();
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED)
        return error_errno(err, reader->path, "get memory to read");
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    s->shared = shared;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_errno(err, reader->path, "start a process to read");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become_child(parent);
        serve(reader, shared, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        error_errno(err, reader->path, "start a process to read");
        close(ends[0]);
        return -1;
    }
    s->pid = pid;
    s->socket = ends[0];
    return take_answer(reader, false, err);
}

const struct bottomup_kind bottomup_child = {child_open,     child_next,  child_load,
                                             child_progress, child_close, NULL};
