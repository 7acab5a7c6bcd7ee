/* eval_text.c: the results of eval for people: the reference's lines, then tables. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/eval.h"

static const char *const directions[2] = {"Text to image", "Image to text"};

/* ---- the reference's lines ---- */

static double mean_recall(const struct recalls *r)
{
    return (r->r1 + r->r5 + r->r10) / 3;
}

static void print_recalls(const char *label, const struct recalls *r, const char *comma)
{
    printf("%s: %.1f%s %.1f%s %.1f%s %.1f%s %.1f\n", label, r->r1, comma, r->r5, comma, r->r10,
           comma, r->median, comma, r->mean);
}

/* The reference's rsum of five folds is six times the mean of the i2t recalls; ours is the sum. */
static void print_evaluation(const struct evaluation *mean, const struct evaluation *folds,
                             size_t n)
{
    for (size_t f = 0; n > 1 && f < n; f++) {
        print_recalls("Image to text", &folds[f].i2t, ",");
        print_recalls("Text to image", &folds[f].t2i, ",");
        printf("rsum: %.1f ar: %.1f ari: %.1f\n", folds[f].rsum, mean_recall(&folds[f].i2t),
               mean_recall(&folds[f].t2i));
    }
    if (n > 1)
        puts("-----------------------------------\nMean metrics: ");
    printf("rsum: %.1f\n", mean->rsum);
    printf("Average i2t Recall: %.1f\n", mean_recall(&mean->i2t));
    print_recalls("Image to text", &mean->i2t, "");
    printf("Average t2i Recall: %.1f\n", mean_recall(&mean->t2i));
    print_recalls("Text to image", &mean->t2i, "");
}

/* ---- tables ---- */

static void print_metrics(const char *judges, const struct metrics m[2])
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

static void print_intervals(const struct eval *e)
{
    printf("\n95 %% intervals (bootstrap over images, %d resamples)\n%-13s", e->resamples, "");
    for (int k = 0; k < CONFIDENCE_RECALLS; k++)
        printf(k + 1 < CONFIDENCE_RECALLS ? " R@%-19zu" : " R@%zu\n", confidence_at[k]);
    for (int i2t = 1; i2t >= 0; i2t--) {
        printf("%-13s", directions[i2t]);
        for (int k = 0; k < CONFIDENCE_RECALLS; k++) {
            const struct interval *i = &e->intervals[i2t][k];
            char text[64];
            snprintf(text, sizeof text, "%.1f [%.1f, %.1f]", i->value, i->low, i->high);
            printf(k + 1 < CONFIDENCE_RECALLS ? " %-21s" : " %s\n", text);
        }
    }
    printf("%-13s %.1f [%.1f, %.1f]\n", "rsum", e->rsum_interval.value, e->rsum_interval.low,
           e->rsum_interval.high);
}

static void print_paired(const char *direction, const char *at, const struct paired *p)
{
    char interval[64];
    snprintf(interval, sizeof interval, "%+.1f [%+.1f, %+.1f]", p->difference.value,
             p->difference.low, p->difference.high);
    printf("%-13s %-5s %-22s %9.3g", direction, at, interval, p->p);
}

static void print_difference(const struct eval_difference *d)
{
    const struct mcnemar *m = &d->found.mcnemar;
    char at[24];
    snprintf(at, sizeof at, "R@%zu", d->k);
    print_paired(directions[d->i2t], at, &d->found.paired);
    printf(" %7zu %7zu %9.3g\n", m->only_a, m->only_b, m->exact_p);
}

/* Each pair of members under a heading of its own, with the sum of its recalls at the end. */
static void print_differences(const struct eval *e)
{
    size_t pair = 0;
    for (size_t i = 0; i < e->difference_count; i++) {
        const struct eval_difference *d = &e->differences[i];
        if (i == 0 || d->a != d[-1].a || d->b != d[-1].b)
            printf("\nA %s\nB %s\n%-13s %-5s %-22s %9s %7s %7s %9s\n", eval_member_name(e, d->a),
                   eval_member_name(e, d->b), "", "", "A - B, 95 %", "p", "only A", "only B",
                   "McNemar p");
        print_difference(d);
        if (i + 1 == e->difference_count || d->a != d[1].a || d->b != d[1].b) {
            print_paired("rsum", "", &e->rsum_differences[pair++].found);
            puts("");
        }
    }
}

static void print_lengths(const struct eval *e)
{
    printf("\nText to image by words of the caption\n%-13s %8s %6s %6s %6s %7s %7s\n", "words",
           "captions", "R@1", "R@5", "R@10", "median", "mean");
    for (size_t i = 0; i < e->length_count; i++) {
        const struct by_length *l = &e->lengths[i];
        const struct recalls *r = &l->t2i;
        char range[48];
        snprintf(range, sizeof range, l->from == l->to ? "%zu" : "%zu-%zu", l->from, l->to);
        printf("%-13s %8zu %6.1f %6.1f %6.1f %7.1f %7.1f\n", range, l->captions, r->r1, r->r5,
               r->r10, r->median, r->mean);
    }
}

static void print_unknown(const struct unknown_words *unknown)
{
    char *text = unknown_words_text(unknown);
    if (unknown->words > 0)
        printf("%s\n", text);
    free(text);
}

void eval_print_text(const struct eval *eval)
{
    const struct ensemble *ensemble = &eval->ensemble;
    print_evaluation(&ensemble->mean, ensemble->each, ensemble->folds.count);
    print_unknown(&eval->unknown);
    if (eval->metrics)
        print_metrics("an image's own captions", eval->own_metrics);
    if (eval->qrels)
        print_metrics(file_name(eval->qrels), eval->judged_metrics);
    if (eval->complete)
        puts("(over all queries of the file; those without a relevant item count 0)");
    if (eval->ci)
        print_intervals(eval);
    print_differences(eval);
    if (eval->by_length)
        print_lengths(eval);
}
