/* judgements.h: relevant items that a TREC qrels file gives for a split. */
#ifndef EVALUATE_JUDGEMENTS_H
#define EVALUATE_JUDGEMENTS_H

#include "evaluate/metrics.h"
#include "evaluate/split_names.h"

struct judgements {
    struct relevance relevance[2]; /* [0] of captions (text to image), [1] of images; owned */
    size_t lines, outside;         /* of the file; and those that name items outside the split */
    size_t queries[2]; /* of the file, also those without a relevant item and those outside the
                          split: what trec_eval -c divides by */
};

/* Reads a qrels file. The caller calls judgements_done. Each line counts for its own direction: its
 * query is a caption and its item an image, or the other way round, by the names of split_index.
 * Grades of 0 and below are not relevant. The direction of a line about
 * nothing in the split is that of the others if they have one, else by its query: IMAGE#N is a
 * caption. Errors: the file cannot be read, no line fits, a line
 * that fits both ways, ids that are not distinct. */
int judgements_load(const char *path, const struct split_names *names, struct judgements *out,
                    struct error *err) MUST_USE;

/* Frees what it holds, and zeroes it. */
void judgements_done(struct judgements *judgements);

#endif
