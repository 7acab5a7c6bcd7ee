/* gather.h: the data of a figure from a session. `data` owns what is gathered, also after an error,
 * and does not depend on the session afterwards. All that compute fail if the session does: not
 * enough memory, features that cannot be read. */
#ifndef FIGURE_GATHER_H
#define FIGURE_GATHER_H

#include "figure/figure_data.h"
#include "retrieve/session/session.h"

/* The image with its id, boxes and photograph (max_side: see figure_data_photo). */
void gather_image(const struct session *session, size_t image, int max_side,
                  struct figure_data *data, struct figure_image *out);

/* Whose attention is drawn: the words' to the regions, or the regions' to the words. ANY: the
 * model's own; the words' of one that has both. */
enum gather_direction { DIRECTION_ANY, DIRECTION_WORDS, DIRECTION_REGIONS };

/* "words", "regions". Errors: something else. */
int gather_direction_named(const char *name, enum gather_direction *out,
                           struct error *err) MUST_USE;

/* Checks that the session's model has that attention. Errors: it has not, with what it has. */
int gather_check_direction(const struct session *session, enum gather_direction direction,
                           struct error *err) MUST_USE;

/* How words are gathered. `words` chooses some: numbers from 1, ranges, or the words themselves, as
 * "2,5-7,dog"; NULL: all. max_side: see figure_data_photo. */
struct gather_how {
    const char *words;
    enum gather_direction direction;
    int max_side;
};

/* The image and the words of the query, with what each word looked at; of a model without
 * attention, with what each word contributes. Errors: a word that the caption does not have; a
 * direction that the model does not have. */
int gather_words(const struct session *session, const struct query *query, size_t image,
                 const struct gather_how *how, struct figure_data *data, struct figure_set *set,
                 struct error *err) MUST_USE;

/* The query's best `k` images. `truth` is the image that it belongs to, -1: unknown. */
int gather_strip(const struct session *session, const struct query *query, ptrdiff_t truth,
                 size_t k, int max_side, struct figure_data *data, struct figure_set *set,
                 struct error *err) MUST_USE;

/* Chooses the regions of a set (from gather_words) that are shown: `pick` is numbers from 0 and
 * ranges, as "0,4-6"; NULL: the `most` regions that get the most of any word's attention or, of i2t
 * models, fit the caption best. Errors: a region that the image does not have. */
int gather_regions(const char *pick, size_t most, struct figure_data *data, struct figure_set *set,
                   struct error *err) MUST_USE;

/* The image's best `k` captions of the split, whose captions must be encoded. */
int gather_captions(const struct session *session, size_t image, size_t k, int max_side,
                    struct figure_data *data, struct figure_set *set, struct error *err) MUST_USE;

/* The `rows` captions whose image ranks worst, each with that image and the `k` best ones: the
 * figure's sets and title. Captions must be encoded. Errors: captions that do not belong to images.
 */
int gather_failures(const struct session *session, size_t rows, size_t k, int max_side,
                    struct figure_data *data, struct error *err) MUST_USE;

/* The same for one caption of the split; captions need not be encoded. */
int gather_failure(const struct session *session, size_t caption, size_t k, int max_side,
                   struct figure_data *data, struct figure_set *set, struct error *err) MUST_USE;

/* Recall at 1 to 100 and a histogram of the true ranks, both directions, one series per session:
 * the figure's plots. Captions must be encoded. Errors: captions that do not belong to images. */
int gather_curves(struct session *const *sessions, size_t count, struct figure_data *data,
                  struct error *err) MUST_USE;

/* Loss and validation recalls of training runs from their train.jsonl: the figure's kind and plots
 * (gather_log.c). Errors: no such file, not the log of a training run. */
int gather_logs(const char *const *paths, size_t count, struct figure_data *data,
                struct error *err) MUST_USE;

/* The first caption of the split that is exactly this text; -1: none. */
ptrdiff_t gather_find_caption(const struct session *session, const char *text);

#endif
