/* order_lanes.h: order similarities (family_kernel.h) for one vector unit; included by family_*.c
 * after lanes.h. The lanes run along D. */

/* As many sums as the registers hold beside their factors. */
enum { ORDER_IMAGES = LANES == 16 ? 4 : 2, ORDER_CAPTIONS = 4 };

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

LANES_INLINE void order_block(const float *v, int images, const float *e, int captions, size_t D,
                              float *out, size_t ld)
{
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

/* A few captions, which stay in the first-level cache, with all images. */
LANES_INLINE void order_columns(const float *v, size_t I, const float *e, int captions, size_t D,
                                float *out, size_t ld)
{
    size_t i = 0;
    for (; i + ORDER_IMAGES <= I; i += ORDER_IMAGES)
        order_block(v + i * D, ORDER_IMAGES, e, captions, D, out + i * ld, ld);
    for (; i < I; i++)
        order_block(v + i * D, 1, e, captions, D, out + i * ld, ld);
}

static void order_tile(const float *v, size_t I, const float *e, size_t C, size_t D, float *out,
                       size_t ld)
{
    size_t c = 0;
    for (; c + ORDER_CAPTIONS <= C; c += ORDER_CAPTIONS)
        order_columns(v, I, e + c * D, ORDER_CAPTIONS, D, out + c, ld);
    for (; c < C; c++)
        order_columns(v, I, e + c * D, 1, D, out + c, ld);
}
