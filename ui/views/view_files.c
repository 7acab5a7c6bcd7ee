/* The file browser. */
#include "ui/views/view_private.h"

#include <stdio.h>

#include "base/countof.h"
#include "ui/actions/browse.h"

static void put_size(uint64_t size, char out[32])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double number = (double)size;
    size_t unit = 0;
    for (; number >= 1000 && unit + 1 < COUNTOF(units); unit++)
        number /= 1000;
    snprintf(out, 32, unit && number < 10 ? "%.1f %s" : "%.0f %s", number, units[unit]);
}

static void files_text(const struct ui *ui, size_t item, struct str *out)
{
    size_t entry;
    if (start_file(ui, item, &entry) == START_FILE_ENTRY)
        str_addf(out, "%s%s", ui->start.files->items[entry].name,
                 ui->start.files->items[entry].folder ? "/" : "");
    else
        str_add(out, ui->start.files->folder);
}

static void draw_entry(const struct ui *ui, struct pane pane, const struct file_entry *entry,
                       struct style base)
{
    bool folders = start_fields[ui->start.field].kind == START_FOLDER;
    char size[32] = "";
    if (!entry->folder)
        put_size(entry->size, size);
    const char *right = entry->splits ? entry->splits : size;
    int width = grapheme_columns(right), room = pane.box.cols - width - 2;
    room = room < pane.box.cols / 2 ? pane.box.cols / 2 : room;
    struct style style = entry->splits               ? view_style(ui, base, ROLE_GOOD)
                         : folders && !entry->folder ? view_style(ui, base, ROLE_DIM)
                                                     : base;
    char name[1024];
    snprintf(name, sizeof name, "%s%s", entry->name, entry->folder ? "/" : "");
    int columns = grapheme_columns(name);
    pane_fit(pane, 0, 0, columns < room ? columns : room, style, name);
    pane_fit(pane, 0, pane.box.cols - 1 - width, width, view_style(ui, base, ROLE_DIM), right);
}

static void files_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    size_t entry;
    switch (start_file(ui, item, &entry)) {
    case START_FILE_PARENT:
        pane_put(pane, 0, 0, base, "../");
        break;
    case START_FILE_THIS:
        pane_put(pane, 0, 0, view_style(ui, base, ROLE_KEY), "this folder");
        break;
    default:
        draw_entry(ui, pane, &ui->start.files->items[entry], base);
    }
}

static void files_empty(const struct ui *ui, struct pane pane)
{
    view_wrap(pane, 0, 1, pane.box.cols - 2, 2, ui_style(ui, ROLE_DIM),
              ui_awaits(ui, REQUEST_FILES) ? "Listing …" : "There is nothing to choose from");
}

static void files_open(struct ui *ui, struct effects *effects)
{
    (void)effects;
    browse_open(ui);
}

const struct view_ops view_files = {.name = "files",
                                    .title = "Files",
                                    .mode = MODE_FILES,
                                    .bare = true,
                                    .total = start_files,
                                    .text = files_text,
                                    .draw = files_draw,
                                    .empty = files_empty,
                                    .open = files_open};
