/* source.h: what is opened: the files of one model on one split, by their names. Two models have a
 * source each, which differ in model and vocabulary. */
#ifndef UI_WORK_SOURCE_H
#define UI_WORK_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

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
    SOURCE_INDEX, /* the folder of embeddings kept from another time */
    SOURCE_FIELDS,
};

/* Owns its strings; NULL: not given. Zero-initialise to start. */
struct source {
    char *of[SOURCE_FIELDS];
    bool py3bytes; /* the captions' tokens are those of Python 3's bytes */
    bool no_index;
};

/* Names of the fields in files of sessions; whether a field is a path. */
extern const char *const source_names[SOURCE_FIELDS];
bool source_is_path(enum source_field field);

/* NULL and "" both take the field away. */
void source_set(struct source *source, enum source_field field, const char *text);
void source_copy(struct source *to, const struct source *from); /* `to` need not be empty */
void source_done(struct source *source);

/* The same model on the same data. */
bool source_same(const struct source *a, const struct source *b);

/* A name of 16 characters for a session on these sources. */
void source_hash(const struct source *sources, size_t count, char out[17]);

#endif
