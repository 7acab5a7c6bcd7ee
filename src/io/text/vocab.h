/* vocab.h: the mapping from words to ids (JSON with word2idx, idx2word, idx, or the same pickled by
 * Python), as published with the SCAN family's data or built by `scanscope vocab`. */
#ifndef IO_TEXT_VOCAB_H
#define IO_TEXT_VOCAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct vocab;

/* Reads one; idx2word, idx and <pad> may be missing. Errors: not JSON (with line and column), a
 * pickle of something else (vocab_pickle.h), more than 64 MB, a word or id given twice, no
 * word2idx, ids that are not integers, negative or above 10 million, no <unk>, <start> or <end>,
 * idx2word contradicting word2idx. */
int vocab_load(const char *path, struct vocab **out, struct error *err) MUST_USE;

/* The same from bytes in memory; `path` names them in errors and for vocab_path. */
int vocab_parse(const char *path, const void *bytes, size_t size, struct vocab **out,
                struct error *err) MUST_USE;

/* Saves it as the reference's JSON, in the order of the ids. Errors: those of writing. */
int vocab_save(const struct vocab *vocab, const char *path, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void vocab_free(struct vocab *vocab);

/* The largest id + 1: rows of the embedding. */
size_t vocab_size(const struct vocab *vocab);

/* The number of words; less than vocab_size if ids are skipped. */
size_t vocab_count(const struct vocab *vocab);

/* A word's id, -1 if unknown; an id's word, borrowed, NULL if there is none. */
int32_t vocab_id(const struct vocab *vocab, const char *word);
const char *vocab_word(const struct vocab *vocab, int32_t id);

/* The ids of <start>, <end> and <unk>, looked up by name, never assumed. */
int32_t vocab_start(const struct vocab *vocab);
int32_t vocab_end(const struct vocab *vocab);
int32_t vocab_unk(const struct vocab *vocab);

/* The file it was read from; borrowed. */
const char *vocab_path(const struct vocab *vocab);

/* A hash of the mapping from words to ids, whatever the order of the file. */
uint64_t vocab_fingerprint(const struct vocab *vocab);

/* Up to `limit` ids of words that begin with `prefix`, most frequent first by vocab_count_words,
 * then in alphabetical order; returns how many. <pad>, <start>, <end> and <unk> are omitted. */
size_t vocab_complete(const struct vocab *vocab, const char *prefix, size_t limit, int32_t *out);

/* Counts n more words of a split's captions, by their ids. */
void vocab_count_words(struct vocab *vocab, const int32_t *ids, size_t n);

/* Builds a vocabulary from tokenised captions: <pad> <start> <end> <unk>, then the words that occur
 * at least `threshold` times in order of first use. Free with vocab_builder_free. */
struct vocab_builder;
struct vocab_builder *vocab_builder_new(void) MUST_USE;

/* Adds an occurrence of a word (UTF-8). */
void vocab_builder_add(struct vocab_builder *builder, const char *word);

/* Occurrences added; distinct words among them. */
size_t vocab_builder_total(const struct vocab_builder *builder);
size_t vocab_builder_distinct(const struct vocab_builder *builder);

/* Whether the vocabulary would have the word; how many of the occurrences it covers. */
bool vocab_builder_keeps(const struct vocab_builder *builder, const char *word, size_t threshold);
size_t vocab_builder_covered(const struct vocab_builder *builder, size_t threshold);

/* Saves it as the reference's JSON; *words_out (NULL to skip): its words, the four specials
 * included. Errors: no memory, those of writing. */
int vocab_builder_save(struct vocab_builder *builder, size_t threshold, const char *path,
                       size_t *words_out, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void vocab_builder_free(struct vocab_builder *builder);

#endif
