/* image_jpeg.c: reads JPEG with libjpeg-turbo. The library leaves a failed call by longjmp;
 * everything that lives across one is in struct reader, which the caller of setjmp owns. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/mem.h"
#include "io/image/image_private.h"

enum {
    MAX_SCANS = 500, /* a progressive file with more is meant to take forever */
    PIXELS_A_BYTE =
        1024, /* Huffman codes have at least one bit: 64 pixels per bit, with room to spare */
    FULL_SCALE = 8,
};

struct reader {
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct info;
    jmp_buf jump;
    struct decode *decode;
    struct error *err;
    uint8_t *row; /* CMYK */
    bool failed;  /* the error is already set */
    bool spoilt;  /* set, too, but there is something to show */
};

static void fail(j_common_ptr info)
{
    struct reader *r = info->client_data;
    longjmp(r->jump, 1);
}

/* The decoder ran out of data or into nonsense: the rest of the image would be grey or noise. Other
 * warnings are about things that leave the image intact. Of a progressive file a later scan may be
 * spoilt, which only costs detail: it is decoded to its end, and the reason kept. */
static bool spoils_image(int code)
{
    return code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_ARITH_BAD_CODE ||
           code == JWRN_MUST_RESYNC;
}

static bool has_earlier_scan(const struct reader *r)
{
    return r->info.progressive_mode && r->info.input_scan_number > 1;
}

static void report_reason(struct reader *r)
{
    char reason[JMSG_LENGTH_MAX];
    if (r->failed)
        return;
    r->errors.format_message((j_common_ptr)&r->info, reason);
    unsigned int rows = r->info.output_height, full = r->info.image_height;
    if (has_earlier_scan(r))
        error_at(r->err, r->decode->path, -1,
                 "is a damaged or truncated progressive JPEG at scan %d (%s)",
                 r->info.input_scan_number, reason);
    else if (rows > 0)
        error_at(r->err, r->decode->path, -1, "is a damaged or truncated JPEG at row %u of %u (%s)",
                 (unsigned int)((uint64_t)r->info.output_scanline * full / rows), full, reason);
    else
        error_at(r->err, r->decode->path, -1, "is a damaged or truncated JPEG (%s)", reason);
}

static void check_warning(j_common_ptr info, int level)
{
    struct reader *r = info->client_data;
    if (level >= 0 || !spoils_image(info->err->msg_code))
        return;
    if (!r->decode->spec->notes || !has_earlier_scan(r))
        fail(info);
    if (!r->spoilt)
        report_reason(r);
    r->spoilt = true;
}

static void ignore_message(j_common_ptr info)
{
    (void)info;
}

static void count_scans(j_common_ptr info)
{
    struct reader *r = info->client_data;
    if (!info->is_decompressor || r->info.input_scan_number <= MAX_SCANS)
        return;
    error_at(r->err, r->decode->path, -1, "is a JPEG of more than %d scans, which is hostile",
             MAX_SCANS);
    r->failed = true;
    fail(info);
}

static void read_exif(struct reader *r)
{
    static const char mark[6] = "Exif\0";
    for (jpeg_saved_marker_ptr m = r->info.marker_list; m; m = m->next) {
        if (m->marker != JPEG_APP0 + 1 || m->data_length < sizeof mark ||
            memcmp(m->data, mark, sizeof mark) != 0)
            continue;
        struct bytes exif = {.data = m->data + sizeof mark, .size = m->data_length - sizeof mark};
        r->decode->orientation = exif_orientation(exif);
        return;
    }
}

/* The smallest n/8 whose longer side is at least max_side. */
static unsigned int pick_scale(unsigned int width, unsigned int height, int max_side)
{
    unsigned int longer = width > height ? width : height;
    if (max_side <= 0)
        return FULL_SCALE;
    for (unsigned int n = 1; n < FULL_SCALE; n++)
        if ((longer * n + FULL_SCALE - 1) / FULL_SCALE >= (unsigned int)max_side)
            return n;
    return FULL_SCALE;
}

/* Photoshop inverts its CMYK and marks that with an Adobe segment. */
static void cmyk_to_rgba(const uint8_t *from, size_t pixels, bool inverted, uint8_t *to)
{
    for (size_t i = 0; i < pixels; i++, from += 4, to += 4) {
        int k = inverted ? from[3] : 255 - from[3];
        for (int c = 0; c < 3; c++)
            to[c] = (uint8_t)(((inverted ? from[c] : 255 - from[c]) * k + 127) / 255);
        to[3] = 255;
    }
}

static void choose_output(struct reader *r)
{
    bool cmyk = r->info.jpeg_color_space == JCS_CMYK || r->info.jpeg_color_space == JCS_YCCK;
    r->info.out_color_space = cmyk ? JCS_CMYK : JCS_EXT_RGBA;
    r->info.scale_num =
        pick_scale(r->info.image_width, r->info.image_height, r->decode->spec->max_side);
    r->info.scale_denom = FULL_SCALE;
}

static void read_rows(struct reader *r)
{
    struct image *image = r->decode->out;
    size_t stride = 4 * (size_t)image->width;
    bool cmyk = r->info.out_color_space == JCS_CMYK;
    while (r->info.output_scanline < r->info.output_height) {
        uint8_t *target = image->pixels + r->info.output_scanline * stride;
        JSAMPROW row = cmyk ? r->row : target;
        jpeg_read_scanlines(&r->info, &row, 1);
        if (cmyk)
            cmyk_to_rgba(row, (size_t)image->width, r->info.saw_Adobe_marker, target);
    }
}

static int read_header(struct reader *r)
{
    struct decode *d = r->decode;
    jpeg_create_decompress(&r->info);
    r->info.client_data = r;
    r->info.progress = &r->progress;
    jpeg_mem_src(&r->info, d->file.data, d->file.size);
    jpeg_save_markers(&r->info, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&r->info, TRUE);
    d->out->full_width = (int)r->info.image_width;
    d->out->full_height = (int)r->info.image_height;
    read_exif(r);
    if (image_check_size(d, r->info.image_width, r->info.image_height, PIXELS_A_BYTE, r->err) == 0)
        return 0;
    r->failed = true;
    return -1;
}

static int read_pixels(struct reader *r)
{
    struct decode *d = r->decode;
    choose_output(r);
    jpeg_start_decompress(&r->info);
    r->failed = true; /* until memory is allocated */
    if (image_alloc(d->out, (int)r->info.output_width, (int)r->info.output_height, d->path,
                    r->err) != 0 ||
        mem_alloc(&r->row, r->info.output_width, 4, d->path, r->err) != 0)
        return -1;
    r->failed = false;
    read_rows(r);
    return 0;
}

static int read_image(struct reader *r)
{
    if (setjmp(r->jump) != 0) {
        report_reason(r);
        return r->failed ? -1 : image_keep_rows(r->decode, (int)r->info.output_scanline, r->err);
    }
    if (read_header(r) != 0)
        return -1;
    if (r->decode->header_only)
        return 0;
    if (read_pixels(r) != 0)
        return -1;
    return r->spoilt ? image_keep_rows(r->decode, r->decode->out->height, r->err) : 0;
}

int image_decode_jpeg(struct decode *d, struct error *err)
{
    struct reader r = {.decode = d, .err = err, .progress = {.progress_monitor = count_scans}};
    r.info.err = jpeg_std_error(&r.errors);
    r.info.client_data = &r;
    r.errors.error_exit = fail;
    r.errors.emit_message = check_warning;
    r.errors.output_message = ignore_message;
    int status = read_image(&r);
    jpeg_destroy_decompress(&r.info);
    free(r.row);
    return status;
}
