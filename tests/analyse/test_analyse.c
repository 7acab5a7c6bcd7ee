/* test_analyse.c: each analysis against worked examples, and against brute force on random data. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "analyse/compare.h"
#include "analyse/contribution.h"
#include "analyse/duplicates.h"
#include "analyse/failures.h"
#include "analyse/hubness.h"
#include "analyse/label_noise.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "evaluate/evaluate.h"
#include "tests/support/regular.h"

static struct rng random_seeded(void)
{
    struct rng rng;
    uint64_t seed = (uint64_t)time(NULL);
    fprintf(stderr, "# seed %llu\n", (unsigned long long)seed);
    rng_seed(&rng, seed);
    return rng;
}

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) <= 1e-9 * (1 + fabs(b))))
        fail_msg("%.17g is not %.17g", a, b);
}

/* ---- a split that has only words ---- */

struct bed {
    struct dataset data;
    struct lexicon lexicon;
};

/* `captions` texts, `per_image` of them per image. */
static void bed_init(struct bed *bed, char **captions, size_t count, size_t per_image)
{
    struct error err;
    size_t images = count / per_image;
    char **ids = mem_new(images, sizeof *ids);
    for (size_t i = 0; i < images; i++)
        ids[i] = mem_printf("COCO_val2014_%012zu.jpg", 100 + i);
    *bed = (struct bed){.data = {.images = images,
                                 .captions = count,
                                 .map = caption_map_regular(images, count, per_image),
                                 .caption = captions,
                                 .id = ids,
                                 .folder = (char *)".",
                                 .split = (char *)"test"}};
    assert_done(lexicon_build(&bed->data, NULL, TOKENS_STANDARD, &bed->lexicon, &err), err);
}

static void bed_done(struct bed *bed)
{
    lexicon_done(&bed->lexicon);
    for (size_t i = 0; i < bed->data.images; i++)
        free(bed->data.id[i]);
    free(bed->data.id);
}

static void sweep_matrix(const float *sims, size_t I, size_t C, size_t per_image, size_t k,
                         struct sweep *out)
{
    struct score_source source;
    struct error err;
    static struct caption_map maps[64]; /* sweeps keep it */
    static size_t used;
    struct caption_map *map = &maps[used++ % COUNTOF(maps)];
    *map = caption_map_regular(I, C, per_image);
    scores_of_matrix(sims, map, &source);
    assert_done(sweep_run(&source, k, 0, NULL, out, &err), err);
}

/* The worked example of test_evaluate.c: captions' ranks 1 2 3 3 1 2, images' 1 4 1. */
static const float worked[] = {
    0.9f, 0.5f, 0.4f, 0.6f, 0.1f, 0.7f, 0.8f, 0.6f, 0.3f,
    0.5f, 0.4f, 0.9f, 0.1f, 0.4f, 0.5f, 0.7f, 0.9f, 0.8f,
};
static char *worked_captions[] = {
    (char *)"A red dog",       (char *)"a dog in the snow", (char *)"a red cat .",
    (char *)"the red red hat", (char *)"a zebra",           (char *)"a zebra eats grass",
};

static size_t word_number(const struct lexicon *l, const char *word)
{
    for (size_t w = 0; w < l->count; w++)
        if (strcmp(l->text[w], word) == 0)
            return w;
    fail_msg("no word %s", word);
    return 0;
}

static void test_lexicon(void **state)
{
    (void)state;
    struct bed bed;
    struct error err;
    bed_init(&bed, worked_captions, 6, 2);
    const struct lexicon *l = &bed.lexicon;
    assert_int_equal(lexicon_length(l, 2), 4);
    assert_int_equal(l->uses[word_number(l, "red")], 4);
    assert_int_equal(l->uses[word_number(l, "a")], 5);
    assert_int_equal(lexicon_rarest(l, 4), 2); /* zebra */
    assert_int_equal(lexicon_rarest(l, 5), 1); /* eats */
    char *joined = lexicon_join(l, 3);
    assert_string_equal(joined, "the red red hat");
    free(joined);
    const char text[] = "a zebra and a zebra\nTwo zebra\n";
    assert_done(file_write("test_analyse_train.txt", text, strlen(text), &err), err);
    assert_done(lexicon_count(&bed.lexicon, "test_analyse_train.txt", TOKENS_STANDARD, &err), err);
    assert_int_equal(lexicon_frequency(l, (uint32_t)word_number(l, "zebra")), 3);
    assert_int_equal(lexicon_rarest(l, 0), 0); /* "red" does not occur */
    assert_int_equal(lexicon_count(&bed.lexicon, "no-such-file", TOKENS_STANDARD, &err), -1);
    remove("test_analyse_train.txt");
    bed_done(&bed);
}

