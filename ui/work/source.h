/* source.h: what is opened: the files of one model on one split, by their names. Two models have a
 * source each, which differ in model and vocabulary. */
#ifndef UI_WORK_SOURCE_H
#define UI_WORK_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/options_given.h"

enum source_field {
    SOURCE_MODEL,
    SOURCE_VOCAB,
    SOURCE_DATA,
    SOURCE_SPLIT,
    SOURCE_FEATURES,
    SOURCE_CAPTIONS,
    SOURCE_TOKENS,
    SOURCE_PHOTOS,
    SOURCE_MAPPING,
    SOURCE_MATRIX, /* what is said of a matrix in place of the model */
    SOURCE_INDEX,  /* the folder of embeddings kept from another time */
    SOURCE_GIVEN,  /* and on: what the user says of the model, by model_given_name */
    SOURCE_ASSUME = SOURCE_GIVEN + MODEL_GIVEN, /* "true": the defaults for what nobody says */
    SOURCE_FIELDS,
};

/* Owns its strings; NULL: not given. Zero-initialise to start. */
struct source {
    char *of[SOURCE_FIELDS];
    bool py3bytes; /* the captions' tokens are those of Python 3's bytes */
    bool no_index;
    bool given_shared; /* struct model_given's `shared` */
};

/* A field's name in files of sessions; whether it is a path. */
const char *source_name(enum source_field field);
bool source_is_path(enum source_field field);

/* NULL and "" both take the field away. */
void source_set(struct source *source, enum source_field field, const char *text);
void source_copy(struct source *to, const struct source *from); /* `to` need not be empty */
void source_done(struct source *source);

/* What is said of the model. Errors: a value out of range. */
int source_given(const struct source *source, struct model_given *out, struct error *err) MUST_USE;

/* Puts what is said of a model into the source; takes over what another source says of its model,
 * unless this one says something itself. */
void source_set_given(struct source *source, const struct model_given *given);
void source_take_given(struct source *to, const struct source *from);

/* The same model on the same data. */
bool source_same(const struct source *a, const struct source *b);

/* A name of 16 characters for a session on these sources. */
void source_hash(const struct source *sources, size_t count, char out[17]);

#endif
