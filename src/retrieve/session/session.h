/* session.h: a model with a split: what `query`, `figure`, `eval` and the explorer work on.
 *
 * A saved matrix of similarities may stand for the model (score/sims_file.h). Such a session has
 * the scores of its split's pairs and nothing else: `model` is NULL, session_shows is 0, and what
 * asks for more (another caption, words' contributions) gets an error that says so.
 *
 * A session is opened once and then only read: any number of threads may query it at once. */
#ifndef RETRIEVE_SESSION_SESSION_H
#define RETRIEVE_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"
#include "io/text/unknown_words.h"
#include "io/text/vocab.h"
#include "model/model.h"
#include "retrieve/index/index.h"
#include "retrieve/score/embedded.h"
#include "retrieve/score/rank.h"
#include "retrieve/score/sims_file.h"

struct bf16_kernel;

/* The most words of a caption, <start> and <end> included: i2t keeps a matrix of words x words. */
enum { SESSION_WORDS = 1024 };

/* What to open. Strings are borrowed during session_open only. */
struct session_spec {
    const char *model;        /* checkpoint, or matrix */
    struct model_given given; /* what the checkpoint does not say of the model */
    const char *matrix; /* what is said of a matrix, as sims_reading_parse takes it, or NULL */
    const char *name;   /* how results call it; NULL: by its path (base/naming.h) */
    const char *vocab;  /* --vocab, or NULL: found by the rules of scanscope-formats(5) */
    struct dataset_spec data;
    enum token_compat compat;
    bool need_vocab;        /* false: token ids suffice */
    bool encode_captions;   /* for image to text: captions are encoded too (otherwise when first
                               needed) */
    bool images_only;       /* neither vocabulary nor captions: nothing can be queried */
    bool bf16;              /* `--precision bf16`: images as halves, see session_rank_images */
    struct index_use index; /* of earlier embeddings; zero: used if worthwhile, silently */
};

struct session {
    struct model *model;      /* NULL: `matrix` stands for it */
    struct sims_file *matrix; /* or NULL */
    struct vocab *vocab;      /* NULL if none was found and none is needed */
    struct dataset *data;
    enum token_compat compat;
    char *model_path, *name; /* the name is for what is passed on: it has no path */
    bool borrowed;           /* model, vocab and data are the caller's: session_borrow */
    size_t I, R, D;
    struct embedded_images images;  /* zero until embedded; in `index`, or owned if that is NULL */
    struct index *index;            /* NULL if the images are embedded in memory */
    const struct bf16_kernel *half; /* NULL: float32 */
    /* captions of the split, in the split's order */
    size_t C;
    int32_t *ids;                      /* token ids of all captions, end to end */
    size_t *starts;                    /* C + 1 */
    struct unknown_words unknown;      /* of all captions; zero without a vocabulary */
    struct embedded_captions captions; /* zero until encoded */
    struct notes notes;                /* about how its parts fit together */
};

/* Errors: those of the model, the data, the vocabulary and the features; parts that do not fit
 * together (vocabulary and embedding, img_dim and features), with both numbers; bfloat16 on a
 * machine without; "interrupted". To be freed with session_free. */
int session_open(const struct session_spec *spec, const struct progress *progress,
                 struct session **out, struct error *err) MUST_USE;
void session_free(struct session *session);

/* The options of its model; of a matrix, those of no model at all: all zero. */
const struct model_options *session_options(const struct session *session);

/* Adds the remarks about model, data and how they fit together. */
void session_notes(const struct session *session, struct notes *out);

/* A session over parts that stay the caller's and must outlive it, for a model that is still being
 * trained. Its captions are read (C, ids and starts are set), nothing is embedded. vocab: NULL if
 * the split has token ids. Errors: as session_open's about captions. */
int session_borrow(struct model *model, struct vocab *vocab, struct dataset *data,
                   enum token_compat compat, struct session **out, struct error *err) MUST_USE;

/* Embeds the images in memory and the captions with the model as it is now. Errors: not enough
 * memory, a feature that is not finite, "interrupted". */
int session_encode(struct session *session, const struct progress *progress,
                   struct error *err) MUST_USE;

/* Lets all embeddings go: the model has changed. */
void session_forget_embeddings(struct session *session);

