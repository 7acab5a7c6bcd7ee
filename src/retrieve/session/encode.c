/* encode.c: a session's embeddings: images from an index or in memory (images.h), captions in
 * blocks of similar length. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/kernels/bf16.h"
#include "retrieve/session/session_private.h"

enum { CAPTION_BLOCK = 128 };

/* ---- images ---- */

int session_encode_images(struct session *session, const struct index_use *use,
                          const struct progress *progress, struct error *err)
{
    struct images_source source;
    images_source_init(session->model, session->model_path, session->data, &source);
    source.halves = session->half != NULL;
    if (index_open(use, &source, progress, &session->index, err) != 0)
        return -1;
    if (!session->index)
        return images_encode_all(&source, &session->images, progress, err);
    session->images = session->index->images;
    return 0;
}

/* ---- captions ---- */

static int check_caption(const struct session *session, size_t c, const int32_t *ids, size_t n,
                         struct error *err)
{
    int32_t limit = session->model ? model_options(session->model)->vocab_size : INT32_MAX;
    if (n > SESSION_WORDS)
        return error_set(err, "caption %zu has %zu words; at most %d are supported", c, n - 2,
                         SESSION_WORDS - 2);
    if (n == 0)
        return error_set(err, "caption %zu is empty: not even <start> and <end>", c);
    for (size_t w = 0; w < n; w++)
        if (ids[w] < 0 || ids[w] >= limit)
            return error_set(err,
                             "word %zu of caption %zu has the id %ld; the model knows 0 to %ld", w,
                             c, (long)ids[w], (long)limit - 1);
    return 0;
}

/* Appends a caption's ids. */
static void append_ids(struct session *session, size_t c, const int32_t *ids, size_t n, size_t *cap)
{
    size_t at = session->starts[c];
    while (at + n > *cap)
        *cap = *cap ? 2 * *cap : 1024;
    session->ids = mem_grow(session->ids, *cap, sizeof *session->ids);
    memcpy(session->ids + at, ids, n * sizeof *ids);
    session->starts[c + 1] = at + n;
}

/* Word ids of a caption: borrowed from the file, or made here and to be freed. */
struct caption_ids {
    int32_t *ids;
    size_t n;
};

static struct caption_ids caption_ids(const struct session *session, size_t c)
{
    const struct dataset *data = session->data;
    struct caption_ids out = {0};
    if (data->tokens)
        return (struct caption_ids){data->tokens[c], data->token_count[c]};
    if (!session->vocab) {
        struct str_list words;
        tokenize_words(data->caption[c], session->compat, &words);
        out.n = words.count + 2;
        out.ids = mem_new(out.n, sizeof *out.ids);
        str_list_done(&words);
        return out;
    }
    tokenize_ids(session->vocab, data->caption[c], session->compat, &out.ids, &out.n, NULL);
    return out;
}

/* Captions first .. first+n-1: tokenised in parallel, then appended in order. */
static int read_captions(struct session *session, size_t first, size_t n, struct caption_ids *read,
                         size_t *cap, struct error *err)
{
    int status = 0;
#pragma omp parallel for schedule(dynamic, 64)
    for (size_t i = 0; i < n; i++)
        read[i] = caption_ids(session, first + i);
    for (size_t i = 0; i < n; i++) {
        if (status == 0)
            status = check_caption(session, first + i, read[i].ids, read[i].n, err);
        if (status == 0)
            append_ids(session, first + i, read[i].ids, read[i].n, cap);
        if (!session->data->tokens)
            free(read[i].ids);
    }
    return status;
}

/* Counts the words, also those that the vocabulary lacks. */
static void count_words(struct session *session)
{
    const struct dataset *data = session->data;
    const size_t *starts = session->starts;
    const char *const *texts = data->tokens ? NULL : (const char *const *)data->caption;
    vocab_count_words(session->vocab, session->ids, starts[session->C]);
    for (size_t c = 0; c < session->C; c++)
        unknown_words_add(&session->unknown, session->vocab, session->ids + starts[c],
                          starts[c + 1] - starts[c]);
    char *what = data->split[0] ? mem_printf("split %s", data->split) : mem_strdup("captions");
    unknown_words_notes(session->vocab, texts, session->C, session->compat, what, &session->unknown,
                        &session->notes);
    free(what);
}

int session_read_captions(struct session *session, struct error *err)
{
    enum { BLOCK = 4096 };
    const struct dataset *data = session->data;
    struct caption_ids *read = mem_new(BLOCK, sizeof *read);
    size_t cap = 0;
    int status = 0;
    bool words = data->caption && (session->vocab || session->matrix);
    session->C = data->tokens || words ? data->captions : 0;
    session->starts = mem_new(session->C + 1, sizeof *session->starts);
    for (size_t c = 0; c < session->C && status == 0; c += BLOCK)
        status = read_captions(session, c, session->C - c < BLOCK ? session->C - c : BLOCK, read,
                               &cap, err);
    free(read);
    if (status == 0 && session->vocab)
        count_words(session);
    return status;
}

/* Room for the kind's global vectors of so many captions with so many words; NULL if it holds none.
 */
static int finish_room(const struct session *session, size_t captions, size_t words, float **out,
                       struct error *err)
{
    const struct kind_model *kind = model_kind(session->model);
    if (!session_holds(session).global)
        return 0;
    return mem_alloc(out, kind->options.kind->finish_size(kind, captions, words), sizeof **out,
                     "captions", err);
}

static void finish_captions(const struct session *session, const float *words, const size_t *starts,
                            size_t n, float *room, float *global)
{
    const struct kind_model *kind = model_kind(session->model);
    if (global)
        kind->options.kind->finish_captions(kind, words, starts, n, room, global);
}

