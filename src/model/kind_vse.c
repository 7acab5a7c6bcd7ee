/* kind_vse.c: VSE++ as a kind (vse.h). */
#include <math.h>
#include <string.h>

#include "model/kernels/family_kernel.h"
#include "model/kernels/gemm.h"
#include "model/kernels/order_near.h"
#include "model/kind_private.h"

/* Order: so many images stay in the second-level cache. */
enum { ORDER_IMAGES = 64 };

/* Forks of SCAN took over the option. */
static bool is_vse(const struct checkpoint *c)
{
    return c->group_count == 2 && (kind_says(c, "measure") || kind_says(c, "use_abs")) &&
           !kind_says(c, "cross_attn");
}

static int read_tensors(const struct checkpoint *c, struct kind_options *out, struct error *err)
{
    (void)out;
    if (checkpoint_tensor_find(&c->groups[1], "rnn.weight_ih_l0_reverse"))
        return error_set(err, "its GRU has two directions: that is not VSE++, which takes the "
                              "state after the last word");
    return 0;
}

static struct kind_holds holds(const struct kind_options *options)
{
    (void)options;
    return (struct kind_holds){.global = true};
}

static size_t finish_size(const struct kind_model *model, size_t items, size_t rows)
{
    (void)model, (void)items, (void)rows;
    return 0;
}

/* `pools`: an image is one row. */
static void finish_images(const struct kind_model *model, const float *v, const size_t *starts,
                          size_t I, float *room, float *global)
{
    (void)starts, (void)room;
    memcpy(global, v, I * model->options.D * sizeof *global);
    if (model->options.use_abs)
        vse_abs_forward(global, I, model->options.D);
}

static void finish_captions(const struct kind_model *model, const float *e, const size_t *starts,
                            size_t C, float *room, float *global)
{
    size_t D = model->options.D;
    (void)room;
    for (size_t c = 0; c < C; c++)
        memcpy(global + c * D, e + (starts[c + 1] - starts[0] - 1) * D, D * sizeof *global);
    if (model->options.use_abs)
        vse_abs_forward(global, C, D);
}

static size_t tile_scratch(const struct kind_model *model, size_t R, size_t C, size_t W)
{
    (void)model, (void)R, (void)C, (void)W;
    return 0;
}

static void order_tile(const struct kind_images *images, const struct kind_captions *captions,
                       size_t D, float *scores, size_t ld)
{
    for (size_t i = 0; i < images->I; i += ORDER_IMAGES)
        family_kernel()->order(images->global + i * D,
                               images->I - i < ORDER_IMAGES ? images->I - i : ORDER_IMAGES,
                               captions->global, captions->C, D, scores + i * ld, ld);
}

/* A product rounds by its shape: for one image or caption, which memory limits anyway, each pair is
 * summed by itself. */
static void cosine_tile(const struct kind_images *images, const struct kind_captions *captions,
                        size_t D, float *scores, size_t ld)
{
    if (images->I > 1 && captions->C > 1) {
        gemm_nt(images->I, captions->C, D, (struct matrix_const){images->global, D},
                (struct matrix_const){captions->global, D}, false, (struct matrix){scores, ld});
        return;
    }
    for (size_t i = 0; i < images->I; i++)
        for (size_t c = 0; c < captions->C; c++)
            scores[i * ld + c] = vse_cosine(images->global + i * D, captions->global + c * D, D);
}

static void tile(const struct kind_model *model, const struct kind_images *images,
                 const struct kind_captions *captions, float *scratch, float *scores, size_t ld)
{
    (void)scratch;
    (model->options.measure == VSE_ORDER ? order_tile : cosine_tile)(images, captions,
                                                                     model->options.D, scores, ld);
}

static bool same_bits(const struct kind_options *options)
{
    return options->measure == VSE_ORDER;
}

static double length(const float *x, size_t D)
{
    double sum = 0;
    for (size_t d = 0; d < D; d++)
        sum += (double)x[d] * (double)x[d];
    return sqrt(sum);
}

/* Two sums of D products in float32, each off by at most D roundings of |v| |e|, in whatever order
 * (Higham, Accuracy and Stability, eq. 3.5). */
static void bounds(const struct kind_model *model, const struct kind_images *images,
                   const struct kind_captions *captions, float *out, size_t ld)
{
    size_t D = model->options.D;
    double one = (double)D * 0x1p-24, error = 2 * one / (1 - one);
    bool exact = same_bits(&model->options);
    for (size_t i = 0; exact && i < images->I; i++)
        memset(out + i * ld, 0, captions->C * sizeof *out);
    for (size_t i = 0; !exact && i < images->I; i++) {
        float v = (float)(1.0001 * error * length(images->global + i * D, D));
        for (size_t c = 0; c < captions->C; c++)
            out[i * ld + c] = v;
    }
    for (size_t c = 0; !exact && c < captions->C; c++) {
        float e = (float)(1.0001 * length(captions->global + c * D, D));
        for (size_t i = 0; i < images->I; i++)
            out[i * ld + c] *= e;
    }
}