/* Encodes the split's captions if that was not done. Not to be called while other threads use the
 * session. Errors: the split has no captions, not enough memory, "interrupted". */
int session_encode_captions(struct session *session, const struct progress *progress,
                            struct error *err) MUST_USE;

/* A caption made ready to score. */
struct query {
    char *text;            /* as typed */
    struct str_list words; /* without <start>, <end> */
    int32_t *ids;          /* W */
    size_t W;
    size_t caption; /* its number, if it is one of the split, else SIZE_MAX */
    float *emb;     /* W x D */
    float *gram;    /* W x W; NULL if the model does not need it (struct kind_holds) */
    float *norm;    /* W */
    float *global;  /* D, likewise */
    size_t unknown; /* how many words are <unk> */
};

/* Makes a query of a text; with a matrix it has to be a caption of the split. Errors: an empty
 * caption, one of more than SESSION_WORDS words, no vocabulary, not enough memory. A caption of
 * unknown words only is fine (unknown is W - 2 then). To be freed with query_free. */
int query_from_text(const struct session *session, const char *caption, struct query **out,
                    struct error *err) MUST_USE;

/* Makes a query of a caption of the split; words come from the vocabulary if only ids are known.
 * Errors: no captions, no such caption, more than SESSION_WORDS words, not enough memory. */
int query_from_caption(const struct session *session, size_t caption, struct query **out,
                       struct error *err) MUST_USE;
void query_free(struct query *query);

/* Scores of a caption against every image: scores[I]. progress is called at least every 50 ms.
 * Errors: not enough memory, "interrupted". */
int session_score_images(const struct session *session, const struct query *query, float *scores,
                         const struct progress *progress, struct error *err) MUST_USE;

/* Scores of an image against every caption of the split: scores[C]; captions must be encoded.
 * Errors: not enough memory, "interrupted". */
int session_score_captions(const struct session *session, size_t image, float *scores,
                           const struct progress *progress, struct error *err) MUST_USE;

/* Scores of n captions given as word ids (<start> and <end> included) against every image: sims I x
 * n. Caption c is ids[starts[c]] .. ids[starts[c+1]-1], at least one word; starts[0] is 0. Errors:
 * those of model_encode_words, not enough memory, "interrupted". */
int session_score_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, float *sims, const struct progress *progress,
                      struct error *err) MUST_USE;

/* The score of an image and a query. Errors: not enough memory. */
int session_score_pair(const struct session *session, size_t image, const struct query *query,
                       float *score_out, struct error *err) MUST_USE;

/* Scores of images first_image .. against captions first_caption .. of the split: sims images x
 * captions. Captions must be encoded. Errors: not enough memory, "interrupted". */
int session_score_block(const struct session *session, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err) MUST_USE;

/* All pairs of the split: sims I x C. Otherwise as session_score_block. */
int session_score_all(const struct session *session, float *sims, const struct progress *progress,
                      struct error *err) MUST_USE;

/* What its model can show of a pair, as KIND_* bits (model/kind.h); 0: it has no attention. SCAN:
 * KIND_WORDS_ON_REGIONS (t2i) or KIND_REGIONS_ON_WORDS (i2t). What a caption's words contribute
 * can always be asked (session_contributions.h). */
unsigned session_shows(const struct session *session);

/* What a pair shows. R: the image's real regions; W: the query's words, <start> and <end>
 * included. */
struct attention {
    unsigned shows; /* session_shows */
    size_t R, W;
    float score;
    /* Each word on the regions, W x R and W. If it is only regions that attend (i2t): how much each
     * region attends to the word, and the mean of their similarities so weighted. */
    float *word_region, *word_similarity;
    float *region_word, *region_similarity; /* each region on the words, R x W and R; or NULL */
    float *nodes; /* 1 + W: weight of the whole pair's similarity, then of each word's; or NULL */
};

/* The attention of an image and a query. Errors: the model shows none; not enough memory. To be
 * freed with session_attention_free. */
int session_attention(const struct session *session, size_t image, const struct query *query,
                      struct attention **out, struct error *err) MUST_USE;
void session_attention_free(struct attention *attention);

/* Makes the words' side what the regions attend to, of a model that shows both directions. */
void session_attention_turn(struct attention *attention);

#endif
