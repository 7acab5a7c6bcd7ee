#include "ui/work/source.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/hash.h"
#include "base/mem.h"

static const char *const names[SOURCE_GIVEN] = {
    [SOURCE_MODEL] = "model",        [SOURCE_VOCAB] = "vocab",
    [SOURCE_DATA] = "data",          [SOURCE_SPLIT] = "split",
    [SOURCE_FEATURES] = "features",  [SOURCE_CAPTIONS] = "captions",
    [SOURCE_TOKENS] = "token_ids",   [SOURCE_PHOTOS] = "images",
    [SOURCE_MAPPING] = "id_mapping", [SOURCE_INDEX] = "index_folder",
    [SOURCE_MATRIX] = "matrix",
};

/* What makes a session another one. */
static const enum source_field told_by[] = {SOURCE_MODEL, SOURCE_DATA, SOURCE_SPLIT,
                                            SOURCE_FEATURES};
enum { TOLD_BY = COUNTOF(told_by) };

const char *source_name(enum source_field field)
{
    if (field < SOURCE_GIVEN)
        return names[field];
    return field == SOURCE_ASSUME ? "assume_defaults"
                                  : model_given_name((size_t)field - SOURCE_GIVEN);
}

bool source_is_path(enum source_field field)
{
    return field != SOURCE_SPLIT && field != SOURCE_MATRIX && field < SOURCE_GIVEN;
}

void source_set(struct source *source, enum source_field field, const char *text)
{
    char *copy = text && *text ? mem_strdup(text) : NULL; /* it may be the one that is replaced */
    free(source->of[field]);
    source->of[field] = copy;
}

void source_copy(struct source *to, const struct source *from)
{
    for (int field = 0; field < SOURCE_FIELDS; field++)
        source_set(to, (enum source_field)field, from->of[field]);
    to->py3bytes = from->py3bytes;
    to->no_index = from->no_index;
    to->given_shared = from->given_shared;
}

int source_given(const struct source *source, struct model_given *out, struct error *err)
{
    *out = (struct model_given){.assume_defaults = source->of[SOURCE_ASSUME] != NULL,
                                .shared = source->given_shared};
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        if (source->of[SOURCE_GIVEN + i] &&
            model_given_set(out, i, source->of[SOURCE_GIVEN + i], err) != 0)
            return -1;
    return 0;
}

void source_set_given(struct source *source, const struct model_given *given)
{
    for (size_t i = 0; i < MODEL_GIVEN; i++)
        source_set(source, (enum source_field)(SOURCE_GIVEN + i), given->value[i]);
    source_set(source, SOURCE_ASSUME, given->assume_defaults ? "true" : NULL);
    source->given_shared = given->shared;
}

void source_take_given(struct source *to, const struct source *from)
{
    for (int field = SOURCE_GIVEN; field < SOURCE_FIELDS; field++)
        if (to->of[field])
            return;
    for (int field = SOURCE_GIVEN; field < SOURCE_FIELDS; field++)
        source_set(to, (enum source_field)field, from->of[field]);
    to->given_shared = from->given_shared;
}

void source_done(struct source *source)
{
    for (int field = 0; field < SOURCE_FIELDS; field++)
        free(source->of[field]);
    *source = (struct source){0};
}

static const char *text_of(const struct source *source, enum source_field field)
{
    return source->of[field] ? source->of[field] : "";
}

bool source_same(const struct source *a, const struct source *b)
{
    for (size_t i = 0; i < TOLD_BY; i++)
        if (strcmp(text_of(a, told_by[i]), text_of(b, told_by[i])) != 0)
            return false;
    return true;
}

void source_hash(const struct source *sources, size_t count, char out[17])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < TOLD_BY; f++) {
            const char *text = text_of(&sources[i], told_by[f]);
            hash = hash_bytes(text, strlen(text) + 1, hash);
        }
    snprintf(out, 17, "%016" PRIx64, hash);
}
