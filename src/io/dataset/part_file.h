/* part_file.h: what long work has so far, in a file to which frames are only appended: whatever
 * interrupts it, the frames before are whole. Each has its hash; a damaged end is cut off. */
#ifndef IO_DATASET_PART_FILE_H
#define IO_DATASET_PART_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct part_file;

/* What part_file_open found. */
enum part_state {
    PART_NEW,     /* nothing */
    PART_RESUMED, /* the beginning of the same work: its frames follow (part_file_take) */
    PART_OTHER    /* that of other work, which is left as it is: part_file_restart, or close it */
};

/* Opens or makes PATH and locks it. `about` (a text) says which work it is. Errors: another process
 * is at it; not such a file; not writable. */
int part_file_open(const char *path, const char *about, struct part_file **out,
                   enum part_state *state_out, struct error *err) MUST_USE;

/* Empties it and begins other work. Errors: a full disk. */
int part_file_restart(struct part_file *file, const char *about, struct error *err) MUST_USE;

/* The next frame of a resumed file, the caller's to free; NULL behind the last whole one, or if it
 * has more than `most` bytes. */
void *part_file_take(struct part_file *file, size_t most, size_t *size_out, uint64_t *at_out);

/* Puts back the frame that was taken last: it is of no use. */
void part_file_put_back(struct part_file *file, uint64_t at);

/* Cuts off what is behind the frames taken; now frames can be added. Errors: not writable. */
int part_file_cut(struct part_file *file, struct error *err) MUST_USE;

/* Appends a frame; what does not fit on the disk is taken back. Errors: a full disk. */
int part_file_add(struct part_file *file, const void *data, size_t size, uint64_t *at_out,
                  struct error *err) MUST_USE;

/* The frame at `at`, the caller's to free; NULL if it is damaged or has more than `most` bytes. */
void *part_file_read(const struct part_file *file, uint64_t at, size_t most, size_t *size_out);

/* The first bytes of the frame at `at`, unverified; false if there are not as many. */
bool part_file_peek(const struct part_file *file, uint64_t at, void *data, size_t size);

/* Closes it; it stays if `keep` is set, else it is removed. NULL is allowed. */
void part_file_close(struct part_file *file, bool keep);

/* Reads or writes all of `size` bytes at `at` of a file; false (errno is set) if there are not as
 * many, or they do not fit. */
bool part_read_at(int file, uint64_t at, void *data, size_t size);
bool part_write_at(int file, uint64_t at, const void *data, size_t size);

#endif