/* ---- order similarities in 16 bits ---- */

/* The room begins with a struct order_near. */
enum { NEAR_HEAD = 32 };

static size_t near_size(const struct kind_model *model, size_t I, size_t C)
{
    size_t size = 0;
    _Static_assert(sizeof(struct order_near) <= NEAR_HEAD * sizeof(float), "room for the head");
    if (model->options.measure == VSE_ORDER)
        size = order_near_size(I, C, model->options.D);
    return size == 0 ? 0 : NEAR_HEAD + size;
}

static bool near_ready(const struct kind_model *model, const struct kind_images *images,
                       const struct kind_captions *captions, void *room)
{
    return order_near_init(images->global, images->I, captions->global, captions->C,
                           model->options.D, (float *)room + NEAR_HEAD, room);
}

static void near_tile(const void *room, size_t i, size_t n, size_t c, size_t m, float *scores,
                      float *bounds, size_t ld)
{
    for (size_t k = 0; k < n; k += ORDER_IMAGES)
        order_near_tile(room, i + k, n - k < ORDER_IMAGES ? n - k : ORDER_IMAGES, c, m,
                        scores + k * ld, bounds + k * ld, ld);
}

static const struct kind_near near = {.size = near_size, .ready = near_ready, .tile = near_tile};

static const char *label(const struct kind_options *options)
{
    return options->measure == VSE_ORDER ? "VSE++ order" : "VSE++";
}

/* ---- training ---- */

struct acts {
    float *v, *e, *before_e, *de, *scores;
};

static void carve(const struct kind_options *options, const struct kind_batch *b, size_t threads,
                  struct arena *arena, void *acts_out)
{
    struct acts *out = acts_out;
    (void)threads;
    out->v = arena_take(arena, b->I * options->D, sizeof(float));
    out->e = arena_take(arena, b->C * options->D, sizeof(float));
    out->before_e = arena_take(arena, b->C * options->D, sizeof(float));
    out->de = arena_take(arena, b->C * options->D, sizeof(float));
    out->scores = arena_take(arena, b->I * b->C, sizeof(float));
}

static void forward(const struct kind_options *options, const float *block,
                    const struct kind_batch *b, float *statistics, void *acts, float *scores)
{
    struct acts *a = acts;
    size_t D = options->D;
    (void)block, (void)statistics;
    memcpy(a->v, b->v, b->I * D * sizeof *a->v);
    vse_last_words(b->e, b->words, b->C, D, a->before_e);
    memcpy(a->e, a->before_e, b->C * D * sizeof *a->e);
    if (options->use_abs) {
        vse_abs_forward(a->v, b->I, D);
        vse_abs_forward(a->e, b->C, D);
    }
    vse_scores(options->measure, a->v, b->I, a->e, b->C, D, scores);
    memcpy(a->scores, scores, b->I * b->C * sizeof *scores);
}

static void backward(const struct kind_options *options, const float *block,
                     const struct kind_batch *b, const float *dscores, void *acts, float *gradients,
                     float *dv, float *de)
{
    struct acts *a = acts;
    size_t D = options->D;
    (void)block, (void)gradients;
    vse_backward(options->measure, a->v, b->I, a->e, b->C, D, a->scores, dscores, dv, a->de);
    if (options->use_abs) {
        vse_abs_backward(b->v, b->I, D, dv);
        vse_abs_backward(a->before_e, b->C, D, a->de);
    }
    vse_last_words_backward(a->de, b->words, b->C, D, de);
}

static const struct kind_default defaults[] = {{NULL, NULL}};
static const char *const lacks[] = {"bi_gru", "precomp_enc_type", NULL};

static const struct kind_training training = {.defaults = defaults,
                                              .lacks = lacks,
                                              .acts_size = sizeof(struct acts),
                                              .carve = carve,
                                              .forward = forward,
                                              .backward = backward};

static const char *const options[] = {"measure", "no_imgnorm", "use_abs", NULL};

const struct model_kind kind_vse = {
    .name = "VSE++",
    .family = "vse",
    .gru = "rnn",
    .pools = true,
    .options = options,
    .is = is_vse,
    .read_tensors = read_tensors,
    .holds = holds,
    .finish_size = finish_size,
    .finish_images = finish_images,
    .finish_captions = finish_captions,
    .tile_images = 256,
    .tile_captions = 512,
    .tile_scratch = tile_scratch,
    .tile = tile,
    .same_bits = same_bits,
    .bounds = bounds,
    .near = &near,
    .label = label,
    .training = &training,
};