/* ---- failures ---- */

static void test_failures(void **state)
{
    (void)state;
    struct bed bed;
    struct sweep sweep;
    struct failures f;
    struct where *where = NULL;
    struct error err;
    size_t *order;
    bed_init(&bed, worked_captions, 6, 2);
    sweep_matrix(worked, 3, 6, 2, 1, &sweep);
    failures_build(&sweep, &bed.data, &bed.lexicon, true, true, &f);
    assert_int_equal(f.count, 9);
    assert_done(
        where_parse("direction = t2i and rank > 1 and words ~ red", failures_fields, &where, &err),
        err);
    size_t count = failures_select(&f, where, FAILURE_RANK, false, &order);
    assert_int_equal(count, 2); /* captions 2 and 3, both at rank 3 */
    assert_int_equal(f.rows[order[0]].query, 2);
    assert_int_equal(f.rows[order[1]].query, 3);
    assert_near(f.rows[order[0]].margin, (double)0.3f - (double)0.5f);
    assert_int_equal(f.rows[order[0]].wrong, 2);
    free(order);
    where_free(where);
    count = failures_select(&f, NULL, FAILURE_MARGIN, false, &order);
    assert_int_equal(count, 9);
    assert_true(f.rows[order[0]].image && f.rows[order[0]].query == 1); /* 0.5 - 0.9 */
    assert_int_equal(f.rows[order[0]].caption, 3);                      /* its best */
    for (size_t k = 1; k < count; k++)
        assert_true(f.rows[order[k - 1]].margin <= f.rows[order[k]].margin);
    free(order);
    failures_done(&f);
    sweep_done(&sweep);
    bed_done(&bed);
}

static void test_groups(void **state)
{
    (void)state;
    struct bed bed;
    struct sweep sweep;
    struct failures f;
    size_t *order;
    struct query_group *groups;
    bed_init(&bed, worked_captions, 6, 2);
    sweep_matrix(worked, 3, 6, 2, 1, &sweep);
    failures_build(&sweep, &bed.data, &bed.lexicon, false, true, &f);
    size_t count = failures_select(&f, NULL, FAILURE_QUERY, false, &order);
    /* red: captions 0, 2, 3 with ranks 1, 3, 3 (once each, though 3 has it twice) */
    size_t n = failures_group(&f, order, count, GROUP_WORD, 3, &groups);
    assert_int_equal(n, 2);
    assert_string_equal(groups[0].name, "red");
    assert_int_equal(groups[0].count, 3);
    assert_near(groups[0].r1, 100.0 / 3);
    assert_near(groups[0].r5, 100);
    assert_near(groups[0].median_rank, 3);
    assert_string_equal(groups[1].name, "a"); /* 1 2 3 1 2 */
    assert_near(groups[1].r1, 40);
    failures_groups_free(groups, n);
    n = failures_group(&f, order, count, GROUP_LENGTH, 1, &groups);
    assert_int_equal(n, 2);
    assert_string_equal(groups[0].name, "1-3"); /* captions 0 and 4 */
    assert_int_equal(groups[0].count, 2);
    assert_near(groups[0].r1, 100);
    assert_string_equal(groups[1].name, "4-6");
    failures_groups_free(groups, n);
    n = failures_group(&f, order, count, GROUP_FREQUENCY, 1, &groups);
    assert_int_equal(n, 1);
    assert_string_equal(groups[0].name, "1-9");
    failures_groups_free(groups, n);
    free(order);
    failures_done(&f);
    sweep_done(&sweep);
    bed_done(&bed);
}

/* ---- comparison ---- */

