/* region_convert_private.h: a conversion under way. */
#ifndef IO_DATASET_REGION_CONVERT_PRIVATE_H
#define IO_DATASET_REGION_CONVERT_PRIVATE_H

#include <stdint.h>

#include "base/progress.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/feature_source.h"
#include "io/dataset/idmap.h"
#include "io/dataset/region_convert.h"
#include "io/dataset/region_sizes.h"
#include "io/dataset/region_store.h"

struct region_conversion {
    const struct region_convert_spec *spec;
    struct region_convert_result *result;
    struct region_sizes *sizes;
    struct str_list names;        /* of --class-names */
    struct feature_source source; /* the extractor of all inputs so far, if they say it */
    bool mixed;                   /* they do not all say the same */
    struct region_store *store;
    struct idmap wanted;  /* ids to rows, if they are given */
    struct idmap came;    /* ids to items of the store */
    size_t good;          /* items that are good */
    size_t first;         /* the first of these */
    size_t resumed_input; /* those before have been read to their ends */
    bool complete;        /* all wanted ids have come */
    bool keep;            /* an error is no reason to drop what there is */
    bool refused;         /* every image of an input is bad: the error says so */
    bool boxless;         /* boxes were left out, as they are fractions of an unknown size */
    bool unknown;         /* there are bad rows whose ids are not known */
};

/* A text that is the same only for the same work: inputs in their present state and options.
 * The caller's to free. */
char *region_about(const struct region_convert_spec *spec) MUST_USE;

/* Writes the split from what is in the store. Errors: those of region_convert. */
int region_finish(struct region_conversion *c, struct error *err) MUST_USE;

#endif
