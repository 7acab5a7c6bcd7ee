/* dataset_captions.c: the captions and ids of a split, and which image each belongs to. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "io/dataset/dataset_private.h"
#include "io/text/captions.h"

enum {
    REDUNDANCY = 5,    /* rows per image if a features file has one per caption */
    PROBED_GROUPS = 4, /* of five rows, compared to find out */
    DEV_CAPTIONS = 5000,
};

/* ---- captions ---- */

static void note_empty(struct opening *o, const char *path, size_t before, size_t count)
{
    if (count == 1)
        notes_add(&o->d->notes, "%s: caption %zu, the last line, is empty", path, before);
    else if (count > 1)
        notes_add(&o->d->notes, "%s: captions %zu to %zu, the last lines, are empty", path, before,
                  before + count - 1);
}

static size_t count_broken(const struct str_list *lines, size_t *first_out)
{
    size_t count = 0;
    for (size_t i = lines->count; i-- > 0;)
        if (!utf8_valid(lines->items[i], strlen(lines->items[i]))) {
            count++;
            *first_out = i;
        }
    return count;
}

/* How many of the blank lines after `lines` others are captions all the same: as many as the map
 * says, else as the number of images needs. */
static size_t blank_needed(const struct dataset *d, size_t lines, size_t blank)
{
    if (!d->map.stated)
        return captions_blank_needed(lines, blank, d->features->shape[0]);
    size_t missing = d->map.captions > lines ? d->map.captions - lines : 0;
    return missing <= blank ? missing : 0;
}

static int take_captions(struct opening *o, const char *path, struct error *err)
{
    struct dataset *d = o->d;
    struct str_list lines;
    size_t blank, first = 0;
    if (captions_load(path, d->split[0] ? d->split : NULL, &lines, &blank, err) != 0)
        return -1;
    size_t needed = blank_needed(d, lines.count, blank);
    note_empty(o, path, lines.count, needed);
    for (size_t i = 0; i < needed; i++)
        str_list_add(&lines, mem_strdup(""));
    size_t broken = count_broken(&lines, &first);
    if (broken > 0)
        notes_add(&d->notes,
                  "%s: %zu captions are not UTF-8 (the first: %zu); what is not is dropped, as by "
                  "the reference",
                  path, broken, first);
    d->caption = lines.items;
    d->caption_lines = lines.count;
    return 0;
}

/* The ids of an empty caption, <start> and <end>, if all lines begin and end alike. */
static bool find_ends(const struct token_lines *lines, int32_t ends[2])
{
    for (size_t i = 0; i < lines->count; i++) {
        size_t n = lines->counts[i];
        if (n < 2 || lines->ids[i][0] != lines->ids[0][0] ||
            lines->ids[i][n - 1] != lines->ids[0][lines->counts[0] - 1])
            return false;
    }
    ends[0] = lines->ids[0][0];
    ends[1] = lines->ids[0][lines->counts[0] - 1];
    return ends[0] != ends[1];
}

/* Makes captions of blank lines at the end that the number needs. */
static void add_blank_tokens(struct opening *o, const char *path, struct token_lines *lines)
{
    const struct dataset *d = o->d;
    size_t missing = d->caption_lines - lines->count;
    size_t needed = !d->caption ? blank_needed(d, lines->count, lines->blank_at_end)
                    : lines->count < d->caption_lines && missing <= lines->blank_at_end ? missing
                                                                                        : 0;
    int32_t ends[2];
    if (needed == 0 || !find_ends(lines, ends))
        return;
    note_empty(o, path, lines->count, needed);
    size_t count = lines->count + needed;
    lines->ids = mem_grow(lines->ids, count, sizeof *lines->ids);
    lines->counts = mem_grow(lines->counts, count, sizeof *lines->counts);
    for (size_t i = lines->count; i < count; i++) {
        lines->ids[i] = mem_new(2, sizeof **lines->ids);
        memcpy(lines->ids[i], ends, sizeof ends);
        lines->counts[i] = 2;
    }
    lines->count = count;
}

static int take_tokens(struct opening *o, const char *path, struct error *err)
{
    struct dataset *d = o->d;
    struct token_lines lines;
    if (text_token_lines_load(path, &lines, err) != 0)
        return -1;
    add_blank_tokens(o, path, &lines);
    if (d->caption && lines.count != d->caption_lines) {
        error_at(err, path, -1, "has word ids for %zu captions, but there are %zu captions",
                 lines.count, d->caption_lines);
        text_token_lines_done(&lines);
        return -1;
    }
    d->tokens = lines.ids;
    d->token_count = lines.counts;
    d->caption_lines = lines.count;
    return 0;
}

static bool rows_equal(const struct npy *a, size_t i, size_t j, float *x, float *y)
{
    npy_rows_f32(a, i, 1, x);
    npy_rows_f32(a, j, 1, y);
    return memcmp(x, y, npy_row_size(a) * sizeof *x) == 0;
}

