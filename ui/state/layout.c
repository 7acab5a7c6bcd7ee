#include "ui/state/layout.h"

#include "ui/state/chips.h"
#include "ui/state/view.h"
#include "ui/state/word_units.h"

enum {
    PAIR_COLS = 62, /* a body narrower than this shows the list or the picture, not both */
    PAIR_ROWS = 8,
    REGION_COLS = 34,
    WORD_COLS = 42,
    LEAST_PICTURE = 28,
    STACKED_ROWS = 16,
    FITNESS_BESIDE = 110, /* columns of the start screen, at least */
    FITNESS_BELOW = 12,   /* rows */
    UNIT_COLS = 5,        /* "sim", or the region that words are weighed against */
    ROW_MARGINS = 3,      /* of a row in the list: arrow, scroll bar */
};

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void frame_rows(const struct ui *ui, struct layout *out)
{
    int title = ui->rows >= 6, status = ui->rows >= 4;
    out->title = (struct rect){0, 0, title, ui->cols};
    out->prompt = (struct rect){ui->rows - 1, 0, 1, ui->cols};
    out->status = (struct rect){ui->rows - 2, 0, status, ui->cols};
    int rows = ui->rows - 1 - title - status;
    out->body = (struct rect){title, 0, larger(rows, 0), ui->cols};
}

static int list_cols(const struct ui *ui, int cols)
{
    if (ui->view == VIEW_FAILURES)
        return larger(36, cols * 9 / 20);
    if (ui->view != VIEW_SEARCH)
        return larger(30, cols * 2 / 5);
    return cols >= 160 ? 52 : cols >= 99 ? 38 : 28;
}

/* Divides `table` between the tables of regions and of words. */
static void divide_table(const struct ui *ui, struct layout *out, struct rect table)
{
    const struct ask_words *words = ui_words(ui);
    int lines = ui->regions ? smaller((int)(words ? words->count : 0) + 2 + word_units_weighted(ui),
                                      table.rows / 2)
                            : table.rows;
    out->regions = out->word_table = table;
    out->word_table.rows = ui->word_table ? lines : 0;
    out->regions.rows = ui->regions ? table.rows - out->word_table.rows : 0;
    out->regions.row += out->word_table.rows;
}

/* How many of `rows` the tables take from the picture: what they need, or half if that leaves the
 * picture a useful size, or all. */
static int table_rows(const struct ui *ui, int rows)
{
    const struct ask_words *words = ui_words(ui);
    int count = (int)(words ? words->count : 0) + word_units_weighted(ui);
    int needed =
        (ui->word_table ? count + 2 : 0) + (ui->regions ? (int)ui_catalog(ui)->regions + 2 : 0);
    if (rows - needed >= PAIR_ROWS)
        return needed;
    return rows / 2 >= PAIR_ROWS ? rows - rows / 2 : rows;
}

/* The picture with its heading above and its words below; tables go beside it or, if that leaves it
 * no room, above it or in place of it. */
static void place_pair(const struct ui *ui, struct layout *out, struct rect room)
{
    const struct ask_words *words = ui_words(ui);
    bool tables = ui->regions || ui->word_table,
         beside = tables && room.cols >= REGION_COLS + LEAST_PICTURE;
    if (beside) {
        int cols =
            ui->word_table && room.cols >= WORD_COLS + LEAST_PICTURE ? WORD_COLS : REGION_COLS;
        divide_table(ui, out,
                     (struct rect){room.row, room.col + room.cols - cols, room.rows, cols});
        room.cols -= cols + 1;
    }
    out->word_rows = room.rows >= 12 ? 2 + (room.rows >= 16 && word_units_weighted(ui)) : 1;
    int unit = out->word_rows > 1 && room.cols >= 3 * UNIT_COLS ? UNIT_COLS : 0;
    int lines = words ? chip_lines(words, room.cols - unit) : 1;
    int rows = smaller(lines, larger(1, room.rows / 8)) * out->word_rows;
    out->unit = (struct rect){room.row + room.rows - rows, room.col, rows, unit};
    out->head = (struct rect){room.row, room.col, smaller(1, room.rows), room.cols};
    out->words =
        (struct rect){room.row + room.rows - rows, room.col + unit, rows, room.cols - unit};
    int units = room.rows >= 12 ? word_units_rows(ui, room.cols) : 0, gap = larger(units, 1);
    out->units = (struct rect){out->words.row - units, room.col, units, room.cols};
    out->picture =
        (struct rect){room.row + 1, room.col, larger(room.rows - rows - 1 - gap, 0), room.cols};
    if (!tables || beside)
        return;
    struct rect table = out->picture;
    table.rows = table_rows(ui, table.rows);
    divide_table(ui, out, table);
    out->picture.row += table.rows;
    out->picture.rows -= table.rows;
}

/* The selected item shows all of its text, if the list has the room. */
static void unfold(const struct ui *ui, struct layout *out)
{
    size_t item;
    if (!ui_view_ops(ui)->lines || !ui_selected(ui, ui->view, &item))
        return;
    int lines = ui_view_ops(ui)->lines(ui, item, out->list.cols - ROW_MARGINS);
    out->unfolded = larger(smaller(lines, out->list.rows), 1) - 1;
}

