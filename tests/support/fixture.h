/* fixture.h: a folder of the reference's outputs, read for a test. */
#ifndef TESTS_SUPPORT_FIXTURE_H
#define TESTS_SUPPORT_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "io/array/npy.h"
#include "model/model.h"

struct fixture {
    const char *name;
    struct npy *ims; /* I x R x F */
    size_t I, R, F, C, words;
    float *features;
    int32_t *ids; /* of all captions */
    size_t *starts;
    json_t *expected;
};

/* All ten; NULL after the last. */
extern const char *const fixture_names[];

/* Opens FIXTURES/NAME; the test is skipped if it is missing and fails if it cannot be read. */
void fixture_open(const char *name, struct fixture *out);
void fixture_close(struct fixture *fixture);

/* FIXTURES/NAME/FILE, the caller's to free. */
char *fixture_path(const struct fixture *fixture, const char *file);

/* A model in the folder, the caller's to free. */
struct model *fixture_model(const struct fixture *fixture, const char *file);

/* An array in the folder, the caller's to free. */
struct npy *fixture_array(const struct fixture *fixture, const char *file);

/* The k-th number of the list `key` of expected.json. */
double fixture_number(const struct fixture *fixture, const char *key, size_t k);

#endif
