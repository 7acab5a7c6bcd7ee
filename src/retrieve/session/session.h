/* session.h: a model with a split: what `query`, `figure`, `eval` and the explorer work on.
 *
 * A session is made once and then only read: any number of threads may query it at once. */
#ifndef RETRIEVE_SESSION_SESSION_H
#define RETRIEVE_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"
#include "model/model.h"
#include "retrieve/index/index.h"
#include "retrieve/score/embedded.h"
#include "retrieve/score/rank.h"

struct bf16_kernel;

/* A caption has at most this many words, <start> and <end> included: i2t keeps a matrix words x
 * words. */
enum { SESSION_WORDS = 1024 };

/* What to open. Strings are the caller's and need to live only during session_open. */
struct session_spec {
    const char *model; /* checkpoint */
    const char *vocab; /* --vocab, or NULL: found by the rules of scanscope-formats(5) */
    struct dataset_spec data;
    enum token_compat compat;
    bool need_vocab;      /* false: token ids will do */
    bool encode_captions; /* image -> text wanted: captions are encoded too (else on first need) */
    bool images_only;     /* neither vocabulary nor captions: nothing can be asked */
    bool bf16;            /* `--precision bf16`: images as halves, see session_rank_images */
    struct index_use
        index; /* the embeddings kept from another time; zero: used as is fit, silently */
};

struct session {
    struct model *model;
    struct vocab *vocab; /* NULL where none was found and none is needed */
    struct dataset *data;
    enum token_compat compat;
    char *model_path;
    bool borrowed; /* model, vocab and data are the caller's: session_borrow */
    size_t I, R, D;
    struct embedded_images images;  /* zero until embedded; in `index`, or owned if that is NULL */
    struct index *index;            /* NULL if the images are embedded in memory */
    const struct bf16_kernel *half; /* NULL: float32 */
    /* captions of the split, in the split's order */
    size_t C;
    int32_t *ids;                      /* token ids of all captions, end to end */
    size_t *starts;                    /* C + 1 */
    struct embedded_captions captions; /* words NULL until encoded */
};

/* Errors: everything that can be wrong, one line; also what does not fit together (vocabulary
 * against embedding, img_dim against features) with both numbers; bfloat16 where
 * there is none. Stopped by progress: "interrupted". */
int session_open(const struct session_spec *spec, const struct progress *progress,
                 struct session **out, struct error *err) MUST_USE;
void session_free(struct session *session);

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
    float *emb;     /* W x D */
    float *gram;    /* i2t: W x W; NULL for t2i */
    float *norm;    /* W */
    size_t unknown; /* how many words are <unk> */
};

/* Errors: an empty caption, one of more than SESSION_WORDS, no vocabulary. Only unknown words is
 * NOT an error (unknown == W - 2 says so). query_from_caption's words come from the vocabulary
 * where only ids are known. */
int query_from_text(const struct session *session, const char *caption, struct query **out,
                    struct error *err) MUST_USE;
int query_from_caption(const struct session *session, size_t caption, struct query **out,
                       struct error *err) MUST_USE;
void query_free(struct query *query);

/* Scores of a caption against every image: scores[I]. Stops early (returns -1, error "interrupted")
 * when progress says so; blocks of at most 50 ms between two questions. */
int session_score_images(const struct session *session, const struct query *query, float *scores,
                         const struct progress *progress, struct error *err) MUST_USE;

/* Scores of an image against every caption of the split: scores[C]; captions must be encoded. */
int session_score_captions(const struct session *session, size_t image, float *scores,
                           const struct progress *progress, struct error *err) MUST_USE;

/* Captions that are only word ids (<start> and <end> included), against every image: sims I x n.
 * Caption c is ids[starts[c]] .. ids[starts[c+1]-1], at least one word. For variants of captions.
 */
int session_score_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, float *sims, const struct progress *progress,
                      struct error *err) MUST_USE;

/* Scores of images first_image .. against captions first_caption .. of it: sims images x captions.
 * Captions must be encoded. */
int session_score_block(const struct session *session, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err) MUST_USE;

/* The whole matrix: sims I x C. */
int session_score_all(const struct session *session, float *sims, const struct progress *progress,
                      struct error *err) MUST_USE;

/* What each word looked at. t2i: weights W x R, row w over regions; i2t: weights R x W, row r over
 * words. */
struct attention {
    bool t2i;
    size_t R, W;
    float *weights;
    float *similarity; /* one a query: W (t2i) or R (i2t) */
    float score;
    float
        *word_region; /* W x R: what a figure of words shows: t2i the weights; i2t the transpose */
    float *word_similarity; /* W: t2i similarity; i2t: attention-weighted mean similarity of the
                               regions that look at it */
};

int session_attention(const struct session *session, size_t image, const struct query *query,
                      struct attention **out, struct error *err) MUST_USE;
void session_attention_free(struct attention *attention);

#endif
