#include "io/dataset/caption_map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/text/captions.h"

static const char what[] = "the captions' images";

struct caption_map caption_map_regular(size_t images, size_t captions, size_t per_image)
{
    return (struct caption_map){
        .images = images, .captions = captions, .per_image = per_image, .sorted = true};
}

void caption_map_done(struct caption_map *map)
{
    free(map->image);
    free(map->starts);
    free(map->listed);
    *map = (struct caption_map){0};
}

/* ---- making one ---- */

static int get_room(struct caption_map *map, struct error *err)
{
    if (mem_alloc(&map->image, map->captions, sizeof *map->image, what, err) == 0 &&
        mem_alloc(&map->starts, map->images + 1, sizeof *map->starts, what, err) == 0 &&
        mem_alloc(&map->listed, map->captions, sizeof *map->listed, what, err) == 0)
        return 0;
    caption_map_done(map);
    return -1;
}

/* Lists the captions by image, given the image of each. */
static void list(struct caption_map *map)
{
    map->sorted = true;
    for (size_t c = 0; c < map->captions; c++) {
        map->starts[map->image[c] + 1]++;
        map->sorted = map->sorted && (c == 0 || map->image[c - 1] <= map->image[c]);
    }
    for (size_t i = 0; i < map->images; i++)
        map->starts[i + 1] += map->starts[i];
    for (size_t c = 0; c < map->captions; c++)
        map->listed[map->starts[map->image[c]]++] = c;
    for (size_t i = map->images; i > 0; i--)
        map->starts[i] = map->starts[i - 1];
    map->starts[0] = 0;
}

static bool is_regular(const struct caption_map *map)
{
    size_t per_image = map->images ? map->captions / map->images : 0;
    if (per_image == 0 || map->captions % map->images != 0 || !map->sorted)
        return false;
    for (size_t i = 0; i < map->images; i++)
        if (map->starts[i] != i * per_image)
            return false;
    return true;
}

/* Lists them, or lets the arrays go if nothing needs them. */
static void finish(struct caption_map *map)
{
    list(map);
    if (!is_regular(map))
        return;
    struct caption_map regular =
        caption_map_regular(map->images, map->captions, map->captions / map->images);
    regular.stated = map->stated;
    caption_map_done(map);
    *map = regular;
}

int caption_map_make(const size_t *image, size_t captions, size_t images, struct caption_map *out,
                     struct error *err)
{
    *out = (struct caption_map){0};
    for (size_t c = 0; c < captions; c++)
        if (image[c] >= images)
            return error_set(err, "caption %zu is of image %zu, but there are %zu images", c,
                             image[c], images);
    *out = (struct caption_map){.images = images, .captions = captions};
    if (get_room(out, err) != 0)
        return -1;
    if (captions > 0)
        memcpy(out->image, image, captions * sizeof *image);
    finish(out);
    return 0;
}

int caption_map_copy(const struct caption_map *from, struct caption_map *out, struct error *err)
{
    *out = *from;
    out->image = out->starts = out->listed = NULL;
    if (!from->image)
        return 0;
    if (get_room(out, err) != 0)
        return -1;
    memcpy(out->image, from->image, from->captions * sizeof *out->image);
    memcpy(out->starts, from->starts, (from->images + 1) * sizeof *out->starts);
    memcpy(out->listed, from->listed, from->captions * sizeof *out->listed);
    return 0;
}

int caption_map_part(const struct caption_map *from, size_t first, size_t n,
                     struct caption_map *out, struct error *err)
{
    size_t start = caption_map_start(from, first), end = caption_map_start(from, first + n);
    *out = caption_map_regular(n, end - start, from->per_image);
    out->stated = from->stated;
    if (!from->image)
        return 0;
    if (get_room(out, err) != 0)
        return -1;
    for (size_t c = start; c < end; c++)
        out->image[c - start] = from->image[c] - first;
    finish(out);
    return 0;
}

/* ---- the file ---- */

/* A row: digits and nothing else; false if it is none, or beyond the images. */
static bool parse_row(const char *text, size_t images, size_t *out)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits] != '\0')
        return false;
    size_t leading = strspn(text, "0");
    *out = digits - leading > 18 ? SIZE_MAX : strtoull(text, NULL, 10);
    return *out < images;
}

static int bad_line(const char *path, const char *line, size_t number, size_t images,
                    struct error *err)
{
    if (line[0] == '\0')
        return error_at(err, path, -1,
                        "line %zu is empty; each line has the row of a caption's image, from 0",
                        number);
    if (line[strspn(line, "0123456789")] != '\0')
        return error_at(err, path, -1,
                        "line %zu, '%.40s', is not a number; each line has the row of a caption's "
                        "image, from 0",
                        number, line);
    return error_at(err, path, -1,
                    "line %zu: there is no image %.40s: the features have %zu, numbered from 0",
                    number, line, images);
}

static int parse(const char *path, const struct str_list *lines, struct caption_map *map,
                 struct error *err)
{
    for (size_t c = 0; c < lines->count; c++)
        if (!parse_row(lines->items[c], map->images, &map->image[c]))
            return bad_line(path, lines->items[c], c + 1, map->images, err);
    finish(map);
    return 0;
}

int caption_map_load(const char *path, size_t images, struct caption_map *out, struct error *err)
{
    struct str_list lines;
    *out = (struct caption_map){0};
    if (text_lines_load(path, &lines, err) != 0)
        return -1;
    *out = (struct caption_map){.images = images, .captions = lines.count, .stated = true};
    int status = get_room(out, err);
    if (status == 0)
        status = parse(path, &lines, out, err);
    str_list_done(&lines);
    if (status != 0)
        caption_map_done(out);
    return status;
}

/* ---- what it says ---- */

size_t caption_map_place(const struct caption_map *map, size_t caption)
{
    if (!map->listed)
        return caption % map->per_image;
    size_t image = map->image[caption], low = map->starts[image], high = map->starts[image + 1];
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        *(map->listed[middle] <= caption ? &low : &high) = middle;
    }
    return low - map->starts[image];
}

size_t caption_map_described(const struct caption_map *map, size_t *fewest_out, size_t *most_out)
{
    size_t described = 0;
    *fewest_out = *most_out = 0;
    for (size_t i = 0; i < map->images; i++) {
        size_t count = caption_map_count(map, i);
        described += count > 0;
        *most_out = count > *most_out ? count : *most_out;
        if (count > 0 && (*fewest_out == 0 || count < *fewest_out))
            *fewest_out = count;
    }
    return described;
}

char *caption_map_text(const struct caption_map *map)
{
    size_t fewest, most, described = caption_map_described(map, &fewest, &most);
    size_t without = map->images - described;
    struct str text = {0};
    if (fewest == most)
        str_addf(&text, "%zu an image", most);
    else
        str_addf(&text, "%zu to %zu an image, %.1f on average", fewest, most,
                 (double)map->captions / (double)described);
    if (without > 0)
        str_addf(&text, "; %zu image%s without", without, without == 1 ? "" : "s");
    return str_take(&text);
}
