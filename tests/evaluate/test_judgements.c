/* test_judgements.c: what a split calls its items, judgements read by those names, and rankings
 * written with them. */
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate/judgements.h"
#include "evaluate/rankings.h"
#include "tests/support/regular.h"

/* Three images with two captions each, in the folder's text files. */
static void write_split(const char *split)
{
    static const char ids[] = "7\nCOCO_val2014_000000000008.jpg\n9\n";
    static const char captions[] =
        "one two\none\none two three\none two\none two\none two three four\n";
    char *name = mem_printf("%s_ids.txt", split);
    free(scratch_text(name, ids, strlen(ids)));
    free(name);
    name = mem_printf("%s_caps.txt", split);
    free(scratch_text(name, captions, strlen(captions)));
    free(name);
}

static void names_of(const char *caption_ids, struct split_names *out)
{
    struct error err;
    char *path = caption_ids ? scratch_text("caption_ids", caption_ids, strlen(caption_ids)) : NULL;
    struct split_files files = {.folder = scratch_folder(), .split = "test", .caption_ids = path};
    write_split("test");
    assert_done(split_names_of_files(&files, REGULAR(3, 6, 2), out, &err), err);
    free(path);
}

/* ---- names ---- */

static void test_names(void **state)
{
    (void)state;
    struct split_names n;
    names_of(NULL, &n);
    assert_string_equal(n.image[1], "COCO_val2014_000000000008.jpg");
    assert_string_equal(n.caption[0], "7#0");
    assert_string_equal(n.caption[5], "9#1");
    const size_t words[] = {2, 1, 3, 2, 2, 4};
    assert_memory_equal(n.words, words, sizeof words);
    split_names_done(&n);
    names_of("a\nb\nc\nd\ne\nf\ng\n", &n); /* one too many is no matter */
    assert_string_equal(n.caption[5], "f");
    split_names_done(&n);
    struct error err;
    assert_done(split_names_of_files(&(struct split_files){0}, REGULAR(3, 6, 2), &n, &err), err);
    assert_string_equal(n.image[2], "2");
    assert_string_equal(n.caption[5], "2#1");
    assert_null(n.words);
    split_names_done(&n);
}

static void assert_no_names(struct split_files files, size_t I, size_t C, const char *reason)
{
    struct split_names n;
    struct error err;
    assert_int_equal(split_names_of_files(&files, REGULAR(I, C, 2), &n, &err), -1);
    if (!strstr(err.text, reason))
        fail_msg("'%s' does not say '%s'", err.text, reason);
    assert_null(n.image); /* nothing is left to free */
}

static void test_names_that_do_not_fit(void **state)
{
    (void)state;
    write_split("test");
    char *ids = scratch_text("few", "a\nb\n", 4), *none = scratch_path("none");
    struct split_files files = {.folder = scratch_folder(), .split = "test"};
    assert_no_names(files, 4, 8, "has 3 ids, the matrix 4 images");
    files.split = NULL;
    files.captions = ids;
    assert_no_names(files, 3, 6, "has 2 captions, the matrix 6");
    files.captions = none;
    assert_no_names(files, 3, 6, "none: ");
    assert_no_names((struct split_files){.caption_ids = ids}, 3, 6, "has 2 ids, the split 6");
    free(ids);
    free(none);
}

static void test_rows_of_names(void **state)
{
    (void)state;
    struct split_names n;
    struct split_index index;
    struct error err;
    size_t row = 99;
    names_of("c0\nc1\nc2\nc3\nc4\n7\n", &n);
    assert_done(split_index_make(&n, &index, &err), err);
    assert_true(split_index_image(&index, "8.jpg", &row) && row == 1);
    assert_true(split_index_caption(&index, "c3", &row) && row == 3);
    assert_true(split_index_caption(&index, "COCO_train2014_000000000008#1", &row) && row == 3);
    assert_true(split_index_caption(&index, "7", &row) && row == 5);
    assert_false(split_index_caption(&index, "8#2", &row));
    assert_false(split_index_image(&index, "c0", &row));
    split_index_done(&index);
    free(n.caption[4]);
    n.caption[4] = mem_strdup("c1");
    assert_int_equal(split_index_make(&n, &index, &err), -1);
    assert_non_null(strstr(err.text, "'c1' stands for two captions"));
    free(n.image[2]);
    n.image[2] = mem_strdup("007");
    assert_int_equal(split_index_make(&n, &index, &err), -1);
    assert_non_null(strstr(err.text, "'007' stands for two images"));
    split_names_done(&n);
}

/* ---- judgements ---- */

