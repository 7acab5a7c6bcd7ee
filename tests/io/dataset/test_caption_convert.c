/* Captions of every kind of source to the files of a data folder: numbers per image, order, splits,
 * tar files (made here, also hostile ones), folders of texts. */
#include "tests/support/testing.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/dataset/caption_convert.h"

static char root[] = "/tmp/scanscope-caption-convert-XXXXXX";
static char *input, *output, *unpacked;
static struct caption_convert_summary sum;
static struct error err;

static int make_root(void **state)
{
    (void)state;
    if (!mkdtemp(root))
        return -1;
    input = file_join(root, "in");
    output = file_join(root, "out");
    unpacked = file_join(root, "photos");
    return 0;
}

static void remove_all(const char *path)
{
    char *command = mem_printf("rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
    free(command);
}

static int remove_root(void **state)
{
    (void)state;
    remove_all(root);
    free(input);
    free(output);
    free(unpacked);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    remove_all(input);
    remove_all(output);
    remove_all(unpacked);
    return 0;
}

/* FOLDER/NAME with that text; folders are made. */
static void put(const char *folder, const char *name, const char *text)
{
    char *path = file_join(folder, name), *above = file_folder(path);
    assert_done(file_make_folder(above, &err), err);
    assert_done(file_write(path, text, strlen(text), &err), err);
    free(path);
    free(above);
}

/* out/NAME holds that text; NULL: it is missing. */
static void check(const char *folder, const char *name, const char *text)
{
    char *path = file_join(folder, name);
    struct file_map map;
    if (!text) {
        assert_false(file_exists(path));
    } else {
        assert_done(file_map_any(path, &map, &err), err);
        if (map.size != strlen(text) || memcmp(map.data, text, map.size) != 0)
            fail_msg("%s is '%.*s', not '%s'", name, (int)map.size, (const char *)map.data, text);
        file_map_close(&map);
    }
    free(path);
}

static struct caption_convert_spec spec_of(const char *const *path)
{
    return (struct caption_convert_spec){
        .paths = path, .count = 1, .folder = output, .split = "test"};
}

static void converts(const struct caption_convert_spec *spec, size_t left_out)
{
    assert_done(caption_convert(spec, &sum, &err), err);
    if (sum.left_out.count != left_out)
        fail_msg("%zu left out, not %zu: %s", sum.left_out.count, left_out,
                 sum.left_out.count ? sum.left_out.lines.items[0] : "");
}

static void refuses(const struct caption_convert_spec *spec, const char *reason)
{
    assert_int_equal(caption_convert(spec, &sum, &err), -1);
    if (!strstr(err.text, reason))
        fail_msg("'%s' instead of '%s'", err.text, reason);
    caption_convert_done(&sum);
}

static bool noted(const char *part)
{
    for (size_t i = 0; i < sum.notes.lines.count; i++)
        if (strstr(sum.notes.lines.items[i], part))
            return true;
    return false;
}

static bool listed(const char *part)
{
    for (size_t i = 0; i < sum.left_out.lines.count; i++)
        if (strstr(sum.left_out.lines.items[i], part))
            return true;
    return false;
}

/* ---- numbers of captions ---- */

static void test_numbers(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    put(root, "in", "image,caption\nb.jpg,one\na.jpg,two\nb.jpg,three\nb.jpg,one\n");
    converts(&spec, 0);
    check(output, "test_caps.txt", "one\nthree\none\ntwo\n");
    check(output, "test_cap_img.txt", "0\n0\n0\n1\n");
    check(output, "test_ids.txt", "b.jpg\na.jpg\n");
    assert_int_equal(sum.splits[0].least, 1);
    assert_int_equal(sum.splits[0].most, 3);
    assert_true(noted("captions that their image has already: 1 (the first:"));
    caption_convert_done(&sum);
    refuses(&spec, "already exists");

    /* the same number each: a map of before would be wrong */
    put(root, "in", "image,caption\nb.jpg,one\na.jpg,two\n");
    spec.force = true;
    converts(&spec, 0);
    check(output, "test_cap_img.txt", NULL);
    check(output, "test_caps.txt", "one\ntwo\n");
    caption_convert_done(&sum);
    put(output, "other_cap_img.txt", "0\n");
    spec.force = false;
    spec.split = "other";
    refuses(&spec, "other_cap_img.txt: is there and would be wrong");
    check(output, "other_caps.txt", NULL);
}

static void test_folder_order(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    put(root, "in", "image,caption\nb.jpg,one\na.jpg,two\nc.jpg,three\n");
    put(output, "test_ids.txt", "a\nx.jpg\n000b.jpg\nb.jpg\n");
    converts(&spec, 1);
    check(output, "test_caps.txt", "two\none\n");
    check(output, "test_cap_img.txt", "0\n3\n");
    assert_true(listed("line 4: image c.jpg: it is not in"));
    assert_true(noted("images without captions: 2 of 4 (the first: x.jpg)"));
    caption_convert_done(&sum);
    put(output, "none_ids.txt", "y.jpg\n");
    spec.split = "none";
    refuses(&spec, "has captions of none of the 1 images");
}

static void test_given_order(void **state)
{
    (void)state;
    const char *path = input;
    char *ids = file_join(root, "ids");
    struct caption_convert_spec spec = spec_of(&path);
    put(root, "in", "image,caption\nb.jpg,one\na.jpg,two\nc.jpg,three\n");
    put(root, "ids", "c.jpg\nc.jpg\nb.jpg\n");
    spec.ids = ids;
    converts(&spec, 0);
    check(output, "test_caps.txt", "three\none\n");
    check(output, "test_ids.txt", "c.jpg\nb.jpg\n");
    assert_true(noted("captions of images that are not in"));
    caption_convert_done(&sum);
    put(root, "ids", "c.jpg\nb.jpg\nc.jpg\n");
    spec.split = "other";
    refuses(&spec, "twice");
    spec.split = "a,b";
    refuses(&spec, "--ids goes with one split");
    remove_all(ids);
    free(ids);
}

static void test_same_ids(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    put(root, "in", "image,caption\n7.jpg,one\n007.png,two\nb.jpg,three\n");
    converts(&spec, 1);
    check(output, "test_ids.txt", "7.jpg\nb.jpg\n");
    assert_true(listed("line 3: image 007.png: its id is that of 7.jpg"));
    caption_convert_done(&sum);
}

static void test_nothing_left(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    char *deep = file_join(output, "a/b");
    spec.folder = deep;
    put(root, "in", "image,caption\n7.jpg,\nb.jpg,\"\"\n");
    refuses(&spec, "line 2: image 7.jpg: the caption is empty");
    assert_false(file_exists(output));
    put(root, "in", "image,caption\n7.jpg,\nb.jpg\n"); /* places do not count, names do */
    refuses(&spec, "there is no other caption");
    free(deep);
}

/* ---- splits ---- */

static void test_splits(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    put(root, "in",
        "{\"images\": ["
        "{\"filename\": \"a.jpg\", \"split\": \"train\", \"sentences\": [{\"raw\": \"one\"}]},"
        "{\"filename\": \"b.jpg\", \"split\": \"val\", \"sentences\": [{\"raw\": \"two\"}]},"
        "{\"filename\": \"c.jpg\", \"split\": \"restval\", \"sentences\": [{\"raw\": \"three\"}]},"
        "{\"filename\": \"d.jpg\", \"split\": \"test\", \"sentences\": [{\"raw\": \"four\"}]},"
        "{\"filename\": \"e.jpg\", \"sentences\": [{\"raw\": \"five\"}]}]}");
    spec.split = "train,dev,test";
    refuses(&spec, "restval goes into train");
    assert_false(file_exists(output));
    spec.from = "train,restval,val,test";
    converts(&spec, 1);
    assert_true(listed("image e.jpg: it names no split"));
    check(output, "train_caps.txt", "one\nthree\n");
    check(output, "dev_caps.txt", "two\n");
    check(output, "test_ids.txt", "d.jpg\n");
    caption_convert_done(&sum);
    spec.split = "x,test";
    refuses(&spec, "none of --from-split is for x");
    spec.split = "train,train";
    refuses(&spec, "to be written twice");
    spec.split = "train,../x";
    refuses(&spec, "is not the name of a split");
}

/* ---- folders of texts ---- */

static void test_folder(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    put(input, "b.JPG", "x");
    put(input, "b.txt", "\xef\xbb\xbfone\r\ntwo\n\n");
    put(input, "z/a.png", "x");
    put(input, "z/a.TXT", "three");
    put(input, "z/b.jpg", "x"); /* the same id */
    put(input, "z/b.txt", "lost");
    put(input, "c.jpg", "x");
    put(input, "lonely.txt", "lost");
    put(input, "d.jpg.txt", "four");
    put(input, "d.jpg", "x");
    put(input, "e.jpg", "x");
    put(input, "e.txt", "\n");
    put(input, "test_ids.txt", "of a data folder\n");
    put(input, ".hidden.txt", "x");
    assert_true(caption_convert_reads(input));
    converts(&spec, 5);
    check(output, "test_ids.txt", "a.png\nb.JPG\nc.jpg\nd.jpg\ne.jpg\n");
    check(output, "test_caps.txt", "three\none\ntwo\nfour\n");
    check(output, "test_cap_img.txt", "0\n1\n1\n3\n");
    assert_true(listed("image b.jpg: "));
    assert_true(listed("z/b.txt: its photograph is left out"));
    assert_true(listed("lonely.txt: there is no photograph of that name beside it"));
    assert_true(listed("image c.jpg: there is no .txt of that name beside it; it stays"));
    assert_true(listed("image e.jpg: it has no caption"));
    caption_convert_done(&sum);
}

static void test_texts_alone(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    put(input, "b.txt", "one\n");
    put(input, "a.txt", "two\n");
    assert_true(caption_convert_reads(input));
    converts(&spec, 0);
    check(output, "test_ids.txt", "a\nb\n");
    assert_true(noted("the names of its .txt files are the ids"));
    caption_convert_done(&sum);
    put(input, "a.npz", "x");
    assert_false(caption_convert_reads(input));
}

/* ---- tar files ---- */

static struct archive *tar_open(int (*filter)(struct archive *))
{
    struct archive *a = archive_write_new();
    archive_write_set_format_pax_restricted(a);
    if (filter)
        filter(a);
    assert_int_equal(archive_write_open_filename(a, input), ARCHIVE_OK);
    return a;
}

static void tar_add(struct archive *a, const char *name, int type, const char *link,
                    const char *bytes, size_t size)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, (unsigned)type);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, (la_int64_t)size);
    if (link && type == AE_IFLNK)
        archive_entry_set_symlink(e, link);
    else if (link)
        archive_entry_set_hardlink(e, link);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    if (size > 0)
        assert_int_equal(archive_write_data(a, bytes, size), size);
    archive_entry_free(e);
}

