/* eval_tables.c: the tables after the reference's lines, each as text or as a JSON member. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "cli/eval.h"

static const char *const directions[2] = {"Text to image", "Image to text"};
static const char *const keys[2] = {"t2i", "i2t"};
static const size_t recall_at[] = {1, 5, 10};
enum { RECALLS = 3 };

/* ---- several relevant items -------------------------------------------------------------------
 */

/* Both directions' means over the queries of all parts: [0] text to image. */
static int measure(const struct eval *e, const struct relevance *relevance, struct metrics out[2],
                   struct error *err)
{
    int status = 0;
    for (int i2t = 0; status == 0 && i2t < 2; i2t++) {
        size_t each = i2t ? e->part_images : e->part_captions, n = e->parts * each;
        struct query_metrics *queries = mem_new(n, sizeof *queries);
        for (size_t p = 0; status == 0 && p < e->parts; p++) {
            struct score_block block = {e->sum.sims + p * eval_part_size(e), e->part_images,
                                        e->part_captions, p * e->part_images, p * e->part_captions};
            status = metrics_evaluate(&block, &relevance[i2t], i2t, queries + p * each, err);
        }
        metrics_mean(queries, n, &out[i2t]);
        free(queries);
    }
    return status;
}

static void print_metrics_text(const char *judges, const struct metrics m[2])
{
    printf("\nRelevant: %s\n%-13s %8s %8s %6s %6s %6s %6s %6s %6s\n", judges, "", "queries",
           "relevant", "R@1", "R@5", "R@10", "mAP@R", "R-P", "nDCG");
    for (int i2t = 1; i2t >= 0; i2t--) {
        const struct metrics *d = &m[i2t];
        if (d->queries == 0)
            printf("%-13s %8d %8s\n", directions[i2t], 0, "none");
        else
            printf("%-13s %8zu %8.1f %6.1f %6.1f %6.1f %6.1f %6.1f %6.1f\n", directions[i2t],
                   d->queries, d->relevant, d->r1, d->r5, d->r10, d->map_r, d->r_precision,
                   d->ndcg);
    }
}

static void print_metrics_json(const char *name, const struct metrics m[2])
{
    printf(", \"%s\": {", name);
    for (int i2t = 1; i2t >= 0; i2t--) {
        const struct metrics *d = &m[i2t];
        printf("\"%s\": {\"queries\": %zu, \"relevant\": %.17g, \"r1\": %.17g, \"r5\": %.17g, "
               "\"r10\": %.17g, \"map_r\": %.17g, \"r_precision\": %.17g, \"ndcg\": %.17g}%s",
               keys[i2t], d->queries, d->relevant, d->r1, d->r5, d->r10, d->map_r, d->r_precision,
               d->ndcg, i2t ? ", " : "}");
    }
}

static int print_metrics(const struct eval *e, const char *name, const char *judges,
                         const struct relevance *relevance, struct error *err)
{
    struct metrics m[2];
    if (measure(e, relevance, m, err) != 0)
        return -1;
    if (e->common.json)
        print_metrics_json(name, m);
    else
        print_metrics_text(judges, m);
    return 0;
}

static int metrics_table(const struct eval *e, struct error *err)
{
    struct relevance own[2] = {{0}};
    int status = metrics_relevance_of_split(e->I, e->C, e->per_image, false, &own[0], err);
    if (status == 0)
        status = metrics_relevance_of_split(e->I, e->C, e->per_image, true, &own[1], err);
    if (status == 0)
        status = print_metrics(e, "metrics", "an image's own captions", own, err);
    metrics_relevance_done(&own[0]);
    metrics_relevance_done(&own[1]);
    return status;
}

static int qrels_table(const struct eval *e, struct error *err)
{
    return print_metrics(e, "qrels", file_name(e->qrels), e->judged, err);
}

/* ---- intervals --------------------------------------------------------------------------------
 */

/* Images are the units that are resampled: captions of one image are no independent samples. hits:
 * parts x part_images, the share of the image's queries (itself, or its captions) whose truth is
 * among the first k, in per cent. */
static void hits_of(const struct eval *e, const struct eval_ranks *ranks, bool i2t, size_t k,
                    double *hits)
{
    for (size_t i = 0; i < eval_images(e); i++) {
        size_t first = i2t ? i : i * e->per_image, end = i2t ? i + 1 : first + e->per_image;
        const size_t *of = i2t ? ranks->i2t : ranks->t2i;
        size_t n = 0, found = 0;
        for (size_t q = first; q < end && (i2t || q < eval_captions(e)); q++, n++)
            found += of[q] < k;
        hits[i] = n ? 100.0 * (double)found / (double)n : 0;
    }
}

static struct bootstrap how(const struct eval *e)
{
    return (struct bootstrap){.resamples = (size_t)e->resamples};
}

