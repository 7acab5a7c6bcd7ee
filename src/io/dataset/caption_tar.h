/* caption_tar.h: captions in webdataset's shards: tar files, also packed with gzip, zstd, bzip2 or
 * xz, whose members NAME.jpg, NAME.txt, NAME.json, ... are one sample. */
#ifndef IO_DATASET_CAPTION_TAR_H
#define IO_DATASET_CAPTION_TAR_H

#include <stdbool.h>

#include "base/error.h"
#include "io/dataset/caption_unpack.h"
#include "io/text/caption_reader.h"

/* Whether the file is a tar file by its bytes, or a packed one by its bytes and name. */
bool caption_tar_is(const char *path);

/* Reads one. A sample is what has the same name up to the first period of its last part. Its
 * captions are those of txt or caption members (one per line), else of json members (under their
 * caption or text key). Images are samples with a photograph (jpg, jpeg, png, tif, tiff), whose
 * file name is the id; in a shard without any, the samples' names are the ids, with a note.
 * Photographs are unpacked if `unpack` has a folder. Members that are links, sparse, absolute, that
 * lead upward or are too large, samples without captions or photograph, and what follows damage are
 * listed; other members are noted. Errors: it cannot be opened, a full disk, interrupted. */
int caption_tar_read(struct caption_reader *r, const char *path, struct caption_unpack *unpack,
                     struct error *err) MUST_USE;

#endif
