/* figure_batch.h: many figures at once: from a file of JSON lines, or from the marks of an
 * explorer's session. */
#ifndef CLI_FIGURE_BATCH_H
#define CLI_FIGURE_BATCH_H

#include "base/progress.h"
#include "cli/figure_request.h"

struct json_t; /* jansson's */

/* What the command's options say about all figures of a batch. */
struct batch_options {
    /* Sets the fields of a style that were given as options; called with `context`. */
    int (*style)(const void *context, struct figure_style *style, struct error *err);
    const void *context;
    const char *folder; /* all figures are written below it; NULL: the current one */
    const char *images; /* folder of the photographs of redrawn figures; NULL: where they were */
    bool save_data;     /* also write each figure's data next to it */
    bool page;          /* figure_batch_save_html follows */
};

/* A figure of a batch. */
struct batch_job {
    size_t line; /* from 1; of a session: the number of the mark */
    struct figure_request request;
    struct figure_style style;
    char *output, *claim;  /* its file; what no other figure may write */
    const char **captions; /* what request.captions points to */
    const char **logs;     /* curves: training runs instead of models */
    size_t log_count;
    const char *data;    /* file of saved data to be drawn again; NULL: a new figure */
    struct json_t *json; /* owns the texts; NULL of a mark */
    bool failed;
    struct error err;     /* why */
    struct notes notes;   /* on how it is drawn, and on the line */
    struct notes remarks; /* on what the figure shows */
    char *shown;          /* the figure's title */
    char *preview;        /* for the page: the figure of a PDF as SVG; else NULL */
};

struct batch {
    struct batch_job *jobs;
    size_t count, cap;
    struct json_t *session; /* if the file is one: it names models and data; else NULL */
};

/* Reads the file; `out` is the caller's to figure_batch_done, also after an error. A line is an
 * object with the fields of the options ("kind", "caption" or "captions", "caption_index", "image",
 * "words", "regions", "top", "rows", "logs", "output" and the style's, or "data": a file that
 * --save-data wrote), or a number: the words of that caption of the split. The output stays below
 * the options' folder (file_below), which exists; the default is NNNN.png with the line's number,
 * or caption-NNNN.png. Of an explorer's session each marked caption is a figure of words in the
 * style shown there. A line that is wrong, or whose file an earlier line writes, becomes a job that
 * has failed. Errors: no such file, not UTF-8, nothing to draw. */
int figure_batch_read(const char *path, const struct batch_options *options, struct batch *out,
                      struct error *err) MUST_USE;

/* Frees what the batch owns. */
void figure_batch_done(struct batch *batch);

/* Whether the figure comes from sessions, not from files. */
bool figure_batch_needs_session(const struct batch_job *job);

/* The first model, with its data, that the batch's explorer session names; the texts are borrowed
 * from the batch. Errors: it names none. */
int figure_batch_session_spec(const struct batch *batch, struct session_spec *out,
                              struct error *err) MUST_USE;

/* Sets the fields of the style that the line gives. Errors go to the job: a wrong value. */
int figure_batch_restyle(struct batch_job *job, struct figure_style *style) MUST_USE;

/* Draws all jobs, on all threads. Each one that fails says why in its `err` and does not stop the
 * others. */
void figure_batch_draw(struct batch *batch, const struct figure_sessions *sessions,
                       const struct batch_options *options, const struct progress *progress);

/* Writes one page with all figures inside, the failed ones last. Errors: a figure that cannot be
 * read, a page that cannot be written. */
int figure_batch_save_html(const struct batch *batch, const char *title, const char *path,
                           struct error *err) MUST_USE;

#endif
