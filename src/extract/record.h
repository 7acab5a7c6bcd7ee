/* record.h: what an extractor says: who it is (hello), and one record per photograph. The lines are
 * described in scanscope-extract(1). */
#ifndef EXTRACT_RECORD_H
#define EXTRACT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { RECORD_PROTOCOL = 1, RECORD_LINE_MAX = 256 << 20 };

/* An extractor. All owned; free with record_hello_done. */
struct record_hello {
    char *name, *version, *weights; /* weights: their hash, NULL if there are none */
    size_t feature_size;
    struct str_list classes; /* may be empty */
};

/* A photograph's regions. */
struct record {
    int32_t width, height; /* of the upright photograph */
    size_t regions, feature_size;
    float *boxes;       /* regions x 4: x1 y1 x2 y2 in pixels; owned, as is all below */
    float *features;    /* regions x feature_size */
    int32_t *classes;   /* regions, -1: none; NULL if the extractor has none */
    float *confidences; /* regions; NULL likewise */
};

/* What is known of the photograph before. */
struct record_wanted {
    const char *path;
    int width, height;
    size_t regions; /* at most */
    const struct record_hello *hello;
};

/* What a line turned out to be. */
enum record_verdict {
    RECORD_GOOD,
    RECORD_REFUSED, /* about the right photograph, but it says that it failed, or cannot be used */
    RECORD_NONSENSE /* not an answer to what was asked: the extractor is out of step */
};

/* Parses the first line. Errors: no JSON, another protocol, a field missing or wrong. */
int record_parse_hello(const char *line, size_t length, struct record_hello *out,
                       struct error *err) MUST_USE;

/* Frees it. */
void record_hello_done(struct record_hello *hello);

/* Whether two are the same extractor with the same weights and sizes. */
bool record_hello_same(const struct record_hello *a, const struct record_hello *b);

/* Parses an answer; `out` is filled if it is good (then record_done). Else `err` has the reason,
 * without the photograph's name. */
enum record_verdict record_parse(const char *line, size_t length,
                                 const struct record_wanted *wanted, struct record *out,
                                 struct error *err) MUST_USE;

/* Allocates the arrays of a record whose sizes are set. Errors: no memory. */
int record_reserve(struct record *record, bool classes, struct error *err) MUST_USE;

/* Frees the arrays. */
void record_done(struct record *record);

#endif
