#include "train/validate.h"

#include <stdlib.h>

#include "base/mem.h"

int validate(struct session *session, const struct progress *progress, struct evaluation *out,
             struct error *err)
{
    float *sims = NULL;
    int status = session_encode(session, progress, err);
    if (status == 0)
        status = mem_alloc(&sims, session->I * session->C, sizeof *sims, "similarities", err);
    if (status == 0)
        status = session_score_all(session, sims, progress, err);
    if (status == 0)
        evaluate(sims, session->I, session->C, session->data->per_image, out);
    session_forget_embeddings(session);
    free(sims);
    return status;
}
