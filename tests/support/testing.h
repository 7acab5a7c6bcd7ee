/* testing.h: shared by all unit tests: cmocka with its prerequisites, and where test data is. */
#ifndef TESTS_SUPPORT_TESTING_H
#define TESTS_SUPPORT_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"

/* $VARIABLE/NAME, the caller's to free; if it is missing, the test is skipped, visibly. The other
 * two use SCANSCOPE_TEST_FIXTURES and SCANSCOPE_TEST_DATA. */
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

/* A file that must be refused with an error that contains `reason`. */
struct bad_file {
    const char *bytes, *reason;
    size_t size;
};

/* Asserts that each of them, written to `path`, makes `open` fail for its reason, and that a
 * missing file and the folder `folder` make it fail, too. */
static inline void testing_bad_files(int (*open)(const char *path, struct error *err),
                                     const struct bad_file *files, size_t count, const char *path,
                                     const char *folder)
{
    struct error err;
    for (size_t i = 0; i < count; i++) {
        if (file_write(path, files[i].bytes, files[i].size, &err) != 0 || open(path, &err) != -1)
            fail_msg("%s instead of: %s", err.text, files[i].reason);
        if (!strstr(err.text, files[i].reason) || !strstr(err.text, path))
            fail_msg("%s instead of: %s", err.text, files[i].reason);
    }
    assert_int_equal(open("no-such-folder/file", &err), -1);
    assert_non_null(strstr(err.text, "No such file"));
    assert_int_equal(open(folder, &err), -1);
    assert_non_null(strstr(err.text, "folder"));
}

/* Asserts that a call returned 0, or else prints its error. */
#define assert_done(call, err)                                                                     \
    do {                                                                                           \
        if ((call) != 0)                                                                           \
            fail_msg("%s: %s", #call, (err).text);                                                 \
    } while (0)

#endif
