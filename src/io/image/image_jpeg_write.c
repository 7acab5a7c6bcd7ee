/* image_jpeg_write.c: encodes JPEG in memory with libjpeg-turbo, for figures that embed
 * photographs. */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "io/image/image.h"

/* Everything that lives across a longjmp; image_jpeg_bytes owns it. */
struct encoder {
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct info;
    jmp_buf jump;
    const struct image *image;
    unsigned char *bytes;
    unsigned long size;
    struct error *err;
};

static void fail(j_common_ptr info)
{
    struct encoder *e = info->client_data;
    char reason[JMSG_LENGTH_MAX];
    info->err->format_message(info, reason);
    error_set(e->err, "cannot encode a JPEG: %s", reason);
    longjmp(e->jump, 1);
}

static void set_up(struct encoder *e, int quality)
{
    struct jpeg_compress_struct *info = &e->info;
    info->err = jpeg_std_error(&e->errors);
    info->client_data = e;
    e->errors.error_exit = fail;
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &e->bytes, &e->size);
    info->image_width = (JDIMENSION)e->image->width;
    info->image_height = (JDIMENSION)e->image->height;
    info->input_components = 4;
    info->in_color_space = JCS_EXT_RGBX;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = 1;
    info->optimize_coding = TRUE;
}

static int encode(struct encoder *e, int quality)
{
    if (setjmp(e->jump) != 0)
        return -1;
    set_up(e, quality);
    jpeg_start_compress(&e->info, TRUE);
    while (e->info.next_scanline < e->info.image_height) {
        JSAMPROW row =
            e->image->pixels + 4 * (size_t)e->info.next_scanline * (size_t)e->image->width;
        jpeg_write_scanlines(&e->info, &row, 1);
    }
    jpeg_finish_compress(&e->info);
    return 0;
}

int image_jpeg_bytes(const struct image *image, int quality, uint8_t **bytes_out, size_t *size_out,
                     struct error *err)
{
    struct encoder e = {.image = image, .err = err};
    int status = encode(&e, quality);
    jpeg_destroy_compress(&e.info);
    /* Only lack of memory fails, and then the library does not say which buffer is still valid. */
    *bytes_out = status == 0 ? e.bytes : NULL;
    *size_out = e.size;
    return status;
}
