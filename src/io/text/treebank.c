#include "io/text/treebank.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/countof.h"

/* Each match is replaced; $0 is all of it, $1 and $2 its groups. A text with none of the bytes
 * `needs` cannot match (NULL: any text may), so that most captions skip most rules. */
struct rule {
    const char *pattern, *replacement, *needs;
    pcre2_code *code;
};

/* The bytes that the curly and angle quotes begin with. */
#define CURLY "\xc2\xe2"

/* The order matters: later rules rely on blanks that earlier ones insert. */
static struct rule inner_rules[] = {
    /* opening quotes */
    {"[«“‘„]|`+", " $0 ", "`" CURLY, NULL},
    {"^\"", "``", "\"", NULL},
    {"``", " `` ", "`", NULL},
    {"(?<=[ (\\[{<])(?:\"|'')", " `` ", "\"'", NULL},
    {"'(?=(?![mtsdn])\\w\\b)", "' ", "'", NULL}, /* 'a => ' a, but not 's, 'm, 't, 'd, 'n */
    /* The sentence's period: the last thing in it but for closing marks. Possessive, so that a long
     * run of marks is scanned once. */
    {"(?<=[^.])\\.([])}>\"'»”’ ]*+)[ \\t\\x0b]*+$", " . $1 ", ".", NULL},
    /* Between digits, comma and colon stay: 10,000 and 4:30. The next character is consumed, so of
     * two commas the second is left alone. */
    {"([:,])(\\D)", " $1 $2", ":,", NULL},
    {"[:,]$", " $0 ", ":,", NULL},
    {"\\.{2,}|[;@#$%&?!]", " $0 ", ".;@#$%&?!", NULL},
    {"(?<=[^'])'(?= )", " '", "'", NULL},
    {"[]*[(){}<>]|--", " $0 ", "]*[(){}<>-", NULL},
};

/* These see the sentence with a blank on each side. */
static struct rule outer_rules[] = {
    /* closing quotes */
    {"[»”’]", " $0 ", CURLY, NULL},
    {"\"|''", " '' ", "\"'", NULL},
    {"(?<=[^' ])'[smd]?(?= )", " $0", "'", NULL},
    {"(?<=[^' ])(?:'(?:ll|re|ve)|n't)(?= )", " $0", "'", NULL},
    /* contractions */
    {"\\b(?|(can)(not)\\b|(d)('ye)\\b|(gim)(me)\\b|(gon)(na)\\b|(got)(ta)\\b|(lem)(me)\\b|"
     "(more)('n)\\b|(wan)(na)(?=[ \\t\\x0b]))",
     " $1 $2 ", NULL, NULL},
    {" 'tis\\b", " 't is ", "'", NULL},
    {" 'twas\\b", " 't was ", "'", NULL},
};

static void compile(struct rule *rules, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rules[i].code = pattern_new(rules[i].pattern);
}

static void compile_all(void)
{
    compile(inner_rules, COUNTOF(inner_rules));
    compile(outer_rules, COUNTOF(outer_rules));
}

static void note_bytes(const struct str *text, bool present[256])
{
    memset(present, 0, 256);
    for (size_t i = 0; i < text->length; i++)
        present[(unsigned char)text->text[i]] = true;
}

static bool worth_trying(const struct rule *rule, const bool present[256])
{
    if (!rule->needs)
        return true;
    for (const char *c = rule->needs; *c; c++)
        if (present[(unsigned char)*c])
            return true;
    return false;
}

static void add_replacement(const char *replacement, const char *from, const size_t *group,
                            struct str *out)
{
    for (const char *c = replacement; *c; c++) {
        if (*c != '$') {
            str_add_n(out, c, 1);
            continue;
        }
        size_t g = (size_t)(*++c - '0');
        str_add_n(out, from + group[2 * g], group[2 * g + 1] - group[2 * g]);
    }
}

/* Replaces every match in `text`; false if there was none. */
static bool apply(const struct rule *rule, struct pattern_match *match, struct str *text,
                  struct str *spare)
{
    size_t at = 0;
    str_clear(spare);
    while (pattern_find(rule->code, text->text, text->length, at, match)) {
        str_add_n(spare, text->text + at, match->group[0] - at);
        add_replacement(rule->replacement, text->text, match->group, spare);
        at = match->group[1];
    }
    if (at == 0)
        return false;
    str_add_n(spare, text->text + at, text->length - at);
    struct str old = *text;
    *text = *spare;
    *spare = old;
    return true;
}

static void apply_all(const struct rule *rules, size_t n, struct pattern_match *match,
                      struct str *text, struct str *spare)
{
    bool present[256];
    note_bytes(text, present);
    for (size_t i = 0; i < n; i++)
        if (worth_trying(&rules[i], present) && apply(&rules[i], match, text, spare))
            note_bytes(text, present);
}

void treebank_split(const char *sentence, size_t length, struct pattern_match *match,
                    struct str *text, struct str *spare)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, compile_all);
    str_clear(text);
    str_add_n(text, sentence, length);
    apply_all(inner_rules, COUNTOF(inner_rules), match, text, spare);
    str_clear(spare);
    str_add_n(spare, " ", 1);
    str_add_n(spare, text->text, text->length);
    str_add_n(spare, " ", 1);
    struct str bare = *text;
    *text = *spare;
    *spare = bare;
    apply_all(outer_rules, COUNTOF(outer_rules), match, text, spare);
}
