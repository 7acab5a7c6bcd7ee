/* analyse.h: the kinds of `scanscope analyse`: a table row, a file and a section of the manual
 * each; and what they share. */
#ifndef CLI_ANALYSE_H
#define CLI_ANALYSE_H

#include "analyse/lexicon.h"
#include "analyse/scores.h"
#include "analyse/sweep.h"
#include "cli/cli.h"
#include "cli/report/report.h"
#include "figure/figure.h"

/* argv[0] is the kind's name. Returns the exit status. Its usage calls itself "analyse NAME", and
 * `--help=man` prints its section of the page. */
struct analyse_kind {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

/* ---- the kinds ----------------------------------------------------------------------------------
 */

int analyse_alignment(int argc, char **argv);
int analyse_compare(int argc, char **argv);
int analyse_failures(int argc, char **argv);
int analyse_words(int argc, char **argv);

/* ---- a model, or an ensemble, with the split (analyse_open.c) ----------------------------------
 */

struct analyse_model {
    char *label; /* its files, "a.pth.tar + b.npy" */
    size_t count;
    struct session **sessions; /* count; NULL where the member is a matrix */
    struct score_file **files; /* count; NULL where it is a checkpoint */
    struct score_source *members;
    struct score_mean mean;
    struct score_source source;    /* of the member, or of their mean */
    const struct session *session; /* the first; NULL where all are matrices */
};

/* The split, and its words. */
struct analyse_split {
    const struct dataset *data;
    struct dataset *own; /* where no session has it */
    const struct vocab *vocab;
    struct vocab *own_vocab;
    enum token_compat compat;
    struct lexicon lexicon;
};

/* Models first .. first+count-1 of the common options: checkpoints, or .npy matrices of scores. The
 * first one opens the split (zeroed before); what belongs to it lives as long as the first model.
 * Errors: of opening, models of different splits, a split without captions. To be closed also after
 * an error. */
int analyse_open_model(const struct cli_common *common, size_t first, size_t count,
                       struct analyse_split *split, struct analyse_model *out,
                       struct error *err) MUST_USE;
/* By its name: a .npy file of similarities. */
bool analyse_is_matrix(const char *path);
void analyse_model_done(struct analyse_model *model);

/* Reads the words. Call it after the first model was opened with the split. `counts`: captions
 * whose words are counted as what was learned; NULL: train_caps.txt of the folder, if it is there.
 */
int analyse_read_words(struct analyse_split *split, const char *counts, struct error *err) MUST_USE;
void analyse_split_done(struct analyse_split *split);

/* The pass over all scores, with a progress line. Says on stderr if any are not finite. */
int analyse_sweep(const struct cli_common *common, const struct analyse_model *model, size_t k,
                  struct sweep *out, struct error *err) MUST_USE;

/* Caption c as people know it, the caller's to free: its text, or its words. */
char *analyse_caption(const struct analyse_split *split, size_t c);

/* Two tables of recalls, "i2t" and "t2i", and the line for people. */
void analyse_report_recalls(struct report *report, const char *prefix, const struct sweep *sweep);

/* ---- how it comes out (analyse_out.c) ----------------------------------------------------------
 */

/* The options that all kinds have. */
struct analyse_out {
    bool json, open;
    const char *html;
    int top;     /* rows for people */
    int figures; /* on the page */
};

#define ANALYSE_OUT_OPTIONS(o, rows)                                                               \
    {"json", 0, CLI_SWITCH, NULL, "print JSON", &(o)->json},                                       \
        {"html",    0, CLI_TEXT, "FILE", "write a page with the results and their figures too",    \
         &(o)->html},                                                                              \
        {"figures", 0, CLI_INT, "N", "figures on the page (default: 6)", &(o)->figures},           \
    {                                                                                              \
        "top", 'k', CLI_INT, "N", "rows of a table for people (default: " rows "; 0: all)",        \
            &(o)->top                                                                              \
    }

/* What to draw for the page, of the split's caption (SIZE_MAX: none) and image (SIZE_MAX: none, or
 * the caption's own), as the figure command does. */
struct analyse_figure {
    enum figure_kind kind; /* words, captions, compare, or failures of the one caption */
    size_t caption, image;
    char *title; /* the caller's */
};

/* Draws the figures into the report: PNG files of a temporary folder that analyse_pictures_done
 * removes. A figure that cannot be drawn, as without a session or photographs, becomes a line that
 * says why. Errors: no folder can be made. */
struct analyse_pictures {
    char *folder;
    size_t count;
};
int analyse_draw(const struct session *const *sessions, size_t session_count,
                 const struct analyse_figure *figures, size_t count,
                 struct analyse_pictures *pictures, struct report *report,
                 struct error *err) MUST_USE;
void analyse_pictures_done(struct analyse_pictures *pictures);

/* Opens the explorer on one model, or two side by side, with a caption (or, SIZE_MAX, an image) of
 * the split asked for. */
int analyse_explore(const struct cli_common *common, const size_t *models, size_t count,
                    size_t caption, size_t image, struct error *err) MUST_USE;

#endif
