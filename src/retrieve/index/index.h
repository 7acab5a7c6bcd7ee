/* index.h: what a model makes of a split's images (struct embedded_images), kept in a mapped file.
 *
 * The file's name is a hash of what its content depends on: the image encoder's parameters, the
 * split's shape and a sample of its features. The file holds hashes of all features and of
 * everything stored, one pair per block of images, and the identity (device, inode, size, times) of
 * the features file when the features were last compared in full: as long as that is the same, they
 * are taken to be unchanged. Layout: index_file.h and scanscope-formats(5). */
#ifndef RETRIEVE_INDEX_INDEX_H
#define RETRIEVE_INDEX_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/progress.h"
#include "retrieve/index/images.h"

enum index_mode {
    INDEX_AUTO, /* use an existing one; make one if embedding takes about 50 ms or more */
    INDEX_OFF,
    INDEX_MAKE, /* make one whatever the size */
};

/* How indexes are used. Strings are borrowed. */
struct index_use {
    enum index_mode mode;
    const char *folder; /* NULL: index_folder_default */
    /* Called with a line (without newline) that is worth reporting: a file is damaged, another
     * process is building it, the disk is full. NULL to skip. */
    void (*say)(void *context, const char *text);
    void *context;
};

/* An open index. */
struct index {
    struct embedded_images images; /* in the mapping: read-only */
    char *path;
    bool built; /* by this call */
    struct file_map map;
};

/* Opens the index of a model with a split: an intact one that exists, or (depending on `mode`) a
 * new one; an interrupted build is resumed. If another process is building it, waits for that. *out
 * is NULL if none is used; unless that was requested, `say` has been told why. Errors: those of the
 * features (dataset_features), "interrupted", not enough memory. To be closed with index_close. */
int index_open(const struct index_use *use, const struct images_source *source,
               const struct progress *progress, struct index **out, struct error *err) MUST_USE;
void index_close(struct index *index);

/* ---- the folder ---- */

/* $XDG_CACHE_HOME/scanscope, or ~/.cache/scanscope, or NULL. The caller's to free. */
char *index_folder_default(void);

/* A file of the folder. */
struct index_entry {
    char *path;
    char *model, *features; /* paths when it was built; "" if the file is damaged */
    uint64_t size, images;
    bool halves;     /* in bfloat16 */
    int64_t used;    /* time of last use, seconds since 1970 */
    const char *bad; /* what is wrong with its header, or NULL */
    bool unfinished; /* a build in progress or interrupted */
};

/* Lists the indexes of a folder, most recently used first; a missing folder has none. Errors: the
 * folder cannot be read. To be freed with index_list_free. */
int index_list(const char *folder, struct index_entry **out, size_t *count_out,
               struct error *err) MUST_USE;
void index_list_free(struct index_entry *entries, size_t count);

/* Reads a whole file and compares it with its checksums. Errors: what is damaged, "interrupted". */
int index_check(const char *path, const struct progress *progress, struct error *err) MUST_USE;

/* Removes interrupted builds, and the least recently used indexes until the rest takes at most
 * `limit` bytes. Processes that have one mapped can still use it. Errors: a file cannot be removed.
 */
int index_prune(const char *folder, uint64_t limit, size_t *removed_out,
                struct error *err) MUST_USE;

#endif
