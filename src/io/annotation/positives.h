/* positives.h: more right answers than the split says: annotations as ECCV Caption's (Chun et al.,
 * ECCV 2022, arXiv 2204.03359), CxC's and the original's in the same form: JSON objects from a
 * query's id to the ids of its right answers, "123": [456, 789]. */
#ifndef IO_ANNOTATION_POSITIVES_H
#define IO_ANNOTATION_POSITIVES_H

#include "io/dataset/dataset.h"

/* One direction: the right answers of each query of the split; `starts` of a query that the
 * annotation does not have are equal. */
struct positives {
    size_t queries, annotated; /* of the split; those that have right answers here */
    size_t *starts;            /* queries + 1 */
    size_t *answers;           /* of the split, ascending within a query */
    size_t strangers;          /* answers, and queries, that the split does not have */
    size_t confirmed;          /* annotated queries of which a truth of the split is among them */
};

/* Numbers of the split's images (those in their ids: "COCO_val2014_000000391895.jpg" is 391895) and
 * captions, by which a file's ids are found. */
struct positives_ids;
/* `caption_ids`: a .npy of whole numbers or a text file with one a line, as many as the split has
 * captions. Errors: no such file, another count, an image's id without a number, an id twice. */
int positives_ids_load(const struct dataset *data, const char *caption_ids,
                       struct positives_ids **out, struct error *err) MUST_USE;
/* The same of ids that are there, one a caption; `path` names them in errors. */
int positives_ids_make(const struct dataset *data, const int64_t *caption_ids, const char *path,
                       struct positives_ids **out, struct error *err) MUST_USE;
void positives_ids_free(struct positives_ids *ids);

/* Errors, with the file's name: not JSON, another form, none of its queries is in the split, none
 * of the split's own truths is among its answers (the ids are of something else). */
int positives_load(const char *path, bool image_queries, const struct positives_ids *ids,
                   size_t per_image, struct positives *out, struct error *err) MUST_USE;
/* The same from bytes in memory; `path` names them in errors. positives_done also after an error.
 */
int positives_parse(const char *path, const void *bytes, size_t size, bool image_queries,
                    const struct positives_ids *ids, size_t per_image, struct positives *out,
                    struct error *err) MUST_USE;
void positives_done(struct positives *positives);
bool positives_has(const struct positives *positives, size_t query, size_t answer);

#endif
