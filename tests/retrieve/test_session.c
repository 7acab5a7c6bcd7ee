/* test_session.c: sessions on the reference's models: queries, attention, several threads,
 * interruptions. */
#include "base/countof.h"
#include "tests/support/fixture.h"
#include "tests/support/testing.h"

#include <math.h>
#include <omp.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "evaluate/evaluate.h"
#include "model/kernels/bf16.h"
#include "model/kernels/xattn.h"
#include "model/kind.h"
#include "retrieve/session/session_contributions.h"
#include "retrieve/session/session_exact.h"

/* A fixture with what else a session needs: a vocabulary of made-up words w4, w5, ... */
struct bed {
    struct fixture fixture;
    char *model, *ims, *tokens, *vocab;
};

static void write_vocab(struct bed *bed)
{
    struct error err;
    struct str text = {0};
    const char *special[] = {"<pad>", "<start>", "<end>", "<unk>"};
    str_add(&text, "{\"idx\": 60, \"idx2word\": {}, \"word2idx\": {");
    for (int i = 0; i < 60; i++)
        if (i < 4)
            str_addf(&text, "%s\"%s\": %d", i ? ", " : "", special[i], i);
        else
            str_addf(&text, ", \"w%d\": %d", i, i);
    str_add(&text, "}}\n");
    bed->vocab = mem_printf("test-session-%ld.json", (long)getpid());
    assert_done(file_write(bed->vocab, text.text, text.length, &err), err);
    str_done(&text);
}

static void bed_init(struct bed *bed, const char *name)
{
    *bed = (struct bed){0};
    fixture_open(name, &bed->fixture);
    bed->model = fixture_path(&bed->fixture, "model.pth.tar");
    bed->ims = fixture_path(&bed->fixture, "ims.npy");
    bed->tokens = fixture_path(&bed->fixture, "tokens.txt");
    write_vocab(bed);
}

static void bed_done(struct bed *bed)
{
    unlink(bed->vocab);
    free(bed->vocab);
    free(bed->model);
    free(bed->ims);
    free(bed->tokens);
    fixture_close(&bed->fixture);
}

static struct session_spec spec_of(const struct bed *bed)
{
    return (struct session_spec){.model = bed->model,
                                 .vocab = bed->vocab,
                                 .data = {.features = bed->ims, .token_ids = bed->tokens},
                                 .need_vocab = true};
}

static struct session *open_session(const struct bed *bed)
{
    struct session_spec spec = spec_of(bed);
    struct session *session = NULL;
    struct error err;
    spec.encode_captions = true;
    assert_done(session_open(&spec, NULL, &session, &err), err);
    return session;
}

/* The words of caption c as text. */
static char *caption_text(const struct session *session, size_t c)
{
    struct str text = {0};
    for (size_t k = session->starts[c] + 1; k + 1 < session->starts[c + 1]; k++)
        str_addf(&text, "%sw%d", text.length ? " " : "", (int)session->ids[k]);
    return str_take(&text);
}

static void test_queries_score_alike(void **state)
{
    (void)state;
    const char *names[] = {"t2i_avg", "i2t_lse"};
    for (size_t n = 0; n < 2; n++) {
        struct bed bed;
        struct error err;
        bed_init(&bed, names[n]);
        struct session *s = open_session(&bed);
        float *all = mem_new(s->I * s->C, sizeof *all), *row = mem_new(s->C, sizeof *row);
        float *column = mem_new(s->I, sizeof *column);
        assert_done(session_score_all(s, all, NULL, &err), err);
        for (size_t c = 0; c < s->C; c += 17) {
            char *text = caption_text(s, c);
            struct query *typed, *taken;
            assert_done(query_from_text(s, text, &typed, &err), err);
            assert_done(query_from_caption(s, c, &taken, &err), err);
            assert_int_equal(typed->W, taken->W);
            assert_memory_equal(typed->ids, taken->ids, typed->W * sizeof *typed->ids);
            assert_int_equal(typed->unknown, 0);
            assert_int_equal(taken->words.count, typed->words.count);
            assert_string_equal(taken->words.items[0], typed->words.items[0]);
            assert_string_equal(taken->text, text);
            assert_done(session_score_images(s, typed, column, NULL, &err), err);
            for (size_t i = 0; i < s->I; i++)
                assert_true(fabsf(column[i] - all[i * s->C + c]) < 2e-6f);
            query_free(typed);
            query_free(taken);
            free(text);
        }
        assert_done(session_score_captions(s, 5, row, NULL, &err), err);
        for (size_t c = 0; c < s->C; c++)
            assert_true(fabsf(row[c] - all[5 * s->C + c]) < 2e-6f);
        free(all);
        free(row);
        free(column);
        session_free(s);
        bed_done(&bed);
    }
}

