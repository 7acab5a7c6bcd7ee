/* inspect_text.c: text and other files that are known by their beginning: by a marker, or by
 * columns that all of the first lines have. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/magic.h"
#include "base/mem.h"
#include "inspect/inspect_private.h"
#include "io/annotation/entities.h"
#include "io/annotation/trec.h"
#include "io/text/captions.h"
#include "retrieve/index/index_file.h"

enum { SAMPLED_LINES = 20, SAMPLED = 1 << 16, COLUMNS = 64 };

/* ---- by a marker ---- */

static bool has(const struct file_map *map, const char *marker)
{
    size_t n = map->size < SAMPLED ? map->size : SAMPLED;
    return memmem(map->data, n, marker, strlen(marker)) != NULL;
}

static bool begins(const struct file_map *map, const char *marker)
{
    size_t n = strlen(marker);
    return map->size >= n && memcmp(map->data, marker, n) == 0;
}

static size_t count_lines(const struct file_map *map)
{
    size_t count = 0;
    for (size_t at = 0; at < map->size; count++) {
        const uint8_t *end = memchr(map->data + at, '\n', map->size - at);
        at = end ? (size_t)(end - map->data) + 1 : map->size;
    }
    return count;
}

static int describe_annotation(struct inspect_subject *s, const struct file_map *map,
                               struct error *err)
{
    struct entity_boxes boxes;
    (void)map;
    if (entities_boxes_load(s->path, &boxes, err) != 0)
        return -1;
    inspect_begin(s, "boxes of Flickr30K Entities");
    inspect_count(s, "boxes", boxes.count, "boxes with ids");
    inspect_line(s, "size", "%g x %g pixels", boxes.width, boxes.height);
    inspect_line(s, "read by", "analyse alignment --entities (its folder)");
    entities_boxes_done(&boxes);
    return 0;
}

static int describe_sentences(struct inspect_subject *s, const struct file_map *map,
                              struct error *err)
{
    struct entity_sentences sentences;
    size_t phrases = 0;
    (void)map;
    if (entities_sentences_load(s->path, &sentences, err) != 0)
        return -1;
    for (size_t i = 0; i < sentences.count; i++)
        phrases += sentences.items[i].phrase_count;
    inspect_begin(s, "sentences of Flickr30K Entities");
    inspect_count(s, "sentences", sentences.count, "sentences");
    inspect_count(s, "phrases", phrases, "phrases with ids");
    inspect_line(s, "read by", "analyse alignment --entities (its folder)");
    entities_sentences_done(&sentences);
    return 0;
}

static int describe_ranks(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    (void)err;
    inspect_begin(s, "ranks (eval --ranks)");
    inspect_count(s, "queries", count_lines(map) - 1, "queries");
    return 0;
}

static int describe_table(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    (void)err;
    inspect_begin(s, "figure data as a table");
    inspect_count(s, "rows", count_lines(map) - 1, "rows");
    return 0;
}

static int describe_svg(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    (void)err;
    inspect_begin(s, "SVG picture");
    if (has(map, "urn:scanscope:metadata"))
        inspect_line(s, "made by", "scanscope figure");
    return 0;
}

static int describe_page(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    (void)err;
    (void)map;
    inspect_begin(s, "page of results");
    inspect_line(s, "made by", "scanscope (--html)");
    return 0;
}

/* The first match counts; `marker` may stand anywhere in the first bytes. */
static const struct {
    const char *first, *marker;
    int (*describe)(struct inspect_subject *s, const struct file_map *map, struct error *err);
} marked[] = {
    {"<", "<annotation>", describe_annotation},
    {"<", "<svg ", describe_svg},
    {"<!DOCTYPE html>", "<meta name=\"generator\" content=\"scanscope\">", describe_page},
    {"", "[/EN#", describe_sentences},
    {"direction,query,id,words,rank", "", describe_ranks},
    {"kind,set,query,image,number", "", describe_table},
};

