/* requests.h: what the state needs of the worker. Each need is compared with what was requested
 * last, so that it is requested once; the newest request of a kind replaces older ones on the
 * worker's side. */
#ifndef UI_ACTIONS_REQUESTS_H
#define UI_ACTIONS_REQUESTS_H

#include "ui/state/effect.h"
#include "ui/state/state.h"

/* Requests a figure of a caption over an image, as shown now. The request may be completed; it is
 * owned by `effects`, borrowed until the next effect is added. */
struct request *requests_figure(struct ui *ui, size_t image, ptrdiff_t caption, const char *text,
                                struct effects *effects);

/* Requests the models of the state's sources. */
void requests_open(struct ui *ui, struct effects *effects);

/* Requests whatever is needed and has not been requested yet. */
void requests_needed(struct ui *ui, struct effects *effects);

#endif
