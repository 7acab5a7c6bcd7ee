/* testing.h: what the unit tests share: cmocka with its prerequisites, and the places of test data.
 */
#ifndef TESTS_SUPPORT_TESTING_H
#define TESTS_SUPPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"

/* $SCANSCOPE_TEST_FIXTURES/NAME or $SCANSCOPE_TEST_DATA/NAME, the caller's to free; where it is
 * missing the test is skipped, visibly. */
static inline char *testing_path(const char *variable, const char *name)
{
    const char *root = getenv(variable);
    char *path = file_join(root ? root : "", name);
    if (!root || !file_exists(path)) {
        fprintf(stderr, "# skipped: no %s (set %s)\n", path, variable);
        free(path);
        skip();
    }
    return path;
}

static inline char *testing_fixture(const char *name)
{
    return testing_path("SCANSCOPE_TEST_FIXTURES", name);
}

static inline char *testing_data(const char *name)
{
    return testing_path("SCANSCOPE_TEST_DATA", name);
}

/* Asserts that a call returned 0, and prints the error's line where not. */
#define assert_done(call, err)                                                                     \
    do {                                                                                           \
        if ((call) != 0)                                                                           \
            fail_msg("%s: %s", #call, (err).text);                                                 \
    } while (0)

#endif
