#include "base/left_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

void left_out_add(struct left_out *list, const char *format, ...)
{
    va_list args;
    struct str_list *into = list->count++ < LEFT_OUT_SHOWN ? &list->lines : &list->rest;
    if (into->count >= LEFT_OUT_KEPT)
        return;
    va_start(args, format);
    char *line = mem_vprintf(format, args);
    va_end(args);
    str_list_add(into, utf8_clean(line, strlen(line)));
    free(line);
}

void left_out_print(const struct left_out *list, const char *command, const char *file)
{
    for (size_t i = 0; i < list->lines.count; i++)
        fprintf(stderr, "scanscope %s: %s\n", command, list->lines.items[i]);
    if (list->count <= LEFT_OUT_SHOWN)
        return;
    fprintf(stderr, "scanscope %s: and %zu more", command, list->count - LEFT_OUT_SHOWN);
    if (file)
        fprintf(stderr, ": see %s\n", file);
    else
        fprintf(stderr, "; --errors FILE lists all of them\n");
}

int left_out_save(const struct left_out *list, const char *file, struct error *err)
{
    const struct str_list *const parts[] = {&list->lines, &list->rest};
    size_t kept = list->lines.count + list->rest.count;
    struct str text = {0};
    if (!file)
        return 0;
    for (size_t p = 0; p < COUNTOF(parts); p++)
        for (size_t i = 0; i < parts[p]->count; i++)
            str_addf(&text, "%s\n", parts[p]->items[i]);
    if (list->count > kept)
        str_addf(&text, "and %zu more\n", list->count - kept);
    int status = file_write(file, str_text(&text), text.length, err);
    str_done(&text);
    return status;
}

void left_out_done(struct left_out *list)
{
    str_list_done(&list->lines);
    str_list_done(&list->rest);
    list->count = 0;
}
