/* style.c: the style's fields by name, for options, batch lines and data files alike. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "figure/style.h"

enum type { CHOICE, MAP, INT, REAL, SWITCH, TEXT, WIDTH };

struct field {
    const char *name;
    enum type type;
    size_t offset;
    const char *choices; /* "a|b|c", in the enum's order */
    double least, most;
};

#define AT(member) offsetof(struct figure_style, member)
static const struct field fields[] = {
    {"style", CHOICE, AT(overlay), "fade|heat|boxes|none", 0, 0},
    {"map", MAP, AT(map), NULL, 0, 0},
    {"combine", CHOICE, AT(combine), "sum|max|rank", 0, 0},
    {"scale", CHOICE, AT(scale), "pair|figure|absolute", 0, 0},
    {"width", WIDTH, AT(width_mm), NULL, 0, 0},
    {"dpi", REAL, AT(dpi), NULL, 1, 2400},
    {"columns", INT, AT(columns), NULL, 1, 1000},
    {"max-words", INT, AT(max_words), NULL, 1, 100000},
    {"font", TEXT, AT(font), NULL, 0, 0},
    {"font-size", REAL, AT(font_size), NULL, 1, 200},
    {"original", SWITCH, AT(original_first), NULL, 0, 0},
    {"scores", SWITCH, AT(scores), NULL, 0, 0},
    {"letters", SWITCH, AT(letters), NULL, 0, 0},
    {"footer", SWITCH, AT(footer), NULL, 0, 0},
    {"names", SWITCH, AT(names), NULL, 0, 0},
};
enum { FIELDS = COUNTOF(fields) };

static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !(*a == '-' && *b == '_') && !(*a == '_' && *b == '-'))
            return false;
    return *a == *b;
}

static const struct field *field_named(const char *name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (same_name(fields[i].name, name))
            return &fields[i];
    return NULL;
}

/* ---- setting ---- */

static int set_choice(const struct field *f, const char *value, void *at, struct error *err)
{
    size_t length = strlen(value);
    int index = 0;
    for (const char *c = f->choices; *c; index++) {
        size_t n = strcspn(c, "|");
        if (n == length && strncmp(c, value, n) == 0) {
            memcpy(at, &index, sizeof index); /* all enums are ints */
            return 0;
        }
        c += n + (c[n] == '|');
    }
    return error_set(err, "%s takes %s, not '%s'", f->name, f->choices, value);
}

static int set_number(const struct field *f, const char *value, void *at, struct error *err)
{
    char *end;
    double number = strtod(value, &end);
    bool fits = f->type != INT || number == floor(number);
    if (end == value || *end || !(number >= f->least && number <= f->most) || !fits)
        return error_set(err, "%s takes %s from %g to %g, not '%s'", f->name,
                         f->type == INT ? "an integer" : "a number", f->least, f->most, value);
    if (f->type == INT)
        *(int *)at = (int)number;
    else
        *(double *)at = number;
    return 0;
}

static int set_switch(const struct field *f, const char *value, void *at, struct error *err)
{
    bool on = strcmp(value, "true") == 0;
    if (!on && strcmp(value, "false") != 0)
        return error_set(err, "%s takes true or false, not '%s'", f->name, value);
    *(bool *)at = on;
    return 0;
}

int figure_style_set(struct figure_style *style, const char *name, const char *value,
                     struct error *err)
{
    const struct field *f = field_named(name);
    if (!f)
        return error_set(err, "a figure has no option '%s'", name);
    void *at = (char *)style + f->offset;
    switch (f->type) {
    case CHOICE:
        return set_choice(f, value, at, err);
    case MAP:
        return colour_map_named(value, at, err);
    case INT:
    case REAL:
        return set_number(f, value, at, err);
    case SWITCH:
        return set_switch(f, value, at, err);
    case TEXT:
        *(const char **)at = value;
        return 0;
    case WIDTH:
        return figure_width_named(value, at, err);
    }
    return -1;
}

/* ---- naming ---- */

static void add_choice(const struct field *f, int index, struct str *out)
{
    const char *c = f->choices;
    for (; index > 0; index--)
        c += strcspn(c, "|") + 1;
    str_add_n(out, c, strcspn(c, "|"));
}

bool figure_style_field(const struct figure_style *style, size_t index, const char **name_out,
                        bool *quoted_out, struct str *value_out)
{
    if (index >= FIELDS)
        return false;
    const struct field *f = &fields[index];
    const void *at = (const char *)style + f->offset;
    *name_out = f->name;
    *quoted_out = f->type != INT && f->type != REAL && f->type != SWITCH;
    if (f->type == CHOICE)
        add_choice(f, *(const int *)at, value_out);
    else if (f->type == MAP)
        str_add(value_out, colour_map_name(*(const enum colour_map *)at));
    else if (f->type == INT && *(const int *)at > 0)
        str_addf(value_out, "%d", *(const int *)at);
    else if (f->type == REAL && *(const double *)at > 0)
        str_addf(value_out, "%.17g", *(const double *)at);
    else if (f->type == SWITCH)
        str_add(value_out, *(const bool *)at ? "true" : "false");
    else if (f->type == WIDTH && *(const double *)at > 0)
        str_addf(value_out, "%.17gmm", *(const double *)at);
    else if (f->type == TEXT && *(const char *const *)at)
        str_add(value_out, *(const char *const *)at);
    return true;
}

int figure_photo_side(const struct figure_style *style)
{
    double mm = style->width_mm > 0 ? style->width_mm : FIGURE_TEXT_MM;
    double dpi = style->dpi > 0 ? style->dpi : 300;
    return (int)fmin(fmax(1, mm / 25.4 * dpi), 65500);
}

/* ---- widths ---- */

int figure_width_named(const char *text, double *mm_out, struct error *err)
{
    static const struct {
        const char *name;
        double mm;
    } units[] = {{"mm", 1}, {"cm", 10}, {"in", 25.4}, {"pt", 25.4 / 72}};
    char *end;
    double number = strtod(text, &end), mm = NAN;
    if (strcmp(text, "column") == 0)
        mm = FIGURE_COLUMN_MM;
    else if (strcmp(text, "text") == 0)
        mm = FIGURE_TEXT_MM;
    for (size_t i = 0; i < COUNTOF(units) && end != text; i++)
        if (strcmp(end, units[i].name) == 0)
            mm = number * units[i].mm;
    if (isnan(mm))
        return error_set(err,
                         "'%s' is not a width: give a number with mm, cm, in or pt (85mm), or "
                         "'column' or 'text'",
                         text);
    if (!(mm >= 5 && mm <= 2000))
        return error_set(err, "a width of %s is not between 5 mm and 2 m", text);
    *mm_out = mm;
    return 0;
}
