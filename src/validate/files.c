#include "validate/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/file.h"
#include "base/magic.h"
#include "base/mem.h"
#include "io/dataset/dataset.h"

enum { HEAD = 4096 };

static bool is_of_split(const char *name)
{
    size_t length;
    return dataset_file_kind(name, &length) != NULL;
}

int files_splits(const char *folder, struct str_list *out, struct error *err)
{
    struct str_list names;
    *out = (struct str_list){0};
    if (file_list(folder, is_of_split, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        size_t length = 0;
        dataset_file_kind(names.items[i], &length);
        names.items[i][length] = '\0';
    }
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, ascending_text);
    for (size_t i = 0; i < names.count; i++)
        if (i == 0 || strcmp(names.items[i], names.items[i - 1]) != 0)
            str_list_add(out, mem_strdup(names.items[i]));
    str_list_done(&names);
    return 0;
}

/* ---- one file ---- */

static bool is_unfinished(const char *name)
{
    const char *temp = strstr(name, ".tmp-");
    return str_ends_with(name, ".part") || (temp && strlen(temp) == strlen(".tmp-XXXXXX"));
}

static void look_for_stand_in(const char *folder, const char *split, const char *name,
                              struct validate_report *r)
{
    char head[HEAD], *path = file_join(folder, name);
    if (!file_exists(path))
        findings_add(r, FILE_UNREADABLE, split, name, NULL, "is a link to a file that is missing");
    FILE *file = file_is_folder(path) ? NULL : fopen(path, "rb");
    size_t n = file ? fread(head, 1, sizeof head, file) : 0;
    struct error err;
    if (n > 0 && magic_refuse_stand_in(path, head, n, &err) != 0)
        findings_add(r, FILE_STAND_IN, split, name, NULL, "%s", error_without(err.text, path));
    if (file)
        fclose(file);
    free(path);
}

/* The split whose name and an underscore the file's begins with, the longest of them; NULL: none.
 */
static const char *split_of(const char *name, const struct str_list *splits)
{
    size_t known, longest = 0;
    const char *found = NULL;
    const char *kind = dataset_file_kind(name, &known);
    for (size_t i = 0; i < splits->count; i++) {
        size_t n = strlen(splits->items[i]);
        bool is = strncmp(name, splits->items[i], n) == 0 && name[n] == '_';
        if (is && n >= longest && (!kind || n == known)) {
            found = splits->items[i];
            longest = n;
        }
    }
    return found;
}

struct left_over {
    struct findings_tally unfinished, unknown;
};

static void look_at_file(const char *folder, const char *split, const char *name,
                         struct left_over *left, struct validate_report *r)
{
    size_t length;
    bool known = dataset_file_kind(name, &length) != NULL;
    if (is_unfinished(name))
        findings_place(&left->unfinished, "%s", name);
    else if (known || str_ends_with(name, "_vocab.json") || strcmp(name, "vocab.json") == 0)
        look_for_stand_in(folder, split, name, r);
    else if (split && !str_ends_with(name, ".orig"))
        findings_place(&left->unknown, "%s", name);
}

/* Files of one kind: the first that dataset_open looks for is the one that is read. */
static void look_for_shadowed(const char *folder, const char *split, const struct str_list *names,
                              struct validate_report *r)
{
    for (int part = 0; part < DATASET_PARTS; part++) {
        size_t length, other;
        char *path = dataset_part_path(folder, split, (enum dataset_part)part);
        const char *read = path ? file_name(path) : NULL;
        const char *kind = read ? dataset_file_kind(read, &length) : NULL;
        for (size_t i = 0; kind && i < names->count; i++) {
            const char *its = dataset_file_kind(names->items[i], &other);
            if (its && strcmp(its, kind) == 0 && other == length &&
                strncmp(names->items[i], read, length) == 0 && strcmp(names->items[i], read) != 0)
                findings_add(r, FILE_SHADOWED, split, names->items[i], NULL,
                             "is not read: %s has the %s", read, kind);
        }
        free(path);
    }
}

void files_check(const char *folder, const struct str_list *splits, const char *split,
                 struct validate_report *report)
{
    struct str_list names;
    struct left_over left = {0};
    if (file_list(folder, NULL, &names, NULL) != 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        const char *of = split_of(names.items[i], splits);
        if (of == split || (of && split && strcmp(of, split) == 0))
            look_at_file(folder, split, names.items[i], &left, report);
    }
    findings_add(report, FILE_UNFINISHED, split, NULL, &left.unfinished, "%zu files are left over",
                 left.unfinished.count);
    findings_add(report, FILE_UNKNOWN, split, NULL, &left.unknown,
                 "%zu files are named as of the split, but not read", left.unknown.count);
    if (split)
        look_for_shadowed(folder, split, &names, report);
    str_list_done(&names);
}
