/* order_lanes.h: order similarities (family_kernel.h) for one vector unit; included by family_*.c
 * after lanes.h. The lanes run along D. */

/* As many sums as the registers hold beside their factors. */
enum { ORDER_IMAGES = LANES == 16 ? 4 : 2, ORDER_CAPTIONS = 4 };

/* ---- in float32 ---- */

LANES_INLINE void order_step(int images, int captions, const vf *v, const vf *e,
                             vf sum[ORDER_IMAGES][ORDER_CAPTIONS])
{
#pragma GCC unroll 8
    for (int c = 0; c < captions; c++)
#pragma GCC unroll 8
        for (int i = 0; i < images; i++) {
            vf over = v_max(e[c] - v[i], splat(0));
            sum[i][c] += over * over;
        }
}

/* n <= LANES numbers, then zeros. */
LANES_INLINE vf order_load(const float *row, size_t n)
{
    vf v = {0};
    memcpy(&v, row, n * sizeof *row);
    return v;
}

LANES_INLINE void order_block(const void *v_rows, int images, const void *e_rows, int captions,
                              size_t D, float *out, size_t ld)
{
    const float *v = v_rows, *e = e_rows;
    vf sum[ORDER_IMAGES][ORDER_CAPTIONS] = {{{0}}}, image[ORDER_IMAGES], caption[ORDER_CAPTIONS];
    size_t d = 0;
    for (; d + LANES <= D; d += LANES) {
#pragma GCC unroll 8
        for (int i = 0; i < images; i++)
            image[i] = load(v + (size_t)i * D + d);
#pragma GCC unroll 8
        for (int c = 0; c < captions; c++)
            caption[c] = load(e + (size_t)c * D + d);
        order_step(images, captions, image, caption, sum);
    }
    if (d < D) {
        for (int i = 0; i < images; i++)
            image[i] = order_load(v + (size_t)i * D + d, D - d);
        for (int c = 0; c < captions; c++)
            caption[c] = order_load(e + (size_t)c * D + d, D - d);
        order_step(images, captions, image, caption, sum);
    }
    for (int i = 0; i < images; i++)
        for (int c = 0; c < captions; c++)
            out[(size_t)i * ld + (size_t)c] = -sqrtf(v_sum(sum[i][c]));
}

#ifdef LANES_HALVES
/* ---- in 16 bits: order_near.h ---- */

LANES_INLINE void order_near_block(const void *v_rows, int images, const void *e_rows, int captions,
                                   size_t D, float *out, size_t ld)
{
    const uint16_t *v = v_rows, *e = e_rows;
    vi sum[ORDER_IMAGES][ORDER_CAPTIONS] = {{{0}}}, image[ORDER_IMAGES];
    for (size_t d = 0; d < D; d += (size_t)2 * LANES) {
#pragma GCC unroll 8
        for (int i = 0; i < images; i++)
            memcpy(&image[i], v + (size_t)i * D + d, sizeof image[i]);
#pragma GCC unroll 8
        for (int c = 0; c < captions; c++) {
            vi caption;
            memcpy(&caption, e + (size_t)c * D + d, sizeof caption);
#pragma GCC unroll 8
            for (int i = 0; i < images; i++)
                sum[i][c] += v_squares_over(caption, image[i]);
        }
    }
    for (int i = 0; i < images; i++)
        for (int c = 0; c < captions; c++)
            out[(size_t)i * ld + (size_t)c] = -sqrtf((float)v_sum_ints(sum[i][c]));
}
#endif

/* ---- tiles ---- */

/* out[i * ld + c] of `images` and `captions` rows. */
typedef void order_block_fn(const void *v, int images, const void *e, int captions, size_t D,
                            float *out, size_t ld);

/* A few captions, which stay in the first-level cache, with all images; rows of `row` bytes. */
LANES_INLINE void order_columns(order_block_fn *block, size_t row, const char *v, size_t I,
                                const char *e, int captions, size_t D, float *out, size_t ld)
{
    size_t i = 0;
    for (; i + ORDER_IMAGES <= I; i += ORDER_IMAGES)
        block(v + i * row, ORDER_IMAGES, e, captions, D, out + i * ld, ld);
    for (; i < I; i++)
        block(v + i * row, 1, e, captions, D, out + i * ld, ld);
}

LANES_INLINE void order_all(order_block_fn *block, size_t row, const void *v, size_t I,
                            const void *e, size_t C, size_t D, float *out, size_t ld)
{
    const char *captions = e;
    size_t c = 0;
    for (; c + ORDER_CAPTIONS <= C; c += ORDER_CAPTIONS)
        order_columns(block, row, v, I, captions + c * row, ORDER_CAPTIONS, D, out + c, ld);
    for (; c < C; c++)
        order_columns(block, row, v, I, captions + c * row, 1, D, out + c, ld);
}

static void order_tile(const float *v, size_t I, const float *e, size_t C, size_t D, float *out,
                       size_t ld)
{
    order_all(order_block, D * sizeof *v, v, I, e, C, D, out, ld);
}

#ifdef LANES_HALVES
static void order_near_tile(const uint16_t *v, size_t I, const uint16_t *e, size_t C, size_t D,
                            float *out, size_t ld)
{
    order_all(order_near_block, D * sizeof *v, v, I, e, C, D, out, ld);
}
#endif
