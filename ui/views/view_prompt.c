/* The prompt line, with the cursor where readline has it, and its completions. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/state/keymap.h"
#include "ui/state/palette.h"
#include "ui/state/setting_rows.h"
#include "ui/state/start_form.h"
#include "ui/views/view_private.h"

static const char *const labels[PROMPTS] = {
    [PROMPT_CAPTION] = "Caption› ", [PROMPT_COMMAND] = ":",   [PROMPT_FIND] = "/",
    [PROMPT_FILTER] = "& ",         [PROMPT_WORD] = "Word› ", [PROMPT_PATH] = "Path› ",
};

/* The bytes to omit on the left so that the cursor is inside `room` columns. One pass: the line may
 * be a caption of a thousand words. */
static size_t scrolled(const char *text, size_t point, int room)
{
    int columns = grapheme_columns_n(text, point);
    size_t from = 0;
    while (from < point && columns >= room) {
        struct grapheme g = grapheme_next(text + from, point - from);
        columns -= g.columns;
        from += g.bytes;
    }
    return from;
}

static bool inside_unknown(const struct line *line, size_t at)
{
    for (size_t i = 0; i < line->unknown_count; i++)
        if (at >= line->unknown[i].start && at < line->unknown[i].start + line->unknown[i].length)
            return true;
    return false;
}

static void draw_text(const struct ui *ui, struct pane pane, const char *text, size_t from)
{
    struct style known = ui_style(ui, ui->line.selected ? ROLE_SELECTED : ROLE_TEXT),
                 unknown = ui->line.selected ? known : ui_style(ui, ROLE_UNKNOWN);
    size_t n = strlen(text);
    int col = 0;
    for (size_t at = from; at < n && col < pane.box.cols;) {
        struct grapheme g = grapheme_next(text + at, n - at);
        char piece[64];
        size_t bytes = g.bytes < sizeof piece ? g.bytes : sizeof piece - 1;
        memcpy(piece, text + at, bytes);
        piece[bytes] = 0;
        pane_put(pane, 0, col, inside_unknown(&ui->line, at) ? unknown : known, piece);
        col += g.columns;
        at += g.bytes;
    }
}

/* What Tab offers, in a box that grows upwards from the prompt. */
static void draw_completions(const struct ui *ui, struct grid *grid, const struct layout *layout)
{
    const char *text = ui->line.completions;
    struct style style = ui_style(ui, ROLE_POPUP);
    int below = layout->status.rows ? layout->status.row : layout->prompt.row;
    int room = below - layout->title.rows, cols = ui->cols;
    int width = 0, count = 0;
    for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        int columns = grapheme_columns_n(at, strcspn(at, "\n"));
        width = columns > width ? columns : width;
        count++;
    }
    width += 2;
    int across = cols / (width ? width : 1);
    across = across < 1 ? 1 : across > 6 ? 6 : across;
    int rows = (count + across - 1) / across;
    rows = rows > room ? room : rows > 8 ? 8 : rows;
    struct pane pane = grid_pane(grid, (struct rect){below - rows, 0, rows, width * across});
    pane_fill(pane, style);
    for (int i = 0; i < rows * across && *text; i++) {
        char word[128];
        size_t n = strcspn(text, "\n"), fits = n < sizeof word ? n : sizeof word - 1;
        memcpy(word, text, fits);
        word[fits] = 0;
        pane_fit(pane, i / across, i % across * width + 1, width - 1, style, word);
        text += n + (text[n] == '\n');
    }
}

static void draw_command(const struct ui *ui, struct pane pane, int row,
                         const struct ui_command *command, struct style style)
{
    enum { KEYS = 12, NAME = 17 };
    struct style key = ui_style(ui, ROLE_KEY);
    struct str keys = {0}, what = {0};
    key.bg = style.bg;
    key.attr |= style.attr;
    keymap_keys(ui->keymap, command, &keys);
    str_addf(&what, "%s%s%s", command->args ? command->args : "", command->args ? "  " : "",
             command->help);
    int name = pane_fit(pane, row, 1, NAME, style, command->name);
    int at = pane_fit(pane, row, name, pane.box.cols > 50 ? KEYS : 0, key, str_text(&keys));
    pane_fit(pane, row, at + 1, pane.box.cols - at - 2, style, str_text(&what));
    str_done(&keys);
    str_done(&what);
}

