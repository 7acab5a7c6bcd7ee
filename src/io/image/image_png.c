/* image_png.c: reads and writes PNG with libpng. The library leaves a failed call by longjmp;
 * everything that lives across one is in struct reader or struct writer, which the caller of setjmp
 * owns. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/image/image_private.h"

enum {
    MAX_CHUNK = 8 << 20,     /* ancillary chunks, once inflated */
    MAX_BLOCK = 16 << 20,    /* one allocation of libpng's: a row, a chunk, zlib */
    PIXELS_A_BYTE = 8 * 1040 /* deflate's best ratio on one-bit pixels */
};

struct reader {
    struct decode *decode;
    struct error *err;
    png_struct *png;
    png_info *info;
    struct bytes bytes;
    png_uint_32 row, height;
    int pass, passes;
};

static void read_failed(png_struct *png, const char *reason)
{
    struct reader *r = png_get_error_ptr(png);
    if (r->row > 0)
        error_at(r->err, r->decode->path, -1, "is a damaged or truncated PNG at row %u of %u (%s)",
                 r->row, r->height, reason);
    else
        error_at(r->err, r->decode->path, -1, "is a damaged or truncated PNG (%s)", reason);
    longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_struct *png, const char *warning)
{
    (void)png, (void)warning;
}

static void read_bytes(png_struct *png, uint8_t *out, size_t size)
{
    struct reader *r = png_get_io_ptr(png);
    const uint8_t *bytes = bytes_take(&r->bytes, size);
    if (!bytes)
        png_error(png, "the file ends early");
    memcpy(out, bytes, size);
}

/* libpng believes an eXIf chunk's length, up to 2 GB. */
static png_voidp limited_malloc(png_struct *png, png_alloc_size_t size)
{
    (void)png;
    return size <= MAX_BLOCK ? malloc(size) : NULL;
}

static void plain_free(png_struct *png, png_voidp block)
{
    (void)png;
    free(block);
}

static void read_exif(struct reader *r)
{
    png_uint_32 size;
    png_byte *exif;
    if (png_get_eXIf_1(r->png, r->info, &size, &exif) != 0)
        r->decode->orientation = exif_orientation((struct bytes){.data = exif, .size = size});
}

static int read_header(struct reader *r)
{
    struct decode *d = r->decode;
    png_set_read_fn(r->png, r, read_bytes);
    png_set_user_limits(r->png, 0x7fffffff, 0x7fffffff); /* image_check_size reports it better */
    png_set_chunk_malloc_max(r->png, MAX_CHUNK);
    png_read_info(r->png, r->info);
    png_uint_32 width = png_get_image_width(r->png, r->info);
    r->height = png_get_image_height(r->png, r->info);
    if (image_check_size(d, width, r->height, PIXELS_A_BYTE, r->err) != 0)
        return -1;
    d->out->full_width = (int)width;
    d->out->full_height = (int)r->height;
    read_exif(r);
    return 0;
}

/* Whatever the file has (palette, grey, 1 to 16 bits, transparency by colour) becomes RGBA, 8 bits.
 */
static void choose_output(struct reader *r)
{
    png_set_expand(r->png);
    png_set_scale_16(r->png);
    png_set_gray_to_rgb(r->png);
    png_set_add_alpha(r->png, 255, PNG_FILLER_AFTER);
}

/* Of an interlaced file each pass fills the whole picture, in ever smaller blocks. */
static void read_row(struct reader *r, uint8_t *row)
{
    bool blocks = r->passes > 1 && r->decode->spec->notes;
    png_read_row(r->png, blocks ? NULL : row, blocks ? row : NULL);
}

static int read_pixels(struct reader *r)
{
    struct image *image = r->decode->out;
    choose_output(r);
    r->passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    if (image_alloc(image, image->full_width, image->full_height, r->decode->path, r->err) != 0)
        return -1;
    size_t stride = 4 * (size_t)image->width;
    if (png_get_rowbytes(r->png, r->info) != stride)
        png_error(r->png, "unexpected row size");
    for (r->pass = 0; r->pass < r->passes; r->pass++)
        for (r->row = 0; r->row < r->height; r->row++)
            read_row(r, image->pixels + r->row * stride);
    return 0;
}

/* The rows that can be shown after a failure: all of them once the first pass is through. */
static int rows_read(const struct reader *r)
{
    return r->pass > 0 ? r->decode->out->height : (int)r->row;
}

static int read_image(struct reader *r)
{
    if (setjmp(png_jmpbuf(r->png)) != 0)
        return image_keep_rows(r->decode, rows_read(r), r->err);
    if (read_header(r) != 0)
        return -1;
    return r->decode->header_only ? 0 : read_pixels(r);
}

int image_decode_png(struct decode *d, struct error *err)
{
    struct reader r = {.decode = d, .err = err, .bytes = d->file};
    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, read_failed, ignore_warning, NULL,
                                     limited_malloc, plain_free);
    r.info = r.png ? png_create_info_struct(r.png) : NULL;
    int status = r.info ? read_image(&r) : error_set(err, "not enough memory for %s", d->path);
    png_destroy_read_struct(&r.png, &r.info, NULL);
    return status;
}

/* ---- writing ---- */

struct writer {
    const char *path;
    const struct image *image;
    struct error *err;
    png_struct *png;
    png_info *info;
    struct file_out out;
    png_text *texts;
    size_t text_count;
    bool small;
};

