/* where.c: a recursive-descent parser that builds a tree of comparisons. */
#include "analyse/where.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"

enum { DEEPEST = 100 };

#define BLANKS " \t\n\r\v\f"

enum operation {
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    EQUAL,
    NOT_EQUAL,
    LIKE,
    NOT_LIKE,
    OPERATORS
};
enum node_kind { AND, OR, NOT, COMPARE };

struct node {
    enum node_kind kind;
    struct node *left, *right; /* NOT: left only */
    enum operation op;
    size_t field;
    double number;
    char *text;
};

struct where {
    const struct where_field *fields;
    struct node *root;
};

/* ---- tokens ---- */

struct parser {
    const char *text, *at;
    const struct where_field *fields;
    ptrdiff_t plain_field; /* that plain words are looked for in; -1: plain words are an error */
    struct error *err;
    int depth;
};

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, BLANKS);
}

/* Sets the error; `place` points into the text. Returns NULL, for the functions that make nodes. */
static struct node *wrong(struct parser *p, const char *place, const char *what)
{
    size_t column = 1;
    for (const char *at = p->text; at < place; at++)
        column += ((unsigned char)*at & 0xc0) != 0x80; /* characters, not bytes, of UTF-8 */
    error_set(p->err, "column %zu: %s", column, what);
    return NULL;
}