/* ---- by columns ---- */

struct sample {
    const char *columns[SAMPLED_LINES][COLUMNS];
    size_t count[SAMPLED_LINES], lines; /* columns of each line; COLUMNS: that many or more */
    char *text;                         /* owned: the first bytes, with zeros behind the columns */
};

static void sample_line(struct sample *sample, char *line)
{
    size_t n = 0;
    char *rest = line;
    for (char *word; n < COLUMNS && (word = strsep(&rest, " \t\r"));)
        if (word[0])
            sample->columns[sample->lines][n++] = word;
    sample->count[sample->lines] = n;
    sample->lines += n > 0;
}

/* The first whole lines. */
static void sample_open(const struct file_map *map, struct sample *out)
{
    size_t n = map->size < SAMPLED ? map->size : SAMPLED;
    out->lines = 0;
    out->text = mem_strndup((const char *)map->data, n);
    char *end = n < map->size ? strrchr(out->text, '\n') : NULL;
    if (end)
        *end = '\0';
    char *rest = out->text;
    for (char *line; out->lines < SAMPLED_LINES && (line = strsep(&rest, "\n"));)
        sample_line(out, line);
}

static bool is_integer(const char *word)
{
    word += *word == '-';
    return word[0] && word[strspn(word, "0123456789")] == '\0';
}

static bool is_number(const char *word)
{
    char *end;
    strtod(word, &end);
    return end != word && !*end;
}

/* i: an integer; f: a number; Q: "Q0"; q: "Q0" or an integer; d: has a digit; s: anything. */
static bool column_is(const char *word, char wanted)
{
    switch (wanted) {
    case 'i':
        return is_integer(word);
    case 'f':
        return is_number(word);
    case 'Q':
        return strcmp(word, "Q0") == 0;
    case 'q':
        return strcmp(word, "Q0") == 0 || is_integer(word);
    case 'd':
        return strpbrk(word, "0123456789") != NULL;
    default:
        return true;
    }
}

static bool columns_are(const struct sample *sample, const char *wanted)
{
    for (size_t l = 0; l < sample->lines; l++) {
        if (sample->count[l] != strlen(wanted))
            return false;
        for (size_t c = 0; c < sample->count[l]; c++)
            if (!column_is(sample->columns[l][c], wanted[c]))
                return false;
    }
    return sample->lines > 0;
}

/* Integers, between the same first and the same last one: <start> and <end>; not of four columns
 * throughout, which would be qrels. */
static bool is_word_ids(const struct sample *sample)
{
    bool other = false;
    for (size_t l = 0; l < sample->lines; l++) {
        size_t n = sample->count[l];
        for (size_t c = 0; c < n; c++)
            if (!is_integer(sample->columns[l][c]))
                return false;
        if (n < 2 || strcmp(sample->columns[l][0], sample->columns[0][0]) != 0 ||
            (n < COLUMNS && sample->count[0] < COLUMNS &&
             strcmp(sample->columns[l][n - 1], sample->columns[0][sample->count[0] - 1]) != 0))
            return false;
        other = other || n != 4;
    }
    return sample->lines > 0 && other;
}

static int describe_word_ids(struct inspect_subject *s, struct error *err)
{
    struct token_lines lines;
    size_t words = 0;
    if (text_token_lines_load(s->path, &lines, err) != 0)
        return -1;
    for (size_t i = 0; i < lines.count; i++)
        words += lines.counts[i];
    inspect_begin(s, "word ids of captions");
    inspect_count(s, "lines", lines.count, "captions");
    inspect_count(s, "ids", words, "ids, with <start> and <end>");
    inspect_line(s, "read by", "--token-ids");
    text_token_lines_done(&lines);
    return 0;
}

