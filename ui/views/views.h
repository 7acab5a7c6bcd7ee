/* views.h: the table of views, and what draws them. */
#ifndef UI_VIEWS_VIEWS_H
#define UI_VIEWS_VIEWS_H

#include "ui/screen/grid.h"
#include "ui/state/state.h"
#include "ui/views/layout.h"

/* A view is a list of items, of which each may stand for a pair whose picture is shown beside the
 * list. */
struct view_ops {
    const char *name, *title;
    unsigned mode; /* which keys apply: command.h */
    bool tiles;    /* a contact sheet rather than rows */
    bool bare;     /* of the program rather than of a model: needs none */
    size_t (*total)(const struct ui *ui);
    void (*arrange)(
        struct ui *ui); /* filters and sorts the list; NULL: by the filter's text alone */
    /* The item as a line of text: what is searched, filtered and copied. */
    void (*text)(const struct ui *ui, size_t item, struct str *out);
    /* A row of the list; the pane is as large as the layout makes an item, without its thumbnail.
     */
    void (*draw)(const struct ui *ui, struct pane pane, size_t item, struct style base);
    /* A line above the list: names of its columns; NULL: none. And a click on it, on column `col`
     * of `cols`. */
    void (*header)(const struct ui *ui, struct pane pane);
    void (*header_click)(struct ui *ui, int cols, int col);
    /* What stands in the list's place when it is empty. */
    void (*empty)(const struct ui *ui, struct pane pane);
    void (*pair)(const struct ui *ui, struct pair *out);  /* NULL: the view has no picture */
    size_t (*thumb)(const struct ui *ui, size_t item);    /* an image; NULL: no thumbnails */
    void (*open)(struct ui *ui, struct effects *effects); /* Enter; NULL: the picture alone */
};

extern const struct view_ops views[VIEWS];

/* Draws the whole screen. The grid has the state's size. */
void ui_view(const struct ui *ui, struct grid *grid);

/* Parts of it. */
void view_list(const struct ui *ui, struct grid *grid, const struct layout *layout);
void view_pair(const struct ui *ui, struct grid *grid, const struct layout *layout);
void view_words(const struct ui *ui, struct pane pane);
void view_regions(const struct ui *ui, struct pane pane);
void view_word_table(const struct ui *ui, struct pane pane);
size_t view_word_table_top(const struct ui *ui,
                           int lines); /* the first word shown in `lines`, heading included */
int view_tab_at(const struct ui *ui,
                int col); /* the view whose name stands there in the title; -1 */
struct rect view_picture_rect(const struct ui *ui,
                              const struct layout *layout); /* no rows: there is none */
void view_fitness(const struct ui *ui, struct pane pane);
void view_prompt(const struct ui *ui, struct grid *grid, const struct layout *layout);
void view_picture_cells(struct pane pane, int row, int col, const struct picture *picture);

/* Whether `part` stands in `text`, whatever the case of its ASCII letters. */
bool text_has(const char *text, const char *part);

/* Lines of text over several rows, broken at blanks; returns the rows used. */
int view_wrap(struct pane pane, int row, int col, int width, int rows, struct style style,
              const char *text);

/* Where a chip of a word stands in a strip of `cols` columns. */
struct chip {
    int line, col, width;
};

/* Goes through the chips of `words` in order; start with a zeroed chip. */
void chip_next(const struct ask_words *words, size_t word, int cols, struct chip *chip);
int chip_lines(const struct ask_words *words, int cols);

/* The first line of chips shown where only `lines` fit: the selected word is among them. */
int view_words_top(const struct ui *ui, int cols, int lines);

#endif
