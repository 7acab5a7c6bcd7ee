/* pattern.h: PCRE2 patterns of the program's own, on UTF-8 text that is known to be valid. */
#ifndef IO_TEXT_PATTERN_H
#define IO_TEXT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { PATTERN_GROUPS = 4 }; /* the whole match and three groups */

/* Compiles a pattern of ours, with machine code where the library can make it. A pattern that does
 * not compile is a bug and ends the program. Lives as long as the program; may be shared by
 * threads. */
pcre2_code *pattern_new(const char *text);

/* What a match found: bytes [from, to) of each group; both SIZE_MAX where the group took no part.
 * One thread's. */
struct pattern_match {
    pcre2_match_data *data;
    const size_t *group; /* from0, to0, from1, to1, ... */
};

void pattern_match_init(struct pattern_match *match);
void pattern_match_done(struct pattern_match *match);

/* The first match at or after `at`. Bytes before `at` are seen by lookbehinds, `^` and `\b`. False
 * too where the library gives up, which the patterns are written not to let happen: none of them
 * backtracks. */
bool pattern_find(const pcre2_code *code, const char *text, size_t length, size_t at,
                  struct pattern_match *match);

#endif