/* B is A with images 1 and 2 changed: caption 2 comes to rank 1, caption 4 falls to 2. */
static void test_compare_worked(void **state)
{
    (void)state;
    float other[18];
    struct sweep a, b;
    struct comparison c;
    struct compared_rsum rsum;
    struct error err;
    memcpy(other, worked, sizeof other);
    other[1 * 6 + 2] = 0.6f;
    other[0 * 6 + 4] = 0.95f;
    sweep_matrix(worked, 3, 6, 2, 0, &a);
    sweep_matrix(other, 3, 6, 2, 0, &b);
    assert_done(compare_queries(a.captions, b.captions, 6, a.map, NULL, &c, &err), err);
    assert_near(c.at[0].a, 100.0 / 3);
    assert_near(c.at[0].b, 100.0 / 3);
    assert_int_equal(c.at[0].only_a_fails, 1);
    assert_int_equal(c.at[0].only_b_fails, 1);
    assert_int_equal(c.at[0].both_fail, 3);
    assert_near(c.at[0].overlap, 3.0 / 5);
    assert_near(c.at[0].difference.difference.value, 0);
    assert_near(c.at[0].mcnemar.exact_p, 1);
    assert_int_equal(c.better, 1);
    assert_int_equal(c.worse, 1);
    assert_int_equal(c.same, 4);
    assert_near(c.mean_rank_a, 2);
    assert_near(c.mean_rank_b, 11.0 / 6);
    assert_near(compare_rank_change(&a.captions[2], &b.captions[2]), log(3));
    assert_done(compare_rsums(&a, &b, NULL, &rsum, &err), err);
    struct evaluation of_a, of_b;
    evaluate(worked, REGULAR(3, 6, 2), &of_a);
    evaluate(other, REGULAR(3, 6, 2), &of_b);
    assert_near(rsum.a, of_a.rsum);
    assert_near(rsum.b, of_b.rsum);
    assert_near(rsum.difference.difference.value, of_a.rsum - of_b.rsum);
    sweep_done(&a);
    sweep_done(&b);
}

static void test_compare_random(void **state)
{
    (void)state;
    enum { I = 30, P = 3, C = I * P };
    struct rng rng = random_seeded();
    float *sims[2];
    struct sweep sweeps[2];
    struct comparison c;
    struct error err;
    for (int s = 0; s < 2; s++) {
        sims[s] = mem_new(I * C, sizeof *sims[s]);
        for (size_t k = 0; k < I * C; k++)
            sims[s][k] = (float)rng_unit(&rng) + (k % C / P == k / C ? 0.6f : 0);
        sweep_matrix(sims[s], I, C, P, 0, &sweeps[s]);
    }
    assert_done(
        compare_queries(sweeps[0].captions, sweeps[1].captions, C, sweeps[0].map, NULL, &c, &err),
        err);
    struct recalls a, b;
    size_t ranks[2][C], lost = 0, won = 0;
    evaluate_t2i(sims[0], REGULAR(I, C, P), &a, ranks[0]);
    evaluate_t2i(sims[1], REGULAR(I, C, P), &b, ranks[1]);
    for (size_t q = 0; q < C; q++) {
        lost += ranks[0][q] < 5 && ranks[1][q] >= 5;
        won += ranks[0][q] >= 5 && ranks[1][q] < 5;
    }
    assert_near(c.at[0].a, a.r1);
    assert_near(c.at[1].b, b.r5);
    assert_near(c.at[2].difference.difference.value, a.r10 - b.r10);
    assert_int_equal(c.at[1].only_a_fails, won);
    assert_int_equal(c.at[1].only_b_fails, lost);
    assert_near(c.mean_rank_b, b.mean);
    for (int s = 0; s < 2; s++) {
        sweep_done(&sweeps[s]);
        free(sims[s]);
    }
}

/* ---- hubs, twins ---- */

/* Item 0 is among the best two of four queries, 1 of two, 2 and 3 of one each, 4 of none. */
static void test_hubness(void **state)
{
    (void)state;
    const struct ranked top[] = {{0, 1}, {1, 1}, {0, 1}, {2, 1}, {3, 1}, {0, 1}, {1, 1}, {0, 1}};
    const double counts[] = {4, 2, 1, 1, 0};
    struct hubness h;
    hubness_measure(top, 4, 2, 2, 5, &h);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(h.counts[i], (size_t)counts[i]);
    assert_int_equal(h.order[0], 0);
    assert_int_equal(h.order[4], 4);
    assert_near(h.never, 0.2);
    assert_near(h.expected, 1.6);
    assert_near(h.skewness, stats_skewness(counts, 5));
    assert_near(h.skewness, 1.872 / pow(1.84, 1.5)); /* by hand: m3 over m2^1.5 */
    hubness_done(&h);
}

