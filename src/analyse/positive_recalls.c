#include "analyse/positive_recalls.h"

void positive_recalls(const struct positives *positives, const struct sweep_query *queries,
                      const struct ranked *top, size_t k, struct positive_recalls *out)
{
    static const size_t tops[] = {1, 5, 10};
    double share = 100 / (double)positives->annotated;
    *out = (struct positive_recalls){0};
    for (size_t q = 0; q < positives->queries; q++) {
        size_t right = positives->starts[q + 1] - positives->starts[q], first = 0;
        if (right == 0)
            continue;
        while (first < k && !positives_has(positives, q, top[q * k + first].index))
            first++;
        for (int t = 0; t < 3; t++) {
            out->annotated[t] += share * (first < k && first < tops[t]);
            out->original[t] += share * (queries[q].rank < tops[t]);
        }
        out->per_query += share / 100 * (double)right;
    }
}
