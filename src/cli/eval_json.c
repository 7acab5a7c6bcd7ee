/* eval_json.c: the results of eval as JSON. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_out.h"
#include "cli/eval.h"

static const char *const keys[2] = {"t2i", "i2t"};

/* Without a decimal point where none is needed. */
static json_t *number(double value)
{
    return value == rint(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value)
                                                      : json_out_tree_real(value);
}

static json_t *numbers(const double *values, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, number(values[i]));
    return list;
}

static json_t *recalls_json(const struct recalls *r)
{
    return numbers((double[]){r->r1, r->r5, r->r10, r->median, r->mean}, 5);
}

static json_t *interval_json(const struct interval *i)
{
    return numbers((double[]){i->value, i->low, i->high}, 3);
}

static json_t *evaluation_json(const struct evaluation *e)
{
    return json_pack("{s:o, s:o, s:o}", "i2t", recalls_json(&e->i2t), "t2i", recalls_json(&e->t2i),
                     "rsum", number(e->rsum));
}

static json_t *metrics_json(const struct metrics m[2])
{
    json_t *both = json_object();
    for (int i2t = 1; i2t >= 0; i2t--) {
        const struct metrics *d = &m[i2t];
        json_object_set_new(both, keys[i2t],
                            json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "queries",
                                      (json_int_t)d->queries, "relevant", number(d->relevant), "r1",
                                      number(d->r1), "r5", number(d->r5), "r10", number(d->r10),
                                      "map_r", number(d->map_r), "r_precision",
                                      number(d->r_precision), "ndcg", number(d->ndcg)));
    }
    return both;
}

static json_t *intervals_json(const struct eval *e)
{
    json_t *ci = json_pack("{s:f, s:i}", "level", 0.95, "resamples", e->resamples);
    for (int i2t = 1; i2t >= 0; i2t--) {
        json_t *recalls = json_object();
        for (int k = 0; k < CONFIDENCE_RECALLS; k++) {
            char name[24];
            snprintf(name, sizeof name, "r%zu", confidence_at[k]);
            json_object_set_new(recalls, name, interval_json(&e->intervals[i2t][k]));
        }
        json_object_set_new(ci, keys[i2t], recalls);
    }
    return ci;
}

static json_t *difference_json(const struct eval *e, const struct eval_difference *d)
{
    const struct confidence_difference *f = &d->found;
    return json_pack("{s:o, s:o, s:s, s:I, s:o, s:o, s:I, s:I, s:o}", "a",
                     json_out_tree_text(eval_member_name(e, d->a)), "b",
                     json_out_tree_text(eval_member_name(e, d->b)), "direction", keys[d->i2t], "k",
                     (json_int_t)d->k, "difference", interval_json(&f->paired.difference), "p",
                     number(f->paired.p), "only_a", (json_int_t)f->mcnemar.only_a, "only_b",
                     (json_int_t)f->mcnemar.only_b, "mcnemar_p", number(f->mcnemar.exact_p));
}

static json_t *length_json(const struct by_length *l)
{
    return json_pack("{s:I, s:I, s:I, s:o}", "from", (json_int_t)l->from, "to", (json_int_t)l->to,
                     "captions", (json_int_t)l->captions, "t2i", recalls_json(&l->t2i));
}

static json_t *folds_json(const struct ensemble *ensemble)
{
    json_t *list = json_array();
    for (size_t f = 0; f < ensemble->folds.count; f++)
        json_array_append_new(list, evaluation_json(&ensemble->each[f]));
    return list;
}

static json_t *differences_json(const struct eval *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->difference_count; i++)
        json_array_append_new(list, difference_json(e, &e->differences[i]));
    return list;
}

static json_t *lengths_json(const struct eval *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->length_count; i++)
        json_array_append_new(list, length_json(&e->lengths[i]));
    return list;
}

void eval_print_json(const struct eval *eval)
{
    const struct eval *e = eval;
    json_t *root = evaluation_json(&e->ensemble.mean);
    if (e->ensemble.bf16)
        json_object_set_new(root, "rescored", number(ensemble_share_again(&e->ensemble)));
    if (e->ensemble.folds.count > 1)
        json_object_set_new(root, "folds", folds_json(&e->ensemble));
    if (e->metrics)
        json_object_set_new(root, "metrics", metrics_json(e->own_metrics));
    if (e->qrels)
        json_object_set_new(root, "qrels", metrics_json(e->judged_metrics));
    if (e->ci)
        json_object_set_new(root, "ci", intervals_json(e));
    if (e->differences)
        json_object_set_new(root, "differences", differences_json(e));
    if (e->by_length)
        json_object_set_new(root, "by_length", lengths_json(e));
    char *text = json_dumps(root, JSON_REAL_PRECISION(17));
    puts(text ? text : "null");
    free(text);
    json_decref(root);
}
