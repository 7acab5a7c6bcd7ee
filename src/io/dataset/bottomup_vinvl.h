/* bottomup_vinvl.h: the files that VinVL and Oscar put beside a TSV of features; names with
 * .feature or features at the end have the others' there instead:
 *
 *   NAME.lineidx                   where each line of the TSV begins
 *   predictions.tsv, label.tsv     id <TAB> {"objects": [{"rect", "class", "conf"}, ...]}, or the
 * list hw.tsv                         id <TAB> [{"height": H, "width": W}] */
#ifndef IO_DATASET_BOTTOMUP_VINVL_H
#define IO_DATASET_BOTTOMUP_VINVL_H

#include <jansson.h>

#include "io/dataset/bottomup_private.h"

/* NAME.lineidx, compared with the TSV line by line. */
struct vinvl_index;

/* Opens it; NULL if there is none. Never fails: one that is no list of numbers is noted. */
struct vinvl_index *vinvl_index_open(struct bottomup *reader);

/* Takes a line that begins at that byte; the first that disagrees is noted, and ends the
 * comparison. */
void vinvl_index_line(struct vinvl_index *index, struct bottomup *reader, uint64_t start);

/* After the last line. Errors: lines are missing, all others agree: the TSV is cut off. */
int vinvl_index_end(struct vinvl_index *index, struct bottomup *reader, struct error *err) MUST_USE;

void vinvl_index_free(struct vinvl_index *index); /* NULL is allowed */

/* Sizes and objects of other files, found by an image's id. */
struct vinvl_beside;

/* Opens those that are there. Errors: one cannot be read. */
int vinvl_beside_open(struct bottomup *reader, struct vinvl_beside **out,
                      struct error *err) MUST_USE;

/* Gives the reader's image size, boxes in pixels, classes and confidences from them. Errors:
 * damaged, another size, and in predictions.tsv no line of this id or other objects than its
 * regions. */
int vinvl_beside_join(struct vinvl_beside *beside, struct bottomup *reader,
                      struct error *err) MUST_USE;

void vinvl_beside_free(struct vinvl_beside *beside); /* NULL is allowed */

/* Classes and confidences of objects, one for each of the image's regions. */
int vinvl_take_classes(struct bottomup *reader, const json_t *objects, struct error *err) MUST_USE;

/* The size in an object under any of its names, both or none. */
void vinvl_size(const json_t *image, int32_t *width_out, int32_t *height_out);

#endif
