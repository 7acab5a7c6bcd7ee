/* where.c: a recursive-descent parser to a tree of comparisons. */
#include "analyse/where.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"

enum { DEEPEST = 100 };

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

/* ---- words of the expression ------------------------------------------------------------------
 */

struct parser {
    const char *text, *at;
    const struct where_field *fields;
    struct error *err;
    int depth;
};

static void skip_blanks(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

/* Fails at a place of the expression. Returns NULL, as the functions that make nodes do. */
static struct node *wrong(struct parser *p, const char *place, const char *what)
{
    error_set(p->err, "--where, column %zu: %s", (size_t)(place - p->text) + 1, what);
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

/* Takes `word` if it is next: letters as a whole word, signs as they are. */
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

/* ---- nodes ------------------------------------------------------------------------------------
 */

static void node_free(struct node *node)
{
    if (!node)
        return;
    node_free(node->left);
    node_free(node->right);
    free(node->text);
    free(node);
}

/* Takes the parts over; NULL where one is missing. */
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

/* The quoted text, or the word, that comes next. */
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
    size_t n = strcspn(start, " \t\n\r()&|!<>=~\"'");
    if (n == 0) {
        wrong(p, start, "a text is wanted here, as \"red\"");
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
        return wrong(p, p->at, "a number is wanted here") != NULL;
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
    struct node *node = mem_new(1, sizeof *node);
    *node = (struct node){.kind = COMPARE, .op = op, .field = field, .number = number};
    return node;
}

static struct node *compare_text(struct parser *p, size_t field, enum operation op,
                                 const char *place)
{
    if (op < EQUAL)
        return wrong_with(
            p, place,
            mem_printf("'%s' is a text: compare it with ~ !~ = or !=", p->fields[field].name));
    char *text = take_text(p);
    if (!text)
        return NULL;
    struct node *node = mem_new(1, sizeof *node);
    *node = (struct node){.kind = COMPARE, .op = op, .field = field, .text = text};
    return node;
}

static struct node *no_such_field(struct parser *p, const char *place, const char *name)
{
    char *names = where_field_names(p->fields);
    char *what = *name ? mem_printf("no field '%s': there are %s", name, names)
                       : mem_printf("a field is wanted here: %s", names);
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
                          mem_printf("a comparison is wanted after '%s'", p->fields[field].name));
    return (p->fields[field].kind == WHERE_NUMBER ? compare_number : compare_text)(p, (size_t)field,
                                                                                   op, place);
}

/* ---- and, or, not -----------------------------------------------------------------------------
 */

static struct node *any_of(struct parser *p);

static struct node *term(struct parser *p)
{
    skip_blanks(p);
    const char *place = p->at;
    struct node *node;
    if (++p->depth > DEEPEST)
        return wrong(p, place, "too many parentheses inside each other");
    if (take(p, "not") || take(p, "!")) {
        node = join(NOT, term(p), NULL);
    } else if (take(p, "(")) {
        node = any_of(p);
        if (node && !take(p, ")")) {
            node_free(node);
            node = wrong(p, place, "the parenthesis is not closed");
        }
    } else {
        node = comparison(p);
    }
    p->depth--;
    return node;
}

static struct node *all_of(struct parser *p)
{
    struct node *node = term(p);
    while (node && (take(p, "and") || take(p, "&&")))
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

int where_parse(const char *text, const struct where_field *fields, struct where **out,
                struct error *err)
{
    struct parser p = {.text = text, .at = text, .fields = fields, .err = err};
    struct node *root = any_of(&p);
    skip_blanks(&p);
    if (root && *p.at) {
        node_free(root);
        root = wrong(&p, p.at, "'and', 'or' or the end is wanted here");
    }
    if (!root)
        return -1;
    *out = mem_new(1, sizeof **out);
    **out = (struct where){fields, root};
    return 0;
}

void where_free(struct where *where)
{
    if (!where)
        return;
    node_free(where->root);
    free(where);
}

/* ---- matching ---------------------------------------------------------------------------------
 */

/* `part` in `text` as whole words, whatever the case; blanks around `part` do not count. */
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

static bool match(const struct node *node, const struct where_field *fields,
                  const struct where_value *values)
{
    switch (node->kind) {
    case AND:
        return match(node->left, fields, values) && match(node->right, fields, values);
    case OR:
        return match(node->left, fields, values) || match(node->right, fields, values);
    case NOT:
        return !match(node->left, fields, values);
    case COMPARE:
        break;
    }
    const struct where_value *value = &values[node->field];
    return node->text ? match_text(node, fields[node->field].kind, value->text)
                      : match_number(node, value->number);
}

bool where_match(const struct where *where, const struct where_value *values)
{
    return match(where->root, where->fields, values);
}

/* ---- fields -----------------------------------------------------------------------------------
 */

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
    char *text = mem_strdup(str_text(&names));
    str_done(&names);
    return text;
}
