/* test_session_kinds.c: what sessions on VSE++, BFAN and SGRAF show of a pair: attention against
 * the equations, weights of nodes, what words contribute. */
#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "model/kernels/bfan.h"
#include "model/kernels/xattn.h"
#include "model/kind.h"
#include "retrieve/session/session_contributions.h"
#include "tests/support/testing.h"

static const struct {
    const char *name, *label;
    unsigned shows;
} kinds[] = {
    {"bfan_equal", "BFAN equal", KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS},
    {"bfan_prob", "BFAN prob", KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS},
    {"sgraf_sgr", "SGRAF SGR", KIND_WORDS_ON_REGIONS | KIND_NODES},
    {"sgraf_saf", "SGRAF SAF", KIND_WORDS_ON_REGIONS | KIND_NODES},
    {"vse_cosine", "VSE++", 0},
    {"vse_order", "VSE++ order", 0},
};

enum { PAIRS = 12 };

/* An open session on a fixture. */
struct bed {
    char *model, *ims, *tokens;
    struct session *session;
};

static char *path_of(const char *name, const char *file)
{
    char *place = mem_printf("../fixtures_family/%s/%s", name, file),
         *path = testing_fixture(place);
    free(place);
    return path;
}

static void bed_init(struct bed *bed, const char *name)
{
    struct error err;
    *bed = (struct bed){0};
    bed->model = path_of(name, "model.pth.tar");
    bed->ims = path_of(name, "ims.npy");
    bed->tokens = path_of(name, "tokens.txt");
    const struct session_spec spec = {.model = bed->model,
                                      .data = {.features = bed->ims, .token_ids = bed->tokens}};
    assert_done(session_open(&spec, NULL, &bed->session, &err), err);
}

static void bed_done(struct bed *bed)
{
    session_free(bed->session);
    free(bed->model);
    free(bed->ims);
    free(bed->tokens);
}

static struct query *query_of(const struct session *s, size_t caption)
{
    struct query *query = NULL;
    struct error err;
    assert_done(query_from_caption(s, caption, &query, &err), err);
    return query;
}

static void check_sums(const float *weights, size_t rows, size_t columns)
{
    for (size_t r = 0; r < rows; r++) {
        double sum = 0;
        for (size_t c = 0; c < columns; c++) {
            assert_true(weights[r * columns + c] >= 0);
            sum += (double)weights[r * columns + c];
        }
        assert_float_equal(sum, 1, 1e-5);
    }
}

/* The cosine of `query` (D) and the items (n x D) weighted by `weights`. */
static double cosine(const float *query, const float *weights, const float *items, size_t n,
                     size_t D)
{
    double dot = 0, a = 0, b = 0;
    for (size_t d = 0; d < D; d++) {
        double x = 0;
        for (size_t i = 0; i < n; i++)
            x += (double)weights[i] * (double)items[i * D + d];
        dot += x * (double)query[d];
        a += x * x;
        b += (double)query[d] * (double)query[d];
    }
    return dot / sqrt(a * b);
}

static void check_near(const float *got, const double *wanted, size_t n)
{
    for (size_t k = 0; k < n; k++)
        assert_float_equal(got[k], wanted[k], 2e-5);
}

static double *doubles(const float *x, size_t n)
{
    double *out = mem_new(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)x[i];
    return out;
}

/* Both directions, as the equations have them after the focal step. */
static void check_bfan(const struct session *s, size_t image, const struct query *q,
                       const struct attention *a)
{
    size_t R = a->R, W = a->W, D = s->D;
    const float *v = s->images.regions + image * s->R * D;
    struct bfan_naive_out out = {.word_attention = mem_new(W * R, sizeof(double)),
                                 .region_attention = mem_new(R * W, sizeof(double))};
    double *regions = doubles(v, R * D), *words = doubles(q->emb, W * D);
    double score = bfan_naive(&model_kind(s->model)->options.bfan, regions, R, words, W, D, &out);
    if (out.margin > 1e-4) { /* else rounding decides what is kept */
        assert_float_equal(a->score, score, 2e-5);
        check_near(a->word_region, out.word_attention, W * R);
        check_near(a->region_word, out.region_attention, R * W);
    }
    free(regions);
    free(words);
    free(out.word_attention);
    free(out.region_attention);
    for (size_t r = 0; r < R; r++)
        assert_float_equal(a->region_similarity[r],
                           cosine(v + r * D, a->region_word + r * W, q->emb, W, D), 2e-5);
}

