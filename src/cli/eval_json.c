/* eval_json.c: the results of eval as one line of JSON. */
#include <stdio.h>

#include "base/json_out.h"
#include "cli/eval.h"

static const char *const keys[2] = {"t2i", "i2t"};

static void add_recalls(struct json_out *out, const char *key, const struct recalls *r)
{
    json_out_reals(out, key, (double[]){r->r1, r->r5, r->r10, r->median, r->mean}, 5);
}

static void add_interval(struct json_out *out, const char *key, const struct interval *i)
{
    json_out_reals(out, key, (double[]){i->value, i->low, i->high}, 3);
}

static void add_evaluation(struct json_out *out, const struct evaluation *e)
{
    add_recalls(out, "i2t", &e->i2t);
    add_recalls(out, "t2i", &e->t2i);
    json_out_real(out, "rsum", e->rsum);
}

static void add_folds(struct json_out *out, const struct ensemble *ensemble)
{
    json_out_open(out, "folds", '[');
    for (size_t f = 0; f < ensemble->folds.count; f++) {
        json_out_open(out, NULL, '{');
        add_evaluation(out, &ensemble->each[f]);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void add_metrics(struct json_out *out, const char *key, const struct metrics m[2])
{
    json_out_open(out, key, '{');
    for (int i2t = 1; i2t >= 0; i2t--) {
        const struct metrics *d = &m[i2t];
        json_out_open(out, keys[i2t], '{');
        json_out_count(out, "queries", d->queries);
        json_out_real(out, "relevant", d->relevant);
        json_out_real(out, "r1", d->r1);
        json_out_real(out, "r5", d->r5);
        json_out_real(out, "r10", d->r10);
        json_out_real(out, "map_r", d->map_r);
        json_out_real(out, "r_precision", d->r_precision);
        json_out_real(out, "ndcg", d->ndcg);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
}

static void add_intervals(struct json_out *out, const struct eval *e)
{
    json_out_open(out, "ci", '{');
    json_out_raw(out, "level", "0.95");
    json_out_integer(out, "resamples", e->resamples);
    json_out_integer(out, "seed", e->seed);
    for (int i2t = 1; i2t >= 0; i2t--) {
        json_out_open(out, keys[i2t], '{');
        for (int k = 0; k < CONFIDENCE_RECALLS; k++) {
            char name[24];
            snprintf(name, sizeof name, "r%zu", confidence_at[k]);
            add_interval(out, name, &e->intervals[i2t][k]);
        }
        json_out_close(out, '}');
    }
    add_interval(out, "rsum", &e->rsum_interval);
    json_out_close(out, '}');
}

static void add_differences(struct json_out *out, const struct eval *e)
{
    json_out_open(out, "differences", '[');
    for (size_t i = 0; i < e->difference_count; i++) {
        const struct eval_difference *d = &e->differences[i];
        const struct mcnemar *m = &d->found.mcnemar;
        json_out_open(out, NULL, '{');
        json_out_text(out, "a", eval_member_name(e, d->a));
        json_out_text(out, "b", eval_member_name(e, d->b));
        json_out_text(out, "direction", keys[d->i2t]);
        json_out_count(out, "k", d->k);
        add_interval(out, "difference", &d->found.paired.difference);
        json_out_real(out, "p", d->found.paired.p);
        json_out_count(out, "only_a", m->only_a);
        json_out_count(out, "only_b", m->only_b);
        json_out_real(out, "mcnemar_p", m->exact_p);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void add_rsum_differences(struct json_out *out, const struct eval *e)
{
    json_out_open(out, "rsum_differences", '[');
    for (size_t i = 0; i < e->rsum_difference_count; i++) {
        const struct eval_rsum_difference *d = &e->rsum_differences[i];
        json_out_open(out, NULL, '{');
        json_out_text(out, "a", eval_member_name(e, d->a));
        json_out_text(out, "b", eval_member_name(e, d->b));
        add_interval(out, "difference", &d->found.difference);
        json_out_real(out, "p", d->found.p);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void add_lengths(struct json_out *out, const struct eval *e)
{
    json_out_open(out, "by_length", '[');
    for (size_t i = 0; i < e->length_count; i++) {
        const struct by_length *l = &e->lengths[i];
        json_out_open(out, NULL, '{');
        json_out_count(out, "from", l->from);
        json_out_count(out, "to", l->to);
        json_out_count(out, "captions", l->captions);
        add_recalls(out, "t2i", &l->t2i);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void add_unknown(struct json_out *out, const struct unknown_words *unknown)
{
    if (unknown->words == 0)
        return;
    json_out_open(out, "unknown_words", '{');
    json_out_count(out, "words", unknown->words);
    json_out_count(out, "unknown", unknown->unknown);
    json_out_real(out, "share", unknown_words_share(unknown));
    json_out_count(out, "captions", unknown->captions);
    json_out_count(out, "captions_of_unknown_words", unknown->lost);
    json_out_close(out, '}');
}

void eval_print_json(const struct eval *eval)
{
    const struct ensemble *ensemble = &eval->ensemble;
    struct str text = {0};
    struct json_out out = {.text = &text};
    json_out_open(&out, NULL, '{');
    add_evaluation(&out, &ensemble->mean);
    if (ensemble->bf16)
        json_out_real(&out, "rescored", ensemble_share_again(ensemble));
    if (ensemble->folds.count > 1)
        add_folds(&out, ensemble);
    if (eval->metrics)
        add_metrics(&out, "metrics", eval->own_metrics);
    if (eval->qrels)
        add_metrics(&out, "qrels", eval->judged_metrics);
    if (eval->ci)
        add_intervals(&out, eval);
    if (eval->differences) {
        add_differences(&out, eval);
        add_rsum_differences(&out, eval);
    }
    if (eval->by_length)
        add_lengths(&out, eval);
    add_unknown(&out, &eval->unknown);
    cli_notes_json(&out, &eval->common);
    cli_models_json(&out, &eval->common);
    json_out_close(&out, '}');
    puts(str_text(&text));
    str_done(&text);
}
