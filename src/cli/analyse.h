/* analyse.h: the kinds of `scanscope analyse`, each a table row, a file and a section of the
 * manual; and what they share.
 *
 * A kind's state begins with a struct analysis. analyse_main parses its options, runs its steps and
 * prints the report that they build. */
#ifndef CLI_ANALYSE_H
#define CLI_ANALYSE_H

#include "analyse/lexicon.h"
#include "analyse/scores.h"
#include "analyse/sweep.h"
#include "cli/cli.h"
#include "cli/report/report.h"
#include "figure/figure.h"

/* ---- the kinds ---- */

/* Each runs one kind; argv[0] is its name. They return the exit status. `--help=man` prints the
 * kind's section of the page. */
int analyse_alignment(int argc, char **argv);
int analyse_compare(int argc, char **argv);
int analyse_failures(int argc, char **argv);
int analyse_words(int argc, char **argv);

/* ---- running a kind (analyse_main.c) ---- */

/* The split, and its words. */
struct analyse_split {
    const struct dataset *data; /* the first session's, or `own` */
    struct dataset *own;        /* owned; NULL if a session has it */
    const struct vocab *vocab;  /* a session's, or `own_vocab`; NULL if there is none */
    struct vocab *own_vocab;    /* owned */
    enum token_compat compat;   /* how captions are tokenised */
    struct lexicon lexicon;     /* empty before analyse_read_words */
};

/* What to draw for the page, as the figure command does. */
struct analyse_figure {
    enum figure_kind kind; /* words, captions, compare, or failures of the one caption */
    size_t caption, image; /* of the split; SIZE_MAX: none, or the caption's own image */
    char *title;           /* allocated; analyse_main frees it */
};

/* The options that kinds have in common, and the result. Initialise with ANALYSE_DEFAULTS. */
struct analysis {
    /* options */
    struct cli_common common;
    bool json, open;
    bool csv;              /* --csv where it is a switch */
    const char *csv_table; /* the table to print as CSV; NULL for text or JSON */
    const char *html, *counts;
    int top;     /* rows per table of text; 0: all */
    int figures; /* on the page, at most */
    int row;     /* --open: from 1; 0: the first */
    int resamples, seed;
    /* the result */
    struct analyse_split split;
    struct report report;
    size_t figure_count;            /* figures that the kind could give */
    const struct session *drawn[2]; /* the models they are of; NULL for a matrix */
    size_t drawn_count;
};

#define ANALYSE_DEFAULTS .figures = 6, .resamples = 2000, .seed = 1

#define ANALYSE_OUT_OPTIONS(a, rows)                                                               \
    {"json", 0, CLI_SWITCH, NULL, "print JSON", &(a)->json},                                       \
        {"html",    0, CLI_TEXT, "FILE", "also write a page with the results and their figures",   \
         &(a)->html},                                                                              \
        {"figures", 0, CLI_INT, "N", "figures on the page (default: 6)", &(a)->figures},           \
    {                                                                                              \
        "top", 'k', CLI_INT, "N", "rows per table of text (default: " rows "; 0: all)", &(a)->top  \
    }
#define ANALYSE_COUNTS_OPTION(a)                                                                   \
    {                                                                                              \
        "counts", 0, CLI_TEXT, "FILE",                                                             \
            "captions to count word frequencies in (default: the folder's train_caps.txt, or the " \
            "split's captions if it has none)",                                                    \
            &(a)->counts                                                                           \
    }
#define ANALYSE_BOOTSTRAP_OPTIONS(a)                                                               \
    {"resamples", 0, CLI_INT, "N", "bootstrap resamples (default: 2000)", &(a)->resamples},        \
    {                                                                                              \
        "seed", 0, CLI_INT, "N", "bootstrap seed (default: 1)", &(a)->seed                         \
    }

