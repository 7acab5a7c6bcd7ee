/* index_build.c: building an index. One process at a time writes PATH.part, block after block; an
 * interrupted build is resumed; the finished file is renamed to PATH. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "retrieve/index/index_private.h"

struct build {
    struct index_job *job;
    int fd;     /* of the part, locked */
    bool *done; /* one per block */
    size_t images_done;
    struct images_room room;
    struct embedded_images block;
};

/* ---- one process at a time ---- */

static bool same_inode(const struct file_identity *a, const struct file_identity *b)
{
    return a->inode == b->inode && a->device == b->device;
}

/* Waits until no other process holds the lock. How many images that one has done is not known. */
static int lock_part(const struct build *b, struct error *err)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    for (bool said = false; flock(b->fd, LOCK_EX | LOCK_NB) != 0; said = true) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return 0; /* a file system without locks: the hashes show a mixture */
        if (!said)
            index_say(b->job->use, "index %s is being built by another process; waiting for it",
                      b->job->path);
        if (!progress_step(b->job->progress, 0, b->job->source->I))
            return error_set(err, "interrupted");
        nanosleep(&pause, NULL);
    }
    return 0;
}

/* Whether the locked file is still the part, and the file at the path still the one found bad. */
static bool still_wanted(const struct build *b, const struct file_identity *seen)
{
    struct file_identity locked = file_identity_of(b->fd), part = file_identity_at(b->job->part),
                         now = file_identity_at(b->job->path);
    if (!same_inode(&locked, &part))
        return false;
    if (same_inode(&now, seen))
        return true;
    unlink(b->job->part); /* created by opening it after the other process had renamed its own */
    return false;
}

/* ---- the file ---- */

