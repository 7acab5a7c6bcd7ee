#include "ui/work/fitness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void fitness_add(struct fitness *fitness, enum fit_tone tone, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    MEM_ROOM(fitness->lines, fitness->count, fitness->cap);
    fitness->lines[fitness->count++] = (struct fit_line){tone, mem_strdup(text)};
    fitness->bad += tone == FIT_BAD;
}

void fitness_free(struct fitness *fitness)
{
    if (!fitness)
        return;
    for (size_t i = 0; i < fitness->count; i++)
        free(fitness->lines[i].text);
    free(fitness->lines);
    free(fitness->splits);
    free(fitness);
}
