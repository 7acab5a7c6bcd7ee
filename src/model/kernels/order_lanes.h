/* order_lanes.h: order similarities (order.h of VSE++'s kernels, see family_kernel.h) for one
 * vector unit; included by family_*.c after lanes.h. The lanes run along D. */

enum { ORDER_IMAGES = 4, ORDER_CAPTIONS = 4 };

LANES_INLINE void order_step(int images, int captions, const vf *v, const vf *e,
                             vf sum[ORDER_IMAGES][ORDER_CAPTIONS])
{
#pragma GCC unroll 8
    for (int i = 0; i < images; i++)
#pragma GCC unroll 8
        for (int c = 0; c < captions; c++) {
            vf over = v_max(e[c] - v[i], splat(0));
            sum[i][c] += over * over;
        }
}

LANES_INLINE vf order_load(const float *row, size_t d, size_t D)
{
    vf v = {0};
    if (d + LANES <= D)
        return load(row + d);
    memcpy(&v, row + d, (D - d) * sizeof *row);
    return v;
}

LANES_INLINE void order_block(const float *v, int images, const float *e, int captions, size_t D,
                              float *out, size_t ld)
{
    vf sum[ORDER_IMAGES][ORDER_CAPTIONS] = {{{0}}};
    for (size_t d = 0; d < D; d += LANES) {
        vf image[ORDER_IMAGES], caption[ORDER_CAPTIONS];
#pragma GCC unroll 8
        for (int i = 0; i < images; i++)
            image[i] = order_load(v + (size_t)i * D, d, D);
#pragma GCC unroll 8
        for (int c = 0; c < captions; c++)
            caption[c] = order_load(e + (size_t)c * D, d, D);
        order_step(images, captions, image, caption, sum);
    }
    for (int i = 0; i < images; i++)
        for (int c = 0; c < captions; c++)
            out[(size_t)i * ld + (size_t)c] = -sqrtf(v_sum(sum[i][c]));
}

LANES_INLINE void order_rows(const float *v, int images, const float *e, size_t C, size_t D,
                             float *out, size_t ld)
{
    size_t c = 0;
    for (; c + ORDER_CAPTIONS <= C; c += ORDER_CAPTIONS)
        order_block(v, images, e + c * D, ORDER_CAPTIONS, D, out + c, ld);
    for (; c < C; c++)
        order_block(v, images, e + c * D, 1, D, out + c, ld);
}

static void order_tile(const float *v, size_t I, const float *e, size_t C, size_t D, float *out,
                       size_t ld)
{
    size_t i = 0;
    for (; i + ORDER_IMAGES <= I; i += ORDER_IMAGES)
        order_rows(v + i * D, ORDER_IMAGES, e, C, D, out + i * ld, ld);
    for (; i < I; i++)
        order_rows(v + i * D, 1, e, C, D, out + i * ld, ld);
}
