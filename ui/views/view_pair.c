/* An image with a caption: the picture with what the selected word attends to, and the words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "ui/state/chips.h"
#include "ui/state/region_table.h"
#include "ui/state/word_units.h"
#include "ui/views/view_private.h"

static struct style chip_style(const struct ui *ui, const struct look *look,
                               const struct ask_words *words, size_t word)
{
    struct style style = ui_style(ui, ROLE_DIM);
    if (look)
        style = theme_heat(ui->theme, ui->depth, word_units_heat(ui, look, word));
    if (!words->known[word]) {
        struct style unknown = ui_style(ui, ROLE_UNKNOWN);
        style.attr |= unknown.attr;
        if (!look)
            style.fg = unknown.fg;
    }
    return style;
}

static void put_below(struct pane pane, const struct chip *chip, int row, struct style style,
                      const char *text)
{
    int at = (chip->width - (int)strlen(text)) / 2;
    pane_put(pane, row, chip->col + (at > 0 ? at : 0), style, text);
}

/* The numbers below a word, in the second row and the third; what they are is said above. */
static void draw_numbers(const struct ui *ui, struct pane pane, const struct chip *chip, int row,
                         int rows, size_t word)
{
    const struct look *look = ui_look(ui);
    struct style style = ui_style(ui, (ptrdiff_t)word == ui->word ? ROLE_STRONG : ROLE_DIM);
    float value;
    char number[32] = "-";
    if (word_units_number(ui, look, word, &value))
        snprintf(number, sizeof number, ui_catalog(ui)->shows ? "%.2f" : "%+.3f", (double)value);
    put_below(pane, chip, row + 1, style, number);
    if (rows < 3 || !look->node)
        return;
    snprintf(number, sizeof number, "%.3f", (double)look->node[word]);
    put_below(pane, chip, row + 2, style, number);
}

static void draw_chip(const struct ui *ui, struct pane pane, const struct chip *chip, int row,
                      int rows, size_t word)
{
    const struct look *look = ui_look(ui);
    const struct ask_words *words = ui_words(ui);
    bool selected = (ptrdiff_t)word == ui->word;
    bool pinned = word < ui->pin_count && ui->pins[word];
    struct style style = chip_style(ui, look, words, word);
    if (selected)
        style.attr |= ATTR_BOLD | ATTR_UNDERLINE;
    pane_fit(pane, row, chip->col, chip->width, style, "");
    int shift = (chip->width - grapheme_columns(words->text[word])) / 2;
    shift = shift > 1 ? shift : 1;
    pane_fit(pane, row, chip->col + shift, chip->width - shift, style, words->text[word]);
    if (selected)
        pane_put(pane, row, chip->col, style, "▸");
    if (pinned)
        pane_put(pane, row, chip->col + chip->width - 1, style, "●");
    if (!words->known[word])
        pane_put(pane, row, chip->col + chip->width - 1, style, "?");
    if (rows < 2 || !look)
        return;
    draw_numbers(ui, pane, chip, row, rows, word);
}

static void draw_words(const struct ui *ui, struct pane pane)
{
    const struct ask_words *words = ui_words(ui);
    struct layout layout;
    layout_make(ui, &layout);
    int rows = layout.word_rows, lines = pane.box.rows / rows;
    if (!words || lines < 1)
        return;
    int top = chip_top(ui, pane.box.cols, lines);
    struct chip chip = {0};
    for (size_t w = 0; w < words->count; w++) {
        chip_next(words, w, pane.box.cols, &chip);
        if (chip.line >= top && chip.line < top + lines)
            draw_chip(ui, pane, &chip, (chip.line - top) * rows, rows, w);
    }
    if (chip.line >= top + lines)
        pane_put_right(pane, pane.box.rows - 1, pane.box.cols, ui_style(ui, ROLE_DIM), "…");
}

/* A region's frame in cells of the picture. */
struct frame {
    int top, left, bottom, right;
};

static int place(float at, int full, int cells)
{
    int cell = full > 0 ? (int)floorf(at / (float)full * (float)cells) : 0;
    return cell < 0 ? 0 : cell >= cells ? cells - 1 : cell;
}

static struct frame frame_of(const float *box, const struct picture *picture)
{
    struct frame f = {.top = place(box[1], picture->full_height, picture->rows),
                      .left = place(box[0], picture->full_width, picture->cols),
                      .bottom = place(box[3], picture->full_height, picture->rows),
                      .right = place(box[2], picture->full_width, picture->cols)};
    f.bottom = f.bottom <= f.top ? f.top + 1 : f.bottom;
    f.right = f.right <= f.left ? f.left + 1 : f.right;
    return f;
}