static int describe_qrels(struct inspect_subject *s, struct error *err)
{
    struct trec_qrels qrels;
    size_t relevant = 0;
    if (trec_qrels_load(s->path, &qrels, err) != 0)
        return -1;
    for (size_t i = 0; i < qrels.count; i++)
        relevant += qrels.items[i].grade > 0;
    inspect_begin(s, "judgements (TREC qrels)");
    inspect_count(s, "judgements", qrels.count, "judgements");
    inspect_count(s, "relevant", relevant, "of them relevant (above 0)");
    inspect_line(s, "read by", "eval --qrels");
    trec_qrels_done(&qrels);
    return 0;
}

/* Kinds that are lines of as many columns; all are counted. */
static const struct {
    const char *columns, *kind, *name, *what, *read_by;
} tables[] = {
    {"sQsifs", "rankings (a TREC run)", "rows", "ranked items", "trec_eval"},
    {"sii", "image sizes", "images", "ids with width and height", "convert --sizes"},
    {"d", "ids", "ids", "ids, one per line", "--ids, --caption-ids, SPLIT_ids.txt"},
};

static int describe_columns(struct inspect_subject *s, const struct file_map *map,
                            const struct sample *sample, struct error *err)
{
    if (is_word_ids(sample))
        return describe_word_ids(s, err) == 0 ? 1 : -1;
    if (columns_are(sample, "sqsi"))
        return describe_qrels(s, err) == 0 ? 1 : -1;
    for (size_t i = 0; i < COUNTOF(tables); i++)
        if (columns_are(sample, tables[i].columns)) {
            inspect_begin(s, tables[i].kind);
            inspect_count(s, tables[i].name, count_lines(map), tables[i].what);
            inspect_line(s, "read by", "%s", tables[i].read_by);
            return 1;
        }
    return 0;
}

/* ~/.config/scanscope/config: nothing but its name tells it. */
static bool is_config(const char *path)
{
    char *folder = file_folder(path);
    bool is = strcmp(file_name(path), "config") == 0 && strcmp(file_name(folder), "scanscope") == 0;
    free(folder);
    return is;
}

int inspect_text_kind(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    for (size_t i = 0; i < COUNTOF(marked); i++)
        if (begins(map, marked[i].first) && has(map, marked[i].marker))
            return marked[i].describe(s, map, err) == 0 ? 1 : -1;
    if (magic_refuse_stand_in(s->path, map->data, map->size, err) != 0)
        return -1;
    if (is_config(s->path)) {
        inspect_begin(s, "settings of the explorer");
        inspect_count(s, "lines", count_lines(map), "lines");
        inspect_line(s, "read by", "explore (scanscope-config(5))");
        return 1;
    }
    struct sample sample;
    sample_open(map, &sample);
    int known = describe_columns(s, map, &sample, err);
    free(sample.text);
    return known;
}

/* ---- bytes ---- */

static int describe_index(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    struct index_view view;
    const char *why;
    if (!index_view_open(map, &view, &why))
        return error_at(err, s->path, -1, "%s", why);
    const struct index_key *key = &view.header->key;
    inspect_begin(s, "index of image embeddings");
    inspect_count(s, "images", key->I, "images");
    inspect_line(s, "regions", "%s%zu per image, of size %zu, %s", key->counts ? "up to " : "",
                 (size_t)key->R, (size_t)key->D, key->type == INDEX_BF16 ? "bfloat16" : "float32");
    inspect_line(s, "model", "%s", view.header->model_path);
    inspect_line(s, "features", "%s", view.header->features_path);
    inspect_line(s, "read by", "every command with --index-dir (its folder)");
    return 0;
}

int inspect_binary_kind(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    const struct magic *magic = magic_find(map->data, map->size);
    if (begins(map, "SCANIDX"))
        return describe_index(s, map, err) == 0 ? 1 : -1;
    if (magic && (magic->kind == MAGIC_HDF5 || magic->kind == MAGIC_LMDB))
        return inspect_bottomup(s, err) == 0 ? 1 : -1;
    return magic_refuse_stand_in(s->path, map->data, map->size, err);
}
