/* request.h: what the worker is asked for. */
#ifndef UI_WORK_REQUEST_H
#define UI_WORK_REQUEST_H

#include "ui/screen/picture.h"
#include "ui/work/source.h"

enum { SIDES = 2, MODELS = 2 }; /* rankings side by side; models that are open */

enum request_kind {
    REQUEST_OPEN,     /* model and data; the side is the model's number */
    REQUEST_FILES,    /* what a folder holds */
    REQUEST_RECENT,   /* the sessions of before */
    REQUEST_FIT,      /* whether what is chosen for opening fits together */
    REQUEST_RANK,     /* images for a caption */
    REQUEST_CAPTIONS, /* captions for an image */
    REQUEST_LOOK,     /* what the words of a caption saw in an image */
    REQUEST_PICTURE,  /* a photograph with an overlay */
    REQUEST_EXPORT,   /* a figure to a file */
    REQUEST_THUMBS,   /* small photographs, as many as are listed */
    REQUEST_SURVEY,   /* the rank of the truth for every caption */
    REQUESTS,
};

/* The newest of a kind and side replaces older ones (an export waits its turn instead). */
struct request {
    enum request_kind kind;
    int side, model;
    unsigned serial; /* comes back with the answer */
    size_t image;
    char *text; /* a caption; owned */
    ptrdiff_t caption;
    struct picture_spec picture;
    float *weights; /* regions; owned; NULL: no overlay */
    size_t *images; /* thumbnails wanted, in this order; owned */
    size_t count;
    char *path;             /* a figure's; NULL: a name is made; a folder's; owned */
    struct source *sources; /* what to open, or to look at; owned */
    size_t source_count;
};

void request_done(struct request *request);

#endif