/* A line's cell keeps the background of the picture below it. */
static void line_cell(struct pane pane, int row, int col, uint32_t code, struct style style)
{
    if (row < 0 || col < 0 || row >= pane.box.rows || col >= pane.box.cols)
        return;
    const struct cell *below = grid_at(pane.grid, pane.box.row + row, pane.box.col + col);
    style.bg = below->style.bg;
    if (below->code[0] == 0x2588) /* a full block shows its foreground */
        style.bg = below->style.fg;
    pane_cell(pane, row, col, code, style);
}

static void draw_frame(struct pane pane, const struct frame *f, struct style style, bool heavy)
{
    static const uint32_t glyphs[2][6] = {{0x2500, 0x2502, 0x250c, 0x2510, 0x2514, 0x2518},
                                          {0x2501, 0x2503, 0x250f, 0x2513, 0x2517, 0x251b}};
    const uint32_t *g = glyphs[heavy];
    for (int col = f->left + 1; col < f->right; col++) {
        line_cell(pane, f->top, col, g[0], style);
        line_cell(pane, f->bottom, col, g[0], style);
    }
    for (int row = f->top + 1; row < f->bottom; row++) {
        line_cell(pane, row, f->left, g[1], style);
        line_cell(pane, row, f->right, g[1], style);
    }
    line_cell(pane, f->top, f->left, g[2], style);
    line_cell(pane, f->top, f->right, g[3], style);
    line_cell(pane, f->bottom, f->left, g[4], style);
    line_cell(pane, f->bottom, f->right, g[5], style);
}

static void draw_label(struct pane pane, const struct frame *f, struct style style,
                       const char *text)
{
    style.attr |= ATTR_REVERSE;
    int room = pane.box.cols - f->left - 1, width = grapheme_columns(text) + 2;
    if (room < 3)
        return;
    width = width > room ? room : width;
    pane_fit(pane, f->top, f->left + 1, width, style, "");
    pane_fit(pane, f->top, f->left + 2, width - 1, style, text);
}

/* The word at the region that it looks at most, with what that was taken for if there is room. */
static void draw_strongest(const struct ui *ui, struct pane pane, const struct frame *f,
                           const char *word, ptrdiff_t region)
{
    char *name = region_table_name(ui, region);
    char *both = name ? mem_printf("%s: %s", word, name) : NULL;
    bool fits = both && grapheme_columns(both) + 2 <= pane.box.cols - f->left - 1;
    draw_label(pane, f, ui_style(ui, ROLE_FRAME), fits ? both : word);
    free(both);
    free(name);
}

/* With pinned words, each shown word's strongest region has a frame with the word's tag, in a
 * colour of its own. The selected word's is drawn last. */
static void draw_word_frames(const struct ui *ui, struct pane pane, const struct picture *picture)
{
    static const enum role roles[] = {ROLE_FRAME_MORE, ROLE_TRUTH, ROLE_WARNING, ROLE_UNKNOWN,
                                      ROLE_PROMPT};
    const struct catalog *catalog = ui_catalog(ui);
    const struct look *look = ui_look(ui);
    struct word_frame frames[PICTURE_FRAMES];
    struct pair pair = ui_pair(ui);
    size_t n = ui_word_frames(ui, frames);
    for (size_t i = 0; i < n; i++) {
        const float *box = catalog->boxes + (pair.image * catalog->regions + frames[i].region) * 4;
        struct frame frame = frame_of(box, picture);
        bool selected = (ptrdiff_t)frames[i].word == ui->word;
        struct style style =
            ui_style(ui, selected ? ROLE_FRAME : roles[frames[i].word % COUNTOF(roles)]);
        draw_frame(pane, &frame, style, selected);
        for (size_t k = 0; k < i; k++) /* tags of words at one region: below each other */
            frame.top += frames[k].region == frames[i].region;
        frame.top = frame.top < pane.box.rows ? frame.top : pane.box.rows - 1;
        draw_label(pane, &frame, style, look->words.text[frames[i].word]);
    }
}

