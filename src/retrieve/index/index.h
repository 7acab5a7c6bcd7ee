/* index.h: image embeddings and Gram matrices of a model with a split, kept in a file that is
 * mapped.
 *
 * A file is named by what its content depends on: the image encoder's parameters, the split's shape
 * and a sample of its features. Inside stand hashes of all features and of all that is stored, a
 * pair a block of images, and the identity (device, inode, size, times) of the features file when
 * they were last compared in full: as long as that is the same the features are taken to be.
 * Layout: index_file.h and scanscope-formats(5). */
#ifndef RETRIEVE_INDEX_INDEX_H
#define RETRIEVE_INDEX_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/progress.h"
#include "retrieve/index/images.h"

enum index_mode {
    INDEX_AUTO, /* use one that is there; make one where it saves time (index_worthwhile) */
    INDEX_OFF,
    INDEX_MAKE, /* make one whatever the size */
};

/* How indexes are used. Strings are the caller's. */
struct index_use {
    enum index_mode mode;
    const char *folder; /* NULL: index_folder_default */
    /* Hears what is worth telling, a line without its end: a file is damaged, another process
     * builds it, the disk is full. NULL: nobody does. */
    void (*say)(void *context, const char *text);
    void *context;
};

/* An open index. */
struct index {
    struct embedded_images images; /* in the mapping: read-only */
    char *path;
    bool built; /* in this call */
    struct file_map map;
};

/* The index of a model with a split: a sound one that is there, or (as `mode` says) a new one,
 * going on with what an interrupted build left. Where a process builds the same, waits for it. *out
 * is NULL where none is used: then `say` was told why, unless that is as asked for. Errors: those
 * of the features (images_encode_all), "interrupted". */
int index_open(const struct index_use *use, const struct images_source *source,
               const struct progress *progress, struct index **out, struct error *err) MUST_USE;
void index_close(struct index *index);

/* Whether embedding takes so long (about a twentieth of a second) that a file is worth its place.
 */
bool index_worthwhile(const struct images_source *source);

/* ---- the folder ---- */

/* $XDG_CACHE_HOME/scanscope, else ~/.cache/scanscope, else NULL. The caller's to free. */
char *index_folder_default(void);

/* A file of the folder. */
struct index_entry {
    char *path;
    char *model, *features; /* paths when it was built; "" where the file is unsound */
    uint64_t size, images;
    bool halves;     /* in bfloat16 */
    int64_t used;    /* when last, seconds since 1970 */
    const char *bad; /* why its header is unsound, or NULL */
    bool unfinished; /* a build that goes on, or was interrupted */
};

/* All indexes of a folder, last used first; a folder that is not there has none. */
int index_list(const char *folder, struct index_entry **out, size_t *count_out,
               struct error *err) MUST_USE;
void index_list_free(struct index_entry *entries, size_t count);

/* Reads a whole file and compares all of it with its checksums. Errors: what is damaged;
 * "interrupted". */
int index_check(const char *path, const struct progress *progress, struct error *err) MUST_USE;

/* Removes those used longest ago (and builds that were interrupted) until the rest takes at most
 * `limit` bytes. One that is mapped elsewhere stays usable there. */
int index_prune(const char *folder, uint64_t limit, size_t *removed_out,
                struct error *err) MUST_USE;

#endif
