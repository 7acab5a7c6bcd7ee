/* align.h: how well the attention of one word matches the boxes of what it means. */
#ifndef ANALYSE_ALIGN_ALIGN_H
#define ANALYSE_ALIGN_ALIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The measures, all 0..1. A region matches if its IoU with one of the boxes, or with the box around
 * all of them, is at least 0.5. The strongest region is that of the largest weight; among equals,
 * of the lowest index. */
enum align_measure {
    ALIGN_POINTING,  /* the middle of the strongest region is in a box (Zhang et al., IJCV 2018) */
    ALIGN_MASS,      /* sum over regions of weight times the share of the region inside the boxes */
    ALIGN_RECALL_1,  /* the strongest region matches */
    ALIGN_RECALL_5,  /* one of the five strongest matches */
    ALIGN_RECALL_10, /* one of the ten strongest matches */
    ALIGN_AP, /* average precision of the regions by weight: the mean, over matching regions, of
                 the precision at their rank */
    ALIGN_PRECISION, /* the share of attended regions that match (Chen et al., WACV 2023) */
    ALIGN_RECALL,    /* the share of matching regions that are attended */
    ALIGN_F1,        /* 2 P R / (P + R) of the two */
    ALIGN_MEASURES
};

/* Keys ("pointing") for files and options, and names ("pointing game") for text. */
extern const char *const align_keys[ALIGN_MEASURES];
extern const char *const align_names[ALIGN_MEASURES];

/* The measure with that key; -1 if there is none. */
int align_find(const char *key);

/* The regions of an image compared with a phrase's boxes. Owns its arrays. */
struct align_target {
    size_t regions, matches;
    bool *middle;  /* regions: the middle is in a box */
    bool *match;   /* regions; `matches` of them */
    float *inside; /* regions: the share inside the boxes, 0..1 */
};

/* Scratch memory of align_target_set and align_measure, for `regions` regions. */
struct align_scratch {
    size_t regions, boxes;
    size_t *order;
    float *parts; /* 6 per box */
};

/* Makes room for `regions` regions; free with align_target_done. Errors: no memory. */
int align_target_init(struct align_target *target, size_t regions, struct error *err) MUST_USE;
void align_target_done(struct align_target *target);

/* Makes room for `regions` regions; free with align_scratch_done. */
void align_scratch_init(struct align_scratch *scratch, size_t regions);
void align_scratch_done(struct align_scratch *scratch);

/* Compares regions (R x 4) with n > 0 boxes (n x 4), both x1 y1 x2 y2 in pixels of one picture. */
void align_target_set(struct align_target *target, struct align_scratch *scratch,
                      const float *regions, const float (*boxes)[4], size_t n);

/* Computes all measures of one word's attention. weights: R, not negative; they are divided by
 * their sum first (attention of i-t models sums to one over words). All zero counts as uniform. A
 * region is attended if its weight is at least `attended` times the uniform one, 1 / R. If no
 * region is attended, precision is 0; if none matches, so is every measure of matches. */
void align_measure(const struct align_target *target, struct align_scratch *scratch,
                   const float *weights, double attended, double out[ALIGN_MEASURES]);

/* Computes the best that any weights over these regions can reach. */
void align_bound(const struct align_target *target, double out[ALIGN_MEASURES]);

/* Computes what uniform weights reach, averaged over all orders of the regions. */
void align_uniform(const struct align_target *target, double attended, double out[ALIGN_MEASURES]);

#endif