static bool words_look(const struct attention *a)
{
    return a->shows & KIND_WORDS_ON_REGIONS;
}

static void check_words(const struct attention *a)
{
    bool t2i = words_look(a);
    size_t Q = t2i ? a->W : a->R, K = t2i ? a->R : a->W;
    for (size_t q = 0; q < Q; q++) {
        double sum = 0;
        for (size_t k = 0; k < K; k++) {
            size_t w = t2i ? q : k, r = t2i ? k : q;
            float weight = t2i ? a->word_region[w * a->R + r] : a->region_word[r * a->W + w];
            sum += weight;
            assert_true(a->word_region[w * a->R + r] == weight);
        }
        assert_true(fabs(sum - 1) < 1e-5);
    }
    for (size_t w = 0; !t2i && w < a->W; w++) {
        double sum = 0, weight = 0;
        for (size_t r = 0; r < a->R; r++) {
            sum += (double)a->word_region[w * a->R + r] * a->region_similarity[r];
            weight += a->word_region[w * a->R + r];
        }
        assert_true(fabs(a->word_similarity[w] - sum / weight) < 1e-5);
    }
}

static void test_attention(void **state)
{
    (void)state;
    const char *names[] = {"t2i_lse", "i2t_avg"};
    for (size_t n = 0; n < 2; n++) {
        struct bed bed;
        struct error err;
        bed_init(&bed, names[n]);
        struct session *s = open_session(&bed);
        struct query *query;
        struct attention *attention;
        float *column = mem_new(s->I, sizeof *column);
        assert_done(query_from_caption(s, 7, &query, &err), err);
        assert_done(session_attention(s, 3, query, &attention, &err), err);
        assert_done(session_score_images(s, query, column, NULL, &err), err);
        assert_int_equal(attention->shows, n == 0 ? KIND_WORDS_ON_REGIONS : KIND_REGIONS_ON_WORDS);
        assert_int_equal(attention->shows, session_shows(s));
        assert_true((attention->region_word != NULL) == (n == 1) && !attention->nodes);
        assert_int_equal(attention->R, s->R);
        assert_int_equal(attention->W, query->W);
        assert_true(fabsf(attention->score - column[3]) < 2e-6f);
        check_words(attention);
        session_attention_free(attention);
        query_free(query);
        free(column);
        session_free(s);
        bed_done(&bed);
    }
}

static void test_words(void **state)
{
    (void)state;
    struct bed bed;
    struct error err;
    struct query *query;
    bed_init(&bed, "t2i_avg");
    struct session *s = open_session(&bed);
    assert_done(query_from_text(s, "W7 zebra w9", &query, &err), err);
    assert_int_equal(query->unknown, 1);
    assert_int_equal(query->W, 5);
    assert_int_equal(query->ids[2], 3);
    assert_string_equal(query->words.items[1], "zebra");
    query_free(query);
    assert_done(query_from_text(s, "zebra", &query, &err), err);
    assert_int_equal(query->unknown, query->W - 2);
    query_free(query);
    assert_int_equal(query_from_text(s, " \t", &query, &err), -1);
    assert_string_equal(err.text, "the caption is empty");
    assert_int_equal(query_from_caption(s, s->C, &query, &err), -1);
    assert_non_null(strstr(err.text, "no caption 120"));
    session_free(s);
    bed_done(&bed);
}

