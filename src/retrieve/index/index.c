/* index.c: finding an index and checking it. */
#include "retrieve/index/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "retrieve/index/index_private.h"

enum { ATTEMPTS = 3 };

/* Multiply-adds; about 50 ms on two cores. */
static const double least_work = 8e9;

/* A file of up to this size is compared with its checksums when it is opened; of a larger one as
 * much, spread over it, each time a different part. */
static const uint64_t checked_bytes = 1 << 30;

/* Whether an index is to be made if there is none. */
static bool is_wanted(const struct index_job *job)
{
    return job->use->mode == INDEX_MAKE || images_encode_work(job->source) >= least_work;
}

void index_close(struct index *index)
{
    if (!index)
        return;
    file_map_close(&index->map);
    free(index->path);
    free(index);
}

/* ---- checking a file ---- */

static int step(const struct index_job *job, uint64_t b, uint64_t blocks, struct error *err)
{
    return progress_step(job->progress, b, blocks) ? 0 : error_set(err, "interrupted");
}

/* Compares all features, since their file is another one than last time or was touched. */
static int compare_features(const struct index_job *job, const struct index_view *view,
                            const char **why_out, struct error *err)
{
    bool same = true;
    for (size_t b = 0; b < view->header->blocks && same; b++)
        if (index_features_match(job, view, b, &same, err) != 0 ||
            step(job, b + 1, view->header->blocks, err) != 0)
            return -1;
    if (!same)
        *why_out = "is stale: the features have changed";
    return 0;
}

static const char *damage(const struct index_view *view)
{
    const struct index_header *h = view->header;
    size_t stride = 1 + (size_t)(h->size / checked_bytes);
    for (size_t b = 0; b < h->blocks; b++)
        if (!index_row_valid(view, b))
            return "is damaged";
    for (size_t b = stride > 1 ? (size_t)time(NULL) % stride : 0; b < h->blocks; b += stride)
        if (!index_block_valid(view, b))
            return "is damaged";
    return NULL;
}

/* ---- opening ---- */

/* Records that the features file in its present state was compared, so that the next start can skip
 * that. */
static void note_identity(const struct index_job *job)
{
    int fd = open(job->path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        pwrite(fd, &job->wanted, sizeof job->wanted, 0) != (ssize_t)sizeof job->wanted)
        index_say(job->use, "index %s: cannot be updated: %s", job->path, strerror(errno));
    close(fd);
}

/* Views the mapped file; *why_out is set if it is not as it should be. *noted_out: the features
 * file is the one last compared. */
static int judge(const struct index_job *job, const struct file_map *map, bool *noted_out,
                 struct index_view *view, const char **why_out, struct error *err)
{
    const struct file_identity unknown = {0}, *features = &job->wanted.features;
    if (!index_view_open(map, view, why_out))
        return 0;
    *noted_out = file_identity_equal(&view->header->features, features) &&
                 !file_identity_equal(features, &unknown);
    if (memcmp(&view->header->key, &job->wanted.key, sizeof job->wanted.key) != 0)
        *why_out = "belongs to something else";
    else
        *why_out = damage(view);
    return *why_out || *noted_out ? 0 : compare_features(job, view, why_out, err);
}

static struct index *index_new(const struct index_job *job, const struct index_view *view,
                               const struct file_map *map)
{
    struct index *index = mem_new(1, sizeof *index);
    index->images = view->images;
    embedded_images_max_loss(&index->images);
    index->path = mem_strdup(job->path);
    index->map = *map;
    return index;
}

/* Maps the file while nobody writes its header. Sets *why_out if it cannot be mapped. */
static bool map_index(const struct index_job *job, int fd, struct file_map *out,
                      const char **why_out)
{
    struct error err;
    flock(fd, LOCK_SH); /* on a file system without locks the header's hash shows a mixture */
    if (file_map_any(job->path, out, &err) == 0)
        return true;
    *why_out = "cannot be mapped";
    return false;
}

static void say_bad(const struct index_job *job, const char *why)
{
    index_say(job->use, "index %s %s; it is %s", job->path, why,
              is_wanted(job) ? "rebuilt" : "ignored");
}

