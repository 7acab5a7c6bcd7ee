/* report_out.c: a report as text, JSON, CSV and HTML. */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "cli/report/html.h"
#include "cli/report/print.h"
#include "cli/report/report.h"

/* Columns of the terminal for a text: at most, at least, and for the last one at least. */
enum { WIDEST = 34, NARROWEST = 9, NARROWEST_LAST = 16 };

/* ---- cells ---- */

static const struct report_cell *cell_of(const struct report_table *table, size_t row,
                                         size_t column)
{
    return &table->cells[row * table->column_count + column];
}

/* A cell for people; the caller's to free. */
static char *cell_text(const struct report_column *column, const struct report_cell *cell)
{
    if (column->kind == REPORT_TEXT)
        return mem_strdup(cell->text ? cell->text : "-");
    if (isnan(cell->number))
        return mem_strdup("-");
    return mem_printf("%.*f", column->kind == REPORT_REAL ? column->decimals : 0, cell->number);
}

/* A column's name for people: short, with blanks; the caller's to free. */
static char *column_text(const struct report_column *column)
{
    static const char *const shorter[][2] = {
        {"direction", "dir"}, {"frequency", "freq"}, {"length", "len"}, {"unknown", "unk"}};
    for (size_t i = 0; i < COUNTOF(shorter); i++)
        if (strcmp(column->name, shorter[i][0]) == 0)
            return mem_strdup(shorter[i][1]);
    char *text = mem_strdup(column->name);
    for (char *c = text; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return text;
}

static size_t shown_rows(const struct report_table *table)
{
    return table->rows < table->shown ? table->rows : table->shown;
}

/* ---- text ---- */

static size_t last_column(const struct report_table *table)
{
    size_t last = 0;
    for (size_t c = 0; c < table->column_count; c++)
        last = table->columns[c].data_only ? last : c;
    return last;
}

static size_t column_width(const struct report_table *table, size_t c)
{
    char *text = column_text(&table->columns[c]);
    size_t width = cli_text_width(text);
    free(text);
    for (size_t r = 0; r < shown_rows(table); r++) {
        text = cell_text(&table->columns[c], cell_of(table, r, c));
        size_t w = cli_text_width(text);
        width = w > width ? w : width;
        free(text);
    }
    return width > WIDEST ? WIDEST : width;
}

/* Prints as much of `text` as fits, padded to `width`. */
static void print_padded(const char *text, size_t width, bool right)
{
    size_t columns = cli_text_width(text);
    if (right)
        printf("%*s", columns < width ? (int)(width - columns) : 0, "");
    size_t used = cli_print_cut(text, width);
    if (!right)
        printf("%*s", used < width ? (int)(width - used) : 0, "");
}

/* Prints a row, or if `row` is SIZE_MAX the headings. */
static void print_row(const struct report_table *table, const size_t *widths, size_t row)
{
    size_t last = last_column(table), used = 0, terminal = cli_terminal_width();
    for (size_t c = 0; c < table->column_count; c++) {
        const struct report_column *column = &table->columns[c];
        if (column->data_only)
            continue;
        char *text =
            row == SIZE_MAX ? column_text(column) : cell_text(column, cell_of(table, row, c));
        if (used > 0)
            fputs("  ", stdout);
        used += used > 0 ? 2 : 0;
        if (c == last && column->kind == REPORT_TEXT)
            cli_print_cut(text, terminal == SIZE_MAX  ? SIZE_MAX
                                : terminal > used + 4 ? terminal - used
                                                      : 4);
        else
            print_padded(text, widths[c], column->kind != REPORT_TEXT);
        used += widths[c];
        free(text);
    }
    putchar('\n');
}

/* Narrows texts, but not the last, if a row is wider than the terminal. */
static void fit_widths(const struct report_table *table, size_t *widths)
{
    size_t terminal = cli_terminal_width(), last = last_column(table), total = NARROWEST_LAST;
    for (size_t c = 0; c < last; c++)
        total += table->columns[c].data_only ? 0 : widths[c] + 2;
    for (size_t c = 0; c < last && terminal != SIZE_MAX && total > terminal; c++) {
        bool text = table->columns[c].kind == REPORT_TEXT && !table->columns[c].data_only;
        size_t give = text && widths[c] > NARROWEST ? widths[c] - NARROWEST : 0;
        give = give < total - terminal ? give : total - terminal;
        widths[c] -= give;
        total -= give;
    }
}

static void print_table(const struct report_table *table)
{
    size_t *widths = mem_new(table->column_count, sizeof *widths);
    printf("\n%s\n", table->heading);
    for (size_t c = 0; c < table->column_count; c++)
        widths[c] = column_width(table, c);
    fit_widths(table, widths);
    if (table->rows > 0)
        print_row(table, widths, SIZE_MAX);
    else
        puts("(none)");
    for (size_t r = 0; r < shown_rows(table); r++)
        print_row(table, widths, r);
    if (shown_rows(table) < table->rows)
        printf("... and %zu more\n", table->rows - shown_rows(table));
    free(widths);
}

void report_print_text(const struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct report_item *item = &report->items[i];
        if (item->kind == REPORT_LINE)
            puts(item->text);
        else if (item->kind == REPORT_TABLE)
            print_table(&report->tables[item->table]);
    }
}

/* ---- JSON ---- */

static json_t *number_json(enum report_kind kind, double number)
{
    return kind == REPORT_COUNT && isfinite(number) ? json_integer((json_int_t)number)
                                                    : json_out_tree_real(number);
}

