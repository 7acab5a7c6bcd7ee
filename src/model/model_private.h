/* model_private.h: the insides of struct model, for the trainer. */
#ifndef MODEL_MODEL_PRIVATE_H
#define MODEL_MODEL_PRIVATE_H

#include "model/kind.h"
#include "model/model.h"
#include "model/params.h"

struct model {
    struct model_options options;
    struct params params;
    float *fc;       /* D x F, the effective weight: params.fc_weight, or g v/|v| in fc_owned */
    float *fc_owned; /* NULL for `basic` */
    struct kind_model kind; /* options.kind NULL for SCAN */
    struct notes notes;
    char *features; /* the name of the features it was trained on; NULL: not known */
};

/* Replaces the options by others of a model of the same parameters. */
void model_set_options(struct model *model, const struct model_options *options);

/* Updates what is derived from the parameters; to be called after they change. */
void model_refresh(struct model *model);

#endif
