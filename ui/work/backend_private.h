/* backend_private.h: what the files of the real backend share: backend_session.c has its table of
 * operations. */
#ifndef UI_WORK_BACKEND_PRIVATE_H
#define UI_WORK_BACKEND_PRIVATE_H

#include "analyse/failures.h"
#include "base/str.h"
#include "retrieve/session/session.h"
#include "ui/work/backend.h"

struct real {
    struct backend base;
    struct session *session;
    char *model, *data;
    struct str label;   /* the model's name in figures: with what it does not say of itself */
    char *note;         /* remarks made while it was opened, or NULL */
    char *unknown;      /* the share of unknown words, or NULL */
    char *no_attention; /* why its model shows none, or NULL */
    char variant[64];
    char **captions;        /* made from word ids if there is no text; else NULL */
    struct lexicon lexicon; /* of the captions; empty until a survey needs it */
    char **words;           /* C: of each caption, joined; NULL until then */
    struct query *query;    /* the last one encoded, for query_text or query_caption */
    char *query_text;
    ptrdiff_t query_caption;
};

static inline struct real *real_of(struct backend *backend)
{
    return (struct real *)backend;
}

/* backend_query.c. The encoded query, valid until the next call: the last one is kept, since a look
 * usually follows a ranking. */
int backend_query_get(struct real *real, const struct ask *ask, const struct query **out,
                      struct error *err) MUST_USE;

/* Its words. */
void backend_query_words(const struct real *real, const struct query *query, struct ask_words *out);

/* backend_look.c, backend_figure.c: operations. */
int backend_look_take(struct backend *backend, size_t image, const struct ask *ask,
                      struct look **out, struct error *err) MUST_USE;
int backend_figure_photo_path(const struct backend *backend, size_t image, char **out,
                              struct error *err) MUST_USE;
int backend_figure_photo(struct backend *backend, size_t image, int max_side, struct notes *notes,
                         struct image *out, struct error *err) MUST_USE;
int backend_figure_export(struct backend *backend, const struct export_spec *spec,
                          struct error *err) MUST_USE;

#endif
