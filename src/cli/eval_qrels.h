/* eval_qrels.h: judgements of a TREC file for the split that eval has open. */
#ifndef CLI_EVAL_QRELS_H
#define CLI_EVAL_QRELS_H

#include "cli/eval.h"

/* The relevant items that --qrels gives: out[0] of captions (text to image), out[1] of images. Each
 * line counts for its own direction: its query is a caption and its item an image, or the other way
 * round. Images match by idmap_key (idmap.h), captions as IMAGE#N or by --caption-ids; grades of 0
 * and below are not relevant; lines about items outside the split are counted in a note. Errors: no
 * line fits, a line that fits both ways, ids that are not distinct. */
int eval_read_qrels(const struct eval *e, struct relevance out[2], struct error *err) MUST_USE;

/* Whether the ids can stand in one TREC run of both directions. */
int eval_check_names(const struct eval *e, struct error *err) MUST_USE;

#endif
