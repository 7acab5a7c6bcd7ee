#include "model/loss.h"

#include <math.h>
#include <string.h>

/* The scores of one true pair against its negatives along a row (stride 1) or a column (stride n).
 */
struct line {
    const float *scores;
    float *dscores;      /* or NULL */
    const size_t *image; /* or NULL */
    size_t n, stride, truth;
    double margin;
};

static bool is_negative(const struct line *l, size_t j)
{
    return j != l->truth && !(l->image && l->image[j] == l->image[l->truth]);
}

static double cost_at(const struct line *l, size_t j)
{
    double cost =
        l->margin + (double)l->scores[j * l->stride] - (double)l->scores[l->truth * l->stride];
    return is_negative(l, j) && !(cost <= 0) ? cost : 0; /* NaN propagates, so that it is noticed */
}

static void pull(const struct line *l, size_t j)
{
    if (!l->dscores)
        return;
    l->dscores[j * l->stride] += 1;
    l->dscores[l->truth * l->stride] -= 1;
}

static double sum_of(const struct line *l)
{
    double sum = 0;
    for (size_t j = 0; j < l->n; j++) {
        double cost = cost_at(l, j);
        if (cost == 0)
            continue;
        sum += cost;
        pull(l, j);
    }
    return sum;
}

/* Negatives whose costs differ by two units in the last place of a score near 1 count as equally
 * hard: the first is taken, as torch takes the first of equal ones. */
static const double tie = 2.4e-7;

static double max_of(const struct line *l)
{
    double most = 0;
    for (size_t j = 0; j < l->n; j++) {
        double cost = cost_at(l, j);
        if (isnan(cost))
            return cost;
        most = fmax(most, cost);
    }
    for (size_t j = 0; most > 0 && j < l->n; j++) {
        double cost = cost_at(l, j);
        if (cost > 0 && cost >= most - tie) {
            pull(l, j);
            break;
        }
    }
    return most;
}

double loss_hinge(const float *scores, size_t n, const size_t *image, double margin,
                  bool max_violation, float *dscores)
{
    double (*cost)(const struct line *) = max_violation ? max_of : sum_of;
    double sum = 0;
    if (dscores)
        memset(dscores, 0, n * n * sizeof *dscores);
    for (size_t i = 0; i < n; i++) {
        struct line row = {scores + i * n, dscores ? dscores + i * n : NULL, image, n, 1, i,
                           margin};
        struct line column = {scores + i, dscores ? dscores + i : NULL, image, n, n, i, margin};
        sum += cost(&row) + cost(&column);
    }
    return sum;
}
