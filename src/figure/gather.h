/* gather.h: the numbers of a figure from a session. `data` owns what is gathered, also after an
 * error; it does not depend on the session any more. */
#ifndef FIGURE_GATHER_H
#define FIGURE_GATHER_H

#include "figure/figure_data.h"
#include "retrieve/session/session.h"

/* The image with its id, boxes and photograph (see figure_data_photo for max_side). */
void gather_image(const struct session *session, size_t image, int max_side,
                  struct figure_data *data, struct figure_image *out);

/* Image and words of a caption, with what each word looked at. `pick` chooses words: numbers from
 * 1, ranges, or the words themselves, "2,5-7,dog"; NULL: all. Errors: a word that is not there. */
int gather_words(const struct session *session, const struct query *query, size_t image,
                 const char *pick, int max_side, struct figure_data *data, struct figure_set *set,
                 struct error *err) MUST_USE;

/* The query's best `k` images. `truth` is the image that it belongs to, -1 where that is unknown.
 */
int gather_strip(const struct session *session, const struct query *query, ptrdiff_t truth,
                 size_t k, int max_side, struct figure_data *data, struct figure_set *set,
                 struct error *err) MUST_USE;

/* Which regions of a set (from gather_words) are shown: `pick` as numbers from 0 and ranges,
 * "0,4-6"; NULL: the `most` that get most of any word's attention, or in i2t models fit the caption
 * best. */
int gather_regions(const char *pick, size_t most, struct figure_data *data, struct figure_set *set,
                   struct error *err) MUST_USE;

/* The image's best `k` captions of the split; captions must be encoded. */
int gather_captions(const struct session *session, size_t image, size_t k, int max_side,
                    struct figure_data *data, struct figure_set *set, struct error *err) MUST_USE;

/* The `rows` captions whose image ranks worst, each with that image and the `k` best; captions must
 * be encoded. Fills the figure's sets and title. */
int gather_failures(const struct session *session, size_t rows, size_t k, int max_side,
                    struct figure_data *data, struct error *err) MUST_USE;

/* The same of one caption of the split; those need not be encoded. */
int gather_failure(const struct session *session, size_t caption, size_t k, int max_side,
                   struct figure_data *data, struct figure_set *set, struct error *err) MUST_USE;

/* Recall at 1 to 100 and where the true ones rank, both directions, a series a model; captions must
 * be encoded. Fills the figure's plots. */
int gather_curves(struct session *const *sessions, size_t count, struct figure_data *data,
                  struct error *err) MUST_USE;

/* Loss and validation recalls of training runs from their train.jsonl. Fills the figure's kind and
 * plots. Errors: no such file, no log of a training run. */
int gather_logs(const char *const *paths, size_t count, struct figure_data *data,
                struct error *err) MUST_USE;

/* A short name for a run from the path of its model or log; data's. */
const char *gather_run_name(struct figure_data *data, const char *path);

/* The split's caption that is this text, letter for letter; -1 where there is none. */
ptrdiff_t gather_find_caption(const struct session *session, const char *text);

#endif