static char *random_caption(struct rng *rng)
{
    static const char *const words[] = {"a", "red", "dog", "cat", "runs", "sits", "tree", "hat"};
    char text[100] = "";
    for (uint64_t n = 1 + rng_below(rng, 6); n > 0; n--) {
        strcat(text, words[rng_below(rng, 8)]);
        strcat(text, " ");
    }
    return mem_strdup(text);
}

/* All pairs, one by one. */
static void test_caption_twins(void **state)
{
    (void)state;
    enum { C = 120 };
    struct rng rng = random_seeded();
    char *captions[C];
    struct bed bed;
    struct twins twins;
    for (int c = 0; c < C; c++)
        captions[c] = random_caption(&rng);
    bed_init(&bed, captions, C, 2);
    for (int round = 0; round < 4; round++) {
        double least = 0.4 + 0.2 * round;
        size_t expected = 0;
        duplicates_of_captions(&bed.lexicon, least, C * C, &twins);
        for (size_t a = 0; a < C; a++)
            for (size_t b = a + 1; b < C; b++)
                expected += duplicates_overlap(&bed.lexicon, a, b) >= least - 1e-12;
        assert_int_equal(twins.total, expected);
        assert_int_equal(twins.count, expected);
        for (size_t t = 0; t < twins.count; t++) {
            assert_true(twins.pairs[t].a < twins.pairs[t].b);
            assert_true(fabs(duplicates_overlap(&bed.lexicon, twins.pairs[t].a, twins.pairs[t].b) -
                             (double)twins.pairs[t].similarity) < 1e-6);
            assert_true(t == 0 || twins.pairs[t - 1].similarity >= twins.pairs[t].similarity);
        }
        duplicates_done(&twins);
        duplicates_of_captions(&bed.lexicon, least, 3, &twins); /* only the best are kept */
        assert_int_equal(twins.total, expected);
        assert_true(twins.count <= 3);
        duplicates_done(&twins);
    }
    bed_done(&bed);
    for (int c = 0; c < C; c++)
        free(captions[c]);
}

/* {a red dog} and {a dog in the snow} have two of six; repeated words count once. */
static void test_overlap(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, worked_captions, 6, 2);
    assert_near(duplicates_overlap(&bed.lexicon, 0, 1), 2.0 / 6);
    assert_near(duplicates_overlap(&bed.lexicon, 3, 0), 1.0 / 5);
    assert_near(duplicates_overlap(&bed.lexicon, 3, 3), 1);
    bed_done(&bed);
}

static void test_image_twins(void **state)
{
    (void)state;
    enum { N = 700, D = 5 };
    struct rng rng = random_seeded();
    float *v = mem_new(N * D, sizeof *v);
    struct twins twins;
    struct error err;
    size_t expected = 0;
    for (size_t k = 0; k < N * D; k++)
        v[k] = (float)rng_normal(&rng) + 3;
    memcpy(v + 600 * D, v + 20 * D, D * sizeof *v); /* the same picture twice */
    duplicates_centre(v, N, D);
    assert_done(duplicates_of_vectors(v, N, D, 0.97, N * N, NULL, &twins, &err), err);
    for (size_t a = 0; a < N; a++)
        for (size_t b = a + 1; b < N; b++) {
            float dot = 0;
            for (size_t d = 0; d < D; d++)
                dot += v[a * D + d] * v[b * D + d];
            expected += dot >= 0.97f;
        }
    assert_true(twins.total + 2 >= expected && twins.total <= expected + 2); /* rounding at 0.97 */
    bool found = false;
    for (size_t t = 0; t < twins.count; t++)
        found |= twins.pairs[t].a == 20 && twins.pairs[t].b == 600 &&
                 twins.pairs[t].similarity > 0.9999f;
    assert_true(found);
    duplicates_done(&twins);
    free(v);
}

/* ---- doubtful truths ---- */

/* Ranks of captions by hand: image 0's are 1 and 12, image 1's 14 and 30, image 2's 1 and 1. */
/* The mean of an image's own regions. */
static void test_image_means(void **state)
{
    enum { I = 3, R = 4, D = 2 };
    static const int32_t counts[I] = {1, R, 2};
    float regions[I * R * D], means[I * D];
    (void)state;
    for (size_t k = 0; k < I * R * D; k++)
        regions[k] = k / D % R < (size_t)counts[k / D / R] ? (float)k : NAN;
    struct session session = {.I = I, .R = R, .D = D};
    session.images =
        (struct embedded_images){.I = I, .R = R, .D = D, .count = counts, .regions = regions};
    duplicates_image_means(&session, means);
    for (size_t i = 0; i < I; i++)
        for (size_t d = 0; d < D; d++)
            assert_near(means[i * D + d], (double)(i * R * D + d + (size_t)counts[i] - 1));
}

