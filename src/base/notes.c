#include "base/notes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool notes_has(const struct notes *notes, const char *line)
{
    for (size_t i = 0; i < notes->lines.count; i++)
        if (strcmp(notes->lines.items[i], line) == 0)
            return true;
    return false;
}

static void add_line(struct notes *notes, char *owned)
{
    if (notes_has(notes, owned))
        free(owned);
    else
        str_list_add(&notes->lines, owned);
}

void notes_add(struct notes *notes, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(notes, mem_vprintf(format, args));
    va_end(args);
}

void notes_add_all(struct notes *notes, const struct notes *from)
{
    for (size_t i = 0; i < from->lines.count; i++)
        add_line(notes, mem_strdup(from->lines.items[i]));
}

char *notes_join(const struct notes *notes)
{
    struct str text = {0};
    for (size_t i = 0; i < notes->lines.count; i++)
        str_addf(&text, "%s%s", i ? "; " : "", notes->lines.items[i]);
    return notes->lines.count ? str_take(&text) : NULL;
}

void notes_done(struct notes *notes)
{
    str_list_done(&notes->lines);
}
