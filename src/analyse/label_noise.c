#include "analyse/label_noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate/evaluate.h"

/* ---- captions of another image ---- */

/* The median rank of all captions; `room` holds as many. */
static double median_of_all(const struct sweep *s, size_t *room)
{
    for (size_t c = 0; c < s->C; c++)
        room[c] = s->captions[c].rank;
    return evaluate_median_rank(room, s->C);
}

/* The median rank of the other captions of a caption's image. */
static double median_of_siblings(const struct sweep *s, size_t caption, size_t *room)
{
    size_t n = 0, image = caption_map_image(s->map, caption);
    for (size_t k = 0; k < caption_map_count(s->map, image); k++) {
        size_t c = caption_map_nth(s->map, image, k);
        if (c != caption)
            room[n++] = s->captions[c].rank;
    }
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
    double all = median_of_all(sweep, room);
    size_t count = 0;
    for (size_t c = 0; c < sweep->C; c++) {
        struct suspect s = {.caption = c, .rank = sweep->captions[c].rank + 1};
        if (s.rank <= worse_than)
            continue;
        s.siblings = median_of_siblings(sweep, c, room);
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
    for (size_t k = 0; k < caption_map_count(s->map, image); k++) {
        size_t c = caption_map_nth(s->map, image, k);
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
        if (!sweep_is_query(query) || query->rank == 0 || miss.answer == SIZE_MAX)
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
