#include "base/str.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void reserve(struct str *s, size_t more)
{
    if (s->length + more + 1 <= s->cap)
        return;
    s->cap = 2 * (s->length + more + 1);
    s->text = mem_grow(s->text, s->cap, 1);
}

void str_add_n(struct str *s, const char *bytes, size_t n)
{
    reserve(s, n);
    if (n > 0)
        memcpy(s->text + s->length, bytes, n);
    s->length += n;
    s->text[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_add_n(s, text, strlen(text));
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        reserve(s, (size_t)n);
        vsnprintf(s->text + s->length, (size_t)n + 1, format, again);
        s->length += (size_t)n;
    }
    va_end(again);
}

void str_add_csv(struct str *s, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        str_add(s, text);
        return;
    }
    str_add(s, "\"");
    for (; *text; text++)
        str_addf(s, *text == '"' ? "\"%c" : "%c", *text);
    str_add(s, "\"");
}

/* Whole numbers, "1e+02", in full, "100". */
static void add_shortest(struct str *s, double value, char *text)
{
    if (strchr(text, 'e') && fabs(value) >= 1 && fabs(value) < 1e15)
        str_addf(s, "%.0f", value);
    else
        str_add(s, text);
}

void str_add_real(struct str *s, double value)
{
    char text[32] = "";
    for (int digits = 1; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    add_shortest(s, value, text);
}

void str_add_float(struct str *s, float value)
{
    char text[32] = "";
    for (int digits = 1; digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    add_shortest(s, (double)value, text);
}

void str_clear(struct str *s)
{
    s->length = 0;
    if (s->text)
        s->text[0] = '\0';
}

const char *str_text(const struct str *s)
{
    return s->text ? s->text : "";
}

char *str_take(struct str *s)
{
    char *text = s->text ? s->text : mem_strdup("");
    *s = (struct str){0};
    return text;
}

void str_done(struct str *s)
{
    free(s->text);
    *s = (struct str){0};
}

void str_list_add(struct str_list *list, char *owned)
{
    MEM_ROOM(list->items, list->count, list->cap);
    list->items[list->count++] = owned;
}

void str_list_done(struct str_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct str_list){0};
}

bool str_ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), e = strlen(ending);
    return n >= e && strcmp(text + n - e, ending) == 0;
}
