/* figure_batch.h: many figures at once: from a file of JSON lines, or from the marks of an
 * explorer's session. */
#ifndef CLI_FIGURE_BATCH_H
#define CLI_FIGURE_BATCH_H

#include <jansson.h>

#include "base/progress.h"
#include "cli/figure_request.h"

/* What the command's options say about all figures of a batch. */
struct batch_options {
    /* Sets those fields of a style that were given as options; `context` is handed to it. */
    int (*style)(const void *context, struct figure_style *style, struct error *err);
    const void *context;
    const char *folder; /* before names that are not absolute; NULL: none */
    const char *images; /* where redrawn figures find their photographs; NULL: where they were */
    bool save_data;     /* the numbers beside each figure too */
    bool page;          /* figure_batch_save_html will follow */
};

/* One figure. */
struct batch_job {
    size_t line; /* from 1; of a session the number of the mark */
    struct figure_request request;
    struct figure_style style;
    char *output;
    const char **captions; /* what request.captions points to */
    const char **logs;     /* curves: training runs in place of models */
    size_t log_count;
    const char *data; /* a figure's data that is drawn again; NULL: a new figure */
    json_t *json;     /* owns the texts; NULL of a mark */
    bool failed;
    struct error err; /* why */
    struct str notes;
    char *shown;   /* the figure's title */
    char *preview; /* for the page: a PDF's figure as SVG; else NULL */
};

struct batch {
    struct batch_job *jobs;
    size_t count, cap;
    json_t *session; /* where the file is one: the model and data that it names; else NULL */
};

/* Reads the file. A line is an object with the fields of `figure`'s options ("kind", "caption" or
 * "captions", "caption_index", "image", "words", "regions", "top", "rows", "logs", "output" and the
 * style's, or "data": a file that --save-data wrote), or a number: the words of that caption of the
 * split. A file name that is not given is the line's number as NNNN.png, of a caption's number
 * caption-NNNN.png. An explorer's session is read for its marks, one figure of words each, looking
 * as it did there. A line that is wrong, or whose file another line writes, is a job that has
 * failed already. Errors: no such file, nothing to draw. */
int figure_batch_read(const char *path, const struct batch_options *options, struct batch *out,
                      struct error *err) MUST_USE;
void figure_batch_done(struct batch *batch);

/* True for figures that come from sessions, not from files. */
bool figure_batch_needs_session(const struct batch_job *job);

/* Of a batch with a session: the first model that it names, with its data; the texts are the
 * batch's. Errors: it names none. */
int figure_batch_session_spec(const struct batch *batch, struct session_spec *out,
                              struct error *err) MUST_USE;

/* Sets the style's fields that the line gives, over what the style is. */
int figure_batch_restyle(struct batch_job *job, struct figure_style *style) MUST_USE;

/* Draws all of them on all cores; one that fails does not stop the others. */
void figure_batch_draw(struct batch *batch, const struct figure_sessions *sessions,
                       const struct batch_options *options, const struct progress *progress);

/* One page with all figures inside. Errors: cannot be read or written. */
int figure_batch_save_html(const struct batch *batch, const char *title, const char *path,
                           struct error *err) MUST_USE;

#endif