static void write_failed(png_struct *png, const char *reason)
{
    struct writer *w = png_get_error_ptr(png);
    error_at(w->err, w->path, -1, "cannot write: %s", reason);
    longjmp(png_jmpbuf(png), 1);
}

static void write_bytes(png_struct *png, uint8_t *bytes, size_t size)
{
    struct writer *w = png_get_io_ptr(png);
    if (fwrite(bytes, 1, size, w->out.stream) != size)
        png_error(png, strerror(errno));
}

static void flush_nothing(png_struct *png)
{
    (void)png; /* file_out_commit flushes */
}

static bool is_opaque(const struct image *image)
{
    size_t pixels = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < pixels; i++)
        if (image->pixels[4 * i + 3] != 255)
            return false;
    return true;
}

/* UTF-8 to Latin-1; NULL if a character is not in it. */
static char *to_latin1(const char *text)
{
    struct str latin = {0};
    size_t n = strlen(text), bytes;
    for (size_t at = 0; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        if (code > 0xff) {
            str_done(&latin);
            return NULL;
        }
        str_add_n(&latin, &(char){(char)code}, 1);
    }
    return str_take(&latin);
}

static void prepare_texts(struct writer *w, const struct image_text *texts, size_t count)
{
    w->texts = mem_new(count, sizeof *w->texts);
    for (size_t i = 0; i < count; i++) {
        if (!texts[i].text)
            continue;
        png_text *text = &w->texts[w->text_count++];
        char *clean = utf8_clean(texts[i].text, strlen(texts[i].text));
        char *latin = to_latin1(clean);
        *text = (png_text){
            .compression = latin ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
            .key = (char *)texts[i].key,
            .text = latin ? latin : clean,
            .lang = (char *)"",
            .lang_key = (char *)"",
        };
        if (latin)
            free(clean);
    }
}

static void write_header(struct writer *w, double dpi)
{
    const struct image *image = w->image;
    bool opaque = is_opaque(image);
    /* A fifth of the default's time for 3 % more bytes, measured on figures of photographs. */
    png_set_filter(w->png, PNG_FILTER_TYPE_BASE, w->small ? PNG_ALL_FILTERS : PNG_FILTER_SUB);
    png_set_compression_level(w->png, w->small ? 9 : 2);
    png_set_IHDR(w->png, w->info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (dpi > 0) {
        png_uint_32 a_metre = (png_uint_32)lround(dpi / 0.0254);
        png_set_pHYs(w->png, w->info, a_metre, a_metre, PNG_RESOLUTION_METER);
    }
    if (w->text_count > 0)
        png_set_text(w->png, w->info, w->texts, (int)w->text_count);
    png_write_info(w->png, w->info);
    if (opaque) /* skip the fourth byte of each pixel */
        png_set_filler(w->png, 0, PNG_FILLER_AFTER);
}

static int write_image(struct writer *w, double dpi)
{
    if (setjmp(png_jmpbuf(w->png)) != 0)
        return -1;
    png_set_write_fn(w->png, w, write_bytes, flush_nothing);
    png_set_user_limits(w->png, 0x7fffffff, 0x7fffffff);
    write_header(w, dpi);
    for (int y = 0; y < w->image->height; y++)
        png_write_row(w->png, w->image->pixels + 4 * (size_t)y * (size_t)w->image->width);
    png_write_end(w->png, NULL);
    return 0;
}

static int write_stream(struct writer *w, double dpi, struct error *err)
{
    w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w, write_failed, ignore_warning);
    w->info = w->png ? png_create_info_struct(w->png) : NULL;
    int status =
        w->info ? write_image(w, dpi) : error_set(err, "not enough memory for %s", w->path);
    png_destroy_write_struct(&w->png, &w->info);
    return status;
}

static int write_file(struct writer *w, double dpi, struct error *err)
{
    if (file_out_open(w->path, &w->out, err) != 0)
        return -1;
    if (write_stream(w, dpi, err) == 0)
        return file_out_commit(&w->out, err);
    file_out_abort(&w->out);
    return -1;
}

int image_save_png(const char *path, const struct image *image, double dpi,
                   const struct image_text *texts, size_t text_count, struct error *err)
{
    struct writer w = {.path = path, .image = image, .err = err};
    prepare_texts(&w, texts, text_count);
    int status = write_file(&w, dpi, err);
    for (size_t i = 0; i < w.text_count; i++)
        free(w.texts[i].text);
    free(w.texts);
    return status;
}

int image_save_png_small(const char *path, const struct image *image, struct error *err)
{
    struct writer w = {.path = path, .image = image, .err = err, .small = true};
    return write_file(&w, 0, err);
}

int image_png_bytes(const struct image *image, uint8_t **bytes_out, size_t *size_out,
                    struct error *err)
{
    struct writer w = {.path = "PNG in memory", .image = image, .err = err};
    char *bytes = NULL;
    w.out.stream = open_memstream(&bytes, size_out);
    if (!w.out.stream)
        return error_set(err, "not enough memory for a PNG");
    int status = write_stream(&w, 0, err);
    if (fclose(w.out.stream) != 0 && status == 0)
        status = error_set(err, "not enough memory for a PNG");
    if (status != 0) {
        free(bytes);
        bytes = NULL;
    }
    *bytes_out = (uint8_t *)bytes;
    return status;
}