/* SCAN's attention with lambda 9. */
static void check_sgraf(const struct session *s, size_t image, const struct query *q,
                        const struct attention *a)
{
    const struct attn_options scan = {CROSS_T2I, AGG_MEAN, RAW_CLIPPED_L2NORM, 9, 1, FOCAL_NONE};
    double *attention = mem_new(a->W * a->R, sizeof *attention);
    xattn_naive(&scan, s->images.regions + image * s->R * s->D, a->R, q->emb, a->W, s->D, attention,
                NULL);
    check_near(a->word_region, attention, a->W * a->R);
    check_sums(a->nodes, 1, 1 + a->W);
    free(attention);
}

/* Turned, the words' side is the regions': their weights, and their mean similarity. */
static void check_turned(struct attention *a)
{
    session_attention_turn(a);
    for (size_t w = 0; w < a->W; w++) {
        double sum = 0, weight = 0;
        for (size_t r = 0; r < a->R; r++) {
            assert_true(a->word_region[w * a->R + r] == a->region_word[r * a->W + w]);
            weight += (double)a->region_word[r * a->W + w];
            sum += (double)a->region_word[r * a->W + w] * (double)a->region_similarity[r];
        }
        assert_float_equal(a->word_similarity[w], weight > 0 ? sum / weight : 0, 1e-5);
    }
}

static void check_pair(const struct session *s, size_t image, const struct query *q, unsigned shows)
{
    struct attention *a = NULL;
    struct error err;
    float score;
    assert_done(session_attention(s, image, q, &a, &err), err);
    assert_done(session_score_pair(s, image, q, &score, &err), err);
    assert_true(a->score == score);
    assert_int_equal(a->shows, shows);
    assert_int_equal(a->W, q->W);
    assert_int_equal(a->R, s->R);
    assert_true(!a->region_word == !(shows & KIND_REGIONS_ON_WORDS));
    assert_true(!a->nodes == !(shows & KIND_NODES));
    check_sums(a->word_region, a->W, a->R);
    for (size_t w = 0; w < a->W; w++)
        assert_float_equal(a->word_similarity[w],
                           cosine(q->emb + w * s->D, a->word_region + w * a->R,
                                  s->images.regions + image * s->R * s->D, a->R, s->D),
                           2e-5);
    if (a->region_word) {
        check_sums(a->region_word, a->R, a->W);
        check_bfan(s, image, q, a);
        check_turned(a);
    } else {
        check_sgraf(s, image, q, a);
    }
    session_attention_free(a);
}

static void test_attention(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct bed bed;
        struct error err;
        bed_init(&bed, kinds[k].name);
        const struct session *s = bed.session;
        const struct kind_model *kind = model_kind(s->model);
        assert_int_equal(session_shows(s), kinds[k].shows);
        assert_string_equal(kind->options.kind->label(&kind->options), kinds[k].label);
        for (size_t p = 0; p < PAIRS; p++) {
            struct query *q = query_of(s, (7 * p) % s->C);
            struct attention *a = NULL;
            if (kinds[k].shows) {
                check_pair(s, p % s->I, q, kinds[k].shows);
            } else {
                assert_int_equal(session_attention(s, p % s->I, q, &a, &err), -1);
                assert_non_null(strstr(err.text, "VSE++ compares whole images"));
            }
            query_free(q);
        }
        bed_done(&bed);
    }
}

/* Word by word, each shorter caption by itself. */
static void test_contributions(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct bed bed;
        struct error err;
        bed_init(&bed, kinds[k].name);
        const struct session *s = bed.session;
        float *sims = mem_new(s->I, sizeof *sims);
        for (size_t c = 0; c < 3; c++) {
            struct query *q = query_of(s, 11 * c);
            float *shares = mem_new(q->W, sizeof *shares), score;
            int32_t *ids = mem_new(q->W, sizeof *ids);
            size_t starts[2] = {0, q->W - 1}, image = 5 * c;
            assert_done(session_score_pair(s, image, q, &score, &err), err);
            assert_done(session_word_contributions(s, image, q, NULL, AGG_MEAN, shares, &err), err);
            for (size_t w = 0; w < q->W; w++) {
                memcpy(ids, q->ids, w * sizeof *ids);
                memcpy(ids + w, q->ids + w + 1, (q->W - 1 - w) * sizeof *ids);
                assert_done(session_score_ids(s, ids, starts, 1, sims, NULL, &err), err);
                assert_float_equal(shares[w], score - sims[image], 5e-6);
            }
            free(ids);
            free(shares);
            query_free(q);
        }
        free(sims);
        bed_done(&bed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_attention),
                                       cmocka_unit_test(test_contributions)};
    return cmocka_run_group_tests_name("session_kinds", tests, NULL, NULL);
}
