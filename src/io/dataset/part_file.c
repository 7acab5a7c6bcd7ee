#include "io/dataset/part_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

/* The file: frames, each a frame_head and `size` bytes; the first holds `about`. Numbers are this
 * machine's: the file does not travel. */
struct frame_head {
    uint64_t magic, size, hash;
};

static const uint64_t frame_magic = 0x316a746378736373u; /* "scsxctj1" */

enum { ABOUT_MAX = 1 << 24 };

struct part_file {
    char *path;
    int file;
    uint64_t end; /* of the frames that are there, or were taken */
};

/* ---- bytes ---- */

bool part_write_at(int file, uint64_t at, const void *data, size_t size)
{
    const char *from = data;
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(file, from + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

bool part_read_at(int file, uint64_t at, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(file, (char *)data + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* ---- frames ---- */

int part_file_add(struct part_file *f, const void *data, size_t size, uint64_t *at_out,
                  struct error *err)
{
    struct frame_head head = {frame_magic, size, hash_bytes(data, size, 0)};
    *at_out = f->end;
    if (part_write_at(f->file, f->end, &head, sizeof head) &&
        part_write_at(f->file, f->end + sizeof head, data, size)) {
        f->end += sizeof head + size;
        return 0;
    }
    error_errno(err, f->path, "write");
    return ftruncate(f->file, (off_t)f->end) == 0 ? -1 : -1;
}

void *part_file_read(const struct part_file *f, uint64_t at, size_t most, size_t *size_out)
{
    struct frame_head head;
    if (!part_read_at(f->file, at, &head, sizeof head) || head.magic != frame_magic ||
        head.size > most)
        return NULL;
    char *data = mem_try(head.size + 1, 1);
    if (data && part_read_at(f->file, at + sizeof head, data, head.size) &&
        hash_bytes(data, head.size, 0) == head.hash) {
        *size_out = head.size;
        return data;
    }
    free(data);
    return NULL;
}

bool part_file_peek(const struct part_file *f, uint64_t at, void *data, size_t size)
{
    return part_read_at(f->file, at + sizeof(struct frame_head), data, size);
}

void *part_file_take(struct part_file *f, size_t most, size_t *size_out, uint64_t *at_out)
{
    void *data = part_file_read(f, f->end, most, size_out);
    *at_out = f->end;
    if (data)
        f->end += sizeof(struct frame_head) + *size_out;
    return data;
}

void part_file_put_back(struct part_file *f, uint64_t at)
{
    f->end = at;
}

int part_file_cut(struct part_file *f, struct error *err)
{
    return ftruncate(f->file, (off_t)f->end) == 0 ? 0 : error_errno(err, f->path, "shorten");
}

/* ---- opening ---- */

int part_file_restart(struct part_file *f, const char *about, struct error *err)
{
    uint64_t at;
    f->end = 0;
    return part_file_cut(f, err) == 0 ? part_file_add(f, about, strlen(about), &at, err) : -1;
}

static int start(struct part_file *f, const char *about, enum part_state *state, struct error *err)
{
    size_t size, length = strlen(about);
    char *there = part_file_read(f, 0, ABOUT_MAX, &size);
    struct stat info;
    *state = PART_NEW;
    if (!there) {
        if (fstat(f->file, &info) == 0 &&
            info.st_size > (off_t)(length + sizeof(struct frame_head)))
            return error_at(err, f->path, -1,
                            "is not the beginning of such work; remove it to start over");
        return part_file_restart(f, about, err);
    }
    bool same = size == length && memcmp(there, about, size) == 0;
    *state = same ? PART_RESUMED : PART_OTHER;
    free(there);
    f->end = sizeof(struct frame_head) + size;
    return 0;
}

int part_file_open(const char *path, const char *about, struct part_file **out,
                   enum part_state *state_out, struct error *err)
{
    struct part_file *f = mem_new(1, sizeof *f);
    *out = NULL;
    f->path = mem_strdup(path);
    f->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int status = f->file < 0 ? error_errno(err, path, "open") : 0;
    if (status == 0 && flock(f->file, LOCK_EX | LOCK_NB) != 0)
        status = error_at(err, path, -1, "another process is writing it");
    if (status == 0)
        status = start(f, about, state_out, err);
    if (status == 0)
        *out = f;
    else
        part_file_close(f, true);
    return status;
}

void part_file_close(struct part_file *f, bool keep)
{
    if (!f)
        return;
    if (!keep)
        unlink(f->path);
    if (f->file >= 0)
        close(f->file);
    free(f->path);
    free(f);
}
