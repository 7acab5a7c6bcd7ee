/* backend.h: all that the explorer knows of models and data. The real one is a thin layer over
 * retrieve/session/session.h (backend_session.c); tests use a small deterministic one.
 *
 * The catalog is read by the drawing thread at any time and never changes. The slow operations are
 * called by the worker only, one at a time; `knows` and `complete` by the drawing thread, at once
 * with those. */
#ifndef UI_WORK_BACKEND_H
#define UI_WORK_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "figure/figure.h"
#include "io/image/image.h"

/* What there is: I images of R regions, C captions. Strings as in the files: the grid makes them
 * safe to show. */
struct catalog {
    const char *model;   /* "model_best.pth.tar" */
    const char *variant; /* "t-i LSE" */
    const char *data;    /* "f8k_precomp dev" */
    const char *note;    /* a line worth telling, or NULL */
    size_t images, captions, regions, per_image;
    char *const *id;      /* images */
    char *const *caption; /* captions; NULL where there are none to show */
    const uint32_t *length,
        *unknown;       /* captions: words, and those that the vocabulary lacks; NULL: not known */
    const float *boxes; /* images x regions x 4; NULL where none */
    const int32_t *sizes; /* images x 2: what the boxes refer to; NULL: the photograph's own size */
    bool photos;          /* a folder of photographs is known */
};

/* A caption to ask with: the split's own (index >= 0; text may then be NULL), or a typed one. */
struct ask {
    const char *text;
    ptrdiff_t caption;
};

/* A caption's words without <start> and <end>. */
struct ask_words {
    char **text;
    bool *known;
    size_t count, unknown;
};

struct place {
    size_t index; /* image, or caption */
    float score;
    bool truth;
};

/* Everything ranked, best first. */
struct ranking {
    struct place *places;
    size_t count;
    size_t best_truth;      /* place of the first true one; `count` where none is known */
    struct ask_words words; /* of a caption's ranking */
    double seconds;
};
void ranking_free(struct ranking *ranking);

/* What the words of a caption saw in an image. */
struct look {
    bool t2i;
    size_t R;
    struct ask_words words;
    float *weights;    /* words x R */
    float *similarity; /* words */
    /* What each word adds to the score (retrieve/session/session_contributions.h) as the model
     * pools, and as LogSumExp and Mean would: `words` each, NULL where that is not told. */
    float *share, *share_lse, *share_avg;
    float score;
};
void look_free(struct look *look);

/* How a caption of the split finds its image. */
struct surveyed {
    size_t rank, best; /* the true image's place (0 = best), the image in the first place */
    float score;       /* of the true image */
    float margin;      /* that less the best score of a wrong image: negative where it fails */
};

/* `scores` of all images for a caption whose image is `truth`. */
struct surveyed survey_of_scores(const float *scores, size_t images, size_t truth);

/* A figure to write. */
struct export_job {
    size_t image;
    struct ask ask;
    const char *path; /* exists, empty: reserved for it */
    enum overlay_style style;
    enum colour_map map;
};

struct backend;

struct backend_ops {
    int (*rank_images)(struct backend *backend, const struct ask *ask,
                       const struct progress *progress, struct ranking **out,
                       struct error *err) MUST_USE;
    int (*rank_captions)(struct backend *backend, size_t image, const struct progress *progress,
                         struct ranking **out, struct error *err) MUST_USE;
    int (*look)(struct backend *backend, size_t image, const struct ask *ask, struct look **out,
                struct error *err) MUST_USE;
    /* How captions first .. first+n-1 find their image: n of them. */
    int (*survey)(struct backend *backend, size_t first, size_t n, const struct progress *progress,
                  struct surveyed *out, struct error *err) MUST_USE;
    int (*photo)(struct backend *backend, size_t image, int max_side, struct image *out,
                 struct error *err) MUST_USE;
    /* The photograph's path, the caller's to free. */
    int (*photo_path)(struct backend *backend, size_t image, char **out,
                      struct error *err) MUST_USE;
    int (*export)(struct backend *backend, const struct export_job *job,
                  struct error *err) MUST_USE;
    bool (*knows)(const struct backend *backend, const char *word);
    /* Words that begin with `prefix`, most frequent first; each is the caller's to free. */
    size_t (*complete)(const struct backend *backend, const char *prefix, size_t limit, char **out);
    void (*free)(struct backend *backend);
};

/* The first member of every backend. */
struct backend {
    const struct backend_ops *ops;
    struct catalog catalog;
};

static inline void backend_free(struct backend *backend)
{
    if (backend)
        backend->ops->free(backend);
}

void ask_words_add(struct ask_words *words, const char *text, bool known);
void ask_words_done(struct ask_words *words);

/* Sorts scores into a ranking (NaN last, ties: the lower index first). */
struct ranking *ranking_of_scores(const float *scores, size_t n);

/* Marks the true places: those whose index is in [first, first + n). */
void ranking_mark(struct ranking *ranking, size_t first, size_t n);

#endif
