/* test_magic.c: what lies where a file should be is named and refused by every reader, through
 * file_map_open; and what only looks a little like it is not. */
#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/magic.h"

struct content {
    const char *data;
    size_t size;
    const char *said; /* NULL: not refused */
};

#define CONTENT(data, said)                                                                        \
    {                                                                                              \
        data, sizeof(data) - 1, said                                                               \
    }

static const struct content contents[] = {
    CONTENT("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4096\n",
            "is a Git LFS pointer, not the file; run git lfs pull in its folder"),
    CONTENT("/annex/objects/SHA256E-s1--00.npy\n", "git-annex pointer"),
    CONTENT("<!DOCTYPE html>\n<html>", "is a web page, not the file; "),
    CONTENT("\xef\xbb\xbf\r\n <!doctype HTML><title>", "web page"),
    CONTENT("<HTML lang=\"en\">", "web page"),
    CONTENT("<!-- saved --><html>", "web page"),
    CONTENT("<?xml version=\"1.0\"?>\n<!-- x -->\n<!DOCTYPE html PUBLIC \"\">", "web page"),
    CONTENT("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>",
            "a server's error message"),
    CONTENT("404: Not Found", "a server's error message"),
    CONTENT("Entry not found\n", "a server's error message"),
    CONTENT("\0\0\0\0\0\0\0\0\0\0\0\0", "zero bytes at its beginning"),
    CONTENT("\x1f\x8b\x08", "packed with gzip; unpack it with gunzip first"),
    CONTENT("\x89HDF\r\n", "HDF5"),
    CONTENT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xde\xc0\xef\xbe\1\0\0\0", "LMDB"),
    /* not stand-ins */
    CONTENT("", NULL),
    CONTENT("<start> a dog runs", NULL),
    CONTENT("<annotation><filename>1.jpg</filename></annotation>", NULL),
    CONTENT("<?xml version=\"1.0\"?><annotation></annotation>", NULL),
    CONTENT("<", NULL),
    CONTENT("<?xml", NULL),
    CONTENT("<!--", NULL),
    CONTENT("not found : a dog", NULL),
    CONTENT("{\"<html>\": 1}", NULL),
    CONTENT("\0\0\0\0\1", NULL),
    CONTENT("\x80\2}q\0.", NULL),
};

static void test_a_stand_in_is_refused_by_name(void **state)
{
    (void)state;
    struct error err;
    char path[] = "/tmp/scanscope-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < COUNTOF(contents); i++) {
        const struct content *c = &contents[i];
        struct file_map map = {0};
        assert_done(file_write(path, c->data, c->size, &err), err);
        int status = file_map_open(path, &map, &err);
        file_map_close(&map);
        if (!c->said)
            assert_int_equal(status, 0);
        else if (status == 0 || !strstr(err.text, c->said))
            fail_msg("%s: %s", c->said, status == 0 ? "opened" : err.text);
        assert_done(file_map_any(path, &map, &err), err);
        file_map_close(&map);
    }
    unlink(path);
}

static void test_what_was_expected_is_said(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(magic_unexpected("f", "\xff\xd8\xff", 3, "a NumPy array", &err), -1);
    assert_string_equal(err.text, "f: is not a NumPy array: it looks like a JPEG image");
    assert_int_equal(magic_unexpected("f", "abc", 3, "a NumPy array", &err), -1);
    assert_string_equal(err.text, "f: is not a NumPy array");
    assert_int_equal(magic_unexpected("f", NULL, 0, "a NumPy array", &err), -1);
    assert_string_equal(err.text, "f: is empty, not a NumPy array");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stand_in_is_refused_by_name),
        cmocka_unit_test(test_what_was_expected_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
