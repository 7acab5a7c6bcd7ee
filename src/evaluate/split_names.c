/* split_names.c: names from a session or from text files, and the way back. */
#include "evaluate/split_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/text/captions.h"

/* IMAGE#0, IMAGE#1, ...; the caller's to free. */
static char *plain_id(const struct split_names *n, size_t caption)
{
    return mem_printf("%s#%zu", n->image[caption_map_image(&n->map, caption)],
                      caption_map_place(&n->map, caption));
}

static int take_caption_ids(struct split_names *n, const char *path, struct error *err)
{
    struct str_list lines = {0};
    if (path && text_lines_load(path, &lines, err) != 0)
        return -1;
    int status = !path || lines.count >= n->C
                     ? 0
                     : error_at(err, path, -1, "has %zu ids, the split %zu captions: one per line",
                                lines.count, n->C);
    n->caption = mem_new(n->C, sizeof *n->caption);
    for (size_t c = 0; status == 0 && c < n->C; c++)
        n->caption[c] = path ? mem_strdup(lines.items[c]) : plain_id(n, c);
    str_list_done(&lines);
    return status;
}

int split_names_of_session(const struct session *session, const char *caption_ids,
                           struct split_names *out, struct error *err)
{
    const size_t *starts = session->starts;
    *out = (struct split_names){.I = session->I, .C = session->C};
    if (caption_map_copy(&session->data->map, &out->map, err) != 0)
        return -1;
    out->image = mem_new(out->I, sizeof *out->image);
    out->words = mem_new(out->C, sizeof *out->words);
    for (size_t i = 0; i < out->I; i++)
        out->image[i] = mem_strdup(session->data->id[i]);
    for (size_t c = 0; c < out->C; c++)
        out->words[c] = starts[c + 1] - starts[c] > 2 ? starts[c + 1] - starts[c] - 2 : 0;
    if (take_caption_ids(out, caption_ids, err) == 0)
        return 0;
    split_names_done(out);
    return -1;
}

/* ---- the folder's text files ---- */

/* FOLDER/SPLIT_NAME if it exists, else NULL; the caller's to free. */
static char *split_file(const struct split_files *files, const char *name)
{
    if (!files->folder || !files->split)
        return NULL;
    char *file = mem_printf("%s_%s", files->split, name);
    char *path = file_join(files->folder, file);
    free(file);
    if (file_exists(path))
        return path;
    free(path);
    return NULL;
}

/* The ids of the split's file, which has a line per image or one per caption; else rows. */
static int take_image_ids(struct split_names *n, const struct split_files *files, struct error *err)
{
    struct str_list lines = {0};
    char *path = split_file(files, "ids.txt");
    int status = path ? text_lines_load(path, &lines, err) : 0;
    bool each = lines.count == n->I;
    if (status == 0 && path && !each && lines.count != n->C)
        status = error_at(err, path, -1, "has %zu ids, the matrix %zu images", lines.count, n->I);
    n->image = mem_new(n->I, sizeof *n->image);
    for (size_t i = 0; status == 0 && i < n->I; i++)
        n->image[i] = path && (each || caption_map_count(&n->map, i) > 0)
                          ? mem_strdup(lines.items[each ? i : caption_map_nth(&n->map, i, 0)])
                          : mem_printf("%zu", i);
    str_list_done(&lines);
    free(path);
    return status;
}

static size_t count_words(const char *caption, enum token_compat compat)
{
    struct str_list words;
    tokenize_words(caption, compat, &words);
    size_t n = words.count;
    str_list_done(&words);
    return n;
}

static int take_lengths(struct split_names *n, const struct split_files *files, struct error *err)
{
    struct str_list lines;
    char *path = files->captions ? mem_strdup(files->captions) : split_file(files, "caps.txt");
    if (!path)
        return 0;
    int status = text_lines_load(path, &lines, err);
    if (status == 0 && lines.count < n->C)
        status = error_at(err, path, -1, "has %zu captions, the matrix %zu", lines.count, n->C);
    if (status == 0)
        n->words = mem_new(n->C, sizeof *n->words);
    for (size_t c = 0; status == 0 && c < n->C; c++)
        n->words[c] = count_words(lines.items[c], files->compat);
    str_list_done(&lines);
    free(path);
    return status;
}

/* ---- the images of a matrix's captions ---- */

/* Of the split's features and captions, with all that opening it does: copies folded, dev cut.
 * False if the split has no features. */
static int map_of_dataset(const struct split_files *files, bool *found_out, struct caption_map *out,
                          struct notes *notes, struct error *err)
{
    struct dataset *data;
    const struct dataset_spec spec = {.folder = files->folder,
                                      .split = files->split,
                                      .features = files->features,
                                      .captions = files->captions};
    char *path = files->features ? mem_strdup(files->features)
                 : files->folder && files->split
                     ? dataset_part_path(files->folder, files->split, DATASET_FEATURES)
                     : NULL;
    *found_out = path && file_exists(path);
    free(path);
    if (!*found_out)
        return 0;
    if (dataset_open(&spec, &data, err) != 0)
        return -1;
    *found_out = data->captions > 0;
    int status = *found_out ? caption_map_copy(&data->map, out, err) : 0;
    notes_add_all(notes, &data->notes);
    dataset_free(data);
    return status;
}

