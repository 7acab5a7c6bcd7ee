/* figure_request.h: what a figure is to show, and its data from open sessions. */
#ifndef CLI_FIGURE_REQUEST_H
#define CLI_FIGURE_REQUEST_H

#include "figure/figure_data.h"
#include "figure/gather.h"
#include "retrieve/session/session.h"

/* What is not given is NULL, and caption_index -1. */
struct figure_request {
    enum figure_kind kind;
    const char *const *captions; /* one; compare: two or more */
    size_t caption_count;
    long caption_index; /* of the split, from 0 */
    const char *image, *words, *regions;
    enum gather_direction direction;
    int top;  /* strip, captions, failures: how many results; 0: 5 */
    int rows; /* failures: how many queries; 0: 6 */
};

/* Sessions of one split, one per model. */
struct figure_sessions {
    struct session *const *items;
    size_t count;
};

/* Adds a remark for each thing that the request gives and a figure of its kind does not use, as
 * `words` for a strip, and for two queries of which one is used. `log_count`: of logs given with
 * it. */
void figure_request_unused(const struct figure_request *request, size_t log_count,
                           struct notes *out);

/* Fills `data` (zeroed before; the caller's to figure_data_done, also after an error); photographs
 * are decoded for `max_side` pixels. scanscope-figure(1) says which kinds use which fields. Errors:
 * a caption, image or second model that is missing from the request or does not exist, no word in
 * the vocabulary, and those of gather.h. */
int figure_request_answer(const struct figure_request *request,
                          const struct figure_sessions *sessions, int max_side,
                          struct figure_data *data, struct error *err) MUST_USE;

/* Whether the kind needs the encoded captions of the split. */
bool figure_request_needs_captions(enum figure_kind kind);

#endif
