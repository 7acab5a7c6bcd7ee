/* kind.h: kinds of models: what VSE++, BFAN and SGRAF do otherwise than SCAN, as tables of
 * operations. A kind is a file kind_NAME.c and a row in kind.c.
 *
 * All kinds have SCAN's two encoders (fc and l2 norm of each region, GRU and l2 norm of each word;
 * model.h), and share fc.*, embed.* and the GRU's tensors. What a kind adds comes after these: from
 * the encoders' rows it makes what an image and a caption hold (struct kind_holds), and scores
 * pairs of those. Images may have different numbers of regions.
 *
 * I images, R regions of an image (room for them), C captions, N words of all, W words of a
 * caption, D embedding size. */
#ifndef MODEL_KIND_H
#define MODEL_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/rng.h"
#include "io/torch/checkpoint.h"
#include "model/kind_options.h"
#include "model/sgraf_options.h"

/* A tensor beside the encoders', with the published code's name, in the checkpoint's part [2]. */
typedef struct sgraf_tensor kind_tensor;

/* What an image and a caption hold once embedded. Lengths of rows go with regions and words. */
struct kind_holds {
    bool regions, words;         /* R x D, W x D */
    bool region_gram, word_gram; /* R x R, W x W */
    bool global;                 /* one vector each, D */
};

/* Embedded images, borrowed: as struct embedded_images has them (its counts, dense Gram matrices at
 * i R R). What a kind does not hold is NULL. */
struct kind_images {
    size_t I, R;
    const int32_t *count; /* I: real regions; NULL: all have R */
    const float *regions, *norm, *gram, *global;
};

/* Embedded captions, borrowed: as struct embedded_captions; words, norm and gram_start count from
 * the start of a whole split, starts too. */
struct kind_captions {
    size_t C;
    const size_t *starts; /* C + 1 */
    const float *words, *norm, *gram, *global;
    const size_t *gram_start; /* C + 1 */
};

/* What a pair can show, as bits of model_kind.shows. */
enum {
    KIND_WORDS_ON_REGIONS = 1, /* each word's weights on the regions */
    KIND_REGIONS_ON_WORDS = 2, /* each region's weights on the words */
    KIND_NODES = 4,            /* weights of the global similarity and of each word's */
};

/* One pair shown; what the kind does not show is left alone. R: the image's real regions. Room is
 * the caller's. */
struct kind_shown {
    float *word_region;       /* W x R */
    float *region_word;       /* R x W */
    float *word_similarity;   /* W: cosines of words and what they attend to */
    float *region_similarity; /* R */
    float *nodes;             /* 1 + W */
};

/* A model made ready to embed and score: weights are borrowed, the rest is its own. */
struct kind_model {
    struct kind_options options;
    const float *block; /* the kind's own parameters, laid out as its tensors' offsets say */
    void *state;        /* the kind's; NULL if it needs none */
};

/* A batch in training, after the encoders: v (V x D) and e (N x D) are their rows. */
struct kind_batch {
    size_t I, C;
    const size_t
        *regions;        /* I + 1: image i has rows regions[i] .. regions[i+1]-1; regions[0] = 0 */
    const size_t *words; /* C + 1, likewise */
    const float *v, *e;
    struct rng *rng; /* for dropout; NULL: none */
};

/* An option and its value, as model_options_set takes them. */
struct kind_default {
    const char *name, *value;
};

/* Training. Acts are acts_size bytes, the caller's; carve borrows from the arena. Scores and their
 * gradients are I x C. */
struct kind_training {
    const struct kind_default *defaults; /* of the published code where they are not SCAN's; a name
                                          * NULL after the last */
    const char *const *lacks; /* SCAN's options of encoders that it does not have, NULL after the
                               * last */
    double word_dropout;      /* share of the values of word embeddings that is dropped */
    bool drops;               /* there is dropout: batch->rng is wanted */
    size_t regions; /* of every image in the published code, if all must have as many; 0: any */
    size_t acts_size;
    void (*carve)(const struct kind_options *options, const struct kind_batch *batch,
                  size_t threads, struct arena *arena, void *acts_out);

    /* statistics: the block whose running statistics are updated; NULL to leave them. */
    void (*forward)(const struct kind_options *options, const float *block,
                    const struct kind_batch *batch, float *statistics, void *acts, float *scores);

    /* Adds to `gradients`, a block like the parameters; dv (V x D) and de (N x D) are overwritten.
     */
    void (*backward)(const struct kind_options *options, const float *block,
                     const struct kind_batch *batch, const float *dscores, void *acts,
                     float *gradients, float *dv, float *de);
};

/* Scores sooner than a tile gives them, with bounds that are proven. */
struct kind_near {
    /* Floats of room for all items; 0: not with these options, or not on this CPU. */
    size_t (*size)(const struct kind_model *model, size_t I, size_t C);

    /* Makes all items ready in `room` (64-byte aligned), on all cores. False: not with their
     * values. */
    bool (*ready)(const struct kind_model *model, const struct kind_images *images,
                  const struct kind_captions *captions, void *room);