/* Any number of threads may query at once. */
static void test_threads(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_lse");
    struct session *s = open_session(&bed);
    float *all = mem_new(s->I * s->C, sizeof *all);
    struct error err;
    assert_done(session_score_all(s, all, NULL, &err), err);
    size_t wrong = 0;
#pragma omp parallel for num_threads(4) reduction(+ : wrong)
    for (size_t c = 0; c < s->C; c++) {
        struct query *query = NULL;
        struct attention *attention = NULL;
        struct error own;
        float column[24];
        if (query_from_caption(s, c, &query, &own) != 0 ||
            session_score_images(s, query, column, NULL, &own) != 0 ||
            session_attention(s, c % s->I, query, &attention, &own) != 0)
            wrong++;
        else
            wrong += fabsf(attention->score - all[c % s->I * s->C + c]) > 2e-6f ||
                     fabsf(column[1] - all[s->C + c]) > 2e-6f;
        session_attention_free(attention);
        query_free(query);
    }
    assert_int_equal(wrong, 0);
    free(all);
    session_free(s);
    bed_done(&bed);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "i2t_avg");
    struct session_spec spec = spec_of(&bed);
    struct progress progress = {stop, NULL};
    struct session *s = NULL;
    struct error err;
    assert_int_equal(session_open(&spec, &progress, &s, &err), -1);
    assert_string_equal(err.text, "interrupted");
    assert_null(s);
    assert_done(session_open(&spec, NULL, &s, &err), err);
    assert_null(s->captions.words);
    assert_int_equal(session_encode_captions(s, &progress, &err), -1);
    assert_string_equal(err.text, "interrupted");
    assert_null(s->captions.words);
    assert_done(session_encode_captions(s, NULL, &err), err);
    assert_non_null(s->captions.words);
    session_free(s);
    bed_done(&bed);
}

/* The score of a pair pooled by `agg` if regions cannot attend to word `without`; W: to none
 * omitted. */
static double naive_without(const struct session *s, const struct query *q, size_t image,
                            enum agg_func agg, size_t without)
{
    struct attn_options options = model_options(s->model)->attn;
    float *words = mem_new(q->W * s->D, sizeof *words);
    size_t at = 0;
    options.agg_func = agg;
    for (size_t w = 0; w < q->W; w++)
        if (w != without)
            memcpy(words + at++ * s->D, q->emb + w * s->D, s->D * sizeof *words);
    double score = xattn_naive(&options, s->images.regions + image * s->R * s->D, s->R, words, at,
                               s->D, NULL, NULL);
    free(words);
    return score;
}

/* Pooled without one word, straight from the equations. */
static double pooled_without(const struct attention *a, enum agg_func agg, float lambda, size_t w)
{
    double sum = 0, most = -INFINITY;
    for (size_t i = 0; i < a->W; i++) {
        double x = (double)a->word_similarity[i];
        if (i == w)
            continue;
        sum += agg == AGG_LOGSUMEXP ? exp((double)lambda * x) : x;
        most = fmax(most, x);
    }
    return agg == AGG_LOGSUMEXP ? log(sum) / (double)lambda : most;
}

static void check_shares(const struct session *s, const struct query *q, size_t image)
{
    struct attention *a = NULL;
    struct error err;
    float shares[64];
    float lambda = model_options(s->model)->attn.lambda_lse;
    assert_true(q->W <= 64);
    assert_done(session_attention(s, image, q, &a, &err), err);
    for (int agg = AGG_LOGSUMEXP; agg <= AGG_SUM; agg++) {
        double all = naive_without(s, q, image, (enum agg_func)agg, q->W), sum = 0;
        assert_done(session_word_contributions(s, image, q, a, (enum agg_func)agg, shares, &err),
                    err);
        for (size_t w = 0; w < q->W; w++) {
            sum += (double)shares[w];
            if (!words_look(a))
                assert_float_equal(shares[w],
                                   all - naive_without(s, q, image, (enum agg_func)agg, w), 2e-5);
            else if (agg == AGG_LOGSUMEXP || agg == AGG_MAX)
                assert_float_equal(shares[w],
                                   all - pooled_without(a, (enum agg_func)agg, lambda, w), 2e-5);
        }
        if (words_look(a) && (agg == AGG_MEAN || agg == AGG_SUM))
            assert_float_equal(sum, all, 2e-5); /* the parts are the whole */
    }
    session_attention_free(a);
}

