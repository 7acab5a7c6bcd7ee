#include "io/text/pattern.h"

#include <stdio.h>
#include <stdlib.h>

pcre2_code *pattern_new(const char *text)
{
    int error;
    PCRE2_SIZE place;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP,
                                     &error, &place, NULL);
    if (!code) {
        fprintf(stderr, "scanscope: pattern %s: PCRE2 error %d at %zu\n", text, error,
                (size_t)place);
        abort();
    }
    /* If machine code cannot be made (some systems forbid it), the interpreter does the same, only
     * slower. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

void pattern_match_init(struct pattern_match *match)
{
    match->data = pcre2_match_data_create(PATTERN_GROUPS, NULL);
    if (!match->data) {
        fputs("scanscope: out of memory\n", stderr);
        exit(1);
    }
    match->group = pcre2_get_ovector_pointer(match->data);
}

void pattern_match_done(struct pattern_match *match)
{
    pcre2_match_data_free(match->data);
    *match = (struct pattern_match){0};
}

bool pattern_find(const pcre2_code *code, const char *text, size_t length, size_t at,
                  struct pattern_match *match)
{
    int found =
        pcre2_match(code, (PCRE2_SPTR)text, length, at, PCRE2_NO_UTF_CHECK, match->data, NULL);
    return found > 0;
}
