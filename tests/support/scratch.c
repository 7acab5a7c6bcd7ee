#include "tests/support/scratch.h"

#include <string.h>
#include <zip.h>

#include "base/mem.h"
#include "base/str.h"

static char *folder; /* of this test; removed at the end */

char *scratch_path(const char *name)
{
    return file_join(folder, name);
}

int scratch_make(void **state)
{
    char name[] = "/tmp/scanscope-bottomup-XXXXXX";
    (void)state;
    if (!mkdtemp(name))
        return -1;
    folder = mem_strdup(name);
    return 0;
}

int scratch_remove(void **state)
{
    char *command = mem_printf("rm -r '%s'", folder);
    (void)state;
    int status = system(command);
    free(command);
    free(folder);
    return status;
}

const char *scratch_folder(void)
{
    return folder;
}

char *scratch_text(const char *name, const char *text, size_t n)
{
    struct error err;
    char *path = scratch_path(name);
    assert_done(file_write(path, text, n, &err), err);
    return path;
}

char *scratch_zip(const char *name, const struct member *members, size_t count)
{
    char *path = scratch_path(name);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, members[i].data, members[i].size, 0);
        assert_true(zip_file_add(zip, members[i].name, source, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    return path;
}

void scratch_image(int image, float out[R * F], float boxes[R * 4])
{
    for (int i = 0; i < R * F; i++)
        out[i] = (float)(image * 100 + i) + 0.25f;
    for (int i = 0; i < R * 4; i++)
        boxes[i] = (float)(image + i % 4 * 5);
}

static void check_image(const struct bottomup_image *image, int number)
{
    float features[R * F], boxes[R * 4];
    scratch_image(number, features, boxes);
    assert_int_equal(image->regions, R);
    assert_int_equal(image->feature_size, F);
    assert_int_equal(image->width, 40);
    assert_int_equal(image->height, 30);
    assert_memory_equal(image->features, features, sizeof features);
    assert_memory_equal(image->boxes, boxes, sizeof boxes);
}

void scratch_check_two(const char *path)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    assert_done(bottomup_open(path, &reader, &err), err);
    for (int i = 1; i <= 2; i++) {
        if (bottomup_next(reader, &id, &err) != 1)
            fail_msg("%s", err.text);
        assert_string_equal(id, i == 1 ? "7" : "8");
        assert_done(bottomup_load(reader, &image, &err), err);
        check_image(&image, i);
    }
    assert_int_equal(bottomup_next(reader, &id, &err), 0);
    bottomup_close(reader);
}

int scratch_read_all(const char *path, struct error *err)
{
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    int more;
    if (bottomup_open(path, &reader, err) != 0)
        return -1;
    while ((more = bottomup_next(reader, &id, err)) > 0)
        if (bottomup_load(reader, &image, err) != 0) {
            more = -1;
            break;
        }
    bottomup_close(reader);
    return more;
}

void scratch_base64(struct str *s, const void *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < n ? bytes[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            str_addf(s, "%c", i + k <= n ? digits[group >> (18 - 6 * k) & 63] : '=');
    }
}