static void tar_text(struct archive *a, const char *name, const char *text)
{
    tar_add(a, name, AE_IFREG, NULL, text, strlen(text));
}

static void tar_close(struct archive *a)
{
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
}

static void test_samples(void **state)
{
    (void)state;
    static int (*const filters[])(struct archive *) = {
        NULL, archive_write_add_filter_gzip, archive_write_add_filter_zstd,
        archive_write_add_filter_bzip2, archive_write_add_filter_xz};
    char *names[] = {"in", "in.tar.gz", "in.tar.zst", "in.tar.bz2", "in.tar.xz"};
    for (size_t i = 0; i < 5; i++) {
        char *path = file_join(root, names[i]);
        const char *paths = path;
        struct caption_convert_spec spec = spec_of(&paths);
        struct archive *a = tar_open(filters[i]);
        tar_text(a, "./d/2.jpg", "photo 2");
        tar_text(a, "./d/2.json", "{\"caption\": \"from json\", \"width\": 3}");
        tar_text(a, "./d/1.PNG", "photo 1");
        tar_text(a, "./d/1.txt", "one\ntwo\n");
        tar_text(a, "./d/1.json", "{\"caption\": \"not taken\"}");
        tar_text(a, "./d/1.cls", "7");
        tar_text(a, "./d/3.caption", "three");
        tar_text(a, "./d/4.txt", "no photograph");
        tar_text(a, "./d/3.jpeg", "photo 3");
        tar_text(a, "./d/5.jpg", "no captions");
        tar_text(a, "./d/._5.jpg", "a fork");
        tar_close(a);
        assert_int_equal(rename(input, path), 0);
        assert_true(caption_convert_reads(path));
        spec.unpack = unpacked;
        converts(&spec, 2);
        check(output, "test_ids.txt", "1.PNG\n2.jpg\n3.jpeg\n5.jpg\n");
        check(output, "test_caps.txt", "one\ntwo\nfrom json\nthree\n");
        check(output, "test_cap_img.txt", "0\n0\n1\n2\n");
        check(unpacked, "1.PNG", "photo 1");
        check(unpacked, "3.jpeg", "photo 3");
        check(unpacked, "4.txt", NULL);
        assert_int_equal(sum.unpacked, 4);
        assert_true(listed("(d/4): its sample has no photograph"));
        assert_true(listed("image 5.jpg: its sample has no txt, caption or json; it stays"));
        assert_true(noted("members that are not used: 1 cls"));
        assert_true(noted("hidden files that are not used: 1"));
        caption_convert_done(&sum);
        clean(state);
        remove_all(path);
        free(path);
    }
}

