/* backend.h: all that the explorer knows about models and data. The real backend is a thin layer
 * over retrieve/session/session.h (backend_session.c); tests use a small deterministic one.
 *
 * The drawing thread reads the catalog at any time; it never changes. Operations on a `struct
 * backend *` are slow, and called by the worker only, one at a time; those on a `const` one also by
 * the drawing thread, at the same time. */
#ifndef UI_WORK_BACKEND_H
#define UI_WORK_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "figure/figure.h"
#include "io/dataset/caption_map.h"
#include "io/image/image.h"

/* The data: I images of R regions, C captions. Strings are as in the files; the grid makes them
 * safe to show. All pointers are the backend's. */
struct catalog {
    const char *model;        /* "model_best.pth.tar" */
    const char *variant;      /* "t-i LSE", "BFAN prob" */
    const char *kind;         /* "SCAN"; that of another kind begins its variant */
    unsigned shows;           /* what its pairs show: KIND_* bits (model/kind.h); 0: no attention */
    const char *no_attention; /* then why, in a line */
    bool scores_only;         /* a saved matrix: no other captions, words or vectors either */
    bool pooled;              /* scores pool words or regions: LogSumExp and Mean have shares */
    const char *data;         /* "f8k_precomp dev" */
    const char *note;         /* a remark for the user, or NULL */
    const char *unknown;      /* the share of unknown words: "2.41 % of ...", or NULL */
    size_t images, captions, regions;
    struct caption_map map;      /* borrows its arrays */
    char *const *id;             /* I */
    char *const *caption;        /* C; NULL if there are none to show */
    const int32_t *region_count; /* I: how many of each image's R are real; NULL: all */
    const float *boxes;          /* I x R x 4: x1 y1 x2 y2 in pixels; NULL if absent */
    const char *no_boxes;        /* why not, if there is a reason */
    bool box_fractions;          /* they are fractions of the photograph instead */
    const int32_t *classes;      /* I x R: which of class_names, -1: none; NULL if not known */
    const float *confidences;    /* I x R, 0 .. 1; NULL if not known */
    char *const *class_names;    /* what detectors take regions for */
    const int32_t *sizes; /* I x 2: the size that boxes refer to; NULL: the photograph's own */
    bool photos;          /* a folder of photographs is known */
};

/* The real regions of an image. */
static inline size_t catalog_regions(const struct catalog *catalog, size_t image)
{
    return catalog->region_count ? (size_t)catalog->region_count[image] : catalog->regions;
}

/* What a detector took the region for; NULL if that is not known. */
static inline const char *catalog_region_class(const struct catalog *catalog, size_t image,
                                               size_t region)
{
    bool real = catalog->classes && region < catalog_regions(catalog, image);
    int32_t class = real ? catalog->classes[image * catalog->regions + region] : -1;
    return class >= 0 && catalog->class_names[class][0] ? catalog->class_names[class] : NULL;
}

/* A caption as a query: one of the split (index >= 0; text may then be NULL), or a typed one (-1).
 */
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
    size_t best_truth;      /* the first true place; `count` if none is known */
    struct ask_words words; /* of the caption that images are ranked for */
    double seconds;         /* taken to rank */
};

/* NULL is fine. */
void ranking_free(struct ranking *ranking);

/* Whose attention: the words' on the regions, or the regions' on the words. */
enum look_way { LOOK_WORDS, LOOK_REGIONS, LOOK_WAYS };

/* Attention in one direction, word by word; NULL: the model has none. */
struct look_attention {
    float *weights;    /* words x R: of a word on each region, or of each region on that word */
    float *similarity; /* words: a word's to what it attends to, or the regions' that attend to it,
                          weighted */
};

/* What the words of a caption attended to in an image, or what attended to them. */
struct look {
    size_t R;
    struct ask_words words;
    struct look_attention of[LOOK_WAYS]; /* those that the catalog says are shown */
    /* What each word contributes to the score (retrieve/session/session_contributions.h) pooled as
     * in the model, and by LogSumExp and Mean: `words` each; NULL: not available. */
    float *share, *share_lse, *share_avg;
    /* The weight in the score of each word, and of image and caption as wholes; NULL: the model
     * has none. */
    float *node, whole;
    /* Without attention: the images most like this one, by the cosine of their vectors, and the
     * captions that score best, if they are encoded; the best first. */
    struct place *images, *captions;
    size_t image_count, caption_count;
    float score;
};

/* How many are kept of those. */
enum { LOOK_NEAREST = 50 };

/* NULL is fine. */
void look_free(struct look *look);

/* A figure to write: a caption's words over an image. */
struct export_spec {
    size_t image;
    struct ask ask;
    const char *path; /* an empty file, reserved for it */
    enum overlay_style style;
    enum colour_map map;
    enum look_way way; /* whose attention, if the model has both */
};

struct backend;
struct failure; /* analyse/failures.h */

/* What is given through `out` is the caller's to free. Errors are those of
 * retrieve/session/session.h: a caption that is too long, files that are gone, no memory; or
 * "interrupted", if progress says to stop. */
struct backend_ops {
    /* All images for a caption. */
    int (*rank_images)(struct backend *backend, const struct ask *ask,
                       const struct progress *progress, struct ranking **out,
                       struct error *err) MUST_USE;
    /* All captions for an image. */
    int (*rank_captions)(struct backend *backend, size_t image, const struct progress *progress,
                         struct ranking **out, struct error *err) MUST_USE;
    /* What a caption's words attend to in an image. */
    int (*look)(struct backend *backend, size_t image, const struct ask *ask, struct look **out,
                struct error *err) MUST_USE;
    /* How well captions first .. first+n-1 retrieve their image, as `analyse failures` has it: n
     * rows, whose texts are borrowed until the backend is freed. */
    int (*survey)(struct backend *backend, size_t first, size_t n, const struct progress *progress,
                  struct failure *out, struct error *err) MUST_USE;
    /* The photograph of an image, scaled down to max_side if that is not 0. Freed by image_done.
     * `notes` gets what is remarkable of it (image_open). */
    int (*photo)(struct backend *backend, size_t image, int max_side, struct notes *notes,
                 struct image *out, struct error *err) MUST_USE;
    /* The photograph's path. Errors: no folder of photographs, or no such file. */
    int (*photo_path)(const struct backend *backend, size_t image, char **out,
                      struct error *err) MUST_USE;
    /* Writes a figure; without a photograph it says why. */
    int (*export)(struct backend *backend, const struct export_spec *spec,
                  struct error *err) MUST_USE;
    /* Whether a word is in the vocabulary; true without one. */
    bool (*knows)(const struct backend *backend, const char *word);
    /* Words that begin with `prefix`, most frequent first; `limit` at most, returns how many. */
    size_t (*complete)(const struct backend *backend, const char *prefix, size_t limit, char **out);
    void (*free)(struct backend *backend);
};

/* The first member of every backend. */
struct backend {
    const struct backend_ops *ops;
    struct catalog catalog;
};

/* NULL is fine. */
static inline void backend_free(struct backend *backend)
{
    if (backend)
        backend->ops->free(backend);
}

/* Adds a copy of a word. */
void ask_words_add(struct ask_words *words, const char *text, bool known);

/* Frees the words. */
void ask_words_done(struct ask_words *words);

/* A ranking of n scores, without words: NaN last, ties by the lower index. The caller's to free. */
struct ranking *ranking_of_scores(const float *scores, size_t n);

/* Marks true places, whose index is in [first, first + n); those marked before stay. */
void ranking_mark(struct ranking *ranking, size_t first, size_t n);

#endif