static void size_items(const struct ui *ui, struct layout *out)
{
    const struct view_ops *view = ui_view_ops(ui);
    bool sheet = view->tiles || (ui->view == VIEW_SEARCH && ui->sheet);
    int rows = out->list.rows, cols = out->list.cols;
    out->item_rows = 1;
    out->item_cols = cols;
    out->across = 1;
    unfold(ui, out);
    if (!view->thumb || rows < 9 || cols < 20)
        return;
    if (sheet) {
        out->thumb_cols = cols >= 150 ? 24 : cols >= 100 ? 18 : 14;
        out->thumb_rows = out->thumb_cols * 3 / 8;
        out->item_cols = out->thumb_cols + 2;
        out->item_rows = out->thumb_rows + 2;
        out->across = larger(1, cols / out->item_cols);
        return;
    }
    out->item_rows = rows >= 50 ? 6 : rows >= 32 ? 5 : rows >= 26 ? 4 : 3;
    out->thumb_rows = out->item_rows - (out->item_rows > 3);
    out->thumb_cols = out->thumb_rows * 8 / 3;
}

/* What is known of the choice: beside it, or below it on a narrow screen, or nowhere. */
static void place_fitness(const struct ui *ui, struct layout *out)
{
    struct rect *list = &out->list, *note = &out->fitness;
    if (list->cols >= FITNESS_BESIDE) {
        *note = (struct rect){list->row, list->col + list->cols * 3 / 5, list->rows, 0};
        note->cols = list->col + list->cols - note->col;
        list->cols -= note->cols + 1;
    } else if (list->rows >= FITNESS_BELOW) {
        int rows = (int)ui->lists[VIEW_START].count + 1, limit = list->rows * 2 / 3;
        rows = rows > limit ? limit : rows;
        *note = (struct rect){list->row + rows, list->col, list->rows - rows, list->cols};
        list->rows = rows;
    }
}

/* List and picture side by side, one above the other, or only one of them. */
static void place_body(const struct ui *ui, struct layout *out, struct rect area)
{
    bool sheet = ui->view == VIEW_SEARCH && ui->sheet;
    bool pair = ui_view_ops(ui)->pair && !sheet && !ui->wide && ui_pair(ui).set;
    bool both = area.cols >= PAIR_COLS && area.rows >= PAIR_ROWS;
    int upper = area.rows * 2 / 5;
    out->list = area;
    if (ui->view == VIEW_START) {
        place_fitness(ui, out);
    } else if (pair && ui->zoom) {
        place_pair(ui, out, area);
        out->list = (struct rect){area.row, area.col, 0, 0};
    } else if (pair && both) {
        int cols = list_cols(ui, area.cols);
        out->list.cols = cols;
        place_pair(ui, out,
                   (struct rect){area.row, area.col + cols + 1, area.rows, area.cols - cols - 1});
    } else if (pair && ui_compares(ui) && area.rows >= STACKED_ROWS) {
        out->list.rows = upper;
        place_pair(ui, out,
                   (struct rect){area.row + upper, area.col, area.rows - upper, area.cols});
    }
}

/* A side's half of the body, below a line that says what it is. */
static struct rect half_of_body(const struct ui *ui, struct layout *out)
{
    struct rect area = out->body;
    int left = (area.cols - 1) / 2;
    area.col = ui->side ? left + 1 : 0;
    area.cols = ui->side ? area.cols - left - 1 : left;
    if (area.rows < 3)
        return area;
    out->banner = (struct rect){area.row, area.col, 1, area.cols};
    area.row++;
    area.rows--;
    return area;
}

/* The names of the list's columns take its first row. */
static void place_header(const struct ui *ui, struct layout *out)
{
    if (!ui_view_ops(ui)->header || out->list.rows < 4 || out->list.cols < 24)
        return;
    out->header = out->list;
    out->header.rows = 1;
    out->list.row++;
    out->list.rows--;
}

void layout_make(const struct ui *ui, struct layout *out)
{
    *out = (struct layout){.across = 1, .item_rows = 1, .word_rows = 1};
    frame_rows(ui, out);
    place_body(ui, out, ui_compares(ui) ? half_of_body(ui, out) : out->body);
    place_header(ui, out);
    size_items(ui, out);
}

size_t layout_page(const struct layout *layout)
{
    int lines = (layout->list.rows - layout->unfolded) / larger(layout->item_rows, 1);
    return (size_t)(larger(lines, 1) * layout->across);
}

struct rect layout_picture(const struct ui *ui, const struct layout *layout)
{
    const struct picture *picture = ui_picture(ui);
    struct rect room = layout->picture;
    if (!picture || !picture->cells || room.rows < 1)
        return (struct rect){0};
    int down = (room.rows - picture->rows) / 2, right = (room.cols - picture->cols) / 2;
    return (struct rect){room.row + (down > 0 ? down : 0), room.col + (right > 0 ? right : 0),
                         picture->rows, picture->cols};
}

size_t layout_word_table_top(const struct ui *ui, int lines)
{
    size_t rows = lines > 1 ? (size_t)lines - 1 : 0, chosen = ui->word > 0 ? (size_t)ui->word : 0;
    return chosen >= rows ? chosen - rows + 1 : 0;
}
