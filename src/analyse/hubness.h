/* hubness.h: hubs, answers that turn up for very many queries (Radovanovic et al., JMLR 2010). */
#ifndef ANALYSE_HUBNESS_H
#define ANALYSE_HUBNESS_H

#include <stddef.h>

#include "retrieve/session/session.h"

/* The k-occurrence of an item is the number of queries that have it among their best k. */
struct hubness {
    size_t items, k;
    size_t *counts;  /* items */
    size_t *order;   /* items by count, the largest hub first */
    double skewness; /* of the counts; NaN if all are equal */
    double never;    /* share of items that no query has */
    double expected; /* queries * k / items: the count of each if all were equal */
};

/* Counts the items (images or captions) among the first k answers of each query; top: queries x
 * kept, k <= kept. Free with hubness_done. */
void hubness_measure(const struct ranked *top, size_t queries, size_t kept, size_t k, size_t items,
                     struct hubness *out);
void hubness_done(struct hubness *hubness);

#endif
