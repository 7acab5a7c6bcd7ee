#include "io/text/vocab.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/json_in.h"
#include "io/text/vocab_pickle.h"

enum { LARGEST_ID = 10 * 1000 * 1000, LARGEST_FILE = 64 << 20 };

/* `key`: the word's first eight bytes, so that most comparisons are of one integer. */
struct entry {
    uint64_t key;
    const char *word; /* inside vocab.text */
    int32_t id;
    uint32_t times; /* by vocab_count_words */
};

struct vocab {
    char *path, *text;
    struct entry *entries; /* sorted by word, as bytes */
    uint32_t *by_id;       /* indices of entries, sorted by id */
    size_t count;
    int32_t start, end, unk;
};

static uint64_t key_of(const char *word)
{
    uint64_t key = 0;
    for (int i = 0; i < 8; i++)
        key = key << 8 | (*word ? (unsigned char)*word++ : 0);
    return key;
}

static int compare_words(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return strcmp(x->word, y->word);
}

static int compare_ids(const void *a, const void *b, void *entries)
{
    const struct entry *e = entries;
    int32_t x = e[*(const uint32_t *)a].id, y = e[*(const uint32_t *)b].id;
    return (x > y) - (x < y);
}

/* Bytes needed for the words, with terminators. */
static size_t text_size(json_t *words)
{
    const char *word;
    json_t *id;
    size_t size = 0;
    json_object_foreach (words, word, id)
        size += strlen(word) + 1;
    return size;
}

static int check_id(const char *path, const char *word, json_t *id, struct error *err)
{
    if (!json_is_integer(id))
        return error_at(err, path, -1, "word2idx: the id of \"%.60s\" is not an integer", word);
    json_int_t value = json_integer_value(id);
    if (value < 0 || value >= LARGEST_ID)
        return error_at(err, path, -1,
                        "word2idx: the id of \"%.60s\" is %" JSON_INTEGER_FORMAT
                        "; ids go from 0 to %d",
                        word, value, LARGEST_ID - 1);
    return 0;
}

static int take_words(struct vocab *v, json_t *words, struct error *err)
{
    const char *word;
    json_t *id;
    size_t count = json_object_size(words);
    if (mem_alloc(&v->text, text_size(words), 1, "the vocabulary's words", err) != 0 ||
        mem_alloc(&v->entries, count, sizeof *v->entries, "the vocabulary", err) != 0 ||
        mem_alloc(&v->by_id, count, sizeof *v->by_id, "the vocabulary", err) != 0)
        return -1;
    char *at = v->text;
    json_object_foreach (words, word, id) {
        if (check_id(v->path, word, id, err) != 0)
            return -1;
        struct entry *e = &v->entries[v->count++];
        *e = (struct entry){key_of(word), at, (int32_t)json_integer_value(id), 0};
        at = stpcpy(at, word) + 1;
    }
    return 0;
}

static int sort_words(struct vocab *v, struct error *err)
{
    qsort(v->entries, v->count, sizeof *v->entries, compare_words);
    for (size_t i = 0; i < v->count; i++)
        v->by_id[i] = (uint32_t)i;
    qsort_r(v->by_id, v->count, sizeof *v->by_id, compare_ids, v->entries);
    for (size_t i = 1; i < v->count; i++) {
        const struct entry *a = &v->entries[v->by_id[i - 1]], *b = &v->entries[v->by_id[i]];
        if (a->id == b->id)
            return error_at(err, v->path, -1,
                            "word2idx gives id %d to both \"%.60s\" and \"%.60s\"", a->id, a->word,
                            b->word);
    }
    return 0;
}

static int find_specials(struct vocab *v, struct error *err)
{
    struct {
        const char *name;
        int32_t *id;
    } specials[] = {{"<start>", &v->start}, {"<end>", &v->end}, {"<unk>", &v->unk}};
    for (size_t i = 0; i < COUNTOF(specials); i++) {
        *specials[i].id = vocab_id(v, specials[i].name);
        if (*specials[i].id < 0)
            return error_at(
                err, v->path, -1,
                "word2idx has no %s, so this is not a caption vocabulary of this family",
                specials[i].name);
    }
    return 0;
}

/* The other half of the file must agree as far as it goes. */
static int check_idx2word(const struct vocab *v, json_t *idx2word, struct error *err)
{
    if (!idx2word)
        return 0;
    if (!json_is_object(idx2word))
        return error_at(err, v->path, -1, "idx2word is not an object");
    for (size_t i = 0; i < v->count; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", v->entries[i].id);
        json_t *other = json_object_get(idx2word, id);
        const char *word = json_string_value(other);
        if (other && (!word || strcmp(word, v->entries[i].word) != 0))
            return error_at(
                err, v->path, -1,
                "idx2word says \"%.60s\" for id %s, word2idx \"%.60s\": the file is damaged",
                word ? word : "(not a string)", id, v->entries[i].word);
    }
    return 0;
}

static int parse(const char *path, const uint8_t *bytes, size_t size, json_t **root_out,
                 struct error *err)
{
    if (size == 0)
        return error_at(err, path, -1, "is empty");
    if (size > LARGEST_FILE)
        return error_at(err, path, -1,
                        "is too large for a vocabulary (%zu bytes; at most %d are read)", size,
                        LARGEST_FILE);
    if (vocab_pickle_begins(bytes, size))
        return vocab_pickle_read(path, bytes, size, root_out, err);
    return json_in_parse(path, bytes, size, JSON_REJECT_DUPLICATES, root_out, err);
}