static void test_hostile(void **state)
{
    (void)state;
    enum { MANY = (1 << 20) + 1 };
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    char *large = mem_new(MANY, 1), *above = file_join(root, "up.jpg");
    struct archive *a = tar_open(NULL);
    memset(large, 'x', MANY);
    tar_text(a, "ok.jpg", "photo");
    tar_text(a, "ok.txt", "good");
    tar_text(a, "../up.jpg", "x");
    tar_text(a, "a/../../up.jpg", "x");
    tar_text(a, above, "x");
    tar_add(a, "link.jpg", AE_IFLNK, "/etc/passwd", NULL, 0);
    tar_add(a, "hard.jpg", AE_IFREG, "ok.jpg", NULL, 0);
    tar_add(a, "pipe.jpg", AE_IFIFO, NULL, NULL, 0);
    tar_add(a, "large.txt", AE_IFREG, NULL, large, MANY);
    tar_text(a, "e/ok.jpg", "another of the same id");
    tar_text(a, "e/ok.txt", "lost");
    tar_text(a, "taken.jpg", "other than what is there");
    tar_text(a, "taken.txt", "lost");
    tar_close(a);
    put(unpacked, "taken.jpg", "mine");
    put(unpacked, "ok.jpg", "photo");
    spec.unpack = unpacked;
    converts(&spec, 9);
    check(output, "test_ids.txt", "ok.jpg\n");
    check(output, "test_caps.txt", "good\n");
    check(unpacked, "taken.jpg", "mine");
    check(unpacked, "ok.jpg", "photo");
    check(root, "up.jpg", NULL);
    check(unpacked, "link.jpg", NULL);
    assert_true(listed("its name leads upward"));
    assert_true(listed("its name is absolute"));
    assert_true(listed("(link.jpg): it is a link"));
    assert_true(listed("(hard.jpg): it is a link"));
    assert_true(listed("(large.txt): it is too large"));
    assert_true(listed("is there already, and another file"));
    caption_convert_done(&sum);
    free(large);
    free(above);
}

