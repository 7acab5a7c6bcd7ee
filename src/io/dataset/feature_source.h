/* feature_source.h: {split}_features.json: which extractor made a split's features. */
#ifndef IO_DATASET_FEATURE_SOURCE_H
#define IO_DATASET_FEATURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* An extractor with its weights. The texts are owned; free with feature_source_done. */
struct feature_source {
    char *extractor, *version; /* NULL: not known */
    char *weights;             /* their hash; NULL if there are none */
    size_t size, regions;
};

/* The path for a split, the caller's to free. */
char *feature_source_path(const char *folder, const char *split) MUST_USE;

/* Reads it; a missing file gives a source that is not known, without an error. Errors: not
 * readable, not such a file. */
int feature_source_load(const char *path, struct feature_source *out, struct error *err) MUST_USE;

/* Writes it atomically. Errors: those of writing. */
int feature_source_save(const char *path, const struct feature_source *source,
                        struct error *err) MUST_USE;

/* "EXTRACTOR VERSION, weights HASH" in a line, the caller's to free; NULL if it is not known.
 * Features are interchangeable only if these are equal. */
char *feature_source_name(const struct feature_source *source) MUST_USE;

/* Frees the texts. */
void feature_source_done(struct feature_source *source);

#endif
