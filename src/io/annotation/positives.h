/* positives.h: more right answers than the split knows: annotations such as ECCV Caption (Chun et
 * al., ECCV 2022, arXiv 2204.03359), and CxC's and the original's in the same form: a JSON object
 * from a query's id to the ids of its right answers, "123": [456, 789]. */
#ifndef IO_ANNOTATION_POSITIVES_H
#define IO_ANNOTATION_POSITIVES_H

#include "io/dataset/dataset.h"

/* One direction: the right answers to each query q of the split are answers[starts[q]] to
 * answers[starts[q + 1] - 1]; none if the annotation does not have the query. */
struct positives {
    size_t queries, annotated; /* in the split; with right answers here */
    size_t *starts;            /* queries + 1; owned */
    size_t *answers;           /* indices in the split, ascending per query; owned */
    size_t strangers;          /* answers and queries that are not in the split */
    size_t confirmed;          /* annotated queries with a truth of the split among the answers */
};

/* The numbers by which an annotation knows the split's images (those in their ids:
 * "COCO_val2014_000000391895.jpg" is 391895) and captions. Free with positives_ids_free. */
struct positives_ids;

/* Reads the captions' from `caption_ids`: an .npy of integers or a text file with one per line, as
 * many as the split has captions. Errors: missing, another count, an image's id without a number,
 * an id given twice. */
int positives_ids_load(const struct dataset *data, const char *caption_ids,
                       struct positives_ids **out, struct error *err) MUST_USE;

/* The same from an array of data->captions ids; `path` names them in errors. */
int positives_ids_make(const struct dataset *data, const int64_t *caption_ids, const char *path,
                       struct positives_ids **out, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void positives_ids_free(struct positives_ids *ids);

/* Reads an annotation for one direction. Call positives_done even after an error. Errors: missing,
 * not JSON, another form, none of its queries is in the split (whose captions `map` gives to its
 * images), none of the split's own truths is among its answers (so the ids are of something else).
 */
int positives_load(const char *path, bool image_queries, const struct positives_ids *ids,
                   const struct caption_map *map, struct positives *out,
                   struct error *err) MUST_USE;

/* The same from bytes in memory; `path` names them in errors. */
int positives_parse(const char *path, const void *bytes, size_t size, bool image_queries,
                    const struct positives_ids *ids, const struct caption_map *map,
                    struct positives *out, struct error *err) MUST_USE;

/* Frees it all. */
void positives_done(struct positives *positives);

/* Whether `answer` is right for `query`. */
bool positives_has(const struct positives *positives, size_t query, size_t answer);

#endif