static int intervals_of(const struct eval *e, struct interval out[2][RECALLS], struct error *err)
{
    double *hits = mem_new(eval_images(e), sizeof *hits);
    struct bootstrap b = how(e);
    int status = 0;
    for (int i2t = 0; i2t < 2; i2t++)
        for (int k = 0; status == 0 && k < RECALLS; k++) {
            hits_of(e, &e->ranks, i2t, recall_at[k], hits);
            status = stats_bootstrap_mean(hits, eval_images(e), &b, &out[i2t][k], err);
        }
    free(hits);
    return status;
}

static void print_intervals_json(const struct eval *e, struct interval ci[2][RECALLS])
{
    printf(", \"ci\": {\"level\": 0.95, \"resamples\": %d", e->resamples);
    for (int i2t = 1; i2t >= 0; i2t--) {
        printf(", \"%s\": {", keys[i2t]);
        for (int k = 0; k < RECALLS; k++)
            printf("%s\"r%zu\": [%.17g, %.17g, %.17g]", k ? ", " : "", recall_at[k],
                   ci[i2t][k].value, ci[i2t][k].low, ci[i2t][k].high);
        fputs("}", stdout);
    }
    fputs("}", stdout);
}

static int intervals_table(const struct eval *e, struct error *err)
{
    struct interval ci[2][RECALLS];
    if (intervals_of(e, ci, err) != 0)
        return -1;
    if (e->common.json) {
        print_intervals_json(e, ci);
        return 0;
    }
    printf("\n95 %% intervals (bootstrap over images, %d resamples)\n%-13s", e->resamples, "");
    for (int k = 0; k < RECALLS; k++)
        printf(k + 1 < RECALLS ? " R@%-19zu" : " R@%zu\n", recall_at[k]);
    for (int i2t = 1; i2t >= 0; i2t--) {
        printf("%-13s", directions[i2t]);
        for (int k = 0; k < RECALLS; k++) {
            char text[64];
            snprintf(text, sizeof text, "%.1f [%.1f, %.1f]", ci[i2t][k].value, ci[i2t][k].low,
                     ci[i2t][k].high);
            printf(k + 1 < RECALLS ? " %-21s" : " %s\n", text);
        }
    }
    return 0;
}

/* ---- between models ---------------------------------------------------------------------------
 */

/* Member m's ranks; after the last member comes the ensemble. */
static const struct eval_ranks *ranks_of(const struct eval *e, size_t m)
{
    return m < e->common.models.count ? &e->members[m] : &e->ranks;
}

static const char *name_of(const struct eval *e, size_t m)
{
    return m < e->common.models.count ? e->common.models.items[m] : "ensemble";
}

/* One comparison: recalls within k of models a and b. */
struct difference {
    size_t a, b, k;
    bool i2t;
    struct paired paired;
    struct mcnemar mcnemar;
};

static int differ(const struct eval *e, struct difference *d, struct error *err)
{
    const struct eval_ranks *a = ranks_of(e, d->a), *b = ranks_of(e, d->b);
    size_t n = d->i2t ? eval_images(e) : eval_captions(e), only_a = 0, only_b = 0;
    double *hits = mem_new(2 * eval_images(e), sizeof *hits);
    struct bootstrap resampling = how(e);
    hits_of(e, a, d->i2t, d->k, hits);
    hits_of(e, b, d->i2t, d->k, hits + eval_images(e));
    for (size_t q = 0; q < n; q++) {
        bool hit_a = (d->i2t ? a->i2t : a->t2i)[q] < d->k;
        bool hit_b = (d->i2t ? b->i2t : b->t2i)[q] < d->k;
        only_a += hit_a && !hit_b;
        only_b += hit_b && !hit_a;
    }
    stats_mcnemar(only_a, only_b, &d->mcnemar);
    int status = stats_bootstrap_paired(hits, hits + eval_images(e), eval_images(e), &resampling,
                                        &d->paired, err);
    free(hits);
    return status;
}

static void print_json_text(const char *text)
{
    struct str json = {0};
    json_out_text(&(struct json_out){.text = &json}, NULL, text);
    fputs(str_text(&json), stdout);
    str_done(&json);
}

static void print_difference_json(const struct eval *e, const struct difference *d, bool first)
{
    fputs(first ? "{\"a\": " : ", {\"a\": ", stdout);
    print_json_text(name_of(e, d->a));
    fputs(", \"b\": ", stdout);
    print_json_text(name_of(e, d->b));
    printf(", \"direction\": \"%s\", \"k\": %zu, \"difference\": [%.17g, %.17g, %.17g], "
           "\"p\": %.17g, \"only_a\": %zu, \"only_b\": %zu, \"mcnemar_p\": %.17g}",
           keys[d->i2t], d->k, d->paired.difference.value, d->paired.difference.low,
           d->paired.difference.high, d->paired.p, d->mcnemar.only_a, d->mcnemar.only_b,
           d->mcnemar.exact_p);
}

