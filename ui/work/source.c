#include "ui/work/source.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/hash.h"
#include "base/mem.h"

const char *const source_names[SOURCE_FIELDS] = {
    [SOURCE_MODEL] = "model",        [SOURCE_VOCAB] = "vocab",
    [SOURCE_DATA] = "data",          [SOURCE_SPLIT] = "split",
    [SOURCE_FEATURES] = "features",  [SOURCE_CAPTIONS] = "captions",
    [SOURCE_TOKENS] = "token_ids",   [SOURCE_PHOTOS] = "images",
    [SOURCE_MAPPING] = "id_mapping", [SOURCE_INDEX] = "index_folder",
};

/* What makes a session another one. */
static const enum source_field told_by[] = {SOURCE_MODEL, SOURCE_DATA, SOURCE_SPLIT,
                                            SOURCE_FEATURES};
enum { TOLD_BY = COUNTOF(told_by) };

bool source_is_path(enum source_field field)
{
    return field != SOURCE_SPLIT;
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
