/* serve.h: the answers to requests about an open model, from its backend's operations. */
#ifndef UI_WORK_SERVE_H
#define UI_WORK_SERVE_H

#include "ui/work/backend.h"
#include "ui/work/cache.h"
#include "ui/work/event.h"
#include "ui/work/request.h"

enum { SERVE_PHOTOS = 12 };

/* The photographs decoded most recently, and thumbnails on disk. Zero-initialise to start. */
struct serve_photos {
    struct cache cache;
    struct serve_photo {
        const struct backend *backend;
        size_t image, used; /* when it was last used; 0: empty */
        struct image pixels;
        char *note; /* what is remarkable of it; NULL: nothing */
    } kept[SERVE_PHOTOS];
    size_t clock; /* the last `used` */
};

/* Frees the decoded photographs; thumbnails on disk stay. */
void serve_photos_forget(struct serve_photos *photos);

/* Frees everything. */
void serve_photos_done(struct serve_photos *photos);

/* Answers a request that needs a backend (REQUEST_RANK and all after it). The event comes in with
 * side, serial and kind of request set, and is the caller's to free, after a failure too. Of
 * thumbnails and of a survey it does one part, and takes that part off the request; errors: the
 * backend's, or a figure that cannot be written. */
int serve_request(struct backend *backend, struct serve_photos *photos, struct request *request,
                  const struct progress *progress, struct event *event, struct error *err) MUST_USE;

#endif
