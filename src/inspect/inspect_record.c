/* inspect_record.c: what is found out, as lines for people and as fields for programs. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "inspect/inspect_private.h"

struct inspect_field *inspect_member(struct inspect_field *object, const char *name)
{
    for (size_t i = 0; i < object->count; i++)
        if (object->fields[i].name && strcmp(object->fields[i].name, name) == 0)
            return &object->fields[i];
    return NULL;
}

const struct inspect_field *inspect_find(const struct inspect_field *object, const char *name)
{
    return object ? inspect_member((struct inspect_field *)object, name) : NULL;
}

const char *inspect_text(const struct inspect_field *object, const char *name)
{
    const struct inspect_field *field = inspect_find(object, name);
    return field && field->type == INSPECT_TEXT ? field->text : NULL;
}

/* All but the name. */
static void empty(struct inspect_field *field)
{
    for (size_t i = 0; i < field->count; i++)
        inspect_field_done(&field->fields[i]);
    free(field->fields);
    free(field->text);
    *field = (struct inspect_field){.name = field->name};
}

void inspect_field_done(struct inspect_field *field)
{
    empty(field);
    free(field->name);
    field->name = NULL;
}

struct inspect_field *inspect_set(struct inspect_field *in, const char *name,
                                  enum inspect_type type)
{
    assert(in->type == (name ? INSPECT_OBJECT : INSPECT_LIST));
    struct inspect_field *field = name ? inspect_member(in, name) : NULL;
    if (field) {
        empty(field);
    } else {
        MEM_ROOM(in->fields, in->count, in->cap);
        field = &in->fields[in->count++];
        *field = (struct inspect_field){.name = mem_strdup(name)};
    }
    field->type = type;
    return field;
}

void inspect_set_text(struct inspect_field *in, const char *name, const char *text)
{
    inspect_set(in, name, INSPECT_TEXT)->text = utf8_clean(text, strlen(text));
}

void inspect_set_number(struct inspect_field *in, const char *name, enum inspect_type type,
                        double number)
{
    inspect_set(in, name, type)->number = number;
}

void inspect_begin(struct inspect_subject *s, const char *kind)
{
    inspect_field_done(&s->record);
    s->record.type = INSPECT_OBJECT;
    inspect_set_text(&s->record, "file", s->path);
    inspect_set_text(&s->record, "kind", kind);
    str_clear(&s->text);
    str_addf(&s->text, "%s: %s\n", inspect_text(&s->record, "file"), kind);
}

void inspect_line(struct inspect_subject *s, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    char *clean = length >= 0 ? utf8_clean(text, (size_t)length) : mem_strdup("");
    char *label = name ? utf8_clean(name, strlen(name)) : NULL;
    if (label) {
        inspect_set_text(&s->record, label, clean);
        str_addf(&s->text, "  %-12s %s\n", label, clean);
    } else {
        str_addf(&s->text, "  %s\n", clean);
    }
    free(label);
    free(clean);
    free(text);
}

void inspect_count(struct inspect_subject *s, const char *name, size_t count, const char *what)
{
    char digits[32], grouped[48];
    size_t n = (size_t)snprintf(digits, sizeof digits, "%zu", count), at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            grouped[at++] = ',';
        grouped[at++] = digits[i];
    }
    grouped[at] = '\0';
    inspect_line(s, NULL, "%-12s %s %s", name, grouped, what);
    inspect_set_number(&s->record, name, INSPECT_INTEGER, (double)count);
}
