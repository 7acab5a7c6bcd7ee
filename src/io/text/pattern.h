/* pattern.h: the program's own PCRE2 patterns, on text known to be valid UTF-8. */
#ifndef IO_TEXT_PATTERN_H
#define IO_TEXT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { PATTERN_GROUPS = 4 }; /* the whole match and three groups */

/* Compiles a pattern, to machine code if the library can. One that does not compile is a bug and
 * ends the program. Lives as long as the program; may be shared by threads. */
pcre2_code *pattern_new(const char *text);

/* What a match found: bytes [from, to) of each group; both SIZE_MAX if the group took no part. For
 * one thread. */
struct pattern_match {
    pcre2_match_data *data; /* owned */
    const size_t *group;    /* from0, to0, from1, to1, ... */
};

/* Makes one, ending the program if memory runs out; frees it. */
void pattern_match_init(struct pattern_match *match);
void pattern_match_done(struct pattern_match *match);

/* Finds the first match at or after `at`; lookbehinds, `^` and `\b` see the bytes before it. False
 * if there is none, or if the library gives up, which cannot happen: none of the patterns
 * backtracks. */
bool pattern_find(const pcre2_code *code, const char *text, size_t length, size_t at,
                  struct pattern_match *match);

#endif
