/* positive_recalls.h: recalls by an annotation of more right answers (ECCV Caption, CxC). */
#ifndef ANALYSE_POSITIVE_RECALLS_H
#define ANALYSE_POSITIVE_RECALLS_H

#include "analyse/sweep.h"
#include "io/annotation/positives.h"

/* Recalls over the queries that the annotation has right answers for. */
struct positive_recalls {
    /* per cent of queries with a right answer among the first 1, 5, 10: by the annotation, and by
     * the split alone */
    double annotated[3], original[3];
    double per_query; /* right answers per query, mean */
};

/* `queries`: positives->queries of a sweep; `top`: queries x k of the same, best first, with k at
 * least 10 or all answers there are. */
void positive_recalls(const struct positives *positives, const struct sweep_query *queries,
                      const struct ranked *top, size_t k, struct positive_recalls *out);

#endif
