/* extract.h: src/extract turns photographs into regions and features: with the built-in extractor
 * (pixels.h) or with any program that speaks the protocol of scanscope-extract(1) (pool.h), and
 * writes a split of a precomp folder. Here: the whole way. */
#ifndef EXTRACT_EXTRACT_H
#define EXTRACT_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/progress.h"
#include "base/str.h"

enum { EXTRACT_REGIONS = 36, EXTRACT_WORKERS_MAX = 256 };

/* What to extract; all borrowed. */
struct extract_spec {
    const char *const *inputs; /* photographs and folders of them */
    size_t input_count;
    const char *folder, *split;
    const char *with; /* the extractor's command line; NULL: the built-in one */
    size_t regions;   /* per photograph, at most */
    int workers;      /* at least 1 */
    double timeout;   /* seconds per photograph */
    bool append, force;
    bool repeat; /* a photograph of fewer regions has its own repeated, instead of padding */
    bool raw;    /* the built-in extractor's features are not standardised */
    const struct progress *progress;
};

/* What came of it. Free with extract_result_done. */
struct extract_result {
    char *extractor, *version;
    size_t photographs; /* in the split now */
    size_t added;       /* of these, by this command */
    size_t resumed;     /* of these, from an interrupted run of before */
    size_t regions, feature_size;
    struct notes notes;                         /* what was assumed */
    struct str_list failed_ids, failed_reasons; /* photographs that are left out, and why */
};

/* Extracts. Interrupted, it leaves {split}_extract.part in the folder, and the same command resumes
 * there; so it does if it fails as a whole. Photographs that fail are left out and listed in the
 * result, which is no error. Errors: no photographs; files of the split exist and neither append
 * nor force is given, or do not fit; an extractor that does not start; a full disk; not one
 * photograph that succeeds (the first reason is the error's). */
int extract_run(const struct extract_spec *spec, struct extract_result *out,
                struct error *err) MUST_USE;

/* Frees the texts. */
void extract_result_done(struct extract_result *result);

#endif
