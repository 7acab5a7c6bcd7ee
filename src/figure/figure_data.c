#include "figure/figure_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static void *keep(struct figure_data *data, void *block)
{
    MEM_ROOM(data->blocks, data->block_count, data->block_cap);
    data->blocks[data->block_count++] = block;
    return block;
}

void *figure_data_take(struct figure_data *data, size_t count, size_t size)
{
    return keep(data, mem_new(count, size));
}

void *figure_data_copy(struct figure_data *data, const void *array, size_t count, size_t size)
{
    void *copy = figure_data_take(data, count, size);
    if (count)
        memcpy(copy, array, count * size);
    return copy;
}

char *figure_data_text(struct figure_data *data, const char *text)
{
    return text ? keep(data, utf8_clean(text, strlen(text))) : NULL;
}

struct figure_set *figure_data_sets(struct figure_data *data, size_t count)
{
    struct figure_set *sets = figure_data_take(data, count, sizeof *sets);
    data->figure.sets = sets;
    data->figure.set_count = count;
    return sets;
}

void figure_data_photo(struct figure_data *data, struct figure_image *image, int max_side)
{
    struct error err;
    struct image *photo = mem_new(1, sizeof *photo);
    const struct image_spec spec = {.max_side = max_side,
                                    .width = image->box_width,
                                    .height = image->box_height,
                                    .boxed = image->boxes != NULL,
                                    .notes = figure_data_notes(data)};
    if (!image->path || image_open(image->path, &spec, photo, &err) != 0) {
        free(photo);
        if (image->path)
            image->missing = figure_data_text(data, err.text);
        return;
    }
    MEM_ROOM(data->photos, data->photo_count, data->photo_cap);
    data->photos[data->photo_count++] = photo;
    image->pixels = photo;
}

struct notes *figure_data_notes(struct figure_data *data)
{
    data->figure.info.notes = &data->notes;
    return &data->notes;
}

void figure_data_done(struct figure_data *data)
{
    for (size_t i = 0; i < data->block_count; i++)
        free(data->blocks[i]);
    for (size_t i = 0; i < data->photo_count; i++) {
        image_done(data->photos[i]);
        free(data->photos[i]);
    }
    free(data->blocks);
    free(data->photos);
    notes_done(&data->notes);
    *data = (struct figure_data){0};
}
