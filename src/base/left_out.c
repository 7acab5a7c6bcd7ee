#include "base/left_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

void left_out_add(struct left_out *list, const char *format, ...)
{
    va_list args;
    if (list->count++ >= LEFT_OUT_KEPT)
        return;
    va_start(args, format);
    char *line = mem_vprintf(format, args);
    va_end(args);
    str_list_add(&list->lines, utf8_clean(line, strlen(line)));
    free(line);
}

void left_out_print(const struct left_out *list, const char *command, const char *file)
{
    for (size_t i = 0; i < list->lines.count && i < LEFT_OUT_SHOWN; i++)
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
    struct str text = {0};
    if (!file)
        return 0;
    for (size_t i = 0; i < list->lines.count; i++)
        str_addf(&text, "%s\n", list->lines.items[i]);
    if (list->count > list->lines.count)
        str_addf(&text, "and %zu more\n", list->count - list->lines.count);
    int status = file_write(file, str_text(&text), text.length, err);
    str_done(&text);
    return status;
}

void left_out_done(struct left_out *list)
{
    str_list_done(&list->lines);
    list->count = 0;
}