/* Whether the rows of each of the first groups of five are equal. */
static bool holds_five_times(const struct npy *a)
{
    size_t row = npy_row_size(a), groups = a->shape[0] / REDUNDANCY;
    float *x = mem_try(2 * row, sizeof *x);
    bool equal = x && a->shape[0] % REDUNDANCY == 0;
    for (size_t g = 0; equal && g < groups && g < PROBED_GROUPS; g++)
        for (size_t k = 1; equal && k < REDUNDANCY; k++)
            equal = rows_equal(a, g * REDUNDANCY, g * REDUNDANCY + k, x, x + row);
    free(x);
    return equal;
}

/* ---- which image each belongs to ---- */

/* The file of the captions' images, as rows of the features; only if there are captions. */
static int open_map(struct opening *o, bool captions, struct error *err)
{
    struct dataset *d = o->d;
    char *path = dataset_find_text(o, "_cap_img");
    int status = 0;
    if (path && captions)
        status = caption_map_load(path, d->features->shape[0], &d->map, err);
    else if (path)
        notes_add(&d->notes, "%s is not used: there are no captions", path);
    free(path);
    return status;
}

static int check_map(const struct opening *o, const char *captions, struct error *err)
{
    size_t lines = o->d->map.captions, count = o->d->caption_lines;
    if (lines == count)
        return 0;
    char *path = dataset_find_text(o, "_cap_img");
    if (lines > count)
        error_at(err, path, -1,
                 "line %zu: there is no such caption: %s has %zu; one line per caption is expected",
                 count + 1, captions, count);
    else
        error_at(err, path, -1,
                 "line %zu is the last, but %s has %zu captions; one line per caption is expected",
                 lines, captions, count);
    free(path);
    return -1;
}

/* The features hold each image five times: the map's rows become images. Rows that all lie within
 * the number of images are images already. */
static int fold_map(struct dataset *d, struct error *err)
{
    struct caption_map folded;
    size_t captions = d->map.captions, images = d->features->shape[0] / REDUNDANCY, most = 0;
    size_t *image = NULL;
    if (mem_alloc(&image, captions, sizeof *image, "the captions' images", err) != 0)
        return -1;
    for (size_t c = 0; c < captions; c++) {
        image[c] = caption_map_image(&d->map, c);
        most = image[c] > most ? image[c] : most;
    }
    for (size_t c = 0; most >= images && c < captions; c++)
        image[c] /= REDUNDANCY;
    notes_add(&d->notes, "%s holds each image %d times; the captions' rows are taken as %s",
              d->features->path, REDUNDANCY,
              most >= images ? "its rows" : "numbers of the images, as none is beyond these");
    int status = caption_map_make(image, captions, images, &folded, err);
    free(image);
    if (status != 0)
        return -1;
    folded.stated = true;
    caption_map_done(&d->map);
    d->map = folded;
    return 0;
}

/* Without a map each image has the same number of captions. */
static int guess_map(struct dataset *d, const char *path, struct error *err)
{
    size_t rows = d->features->shape[0], captions = d->caption_lines;
    if (captions % rows != 0)
        return error_at(
            err, path, -1,
            "has %zu captions, but %s has features of %zu images; five captions per image "
            "(%zu) are expected, or %s_cap_img.txt with the row of each caption's image",
            captions, d->features->path, rows, REDUNDANCY * rows, d->split[0] ? d->split : "SPLIT");
    d->map = caption_map_regular(rows, captions, captions / rows);
    return 0;
}

/* Determines how captions and rows correspond. */
static int match_captions(struct opening *o, const char *path, struct error *err)
{
    struct dataset *d = o->d;
    size_t rows = d->features->shape[0], captions = d->caption_lines;
    d->row_step = 1;
    d->images = d->map.images = rows;
    if (captions == 0)
        return 0;
    if ((d->map.stated ? check_map(o, path, err) : guess_map(d, path, err)) != 0)
        return -1;
    if (captions == rows && holds_five_times(d->features)) {
        d->row_step = REDUNDANCY;
        if (!d->map.stated)
            d->map = caption_map_regular(rows / REDUNDANCY, captions, REDUNDANCY);
        else if (fold_map(d, err) != 0)
            return -1;
    }
    d->images = d->map.images;
    d->captions = captions;
    return 0;
}

