/* vocab_builder.c: the words seen are a JSON object from word to count, which keeps the order of
 * first use and hashes with a seed. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/vocab.h"

struct vocab_builder {
    json_t *times;
    size_t total;
};

static const char *const specials[] = {"<pad>", "<start>", "<end>", "<unk>"};

struct vocab_builder *vocab_builder_new(void)
{
    struct vocab_builder *b = mem_new(1, sizeof *b);
    b->times = json_object();
    return b;
}

void vocab_builder_free(struct vocab_builder *builder)
{
    if (!builder)
        return;
    json_decref(builder->times);
    free(builder);
}

void vocab_builder_add(struct vocab_builder *builder, const char *word)
{
    json_t *times = json_object_get(builder->times, word);
    builder->total++;
    if (times)
        json_integer_set(times, json_integer_value(times) + 1);
    else
        json_object_set_new(builder->times, word, json_integer(1));
}

size_t vocab_builder_total(const struct vocab_builder *builder)
{
    return builder->total;
}

size_t vocab_builder_distinct(const struct vocab_builder *builder)
{
    return json_object_size(builder->times);
}

static bool often_enough(json_t *times, size_t threshold)
{
    return times && (size_t)json_integer_value(times) >= threshold;
}

bool vocab_builder_keeps(const struct vocab_builder *builder, const char *word, size_t threshold)
{
    return often_enough(json_object_get(builder->times, word), threshold);
}

size_t vocab_builder_covered(const struct vocab_builder *builder, size_t threshold)
{
    const char *word;
    json_t *times;
    size_t sum = 0;
    json_object_foreach (builder->times, word, times)
        if (often_enough(times, threshold))
            sum += (size_t)json_integer_value(times);
    return sum;
}

/* Gives the word the next id unless it has one; -1 if memory runs out. */
static int put(json_t *word2idx, json_t *idx2word, const char *word)
{
    char id[24];
    size_t next = json_object_size(word2idx);
    if (json_object_get(word2idx, word))
        return 0;
    snprintf(id, sizeof id, "%zu", next);
    if (json_object_set_new(word2idx, word, json_integer((json_int_t)next)) != 0)
        return -1;
    return json_object_set_new(idx2word, id, json_string(word));
}

static int put_all(const struct vocab_builder *builder, size_t threshold, json_t *word2idx,
                   json_t *idx2word)
{
    const char *word;
    json_t *times;
    for (size_t i = 0; i < COUNTOF(specials); i++)
        if (put(word2idx, idx2word, specials[i]) != 0)
            return -1;
    json_object_foreach (builder->times, word, times)
        if (often_enough(times, threshold) && put(word2idx, idx2word, word) != 0)
            return -1;
    return 0;
}

static int write_json(json_t *root, const char *path, struct error *err)
{
    char *text = json_dumps(root, JSON_ENSURE_ASCII);
    if (!text)
        return error_at(err, path, -1, "not enough memory to write the vocabulary");
    int status = file_write(path, text, strlen(text), err);
    free(text);
    return status;
}

int vocab_builder_save(struct vocab_builder *builder, size_t threshold, const char *path,
                       size_t *words_out, struct error *err)
{
    json_t *word2idx = json_object(), *idx2word = json_object();
    int status = put_all(builder, threshold, word2idx, idx2word);
    size_t words = json_object_size(word2idx);
    json_t *root =
        json_pack("{sOsOsI}", "word2idx", word2idx, "idx2word", idx2word, "idx", (json_int_t)words);
    if (status == 0 && root)
        status = write_json(root, path, err);
    else
        status = error_at(err, path, -1, "not enough memory for the vocabulary");
    if (status == 0 && words_out)
        *words_out = words;
    json_decref(root);
    json_decref(word2idx);
    json_decref(idx2word);
    return status;
}

int vocab_save(const struct vocab *vocab, const char *path, struct error *err)
{
    json_t *word2idx = json_object(), *idx2word = json_object();
    for (int32_t id = 0; id < (int32_t)vocab_size(vocab); id++) {
        char name[16];
        const char *word = vocab_word(vocab, id);
        snprintf(name, sizeof name, "%d", id);
        if (word) {
            json_object_set_new(word2idx, word, json_integer(id));
            json_object_set_new(idx2word, name, json_string(word));
        }
    }
    json_t *root = json_pack("{sososI}", "word2idx", word2idx, "idx2word", idx2word, "idx",
                             (json_int_t)vocab_size(vocab));
    int status = write_json(root, path, err);
    json_decref(root);
    return status;
}
