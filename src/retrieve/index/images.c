#include "retrieve/index/images.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/vse.h"
#include "retrieve/score/score.h"

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
                                  .kind = model_kind(model)};
    struct scoring scoring = {&options->attn, out->kind};
    out->holds = score_holds(&scoring);
    double images = block_work / ((double)out->R * (double)out->F * (double)out->D);
    out->block = images < 1 ? 1 : images > IMAGES_BLOCK ? IMAGES_BLOCK : (size_t)images;
}

/* Whether an image's regions are averaged before the encoder. */
static bool pools(const struct images_source *source)
{
    return source->kind && source->kind->options.kind->pools;
}

/* The rows that the encoder makes of an image. */
static size_t rows_of(const struct images_source *source)
{
    return pools(source) ? 1 : source->R;
}

double images_encode_work(const struct images_source *source)
{
    const double reading = 50; /* of one number, in the time of so many multiply-adds */
    double features = (double)source->I * (double)source->R * (double)source->F;
    return pools(source)
               ? features * reading + (double)source->I * (double)source->F * (double)source->D
               : features * (double)source->D;
}

/* Real regions of each of the split's images; NULL if all have R or no regions are kept. */
static const int32_t *counts(const struct images_source *source)
{
    return source->holds.regions ? source->data->region_count : NULL;
}

int images_alloc(const struct images_source *source, size_t n, struct embedded_images *out,
                 struct error *err)
{
    if (embedded_images_alloc(n, source->R, source->D, source->holds, source->halves, out, err) !=
        0)
        return -1;
    out->count = counts(source);
    return 0;
}

/* Room for what comes between features and embeddings. */
static int alloc_encode(const struct images_source *source, struct images_room *out,
                        struct error *err)
{
    size_t rows = source->block * rows_of(source), scratch = 0;
    const struct kind_model *kind = source->kind;
    if (source->holds.global)
        scratch = kind->options.kind->finish_size(kind, source->block, rows);
    if ((pools(source) &&
         mem_alloc(&out->means, source->block, source->F * sizeof(float), "features", err) != 0) ||
        ((source->halves || !source->holds.regions) &&
         mem_alloc(&out->regions, rows, source->D * sizeof(float), "embeddings", err) != 0) ||
        mem_alloc(&out->scratch, scratch, sizeof(float), "embeddings", err) != 0)
        return -1;
    return mem_alloc(&out->starts, source->block + 1, sizeof *out->starts, "embeddings", err);
}

int images_room_alloc(const struct images_source *source, bool encode, struct images_room *out,
                      struct error *err)
{
    size_t rows = source->block * source->R;
    *out = (struct images_room){0};
    if (mem_alloc(&out->features, rows, source->F * sizeof(float), "features", err) != 0)
        return -1;
    return encode ? alloc_encode(source, out, err) : 0;
}

void images_room_free(struct images_room *room)
{
    free(room->features);
    free(room->means);
    free(room->regions);
    free(room->starts);
    free(room->scratch);
    *room = (struct images_room){0};
}

/* Moves the real rows of n images, `size` floats each, from their places to the front. */
static void close_up(const size_t *starts, size_t n, size_t R, size_t size, float *rows)
{
    for (size_t i = 0; i < n; i++)
        memmove(rows + starts[i] * size, rows + i * R * size,
                (starts[i + 1] - starts[i]) * size * sizeof *rows);
}

/* Moves such rows to their places, with zeros behind them. */
static void spread_out(const size_t *starts, size_t n, size_t R, size_t size, float *rows)
{
    for (size_t i = n; i-- > 0;) {
        size_t real = starts[i + 1] - starts[i];
        float *to = rows + i * R * size;
        memmove(to, rows + starts[i] * size, real * size * sizeof *rows);
        memset(to + real * size, 0, (R - real) * size * sizeof *rows);
    }
}

/* The encoder's rows of n images, end to end: averages, or their real regions. */
static const float *encoder_input(const struct images_source *source,
                                  const struct images_room *room, size_t first, size_t n)
{
    size_t R = rows_of(source);
    const int32_t *count = source->data->region_count ? source->data->region_count + first : NULL;
    for (size_t i = 0; i < n; i++)
        room->starts[i + 1] = room->starts[i] + (count && !pools(source) ? (size_t)count[i] : R);
    if (pools(source))
        vse_mean_regions(room->features, n, source->R, count, source->F, room->means);
    else if (count)
        close_up(room->starts, n, R, source->F, room->features);
    return pools(source) ? room->means : room->features;
}

void images_encode(const struct images_source *source, const struct images_room *room, size_t first,
                   size_t n, const struct embedded_images *out)
{
    size_t R = source->R, D = source->D;
    const struct kind_model *kind = source->kind;
    float *regions = room->regions ? room->regions : out->regions;
    assert(n <= source->block && n <= out->I);
    const float *features = encoder_input(source, room, first, n);
    model_encode_regions(source->model, features, room->starts[n], regions);
    if (source->holds.global)
        kind->options.kind->finish_images(kind, regions, room->starts, n, room->scratch,
                                          out->global);
    if (!source->holds.regions)
        return;
    if (out->count)
        spread_out(room->starts, n, R, D, regions);
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
        images_encode(source, room, i, n, &part);
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
