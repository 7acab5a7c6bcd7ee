/* request.h: what the worker can be asked for. */
#ifndef UI_WORK_REQUEST_H
#define UI_WORK_REQUEST_H

#include "ui/screen/picture.h"
#include "ui/work/source.h"

enum { SIDES = 2, MODELS = 2 }; /* rankings side by side; models that are open */

enum request_kind {
    REQUEST_OPEN,     /* model and data; the side is the model's number */
    REQUEST_FILES,    /* the contents of a folder */
    REQUEST_RECENT,   /* recent sessions */
    REQUEST_FIT,      /* whether the files chosen for opening fit together */
    REQUEST_RANK,     /* images for a caption */
    REQUEST_CAPTIONS, /* captions for an image */
    REQUEST_LOOK,     /* what the words of a caption attend to in an image */
    REQUEST_PICTURE,  /* a photograph with an overlay */
    REQUEST_EXPORT,   /* a figure to a file */
    REQUEST_THUMBS,   /* the small photographs of the listed images */
    REQUEST_SURVEY,   /* the rank of every caption's own image */
    REQUESTS,
};

/* A new request replaces an older one of the same kind and side; exports queue up instead. Owns its
 * pointers. */
struct request {
    enum request_kind kind;
    int side, model;
    unsigned serial; /* returned with the answer */
    size_t image;
    char *text;        /* a typed caption, or NULL */
    ptrdiff_t caption; /* the split's caption, or -1 */
    struct picture_spec picture;
    int way;        /* enum look_way, of a figure */
    float *weights; /* R; NULL: no overlay */
    size_t *images; /* thumbnails wanted, in this order */
    size_t count;
    char *path;             /* the folder to list; the figure to write (NULL: a name is made) */
    struct source *sources; /* the files to open, or to check */
    size_t source_count;
};

/* Frees what it owns; it is zero afterwards. */
void request_done(struct request *request);

#endif
