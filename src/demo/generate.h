/* generate.h: drawn scenes as a folder of the family's files.
 *
 * DIR/images/SPLIT_NNNN.png and, for each split (train, dev, test): SPLIT_ims.npy (float16, I x
 * REGIONS x FEATURES), SPLIT_caps.txt, SPLIT_ids.txt, SPLIT_boxes.npy (float32, I x REGIONS x 4),
 * SPLIT_img_sizes.npy (int32, I x 2) and SPLIT_truth.json; feature_scale.npy (float32, 2 x
 * FEATURES: mean and deviation) by which the features were standardised. Regions and features come
 * from the pixels; the truth file, which nothing but tests and analyses reads, is
 * scanscope-formats(5)'s. The same plan gives the same bytes, and a split's scenes do not depend on
 * how many of them or of other splits are made. */
#ifndef DEMO_GENERATE_H
#define DEMO_GENERATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"

enum demo_split { DEMO_TRAIN, DEMO_DEV, DEMO_TEST, DEMO_SPLITS };

struct demo_plan {
    const char *folder;
    size_t count[DEMO_SPLITS]; /* scenes; 0: the split is not written */
    uint64_t seed;
};

/* Standardises by the train split; without one by the folder's feature_scale.npy, else by the first
 * split made. */
int demo_generate(const struct demo_plan *plan, const struct progress *progress,
                  struct error *err) MUST_USE;

#endif