static void test_suspects(void **state)
{
    (void)state;
    struct sweep_query captions[6] = {{.rank = 0},  {.rank = 11}, {.rank = 13},
                                      {.rank = 29}, {.rank = 0},  {.rank = 0}};
    struct sweep sweep = {.I = 3, .C = 6, .map = REGULAR(3, 6, 2), .captions = captions};
    struct suspect *s;
    size_t count = label_noise_suspects(&sweep, 10, &s);
    assert_int_equal(count, 2); /* 14 next to 30 is not a suspect */
    assert_int_equal(s[0].caption, 1);
    assert_near(s[0].times, 12);
    assert_near(s[0].siblings, 1);
    assert_int_equal(s[1].caption, 3);
    assert_near(s[1].times, 30.0 / 14);
    free(s);
    sweep = (struct sweep){.I = 6, .C = 6, .map = REGULAR(6, 6, 1), .captions = captions};
    count = label_noise_suspects(&sweep, 20, &s); /* no siblings: compared with the median, 6 */
    assert_int_equal(count, 1);
    assert_true(isnan(s[0].siblings));
    assert_near(s[0].times, 30.0 / 6);
    free(s);
}

static void test_near_misses(void **state)
{
    (void)state;
    struct bed bed;
    struct sweep sweep;
    struct near_miss *m;
    bed_init(&bed, worked_captions, 6, 2);
    sweep_matrix(worked, 3, 6, 2, 1, &sweep);
    size_t count = label_noise_near_misses(&sweep, &bed.lexicon, 0.01, &m);
    for (size_t k = 0; k < count; k++) {
        const struct sweep_query *q =
            m[k].image ? &sweep.images[m[k].query] : &sweep.captions[m[k].query];
        size_t image = m[k].image ? m[k].query : m[k].answer;
        size_t text = m[k].image ? m[k].answer : m[k].query;
        double best = 0;
        assert_true(q->rank > 0);
        assert_int_equal(m[k].answer, q->wrong.index);
        for (size_t c = 2 * image; c < 2 * image + 2; c++)
            best = fmax(best, duplicates_overlap(&bed.lexicon, text, c));
        assert_near(m[k].overlap, best);
        assert_near(m[k].overlap, duplicates_overlap(&bed.lexicon, text, m[k].twin));
        assert_true(k == 0 || m[k - 1].overlap >= m[k].overlap);
    }
    assert_true(count >= 2);
    free(m);
    count = label_noise_near_misses(&sweep, &bed.lexicon, 1, &m);
    assert_int_equal(count, 0);
    free(m);
    sweep_done(&sweep);
    bed_done(&bed);
}

/* ---- words ---- */

static void test_entropy(void **state)
{
    (void)state;
    const float even[] = {0.2f, 0.2f, 0.2f, 0.2f}, one[] = {0, 3, 0, 0}, none[] = {0, 0, 0, 0};
    const float half[] = {0.5f, 0.5f, 0, 0};
    assert_near(contribution_entropy(even, 4), 1);
    assert_near(contribution_entropy(one, 4), 0);
    assert_near(contribution_entropy(half, 4), 0.5);
    assert_near(contribution_entropy(none, 4), 1);
    assert_true(isnan(contribution_entropy(even, 1)));
}

static void test_summaries(void **state)
{
    (void)state;
    const struct word_use uses[] = {
        {.word = 7, .score = 0.5f, .without = 0.25f, .rank = 1, .rank_without = 4, .entropy = 0.5f},
        {.word = 2, .score = 0.5f, .without = 0.75f, .rank = 2, .rank_without = 1, .entropy = 1},
        {.word = 7, .score = 0.5f, .without = 0.5f, .rank = 2, .rank_without = 2, .entropy = 0.96f},
    };
    struct word_summary *s;
    assert_int_equal(contribution_by_word(uses, 3, 0.95, &s), 2);
    assert_int_equal(s[0].word, 7);
    assert_int_equal(s[0].uses, 2);
    assert_near(s[0].change, 0.125);
    assert_near(s[0].helps, 0.5);
    assert_near(s[0].hurts, 0);
    assert_near(s[0].rank_change, log(4) / 2);
    assert_near(s[0].nowhere, 0.5);
    assert_near(s[1].change, -0.25);
    assert_near(s[1].hurts, 1);
    free(s);
    assert_int_equal(contribution_by_word(NULL, 0, 0.95, &s), 0);
    free(s);
}

