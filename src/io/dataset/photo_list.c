#include "io/dataset/photo_list.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/dataset/idmap.h"

bool photo_list_is_photograph(const char *name)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".tif", ".tiff"};
    size_t length = strlen(name);
    for (size_t i = 0; i < COUNTOF(endings); i++) {
        size_t n = strlen(endings[i]);
        if (length > n && name[0] != '.' && strcasecmp(name + length - n, endings[i]) == 0)
            return true;
    }
    return false;
}

static int add_folder(struct str_list *paths, const char *folder, struct error *err)
{
    size_t before = paths->count;
    if (file_list_below(folder, photo_list_is_photograph, paths, err) != 0)
        return -1;
    return paths->count > before ? 0
                                 : error_at(err, folder, -1,
                                            "has no photographs (.jpg, .jpeg, .png, .tif, .tiff), "
                                            "nor have the folders in it");
}

static int add_input(struct str_list *paths, const char *input, struct error *err)
{
    if (file_is_folder(input))
        return add_folder(paths, input, err);
    if (!file_exists(input))
        return error_at(err, input, -1, "no such photograph or folder");
    str_list_add(paths, mem_strdup(input));
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const char *p = *(char *const *)a, *q = *(char *const *)b;
    int names = strcmp(file_name(p), file_name(q));
    return names ? names : strcmp(p, q);
}

/* Why a file name cannot be an id; NULL if it can. */
static const char *trouble(const char *path, const char *id)
{
    if (strlen(id) >= ID_SIZE)
        return "its name is too long for an id";
    for (const char *p = path; *p; p++)
        if (iscntrl((unsigned char)*p))
            return "its path has a control character; rename it";
    if (!utf8_valid(path, strlen(path)))
        return "its path is not UTF-8; rename it";
    if (isspace((unsigned char)id[0]) || isspace((unsigned char)id[strlen(id) - 1]))
        return "its name begins or ends with a blank; rename it";
    return NULL;
}

static void refuse(struct photo_list *list, const char *id, char *reason)
{
    str_list_add(&list->refused, mem_strdup(id));
    str_list_add(&list->reasons, reason);
}

/* Keeps what can be told apart by its name. The same file named twice is one. */
static void keep(struct photo_list *list, const struct str_list *paths)
{
    struct idmap seen = {0};
    for (size_t i = 0; i < paths->count; i++) {
        const char *path = paths->items[i], *id = file_name(path), *why = trouble(path, id);
        size_t first;
        if (i > 0 && strcmp(paths->items[i - 1], path) == 0)
            continue;
        if (why)
            refuse(list, id, mem_strdup(why));
        else if (!idmap_find(&seen, id, &first)) {
            idmap_add(&seen, id, list->ids.count);
            str_list_add(&list->paths, mem_strdup(path));
            str_list_add(&list->ids, mem_strdup(id));
        } else if (strcmp(list->paths.items[first], path) != 0)
            refuse(
                list, id,
                mem_printf("%s: its id is that of %s; rename one", path, list->paths.items[first]));
    }
    idmap_done(&seen);
}

int photo_list_open(const char *const *inputs, size_t count, struct photo_list *out,
                    struct error *err)
{
    struct str_list paths = {0};
    int status = 0;
    *out = (struct photo_list){0};
    for (size_t i = 0; status == 0 && i < count; i++)
        status = add_input(&paths, inputs[i], err);
    if (status == 0) {
        qsort(paths.items, paths.count, sizeof *paths.items, by_name);
        keep(out, &paths);
    }
    str_list_done(&paths);
    return status;
}

void photo_list_done(struct photo_list *list)
{
    str_list_done(&list->paths);
    str_list_done(&list->ids);
    str_list_done(&list->refused);
    str_list_done(&list->reasons);
}