/* Opens the file if it is intact. *seen_out is the file that was checked, zero if there is none. */
static int find(const struct index_job *job, struct index **out, struct file_identity *seen_out,
                struct error *err)
{
    struct file_map map = {0};
    struct index_view view;
    const char *why = NULL;
    bool noted = false;
    int status = 0, fd = open(job->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *seen_out = (struct file_identity){0};
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        why = "cannot be opened";
    else
        *seen_out = file_identity_of(fd);
    if (fd >= 0 && map_index(job, fd, &map, &why))
        status = judge(job, &map, &noted, &view, &why, err);
    if (fd >= 0 && !why)
        futimens(fd, NULL); /* the time of last use, for index_prune */
    if (fd >= 0)
        close(fd);
    if (status == 0 && !why && !noted)
        note_identity(job);
    if (status == 0 && !why) {
        *out = index_new(job, &view, &map);
        return 0;
    }
    file_map_close(&map);
    if (status == 0)
        say_bad(job, why);
    return status;
}

/* ---- an index of the same files in an earlier state ---- */

static bool same_files(const struct index_job *job, const struct index_entry *entry)
{
    const struct index_header *wanted = &job->wanted;
    return !entry->bad && !entry->unfinished && entry->images == wanted->key.I &&
           entry->halves == (wanted->key.type == INDEX_BF16) &&
           strcmp(entry->model, wanted->model_path) == 0 &&
           strcmp(entry->features, wanted->features_path) == 0;
}

/* Looks for an index of the same files with other contents, whose name differs, and reports that it
 * is stale; its path is the caller's to free, NULL if there is none. */
static char *find_stale(const struct index_job *job)
{
    struct index_entry *entries = NULL;
    size_t count = 0;
    char *path = NULL;
    if (index_list(job->folder, &entries, &count, NULL) != 0)
        return NULL;
    for (size_t i = 0; i < count && !path; i++)
        if (same_files(job, &entries[i]) && strcmp(entries[i].path, job->path) != 0)
            path = mem_strdup(entries[i].path);
    index_list_free(entries, count);
    if (path)
        index_say(job->use, "index %s is stale: %s or %s%s has changed; it is rebuilt", path,
                  job->wanted.model_path, job->wanted.features_path,
                  job->wanted.key.counts ? " or the number of an image's regions" : "");
    return path;
}

static int make(struct index_job *job, const struct file_identity *seen,
                enum index_outcome *outcome_out, struct error *err)
{
    char *stale = seen->inode ? NULL : find_stale(job);
    int status = index_build(job, seen, outcome_out, err);
    if (stale && status == 0 && *outcome_out != INDEX_GO_WITHOUT)
        unlink(stale);
    free(stale);
    return status;
}

static int open_job(struct index_job *job, struct index **out, struct error *err)
{
    struct file_identity seen;
    enum index_outcome outcome = INDEX_LOOK_AGAIN;
    if (index_job_init(job, err) != 0)
        return -1;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (find(job, out, &seen, err) != 0)
            return -1;
        if (*out)
            (*out)->built = outcome == INDEX_BUILT;
        if (*out || !is_wanted(job))
            return 0;
        if (make(job, &seen, &outcome, err) != 0)
            return -1;
        if (outcome == INDEX_GO_WITHOUT)
            return 0;
    }
    index_say(job->use, "index %s: cannot be kept; continuing without it", job->path);
    return 0;
}

int index_open(const struct index_use *use, const struct images_source *source,
               const struct progress *progress, struct index **out, struct error *err)
{
    struct index_job job = {.use = use, .source = source, .progress = progress};
    *out = NULL;
    if (use->mode == INDEX_OFF)
        return 0;
    job.folder = use->folder ? mem_strdup(use->folder) : index_folder_default();
    if (!job.folder) {
        index_say(use, "no folder for an index: set HOME or XDG_CACHE_HOME, or give --index-dir");
        return 0;
    }
    int status = open_job(&job, out, err);
    index_job_done(&job);
    return status;
}
