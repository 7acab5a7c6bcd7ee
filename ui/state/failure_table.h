/* failure_table.h: the columns of the table of failures, which has a row per caption: what is
 * shown, sorted and filtered by. */
#ifndef UI_STATE_FAILURE_TABLE_H
#define UI_STATE_FAILURE_TABLE_H

#include "ui/state/state.h"

enum failure_column {
    FAILURE_RANK,    /* of the true image, 1 = best */
    FAILURE_SCORE,   /* of the true image */
    FAILURE_MARGIN,  /* that less the best wrong image's */
    FAILURE_LENGTH,  /* words */
    FAILURE_UNKNOWN, /* words that the vocabulary lacks */
    FAILURE_COLUMNS
};

extern const char *const failure_names[FAILURE_COLUMNS]; /* as in a filter */

/* How each sort orders the rows. */
struct failure_order {
    enum failure_column column; /* FAILURE_COLUMNS: none of the numbers */
    int direction;              /* 1: the smallest first */
};
extern const struct failure_order failure_orders[SORTS];

/* The number in a column for a caption that has been ranked. */
double failure_value(const struct ui *ui, size_t caption, enum failure_column column);

/* A filter: words are looked for as one text, "margin<-0.1" and the like (=, <, <=, >, >=) are
 * conditions; all must hold. */
struct failure_filter {
    struct failure_condition {
        enum failure_column column;
        bool less, more, equal; /* what the value may be to the number */
        double number;
    } conditions[8];
    size_t count;
    char *text; /* owned; NULL: any */
};

void failure_filter_parse(const char *text, struct failure_filter *out);
void failure_filter_done(struct failure_filter *filter);
bool failure_filter_takes(const struct ui *ui, const struct failure_filter *filter, size_t caption);

#endif
