/* caption_folder.h: captions in .txt files beside their photographs: NAME.txt, one caption per
 * line, with NAME.jpg, also in folders below. */
#ifndef IO_DATASET_CAPTION_FOLDER_H
#define IO_DATASET_CAPTION_FOLDER_H

#include <stdbool.h>

#include "base/error.h"
#include "io/text/caption_reader.h"

/* Whether the folder has such pairs; or else .txt files (other than a data folder's own), and
 * neither photographs nor arrays. */
bool caption_folder_is(const char *folder);

/* Reads them. Images are the photographs, by the ids that `extract` gives them (photo_list.h), also
 * those without captions, which are listed, as .txt files without a photograph are. Without any
 * photograph the names of the .txt files are the ids, with a note. Errors: a folder that cannot be
 * listed. */
int caption_folder_read(struct caption_reader *r, const char *folder, struct error *err) MUST_USE;

/* Adds each line of a text, in any encoding, as a caption; blank lines at the end are none. What is
 * not text is listed. `name` is where it is. */
void caption_folder_add_lines(struct caption_reader *r, const char *image, const char *name,
                              const void *data, size_t size);

#endif
