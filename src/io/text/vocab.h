/* vocab.h: the mapping of words to ids (JSON with word2idx, idx2word, idx), as published with the
 * SCAN family's data or built by `scanscope vocab`. */
#ifndef IO_TEXT_VOCAB_H
#define IO_TEXT_VOCAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct vocab;

/* Errors: not JSON (with line and column), more than 64 MB, a word or id given twice, no word2idx,
 * ids not whole, negative or beyond 10 million, no <unk>, <start> or <end>, idx2word that
 * contradicts word2idx. A file without idx2word, idx or <pad> is read. */
int vocab_load(const char *path, struct vocab **out, struct error *err) MUST_USE;

/* The same from bytes in memory; `path` names them in errors and for vocab_path. */
int vocab_parse(const char *path, const void *bytes, size_t size, struct vocab **out,
                struct error *err) MUST_USE;
void vocab_free(struct vocab *vocab);

size_t vocab_size(const struct vocab *vocab);  /* largest id + 1: rows of the embedding */
size_t vocab_count(const struct vocab *vocab); /* words; fewer where ids are left out */
int32_t vocab_id(const struct vocab *vocab, const char *word); /* -1 where unknown */
const char *vocab_word(const struct vocab *vocab, int32_t id); /* NULL where there is none */
int32_t vocab_start(const struct vocab *vocab); /* looked up by name, never assumed */
int32_t vocab_end(const struct vocab *vocab);
int32_t vocab_unk(const struct vocab *vocab);
const char *vocab_path(const struct vocab *vocab);

/* A hash of the mapping word -> id, whatever the order of the file. */
uint64_t vocab_fingerprint(const struct vocab *vocab);

/* Words that begin with `prefix`, most frequent first (frequency as set with vocab_count_words,
 * else alphabetical), at most `limit` ids to `out`; returns how many. <pad>, <start>, <end> and
 * <unk> are left out. */
size_t vocab_complete(const struct vocab *vocab, const char *prefix, size_t limit, int32_t *out);

/* Tells the vocabulary of n more words of a split's captions: each id counts once more. */
void vocab_count_words(struct vocab *vocab, const int32_t *ids, size_t n);

/* Builds one from captions already tokenised: words that occur at least `threshold` times, after
 * <pad> <start> <end> <unk>, in order of first use; saves as the reference's JSON. `words_out`
 * (NULL allowed): how many words the file has, the four included. */
struct vocab_builder;
struct vocab_builder *vocab_builder_new(void);
void vocab_builder_add(struct vocab_builder *builder, const char *word); /* UTF-8 */
size_t vocab_builder_total(const struct vocab_builder *builder);         /* words added */
size_t vocab_builder_distinct(const struct vocab_builder *builder);      /* different ones */
/* Would a vocabulary of this threshold have the word? And how many of the words added has it? */
bool vocab_builder_keeps(const struct vocab_builder *builder, const char *word, size_t threshold);
size_t vocab_builder_covered(const struct vocab_builder *builder, size_t threshold);
int vocab_builder_save(struct vocab_builder *builder, size_t threshold, const char *path,
                       size_t *words_out, struct error *err) MUST_USE;
void vocab_builder_free(struct vocab_builder *builder);

#endif