static int count_lines(const char *path, size_t *out, struct error *err)
{
    struct str_list lines = {0};
    int status = text_lines_load(path, &lines, err);
    *out = lines.count;
    str_list_done(&lines);
    return status;
}

/* Of SPLIT_cap_img.txt: the axis that has as many entries as it has lines is that of captions. */
static int map_of_lines(const char *path, const size_t shape[2], struct caption_map *out,
                        struct error *err)
{
    size_t lines;
    if (count_lines(path, &lines, err) != 0)
        return -1;
    bool turned = lines == shape[0] && lines != shape[1];
    return caption_map_load(path, shape[turned], out, err);
}

static int captions_of_files(const struct split_files *files, const size_t shape[2],
                             size_t *captions_out, struct error *err)
{
    enum { DEV = 5000 }; /* the reference validates on so many, as dataset_open does */
    char *path = files->captions ? mem_strdup(files->captions) : split_file(files, "caps.txt");
    int status = path ? count_lines(path, captions_out, err) : 0;
    bool cut = files->split && strcmp(files->split, "dev") == 0 && *captions_out > DEV &&
               (shape[0] == DEV || shape[1] == DEV);
    if (cut)
        *captions_out = DEV;
    free(path);
    return status;
}

int split_map_of_files(const struct split_files *files, const size_t shape[2],
                       struct caption_map *out, size_t *captions_out, struct notes *notes,
                       struct error *err)
{
    bool found;
    *out = (struct caption_map){0};
    *captions_out = 0;
    if (map_of_dataset(files, &found, out, notes, err) != 0)
        return -1;
    char *path = found ? NULL : split_file(files, "cap_img.txt");
    int status = path ? map_of_lines(path, shape, out, err) : 0;
    if (status == 0 && !found && !path)
        status = captions_of_files(files, shape, captions_out, err);
    if (status == 0 && !found && !path && *captions_out == 0 && files->folder)
        notes_add(notes,
                  "%s has neither features nor captions of the split '%s': the images and captions "
                  "are those of the matrix's shape",
                  files->folder, files->split);
    free(path);
    return status;
}

int split_names_of_files(const struct split_files *files, const struct caption_map *map,
                         struct split_names *out, struct error *err)
{
    *out = (struct split_names){.I = map->images, .C = map->captions};
    if (caption_map_copy(map, &out->map, err) != 0)
        return -1;
    if (take_image_ids(out, files, err) == 0 && take_lengths(out, files, err) == 0 &&
        take_caption_ids(out, files->caption_ids, err) == 0)
        return 0;
    split_names_done(out);
    return -1;
}

static void free_all(char **names, size_t count)
{
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
}

void split_names_done(struct split_names *names)
{
    free_all(names->image, names->I);
    free_all(names->caption, names->C);
    caption_map_done(&names->map);
    free(names->words);
    *names = (struct split_names){0};
}

/* ---- names to rows ---- */

/* "COCO_val2014_000000132417.jpg#2" is "132417#2": the image's part as idmap_key has it. */
static void caption_key(const char *id, char key_out[ID_SIZE])
{
    const char *hash = strrchr(id, '#');
    char image[ID_SIZE], key[ID_SIZE];
    size_t length = hash ? (size_t)(hash - id) : 0;
    if (!hash || length >= ID_SIZE) {
        snprintf(key_out, ID_SIZE, "%s", id);
        return;
    }
    memcpy(image, id, length);
    image[length] = '\0';
    idmap_key(image, key);
    if ((size_t)snprintf(key_out, ID_SIZE, "%s%s", key, hash) >= ID_SIZE)
        snprintf(key_out, ID_SIZE, "%s", id);
}

bool split_index_image(const struct split_index *index, const char *id, size_t *out)
{
    return idmap_find(&index->images, id, out);
}

bool split_index_caption(const struct split_index *index, const char *id, size_t *out)
{
    char key[ID_SIZE];
    caption_key(id, key);
    return idmap_find(&index->captions, key, out);
}

static int add_caption(struct split_index *index, const char *id, size_t caption, struct error *err)
{
    char key[ID_SIZE];
    size_t present;
    caption_key(id, key);
    if (idmap_add(&index->captions, key, caption) ||
        (idmap_find(&index->captions, key, &present) && present == caption))
        return 0;
    return error_set(err, "the caption id '%s' stands for two captions; ids must be distinct", id);
}

static int add_names(const struct split_names *n, struct split_index *out, struct error *err)
{
    for (size_t i = 0; i < n->I; i++)
        if (!idmap_add(&out->images, n->image[i], i))
            return error_set(err, "the image id '%s' stands for two images; ids must be distinct",
                             n->image[i]);
    for (size_t c = 0; c < n->C; c++) {
        char *id = plain_id(n, c);
        int status = add_caption(out, id, c, err);
        free(id);
        if (status != 0 || add_caption(out, n->caption[c], c, err) != 0)
            return -1;
    }
    return 0;
}

int split_index_make(const struct split_names *names, struct split_index *out, struct error *err)
{
    *out = (struct split_index){0};
    if (add_names(names, out, err) == 0)
        return 0;
    split_index_done(out);
    return -1;
}

void split_index_done(struct split_index *index)
{
    idmap_done(&index->images);
    idmap_done(&index->captions);
    *index = (struct split_index){0};
}
