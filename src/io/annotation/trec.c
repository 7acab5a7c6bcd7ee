#include "io/annotation/trec.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/text/captions.h"

enum { COLUMNS = 4 };

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Cuts a line into at most COLUMNS + 1 fields; returns how many there are. */
static size_t cut(char *line, char *fields[COLUMNS + 1])
{
    size_t n = 0;
    while (n <= COLUMNS) {
        while (is_blank(*line))
            *line++ = '\0';
        if (*line == '\0')
            break;
        fields[n++] = line;
        while (*line && !is_blank(*line))
            line++;
    }
    return n;
}

static bool parse_grade(const char *text, int32_t *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < INT32_MIN || value > INT32_MAX)
        return false;
    *out = (int32_t)value;
    return true;
}

static int add_line(struct trec_qrels *q, size_t *cap, char *line, size_t number, const char *path,
                    struct error *err)
{
    char *fields[COLUMNS + 1];
    int32_t grade;
    size_t n = cut(line, fields);
    if (n == 0)
        return 0;
    if (n != COLUMNS)
        return error_at(err, path, -1, "line %zu has %s columns; it should be: QUERY 0 ITEM GRADE",
                        number, n < COLUMNS ? "too few" : "too many");
    if (!parse_grade(fields[3], &grade))
        return error_at(err, path, -1, "line %zu: the grade '%.40s' is not an integer", number,
                        fields[3]);
    MEM_ROOM(q->items, q->count, *cap);
    q->items[q->count++] = (struct trec_judgement){fields[0], fields[2], grade, number};
    return 0;
}

static int split_lines(struct trec_qrels *q, const char *path, struct error *err)
{
    size_t cap = 0, number = 1;
    for (char *line = q->text; line; number++) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        if (add_line(q, &cap, line, number, path, err) != 0)
            return -1;
        line = end ? end + 1 : NULL;
    }
    if (q->count == 0)
        return error_at(err, path, -1, "is empty; its lines should be: QUERY 0 ITEM GRADE");
    return 0;
}

static int copy_text(const struct file_map *map, const char *path, char **out, struct error *err)
{
    if (map->size > 0 && memchr(map->data, '\0', map->size))
        return error_at(err, path, -1, "is not a text file: it holds a zero byte");
    if (mem_alloc(out, map->size + 1, 1, "the judgements", err) != 0)
        return -1;
    if (map->size > 0)
        memcpy(*out, map->data, map->size);
    return 0;
}

int trec_qrels_load(const char *path, struct trec_qrels *out, struct error *err)
{
    struct file_map map;
    *out = (struct trec_qrels){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = text_check(path, map.data, map.size, err);
    if (status == 0)
        status = copy_text(&map, path, &out->text, err);
    file_map_close(&map);
    if (status == 0)
        status = split_lines(out, path, err);
    if (status != 0)
        trec_qrels_done(out);
    return status;
}

void trec_qrels_done(struct trec_qrels *qrels)
{
    free(qrels->items);
    free(qrels->text);
    *qrels = (struct trec_qrels){0};
}

int trec_check_name(const char *name, struct error *err)
{
    bool fit = *name != '\0';
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        fit = fit && *c > ' ' && *c != 0x7f;
    return fit ? 0
               : error_set(err,
                           "the id '%.80s' is empty or has a blank, which a TREC file cannot "
                           "represent: use other ids",
                           name);
}

void trec_run_write(FILE *stream, const char *query, char *const *names, const float *scores,
                    const size_t *order, size_t n, const char *tag)
{
    float last = INFINITY;
    for (size_t k = 0; k < n; k++) {
        float score = scores[order[k]];
        if (score >= last)
            score = nextafterf(last, -INFINITY);
        last = score;
        fprintf(stream, "%s Q0 %s %zu %.9g %s\n", query, names[order[k]], k + 1, (double)score,
                tag);
    }
}