/* Whatever the model was trained with, all four poolings are available. */
static void test_word_shares(void **state)
{
    static const char *const names[] = {"t2i_avg", "t2i_lse", "i2t_avg", "i2t_lse",
                                        "i2t_sum_nonorm"};
    (void)state;
    for (size_t n = 0; n < COUNTOF(names); n++) {
        struct bed bed;
        struct error err;
        bed_init(&bed, names[n]);
        struct session *s = open_session(&bed);
        for (size_t c = 0; c < 3; c++) {
            struct query *q = NULL;
            assert_done(query_from_caption(s, c, &q, &err), err);
            check_shares(s, q, c);
            query_free(q);
        }
        session_free(s);
        bed_done(&bed);
    }
}

static void test_without_vocabulary(void **state)
{
    (void)state;
    struct bed bed;
    bed_init(&bed, "t2i_avg");
    struct session_spec spec = spec_of(&bed);
    struct session *s = NULL;
    struct query *query;
    struct error err;
    spec.vocab = NULL;
    assert_int_equal(session_open(&spec, NULL, &s, &err), -1);
    assert_non_null(strstr(err.text, "no vocabulary"));
    spec.need_vocab = false;
    assert_done(session_open(&spec, NULL, &s, &err), err);
    assert_null(s->vocab);
    assert_done(query_from_caption(s, 0, &query, &err), err);
    assert_string_equal(query->text, "46 59");
    query_free(query);
    assert_int_equal(query_from_text(s, "w4", &query, &err), -1);
    assert_non_null(strstr(err.text, "--vocab"));
    session_free(s);
    bed_done(&bed);
}

/* ---- bfloat16 ---- */

static bool same_ranked(const struct ranked *a, const struct ranked *b, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (a[k].index != b[k].index || a[k].score != b[k].score)
            return false;
    return true;
}

/* A caption's first places and the rank of its image, in both precisions. */
static void check_ranking(const struct session *full, const struct session *half, size_t c,
                          struct exact_counts *share)
{
    struct error err;
    struct query *query;
    size_t I = full->I, image = caption_map_image(&full->data->map, c);
    float *own = mem_new(I, sizeof *own), *near = mem_new(I, sizeof *near);
    struct ranked wanted[5], got[5];
    struct exact_places need = {.top = c % 5 + 1, .first = image, .count = 1};
    assert_done(query_from_caption(full, c, &query, &err), err);
    assert_done(session_score_images(full, query, own, NULL, &err), err);
    assert_done(session_rank_images(half, query, &need, near, share, NULL, &err), err);
    rank_top(own, I, need.top, wanted);
    rank_top(near, I, need.top, got);
    assert_true(same_ranked(wanted, got, need.top));
    assert_int_equal(rank_of(own, I, image), rank_of(near, I, image));
    need.top = I; /* all of it */
    assert_done(session_rank_images(half, query, &need, near, NULL, NULL, &err), err);
    assert_memory_equal(own, near, I * sizeof *own);
    query_free(query);
    free(own);
    free(near);
}

static void check_fixture_bf16(const char *name)
{
    struct bed bed;
    struct error err;
    struct exact_counts share = {0};
    struct session *full, *half = NULL;
    bed_init(&bed, name);
    struct session_spec spec = spec_of(&bed);
    full = open_session(&bed);
    spec.bf16 = true;
    assert_done(session_open(&spec, NULL, &half, &err), err);
    assert_null(half->images.regions);
    for (size_t c = 0; c < full->C; c++)
        check_ranking(full, half, c, &share);
    print_message("# %s: %.0f %% scored again\n", name,
                  100.0 * (double)share.again / (double)share.pairs);
    session_free(full);
    session_free(half);
    bed_done(&bed);
}

static void check_all_bf16(const struct bf16_kernel *kernel)
{
    bf16_kernel_set(kernel);
    for (size_t n = 0; fixture_names[n]; n++)
        check_fixture_bf16(fixture_names[n]);
    bf16_kernel_set(NULL);
}

static void test_bf16_rankings(void **state)
{
    const char *why;
    (void)state;
    check_all_bf16(&bf16_plain);
    if (!bf16_kernel(&why)) {
        fprintf(stderr, "# skipped: the CPU's kernel: %s\n", why);
        skip();
    }
    check_all_bf16(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries_score_alike),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_word_shares),
        cmocka_unit_test(test_without_vocabulary),
        cmocka_unit_test(test_bf16_rankings),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
