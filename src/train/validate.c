#include "train/validate.h"

#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "retrieve/session/session_private.h"

int validate_open(struct model *model, struct vocab *vocab, struct dataset *data,
                  enum token_compat compat, struct session **out, struct error *err)
{
    struct session *session = mem_new(1, sizeof *session);
    session->model = model;
    session->vocab = vocab;
    session->data = data;
    session->compat = compat;
    session->I = data->images;
    session->R = data->regions;
    session->D = (size_t)model_options(model)->embed_size;
    if (session_read_captions(session, err) != 0) {
        validate_close(session);
        return -1;
    }
    *out = session;
    return 0;
}

/* The embeddings are those of a model that has changed since. */
static void forget(struct session *session)
{
    float **arrays[] = {&session->words, &session->word_gram, &session->word_norm};
    session_release_images(session);
    for (size_t i = 0; i < COUNTOF(arrays); i++) {
        free(*arrays[i]);
        *arrays[i] = NULL;
    }
    free(session->word_gram_start);
    session->word_gram_start = NULL;
}

void validate_close(struct session *session)
{
    if (!session)
        return;
    session->model = NULL;
    session->vocab = NULL;
    session->data = NULL;
    session_free(session);
}

int validate(struct session *session, const struct progress *progress, struct evaluation *out,
             struct error *err)
{
    const struct index_use no_index = {.mode = INDEX_OFF}; /* the model is another each time */
    float *sims = NULL;
    size_t per_image = session->data->per_image;
    if (session_encode_images(session, &no_index, progress, err) != 0 ||
        session_encode_captions(session, progress, err) != 0 ||
        mem_alloc(&sims, session->I * session->C, sizeof *sims, "similarities", err) != 0) {
        forget(session);
        return -1;
    }
    int status = session_score_all(session, sims, progress, err);
    if (status == 0)
        evaluate(sims, session->I, session->C, per_image, out);
    forget(session);
    free(sims);
    return status;
}
