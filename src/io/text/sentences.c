#include "io/text/sentences.h"

#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/utf8.h"

#define BLANK " \\t\\x0b"
/* Inside a class: what may directly follow a sentence's end. */
#define MARKS "?!)\";}*:@'({[\\]"

/* A mark that may end a sentence, and what follows: a mark (group 1) or, after a blank, a word
 * (group 2). */
static const char end_pattern[] = "[.?!](?=([" MARKS "])|[" BLANK "]++([^" BLANK "]++))";

/* Punkt's own tokens: runs of dashes or dots; words without the marks that end them; single
 * characters. */
#define RUNS "-{2,}|\\.{2,}"
#define AFTER_WORD "[" BLANK "]|$|[" MARKS "]|" RUNS
static const char token_pattern[] =
    RUNS "|[^" BLANK "(\"`{[:;&#*@)}\\]\\-,][^" BLANK "]*?(?=" AFTER_WORD "|,(?:" AFTER_WORD "))"
         "|[^" BLANK "]";
static const char number_or_letter_pattern[] = "^(?:-?[.,]?\\d[\\d,.-]*+|[^\\W\\d])$";
static const char closing_pattern[] = "^[\"')}\\]]++(?:[" BLANK "]++|(?=--)|$)";

static pcre2_code *end_code, *token_code, *number_or_letter_code, *closing_code;

/* Sorted. Titles, streets, companies, months, countries and times found in captions. */
static const char *const abbreviations[] = {
    "a.d",  "a.m",  "adm", "apr", "aug", "ave", "b.c",  "blvd",  "bros",   "capt", "co",
    "col",  "corp", "d.c", "dec", "dr",  "e.g", "feb",  "ft",    "gen",    "gov",  "i.e",
    "inc",  "j.p",  "j.r", "jan", "jr",  "l.a", "lt",   "ltd",   "messrs", "mr",   "mrs",
    "ms",   "mt",   "n.y", "nov", "oct", "p.m", "ph.d", "prof",  "rep",    "rev",  "sen",
    "sept", "sgt",  "sr",  "st",  "u.k", "u.n", "u.s",  "u.s.a", "vs",
};

static void compile_all(void)
{
    end_code = pattern_new(end_pattern);
    token_code = pattern_new(token_pattern);
    number_or_letter_code = pattern_new(number_or_letter_pattern);
    closing_code = pattern_new(closing_pattern);
}

struct token {
    const char *text;
    size_t length;
};

/* The method looks back for ASCII blanks only, but forward for all. */
static bool is_ascii_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool next_token(struct token whole, size_t *at, struct pattern_match *match,
                       struct token *out)
{
    if (!pattern_find(token_code, whole.text, whole.length, *at, match))
        return false;
    *out = (struct token){whole.text + match->group[0], match->group[1] - match->group[0]};
    *at = match->group[1];
    return true;
}

static int compare_abbreviation(const void *key, const void *element)
{
    const struct token *token = key;
    const char *abbreviation = *(const char *const *)element;
    int order = strncmp(token->text, abbreviation, token->length);
    return order ? order : -(abbreviation[token->length] != '\0');
}

static bool is_abbreviation(struct token t)
{
    return bsearch(&t, abbreviations, COUNTOF(abbreviations), sizeof *abbreviations,
                   compare_abbreviation) != NULL;
}

/* Or its part after the last hyphen does: "vice-adm". */
static bool ends_in_abbreviation(struct token t)
{
    const char *hyphen = memrchr(t.text, '-', t.length);
    if (is_abbreviation(t))
        return true;
    if (!hyphen)
        return false;
    size_t before = (size_t)(hyphen + 1 - t.text);
    return is_abbreviation((struct token){hyphen + 1, t.length - before});
}

/* In text that is all lower case, a number or single letter before a word does not end a sentence.
 */
static bool sentence_continues(struct token next)
{
    size_t bytes;
    if (next.length == 1 && strchr(";:,.!?", next.text[0]))
        return true;
    return g_unichar_islower(utf8_next(next.text, next.length, &bytes));
}

