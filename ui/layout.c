#include "ui/layout.h"

#include "ui/views.h"

enum {
    PAIR_COLS = 62, /* a body narrower than this shows the list or the picture, not both */
    PAIR_ROWS = 8,
    REGION_COLS = 34,
    STACKED_ROWS = 16,
    FITNESS_BESIDE = 110, /* columns of the start screen from which on */
    FITNESS_BELOW = 12,   /* rows */
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
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
    out->body = (struct rect){title, 0, most(rows, 0), ui->cols};
}

static int list_cols(const struct ui *ui, int cols)
{
    if (ui->view != VIEW_SEARCH)
        return most(30, cols * 2 / 5);
    return cols >= 160 ? 52 : cols >= 99 ? 38 : 28;
}

/* The picture with its heading above and its words below. */
static void place_pair(const struct ui *ui, struct layout *out, struct rect room)
{
    if (ui->regions && room.cols >= 2 * REGION_COLS) {
        out->regions = (struct rect){room.row, room.col + room.cols - REGION_COLS, room.rows, REGION_COLS};
        room.cols -= REGION_COLS + 1;
    } else if (ui->regions) {
        out->regions = (struct rect){room.row + 1, room.col, most(room.rows - 3, 0), room.cols};
    }
    const struct ask_words *words = ui_words(ui);
    out->word_rows = room.rows >= 12 ? 2 : 1;
    int lines = words ? chip_lines(words, room.cols) : 1;
    int rows = least(lines, most(1, room.rows / 8)) * out->word_rows;
    out->head = (struct rect){room.row, room.col, least(1, room.rows), room.cols};
    out->words = (struct rect){room.row + room.rows - rows, room.col, rows, room.cols};
    out->picture = (struct rect){room.row + 1, room.col, most(room.rows - rows - 2, 0), room.cols};
    if (out->regions.rows && out->regions.col == room.col)
        out->picture.rows = 0;
}

static void size_items(const struct ui *ui, struct layout *out)
{
    const struct view_ops *view = &views[ui->view];
    bool sheet = view->tiles || (ui->view == VIEW_SEARCH && ui->sheet);
    int rows = out->list.rows, cols = out->list.cols;
    out->item_rows = 1;
    out->item_cols = cols;
    out->across = 1;
    if (!view->thumb || rows < 9 || cols < 20)
        return;
    if (sheet) {
        out->thumb_cols = cols >= 150 ? 24 : cols >= 100 ? 18 : 14;
        out->thumb_rows = out->thumb_cols * 3 / 8;
        out->item_cols = out->thumb_cols + 2;
        out->item_rows = out->thumb_rows + 2;
        out->across = most(1, cols / out->item_cols);
        return;
    }
    out->item_rows = rows >= 50 ? 6 : rows >= 32 ? 5 : rows >= 26 ? 4 : 3;
    out->thumb_rows = out->item_rows - (out->item_rows > 3);
    out->thumb_cols = out->thumb_rows * 8 / 3;
}

/* What is known of the choice: beside it, or below where it is narrow, or nowhere. */
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
static void place(const struct ui *ui, struct layout *out, struct rect area)
{
    bool sheet = ui->view == VIEW_SEARCH && ui->sheet;
    bool pair = views[ui->view].pair && !sheet && ui_pair(ui).set;
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
        place_pair(ui, out, (struct rect){area.row, area.col + cols + 1, area.rows, area.cols - cols - 1});
    } else if (pair && ui_compares(ui) && area.rows >= STACKED_ROWS) {
        out->list.rows = upper;
        place_pair(ui, out, (struct rect){area.row + upper, area.col, area.rows - upper, area.cols});
    }
}

/* A side's half of the body, below a line that says what it is. */
static struct rect half(const struct ui *ui, struct layout *out)
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

void layout_make(const struct ui *ui, struct layout *out)
{
    *out = (struct layout){.across = 1, .item_rows = 1, .word_rows = 1};
    frame_rows(ui, out);
    place(ui, out, ui_compares(ui) ? half(ui, out) : out->body);
    size_items(ui, out);
}

size_t layout_page(const struct layout *layout)
{
    int lines = layout->list.rows / most(layout->item_rows, 1);
    return (size_t)(most(lines, 1) * layout->across);
}
