/* staging.h: the files of a split replaced together. They are written into {split}_extract.new;
 * renaming that to {split}_extract.ready (DATASET_READY) decides; then each is moved into place.
 * What is interrupted before that has changed nothing, and after that is carried on. */
#ifndef EXTRACT_STAGING_H
#define EXTRACT_STAGING_H

#include <stdbool.h>

#include "base/error.h"

/* FOLDER/{split}{ending}; the caller's to free. */
char *staging_place(const char *folder, const char *split, const char *ending);

/* The folder to write into, made and empty; the caller's to free. NULL on errors: those of making
 * folders. */
char *staging_open(const char *folder, const char *split, struct error *err);

/* Notes that FOLDER/{split}{ending} is to be removed. Errors: those of writing. */
int staging_remove(const char *folder, const char *split, const char *ending,
                   struct error *err) MUST_USE;

/* Puts all files in place. Errors: a file that cannot be moved; the same command carries on. */
int staging_commit(const char *folder, const char *split, struct error *err) MUST_USE;

/* Removes what was written. */
void staging_abandon(const char *folder, const char *split);

/* Carries on what was interrupted while it was put in place; *done_out: there was something.
 * Errors: as staging_commit. */
int staging_recover(const char *folder, const char *split, bool *done_out,
                    struct error *err) MUST_USE;

#endif
