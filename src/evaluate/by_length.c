/* by_length.c: lengths counted, put together, and evaluated. */
#include "evaluate/by_length.h"

#include <stdlib.h>

#include "base/mem.h"

enum { GROUPS = 8 };

/* Captions per length: counts[0 .. longest]; the caller's to free. */
static size_t *count_lengths(const size_t *words, size_t n, size_t *longest_out)
{
    size_t longest = 0;
    for (size_t c = 0; c < n; c++)
        longest = words[c] > longest ? words[c] : longest;
    size_t *counts = mem_new(longest + 1, sizeof *counts);
    for (size_t c = 0; c < n; c++)
        counts[words[c]]++;
    *longest_out = longest;
    return counts;
}

/* Fills a group whose lengths are known; `room`: n ranks. */
static void evaluate_group(const size_t *words, const size_t *ranks, size_t n, size_t *room,
                           struct by_length *group)
{
    for (size_t c = 0; c < n; c++)
        if (words[c] >= group->from && words[c] <= group->to)
            room[group->captions++] = ranks[c];
    evaluate_ranks(room, group->captions, &group->t2i);
}

size_t by_length_group(const size_t *words, const size_t *ranks, size_t n, struct by_length **out)
{
    size_t longest, held = 0, from = 0, groups = 0;
    size_t *counts = count_lengths(words, n, &longest), *room = mem_new(n, sizeof *room);
    *out = mem_new(longest + 1, sizeof **out);
    for (size_t length = 0; length <= longest; length++) {
        if (held == 0)
            from = length;
        held += counts[length];
        if (held == 0 || (held * GROUPS < n && length < longest))
            continue;
        (*out)[groups] = (struct by_length){.from = from, .to = length};
        evaluate_group(words, ranks, n, room, &(*out)[groups++]);
        held = 0;
    }
    free(counts);
    free(room);
    return groups;
}