static void print_difference_text(const struct difference *d)
{
    char at[24], interval[64];
    snprintf(at, sizeof at, "R@%zu", d->k);
    snprintf(interval, sizeof interval, "%+.1f [%+.1f, %+.1f]", d->paired.difference.value,
             d->paired.difference.low, d->paired.difference.high);
    printf("%-13s %-5s %-22s %9.3g %7zu %7zu %9.3g\n", directions[d->i2t], at, interval,
           d->paired.p, d->mcnemar.only_a, d->mcnemar.only_b, d->mcnemar.exact_p);
}

static int compare(const struct eval *e, size_t a, size_t b, struct error *err)
{
    if (!e->common.json)
        printf("\nA %s\nB %s\n%-13s %-5s %-22s %9s %7s %7s %9s\n", name_of(e, a), name_of(e, b), "",
               "", "A - B, 95 %", "p", "only A", "only B", "McNemar p");
    for (int i2t = 1; i2t >= 0; i2t--)
        for (int k = 0; k < RECALLS; k++) {
            struct difference d = {.a = a, .b = b, .k = recall_at[k], .i2t = i2t};
            if (differ(e, &d, err) != 0)
                return -1;
            if (e->common.json)
                print_difference_json(e, &d, a == 0 && b == 1 && i2t == 1 && k == 0);
            else
                print_difference_text(&d);
        }
    return 0;
}

static int differences_table(const struct eval *e, struct error *err)
{
    size_t models = e->common.models.count;
    int status = 0;
    if (e->common.json)
        fputs(", \"differences\": [", stdout);
    for (size_t a = 0; status == 0 && a < models; a++)
        for (size_t b = a + 1; status == 0 && b <= models; b++)
            status = compare(e, a, b, err);
    if (e->common.json)
        fputs("]", stdout);
    return status;
}

static int ci_table(const struct eval *e, struct error *err)
{
    if (intervals_table(e, err) != 0)
        return -1;
    return e->members ? differences_table(e, err) : 0;
}

/* ---- length -----------------------------------------------------------------------------------
 */

/* Captions per length: counts[length], lengths up to the longest. */
static size_t *count_lengths(const struct eval *e, size_t *longest_out)
{
    size_t longest = 0, n = eval_captions(e);
    for (size_t c = 0; c < n; c++)
        longest = e->words[c] > longest ? e->words[c] : longest;
    size_t *counts = mem_new(longest + 1, sizeof *counts);
    for (size_t c = 0; c < n; c++)
        counts[e->words[c]]++;
    *longest_out = longest;
    return counts;
}

static size_t ranks_between(const struct eval *e, size_t from, size_t to, size_t *ranks)
{
    size_t n = 0;
    for (size_t c = 0; c < eval_captions(e); c++)
        if (e->words[c] >= from && e->words[c] <= to)
            ranks[n++] = e->ranks.t2i[c];
    return n;
}

static void print_length(const struct eval *e, size_t from, size_t to, size_t *ranks, bool first)
{
    struct recalls r;
    char range[48];
    size_t n = ranks_between(e, from, to, ranks);
    evaluate_ranks(ranks, n, &r);
    snprintf(range, sizeof range, from == to ? "%zu" : "%zu-%zu", from, to);
    if (e->common.json)
        printf("%s{\"from\": %zu, \"to\": %zu, \"captions\": %zu, \"t2i\": [%.17g, %.17g, %.17g, "
               "%.17g, %.17g]}",
               first ? "" : ", ", from, to, n, r.r1, r.r5, r.r10, r.median, r.mean);
    else
        printf("%-13s %8zu %6.1f %6.1f %6.1f %7.1f %7.1f\n", range, n, r.r1, r.r5, r.r10, r.median,
               r.mean);
}

/* Neighbouring lengths go together until they are an eighth of the captions. */
static int length_table(const struct eval *e, struct error *err)
{
    (void)err;
    enum { GROUPS = 8 };
    size_t longest, in_group = 0, from = 0, n = eval_captions(e);
    size_t *counts = count_lengths(e, &longest), *ranks = mem_new(n, sizeof *ranks);
    bool first = true;
    if (e->common.json)
        fputs(", \"by_length\": [", stdout);
    else
        printf("\nText to image by words of the caption\n%-13s %8s %6s %6s %6s %7s %7s\n", "words",
               "captions", "R@1", "R@5", "R@10", "median", "mean");
    for (size_t length = 0; length <= longest; length++) {
        if (in_group == 0)
            from = length;
        in_group += counts[length];
        if (in_group == 0 || (in_group * GROUPS < n && length < longest))
            continue;
        print_length(e, from, length, ranks, first);
        first = false;
        in_group = 0;
    }
    if (e->common.json)
        fputs("]", stdout);
    free(counts);
    free(ranks);
    return 0;
}

int eval_tables(const struct eval *e, struct error *err)
{
    const struct {
        bool wanted;
        int (*print)(const struct eval *e, struct error *err);
    } tables[] = {
        {e->metrics, metrics_table},
        {e->qrels, qrels_table},
        {e->ci, ci_table},
        {e->by_length, length_table},
    };
    for (size_t i = 0; i < COUNTOF(tables); i++)
        if (tables[i].wanted && tables[i].print(e, err) != 0)
            return -1;
    return 0;
}
