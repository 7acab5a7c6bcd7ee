/* job.h: what the worker does for each kind of request, by the backend's operations. */
#ifndef UI_WORK_JOBS_H
#define UI_WORK_JOBS_H

#include "ui/work/backend.h"
#include "ui/work/cache.h"
#include "ui/work/event.h"
#include "ui/work/request.h"

enum { JOB_PHOTOS = 12 };

/* Decoded photographs, the latest used ones, and thumbnails on disk. Zero-initialise to start. */
struct job_photos {
    struct cache cache;
    struct job_photo {
        const struct backend *backend;
        size_t image, used; /* 0: empty */
        struct image pixels;
    } kept[JOB_PHOTOS];
    size_t clock;
};

/* The photographs go; the thumbnails' place stays. */
void job_photos_forget(struct job_photos *photos);
void job_photos_done(struct job_photos *photos);

/* Does a request other than REQUEST_OPEN. The event comes in with side, serial and kind of request
 * set. Of thumbnails it makes one: request->images loses it. */
int job_run(struct backend *backend, struct job_photos *photos, struct request *request,
            const struct progress *progress, struct event *event, struct error *err) MUST_USE;

/* "a-dog-runs--1234.png" of a caption and an id; the caller's to free. */
char *job_export_name(const char *caption, const char *id);

/* Creates a new empty file: `name` in the current folder or, where that is taken, NAME-2, NAME-3
 * ... before its suffix. The path is the caller's to free. */
int job_reserve(const char *name, char **path_out, struct error *err) MUST_USE;

#endif