static void draw_choice(const struct ui *ui, struct pane pane, int row,
                        const struct palette *palette, size_t i, struct style style)
{
    struct str now = {0};
    if (palette->command->modes & MODE_CONFIG)
        setting_row_value(ui, palette->command, &now);
    bool is = !strcmp(str_text(&now), palette->choices[i]);
    pane_putf(pane, row, 1, style, "%s %s%s", palette->command->name, palette->choices[i],
              is ? "  (as it is)" : "");
    str_done(&now);
}

/* The palette: what matches, best first, with keys and explanations; the selected one is run. */
static void draw_palette(const struct ui *ui, struct grid *grid, const struct layout *layout)
{
    enum { SHOWN = 10 };
    struct palette palette;
    int below = layout->status.rows ? layout->status.row : layout->prompt.row;
    int room = below - layout->title.rows;
    palette_make(ui, &palette);
    size_t n = (size_t)(room > SHOWN ? SHOWN : room > 0 ? room : 0);
    n = n < palette.count ? n : palette.count;
    size_t top = palette.selected >= n ? palette.selected - n + (n > 0) : 0;
    struct pane pane = grid_pane(grid, (struct rect){below - (int)n, 0, (int)n, ui->cols});
    for (size_t i = 0; i < n; i++) {
        bool chosen = top + i == palette.selected;
        struct style style = ui_style(ui, chosen ? ROLE_SELECTED : ROLE_POPUP);
        pane_fill(pane_part(pane, (int)i, 0, 1, ui->cols), style);
        pane_put(pane, (int)i, 0, style, chosen ? "▸" : " ");
        if (palette.command)
            draw_choice(ui, pane, (int)i, &palette, top + i, style);
        else
            draw_command(ui, pane, (int)i, palette.commands[top + i], style);
    }
}

/* Without a prompt: the query, or the folder that is browsed, and the hints that the status line
 * has no room for. */
static void draw_idle(const struct ui *ui, struct pane pane, uint64_t *hints)
{
    const struct files *files = ui->view == VIEW_FILES ? ui->start.files : NULL;
    struct style dim = ui_style(ui, ROLE_DIM);
    bool choosing = ui->view == VIEW_START || ui->view == VIEW_FILES;
    char *text = choosing && !files ? mem_strdup("")
                 : files ? mem_printf("%s  %s", start_fields[ui->start.field].label, files->folder)
                         : mem_printf("%s%s", labels[PROMPT_CAPTION],
                                      ui_query(ui)->text ? ui_query(ui)->text : "");
    int width = grapheme_columns(text), least = *hints ? 0 : view_hints_least(ui) + 1;
    width = width + least <= pane.box.cols ? width : pane.box.cols - least;
    if (width > 0)
        pane_fit(pane, 0, 0, width, dim, text);
    view_hints(ui, pane, width > 0 ? width + 2 : 0, hints);
    free(text);
}

void view_prompt(const struct ui *ui, struct grid *grid, const struct layout *layout,
                 uint64_t *hints)
{
    const struct line *line = &ui->line;
    struct pane pane = grid_pane(grid, layout->prompt);
    if (!ui->prompt) {
        draw_idle(ui, pane, hints);
        return;
    }
    const char *label = line->label ? line->label : labels[line->kind];
    const char *text = line->text ? line->text : "";
    if (grapheme_columns(label) > pane.box.cols / 2)
        label = "› ";
    int col = pane_put(pane, 0, 0, ui_style(ui, ROLE_PROMPT), label);
    int room = pane.box.cols - col;
    size_t from = scrolled(text, line->point, room);
    draw_text(ui, pane_part(pane, 0, col, 1, room), text, from);
    if (line->completions)
        draw_completions(ui, grid, layout);
    else if (line->kind == PROMPT_COMMAND && !line->label)
        draw_palette(ui, grid, layout);
    pane_cursor(pane, 0, col + grapheme_columns_n(text + from, line->point - from), true);
}
