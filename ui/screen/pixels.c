#include "ui/screen/pixels.h"

#include <chafa.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

/* Bytes of base64 per escape sequence: the protocol's limit. */
enum { KITTY_CHUNK = 4096 };

void pixels_base64(const void *data, size_t n, struct str *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = data;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < n ? bytes[i + k] : 0);
        char four[4];
        for (int k = 3; k >= 0; k--, bits >>= 6)
            four[k] = i + (size_t)k > n ? '=' : digits[bits & 63];
        str_add_n(out, four, 4);
    }
}

/* One number for all our pictures, since one is shown at a time: a new picture replaces the old one
 * in the terminal's memory too. It is specific to this process, so that other pictures are left
 * alone. */
static unsigned kitty_id(void)
{
    return 0x53000000u | ((unsigned)getpid() & 0xffffffu);
}

void pixels_kitty_delete(struct str *out)
{
    str_addf(out, "\033_Ga=d,d=I,i=%u,q=2\033\\", kitty_id());
}

static char *rgb_of(const struct image *image, size_t *size_out)
{
    size_t n = (size_t)image->width * (size_t)image->height;
    char *rgb = mem_new(n, 3);
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < 3; c++)
            rgb[3 * i + (size_t)c] = (char)image->pixels[4 * i + (size_t)c];
    *size_out = 3 * n;
    return rgb;
}

/* By hand, since libchafa's sequences have no number, without which no single picture can be
 * removed. C=1: the cursor stays; q=2: the terminal does not answer. */
static void encode_kitty(const struct image *image, int cols, int rows, struct str *out)
{
    size_t size;
    char *rgb = rgb_of(image, &size);
    struct str code = {0};
    pixels_base64(rgb, size, &code);
    for (size_t at = 0; at < code.length; at += KITTY_CHUNK) {
        size_t n = code.length - at < KITTY_CHUNK ? code.length - at : KITTY_CHUNK;
        int more = at + n < code.length;
        if (at == 0)
            str_addf(out, "\033_Ga=T,f=24,s=%d,v=%d,i=%u,c=%d,r=%d,C=1,q=2,m=%d;", image->width,
                     image->height, kitty_id(), cols, rows, more);
        else
            str_addf(out, "\033_Gm=%d,q=2;", more);
        str_add_n(out, code.text + at, n);
        str_add(out, "\033\\");
    }
    str_done(&code);
    free(rgb);
}

static void encode_sixel(const struct image *image, int cols, int rows, int cell_width,
                         int cell_height, struct str *out)
{
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    chafa_canvas_config_set_pixel_mode(config, CHAFA_PIXEL_MODE_SIXELS);
    chafa_canvas_config_set_canvas_mode(config, CHAFA_CANVAS_MODE_TRUECOLOR);
    chafa_canvas_config_set_geometry(config, cols, rows);
    chafa_canvas_config_set_cell_geometry(config, cell_width, cell_height);
    ChafaCanvas *canvas = chafa_canvas_new(config);
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED, image->pixels,
                                 image->width, image->height, image->width * 4);
    ChafaTermInfo *terminal =
        chafa_term_db_get_fallback_info(chafa_term_db_get_default()); /* ours to free */
    GString *text = chafa_canvas_print(canvas, terminal);
    str_add_n(out, text->str, text->len);
    g_string_free(text, TRUE);
    chafa_term_info_unref(terminal);
    chafa_canvas_unref(canvas);
    chafa_canvas_config_unref(config);
}

void pixels_encode(const struct image *image, enum graphics graphics, int cols, int rows,
                   int cell_width, int cell_height, struct str *out)
{
    if (graphics == GRAPHICS_KITTY)
        encode_kitty(image, cols, rows, out);
    else if (graphics == GRAPHICS_SIXEL)
        encode_sixel(image, cols, rows, cell_width, cell_height, out);
}

static void fill(struct image *image, int left, int top, int right, int bottom, unsigned rgb)
{
    left = left < 0 ? 0 : left;
    top = top < 0 ? 0 : top;
    right = right > image->width ? image->width : right;
    bottom = bottom > image->height ? image->height : bottom;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            uint8_t *p = image->pixels + 4 * ((size_t)y * (size_t)image->width + (size_t)x);
            p[0] = (uint8_t)(rgb >> 16);
            p[1] = (uint8_t)(rgb >> 8);
            p[2] = (uint8_t)rgb;
            p[3] = 255;
        }
}

/* A box's coordinate, which may be anything, NaN included, clamped to 0 .. most. */
static int inside(float at, int most)
{
    return at > 0 ? at < (float)most ? (int)at : most : 0;
}

void pixels_frame(struct image *image, const float box[4], int thickness, unsigned rgb)
{
    int left = inside(box[0], image->width), top = inside(box[1], image->height);
    int right = inside(box[2], image->width), bottom = inside(box[3], image->height);
    fill(image, left, top, right, top + thickness, rgb);
    fill(image, left, bottom - thickness, right, bottom, rgb);
    fill(image, left, top, left + thickness, bottom, rgb);
    fill(image, right - thickness, top, right, bottom, rgb);
}
