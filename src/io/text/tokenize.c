#include "io/text/tokenize.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/text/pattern.h"
#include "io/text/sentences.h"
#include "io/text/treebank.h"

#define SPACES " \t\v"

enum { CAPITAL_SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2, CAPITAL_DOTTED_I = 0x130, DOT_ABOVE = 0x307 };

/* What Python's str.split and strip regard as white space. */
static bool is_space(uint32_t code)
{
    return (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x20) || code == 0x85 ||
           code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Whether the letter has case. */
static bool is_cased(uint32_t code)
{
    return g_unichar_islower(code) || g_unichar_isupper(code) || g_unichar_istitle(code);
}

/* Marks and apostrophes, which do not count when deciding whether a word ends. */
static bool is_ignorable(uint32_t code)
{
    static const uint32_t marks[] = {'\'', '.', ':', 0xb7, 0x387, 0x2018, 0x2019, 0x2024, 0x2027};
    for (size_t i = 0; i < COUNTOF(marks); i++)
        if (code == marks[i])
            return true;
    switch (g_unichar_type(code)) {
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_FORMAT:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_MODIFIER_SYMBOL:
        return true;
    default:
        return false;
    }
}

static bool letter_follows(const char *text, size_t n)
{
    for (size_t at = 0, bytes; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        bool broken = bytes == 1 && code > 0x7f;
        if (!broken && !is_ignorable(code))
            return is_cased(code);
    }
    return false;
}

static void add_code(struct str *out, uint32_t code)
{
    char bytes[4];
    str_add_n(out, bytes, utf8_put(code, bytes));
}

/* glib omits what has case without being a letter: Roman numerals and circled letters. */
static uint32_t to_lower(uint32_t code)
{
    if (code >= 0x2160 && code <= 0x216f)
        return code + 0x10;
    if (code >= 0x24b6 && code <= 0x24cf)
        return code + 0x1a;
    return g_unichar_tolower(code);
}

/* One character as by Python's str.lower. `in_word`: a cased letter precedes it. */
static void add_lower(uint32_t code, bool in_word, const char *rest, size_t n, struct str *out)
{
    if (code == CAPITAL_SIGMA && in_word && !letter_follows(rest, n)) {
        add_code(out, FINAL_SIGMA);
    } else if (code == CAPITAL_DOTTED_I) {
        add_code(out, 'i');
        add_code(out, DOT_ABOVE);
    } else {
        add_code(out, to_lower(code));
    }
}

/* A blank stays; the rules treat other white space alike, except for whether it is ASCII. */
static const char *space_of(uint32_t code)
{
    return code == ' ' ? " " : code < 0x80 ? "\t" : "\v";
}

/* Lower-cased, without what is not UTF-8, with white space as sentences.h requires. */
static void add_decoded(const char *text, size_t n, struct str *out)
{
    bool in_word = false;
    for (size_t at = 0, bytes; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        if (bytes == 1 && code > 0x7f)
            continue;
        if (is_space(code))
            str_add_n(out, space_of(code), 1);
        else
            add_lower(code, in_word, text + at + bytes, n - at - bytes, out);
        in_word = is_ignorable(code) ? in_word : is_cased(code);
    }
}

/* Drops ASCII white space at both ends, as the reference strips each line. */
static void strip(const char **text, size_t *n)
{
    static const char spaces[] = " \t\n\v\f\r";
    while (*n > 0 && strchr(spaces, **text))
        (*text)++, (*n)--;
    while (*n > 0 && strchr(spaces, (*text)[*n - 1]))
        (*n)--;
}

/* The text that Python 3 prints for a bytes object, lower-cased. */
static void add_bytes_shown(const char *text, size_t n, struct str *out)
{
    char quote = memchr(text, '\'', n) && !memchr(text, '"', n) ? '"' : '\'';
    str_addf(out, "b%c", quote);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\\' || c == quote)
            str_addf(out, "\\%c", c);
        else if (c == '\t' || c == '\n' || c == '\r')
            str_add(out, c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r");
        else if (c < 0x20 || c >= 0x7f)
            str_addf(out, "\\x%02x", c);
        else
            str_addf(out, "%c", g_ascii_tolower(c));
    }
    str_add_n(out, &quote, 1);
}

static void split_blanks(const char *text, struct str_list *out)
{
    for (size_t n;; text += n) {
        text += strspn(text, SPACES);
        n = strcspn(text, SPACES);
        if (n == 0)
            return;
        str_list_add(out, mem_strndup(text, n));
    }
}

static void split_text(const struct str *text, struct str_list *out)
{
    struct str tokens = {0}, spare = {0};
    struct sentences sentences = {0};
    struct pattern_match match;
    size_t length = text->length;
    while (length > 0 && strchr(SPACES, text->text[length - 1]))
        length--;
    pattern_match_init(&match);
    sentences_find(str_text(text), length, &match, &sentences);
    for (size_t i = 0; i < sentences.count; i++) {
        struct sentence s = sentences.items[i];
        treebank_split(text->text + s.from, s.to - s.from, &match, &tokens, &spare);
        split_blanks(str_text(&tokens), out);
    }
    pattern_match_done(&match);
    sentences_done(&sentences);
    str_done(&tokens);
    str_done(&spare);
}

void tokenize_words(const char *caption, enum token_compat compat, struct str_list *out)
{
    struct str text = {0};
    size_t n = strlen(caption);
    *out = (struct str_list){0};
    strip(&caption, &n);
    if (compat == TOKENS_PY3BYTES)
        add_bytes_shown(caption, n, &text);
    else
        add_decoded(caption, n, &text);
    split_text(&text, out);
    str_done(&text);
}

void tokenize_ids(const struct vocab *vocab, const char *caption, enum token_compat compat,
                  int32_t **ids_out, size_t *count_out, struct str_list *words_out)
{
    struct str_list words;
    tokenize_words(caption, compat, &words);
    int32_t *ids = mem_grow(NULL, words.count + 2, sizeof *ids);
    ids[0] = vocab_start(vocab);
    for (size_t i = 0; i < words.count; i++) {
        int32_t id = vocab_id(vocab, words.items[i]);
        ids[i + 1] = id < 0 ? vocab_unk(vocab) : id;
    }
    ids[words.count + 1] = vocab_end(vocab);
    *ids_out = ids;
    *count_out = words.count + 2;
    if (words_out)
        *words_out = words;
    else
        str_list_done(&words);
}
