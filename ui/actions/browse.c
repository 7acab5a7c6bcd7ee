#include "ui/actions/browse.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "ui/actions/start.h"
#include "ui/work/files.h"

void browse_folder(struct ui *ui, const char *folder)
{
    mem_replace(&ui->start.folder, *folder ? folder : "/");
}

/* Goes to the folder that a path is in. */
static void browse_folder_of(struct ui *ui, const char *path)
{
    char *folder = file_folder(path);
    browse_folder(ui, folder);
    free(folder);
}

void browse_parent(struct ui *ui)
{
    if (ui->start.folder)
        browse_folder_of(ui, ui->start.folder);
}

void browse_field(struct ui *ui, enum start_field field)
{
    const char *value = start_value(ui, field);
    ui->start.field = (int)field;
    if (*value)
        browse_folder_of(ui, value);
    mem_replace(&ui->start.listed, NULL); /* it may have changed since */
    ui_go_to(ui, VIEW_FILES);
}

/* Keeps only the entries that begin like the last part of what is typed, if there are any. */
static void keep_typed(struct ui *ui, const char *text)
{
    const struct files *files = ui->start.files;
    const char *rest = file_name(text);
    size_t n = strlen(rest), count = 0, total = start_files(ui), entry;
    size_t *kept = mem_new(total, sizeof *kept);
    for (size_t item = 0; item < total; item++)
        if (start_file(ui, item, &entry) == START_FILE_ENTRY &&
            !strncmp(files->items[entry].name, rest, n))
            kept[count++] = item;
    list_total(&ui->lists[VIEW_FILES], total);
    if (n && count) {
        list_keep(&ui->lists[VIEW_FILES], kept, count);
    } else {
        list_keep_all(&ui->lists[VIEW_FILES]);
        free(kept);
    }
}

void browse_typed(struct ui *ui, const char *text)
{
    char *path = start_whole_path(ui, text),
         *folder = mem_strndup(path, (size_t)(file_name(path) - path));
    size_t n = strlen(folder);
    if (n > 1)
        folder[n - 1] = 0;
    if (ui->view == VIEW_FILES && text[0] != '\0') {
        browse_folder(ui, folder);
        keep_typed(ui, path);
    }
    free(folder);
    free(path);
}

void browse_take(struct ui *ui, const char *text)
{
    if (*text)
        start_set_path(ui, (enum start_field)ui->start.field, text);
    if (*text && ui->start.field == START_DATA)
        start_set(ui, START_SPLIT, NULL); /* the new folder has its own */
    list_keep_all(&ui->lists[VIEW_FILES]);
    ui->view = VIEW_START;
}

void browse_listed(struct ui *ui, struct files *files)
{
    struct list *list = &ui->lists[VIEW_FILES];
    char *from = mem_strdup(ui->start.files ? ui->start.files->folder : "");
    files_free(ui->start.files);
    ui->start.files = files;
    mem_replace(&ui->start.folder, files->folder);
    mem_replace(&ui->start.listed, files->folder);
    if (files->error)
        ui_say(ui, ROLE_ERROR, "%s", files->error);
    mem_replace(&ui->filters[VIEW_FILES], NULL);
    list_keep_all(list);
    size_t total = start_files(ui), entry;
    list_total(list, total);
    list_select(list, 0);
    for (size_t item = 0; item < total; item++)
        if (start_file(ui, item, &entry) == START_FILE_ENTRY &&
            !strcmp(files->items[entry].name, file_name(from)))
            list_select(list, item);
    if (ui->prompt && ui->line.kind == PROMPT_PATH && ui->line.text)
        keep_typed(ui, ui->line.text);
    free(from);
}

char *browse_selected(const struct ui *ui)
{
    size_t item, entry;
    const struct files *files = ui->start.files;
    if (ui->view != VIEW_FILES || !ui_selected(ui, VIEW_FILES, &item) ||
        start_file(ui, item, &entry) != START_FILE_ENTRY || !files->items[entry].folder)
        return NULL;
    return file_join(files->folder, files->items[entry].name);
}

static void open_entry(struct ui *ui, const struct file_entry *entry)
{
    enum start_field field = (enum start_field)ui->start.field;
    bool chosen = entry->folder ? field == START_DATA && entry->splits
                                : start_fields[field].kind == START_FILE;
    char *path = file_join(ui->start.files->folder, entry->name);
    if (chosen)
        browse_take(ui, path);
    else if (entry->folder)
        browse_folder(ui, path);
    else
        ui_say(ui, ROLE_ERROR,
               "This has to be a folder: \"this folder\" chooses the one that is listed");
    free(path);
}

void browse_open(struct ui *ui)
{
    const struct files *files = ui->start.files;
    size_t item, entry;
    if (!files || !ui_selected(ui, VIEW_FILES, &item))
        return;
    switch (start_file(ui, item, &entry)) {
    case START_FILE_PARENT:
        browse_parent(ui);
        return;
    case START_FILE_THIS:
        browse_take(ui, files->folder);
        return;
    case START_FILE_ENTRY:
        open_entry(ui, &files->items[entry]);
    }
}
