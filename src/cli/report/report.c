/* report.c: building a report. */
#include "cli/report/report.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static char *formatted(const char *format, va_list args)
{
    char *text = NULL;
    int n = vasprintf(&text, format, args);
    char *clean = n >= 0 ? utf8_clean(text, (size_t)n) : mem_strdup("");
    free(text);
    return clean;
}

static char *cleaned(const char *text)
{
    return text ? utf8_clean(text, strlen(text)) : NULL;
}

void report_title(struct report *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    free(report->title);
    report->title = formatted(format, args);
    va_end(args);
}

static struct report_item *add_item(struct report *report)
{
    MEM_ROOM(report->items, report->count, report->cap);
    struct report_item *item = &report->items[report->count++];
    *item = (struct report_item){.number = NAN};
    return item;
}

void report_line(struct report *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct report_item *item = add_item(report);
    item->kind = REPORT_LINE;
    item->text = formatted(format, args);
    va_end(args);
}

static struct report_item *add_value(struct report *report, const char *key, va_list args)
{
    struct report_item *item = add_item(report);
    item->kind = REPORT_VALUE;
    item->key = formatted(key, args);
    return item;
}

void report_number(struct report *report, double number, const char *key, ...)
{
    va_list args;
    va_start(args, key);
    add_value(report, key, args)->number = number;
    va_end(args);
}

void report_string(struct report *report, const char *text, const char *key, ...)
{
    va_list args;
    va_start(args, key);
    add_value(report, key, args)->text = cleaned(text);
    va_end(args);
}

void report_picture(struct report *report, const char *path, const char *caption)
{
    struct report_item *item = add_item(report);
    item->kind = REPORT_PICTURE;
    item->key = mem_strdup(path);
    item->text = cleaned(caption);
}

void report_table(struct report *report, const char *key, const char *heading,
                  const struct report_column *columns, size_t shown)
{
    struct report_item *item = add_item(report);
    item->kind = REPORT_TABLE;
    item->table = report->table_count;
    MEM_ROOM(report->tables, report->table_count, report->table_cap);
    struct report_table *table = &report->tables[report->table_count++];
    *table = (struct report_table){.key = mem_strdup(key),
                                   .heading = cleaned(heading),
                                   .columns = columns,
                                   .shown = shown ? shown : SIZE_MAX};
    while (columns[table->column_count].name)
        table->column_count++;
}

/* The next cell of the last table, whose column is of text or not. */
static struct report_cell *next_cell(struct report *report, bool text)
{
    assert(report->table_count > 0);
    struct report_table *table = &report->tables[report->table_count - 1];
    if (table->filled == table->column_count)
        table->filled = 0;
    if (table->filled == 0) {
        if (table->rows == table->cap) {
            table->cap = table->cap ? 2 * table->cap : 32;
            table->cells =
                mem_grow(table->cells, table->cap * table->column_count, sizeof *table->cells);
        }
        table->rows++;
    }
    assert((table->columns[table->filled].kind == REPORT_TEXT) == text);
    return &table->cells[(table->rows - 1) * table->column_count + table->filled++];
}

void report_cell_number(struct report *report, double number)
{
    *next_cell(report, false) = (struct report_cell){number, NULL};
}

void report_cell_index(struct report *report, size_t index)
{
    report_cell_number(report, index == SIZE_MAX ? NAN : (double)index);
}

void report_cell_text(struct report *report, const char *text)
{
    *next_cell(report, true) = (struct report_cell){NAN, cleaned(text)};
}

static void table_done(struct report_table *table)
{
    for (size_t i = 0; i < table->rows * table->column_count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table->key);
    free(table->heading);
}

void report_done(struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->items[i].key);
        free(report->items[i].text);
    }
    for (size_t t = 0; t < report->table_count; t++)
        table_done(&report->tables[t]);
    free(report->items);
    free(report->tables);
    free(report->title);
    notes_done(&report->notes);
    notes_done(&report->head);
    *report = (struct report){0};
}
