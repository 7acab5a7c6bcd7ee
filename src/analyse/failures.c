#include "analyse/failures.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "evaluate/stats.h"

const struct where_field failures_fields[FAILURE_FIELDS + 1] = {
    [FAILURE_QUERY] = {"query", WHERE_NUMBER, "number of the caption or image, from 0"},
    [FAILURE_DIRECTION] = {"direction", WHERE_TEXT, "i2t: image query; t2i: caption query"},
    [FAILURE_RANK] = {"rank", WHERE_NUMBER, "of the truth, from 1"},
    [FAILURE_SCORE] = {"score", WHERE_NUMBER, "of the truth"},
    [FAILURE_MARGIN] = {"margin", WHERE_NUMBER, "score minus wrong_score"},
    [FAILURE_WRONG_SCORE] = {"wrong_score", WHERE_NUMBER, "of the best wrong answer"},
    [FAILURE_LENGTH] = {"length", WHERE_NUMBER, "words in the caption"},
    [FAILURE_UNKNOWN] = {"unknown", WHERE_NUMBER, "words that are not in the vocabulary"},
    [FAILURE_FREQUENCY] = {"frequency", WHERE_NUMBER, "uses of the rarest word"},
    [FAILURE_WORDS] = {"words", WHERE_WORDS, "~ finds whole words"},
    [FAILURE_CAPTION] = {"caption", WHERE_TEXT, "~ finds any part"},
    [FAILURE_IMAGE] = {"image", WHERE_TEXT, "the image's id"},
    {NULL, WHERE_NUMBER, NULL},
};

/* One value, not a row of them: a condition and a sort look at few. */
struct where_value failures_value(const void *failure, size_t field)
{
    const struct failure *row = failure;
    switch ((enum failure_field)field) {
    case FAILURE_QUERY:
        return (struct where_value){.number = (double)row->query};
    case FAILURE_DIRECTION:
        return (struct where_value){.text = row->image ? "i2t" : "t2i"};
    case FAILURE_RANK:
        return (struct where_value){.number = (double)row->rank};
    case FAILURE_SCORE:
        return (struct where_value){.number = row->score};
    case FAILURE_MARGIN:
        return (struct where_value){.number = row->margin};
    case FAILURE_WRONG_SCORE:
        return (struct where_value){.number = row->wrong_score};
    case FAILURE_LENGTH:
        return (struct where_value){.number = (double)row->length};
    case FAILURE_UNKNOWN:
        return (struct where_value){.number = (double)row->unknown};
    case FAILURE_FREQUENCY:
        return (struct where_value){.number = (double)row->frequency};
    case FAILURE_WORDS:
        return (struct where_value){.text = row->words};
    case FAILURE_CAPTION:
        return (struct where_value){.text = row->text};
    case FAILURE_IMAGE:
        return (struct where_value){.text = row->id};
    case FAILURE_FIELDS:
        break;
    }
    assert(!"a field of failures_fields");
    return (struct where_value){.number = NAN};
}

/* ---- rows ---- */

struct failure failures_row(const struct dataset *data, const struct lexicon *lexicon,
                            const char *words, const struct sweep_query *q, bool image,
                            size_t query)
{
    struct failure row = {.image = image,
                          .query = query,
                          .caption = image ? q->truth : query,
                          .rank = q->rank + 1,
                          .score = (double)q->score,
                          .wrong_score = (double)q->wrong.score,
                          .margin = (double)q->score - (double)q->wrong.score,
                          .wrong = q->wrong.index,
                          .id = data->id[image ? query : caption_map_image(&data->map, query)]};
    if (row.caption != SIZE_MAX) {
        row.length = lexicon_length(lexicon, row.caption);
        row.unknown = lexicon_unknown(lexicon, row.caption);
        row.frequency = lexicon_rarest(lexicon, row.caption);
        row.words = words;
        row.text = data->caption ? data->caption[row.caption] : words;
    }
    return row;
}

