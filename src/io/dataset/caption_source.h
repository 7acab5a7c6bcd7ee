/* caption_source.h: captions from whatever holds them: text files (io/text/caption_records.h),
 * folders of .txt beside photographs, webdataset's tar files. */
#ifndef IO_DATASET_CAPTION_SOURCE_H
#define IO_DATASET_CAPTION_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/dataset/caption_convert.h"
#include "io/dataset/caption_unpack.h"
#include "io/text/caption_records.h"

struct caption_source {
    struct caption_records records;
    struct caption_form form; /* of the first */
    struct caption_unpack photographs;
};

/* Whether that is captions of a form that is read, not plain ones. */
bool caption_source_is(const char *path);

/* Reads all that `spec` names, one after another. Free with caption_source_done unless it fails.
 * Errors: those of the readers; --unpack without a tar file. */
int caption_source_read(const struct caption_convert_spec *spec, struct caption_source *out,
                        struct error *err) MUST_USE;

/* Keeps the unpacked photographs of the images for which `written` is true. */
void caption_source_keep(struct caption_source *source, const bool *written);

/* Frees it, and removes what was unpacked and is not kept. */
void caption_source_done(struct caption_source *source);

#endif
