/* model_private.h: the insides of struct model, for the trainer. */
#ifndef MODEL_MODEL_PRIVATE_H
#define MODEL_MODEL_PRIVATE_H

#include "model/model.h"
#include "model/params.h"

struct model {
    struct model_options options;
    struct params params;
    float *fc; /* D x F, the weight in effect: params.fc_weight, or g v/|v| in a block of its own */
    float *fc_owned; /* that block, NULL for basic */
};

/* After a change of the parameters: brings what is derived from them up to date. */
void model_refresh(struct model *model);

#endif
