#include "retrieve/index/images.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Multiply-adds per block of images: tens of milliseconds. */
static const double block_work = 4e9;

void images_source_init(const struct model *model, const char *model_path,
                        const struct dataset *data, struct images_source *out)
{
    const struct model_options *options = model_options(model);
    *out = (struct images_source){.model = model,
                                  .data = data,
                                  .model_path = model_path,
                                  .I = data->images,
                                  .R = data->regions,
                                  .F = data->feature_size,
                                  .D = (size_t)options->embed_size,
                                  .gram = options->attn.cross_attn == CROSS_T2I};
    double images = block_work / ((double)out->R * (double)out->F * (double)out->D);
    out->block = images < 1 ? 1 : images > IMAGES_BLOCK ? IMAGES_BLOCK : (size_t)images;
}

double images_encode_work(const struct images_source *source)
{
    return (double)source->I * (double)source->R * (double)source->F * (double)source->D;
}

int images_alloc(const struct images_source *source, size_t n, struct embedded_images *out,
                 struct error *err)
{
    if (embedded_images_alloc(n, source->R, source->D, source->gram, source->halves, out, err) != 0)
        return -1;
    out->count = source->data->region_count;
    return 0;
}

int images_room_alloc(const struct images_source *source, bool encode, struct images_room *out,
                      struct error *err)
{
    size_t rows = source->block * source->R;
    *out = (struct images_room){0};
    if (mem_alloc(&out->features, rows, source->F * sizeof(float), "features", err) != 0)
        return -1;
    return encode && source->halves
               ? mem_alloc(&out->regions, rows, source->D * sizeof(float), "embeddings", err)
               : 0;
}

void images_room_free(struct images_room *room)
{
    free(room->features);
    free(room->regions);
    *room = (struct images_room){0};
}

/* Moves the real rows of n images, `size` floats each, to the front; returns how many there are. */
static size_t close_up(const struct embedded_images *images, size_t n, size_t size, float *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        size_t real = embedded_images_regions(images, i);
        memmove(rows + count * size, rows + i * images->R * size, real * size * sizeof *rows);
        count += real;
    }
    return count;
}

/* Moves such rows to their places, with zeros behind them. */
static void spread_out(const struct embedded_images *images, size_t n, size_t size, size_t count,
                       float *rows)
{
    for (size_t i = n; i-- > 0;) {
        size_t real = embedded_images_regions(images, i), room = images->R;
        float *to = rows + i * room * size;
        count -= real;
        memmove(to, rows + count * size, real * size * sizeof *rows);
        memset(to + real * size, 0, (room - real) * size * sizeof *rows);
    }
}

void images_encode(const struct images_source *source, const struct images_room *room, size_t n,
                   const struct embedded_images *out)
{
    size_t R = source->R, D = source->D;
    float *regions = source->halves ? room->regions : out->regions;
    assert(n <= source->block && n <= out->I);
    size_t rows = out->count ? close_up(out, n, source->F, room->features) : n * R;
    model_encode_regions(source->model, room->features, rows, regions);
    if (out->count)
        spread_out(out, n, D, rows, regions);
#pragma omp parallel for schedule(dynamic, 4)
    for (size_t i = 0; i < n; i++)
        embedded_images_finish(out, i, regions + i * R * D);
}

static int encode_blocks(const struct images_source *source, const struct images_room *room,
                         const struct embedded_images *all, const struct progress *progress,
                         struct error *err)
{
    for (size_t i = 0; i < source->I; i += source->block) {
        size_t left = source->I - i, n = left < source->block ? left : source->block;
        struct embedded_images part = embedded_images_at(all, i, n);
        if (dataset_features(source->data, i, n, room->features, err) != 0)
            return -1;
        images_encode(source, room, n, &part);
        if (!progress_step(progress, i + n, source->I))
            return error_set(err, "interrupted");
    }
    return 0;
}

int images_encode_all(const struct images_source *source, struct embedded_images *out,
                      const struct progress *progress, struct error *err)
{
    struct images_room room = {0};
    int status = images_alloc(source, source->I, out, err) != 0 ||
                         images_room_alloc(source, true, &room, err) != 0 ||
                         encode_blocks(source, &room, out, progress, err) != 0
                     ? -1
                     : 0;
    if (status == 0)
        embedded_images_max_loss(out);
    images_room_free(&room);
    return status;
}
