/* generate.h: draws scenes and writes them as a data folder.
 *
 * DIR/images/SPLIT_NNNN.png and, for each split (train, dev, test): SPLIT_ims.npy (float16, I x
 * REGIONS x FEATURES), SPLIT_caps.txt, SPLIT_ids.txt, SPLIT_boxes.npy (float32, I x REGIONS x 4),
 * SPLIT_img_sizes.npy (int32, I x 2) and SPLIT_truth.json; feature_scale.npy (float32, 2 x
 * FEATURES: mean and deviation) by which the features were standardised. Regions and features come
 * from the pixels; the truth file (scanscope-formats(5)) is read by tests and analyses only. The
 * same plan gives the same bytes, and a scene does not depend on how many others are drawn. */
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

/* Draws the plan's scenes into its folder, on all threads. Features are standardised by the train
 * split; without one by the folder's feature_scale.npy, else by the first split drawn. Errors: a
 * folder or file that cannot be written, a feature_scale.npy of another shape, not enough memory,
 * "interrupted" if `progress` says stop. */
int demo_generate(const struct demo_plan *plan, const struct progress *progress,
                  struct error *err) MUST_USE;

#endif
