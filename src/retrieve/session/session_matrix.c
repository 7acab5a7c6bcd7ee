/* session_matrix.c: a session on a saved matrix of similarities, without a model. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/naming.h"
#include "retrieve/session/session_private.h"

/* Only to show token ids as words and to tell unknown ones, so it may be absent. */
static int find_vocab(struct session *session, const struct session_spec *spec, struct error *err)
{
    char *path = spec->vocab ? mem_strdup(spec->vocab) : dataset_find_vocab(session->data);
    int status = path ? vocab_load(path, &session->vocab, err) : 0;
    free(path);
    return status;
}

static int check_captions(const struct session *session, struct error *err)
{
    if (session->data->captions > 0)
        return 0;
    return error_set(err,
                     "%s: the split has no captions that the matrix could be of: give them with "
                     "--captions FILE or --token-ids FILE",
                     session->model_path);
}

int session_open_matrix(const struct session_spec *spec, struct session *session, struct error *err)
{
    struct sims_reading reading;
    session->compat = spec->compat;
    session->model_path = mem_strdup(spec->model);
    session->name = spec->name ? mem_strdup(spec->name) : naming_file(spec->model);
    if (sims_reading_parse(spec->matrix, &reading, err) != 0 ||
        sims_file_open(spec->model, &session->matrix, err) != 0 ||
        dataset_open(&spec->data, &session->data, err) != 0 || check_captions(session, err) != 0 ||
        sims_file_fit(session->matrix, &session->data->map, &reading, &session->notes, err) != 0 ||
        find_vocab(session, spec, err) != 0)
        return -1;
    session->I = session->data->images;
    session->R = session->data->regions;
    return session_read_captions(session, err);
}

int session_matrix_caption(const struct session *session, const char *text, size_t *out,
                           struct error *err)
{
    for (size_t c = 0; text && session->data->caption && c < session->C; c++)
        if (strcmp(session->data->caption[c], text) == 0) {
            *out = c;
            return 0;
        }
    return error_set(err,
                     "%s is a matrix, without a model: it has scores of the split's own captions "
                     "only",
                     session->name);
}
