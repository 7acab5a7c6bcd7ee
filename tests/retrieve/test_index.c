/* test_index.c: an index holds what would be computed, and any change to the file or to what it was
 * built from is noticed. */
#include "tests/retrieve/index_bed.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bf16.h"
#include "base/countof.h"
#include "base/hash.h"
#include "base/mem.h"
#include "retrieve/index/index_file.h"

/* ---- what is kept ---- */

static void test_hash(void **state)
{
    (void)state;
    const char *text = "Nobody inspects the spammish repetition"; /* the specification's example */
    assert_true(hash_bytes("", 0, 0) == 0xEF46DB3751D8E999);
    assert_true(hash_bytes("abc", 3, 0) == 0x44BC2CF5AD770999);
    assert_true(hash_bytes(text, strlen(text), 0) == 0xFBCEA83C8A378BF1);
    assert_true(hash_bytes(text, strlen(text), 1) != 0xFBCEA83C8A378BF1);
}

static void test_same_as_without(void **state)
{
    (void)state;
    const char *names[] = {"t2i_avg", "i2t_lse", "t2i_lse_weightnorm"};
    for (size_t n = 0; n < 3; n++) {
        struct bed bed;
        struct error err;
        bed_init(&bed, names[n]);
        char *first = expect(&bed, true, NULL), *second = expect(&bed, false, NULL);
        assert_string_equal(first, second);
        assert_done(index_check(first, NULL, &err), err);
        assert_int_equal(files_in(&bed), 1);
        free(first);
        free(second);
        bed_done(&bed);
    }
}

static void test_modes(void **state)
{
    (void)state;
    struct bed bed;
    struct opened o;
    bed_init(&bed, "t2i_avg");
    for (int round = 0; round < 2; round++) {
        open_mode(&bed, INDEX_AUTO, NULL, &o); /* far too small to be worth a file ... */
        assert_int_equal(o.status, 0);
        assert_true((o.index != NULL) == (round == 1)); /* ... but used if it exists */
        assert_int_equal(o.heard.length, 0);
        opened_done(&o);
        free(expect(&bed, round == 0, NULL));
        open_mode(&bed, INDEX_OFF, NULL, &o);
        assert_int_equal(o.status, 0);
        assert_null(o.index);
        opened_done(&o);
    }
    bed_done(&bed);
}

/* ---- damage ---- */

static void test_flipped_bits(void **state)
{
    (void)state;
    struct bed bed;
    struct error err;
    bed_init(&bed, "t2i_avg");
    char *path = expect(&bed, true, NULL);
    struct index_header h = header_of(path);
    assert_int_equal(h.blocks, BLOCKS);
    const size_t places[] = {offsetof(struct index_header, key.I),
                             offsetof(struct index_header, model_path),
                             h.rows_at + sizeof(struct index_row),
                             h.regions_at + 3,
                             h.norm_at - INDEX_PAGE - 4, /* in the last block of regions */
                             h.norm_at + 4 * IMAGES,
                             h.gram_at + 8};
    for (size_t k = 0; k < COUNTOF(places); k++) {
        flip(path, places[k]);
        assert_int_equal(index_check(path, NULL, &err), -1);
        assert_non_null(strstr(err.text, "damaged"));
        free(expect(&bed, true, "damaged"));
        free(expect(&bed, false, NULL));
    }
    free(path);
    bed_done(&bed);
}

static void test_other_files(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_avg");
    char *path = expect(&bed, true, NULL);
    struct index_header h = header_of(path), other = h;
    struct error err;
    other.key.version++;
    index_seal(&other);
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "another version"));
    other = h;
    other.key.order = 0x04030201;
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "byte order"));
    other = h;
    other.key.type = INDEX_BF16 + 1;
    index_seal(&other);
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "another type"));
    other = h;
    other.key.type = INDEX_BF16;
    index_seal(&other);
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "impossible sizes"));
    other = h;
    other.regions_at += INDEX_PAGE;
    index_seal(&other);
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "impossible sizes"));
    other = h;
    other.key.I = (uint64_t)1 << 60;
    index_seal(&other);
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "impossible sizes"));
    other = h;
    other.key.model++;
    index_seal(&other);
    poke(path, 0, &other, sizeof other);
    free(expect(&bed, true, "belongs to something else"));
    assert_int_equal(truncate(path, (off_t)(h.size - INDEX_PAGE)), 0);
    free(expect(&bed, true, "is cut off"));
    assert_int_equal(truncate(path, 100), 0);
    free(expect(&bed, true, "is cut off"));
    assert_done(file_write(path, "", 0, &err), err);
    free(expect(&bed, true, "is cut off"));
    copy_file(bed.ims, path);
    free(expect(&bed, true, "is not an index"));
    free(path);
    bed_done(&bed);
}