static int write_at(const struct build *b, const void *data, size_t size, uint64_t at,
                    struct error *err)
{
    const char *from = data;
    while (size > 0) {
        ssize_t n = pwrite(b->fd, from, size, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_errno(err, b->job->part, "write");
        from += n;
        at += (size_t)n;
        size -= (size_t)n;
    }
    return 0;
}

/* Starts an empty part of the full size, so that a full disk shows at once. */
static int start_part(const struct build *b, struct error *err)
{
    const struct index_header *wanted = &b->job->wanted;
    if (ftruncate(b->fd, 0) != 0)
        return error_errno(err, b->job->part, "write");
    errno = posix_fallocate(b->fd, 0, (off_t)wanted->size);
    if (errno != 0)
        return error_errno(err, b->job->part, "write");
    const int32_t *count = b->job->source->data->region_count;
    if (count && write_at(b, count, wanted->key.I * sizeof *count, wanted->count_at, err) != 0)
        return -1;
    return write_at(b, wanted, sizeof *wanted, 0, err);
}

/* Marks the blocks that an interrupted build left intact and that belong to these features. */
static int take_blocks(struct build *b, const struct index_view *view, struct error *err)
{
    const struct index_header *h = view->header;
    bool known = file_identity_equal(&h->features, &b->job->wanted.features) && h->features.inode;
    for (size_t k = 0; k < h->blocks; k++) {
        bool same = known;
        if (!index_block_valid(view, k))
            continue;
        if (!same && index_features_match(b->job, view, k, &same, err) != 0)
            return -1;
        b->done[k] = same;
        b->images_done += same ? index_block_images(h, k) : 0;
        if (!progress_step(b->job->progress, b->images_done, h->key.I))
            return error_set(err, "interrupted");
    }
    return 0;
}

/* *fits_out: whether the part belongs to this index. */
static int resume_part(struct build *b, bool *fits_out, struct error *err)
{
    struct file_map map;
    struct index_view view;
    const char *why;
    int status = 0;
    *fits_out = false;
    if (file_map_any(b->job->part, &map, NULL) != 0)
        return 0;
    if (index_view_open(&map, &view, &why) &&
        memcmp(&view.header->key, &b->job->wanted.key, sizeof b->job->wanted.key) == 0) {
        *fits_out = true;
        status = take_blocks(b, &view, err);
    }
    file_map_close(&map);
    if (status == 0 && b->images_done > 0)
        index_say(b->job->use, "index %s: resuming an interrupted build: %zu of %llu images done",
                  b->job->path, b->images_done, (unsigned long long)b->job->wanted.key.I);
    return status;
}

/* ---- blocks ---- */

/* Writes n images of an array that has `size` bytes per image. */
static int write_part(const struct build *b, const void *data, uint64_t at, size_t first, size_t n,
                      size_t size, struct error *err)
{
    return data ? write_at(b, data, n * size, at + first * size, err) : 0;
}

static int write_block(const struct build *b, size_t k, const struct index_row *row,
                       struct error *err)
{
    const struct index_header *h = &b->job->wanted;
    const struct embedded_images *block = &b->block;
    size_t n = index_block_images(h, k), first = k * h->key.block, R = h->key.R;
    size_t numbers = R * h->key.D, f = sizeof(float), half = sizeof(uint16_t);
    if (write_part(b, block->regions, h->regions_at, first, n, numbers * f, err) != 0 ||
        write_part(b, block->high, h->regions_at, first, n, numbers * half, err) != 0 ||
        write_part(b, block->norm, h->norm_at, first, n, R * f, err) != 0 ||
        write_part(b, block->gram, h->gram_at, first, n, R * R * f, err) != 0 ||
        write_part(b, block->low, h->low_at, first, n, numbers * half, err) != 0 ||
        write_part(b, block->loss, h->loss_at, first, n, R * f, err) != 0 ||
        write_part(b, block->global, h->global_at, first, n, h->key.D * f, err) != 0)
        return -1;
    return write_at(b, row, sizeof *row, h->rows_at + k * sizeof *row, err);
}

/* Builds a block. *wrote_out: whether it could be written (if not, err says why); -1: an error of
 * the features. */
static int build_block(struct build *b, size_t k, bool *wrote_out, struct error *err)
{
    const struct index_job *job = b->job;
    const struct index_key *key = &job->wanted.key;
    size_t n = index_block_images(&job->wanted, k);
    if (dataset_features(job->source->data, k * key->block, n, b->room.features, err) != 0)
        return -1;
    uint64_t features = index_hash_features(key, b->room.features, n);
    if (b->block.count)
        b->block.count = job->source->data->region_count + k * key->block;
    images_encode(job->source, &b->room, k * key->block, n, &b->block);
    struct index_row row = index_row_make(key, k, features, index_hash_images(&b->block, n));
    *wrote_out = write_block(b, k, &row, err) == 0;
    return 0;
}

static int build_blocks(struct build *b, bool *wrote_out, struct error *err)
{
    const struct index_header *h = &b->job->wanted;
    *wrote_out = true;
    for (size_t k = 0; k < h->blocks && *wrote_out; k++) {
        if (b->done[k])
            continue;
        if (build_block(b, k, wrote_out, err) != 0) {
            unlink(b->job->part);
            return -1;
        }
        b->images_done += index_block_images(h, k);
        if (!progress_step(b->job->progress, b->images_done, h->key.I))
            return error_set(err, "interrupted");
    }
    return 0;
}

static int finish_part(const struct build *b, struct error *err)
{
    const struct index_job *job = b->job;
    if (write_at(b, &job->wanted, sizeof job->wanted, 0, err) != 0)
        return -1;
    if (fsync(b->fd) != 0)
        return error_errno(err, job->part, "write");
    return rename(job->part, job->path) == 0 ? 0 : error_errno(err, job->path, "write");
}

/* ---- */

static enum index_outcome give_up(const struct index_job *job, const struct error *err)
{
    index_say(job->use, "no index is kept: %s; continuing without it", err->text);
    return INDEX_GO_WITHOUT;
}

/* Holding the lock. */
static int build_locked(struct build *b, enum index_outcome *outcome_out, struct error *err)
{
    const struct index_job *job = b->job;
    struct error disk;
    bool fits, wrote;
    if (resume_part(b, &fits, err) != 0)
        return -1;
    bool written = fits || start_part(b, &disk) == 0;
    if (written) {
        if (build_blocks(b, &wrote, err) != 0)
            return -1;
        if (!wrote)
            disk = *err;
        written = wrote && finish_part(b, &disk) == 0;
    }
    if (!written) {
        unlink(job->part);
        *outcome_out = give_up(job, &disk);
        return 0;
    }
    if (job->use->mode == INDEX_AUTO)
        index_say(job->use, "the embeddings of %zu images are kept in %s (%.0f MB)", job->source->I,
                  job->path, 1e-6 * (double)job->wanted.size);
    *outcome_out = INDEX_BUILT;
    return 0;
}

static int build_opened(struct build *b, const struct file_identity *seen,
                        enum index_outcome *outcome_out, struct error *err)
{
    if (lock_part(b, err) != 0)
        return -1;
    if (!still_wanted(b, seen)) {
        *outcome_out = INDEX_LOOK_AGAIN;
        return 0;
    }
    b->done = mem_try(b->job->wanted.blocks, sizeof *b->done);
    if (!b->done)
        return error_set(err, "not enough memory");
    if (images_room_alloc(b->job->source, true, &b->room, err) != 0 ||
        images_alloc(b->job->source, b->job->source->block, &b->block, err) != 0)
        return -1;
    return build_locked(b, outcome_out, err);
}

int index_build(struct index_job *job, const struct file_identity *seen,
                enum index_outcome *outcome_out, struct error *err)
{
    struct error trouble;
    struct build b = {.job = job, .fd = -1};
    if (file_make_folder(job->folder, &trouble) == 0) {
        b.fd = open(job->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (b.fd < 0)
            error_errno(&trouble, job->part, "write");
    }
    if (b.fd < 0) {
        *outcome_out = give_up(job, &trouble);
        return 0;
    }
    int status = build_opened(&b, seen, outcome_out, err);
    close(b.fd);
    free(b.done);
    images_room_free(&b.room);
    embedded_images_free(&b.block);
    return status;
}