static json_t *table_json(const struct report_table *table)
{
    json_t *rows = json_array();
    for (size_t r = 0; r < table->rows; r++) {
        json_t *row = json_object();
        for (size_t c = 0; c < table->column_count; c++) {
            const struct report_column *column = &table->columns[c];
            const struct report_cell *cell = cell_of(table, r, c);
            json_object_set_new(row, column->name,
                                column->kind == REPORT_TEXT
                                    ? json_out_tree_text(cell->text)
                                    : number_json(column->kind, cell->number));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

/* Sets "a.b.c", making the objects that it is nested in. */
static void set_inside(json_t *root, const char *key, json_t *value)
{
    for (const char *dot; (dot = strchr(key, '.')); key = dot + 1) {
        char *name = mem_strndup(key, (size_t)(dot - key));
        if (!json_object_get(root, name))
            json_object_set_new(root, name, json_object());
        root = json_object_get(root, name);
        free(name);
    }
    json_object_set_new(root, key, value);
}

void report_print_json(const struct report *report)
{
    json_t *root = json_object();
    for (size_t i = 0; i < report->count; i++) {
        const struct report_item *item = &report->items[i];
        if (item->kind == REPORT_VALUE) {
            bool whole = item->number == floor(item->number) && fabs(item->number) < 1e15;
            set_inside(root, item->key,
                       item->text ? json_out_tree_text(item->text)
                                  : number_json(whole ? REPORT_COUNT : REPORT_REAL, item->number));
        } else if (item->kind == REPORT_TABLE) {
            const struct report_table *table = &report->tables[item->table];
            set_inside(root, table->key, table_json(table));
        }
    }
    json_object_set_new(root, "notes", json_out_tree_texts(&report->notes.lines));
    json_out_tree_print(root, 1);
}

/* ---- CSV ---- */

static void add_csv_row(struct str *out, const struct report_table *table, size_t r)
{
    for (size_t c = 0; c < table->column_count; c++) {
        const struct report_cell *cell = cell_of(table, r, c);
        str_add(out, c ? "," : "");
        if (cell->text)
            str_add_csv(out, cell->text);
        else if (isfinite(cell->number))
            str_addf(out, "%.9g", cell->number);
    }
    str_add(out, "\n");
}

void report_print_csv(const struct report *report, const char *key)
{
    for (size_t i = 0; i < report->head.lines.count; i++)
        printf("# %s\n", report->head.lines.items[i]);
    for (size_t t = 0; t < report->table_count; t++) {
        const struct report_table *table = &report->tables[t];
        struct str out = {0};
        if (strcmp(table->key, key) != 0)
            continue;
        for (size_t c = 0; c < table->column_count; c++)
            str_addf(&out, "%s%s", c ? "," : "", table->columns[c].name);
        str_add(&out, "\n");
        for (size_t r = 0; r < table->rows; r++)
            add_csv_row(&out, table, r);
        fwrite(out.text, 1, out.length, stdout);
        str_done(&out);
    }
}

/* ---- HTML ---- */

static void add_html_cell(struct str *out, const char *tag, const struct report_column *column,
                          char *text)
{
    str_addf(out, "<%s%s>", tag, column->kind == REPORT_TEXT ? "" : " class=\"number\"");
    html_text(out, text);
    str_addf(out, "</%s>", tag);
    free(text);
}

static void add_html_table(struct str *out, const struct report_table *table)
{
    str_add(out, "<h2>");
    html_text(out, table->heading);
    str_add(out, "</h2>\n<table>\n<tr>");
    for (size_t c = 0; c < table->column_count; c++)
        if (!table->columns[c].data_only)
            add_html_cell(out, "th", &table->columns[c], column_text(&table->columns[c]));
    str_add(out, "</tr>\n");
    for (size_t r = 0; r < shown_rows(table); r++) {
        str_add(out, "<tr>");
        for (size_t c = 0; c < table->column_count; c++)
            if (!table->columns[c].data_only)
                add_html_cell(out, "td", &table->columns[c],
                              cell_text(&table->columns[c], cell_of(table, r, c)));
        str_add(out, "</tr>\n");
    }
    str_add(out, "</table>\n");
    if (shown_rows(table) < table->rows)
        str_addf(out, "<p>... and %zu more</p>\n", table->rows - shown_rows(table));
}

static int add_html_picture(struct str *out, const struct report_item *item, struct error *err)
{
    str_add(out, "<figure>\n");
    if (html_data_uri(out, item->key, err) != 0)
        return -1;
    str_add(out, "<figcaption>");
    html_text(out, item->text);
    str_add(out, "</figcaption>\n</figure>\n");
    return 0;
}

int report_save_html(const struct report *report, const char *path, struct error *err)
{
    struct str out = {0};
    int status = 0;
    html_begin(&out, report->title);
    for (size_t i = 0; i < report->notes.lines.count; i++) {
        str_add(&out, "<p>Note: ");
        html_text(&out, report->notes.lines.items[i]);
        str_add(&out, "</p>\n");
    }
    for (size_t i = 0; i < report->count && status == 0; i++) {
        const struct report_item *item = &report->items[i];
        if (item->kind == REPORT_LINE) {
            str_add(&out, "<p>");
            html_text(&out, item->text);
            str_add(&out, "</p>\n");
        } else if (item->kind == REPORT_TABLE) {
            add_html_table(&out, &report->tables[item->table]);
        } else if (item->kind == REPORT_PICTURE) {
            status = add_html_picture(&out, item, err);
        }
    }
    return html_finish(&out, status, path, err);
}