static int fill(struct vocab *v, json_t *root, struct error *err)
{
    json_t *words = json_object_get(root, "word2idx");
    if (!json_is_object(words))
        return error_at(err, v->path, -1, "has no object word2idx, so this is not a vocabulary");
    if (take_words(v, words, err) != 0 || sort_words(v, err) != 0 || find_specials(v, err) != 0)
        return -1;
    return check_idx2word(v, json_object_get(root, "idx2word"), err);
}

int vocab_parse(const char *path, const void *bytes, size_t size, struct vocab **out,
                struct error *err)
{
    json_t *root = NULL;
    struct vocab *v = mem_new(1, sizeof *v);
    v->path = mem_strdup(path);
    int status = parse(path, bytes, size, &root, err);
    if (status == 0)
        status = fill(v, root, err);
    json_decref(root);
    if (status == 0)
        *out = v;
    else
        vocab_free(v);
    return status;
}

int vocab_load(const char *path, struct vocab **out, struct error *err)
{
    struct file_map map;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = vocab_parse(path, map.data, map.size, out, err);
    file_map_close(&map);
    return status;
}

void vocab_free(struct vocab *vocab)
{
    if (!vocab)
        return;
    free(vocab->path);
    free(vocab->text);
    free(vocab->entries);
    free(vocab->by_id);
    free(vocab);
}

size_t vocab_size(const struct vocab *vocab)
{
    return (size_t)vocab->entries[vocab->by_id[vocab->count - 1]].id + 1;
}

size_t vocab_count(const struct vocab *vocab)
{
    return vocab->count;
}

static const struct entry *find_word(const struct vocab *vocab, const char *word)
{
    struct entry wanted = {.key = key_of(word), .word = word};
    return bsearch(&wanted, vocab->entries, vocab->count, sizeof wanted, compare_words);
}

int32_t vocab_id(const struct vocab *vocab, const char *word)
{
    const struct entry *e = find_word(vocab, word);
    return e ? e->id : -1;
}

static struct entry *find_id(const struct vocab *vocab, int32_t id)
{
    size_t low = 0, high = vocab->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct entry *e = &vocab->entries[vocab->by_id[middle]];
        if (e->id == id)
            return e;
        if (e->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *vocab_word(const struct vocab *vocab, int32_t id)
{
    const struct entry *e = find_id(vocab, id);
    return e ? e->word : NULL;
}

int32_t vocab_start(const struct vocab *vocab)
{
    return vocab->start;
}

int32_t vocab_end(const struct vocab *vocab)
{
    return vocab->end;
}

int32_t vocab_unk(const struct vocab *vocab)
{
    return vocab->unk;
}

const char *vocab_path(const struct vocab *vocab)
{
    return vocab->path;
}

/* FNV-1a over words (terminators included) and ids (little endian) in the order of the words. */
uint64_t vocab_fingerprint(const struct vocab *vocab)
{
    const uint64_t prime = 0x100000001b3u;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < vocab->count; i++) {
        const struct entry *e = &vocab->entries[i];
        for (const char *c = e->word; *c; c++)
            hash = (hash ^ (unsigned char)*c) * prime;
        hash *= prime;
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ ((uint32_t)e->id >> shift & 0xff)) * prime;
    }
    return hash;
}

static bool is_special(const struct vocab *v, const struct entry *e)
{
    return e->id == v->start || e->id == v->end || e->id == v->unk || strcmp(e->word, "<pad>") == 0;
}

/* The first entry that does not sort before `prefix`. */
static size_t lower_bound(const struct vocab *vocab, const char *prefix)
{
    struct entry wanted = {.key = key_of(prefix), .word = prefix};
    size_t low = 0, high = vocab->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_words(&vocab->entries[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Inserts a candidate into the best `limit` so far; equals stay alphabetical. */
static size_t keep_best(const struct entry *entries, size_t candidate, uint32_t *best, size_t n,
                        size_t limit)
{
    size_t at = n;
    while (at > 0 && entries[best[at - 1]].times < entries[candidate].times)
        at--;
    if (at >= limit)
        return n;
    size_t moved = (n < limit ? n : limit - 1) - at;
    memmove(best + at + 1, best + at, moved * sizeof *best);
    best[at] = (uint32_t)candidate;
    return n < limit ? n + 1 : n;
}

size_t vocab_complete(const struct vocab *vocab, const char *prefix, size_t limit, int32_t *out)
{
    size_t length = strlen(prefix), n = 0;
    uint32_t *best = mem_new(limit, sizeof *best);
    for (size_t i = lower_bound(vocab, prefix);
         i < vocab->count && strncmp(vocab->entries[i].word, prefix, length) == 0; i++)
        if (!is_special(vocab, &vocab->entries[i]))
            n = keep_best(vocab->entries, i, best, n, limit);
    for (size_t i = 0; i < n; i++)
        out[i] = vocab->entries[best[i]].id;
    free(best);
    return n;
}

void vocab_count_words(struct vocab *vocab, const int32_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct entry *e = find_id(vocab, ids[i]);
        if (e && e->times < UINT32_MAX)
            e->times++;
    }
}