static struct session *open_demo(void)
{
    const char *assets = getenv("SCANSCOPE_ASSETS");
    struct session *session = NULL;
    struct error err;
    char *folder = mem_printf("%s/demo", assets ? assets : "");
    char *model = mem_printf("%s/model.pth.tar", folder);
    if (!assets || !file_exists(model)) {
        fprintf(stderr, "# skipped: no demo model\n");
        skip();
    }
    struct session_spec spec = {.model = model,
                                .data = {.folder = folder, .split = "test"},
                                .encode_captions = true,
                                .index = {.mode = INDEX_OFF}};
    assert_done(session_open(&spec, NULL, &session, &err), err);
    free(model);
    free(folder);
    return session;
}

/* Omitted words against the caption typed without them; ranks against the whole ranking. */
static void test_leave_one_out(void **state)
{
    (void)state;
    struct session *session = open_demo();
    struct lexicon lexicon;
    struct word_use *uses;
    struct error err;
    const size_t captions[] = {3, 977, 128};
    size_t count, at = 0;
    float *scores = mem_new(session->I, sizeof *scores);
    assert_done(lexicon_build(session->data, session->vocab, session->compat, &lexicon, &err), err);
    assert_done(contribution_measure(session, &lexicon, captions, 3, NULL, &uses, &count, &err),
                err);
    for (size_t k = 0; k < 3; k++) {
        size_t first = lexicon.starts[captions[k]], n = lexicon_length(&lexicon, captions[k]);
        size_t image = caption_map_image(&session->data->map, captions[k]);
        for (size_t w = 0; w < n; w++, at++) {
            struct str text = {0};
            struct query *query;
            for (size_t u = 0; u < n; u++)
                if (u != w)
                    str_addf(&text, "%s ", lexicon.text[lexicon.words[first + u]]);
            assert_done(query_from_text(session, text.text, &query, &err), err);
            assert_done(session_score_images(session, query, scores, NULL, &err), err);
            assert_int_equal(uses[at].place, w);
            assert_int_equal(uses[at].caption, captions[k]);
            if (query->W - 2 == n - 1) { /* omitting a full stop may join words differently */
                assert_true(fabsf(uses[at].without - scores[image]) < 1e-4f);
                size_t rank = rank_of(scores, session->I, image) + 1;
                assert_true(rank <= uses[at].rank_without + 1 && uses[at].rank_without <= rank + 1);
            }
            query_free(query);
            str_done(&text);
        }
    }
    assert_int_equal(at, count);
    free(uses);
    free(scores);
    lexicon_done(&lexicon);
    session_free(session);
}

/* The pass in small tiles over a model's own scores. */
static void test_sweep_of_session(void **state)
{
    (void)state;
    struct session *session = open_demo();
    struct score_source source;
    struct sweep sweep;
    struct error err;
    size_t I = session->I, C = session->C, moved = 0;
    size_t *ranks = mem_new(C, sizeof *ranks);
    float *sims = mem_new(I * C, sizeof *sims);
    struct recalls recalls;
    assert_done(session_score_all(session, sims, NULL, &err), err);
    evaluate_t2i(sims, &session->data->map, &recalls, ranks);
    scores_of_session(session, &source);
    assert_done(sweep_run(&source, 3, 5000, NULL, &sweep, &err), err);
    for (size_t c = 0; c < C; c++) {
        assert_true(fabsf(sweep.captions[c].score - sims[c / 5 * C + c]) < 1e-4f);
        moved += sweep.captions[c].rank != ranks[c];
    }
    assert_true(moved <= 2); /* near ties that another order of summation reverses */
    sweep_done(&sweep);
    free(sims);
    free(ranks);
    session_free(session);
}

/* ---- more right answers ---- */

