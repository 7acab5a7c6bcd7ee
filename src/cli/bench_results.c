/* bench_results.c: results as they are recorded and printed. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/mem.h"
#include "cli/bench.h"

void bench_add(struct bench *b, const char *section, const struct bench_field *fields, size_t count)
{
    struct bench_results *all = &b->results;
    assert(count <= BENCH_FIELDS);
    MEM_ROOM(all->items, all->count, all->cap);
    struct bench_result *result = &all->items[all->count++];
    *result = (struct bench_result){.section = section, .count = count};
    memcpy(result->fields, fields, count * sizeof *fields);
}

void bench_results_done(struct bench_results *results)
{
    free(results->items);
}

void bench_print_text(const struct bench_results *results)
{
    for (size_t r = 0; r < results->count; r++) {
        const struct bench_result *result = &results->items[r];
        printf("%-6s", result->section);
        for (size_t i = 0; i < result->count; i++) {
            const struct bench_field *f = &result->fields[i];
            if (f->text)
                printf("  %-15s", f->text);
            else if (strstr(f->name, "share"))
                printf("  %s %.1f%%", f->name, 100 * f->number);
            else
                printf("  %s %.4g", f->name, f->number);
        }
        putchar('\n');
    }
}

static void add_object(struct json_out *out, const char *key, const struct bench_field *fields,
                       size_t count)
{
    json_out_open(out, key, '{');
    for (size_t i = 0; i < count; i++) {
        const struct bench_field *f = &fields[i];
        if (f->text)
            json_out_text(out, f->name, f->text);
        else if (f->whole)
            json_out_integer(out, f->name, (int64_t)f->number);
        else
            json_out_real(out, f->name, f->number);
    }
    json_out_close(out, '}');
}

/* Results of a section follow each other. */
void bench_print_json(const struct bench_results *results, const struct bench_field *machine,
                      size_t count)
{
    enum { LEVELS = 3 };
    struct str text = {0};
    struct json_out out = {.text = &text, .lines = LEVELS};
    const char *section = NULL;
    json_out_open(&out, NULL, '{');
    for (size_t i = 0; i < results->count; i++) {
        const struct bench_result *result = &results->items[i];
        if (section && result->section != section)
            json_out_close(&out, ']');
        if (result->section != section)
            json_out_open(&out, section = result->section, '[');
        add_object(&out, NULL, result->fields, result->count);
    }
    if (section)
        json_out_close(&out, ']');
    add_object(&out, "machine", machine, count);
    json_out_close(&out, '}');
    puts(str_text(&text));
    str_done(&text);
}