/* The reference validates on the first 5000 captions of dev. */
static int cut_dev(struct opening *o, struct error *err)
{
    struct dataset *d = o->d;
    struct caption_map part;
    size_t images = 0;
    if (o->spec->faults || strcmp(d->split, "dev") != 0 || d->captions <= DEV_CAPTIONS)
        return 0;
    if (!d->map.sorted) {
        notes_add(&d->notes,
                  "dev is not cut to %d captions: they are not in the order of the images",
                  DEV_CAPTIONS);
        return 0;
    }
    while (images < d->images && caption_map_start(&d->map, images + 1) <= DEV_CAPTIONS)
        images++;
    if (caption_map_start(&d->map, images) == 0)
        return 0;
    notes_add(&d->notes, "dev is cut to its first %zu images, as by the reference (of %zu)", images,
              d->images);
    if (caption_map_part(&d->map, 0, images, &part, err) != 0)
        return -1;
    caption_map_done(&d->map);
    d->map = part;
    d->images = images;
    d->captions = part.captions;
    return 0;
}

static void note_without(struct dataset *d)
{
    size_t fewest, most, without = d->images - caption_map_described(&d->map, &fewest, &most);
    if (d->captions > 0 && without > 0)
        notes_add(&d->notes,
                  "%zu of %zu images have no captions: they are not queries, but stay candidates "
                  "for captions",
                  without, d->images);
}

int dataset_open_captions(struct opening *o, struct error *err)
{
    const char *named = o->spec->captions, *tokens = o->spec->token_ids;
    char *found = named ? mem_strdup(named) : dataset_find_text(o, "_caps");
    int status = open_map(o, found || tokens, err);
    if (status == 0 && found)
        status = take_captions(o, found, err);
    if (status == 0 && tokens)
        status = take_tokens(o, tokens, err);
    if (status == 0)
        status = match_captions(o, found ? found : tokens, err);
    if (status == 0)
        status = cut_dev(o, err);
    if (status == 0)
        note_without(o->d);
    free(found);
    return status;
}

/* ---- ids ---- */

/* Whether captions of the same image have the same id throughout, given an id per caption. */
static bool ids_agree(const struct caption_map *map, const struct str_list *lines)
{
    for (size_t c = 0; c < map->captions; c++) {
        size_t first = caption_map_nth(map, caption_map_image(map, c), 0);
        if (strcmp(lines->items[c], lines->items[first]) != 0)
            return false;
    }
    return true;
}

/* Of an id per caption one per image, that of its first caption. */
static void gather_ids(struct dataset *d, struct str_list *lines)
{
    size_t unnamed = 0;
    d->id = mem_new(d->images, sizeof *d->id);
    d->id_lines = d->images;
    for (size_t i = 0; i < d->images; i++) {
        bool named = caption_map_count(&d->map, i) > 0;
        d->id[i] =
            named ? mem_strdup(lines->items[caption_map_nth(&d->map, i, 0)]) : mem_printf("%zu", i);
        unnamed += !named;
    }
    if (unnamed > 0)
        notes_add(&d->notes,
                  "there is an id per caption: %zu images without captions go by their rows",
                  unnamed);
}

/* Takes one id per image, or one per caption. Where the two numbers are equal, an id per caption
 * shows by repeating. */
static int spread_ids(struct dataset *d, struct str_list *lines, const char *path,
                      struct error *err)
{
    size_t all = d->features->shape[0] / d->row_step;
    bool a_caption = d->map.per_image != 1 && lines->count == d->caption_lines &&
                     (lines->count != all || ids_agree(&d->map, lines));
    if (!a_caption && lines->count != all && lines->count != d->images)
        return error_at(err, path, -1, "has %zu ids, but the features have %zu images",
                        lines->count, all);
    if (a_caption) {
        gather_ids(d, lines);
        return 0;
    }
    d->id = lines->items;
    d->id_lines = lines->count;
    *lines = (struct str_list){0};
    return 0;
}

void dataset_number_ids(struct dataset *d)
{
    d->ids_are_rows = true;
    d->id = mem_new(d->images, sizeof *d->id);
    d->id_lines = d->images;
    for (size_t i = 0; i < d->images; i++)
        d->id[i] = mem_printf("%zu", i);
}

/* Blank lines at the end that the number of images needs: such an image goes by its row. */
static void name_blank_ids(struct opening *o, const char *path, struct str_list *lines,
                           size_t blank)
{
    size_t images = o->d->features->shape[0] / o->d->row_step;
    if (lines->count >= images || images - lines->count > blank)
        return;
    notes_add(&o->d->notes, "%s: the last %zu of %zu ids are empty; such an image goes by its row",
              path, images - lines->count, images);
    while (lines->count < images)
        str_list_add(lines, mem_printf("%zu", lines->count));
}

int dataset_open_ids(struct opening *o, struct error *err)
{
    struct str_list lines;
    size_t blank;
    char *path = dataset_find_text(o, "_ids");
    if (!path) {
        dataset_number_ids(o->d);
        return 0;
    }
    int status = text_lines_load_end(path, &lines, &blank, err);
    if (status == 0)
        name_blank_ids(o, path, &lines, blank);
    if (status == 0)
        status = spread_ids(o->d, &lines, path, err);
    str_list_done(&lines);
    free(path);
    return status;
}
