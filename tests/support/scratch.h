/* scratch.h: for tests that write files: a folder of the test's own, files in it, and made-up
 * images with bottom-up features to write and recognise. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include "io/dataset/bottomup.h"
#include "tests/support/testing.h"

/* Setup and teardown of a group of tests. */
int scratch_make(void **state);
int scratch_remove(void **state);

/* The folder, borrowed, and a path in it, the caller's to free. */
const char *scratch_folder(void);
char *scratch_path(const char *name);

/* Writes a file there; returns its path, the caller's to free. */
char *scratch_text(const char *name, const char *text, size_t n);

/* A member of a zip file. */
struct member {
    const char *name;
    const void *data;
    size_t size;
};

/* Writes a zip file there; returns its path, the caller's to free. */
char *scratch_zip(const char *name, const struct member *members, size_t count);

/* Made-up image `number`: 40 x 30 pixels, R regions of size F. */
enum { R = 2, F = 3 };
void scratch_image(int number, float features_out[R * F], float boxes_out[R * 4]);

/* Adds n bytes as base64. */
struct str;
void scratch_base64(struct str *s, const void *data, size_t n);

/* Asserts that a file or folder holds just images 1 and 2 with the ids "7" and "8". */
void scratch_check_two(const char *path);

/* Reads all images. Errors: those of bottomup_open, bottomup_next and bottomup_load. */
int scratch_read_all(const char *path, struct error *err) MUST_USE;

#endif
