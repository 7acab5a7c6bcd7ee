/* judgements.c: a qrels file's names as items of the split. */
#include "evaluate/judgements.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/annotation/trec.h"

/* Relevant pairs of both directions: [0] text to image, [1] image to text. */
struct pairs {
    struct relevant_pair *items[2];
    size_t count[2], cap[2];
};

static void add_pair(struct pairs *p, bool i2t, size_t query, size_t item, int32_t grade)
{
    MEM_ROOM(p->items[i2t], p->count[i2t], p->cap[i2t]);
    p->items[i2t][p->count[i2t]++] = (struct relevant_pair){query, item, grade};
}

/* The direction of a judgement by the side that is in the split; UNKNOWN: neither is, or both are
 * the same. */
enum { T2I, I2T, UNKNOWN };

static int direction_of(const struct split_index *index, const struct trec_judgement *j)
{
    size_t row;
    bool caption =
        split_index_caption(index, j->query, &row) || split_index_image(index, j->item, &row);
    bool image =
        split_index_image(index, j->query, &row) || split_index_caption(index, j->item, &row);
    return caption == image ? UNKNOWN : image ? I2T : T2I;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_distinct(const char **names, size_t n)
{
    size_t distinct = 0;
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || strcmp(names[i], names[i - 1]) != 0;
    return distinct;
}

/* Distinct queries of each direction. */
static void count_queries(const struct trec_qrels *qrels, const struct split_index *index,
                          size_t out[2])
{
    const char **names[2];
    size_t n[2] = {0, 0}, known[2] = {0, 0};
    unsigned char *direction = mem_new(qrels->count, 1);
    for (size_t i = 0; i < qrels->count; i++) {
        direction[i] = (unsigned char)direction_of(index, &qrels->items[i]);
        if (direction[i] != UNKNOWN)
            known[direction[i]]++;
    }
    for (int d = 0; d < 2; d++)
        names[d] = mem_new(qrels->count, sizeof **names);
    for (size_t i = 0; i < qrels->count; i++) {
        const char *query = qrels->items[i].query;
        int d = direction[i];
        if (d == UNKNOWN)
            d = known[T2I] == 0 ? I2T : known[I2T] == 0 ? T2I : strchr(query, '#') ? T2I : I2T;
        names[d][n[d]++] = query;
    }
    for (int d = 0; d < 2; d++) {
        out[d] = count_distinct(names[d], n[d]);
        free(names[d]);
    }
    free(direction);
}

/* *outside counts lines that fit neither way. */
static int add_judgement(struct pairs *p, const struct split_index *index,
                         const struct trec_judgement *j, const char *path, size_t *outside,
                         struct error *err)
{
    size_t caption[2], image[2]; /* as query, as item */
    bool t2i = split_index_caption(index, j->query, &caption[0]) &&
               split_index_image(index, j->item, &image[1]);
    bool i2t = split_index_image(index, j->query, &image[0]) &&
               split_index_caption(index, j->item, &caption[1]);
    if (t2i && i2t)
        return error_at(err, path, -1,
                        "line %zu: '%.60s' and '%.60s' are both an image's and a caption's id; "
                        "write captions as IMAGE#N",
                        j->line, j->query, j->item);
    *outside += !t2i && !i2t;
    if (t2i && j->grade > 0)
        add_pair(p, false, caption[0], image[1], j->grade);
    if (i2t && j->grade > 0)
        add_pair(p, true, image[0], caption[1], j->grade);
    return 0;
}

static int make_relevance(struct pairs *p, const struct split_names *names, struct relevance out[2],
                          struct error *err)
{
    if (metrics_relevance_make(p->items[0], p->count[0], names->C, &out[0], err) != 0)
        return -1;
    if (metrics_relevance_make(p->items[1], p->count[1], names->I, &out[1], err) == 0)
        return 0;
    metrics_relevance_done(&out[0]);
    return -1;
}

static int place_all(const struct trec_qrels *qrels, const char *path,
                     const struct split_names *names, struct judgements *out, struct error *err)
{
    struct split_index index;
    struct pairs pairs = {0};
    if (split_index_make(names, &index, err) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; status == 0 && i < qrels->count; i++)
        status = add_judgement(&pairs, &index, &qrels->items[i], path, &out->outside, err);
    if (status == 0 && pairs.count[0] + pairs.count[1] == 0)
        status = error_at(err, path, -1,
                          "no line names a relevant caption and image of this split; the first has "
                          "'%.60s' and '%.60s', the split image '%.60s' and caption '%.60s'",
                          qrels->items[0].query, qrels->items[0].item, names->image[0],
                          names->caption[0]);
    if (status == 0)
        status = make_relevance(&pairs, names, out->relevance, err);
    if (status == 0)
        count_queries(qrels, &index, out->queries);
    free(pairs.items[0]);
    free(pairs.items[1]);
    split_index_done(&index);
    return status;
}

int judgements_load(const char *path, const struct split_names *names, struct judgements *out,
                    struct error *err)
{
    struct trec_qrels qrels;
    if (trec_qrels_load(path, &qrels, err) != 0)
        return -1;
    *out = (struct judgements){.lines = qrels.count};
    int status = place_all(&qrels, path, names, out, err);
    trec_qrels_done(&qrels);
    return status;
}

void judgements_done(struct judgements *judgements)
{
    metrics_relevance_done(&judgements->relevance[0]);
    metrics_relevance_done(&judgements->relevance[1]);
    *judgements = (struct judgements){0};
}