/* ---- in bfloat16 ---- */

static bool stop_after_first(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)total;
    return done == 0;
}

/* The halves put together are the floats of the other index, and neither replaces the other. */
static void test_halves(void **state)
{
    (void)state;
    const char *names[] = {"t2i_avg", "i2t_lse"};
    for (size_t n = 0; n < 2; n++) {
        struct bed bed;
        struct opened floats, halves;
        struct error err;
        bed_init(&bed, names[n]);
        char *full = expect(&bed, true, NULL), *half = expect_halves(&bed, true, true, NULL);
        free(expect_halves(&bed, true, false, NULL));
        free(expect(&bed, false, NULL));
        assert_int_equal(files_in(&bed), 2);
        assert_done(index_check(half, NULL, &err), err);
        open_halves(&bed, false, INDEX_AUTO, NULL, &floats);
        open_halves(&bed, true, INDEX_AUTO, NULL, &halves);
        size_t numbers = floats.source.I * floats.source.R * floats.source.D;
        for (size_t k = 0; k < numbers; k++) {
            float joined = bf16_join(halves.index->images.high[k], halves.index->images.low[k]);
            assert_memory_equal(&joined, floats.index->images.regions + k, sizeof joined);
        }
        opened_done(&floats);
        opened_done(&halves);
        free(full);
        free(half);
        bed_done(&bed);
    }
}

static void test_halves_damaged(void **state)
{
    (void)state;
    struct bed bed;
    struct error err;
    bed_init(&bed, "t2i_avg");
    char *path = expect_halves(&bed, true, true, NULL);
    struct index_header h = header_of(path);
    const size_t places[] = {h.regions_at + 3, h.norm_at + 4 * IMAGES, h.gram_at + 8, h.low_at + 5,
                             h.loss_at};
    for (size_t k = 0; k < COUNTOF(places); k++) {
        flip(path, places[k]);
        assert_int_equal(index_check(path, NULL, &err), -1);
        free(expect_halves(&bed, true, true, "damaged"));
        free(expect_halves(&bed, true, false, NULL));
    }
    bed.features[UNSAMPLED * bed.row] += 1;
    save_features(&bed);
    free(expect_halves(&bed, true, true, "the features have changed"));
    free(path);
    bed_done(&bed);
}

static void test_halves_resumed(void **state)
{
    (void)state;
    struct bed bed;
    struct opened o;
    bed_init(&bed, "t2i_avg");
    const struct progress progress = {stop_after_first, NULL};
    open_halves(&bed, true, INDEX_MAKE, &progress, &o);
    assert_int_equal(o.status, -1);
    opened_done(&o);
    free(expect_halves(&bed, true, true, "interrupted build: 256 of 600 images done"));
    assert_int_equal(files_in(&bed), 1);
    bed_done(&bed);
}

/* ---- model or features have changed ---- */

static void test_features_replaced(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_avg");
    free(expect(&bed, true, NULL));
    bed.features[UNSAMPLED * bed.row] += 1; /* the key is the same, the content is not */
    save_features(&bed);
    free(expect(&bed, true, "the features have changed"));
    free(expect(&bed, false, NULL));
    bed.features[0] += 1; /* a sampled one */
    save_features(&bed);
    free(expect(&bed, true, "is stale"));
    assert_int_equal(files_in(&bed), 1);
    bed_done(&bed);
}

/* Written in place, with the times set back: only the time of the status change shows it. */
static void test_features_written_over(void **state)
{
    (void)state;
    struct bed bed;
    struct stat st;
    bed_init(&bed, "t2i_avg");
    free(expect(&bed, true, NULL));
    assert_int_equal(stat(bed.ims, &st), 0);
    const float value = 7;
    poke(bed.ims, st.st_size - (off_t)((IMAGES - UNSAMPLED) * bed.row * sizeof value), &value,
         sizeof value);
    assert_int_equal(utimensat(AT_FDCWD, bed.ims, (struct timespec[]){st.st_atim, st.st_mtim}, 0),
                     0);
    free(expect(&bed, true, "the features have changed"));
    bed_done(&bed);
}

