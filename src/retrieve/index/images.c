#include "retrieve/index/images.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "base/bf16.h"
#include "base/mem.h"
#include "base/simd.h"
#include "model/kernels/bf16.h"
#include "model/kernels/xattn.h"

/* Multiply-adds of a block of images: tens of milliseconds. */
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

static int halves_get(size_t rows, size_t D, struct images_arrays *out, struct error *err)
{
    return mem_alloc(&out->high, rows, D * sizeof *out->high, "image embeddings", err) == 0 &&
                   mem_alloc(&out->low, rows, D * sizeof *out->low, "image embeddings", err) == 0 &&
                   mem_alloc(&out->loss, rows, sizeof *out->loss, "image embeddings", err) == 0
               ? 0
               : -1;
}

int images_arrays_alloc(const struct images_source *source, size_t images,
                        struct images_arrays *out, struct error *err)
{
    size_t rows = 0, grams = 0, R = source->R;
    *out = (struct images_arrays){0};
    if (!mem_mul(images, R, &rows) || !mem_mul(rows, R, &grams))
        return error_set(err, "too many images");
    size_t floats = source->halves && images > source->block ? source->block * R : rows;
    if (mem_alloc(&out->regions, floats, source->D * sizeof(float), "image embeddings", err) != 0 ||
        mem_alloc(&out->norm, rows, sizeof(float), "image embeddings", err) != 0 ||
        (source->halves && halves_get(rows, source->D, out, err) != 0))
        return -1;
    return source->gram ? mem_alloc(&out->gram, grams, sizeof(float), "Gram matrices", err) : 0;
}

void images_arrays_free(struct images_arrays *arrays)
{
    free(arrays->regions);
    free(arrays->norm);
    free(arrays->gram);
    free(arrays->loss);
    free(arrays->high);
    free(arrays->low);
    *arrays = (struct images_arrays){0};
}

struct images_arrays images_arrays_at(const struct images_source *source,
                                      const struct images_arrays *arrays, size_t i)
{
    struct images_arrays part = *arrays;
    size_t R = source->R, rows = i * R;
    part.norm += rows;
    if (part.gram)
        part.gram += rows * R;
    if (!source->halves) {
        part.regions += rows * source->D;
        return part;
    }
    part.high += rows * source->D;
    part.low += rows * source->D;
    part.loss += rows;
    return part;
}

float images_rounding_loss_max(const float *losses, size_t n)
{
    float most = 0;
    for (size_t k = 0; k < n && !isnan(most); k++)
        most = losses[k] <= most ? most : losses[k];
    return most;
}

int images_features_alloc(const struct images_source *source, float **out, struct error *err)
{
    return mem_alloc(out, source->block * source->R, source->F * sizeof(float), "features", err);
}

SIMD_CLONES
static void split(const float *x, size_t n, uint16_t *high, uint16_t *low)
{
    bf16_split(x, n, high, low);
}

static void split_image(const struct images_source *source, const struct images_arrays *out,
                        size_t i)
{
    size_t R = source->R, D = source->D;
    split(out->regions + i * R * D, R * D, out->high + i * R * D, out->low + i * R * D);
    for (size_t r = i * R; r < (i + 1) * R; r++)
        out->loss[r] = bf16_rounding_loss(out->regions + r * D, D);
}

int images_encode(const struct images_source *source, const float *features, size_t n,
                  const struct images_arrays *out, struct error *err)
{
    size_t R = source->R, D = source->D;
    if (model_encode_regions(source->model, features, n * R, out->regions, err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 4)
    for (size_t i = 0; i < n; i++) {
        const float *v = out->regions + i * R * D;
        xattn_norms(v, R, D, out->norm + i * R);
        if (out->gram)
            xattn_gram(v, R, D, out->gram + i * R * R);
        if (source->halves)
            split_image(source, out, i);
    }
    return 0;
}

static int encode_from(const struct images_source *source, size_t first, size_t n, float *features,
                       const struct images_arrays *all, struct error *err)
{
    struct images_arrays part = images_arrays_at(source, all, first);
    if (dataset_features(source->data, first, n, features, err) != 0)
        return -1;
    return images_encode(source, features, n, &part, err);
}

int images_encode_all(const struct images_source *source, const struct images_arrays *out,
                      const struct progress *progress, struct error *err)
{
    float *features = NULL;
    int status = images_features_alloc(source, &features, err);
    for (size_t i = 0; i < source->I && status == 0; i += source->block) {
        size_t left = source->I - i, n = left < source->block ? left : source->block;
        status = encode_from(source, i, n, features, out, err);
        if (status == 0 && !progress_step(progress, i + n, source->I))
            status = error_set(err, "interrupted");
    }
    free(features);
    return status;
}