/* A block of captions, as the text encoder takes them. */
struct caption_block {
    int32_t *ids;
    size_t starts[CAPTION_BLOCK + 1];
    float *out;    /* words x D */
    float *global; /* CAPTION_BLOCK x D, and the room to compute them; NULL if none are held */
    float *room;
};

static int block_alloc(const struct session *session, size_t longest, struct caption_block *out,
                       struct error *err)
{
    static const char what[] = "captions";
    size_t words = CAPTION_BLOCK * longest, D = session->D;
    if (mem_alloc(&out->ids, words, sizeof *out->ids, what, err) != 0 ||
        mem_alloc(&out->out, words, D * sizeof(float), what, err) != 0 ||
        finish_room(session, CAPTION_BLOCK, words, &out->room, err) != 0)
        return -1;
    return out->room ? mem_alloc(&out->global, CAPTION_BLOCK, D * sizeof(float), what, err) : 0;
}

static void block_done(struct caption_block *block)
{
    free(block->ids);
    free(block->out);
    free(block->global);
    free(block->room);
}

/* Copies caption i of the block to its place, c, in the split. */
static void place_caption(const struct session *session, const struct caption_block *b, size_t i,
                          size_t c)
{
    const struct embedded_captions *to = &session->captions;
    size_t D = session->D, W = b->starts[i + 1] - b->starts[i];
    if (to->words)
        memcpy(to->words + session->starts[c] * D, b->out + b->starts[i] * D,
               W * D * sizeof(float));
    if (to->global)
        memcpy(to->global + c * D, b->global + i * D, D * sizeof(float));
    embedded_captions_finish(to, c);
}

static int encode_captions_block(struct session *session, const size_t *order, size_t n,
                                 struct caption_block *b, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t start = session->starts[order[i]], W = session->starts[order[i] + 1] - start;
        memcpy(b->ids + b->starts[i], session->ids + start, W * sizeof *b->ids);
        b->starts[i + 1] = b->starts[i] + W;
    }
    if (model_encode_words(session->model, b->ids, b->starts, n, b->out, err) != 0)
        return -1;
    finish_captions(session, b->out, b->starts, n, b->room, b->global);
#pragma omp parallel for schedule(dynamic, 8)
    for (size_t i = 0; i < n; i++)
        place_caption(session, b, i, order[i]);
    return 0;
}

static int encode_all_captions(struct session *session, const size_t *order,
                               struct caption_block *b, const struct progress *progress,
                               struct error *err)
{
    size_t C = session->C;
    for (size_t c = 0; c < C; c += CAPTION_BLOCK) {
        size_t n = C - c < CAPTION_BLOCK ? C - c : CAPTION_BLOCK;
        if (encode_captions_block(session, order + c, n, b, err) != 0)
            return -1;
        if (!progress_step(progress, c + n, C))
            return error_set(err, "interrupted");
    }
    return 0;
}

int session_encode_captions(struct session *session, const struct progress *progress,
                            struct error *err)
{
    if (session->matrix || embedded_captions_ready(&session->captions))
        return 0;
    if (session->C == 0)
        return error_set(err, "the split has no captions: give them with --captions FILE or "
                              "--token-ids FILE");
    size_t longest, *order = NULL;
    struct caption_block block = {0};
    int status = 0;
    if (embedded_captions_alloc(session->C, session->D, session->starts, session_holds(session),
                                &session->captions, err) != 0 ||
        embedded_captions_order(session->starts, session->C, &longest, &order, err) != 0 ||
        block_alloc(session, longest, &block, err) != 0 ||
        encode_all_captions(session, order, &block, progress, err) != 0)
        status = -1;
    if (status == 0 && session->half)
        session->captions.loss_max = bf16_rounding_loss_max(
            session->captions.words, session->starts[session->C], session->D);
    if (status != 0)
        embedded_captions_free(&session->captions);
    block_done(&block);
    free(order);
    return status;
}

/* ---- captions outside the split ---- */

int session_encode_words(const struct session *session, const int32_t *ids, const size_t *starts,
                         size_t n, float *words, float *global, struct error *err)
{
    float *room = NULL;
    int status = model_encode_words(session->model, ids, starts, n, words, err);
    if (status == 0)
        status = finish_room(session, n, starts[n], &room, err);
    if (status == 0)
        finish_captions(session, words, starts, n, room, global);
    free(room);
    return status;
}

int session_encode_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                       size_t n, struct embedded_captions *out, struct error *err)
{
    float *own = NULL; /* words that are not kept */
    if (embedded_captions_alloc(n, session->D, starts, session_holds(session), out, err) != 0 ||
        (!out->words && mem_alloc(&own, starts[n], session->D * sizeof *own, "captions", err) != 0))
        return -1;
    int status =
        session_encode_words(session, ids, starts, n, own ? own : out->words, out->global, err);
    for (size_t c = 0; status == 0 && c < n; c++)
        embedded_captions_finish(out, c);
    free(own);
    return status;
}

/* ---- both ---- */

int session_encode(struct session *session, const struct progress *progress, struct error *err)
{
    const struct index_use no_index = {.mode = INDEX_OFF};
    int status = session_encode_images(session, &no_index, progress, err);
    return status == 0 ? session_encode_captions(session, progress, err) : -1;
}

void session_forget_embeddings(struct session *session)
{
    if (session->index)
        index_close(session->index);
    else
        embedded_images_free(&session->images);
    session->index = NULL;
    session->images = (struct embedded_images){0};
    embedded_captions_free(&session->captions);
}