/* A kind: how it is used, and its steps. Each gets the kind's state. */
struct analyse_kind {
    struct cli_usage usage; /* without options */
    /* Checks and completes the options. Errors: wrong usage. NULL if there is nothing to check. */
    int (*check)(struct analysis *a, struct error *err);
    /* Fills the report; with --open it may open the explorer instead. */
    int (*run)(struct analysis *a, struct error *err);
    /* Figure number k < figure_count. */
    struct analyse_figure (*figure)(const struct analysis *a, size_t k);
    void (*done)(struct analysis *a); /* frees what is the kind's own */
};

/* Runs a kind with its table of options; prints the report as text, JSON or CSV and writes the
 * page. Frees everything in `a`. Returns the exit status. */
int analyse_main(const struct analyse_kind *kind, const struct cli_option *options,
                 struct analysis *a, int argc, char **argv);

/* The index of the row that --row N asks for, of `count` listed. Errors: there is no such row. */
int analyse_row(const struct analysis *a, size_t count, size_t *index_out,
                struct error *err) MUST_USE;

/* Opens the explorer on `count` models (numbers among the common options' models), one or two side
 * by side, with a caption of the split as query, or, if that is SIZE_MAX, an image. Errors: a model
 * that cannot be opened. */
int analyse_explore(const struct analysis *a, const size_t *models, size_t count, size_t caption,
                    size_t image, struct error *err) MUST_USE;

/* ---- a model or an ensemble, with the split (analyse_open.c) ---- */

struct analyse_model {
    char *label; /* its name, or its members', "a + b" */
    size_t count;
    struct session **sessions; /* count; NULL for a member that is a matrix */
    struct sims_file **files;  /* count; NULL for a member that is a checkpoint */
    struct score_source *members;
    struct score_mean mean;
    struct score_source source;    /* of the only member, or of the mean */
    const struct session *session; /* the first; NULL if all members are matrices */
};

/* Opens models first .. first+count-1 of the common options: checkpoints, or matrices of
 * scores. The first call opens the split, too, which lives as long as that model. Errors: files
 * that cannot be opened, models of different splits, a split without captions. Call
 * analyse_model_done after an error, too. */
int analyse_open_model(struct analysis *a, size_t first, size_t count, struct analyse_model *out,
                       struct error *err) MUST_USE;
void analyse_model_done(struct analyse_model *model);

/* Reads the split's words, after the first model was opened, and their frequencies: from --counts,
 * else from the folder's train_caps.txt if it exists. Errors: of the files; no captions. */
int analyse_read_words(struct analysis *a, struct error *err) MUST_USE;

/* Sweeps over all scores with a progress line, keeping the best `k` answers of each query. Prints a
 * note on stderr if any score is not finite. Errors: those of sweep_run. */
int analyse_sweep(const struct analysis *a, const struct analyse_model *model, size_t k,
                  struct sweep *out, struct error *err) MUST_USE;

/* ---- what several reports have (analyse_cells.c) ---- */

/* The text of caption c, or its words if the split has no texts; the caller's to free. */
char *analyse_caption(const struct analysis *a, size_t c);

/* Adds a cell: the text of a caption, the id of an image; empty for SIZE_MAX. */
void analyse_cell_caption(struct analysis *a, size_t caption);
void analyse_cell_image(struct analysis *a, size_t image);

/* Adds a cell for each number: ANALYSE_CELLS(report, a, b, c). */
void analyse_cells(struct report *report, const double *numbers, size_t n);
#define ANALYSE_CELLS(report, ...)                                                                 \
    analyse_cells(report, (const double[]){__VA_ARGS__},                                           \
                  sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* "i2t" for a query that is an image, else "t2i". */
const char *analyse_direction(bool image);

/* Adds the title, the model's label and the split's name. */
void analyse_report_model(struct analysis *a, const char *title, const struct analyse_model *model);

/* Adds the recalls of both directions, "i2t.r1" and so on, and a line of text for each. */
void analyse_report_recalls(struct report *report, const struct sweep *sweep);

#endif