static int load_positives(struct bed *bed, const char *json, bool image, struct positives *out,
                          struct error *err)
{
    struct positives_ids *ids = NULL;
    const char caption_ids[] = "900\n901\n902\n903\n904\n905\n";
    assert_done(file_write("test_analyse_ids.txt", caption_ids, strlen(caption_ids), err), *err);
    assert_done(file_write("test_analyse.json", json, strlen(json), err), *err);
    assert_done(positives_ids_load(&bed->data, "test_analyse_ids.txt", &ids, err), *err);
    int status = positives_load("test_analyse.json", image, ids, REGULAR(3, 6, 2), out, err);
    positives_ids_free(ids);
    remove("test_analyse_ids.txt");
    remove("test_analyse.json");
    return status;
}

/* Images 100, 101, 102; captions 900 to 905. Caption 903's first answer is image 102. */
static void test_positives(void **state)
{
    (void)state;
    struct bed bed;
    struct sweep sweep;
    struct positives p;
    struct positive_recalls r;
    struct error err;
    bed_init(&bed, worked_captions, 6, 2);
    sweep_matrix(worked, 3, 6, 2, 3, &sweep);
    const char json[] =
        "{\"900\": [100], \"903\": [102, 101, 102, 555], \"905\": [\"102\"], \"77\": [100]}";
    assert_int_equal(load_positives(&bed, json, false, &p, &err), 0);
    assert_int_equal(p.annotated, 3);
    assert_int_equal(p.strangers, 2);
    assert_int_equal(p.confirmed, 3);
    assert_true(positives_has(&p, 3, 1) && positives_has(&p, 3, 2) && !positives_has(&p, 3, 0));
    assert_false(positives_has(&p, 1, 0));
    sweep_positive_recalls(&p, sweep.captions, sweep.caption_top, sweep.caption_k, &r);
    assert_near(r.annotated[0], 200.0 / 3); /* 900 and 903; 905's first is image 1 */
    assert_near(r.original[0], 100.0 / 3);
    assert_near(r.annotated[1], 100);
    assert_near(r.per_query, 4.0 / 3);
    positives_done(&p);
    assert_int_equal(load_positives(&bed, "{\"101\": [905, 903], \"100\": [900]}", true, &p, &err),
                     0);
    sweep_positive_recalls(&p, sweep.images, sweep.image_top, sweep.image_k, &r);
    assert_near(r.annotated[0], 100); /* image 1's first is caption 905 */
    assert_near(r.original[0], 50);
    positives_done(&p);
    sweep_done(&sweep);
    bed_done(&bed);
}

static void test_positives_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *json, *said;
        bool image;
    } cases[] = {
        {"[1, 2]", "not an object of ids", false},
        {"{\"900\": 100}", "'900': not an id with the list of its answers", false},
        {"{\"nine\": [100]}", "'nine': not an id", false},
        {"{\"900\": [1.5]}", "an answer that is not an id", false},
        {"{\"900\": [-4]}", "an answer that is not an id", false},
        {"{\"900\": [100]", "line 1, column", false},
        {"", "not JSON", false},
        {"{\"900\": [100]}", "none of its queries is an image of the split", true},
        {"{\"100\": [900]}", "none of its queries is a caption of the split", false},
        {"{\"900\": [101]}", "no query has its own truth among its 1 answers", false},
        {"{}", "none of its queries", false},
    };
    struct bed bed;
    bed_init(&bed, worked_captions, 6, 2);
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct positives p;
        struct error err = {0};
        assert_int_equal(load_positives(&bed, cases[i].json, cases[i].image, &p, &err), -1);
        if (!strstr(err.text, cases[i].said) || !strstr(err.text, "test_analyse.json"))
            fail_msg("%s: %s", cases[i].json, err.text);
        positives_done(&p);
    }
    bed_done(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lexicon),          cmocka_unit_test(test_failures),
        cmocka_unit_test(test_groups),           cmocka_unit_test(test_compare_worked),
        cmocka_unit_test(test_compare_random),   cmocka_unit_test(test_hubness),
        cmocka_unit_test(test_caption_twins),    cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_image_twins),      cmocka_unit_test(test_suspects),
        cmocka_unit_test(test_near_misses),      cmocka_unit_test(test_entropy),
        cmocka_unit_test(test_summaries),        cmocka_unit_test(test_leave_one_out),
        cmocka_unit_test(test_sweep_of_session), cmocka_unit_test(test_positives),
        cmocka_unit_test(test_positives_wrong),  cmocka_unit_test(test_image_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