static int load(const char *qrels, const char *caption_ids, struct judgements *out,
                struct error *err)
{
    struct split_names n;
    names_of(caption_ids, &n);
    char *path = scratch_text("qrels", qrels, strlen(qrels));
    int status = judgements_load(path, &n, out, err);
    free(path);
    split_names_done(&n);
    return status;
}

static void assert_relevant(const struct relevance *r, size_t query, size_t n, const size_t *items,
                            const int32_t *grades)
{
    assert_int_equal(r->starts[query + 1] - r->starts[query], n);
    assert_memory_equal(r->items + r->starts[query], items, n * sizeof *items);
    assert_memory_equal(r->grades + r->starts[query], grades, n * sizeof *grades);
}

static void test_both_directions(void **state)
{
    (void)state;
    struct judgements j;
    struct error err;
    assert_done(load("7#0 0 7 1\n7#0 0 9 3\n8#1 0 7 2\n8#1 0 9 0\n8#1 0 8 -1\n\n"
                     "9.jpg 0 7.jpg#0 1\n9 0 8#0 1\n7 0 elsewhere#3 1\n",
                     NULL, &j, &err),
                err);
    assert_int_equal(j.lines, 8);
    assert_int_equal(j.outside, 1);
    assert_int_equal(j.relevance[0].queries, 6);
    assert_relevant(&j.relevance[0], 0, 2, (size_t[]){0, 2}, (int32_t[]){1, 3});
    assert_relevant(&j.relevance[0], 3, 1, (size_t[]){0}, (int32_t[]){2});
    assert_int_equal(j.relevance[0].starts[6], 3); /* grades of 0 and below are not relevant */
    assert_int_equal(j.relevance[1].queries, 3);
    assert_relevant(&j.relevance[1], 2, 2, (size_t[]){0, 2}, (int32_t[]){1, 1});
    assert_int_equal(j.relevance[1].starts[3], 2);
    assert_true(j.queries[0] == 2 && j.queries[1] == 3);
    judgements_done(&j);
    /* "7" is an image and a caption: the other side tells */
    assert_done(load("7 0 9 1\n9 0 7 1\nc1 0 8 1\n", "c0\nc1\nc2\nc3\nc4\n7\n", &j, &err), err);
    assert_relevant(&j.relevance[0], 5, 1, (size_t[]){2}, (int32_t[]){1});
    assert_relevant(&j.relevance[1], 2, 1, (size_t[]){5}, (int32_t[]){1});
    judgements_done(&j);
}

/* Queries without a relevant item and outside the split count, each once, for their direction. */
static void test_queries(void **state)
{
    (void)state;
    struct judgements j;
    struct error err;
    assert_done(load("7#0 0 7 1\n7#1 0 7 0\n7#1 0 8 -1\n11#0 0 7 1\n11#0 0 12 1\n13#0 0 14 1\n"
                     "7 0 7#0 1\n20 0 7#1 1\n20 0 8#1 1\n21 0 22#0 1\n",
                     NULL, &j, &err),
                err);
    assert_int_equal(j.queries[0], 4); /* 7#0, 7#1, 11#0, 13#0 */
    assert_int_equal(j.queries[1], 3); /* 7, 20, 21 */
    judgements_done(&j);
    assert_done(load("7#0 0 7 1\nx 0 y 1\n", NULL, &j, &err), err);
    assert_true(j.queries[0] == 2 && j.queries[1] == 0); /* one direction only */
    judgements_done(&j);
}

static void assert_not_loaded(const char *qrels, const char *caption_ids, const char *reason)
{
    struct judgements j;
    struct error err;
    assert_int_equal(load(qrels, caption_ids, &j, &err), -1);
    if (!strstr(err.text, reason))
        fail_msg("'%s' does not say '%s'", err.text, reason);
}

static void test_judgements_that_are_none(void **state)
{
    (void)state;
    assert_not_loaded("q 0 d 1\n", NULL, "no line names");
    assert_not_loaded("7#0 0 7 0\n", NULL, "no line names");
    assert_not_loaded("7 0 9 1\n", "7\n9\nc2\nc3\nc4\nc5\n", "both an image's and a caption's id");
    assert_not_loaded("7 0 9 1\n", "c\nc\nc2\nc3\nc4\nc5\n", "stands for two captions");
    assert_not_loaded("7 0 7#0\n", NULL, "line 1 has too few columns");
    assert_not_loaded("", NULL, "is empty");
}

/* ---- rankings ---- */

static const float sims[] = {
    90, 50, 40, 70, 10, 80, /* image 0 */
    30, 20, 60, 35, 15, 70, /* image 1 */
    10, 40, 80, 60, 95, 20, /* image 2 */
};

