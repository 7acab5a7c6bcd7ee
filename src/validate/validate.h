/* validate.h: validate/ finds what is wrong with a data folder, file by file, so that no finding
 * hides another; and mends what is safe to mend. Here: one run over a folder, and its report. */
#ifndef VALIDATE_VALIDATE_H
#define VALIDATE_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/str.h"

enum validate_severity { VALIDATE_REMARK, VALIDATE_WARNING, VALIDATE_ERROR, VALIDATE_SEVERITIES };

/* A kind of finding. Its name is stable: programs may rely on it. */
struct validate_code {
    const char *name; /* "features-nan" */
    enum validate_severity severity;
    const char *meaning; /* a sentence */
    const char *advice;  /* what to do; a sentence */
};

/* All kinds, in the order of the manual; a name of NULL ends them. */
extern const struct validate_code validate_codes[];

/* "remark", "warning", "error" */
extern const char *const validate_severity_names[VALIDATE_SEVERITIES];

/* What was found; all texts are safe to show, and owned. */
struct validate_finding {
    const struct validate_code *code; /* static */
    char *split;                      /* NULL: of the whole folder */
    char *file;                       /* its name; NULL: none in particular */
    char *text;                       /* what is wrong, a sentence without its end */
    size_t count;                     /* how often */
    struct str_list places;           /* the first of them: "image 3 (id 17), region 2" */
};

/* A file that was mended, would be mended, or could not be. */
struct validate_fix {
    char *file, *text; /* its name; what was done to it, or why nothing was; owned, safe to show */
    bool done, failed; /* neither: a dry run */
};

/* A split; zeros if its features do not open. */
struct validate_split {
    char *name; /* owned, safe to show */
    size_t images, regions, size, captions;
    double unknown; /* share of unknown words; negative: not counted */
};

struct validate_report {
    struct validate_finding *items; /* by split, the folder's last */
    size_t count, cap;
    struct validate_split *splits;
    size_t split_count, split_cap;
    struct validate_fix *fixes;
    size_t fix_count, fix_cap;
    size_t counts[VALIDATE_SEVERITIES]; /* findings */
    bool interrupted;                   /* by `progress`: not everything was looked at */
};

/* What to look at; all borrowed. */
struct validate_spec {
    const char *folder;
    const char *const *splits; /* which; count 0: all */
    size_t split_count;
    const char *vocab;  /* NULL: the folder's own */
    const char *photos; /* folder of photographs; NULL: found as dataset_open finds it */
    bool fix;           /* mend what is safe first, then look */
    bool dry_run;       /* only say what --fix would mend */
    const struct progress *progress;
};

/* Looks at a folder. Never more than a few rows of the features are in memory. *out is to be freed
 * with validate_done, also after an error. Errors: not a folder; no memory. */
int validate_run(const struct validate_spec *spec, struct validate_report *out,
                 struct error *err) MUST_USE;

/* Frees what it holds, and zeroes it. */
void validate_done(struct validate_report *report);

#endif