void failures_build(const struct sweep *sweep, const struct dataset *data,
                    const struct lexicon *lexicon, bool i2t, bool t2i, struct failures *out)
{
    assert(sweep->C == lexicon->captions);
    *out = (struct failures){.data = data, .lexicon = lexicon};
    out->rows = mem_new(sweep->I + sweep->C, sizeof *out->rows);
    out->words = mem_new(sweep->C, sizeof *out->words);
    for (size_t c = 0; c < sweep->C; c++)
        out->words[c] = lexicon_join(lexicon, c);
    for (size_t i = 0; i2t && i < sweep->I; i++) {
        const struct sweep_query *query = &sweep->images[i];
        if (sweep_is_query(query))
            out->rows[out->count++] =
                failures_row(data, lexicon, out->words[query->truth], query, true, i);
    }
    for (size_t c = 0; t2i && c < sweep->C; c++)
        out->rows[out->count++] =
            failures_row(data, lexicon, out->words[c], &sweep->captions[c], false, c);
}

void failures_done(struct failures *failures)
{
    for (size_t c = 0; failures->words && c < failures->lexicon->captions; c++)
        free(failures->words[c]);
    free(failures->words);
    free(failures->rows);
    *failures = (struct failures){0};
}

/* ---- selecting and sorting ---- */

/* Whether the worst rows have the largest numbers. */
static bool large_is_bad(enum failure_field field)
{
    return field == FAILURE_RANK || field == FAILURE_LENGTH || field == FAILURE_UNKNOWN;
}

struct sorting {
    const struct failures *failures;
    enum failure_field field;
    bool reverse;
};

/* Unknown numbers (NaN) come last in both directions. */
static int compare_numbers(double a, double b, bool descending)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    int order = (a > b) - (a < b);
    return descending ? -order : order;
}

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct sorting *s = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    struct where_value left = failures_value(&s->failures->rows[x], s->field);
    struct where_value right = failures_value(&s->failures->rows[y], s->field);
    int order;
    if (failures_fields[s->field].kind == WHERE_NUMBER)
        order = compare_numbers(left.number, right.number, large_is_bad(s->field) != s->reverse);
    else
        order = strcmp(left.text ? left.text : "", right.text ? right.text : "") *
                (s->reverse ? -1 : 1);
    return order ? order : (x > y) - (x < y);
}

size_t failures_select(const struct failures *failures, const struct where *where,
                       enum failure_field sort, bool reverse, size_t **order_out)
{
    struct sorting sorting = {failures, sort, reverse};
    size_t *order = mem_new(failures->count, sizeof *order), count = 0;
    for (size_t r = 0; r < failures->count; r++)
        if (!where || where_match(where, failures_value, &failures->rows[r]))
            order[count++] = r;
    qsort_r(order, count, sizeof *order, compare_rows, &sorting);
    *order_out = order;
    return count;
}

/* ---- groups ---- */

/* A row in a group; a row may be in several groups. */
struct member {
    bool image;
    size_t group, row;
};

struct members {
    struct member *items;
    size_t count, cap;
};

enum { LENGTH_STEP = 3 };

static const struct {
    size_t least;
    const char *name;
} frequency_bands[] = {
    {0, "never"}, {1, "1-9"}, {10, "10-99"}, {100, "100-999"}, {1000, "1000 and more"},
};

static size_t frequency_band(size_t uses)
{
    size_t band = COUNTOF(frequency_bands) - 1;
    while (frequency_bands[band].least > uses)
        band--;
    return band;
}

static void add_member(struct members *m, const struct failure *row, size_t group, size_t r)
{
    MEM_ROOM(m->items, m->count, m->cap);
    m->items[m->count++] = (struct member){row->image, group, r};
}