    /* Images i .. i+n-1 with captions c .. c+m-1: n x m, rows `ld` apart; on the calling thread. */
    void (*tile)(const void *room, size_t i, size_t n, size_t c, size_t m, float *scores,
                 float *bounds, size_t ld);
};

struct model_kind {
    const char *name;   /* as in messages: "BFAN" */
    const char *family; /* as the option family has it: "bfan" */
    const char *gru;    /* what its tensors' names begin with: "rnn", "cap_rnn" */
    unsigned shows;     /* KIND_* bits; 0: there is no attention */
    bool pools;         /* features of an image's regions are averaged before the encoder */

    /* What scores depend on beside the encoders' weights, of the names in options.h's table, NULL
     * after the last; and the default of lambda_softmax, 0 without it. */
    const char *const *options;
    float lambda_softmax;

    bool (*is)(const struct checkpoint *checkpoint);

    /* Sets those of the kind's own fields that tensors show; kind and D are set. Errors: tensors
     * that are missing or disagree. NULL: they show none. */
    int (*read_tensors)(const struct checkpoint *checkpoint, struct kind_options *out,
                        struct error *err);
    struct kind_holds (*holds)(const struct kind_options *options);

    /* The tensors beside the encoders', in the order of the state dict: false after the last.
     * *block_out: floats in a block of all. NULL: there are none. */
    bool (*tensor)(const struct kind_options *options, size_t index, kind_tensor *out,
                   size_t *block_out);

    /* Makes `out` (options and block set, state NULL) ready; again, after the parameters have
     * changed, in the same memory and without fail. Errors: not enough memory. To be undone with
     * done. NULL: nothing to do. */
    int (*ready)(struct kind_model *out, struct error *err);
    void (*done)(struct kind_model *model);

    /* Global vectors (items x D) from the encoders' rows; item i has rows starts[i] - starts[0]
     * onwards. room: finish_size floats for so many items and rows. NULL: it holds none. */
    size_t (*finish_size)(const struct kind_model *model, size_t items, size_t rows);
    void (*finish_images)(const struct kind_model *model, const float *v, const size_t *starts,
                          size_t I, float *room, float *global);
    void (*finish_captions)(const struct kind_model *model, const float *e, const size_t *starts,
                            size_t C, float *room, float *global);

    /* Scores of all pairs of a tile, which stays in the caches: I x C, rows `ld` apart, on the
     * calling thread; scratch: tile_scratch floats (upper limits will do), 64-byte aligned. Good
     * sizes of a tile: some milliseconds of work. */
    size_t tile_images, tile_captions;
    size_t (*tile_scratch)(const struct kind_model *model, size_t R, size_t C, size_t W);
    void (*tile)(const struct kind_model *model, const struct kind_images *images,
                 const struct kind_captions *captions, float *scratch, float *scores, size_t ld);

    /* Whether a pair's score has the same bits in every tile; then rankings need no bounds. */
    bool (*same_bits)(const struct kind_options *options);

    /* Where it has the same bits in tiles of one image or one caption only, how far those of others
     * can be from that: I x C, rows `ld` apart. NULL: nothing is proven, or same_bits holds. */
    void (*bounds)(const struct kind_model *model, const struct kind_images *images,
                   const struct kind_captions *captions, float *bounds, size_t ld);

    const struct kind_near *near; /* NULL: nothing is sooner than tile */

    /* With fewer regions than that an image's scores are decided by rounding; 0: there is no such
     * number. */
    size_t least_regions;

    /* The most regions that an image may have; NULL: any number. */
    size_t (*most_regions)(const struct kind_options *options);

    /* One image, one caption (I and C are 1); scratch as for a tile. NULL: nothing to show. */
    void (*show)(const struct kind_model *model, const struct kind_images *image,
                 const struct kind_captions *caption, float *scratch, const struct kind_shown *out);

    /* For legends. The variant in short, as "BFAN prob"; how its weights come about, to follow
     * "attention", as "after the focal step" (NULL: there is none); what gives the nodes their
     * weights, as "the filter of SAF" (NULL: there are none). */
    const char *(*label)(const struct kind_options *options);
    const char *attention;
    const char *(*nodes)(const struct kind_options *options);

    const struct kind_training *training;
};

/* The kind that a checkpoint is of, by its parts, tensors and options; NULL if none of these. */
const struct model_kind *kind_of(const struct checkpoint *checkpoint);

/* All of them, NULL after the last. */
const struct model_kind *kind_at(size_t index);

/* Whether an option of this name is among the kind's. */
bool kind_has_option(const struct model_kind *kind, const char *name);

/* Whether the checkpoint has this option, and not None. */
bool kind_says(const struct checkpoint *checkpoint, const char *name);

/* The real regions of image i. */
static inline size_t kind_regions(const struct kind_images *images, size_t i)
{
    return images->count ? (size_t)images->count[i] : images->R;
}

#endif