static void draw_frames(const struct ui *ui, struct pane pane, const struct picture *picture)
{
    struct word_frame pinned[PICTURE_FRAMES];
    if (ui_word_frames(ui, pinned)) {
        draw_word_frames(ui, pane, picture);
        return;
    }
    const struct catalog *catalog = ui_catalog(ui);
    size_t order[PICTURE_FRAMES];
    struct pair pair = ui_pair(ui);
    const struct look *look = ui_look(ui);
    for (size_t i = ui_framed(ui, order); i-- > 0;) {
        const float *box = catalog->boxes + (pair.image * catalog->regions + order[i]) * 4;
        struct frame frame = frame_of(box, picture);
        draw_frame(pane, &frame, ui_style(ui, i ? ROLE_FRAME_MORE : ROLE_FRAME), i == 0);
        if (i == 0 && ui->word >= 0 && (size_t)ui->word < look->words.count)
            draw_strongest(ui, pane, &frame, look->words.text[ui->word], (ptrdiff_t)order[i]);
    }
}

static void draw_selected_region(const struct ui *ui, struct pane pane,
                                 const struct picture *picture)
{
    const struct catalog *catalog = ui_catalog(ui);
    struct style style = ui_style(ui, ROLE_KEY);
    struct pair pair = ui_pair(ui);
    if (!catalog->boxes || ui->region < 0 ||
        (size_t)ui->region >= catalog_regions(catalog, pair.image))
        return;
    const float *box = catalog->boxes + (pair.image * catalog->regions + (size_t)ui->region) * 4;
    struct frame frame = frame_of(box, picture);
    draw_frame(pane, &frame, style, true);
    style.attr |= ATTR_REVERSE;
    char *name = region_table_name(ui, ui->region);
    char *text = mem_printf(" region %td%s%s ", ui->region, name ? ": " : "", name ? name : "");
    int width = grapheme_columns(text), cols = pane.box.cols, left = frame.left + 1;
    left = left + width <= cols ? left : width < cols ? cols - width : 0;
    pane_fit(pane, frame.bottom, left, width < cols ? width : cols, style, text);
    free(text);
    free(name);
}

/* Real pixels are used if nothing covers the picture and it fits; then its cells stay blank. */
static bool put_pixels(const struct ui *ui, struct pane inner, const struct picture *picture)
{
    bool fits = inner.box.rows == picture->rows && inner.box.cols == picture->cols;
    bool wanted = picture->pixels && picture->graphics == ui_graphics(ui);
    if (!wanted || !fits || (ui->prompt && ui->line.completions))
        return false;
    pane_fill(inner, (struct style){0});
    inner.grid->pixels = (struct grid_pixels){.bytes = picture->pixels,
                                              .size = picture->pixels_size,
                                              .box = inner.box,
                                              .graphics = picture->graphics,
                                              .stamp = picture->stamp};
    return true;
}

static void draw_picture(const struct ui *ui, struct pane pane, const struct layout *layout)
{
    const struct picture *picture = ui_picture(ui);
    struct style dim = ui_style(ui, ROLE_DIM);
    if (!ui_catalog(ui)->photos) {
        char text[128];
        snprintf(text, sizeof text,
                 "No photographs: say where they are with --images DIR. r lists the %s.",
                 ui_catalog(ui)->shows ? "regions" : "nearest images");
        view_wrap(pane, pane.box.rows / 2, 2, pane.box.cols - 4, 3, dim, text);
        return;
    }
    if (!picture)
        return;
    if (!picture->cells) {
        view_wrap(pane, pane.box.rows / 2, 2, pane.box.cols - 4, 4, ui_style(ui, ROLE_ERROR),
                  picture->error);
        return;
    }
    struct rect box = layout_picture(ui, layout);
    struct pane inner = pane_part(pane, box.row - layout->picture.row,
                                  box.col - layout->picture.col, box.rows, box.cols);
    if (put_pixels(ui, inner, picture))
        return;
    view_cells(inner, 0, 0, picture);
    draw_selected_region(ui, inner, picture);
    draw_frames(ui, inner, picture);
}

/* The selected region, with what it was taken for if there is room for that. */
static char *region_text(const struct ui *ui, const struct look *look, int room)
{
    char *name = region_table_name(ui, ui->region);
    bool i2t = look && ui_way(ui) == LOOK_REGIONS;
    if (!ui_catalog(ui)->shows) {
        free(name);
        return mem_printf("region %td; no attention", ui->region);
    }
    const char *before = i2t ? "words that" : "words at", *after = i2t ? " attends to" : "";
    char *text = mem_printf("%s region %td%s", before, ui->region, after);
    char *longer =
        name ? mem_printf("%s region %td (%s)%s", before, ui->region, name, after) : NULL;
    free(name);
    if (!longer || grapheme_columns(longer) > room) {
        free(longer);
        return text;
    }
    free(text);
    return longer;
}

