/* index_private.h: what opening and building an index share. */
#ifndef RETRIEVE_INDEX_INDEX_PRIVATE_H
#define RETRIEVE_INDEX_INDEX_PRIVATE_H

#include "retrieve/index/index_file.h"

/* The index to open or build. */
struct index_job {
    const struct index_use *use;
    const struct images_source *source;
    const struct progress *progress;
    struct index_header wanted; /* what its file must begin with */
    char *folder, *path, *part; /* part: the file while it is being built */
    struct images_room room;    /* for a block's features */
};

/* How a build ended that met no error of the features. */
enum index_outcome {
    INDEX_BUILT,
    INDEX_LOOK_AGAIN, /* another process has built it in the meantime */
    INDEX_GO_WITHOUT, /* it cannot be written; `say` has been told why */
};

/* Sets `wanted`, `path`, `part` and `room` for job->source in job->folder. Errors: a feature that
 * is not finite, a split too large for an index, not enough memory. To be freed with
 * index_job_done, also after an error. */
int index_job_init(struct index_job *job, struct error *err) MUST_USE;
void index_job_done(struct index_job *job);

/* Passes a line on to the user of the index, if anybody listens. */
void index_say(const struct index_use *use, const char *format, ...) PRINTF_LIKE(2, 3);

/* Whether the features of block b are those that the index was built from. Errors: a feature that
 * is not finite. */
int index_features_match(const struct index_job *job, const struct index_view *view, size_t b,
                         bool *same_out, struct error *err) MUST_USE;

/* Builds the file at job->path, unless the file there is no longer `seen` (inode 0: none), which
 * was bad or missing. Errors: those of the features, not enough memory, "interrupted"; finished
 * blocks are kept then. */
int index_build(struct index_job *job, const struct file_identity *seen,
                enum index_outcome *outcome_out, struct error *err) MUST_USE;

#endif