static struct node *wrong_with(struct parser *p, const char *place, char *what)
{
    wrong(p, place, what);
    free(what);
    return NULL;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Consumes `word` if it is next: letters only as a whole word. */
static bool take(struct parser *p, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(p);
    if (strncmp(p->at, word, n) != 0 || (isalpha((unsigned char)*word) && is_name(p->at[n])))
        return false;
    p->at += n;
    return true;
}

static bool take_operator(struct parser *p, enum operation *out)
{
    static const struct {
        const char *sign;
        enum operation op;
    } signs[] = {
        {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"==", EQUAL},
        {"!=", NOT_EQUAL},  {"!~", NOT_LIKE},      {"<", LESS},
        {">", GREATER},     {"=", EQUAL},          {"~", LIKE},
    };
    for (size_t i = 0; i < COUNTOF(signs); i++)
        if (take(p, signs[i].sign)) {
            *out = signs[i].op;
            return true;
        }
    return false;
}

/* ---- nodes ---- */

static void node_free(struct node *node)
{
    if (!node)
        return;
    node_free(node->left);
    node_free(node->right);
    free(node->text);
    free(node);
}

/* Owns the parts from here on. NULL if one is missing. */
static struct node *join(enum node_kind kind, struct node *left, struct node *right)
{
    if (!left || (!right && kind != NOT)) {
        node_free(left);
        node_free(right);
        return NULL;
    }
    struct node *node = mem_new(1, sizeof *node);
    *node = (struct node){.kind = kind, .left = left, .right = right};
    return node;
}

static struct node *comparison_node(size_t field, enum operation op, double number, char *text)
{
    struct node *node = mem_new(1, sizeof *node);
    *node =
        (struct node){.kind = COMPARE, .op = op, .field = field, .number = number, .text = text};
    return node;
}

/* The quoted text or the word that is next. NULL if there is none. */
static char *take_text(struct parser *p)
{
    skip_blanks(p);
    const char *start = p->at;
    if (*start == '"' || *start == '\'') {
        const char *end = strchr(start + 1, *start);
        if (!end) {
            wrong(p, start, "the quote is not closed");
            return NULL;
        }
        p->at = end + 1;
        return mem_strndup(start + 1, (size_t)(end - start - 1));
    }
    size_t n = strcspn(start, BLANKS "()&|!<>=~\"'");
    if (n == 0) {
        wrong(p, start, "a text is expected here, such as \"red\"");
        return NULL;
    }
    p->at += n;
    return mem_strndup(start, n);
}

static bool take_number(struct parser *p, double *out)
{
    char *end;
    skip_blanks(p);
    *out = strtod(p->at, &end);
    if (end == p->at || is_name(*end))
        return wrong(p, p->at, "a number is expected here") != NULL;
    p->at = end;
    return true;
}

static struct node *compare_number(struct parser *p, size_t field, enum operation op,
                                   const char *place)
{
    double number;
    if (op == LIKE || op == NOT_LIKE)
        return wrong_with(p, place,
                          mem_printf("'%s' is a number: compare it with < <= > >= = or !=",
                                     p->fields[field].name));
    if (!take_number(p, &number))
        return NULL;
    return comparison_node(field, op, number, NULL);
}

static struct node *compare_text(struct parser *p, size_t field, enum operation op,
                                 const char *place)
{
    if (op < EQUAL)
        return wrong_with(
            p, place,
            mem_printf("'%s' is text: compare it with ~ !~ = or !=", p->fields[field].name));
    char *text = take_text(p);
    return text ? comparison_node(field, op, 0, text) : NULL;
}

static struct node *no_such_field(struct parser *p, const char *place, const char *name)
{
    char *names = where_field_names(p->fields);
    char *what = *name ? mem_printf("there is no field '%s', only %s", name, names)
                       : mem_printf("a field is expected here: %s", names);
    free(names);
    return wrong_with(p, place, what);
}

static struct node *comparison(struct parser *p)
{
    skip_blanks(p);
    const char *start = p->at;
    while (is_name(*p->at))
        p->at++;
    char *name = mem_strndup(start, (size_t)(p->at - start));
    ptrdiff_t field = where_field_named(p->fields, name);
    if (field < 0)
        no_such_field(p, start, name);
    free(name);
    if (field < 0)
        return NULL;
    enum operation op;
    skip_blanks(p);
    const char *place = p->at;
    if (!take_operator(p, &op))
        return wrong_with(p, place,
                          mem_printf("a comparison is expected after '%s'", p->fields[field].name));
    return (p->fields[field].kind == WHERE_NUMBER ? compare_number : compare_text)(p, (size_t)field,
                                                                                   op, place);
}

/* ---- plain words, in a filter ---- */

/* The text after the quoted one at `at`; NULL if none begins there or its quote is not closed. */
static const char *after_quoted(const char *at)
{
    const char *end = *at == '"' || *at == '\'' ? strchr(at + 1, *at) : NULL;
    return end ? end + 1 : NULL;
}

static bool at_keyword(const struct parser *p)
{
    struct parser ahead = *p;
    return take(&ahead, "and") || take(&ahead, "or") || take(&ahead, "not");
}

/* The length of the plain word that is next; 0 if something else is, as a name with an operator. */
static size_t plain_length(const struct parser *p)
{
    struct parser ahead = *p;
    enum operation op;
    size_t n = strcspn(p->at, BLANKS "()&|<>=~");
    ahead.at += n;
    return *p->at == '!' || at_keyword(p) || take_operator(&ahead, &op) ? 0 : n;
}

/* One quoted text, or as many plain words as follow each other. */
static struct node *plain_text(struct parser *p)
{
    struct str words = {0};
    const char *end = after_quoted(p->at);
    if (end)
        str_add_n(&words, p->at + 1, (size_t)(end - p->at) - 2);
    for (size_t n; !end && (n = plain_length(p)) > 0; skip_blanks(p)) {
        str_addf(&words, "%s%.*s", words.length ? " " : "", (int)n, p->at);
        p->at += n;
    }
    p->at = end ? end : p->at;
    return comparison_node((size_t)p->plain_field, LIKE, 0, str_take(&words));
}

static bool at_plain_text(const struct parser *p)
{
    return p->plain_field >= 0 && (after_quoted(p->at) || plain_length(p) > 0);
}

/* ---- and, or, not ---- */

static struct node *any_of(struct parser *p);

static struct node *term(struct parser *p)
{
    skip_blanks(p);
    const char *place = p->at;
    struct node *node;
    if (++p->depth > DEEPEST)
        return wrong(p, place, "the parentheses are nested too deeply");
    if (take(p, "not") || take(p, "!")) {
        node = join(NOT, term(p), NULL);
    } else if (take(p, "(")) {
        node = any_of(p);
        if (node && !take(p, ")")) {
            node_free(node);
            node = wrong(p, place, "the parenthesis is not closed");
        }
    } else if (at_plain_text(p)) {
        node = plain_text(p);
    } else {
        node = comparison(p);
    }
    p->depth--;
    return node;
}

/* In a filter `and` may be omitted. */
static bool take_and(struct parser *p)
{
    struct parser ahead = *p;
    if (take(p, "and") || take(p, "&&"))
        return true;
    return p->plain_field >= 0 && !take(&ahead, "or") && !take(&ahead, "||") &&
           !take(&ahead, ")") && *ahead.at;
}

static struct node *all_of(struct parser *p)
{
    struct node *node = term(p);
    while (node && take_and(p))
        node = join(AND, node, term(p));
    return node;
}

static struct node *any_of(struct parser *p)
{
    struct node *node = all_of(p);
    while (node && (take(p, "or") || take(p, "||")))
        node = join(OR, node, all_of(p));
    return node;
}

static int parse(struct parser *p, struct where **out)
{
    struct node *root = any_of(p);
    skip_blanks(p);
    if (root && *p->at) {
        node_free(root);
        root = wrong(p, p->at, "'and', 'or' or the end is expected here");
    }
    if (!root)
        return -1;
    *out = mem_new(1, sizeof **out);
    **out = (struct where){p->fields, root};
    return 0;
}

int where_parse(const char *text, const struct where_field *fields, struct where **out,
                struct error *err)
{
    struct parser p = {.text = text, .at = text, .fields = fields, .plain_field = -1, .err = err};
    return parse(&p, out);
}

bool where_is_condition(const char *text)
{
    for (const char *at = text; *at; at++) {
        bool begins = at == text || strchr(BLANKS "(<>=~", at[-1]);
        const char *end = begins ? after_quoted(at) : NULL;
        at = end ? end - 1 : at;
        if (!end && strchr("<>=~", *at))
            return true;
    }
    return false;
}

/* All of the text as one, for a filter that is no condition; single blanks between its words. */
static struct node *whole_text(size_t field, const char *text)
{
    char *copy = mem_strdup(text), *out = copy;
    for (const char *at = text + strspn(text, BLANKS); *at; at += strspn(at, BLANKS)) {
        size_t n = strcspn(at, BLANKS);
        out = out > copy ? (*out = ' ', out + 1) : out;
        out = (char *)memcpy(out, at, n) + n;
        at += n;
    }
    *out = '\0';
    return comparison_node(field, LIKE, 0, copy);
}

int where_parse_filter(const char *text, const struct where_field *fields, size_t plain_field,
                       struct where **out, struct error *err)
{
    assert(fields[plain_field].kind != WHERE_NUMBER);
    struct parser p = {.text = text,
                       .at = text,
                       .fields = fields,
                       .plain_field = (ptrdiff_t)plain_field,
                       .err = err};
    if (where_is_condition(text))
        return parse(&p, out);
    *out = mem_new(1, sizeof **out);
    **out = (struct where){fields, whole_text(plain_field, text)};
    return 0;
}

void where_free(struct where *where)
{
    if (!where)
        return;
    node_free(where->root);
    free(where);
}

/* ---- matching ---- */

/* Whether `text` has `part` as whole words, ignoring case and blanks around `part`. */
static bool has_words(const char *text, const char *part)
{
    while (isspace((unsigned char)*part))
        part++;
    size_t n = strlen(part);
    while (n > 0 && isspace((unsigned char)part[n - 1]))
        n--;
    for (const char *at = text; n > 0 && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strncasecmp(at, part, n) == 0 && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return n == 0;
}

static bool match_text(const struct node *node, enum where_kind kind, const char *text)
{
    text = text ? text : "";
    if (node->op == EQUAL || node->op == NOT_EQUAL)
        return (strcasecmp(text, node->text) == 0) == (node->op == EQUAL);
    bool found =
        kind == WHERE_WORDS ? has_words(text, node->text) : strcasestr(text, node->text) != NULL;
    return found == (node->op == LIKE);
}

static bool match_number(const struct node *node, double number)
{
    if (isnan(number))
        return false;
    bool results[OPERATORS] = {
        [LESS] = number<node->number, [LESS_EQUAL] = number <= node->number, [GREATER] = number>
                     node->number,
        [GREATER_EQUAL] = number >= node->number,
        [EQUAL] = number == node->number,
        [NOT_EQUAL] = number != node->number,
    };
    return results[node->op];
}

static bool match(const struct node *node, const struct where_field *fields, where_get *get,
                  const void *row)
{
    switch (node->kind) {
    case AND:
        return match(node->left, fields, get, row) && match(node->right, fields, get, row);
    case OR:
        return match(node->left, fields, get, row) || match(node->right, fields, get, row);
    case NOT:
        return !match(node->left, fields, get, row);
    case COMPARE:
        break;
    }
    struct where_value value = get(row, node->field);
    return node->text ? match_text(node, fields[node->field].kind, value.text)
                      : match_number(node, value.number);
}

bool where_match(const struct where *where, where_get *get, const void *row)
{
    return match(where->root, where->fields, get, row);
}

/* ---- fields ---- */

ptrdiff_t where_field_named(const struct where_field *fields, const char *name)
{
    for (size_t f = 0; fields[f].name; f++)
        if (strcmp(fields[f].name, name) == 0)
            return (ptrdiff_t)f;
    return -1;
}

char *where_field_names(const struct where_field *fields)
{
    struct str names = {0};
    for (size_t f = 0; fields[f].name; f++)
        str_addf(&names, "%s%s", f ? ", " : "", fields[f].name);
    return str_take(&names);
}