enum { NEAREST_COLS = 32 };

/* Whose attention it is, of a model that has both. */
static const char *way_text(const struct ui *ui)
{
    if (!ui_both_ways(ui))
        return "";
    return ui_way(ui) == LOOK_WORDS ? "words on regions · " : "regions on words · ";
}

/* What the picture shows; the caller's to free. */
static char *shown_text(const struct ui *ui, const struct look *look, int room)
{
    bool heat = ui->overlay == OVERLAY_HEAT;
    if (ui->region >= 0)
        return region_text(ui, look, room);
    if (!ui_catalog(ui)->shows)
        return mem_strdup(room < NEAREST_COLS || ui_catalog(ui)->scores_only
                              ? "no attention"
                              : "no attention · r: nearest images");
    if (ui->overlay == OVERLAY_BOXES && ui->box_count > 1)
        return mem_printf("%stop %d", way_text(ui), ui->box_count);
    return mem_printf("%s%s%s%s", way_text(ui), setting_text(ui, SETTING_OVERLAY),
                      heat ? " · " : "", heat ? setting_text(ui, SETTING_MAP) : "");
}

static void draw_head(const struct ui *ui, struct pane pane, const struct pair *pair)
{
    const struct catalog *catalog = ui_catalog(ui);
    const struct look *look = ui_look(ui);
    struct style dim = ui_style(ui, ROLE_DIM);
    bool truth =
        pair->caption >= 0 && caption_map_has(&catalog->map, pair->image, (size_t)pair->caption);
    const char *id = catalog->id[pair->image];
    int width = grapheme_columns(id), room = pane.box.cols;
    int col = pane_fit(pane, 0, 0, width < room ? width : room, ui_style(ui, ROLE_STRONG), id);
    if (look && col + 15 <= room)
        col = pane_putf(pane, 0, col + 2, dim, "score %.4f", (double)look->score);
    if (truth && col + 13 <= room)
        col = pane_put(pane, 0, col + 2, ui_style(ui, ROLE_TRUTH), "✓ true pair");
    char *right = shown_text(ui, look, room - col - 2);
    if (col + 2 + grapheme_columns(right) <= room)
        pane_put_right(pane, 0, room, dim, right);
    free(right);
}

static void draw_units(const struct ui *ui, struct pane pane)
{
    char *text = word_units_text(ui);
    if (text)
        view_wrap(pane, 0, 0, pane.box.cols, pane.box.rows, ui_style(ui, ROLE_DIM), text);
    free(text);
}

/* What the numbers under the words are, before each line of them. */
static void draw_unit(const struct ui *ui, struct pane pane, int word_rows)
{
    char text[32];
    bool i2t = ui_way(ui) == LOOK_REGIONS;
    if (!ui_look(ui))
        return;
    if (!ui_catalog(ui)->shows)
        snprintf(text, sizeof text, "adds");
    else if (ui->region < 0)
        snprintf(text, sizeof text, "sim");
    else
        snprintf(text, sizeof text, i2t ? "r%td→" : "→r%td", ui->region);
    for (int row = 1; row < pane.box.rows; row += word_rows)
        pane_fit(pane, row, 0, pane.box.cols, ui_style(ui, ROLE_DIM), text);
}

void view_pair(const struct ui *ui, struct grid *grid, const struct layout *layout)
{
    struct pair pair = ui_pair(ui);
    if (!pair.set)
        return;
    if (layout->head.rows)
        draw_head(ui, grid_pane(grid, layout->head), &pair);
    if (layout->picture.rows)
        draw_picture(ui, grid_pane(grid, layout->picture), layout);
    if (layout->units.rows)
        draw_units(ui, grid_pane(grid, layout->units));
    if (layout->unit.cols)
        draw_unit(ui, grid_pane(grid, layout->unit), layout->word_rows);
    if (layout->words.rows)
        draw_words(ui, grid_pane(grid, layout->words));
    if (layout->regions.rows)
        view_regions(ui, grid_pane(grid, layout->regions));
    if (layout->word_table.rows)
        view_word_table(ui, grid_pane(grid, layout->word_table));
}
