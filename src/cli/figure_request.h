/* figure_request.h: what a user asks a figure of, and its answer from open sessions. */
#ifndef CLI_FIGURE_REQUEST_H
#define CLI_FIGURE_REQUEST_H

#include "figure/figure_data.h"
#include "retrieve/session/session.h"

/* NULL, or -1, where not given. */
struct figure_request {
    enum figure_kind kind;
    const char *const *captions; /* compare: two or more */
    size_t caption_count;
    long caption_index; /* of the split, from 0 */
    const char *image, *words, *regions;
    int top;  /* strip, captions, failures: how many results; 0: 5 */
    int rows; /* failures: how many queries; 0: 6 */
};

/* Sessions of one split, a model each. */
struct figure_sessions {
    struct session *const *items;
    size_t count;
};

/* Fills `data` (zeroed before; the caller's to figure_data_done, also after an error). Which kinds
 * use which fields is in scanscope-figure(1). Errors: what is missing or does not exist. */
int figure_request_answer(const struct figure_request *request,
                          const struct figure_sessions *sessions, int max_side,
                          struct figure_data *data, struct error *err) MUST_USE;

/* Whether the kind needs the split's captions encoded. */
bool figure_request_needs_captions(enum figure_kind kind);

#endif