static void test_same_content(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_avg");
    char *path = expect(&bed, true, NULL);
    struct index_header before = header_of(path);
    save_features(&bed); /* another file of the same content */
    free(expect(&bed, false, NULL));
    struct index_header after = header_of(path); /* which is noted */
    assert_false(file_identity_equal(&before.features, &after.features));
    copy_file(bed.model_from, bed.model);
    free(expect(&bed, false, NULL));
    free(path);
    bed_done(&bed);
}

static void test_model_replaced(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_avg");
    free(expect(&bed, true, NULL));
    char *init = fixture_path(&bed.fixture, "model_init.pth.tar");
    copy_file(init, bed.model);
    free(expect(&bed, true, "is stale"));
    free(expect(&bed, false, NULL));
    assert_int_equal(files_in(&bed), 1);
    free(init);
    bed_done(&bed);
}

static void test_bad_feature(void **state)
{
    (void)state;
    struct bed bed;
    struct opened o;
    bed_init(&bed, "t2i_avg");
    bed.features[300 * bed.row] = NAN;
    save_features(&bed);
    open_mode(&bed, INDEX_MAKE, NULL, &o);
    assert_int_equal(o.status, -1);
    assert_non_null(strstr(o.err.text, "image 300 (id 300), region 0: a feature is NaN"));
    assert_int_equal(files_in(&bed), 0);
    opened_done(&o);
    bed_done(&bed);
}

/* ---- interrupted ---- */

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

static void interrupt_build(const struct bed *bed)
{
    const struct progress progress = {stop_after_first, NULL};
    struct opened o;
    open_mode(bed, INDEX_MAKE, &progress, &o);
    assert_int_equal(o.status, -1);
    assert_string_equal(o.err.text, "interrupted");
    opened_done(&o);
}

static void test_resumed(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_avg");
    interrupt_build(&bed);
    assert_int_equal(files_in(&bed), 1);
    char *path = expect(&bed, true, "interrupted build: 256 of 600 images done");
    assert_int_equal(files_in(&bed), 1);
    char *part = mem_printf("%s.part", path);

    unlink(path); /* the part is damaged in the meantime */
    interrupt_build(&bed);
    flip(part, header_of(part).regions_at);
    free(expect(&bed, true, NULL));
    unlink(path); /* its features change in the meantime */
    interrupt_build(&bed);
    bed.features[UNSAMPLED * bed.row] += 1;
    save_features(&bed);
    free(expect(&bed, true, NULL));
    unlink(path); /* it is something else altogether */
    copy_file(bed.ims, part);
    free(expect(&bed, true, NULL));
    free(part);
    free(path);
    bed_done(&bed);
}

/* ---- other processes: this program again, see child() ---- */

struct other {
    pid_t pid;
    int to, from;
};

static struct other start_other(const struct bed *bed, const char *how)
{
    int in[2], out[2];
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    struct other other = {fork(), in[1], out[0]};
    if (other.pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        close(out[0]);
        execl("/proc/self/exe", "test_index", how, bed->model, bed->ims, bed->cache, (char *)NULL);
        _exit(99);
    }
    close(in[0]);
    close(out[1]);
    return other;
}

static int end_other(const struct other *other)
{
    int status;
    close(other->to);
    close(other->from);
    assert_int_equal(waitpid(other->pid, &status, 0), other->pid);
    return status;
}

static bool kill_self(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)total;
    return done == 0 || raise(SIGKILL) != 0;
}

/* Signals that the first block is done, and continues when signalled. */
static bool wait_for_word(void *context, uint64_t done, uint64_t total)
{
    bool *waited = context;
    char c = 'x';
    (void)total;
    if (done == 0 || *waited)
        return true;
    *waited = true;
    return write(STDOUT_FILENO, &c, 1) == 1 && read(STDIN_FILENO, &c, 1) == 1;
}

static int child(char **argv)
{
    bool waited = false;
    const struct progress progress = {strcmp(argv[1], "kill") == 0 ? kill_self : wait_for_word,
                                      &waited};
    struct opened o;
    open_with(argv[2], argv[3], (struct index_use){.mode = INDEX_MAKE, .folder = argv[4]},
              &progress, &o);
    int status = o.status == 0 && o.index && o.index->built ? 0 : 1;
    opened_done(&o);
    return status;
}

static void test_killed(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "i2t_lse");
    struct other other = start_other(&bed, "kill");
    int status = end_other(&other);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(files_in(&bed), 1);
    free(expect(&bed, true, "interrupted build: 256 of 600 images done"));
    bed_done(&bed);
}

