#include "ui/state/failure_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"

const char *const failure_names[FAILURE_COLUMNS] = {"rank", "score", "margin", "length", "unknown"};

const struct failure_order failure_orders[SORTS] = {
    [SORT_WORST] = {FAILURE_RANK, -1},    [SORT_BEST] = {FAILURE_RANK, 1},
    [SORT_ORDER] = {FAILURE_COLUMNS, 1},  [SORT_TEXT] = {FAILURE_COLUMNS, 1},
    [SORT_SCORE] = {FAILURE_SCORE, 1},    [SORT_MARGIN] = {FAILURE_MARGIN, 1},
    [SORT_LENGTH] = {FAILURE_LENGTH, -1}, [SORT_UNKNOWN] = {FAILURE_UNKNOWN, -1},
};

double failure_value(const struct ui *ui, size_t caption, enum failure_column column)
{
    const struct surveyed *s = &ui_survey(ui)->of[caption];
    const struct catalog *catalog = ui_catalog(ui);
    switch (column) {
    case FAILURE_RANK:
        return (double)s->rank + 1;
    case FAILURE_SCORE:
        return (double)s->score;
    case FAILURE_MARGIN:
        return (double)s->margin;
    case FAILURE_LENGTH:
        return catalog->length ? catalog->length[caption] : 0;
    default:
        return catalog->unknown ? catalog->unknown[caption] : 0;
    }
}

/* "margin<=-0.1" of `n` bytes; false where it is none, and so a word. */
static bool parse_condition(const char *term, size_t n, struct failure_condition *out)
{
    char *end;
    for (int column = 0; column < FAILURE_COLUMNS; column++) {
        size_t name = strlen(failure_names[column]), at = name;
        if (n <= name || strncmp(term, failure_names[column], name) != 0)
            continue;
        *out = (struct failure_condition){.column = (enum failure_column)column,
                                          .less = term[at] == '<',
                                          .more = term[at] == '>'};
        at += out->less || out->more;
        out->equal = term[at] == '=';
        at += out->equal;
        out->number = strtod(term + at, &end);
        return at > name && at < n && end == term + n && isfinite(out->number);
    }
    return false;
}

void failure_filter_parse(const char *text, struct failure_filter *out)
{
    enum { MOST = COUNTOF(out->conditions) };
    struct str words = {0};
    *out = (struct failure_filter){0};
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t n = strcspn(text, " ");
        if (out->count < MOST && parse_condition(text, n, &out->conditions[out->count]))
            out->count++;
        else
            str_addf(&words, "%s%.*s", words.length ? " " : "", (int)n, text);
        text += n;
    }
    out->text = words.length ? str_take(&words) : NULL;
    str_done(&words);
}

void failure_filter_done(struct failure_filter *filter)
{
    free(filter->text);
}

bool failure_filter_takes(const struct ui *ui, const struct failure_filter *filter, size_t caption)
{
    const struct catalog *catalog = ui_catalog(ui);
    for (size_t i = 0; i < filter->count; i++) {
        const struct failure_condition *c = &filter->conditions[i];
        double value = failure_value(ui, caption, c->column);
        if (!((c->less && value < c->number) || (c->more && value > c->number) ||
              (c->equal && value == c->number)))
            return false;
    }
    return !filter->text ||
           (catalog->caption && strcasestr(catalog->caption[caption], filter->text));
}