/* Adds the row once for each distinct word of its caption. */
static void add_words(const struct failures *f, struct members *m, const struct failure *row,
                      size_t r)
{
    const struct lexicon *l = f->lexicon;
    size_t first = l->starts[row->caption], end = l->starts[row->caption + 1];
    for (size_t w = first; w < end; w++) {
        bool before = false;
        for (size_t u = first; u < w; u++)
            before |= l->words[u] == l->words[w];
        if (!before)
            add_member(m, row, l->words[w], r);
    }
}

static void add_row(const struct failures *f, struct members *m, enum failure_group by, size_t r)
{
    const struct failure *row = &f->rows[r];
    if (row->caption == SIZE_MAX)
        return;
    if (by == GROUP_WORD)
        add_words(f, m, row, r);
    else if (by == GROUP_LENGTH)
        add_member(m, row, row->length ? (row->length - 1) / LENGTH_STEP + 1 : 0, r);
    else if (by == GROUP_FREQUENCY)
        add_member(m, row, frequency_band(row->frequency), r);
    else
        add_member(m, row, row->unknown, r);
}

static char *group_name(const struct failures *f, enum failure_group by, size_t group)
{
    if (by == GROUP_WORD)
        return mem_strdup(f->lexicon->text[group]);
    if (by == GROUP_FREQUENCY)
        return mem_strdup(frequency_bands[group].name);
    if (by == GROUP_UNKNOWN || group == 0)
        return mem_printf("%zu", group);
    return mem_printf("%zu-%zu", (group - 1) * LENGTH_STEP + 1, group * LENGTH_STEP);
}

static int by_group(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->image != y->image)
        return x->image ? -1 : 1;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The figures of a group's n members. */
static struct query_group measure(const struct failures *f, enum failure_group by,
                                  const struct member *members, size_t n)
{
    struct query_group group = {.name = group_name(f, by, members[0].group),
                                .image = members[0].image,
                                .count = n,
                                .mean_margin = NAN};
    size_t *ranks = mem_new(n, sizeof *ranks);
    double margin = 0, share = 100.0 / (double)n;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        const struct failure *row = &f->rows[members[i].row];
        ranks[i] = row->rank - 1;
        group.r1 += share * (row->rank <= 1);
        group.r5 += share * (row->rank <= 5);
        group.r10 += share * (row->rank <= 10);
        if (isfinite(row->margin)) {
            margin += row->margin;
            known++;
        }
    }
    group.median_rank = evaluate_median_rank(ranks, n);
    if (known > 0)
        group.mean_margin = margin / (double)known;
    free(ranks);
    return group;
}

static int worst_first(const void *a, const void *b)
{
    const struct query_group *x = a, *y = b;
    if (x->image != y->image)
        return x->image ? -1 : 1;
    if (x->r1 != y->r1)
        return x->r1 < y->r1 ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->name, y->name);
}

size_t failures_group(const struct failures *failures, const size_t *order, size_t count,
                      enum failure_group by, size_t least, struct query_group **out)
{
    struct members m = {0};
    struct query_group *groups = NULL;
    size_t found = 0, cap = 0;
    for (size_t k = 0; k < count; k++)
        add_row(failures, &m, by, order[k]);
    if (m.count > 0)
        qsort(m.items, m.count, sizeof *m.items, by_group);
    for (size_t first = 0, end; first < m.count; first = end) {
        for (end = first + 1; end < m.count && m.items[end].group == m.items[first].group &&
                              m.items[end].image == m.items[first].image;)
            end++;
        if (end - first < least)
            continue;
        MEM_ROOM(groups, found, cap);
        groups[found++] = measure(failures, by, m.items + first, end - first);
    }
    if (by == GROUP_WORD && found > 0)
        qsort(groups, found, sizeof *groups, worst_first);
    free(m.items);
    *out = groups;
    return found;
}

void failures_groups_free(struct query_group *groups, size_t count)
{
    for (size_t g = 0; g < count; g++)
        free(groups[g].name);
    free(groups);
}