/* The report that the other process is building lets that one continue. */
static void release(void *context, const char *text)
{
    const struct other *other = context;
    if (strstr(text, "being built by another process"))
        assert_int_equal(write(other->to, "x", 1), 1);
    else
        fail_msg("said: %s", text);
}

static void test_two_at_once(void **state)
{
    (void)state;
    struct bed bed;
    struct opened o;
    char c;
    bed_init(&bed, "t2i_avg");
    struct other other = start_other(&bed, "wait");
    assert_int_equal(read(other.from, &c, 1), 1);
    open_with(bed.model, bed.ims, (struct index_use){INDEX_MAKE, bed.cache, release, &other}, NULL,
              &o);
    assert_right(&o);
    assert_false(o.index->built);
    opened_done(&o);
    assert_int_equal(end_other(&other), 0);
    assert_int_equal(files_in(&bed), 1);
    bed_done(&bed);
}

/* Interrupted while it waits; the other process finishes anyway. */
static void test_tired_of_waiting(void **state)
{
    (void)state;
    struct bed bed;
    struct opened o;
    struct error err;
    size_t removed;
    char c;
    bed_init(&bed, "t2i_avg");
    struct other other = start_other(&bed, "wait");
    assert_int_equal(read(other.from, &c, 1), 1);
    assert_done(index_prune(bed.cache, 0, &removed, &err), err);
    assert_int_equal(removed, 0); /* not what is being built */
    const struct progress progress = {stop, NULL};
    open_mode(&bed, INDEX_MAKE, &progress, &o);
    assert_int_equal(o.status, -1);
    assert_string_equal(o.err.text, "interrupted");
    opened_done(&o);
    assert_int_equal(write(other.to, "x", 1), 1);
    assert_int_equal(end_other(&other), 0);
    free(expect(&bed, false, NULL));
    bed_done(&bed);
}

/* ---- no folder, no space ---- */

static void expect_without(const struct bed *bed, const char *heard)
{
    struct opened o;
    open_mode(bed, INDEX_MAKE, NULL, &o);
    assert_int_equal(o.status, 0);
    assert_null(o.index);
    if (!strstr(str_text(&o.heard), heard))
        fail_msg("reported '%s', expected '%s'", str_text(&o.heard), heard);
    opened_done(&o);
}

static void test_no_place(void **state)
{
    (void)state;
    struct bed bed;
    struct rlimit limit, old;
    struct error err;
    bed_init(&bed, "t2i_avg");
    assert_done(file_write(bed.cache, "x", 1, &err), err);
    expect_without(&bed, "cannot make the folder");
    unlink(bed.cache);
    signal(SIGXFSZ, SIG_IGN); /* the closest a test can come to a full disk */
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 64 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_without(&bed, "cannot write: File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(files_in(&bed), 0);
    bed_done(&bed);
}

/* ---- the folder ---- */

static void test_prune(void **state)
{
    (void)state;
    struct bed bed;
    struct error err;
    struct index_entry *entries;
    size_t count, removed;
    bed_init(&bed, "t2i_avg");
    char *old = expect(&bed, true, NULL), *copy = file_join(bed.folder, "cache/0.idx");
    const struct timespec long_ago[] = {{1000, 0}, {1000, 0}};
    copy_file(old, copy);
    assert_int_equal(utimensat(AT_FDCWD, old, long_ago, 0), 0);
    assert_done(index_list(bed.cache, &entries, &count, &err), err);
    assert_int_equal(count, 2);
    assert_string_equal(entries[0].path, copy);
    assert_int_equal(entries[0].images, IMAGES);
    assert_null(entries[0].bad);
    uint64_t size = entries[0].size;
    index_list_free(entries, count);
    assert_done(index_prune(bed.cache, 10 * size, &removed, &err), err);
    assert_int_equal(removed, 0);
    assert_done(index_prune(bed.cache, size, &removed, &err), err);
    assert_int_equal(removed, 1);
    assert_true(file_exists(copy) && !file_exists(old));
    assert_done(index_prune(bed.cache, 0, &removed, &err), err);
    assert_int_equal(files_in(&bed), 0);
    free(old);
    free(copy);
    bed_done(&bed);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_same_as_without),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_halves_damaged),
        cmocka_unit_test(test_halves_resumed),
        cmocka_unit_test(test_features_replaced),
        cmocka_unit_test(test_features_written_over),
        cmocka_unit_test(test_same_content),
        cmocka_unit_test(test_model_replaced),
        cmocka_unit_test(test_bad_feature),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_tired_of_waiting),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_prune),
    };
    if (argc == 5)
        return child(argv);
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
