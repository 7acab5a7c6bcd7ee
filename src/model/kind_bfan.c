/* kind_bfan.c: BFAN as a kind (kernels/bfan.h, bfan_train.h). */
#include <string.h>

#include "model/bfan_train.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/xattn.h"
#include "model/kind_private.h"

static bool is_bfan(const struct checkpoint *c)
{
    return c->group_count == 2 && kind_says(c, "focal_type");
}

static struct kind_holds holds(const struct kind_options *options)
{
    (void)options;
    return (struct kind_holds){
        .regions = true, .words = true, .region_gram = true, .word_gram = true};
}

/* An image's regions, packed; raw scores; the pair's scratch. */
struct room {
    float *packed, *s, *scratch;
    size_t lds;
};

static size_t carve_room(size_t R, size_t W, size_t D, float *scratch, struct room *out)
{
    struct arena arena = {(char *)scratch, 0};
    size_t lanes = family_kernel()->lanes;
    out->lds = (W + lanes - 1) / lanes * lanes;
    out->packed = arena_take(&arena, xattn_kernel()->packed_size(R, D), sizeof(float));
    out->s = arena_take(&arena, R * out->lds, sizeof(float));
    out->scratch = arena_take(&arena, family_kernel()->bfan_scratch(R, W), sizeof(float));
    return arena.used / sizeof(float);
}

static size_t tile_scratch(const struct kind_model *model, size_t R, size_t C, size_t W)
{
    struct room room;
    (void)C;
    return carve_room(R, W, model->options.D, NULL, &room);
}

/* The pair of image i, whose regions are packed, and caption c. */
static float score_pair(const struct kind_model *model, const struct kind_images *images, size_t i,
                        const struct kind_captions *captions, size_t c, struct room *room,
                        const struct kind_shown *shown)
{
    size_t D = model->options.D, R = kind_regions(images, i), word = captions->starts[c];
    size_t W = captions->starts[c + 1] - word, lanes = family_kernel()->lanes;
    size_t lds = (W + lanes - 1) / lanes * lanes;
    if (W < lds)
        memset(room->s, 0, R * lds * sizeof *room->s);
    xattn_kernel()->dots(captions->words + word * D, W, room->packed, R, D, room->s, 1, lds);
    struct bfan_pair pair = {.R = R,
                             .W = W,
                             .lds = lds,
                             .s = room->s,
                             .region_gram = images->gram + i * images->R * images->R,
                             .word_gram = captions->gram + captions->gram_start[c],
                             .region_norm = images->norm + i * images->R,
                             .word_norm = captions->norm + word};
    if (shown) {
        pair.word_attention = shown->word_region;
        pair.region_attention = shown->region_word;
        pair.word_similarity = shown->word_similarity;
        pair.region_similarity = shown->region_similarity;
    }
    return family_kernel()->bfan_pair(&model->options.bfan, &pair, room->scratch);
}

static void pack_image(const struct kind_model *model, const struct kind_images *images, size_t i,
                       struct room *room)
{
    xattn_kernel()->pack(images->regions + i * images->R * model->options.D,
                         kind_regions(images, i), model->options.D, room->packed);
}

static size_t longest(const struct kind_captions *captions)
{
    size_t most = 0;
    for (size_t c = 0; c < captions->C; c++)
        if (captions->starts[c + 1] - captions->starts[c] > most)
            most = captions->starts[c + 1] - captions->starts[c];
    return most;
}

static void tile(const struct kind_model *model, const struct kind_images *images,
                 const struct kind_captions *captions, float *scratch, float *scores, size_t ld)
{
    struct room room;
    carve_room(images->R, longest(captions), model->options.D, scratch, &room);
    for (size_t i = 0; i < images->I; i++) {
        pack_image(model, images, i, &room);
        for (size_t c = 0; c < captions->C; c++)
            scores[i * ld + c] = score_pair(model, images, i, captions, c, &room, NULL);
    }
}

static bool same_bits(const struct kind_options *options)
{
    (void)options;
    return true;
}

static void show(const struct kind_model *model, const struct kind_images *image,
                 const struct kind_captions *caption, float *scratch, const struct kind_shown *out)
{
    struct room room;
    carve_room(image->R, longest(caption), model->options.D, scratch, &room);
    pack_image(model, image, 0, &room);
    score_pair(model, image, 0, caption, 0, &room, out);
}

static const char *label(const struct kind_options *options)
{
    return options->bfan.focal == BFAN_PROB ? "BFAN prob" : "BFAN equal";
}

/* ---- training ---- */

static struct xattn_shape shape_of(const struct kind_options *options, const struct kind_batch *b)
{
    return (struct xattn_shape){b->I, b->C, options->D, b->regions, b->words};
}

static void carve(const struct kind_options *options, const struct kind_batch *b, size_t threads,
                  struct arena *arena, void *acts_out)
{
    struct xattn_shape shape = shape_of(options, b);
    bfan_acts_carve(&options->bfan, &shape, true, threads, arena, acts_out);
}

static void forward(const struct kind_options *options, const float *block,
                    const struct kind_batch *b, float *statistics, void *acts, float *scores)
{
    struct xattn_shape shape = shape_of(options, b);
    (void)block, (void)statistics;
    bfan_forward(&options->bfan, &shape, b->v, b->e, acts, scores);
}

static void backward(const struct kind_options *options, const float *block,
                     const struct kind_batch *b, const float *dscores, void *acts, float *gradients,
                     float *dv, float *de)
{
    struct xattn_shape shape = shape_of(options, b);
    (void)block, (void)gradients;
    bfan_backward(&options->bfan, &shape, b->v, b->e, dscores, acts, dv, de);
}

static const struct kind_default defaults[] = {
    {"bi_gru", NULL}, {"log_step", "100"}, {"val_step", "1500"}, {NULL, NULL}};
static const char *const lacks[] = {NULL};

static const struct kind_training training = {.defaults = defaults,
                                              .lacks = lacks,
                                              .acts_size = sizeof(struct bfan_acts),
                                              .carve = carve,
                                              .forward = forward,
                                              .backward = backward};

static const char *const options[] = {"focal_type", "lambda_softmax", "no_imgnorm", "no_txtnorm",
                                      NULL};

const struct model_kind kind_bfan = {
    .name = "BFAN",
    .family = "bfan",
    .gru = "rnn",
    .shows = KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS,
    .options = options,
    .lambda_softmax = 20,
    .is = is_bfan,
    .holds = holds,
    .tile_images = 4,
    .tile_captions = 64,
    .tile_scratch = tile_scratch,
    .tile = tile,
    .same_bits = same_bits,
    .least_regions = 2, /* one alone is as near to the mean as it gets (kernels/bfan.h) */
    .show = show,
    .label = label,
    .attention = "after the focal step, what is kept renormalised",
    .training = &training,
};
