/* figure_batch.h: many figures at once, from a file of JSON lines. */
#ifndef CLI_FIGURE_BATCH_H
#define CLI_FIGURE_BATCH_H

#include "base/progress.h"
#include "cli/figure_request.h"

/* One line. */
struct batch_job {
    size_t line; /* from 1 */
    struct figure_request request;
    struct figure_style style;
    char *output;
    const char *caption; /* what request.captions points to */
    void *json;          /* owns the texts */
    bool failed;
    struct error err; /* why */
    struct str notes;
    char *shown; /* the figure's title */
};

struct batch {
    struct batch_job *jobs;
    size_t count;
};

/* Reads the lines: an object each with the fields of `figure`'s options ("kind", "caption",
 * "caption_index", "image", "words", "regions", "top", "rows", "output", and the style's), over
 * `defaults`. A file name that is not given is NNNN.png; `folder` (NULL: none) comes before names
 * that are not absolute. A line that is wrong is a job that has failed already. Errors: no such
 * file. */
int batch_read(const char *path, const char *folder, const struct figure_style *defaults,
               struct batch *out, struct error *err) MUST_USE;
void batch_done(struct batch *batch);

/* Draws all of them on all cores; one that fails does not stop the others. */
void batch_draw(struct batch *batch, const struct figure_sessions *sessions,
                const struct progress *progress);

/* One page with all figures inside. Errors: cannot be read or written. */
int batch_save_html(const struct batch *batch, const char *title, const char *path,
                    struct error *err) MUST_USE;

#endif