static struct folds whole(void)
{
    struct folds f;
    struct error err;
    struct folds_spec spec = {0};
    assert_done(folds_cut(&spec, REGULAR(3, 6, 2), &f, &err), err);
    return f;
}

/* What is written, the caller's to free; NULL with the error. */
static char *run_of(const struct rankings *r, size_t depth, struct error *err)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    int status = rankings_write_run(r, depth, stream, err);
    fclose(stream);
    if (status == 0)
        return text;
    free(text);
    return NULL;
}

static void test_run(void **state)
{
    (void)state;
    struct folds f = whole();
    struct split_names n;
    struct error err;
    names_of(NULL, &n);
    struct rankings r = {&f, sims, &n, NULL, NULL};
    char *text = run_of(&r, 1, &err);
    assert_string_equal(text, "7 Q0 7#0 1 90 scanscope\n"
                              "COCO_val2014_000000000008.jpg Q0 9#1 1 70 scanscope\n"
                              "9 Q0 9#0 1 95 scanscope\n"
                              "7#0 Q0 7 1 90 scanscope\n"
                              "7#1 Q0 7 1 50 scanscope\n"
                              "COCO_val2014_000000000008.jpg#0 Q0 9 1 80 scanscope\n"
                              "COCO_val2014_000000000008.jpg#1 Q0 7 1 70 scanscope\n"
                              "9#0 Q0 9 1 95 scanscope\n"
                              "9#1 Q0 7 1 80 scanscope\n");
    free(text);
    text = run_of(&r, 0, &err);
    size_t lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 2 * 18);
    free(text);
    folds_done(&f);
    split_names_done(&n);
}

static void test_runs_that_cannot_be(void **state)
{
    (void)state;
    struct folds f = whole();
    struct split_names n;
    struct error err;
    float broken[18];
    memcpy(broken, sims, sizeof sims);
    broken[7] = NAN;
    names_of(NULL, &n);
    assert_null(run_of(&(struct rankings){&f, broken, &n, NULL, NULL}, 0, &err));
    assert_non_null(strstr(err.text, "NaN"));
    split_names_done(&n);
    names_of("a b\nc1\nc2\nc3\nc4\nc5\n", &n);
    assert_null(run_of(&(struct rankings){&f, sims, &n, NULL, NULL}, 0, &err));
    assert_non_null(strstr(err.text, "is empty or has a blank"));
    split_names_done(&n);
    names_of("9\nc1\nc2\nc3\nc4\nc5\n", &n);
    assert_null(run_of(&(struct rankings){&f, sims, &n, NULL, NULL}, 0, &err));
    assert_non_null(strstr(err.text, "'9' is a caption's and an image's"));
    folds_done(&f);
    split_names_done(&n);
}

/* Folds of one image: each ranks its own two captions. NaN is behind, and its score stays empty. */
static void test_ranks_of_folds(void **state)
{
    (void)state;
    struct folds f;
    struct split_names n;
    struct folds_ranks ranks;
    struct error err;
    struct folds_spec spec = {.size = 1};
    const float folded[] = {1, 2, NAN, 4, NAN, NAN};
    char *text = NULL;
    size_t size;
    assert_done(folds_cut(&spec, REGULAR(3, 6, 2), &f, &err), err);
    names_of(NULL, &n);
    struct rankings r = {&f, folded, &n, NULL, NULL};
    folds_rank(&f, folded, NULL, &ranks);
    FILE *stream = open_memstream(&text, &size);
    assert_done(rankings_write_ranks(&r, &ranks, stream, &err), err);
    fclose(stream);
    static const char wanted[] =
        "direction,query,id,words,rank,truth,truth_score,first,first_score\n"
        "i2t,0,7,,1,7#1,2,7#1,2\n"
        "i2t,1,COCO_val2014_000000000008.jpg,,1,COCO_val2014_000000000008.jpg#1,4,"
        "COCO_val2014_000000000008.jpg#1,4\n"
        "i2t,2,9,,1,9#0,,9#0,\n"
        "t2i,0,7#0,2,1,7,1,7,1\n";
    assert_int_equal(strncmp(text, wanted, strlen(wanted)), 0);
    free(text);
    folds_done(&f);
    folds_ranks_done(&ranks);
    split_names_done(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_that_do_not_fit),
        cmocka_unit_test(test_rows_of_names),
        cmocka_unit_test(test_both_directions),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_judgements_that_are_none),
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_runs_that_cannot_be),
        cmocka_unit_test(test_ranks_of_folds),
    };
    return cmocka_run_group_tests_name("judgements", tests, scratch_make, scratch_remove);
}
