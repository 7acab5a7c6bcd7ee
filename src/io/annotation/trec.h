/* trec.h: judgements (qrels) and rankings (runs) as the Text REtrieval Conference writes them and
 * trec_eval reads them. */
#ifndef IO_ANNOTATION_TREC_H
#define IO_ANNOTATION_TREC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* A judgement: how relevant `item` is to `query`. Above 0 is relevant; for nDCG it is the gain. */
struct trec_judgement {
    const char *query, *item; /* inside the qrels' text */
    int32_t grade;
    size_t line; /* from 1 */
};

/* All of a file, in its order. */
struct trec_qrels {
    struct trec_judgement *items; /* owned */
    size_t count;
    char *text; /* owned */
};

/* Reads lines of four columns separated by blanks: query, iteration (ignored), item, grade. Blank
 * lines are skipped. Errors: missing, empty, not text; by line number: more or fewer columns, a
 * grade that is not an integer. */
int trec_qrels_load(const char *path, struct trec_qrels *out, struct error *err) MUST_USE;

/* Frees it all. */
void trec_qrels_done(struct trec_qrels *qrels);

/* Checks whether a name fits a column. Errors: empty, or has a blank or control character. */
int trec_check_name(const char *name, struct error *err) MUST_USE;

/* Writes one query's ranking: `n` lines "QUERY Q0 ITEM RANK SCORE TAG", best first, RANK from 1.
 * order[k] is the item at place k; names[] and scores[] are indexed by item. trec_eval orders by
 * score alone, as float32, and equal scores by name: a score not below the one before it is written
 * as the next float32 below, so that its order is ours. Errors of writing stay in the stream. */
void trec_run_write(FILE *stream, const char *query, char *const *names, const float *scores,
                    const size_t *order, size_t n, const char *tag);

#endif