static bool ends_sentence(struct token t, struct token next, struct pattern_match *match)
{
    if (t.length == 1 && strchr(".?!", t.text[0]))
        return true;
    if (t.length < 2 || t.text[t.length - 1] != '.' || t.text[t.length - 2] == '.')
        return false;
    struct token bare = {t.text, t.length - 1};
    if (ends_in_abbreviation(bare))
        return false;
    if (pattern_find(number_or_letter_code, bare.text, bare.length, 0, match))
        return !sentence_continues(next);
    return true;
}

/* Whether a sentence ends inside the context: a word up to its mark, and what follows. */
static bool context_breaks(struct token context, struct pattern_match *match)
{
    size_t at = 0;
    struct token t, next;
    bool more = next_token(context, &at, match, &t);
    for (; more && next_token(context, &at, match, &next); t = next)
        if (ends_sentence(t, next, match))
            return true;
    return false;
}

static void add(struct sentences *list, size_t from, size_t to)
{
    MEM_ROOM(list->items, list->count, list->cap);
    list->items[list->count++] = (struct sentence){from, to};
}

/* A mark that may end a sentence. */
struct candidate {
    size_t word, mark;        /* where its word begins; where it is */
    size_t context_end, next; /* the end of what follows it; where the next sentence would begin */
};

static struct candidate candidate_of(const size_t *group)
{
    bool word_follows = group[4] != PCRE2_UNSET;
    return (struct candidate){
        .mark = group[0],
        .context_end = word_follows ? group[5] : group[3],
        .next = word_follows ? group[4] : group[1],
    };
}

/* Where the word that leads to the mark begins: after the last blank since the previous mark; if
 * there is none, it is the same word as that one's. */
static size_t word_start(const char *text, struct candidate previous, size_t mark)
{
    for (size_t i = mark; i > previous.mark + 1; i--)
        if (is_ascii_blank(text[i - 1]))
            return i;
    return previous.word;
}

static void take_break(const char *text, struct candidate c, struct pattern_match *match,
                       size_t *from, struct sentences *out)
{
    if (!context_breaks((struct token){text + c.word, c.context_end - c.word}, match))
        return;
    add(out, *from, c.mark + 1);
    *from = c.next;
}

/* Of several marks in one word only the last is tried. */
static void find_breaks(const char *text, size_t length, struct pattern_match *match,
                        struct sentences *out)
{
    struct candidate previous = {0};
    bool any = false;
    size_t from = 0, at = 0;
    while (pattern_find(end_code, text, length, at, match)) {
        struct candidate c = candidate_of(match->group);
        at = match->group[1];
        c.word = word_start(text, previous, c.mark);
        if (any && c.word >= previous.mark)
            take_break(text, previous, match, &from, out);
        previous = c;
        any = true;
    }
    if (any)
        take_break(text, previous, match, &from, out);
    if (from < length)
        add(out, from, length);
}

/* Closing quotes and brackets at the start of a sentence belong to the one before. */
static void give_back_closing(const char *text, struct pattern_match *match, struct sentences *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct sentence s = list->items[i];
        if (i > 0 && pattern_find(closing_code, text + s.from, s.to - s.from, 0, match)) {
            size_t to = s.from + match->group[1];
            s.from = to;
            while (is_ascii_blank(text[to - 1]) || text[to - 1] == '\v')
                to--;
            list->items[kept - 1].to = to;
        }
        if (s.from < s.to)
            list->items[kept++] = s;
    }
    list->count = kept;
}

void sentences_find(const char *text, size_t length, struct pattern_match *match,
                    struct sentences *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, compile_all);
    out->count = 0;
    find_breaks(text, length, match, out);
    give_back_closing(text, match, out);
}

void sentences_done(struct sentences *sentences)
{
    free(sentences->items);
    *sentences = (struct sentences){0};
}
