#include "base/left_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void left_out_add(struct left_out *list, const char *format, ...)
{
    va_list args;
    if (list->count++ >= LEFT_OUT_SHOWN)
        return;
    va_start(args, format);
    char *line = mem_vprintf(format, args);
    va_end(args);
    str_list_add(&list->lines, utf8_clean(line, strlen(line)));
    free(line);
}

void left_out_print(const struct left_out *list, const char *command)
{
    for (size_t i = 0; i < list->lines.count; i++)
        fprintf(stderr, "scanscope %s: %s\n", command, list->lines.items[i]);
    if (list->count > list->lines.count)
        fprintf(stderr, "scanscope %s: and %zu more\n", command, list->count - list->lines.count);
}

void left_out_done(struct left_out *list)
{
    str_list_done(&list->lines);
    list->count = 0;
}