/* Cut at any byte: what came before is read, or it is refused and nothing is left. */
static void test_cut(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    struct archive *a = tar_open(NULL);
    struct file_map map;
    for (int i = 0; i < 3; i++) {
        char *photo = mem_printf("%d.jpg", i), *text = mem_printf("%d.txt", i);
        tar_text(a, photo, "photo");
        tar_text(a, text, "good");
        free(photo);
        free(text);
    }
    tar_close(a);
    assert_done(file_map_any(input, &map, &err), err);
    char *bytes = mem_new(map.size, 1);
    memcpy(bytes, map.data, map.size);
    file_map_close(&map);
    spec.unpack = unpacked;
    for (size_t n = 512; n < 6 * 1024; n += 256) {
        assert_done(file_write(input, bytes, n, &err), err);
        size_t whole = n / 2048;
        if (whole == 0) {
            refuses(&spec, "");
            assert_false(file_exists(output));
            assert_false(file_exists(unpacked));
            continue;
        }
        assert_done(caption_convert(&spec, &sum, &err), err);
        assert_true(sum.splits[0].captions >= whole);
        assert_int_equal(sum.left_out.count > 0, n % 2048 != 0);
        caption_convert_done(&sum);
        remove_all(output);
        remove_all(unpacked);
    }
    free(bytes);
}

/* A conversion that fails leaves none of the photographs. */
static void test_unpack_fails(void **state)
{
    (void)state;
    const char *path = input;
    struct caption_convert_spec spec = spec_of(&path);
    struct archive *a = tar_open(NULL);
    tar_text(a, "1.jpg", "photo");
    tar_text(a, "1.txt", "good");
    tar_text(a, "2.jpg", "photo");
    tar_text(a, "2.txt", "good");
    tar_close(a);
    put(output, "test_caps.txt", "there\n");
    spec.unpack = unpacked;
    refuses(&spec, "already exists");
    assert_false(file_exists(unpacked));
    put(output, "dev_ids.txt", "2.jpg\n");
    spec.split = "dev";
    converts(&spec, 1);
    check(unpacked, "1.jpg", NULL);
    check(unpacked, "2.jpg", "photo");
    assert_int_equal(sum.unpacked, 1);
    caption_convert_done(&sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_numbers, clean),
        cmocka_unit_test_teardown(test_folder_order, clean),
        cmocka_unit_test_teardown(test_given_order, clean),
        cmocka_unit_test_teardown(test_same_ids, clean),
        cmocka_unit_test_teardown(test_nothing_left, clean),
        cmocka_unit_test_teardown(test_splits, clean),
        cmocka_unit_test_teardown(test_folder, clean),
        cmocka_unit_test_teardown(test_texts_alone, clean),
        cmocka_unit_test_teardown(test_samples, clean),
        cmocka_unit_test_teardown(test_hostile, clean),
        cmocka_unit_test_teardown(test_cut, clean),
        cmocka_unit_test_teardown(test_unpack_fails, clean),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
