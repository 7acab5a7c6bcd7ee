/* family_fixture.h: the published code's outputs for relatives of SCAN, and their checkpoints, read
 * for a test. */
#ifndef TESTS_MODEL_FAMILY_FIXTURE_H
#define TESTS_MODEL_FAMILY_FIXTURE_H

#include "io/torch/checkpoint.h"
#include "model/options.h"
#include "model/params.h"
#include "tests/support/fixture.h"

struct family_fixture {
    struct fixture base; /* R is 1 if features have one vector per image */
    struct checkpoint *checkpoint;
    struct model_options options; /* sizes, directions, norms */
    struct params params;         /* both encoders */
    float *sims;                  /* I x C, the reference's */
    size_t D;
};

/* Opens fixtures_family/NAME; the test is skipped if it is missing. */
void family_fixture_open(const char *name, struct family_fixture *out);
void family_fixture_close(struct family_fixture *fixture);

/* An option of the fixture. */
const char *family_fixture_text(const struct family_fixture *fixture, const char *option);
double family_fixture_number(const struct family_fixture *fixture, const char *option);

/* The image encoder's output for rows x F features: rows x D, normalised; the caller's to free. */
float *family_fixture_encode(const struct family_fixture *fixture, const float *features,
                             size_t rows);

/* All words' states, normalised if the options say so: words x D; the caller's to free. */
float *family_fixture_words(const struct family_fixture *fixture);

/* Asserts that these are the reference's similarities, to 2e-5, and its recalls. */
void family_fixture_check(const struct family_fixture *fixture, const float *sims);

#endif
