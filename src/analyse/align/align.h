/* align.h: how well the attention of one word falls on the boxes of what it means. */
#ifndef ANALYSE_ALIGN_ALIGN_H
#define ANALYSE_ALIGN_ALIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The measures, all 0..1. A region matches where its IoU with one of the boxes, or with the box
 * around all of them, is at least 0.5. The strongest region has the largest weight; ties: the lower
 * index. */
enum align_measure {
    ALIGN_POINTING, /* the middle of the strongest region lies in a box (Zhang et al., IJCV 2018) */
    ALIGN_MASS,     /* sum of weights, each times the share of its region inside the boxes */
    ALIGN_RECALL_1, /* the strongest region matches */
    ALIGN_RECALL_5, /* one of the five strongest does */
    ALIGN_RECALL_10, /* one of the ten strongest */
    ALIGN_AP, /* average precision of the regions by weight: the mean, over matching regions, of
                 the precision at their place */
    ALIGN_PRECISION, /* of the attended regions, the share that matches (Chen et al., WACV 2023) */
    ALIGN_RECALL,    /* of the matching regions, the share that is attended */
    ALIGN_F1,        /* 2 P R / (P + R) of the two */
    ALIGN_MEASURES
};

/* Short names ("pointing") for files and options, and long ones ("pointing game") for people. */
extern const char *const align_keys[ALIGN_MEASURES];
extern const char *const align_names[ALIGN_MEASURES];

/* The index of a key, -1 where there is none. */
int align_find(const char *key);

/* The regions of an image against one phrase's boxes. */
struct align_target {
    size_t regions, matches;
    bool *middle; /* regions: the middle lies in a box */
    bool *match;
    float *inside; /* regions: the share inside the boxes */
};

/* Room for targets of `regions` regions, and what align_target_set and align_measure need. */
struct align_scratch {
    size_t regions, boxes;
    size_t *order;
    float *parts; /* 6 a box */
};

int align_target_init(struct align_target *target, size_t regions, struct error *err) MUST_USE;
void align_target_done(struct align_target *target);
void align_scratch_init(struct align_scratch *scratch, size_t regions);
void align_scratch_done(struct align_scratch *scratch);

/* regions: R x 4, boxes: n x 4, n > 0, both in pixels of the same picture. */
void align_target_set(struct align_target *target, struct align_scratch *scratch,
                      const float *regions, const float (*boxes)[4], size_t n);

/* weights: R, not negative; they are divided by their sum first (attention of i-t models is one
 * over words). All zero counts as uniform. A region is attended where its weight is at least
 * `attended` times the uniform one, 1 / R. Precision of no attended region is 0, and so is all that
 * concerns matches where no region matches. */
void align_measure(const struct align_target *target, struct align_scratch *scratch,
                   const float *weights, double attended, double out[ALIGN_MEASURES]);

/* The best that any weights over these regions can reach. */
void align_bound(const struct align_target *target, double out[ALIGN_MEASURES]);

/* What uniform weights reach, on the average over all orders of the regions. */
void align_uniform(const struct align_target *target, double attended, double out[ALIGN_MEASURES]);

#endif
