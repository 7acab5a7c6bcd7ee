/* index_private.h: what opening and building an index share. */
#ifndef RETRIEVE_INDEX_INDEX_PRIVATE_H
#define RETRIEVE_INDEX_INDEX_PRIVATE_H

#include "retrieve/index/index_file.h"

/* One index that is wanted. */
struct index_job {
    const struct index_use *use;
    const struct images_source *source;
    const struct progress *progress;
    struct index_header wanted; /* as its file has to begin */
    char *folder, *path, *part; /* the file, and the same while it is built */
    struct images_room room;    /* for a block's features */
};

/* How a build ended that met no error of the features. */
enum index_outcome {
    INDEX_BUILT,
    INDEX_LOOK_AGAIN, /* another process has made it meanwhile */
    INDEX_GO_WITHOUT, /* it cannot be written: `say` was told why */
};

/* Fills in what is wanted of job->source in job->folder. Errors: a feature that is not finite, a
 * split too large for an index, not enough memory. To be freed with index_job_done, also after an
 * error. */
int index_job_init(struct index_job *job, struct error *err) MUST_USE;
void index_job_done(struct index_job *job);

/* Passes a line on to the user of the index, if anybody listens. */
void index_say(const struct index_use *use, const char *format, ...) PRINTF_LIKE(2, 3);

/* Whether the features of block b are those that the index was made of. Errors: a feature that is
 * not finite. */
int index_features_match(const struct index_job *job, const struct index_view *view, size_t b,
                         bool *same_out, struct error *err) MUST_USE;

/* Builds the file and puts it in its place, unless the one there is no longer the one of `seen`
 * (inode 0: none), which was missing or bad. Errors: of the features, "interrupted"; what is done
 * by then is kept. */
int index_build(struct index_job *job, const struct file_identity *seen,
                enum index_outcome *outcome_out, struct error *err) MUST_USE;

#endif
