#include "analyse/label_noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate/evaluate.h"

/* ---- captions of another image ---- */

/* The median rank of captions first .. end-1 but for `without`; `room` holds as many. */
static double median_rank(const struct sweep *s, size_t first, size_t end, size_t without,
                          size_t *room)
{
    size_t n = 0;
    for (size_t c = first; c < end; c++)
        if (c != without)
            room[n++] = s->captions[c].rank;
    return evaluate_median_rank(room, n);
}

static int most_times_first(const void *a, const void *b)
{
    const struct suspect *x = a, *y = b;
    if (x->times != y->times)
        return x->times > y->times ? -1 : 1;
    return (x->caption > y->caption) - (x->caption < y->caption);
}

size_t label_noise_suspects(const struct sweep *sweep, size_t worse_than, struct suspect **out)
{
    struct suspect *found = mem_new(sweep->C, sizeof *found);
    size_t *room = mem_new(sweep->C, sizeof *room);
    double all = median_rank(sweep, 0, sweep->C, SIZE_MAX, room);
    size_t count = 0;
    for (size_t c = 0; c < sweep->C; c++) {
        size_t first = c / sweep->per_image * sweep->per_image, end = first + sweep->per_image;
        struct suspect s = {.caption = c, .rank = sweep->captions[c].rank + 1};
        if (s.rank <= worse_than)
            continue;
        s.siblings = median_rank(sweep, first, end < sweep->C ? end : sweep->C, c, room);
        s.times = (double)s.rank / (isnan(s.siblings) ? all : s.siblings);
        if (s.times >= 2)
            found[count++] = s;
    }
    qsort(found, count, sizeof *found, most_times_first);
    free(room);
    *out = found;
    return count;
}

/* ---- answers that may be right ---- */

static int largest_first(const void *a, const void *b)
{
    const struct near_miss *x = a, *y = b;
    if (x->overlap != y->overlap)
        return x->overlap > y->overlap ? -1 : 1;
    if (x->image != y->image)
        return x->image ? -1 : 1;
    return (x->query > y->query) - (x->query < y->query);
}

/* Finds the caption of `image` that is most like `caption`. */
static void find_twin(const struct sweep *s, const struct lexicon *lexicon, size_t caption,
                      size_t image, struct near_miss *miss)
{
    miss->overlap = -1;
    for (size_t c = image * s->per_image; c < (image + 1) * s->per_image && c < s->C; c++) {
        double overlap = duplicates_overlap(lexicon, caption, c);
        if (overlap <= miss->overlap)
            continue;
        miss->overlap = overlap;
        miss->twin = c;
    }
}

size_t label_noise_near_misses(const struct sweep *sweep, const struct lexicon *lexicon,
                               double least, struct near_miss **out)
{
    struct near_miss *found = mem_new(sweep->I + sweep->C, sizeof *found);
    size_t count = 0;
    for (size_t q = 0; q < sweep->I + sweep->C; q++) {
        bool image = q < sweep->I;
        const struct sweep_query *query =
            image ? &sweep->images[q] : &sweep->captions[q - sweep->I];
        struct near_miss miss = {.image = image,
                                 .query = image ? q : q - sweep->I,
                                 .answer = query->wrong.index,
                                 .rank = query->rank + 1};
        if (query->rank == 0 || miss.answer == SIZE_MAX)
            continue;
        if (image)
            find_twin(sweep, lexicon, miss.answer, miss.query, &miss);
        else
            find_twin(sweep, lexicon, miss.query, miss.answer, &miss);
        if (miss.overlap >= least)
            found[count++] = miss;
    }
    qsort(found, count, sizeof *found, largest_first);
    *out = found;
    return count;
}
