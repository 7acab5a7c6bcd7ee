/* rank.c: the best of many scores. */
#include "retrieve/score/rank.h"

#include <assert.h>
#include <stdlib.h>

/* heap[0] is the worst of those kept. */
static void sift_down(struct ranked *heap, size_t n, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && rank_better(heap[child], heap[child + 1]))
            child++;
        if (!rank_better(heap[at], heap[child]))
            return;
        struct ranked swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
    }
}

static int best_first(const void *a, const void *b)
{
    return rank_compare(*(const struct ranked *)a, *(const struct ranked *)b);
}

size_t rank_top(const float *scores, size_t n, size_t k, struct ranked *out)
{
    if (k > n)
        k = n;
    if (k == 0)
        return 0;
    for (size_t i = 0; i < k; i++)
        out[i] = (struct ranked){i, scores[i]};
    for (size_t i = k / 2; i-- > 0;)
        sift_down(out, k, i);
    for (size_t i = k; i < n; i++) {
        struct ranked next = {i, scores[i]};
        if (!rank_better(next, out[0]))
            continue;
        out[0] = next;
        sift_down(out, k, 0);
    }
    qsort(out, k, sizeof *out, best_first);
    return k;
}

size_t rank_best(const float *scores, size_t n)
{
    assert(n > 0);
    struct ranked best = {0, scores[0]};
    for (size_t i = 1; i < n; i++)
        if (rank_better((struct ranked){i, scores[i]}, best))
            best = (struct ranked){i, scores[i]};
    return best.index;
}

size_t rank_of(const float *scores, size_t n, size_t index)
{
    assert(index < n);
    struct ranked self = {index, scores[index]};
    size_t rank = 0;
    for (size_t i = 0; i < n; i++)
        rank += i != index && rank_better((struct ranked){i, scores[i]}, self);
    return rank;
}
